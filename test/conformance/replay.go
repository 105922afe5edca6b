package conformance

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// Answer is the normal form of what came back for the request ID.
type Answer struct {
	ID   string
	Text string
}

// limit of one answer's body.
const maxBody = 8 << 20

// Replay sends the suite's requests in order to a server of the built app.
func (s *Suite) Replay(app *rig.App, server *rig.Server) ([]Answer, error) {
	build, err := os.ReadFile(app.Path(".next", "BUILD_ID"))
	if err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	preview, err := previewID(app)
	if err != nil {
		return nil, err
	}
	id := strings.TrimSpace(string(build))
	return s.replay(&normaliser{buildID: id, previewID: preview}, server, id)
}

// replay sends the requests; buildID stands in the addresses of data.
func (s *Suite) replay(n *normaliser, server *rig.Server, buildID string) ([]Answer, error) {
	host, preview := strings.TrimPrefix(server.URL, "http://"), n.previewID
	n.host, n.upstream = host, strings.TrimPrefix(s.upstream, "http://")
	places, err := placeholders(host, s.Home, buildID)
	if err != nil {
		return nil, err
	}
	var jar jar
	var answers []Answer
	for _, step := range s.Steps {
		if step.ID == "" {
			time.Sleep(step.Wait)
			continue
		}
		step.Target = places.Replace(step.Target)
		step.Headers = slices.Clone(step.Headers)
		for i, h := range step.Headers {
			step.Headers[i] = strings.NewReplacer("{preview}", preview, "{jar}", jar.String()).Replace(h)
		}
		texts := make([]string, step.Times)
		var wait sync.WaitGroup
		for i := range texts {
			wait.Go(func() {
				reply, err := send(host, step)
				if err != nil {
					texts[i] = "no answer: " + n.text(err.Error()) + "\n"
					return
				}
				jar.keep(reply.header)
				texts[i] = n.reply(step, reply)
			})
		}
		wait.Wait()
		slices.Sort(texts)
		answers = append(answers, Answer{ID: step.ID, Text: strings.Join(slices.Compact(texts), "-- or --\n")})
	}
	return answers, nil
}

// previewID is the secret of the build that preview mode and on-demand
// revalidation go by.
func previewID(app *rig.App) (string, error) {
	text, err := os.ReadFile(app.Path(".next", "prerender-manifest.json"))
	if err != nil {
		return "", fmt.Errorf("conformance: %w", err)
	}
	var manifest struct {
		Preview struct{ PreviewModeID string }
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return "", fmt.Errorf("conformance: prerender-manifest.json: %w", err)
	}
	return manifest.Preview.PreviewModeID, nil
}

// jar is the cookies that answers have set, as a browser would send them: the
// latest of a name, none that was expired at once. It ignores paths and ages.
type jar struct {
	mu      sync.Mutex
	cookies []string
}

func (j *jar) keep(h http.Header) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, set := range h["Set-Cookie"] {
		pair, rest, _ := strings.Cut(set, ";")
		name, _, _ := strings.Cut(pair, "=")
		j.cookies = slices.DeleteFunc(j.cookies, func(c string) bool { return strings.HasPrefix(c, name+"=") })
		if !strings.Contains(rest, "01 Jan 1970") {
			j.cookies = append(j.cookies, pair)
		}
	}
}

func (j *jar) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.cookies, "; ")
}

var firstScript = regexp.MustCompile(`<script[^>]* src="([^"]*/_next/static/[^"]*\.js)"`)
var firstStyle = regexp.MustCompile(`<link[^>]* href="([^"]*/_next/static/[^"]*\.css)"`)

// placeholders finds what {build}, {script} and {style} stand for.
func placeholders(host, home, buildID string) (*strings.Replacer, error) {
	page, err := send(host, Step{Method: "GET", Target: home})
	if err != nil {
		return nil, fmt.Errorf("conformance: the home page: %w", err)
	}
	pairs := []string{"{build}", buildID}
	for name, pattern := range map[string]*regexp.Regexp{"{script}": firstScript, "{style}": firstStyle} {
		value := "/no-such-tag-on-the-home-page"
		if m := pattern.FindSubmatch(page.body); m != nil {
			value = string(m[1])
		}
		pairs = append(pairs, name, value)
	}
	return strings.NewReplacer(pairs...), nil
}

type reply struct {
	status  int
	message string
	header  http.Header
	body    []byte
}

// send writes the request as it stands, since net/http's client would tidy the
// target and the headers first.
func send(host string, step Step) (*reply, error) {
	conn, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", step.Method, step.Target)
	if !hasHeader(step.Headers, "host") {
		fmt.Fprintf(&b, "Host: %s\r\n", host)
	}
	for _, h := range step.Headers {
		b.WriteString(h + "\r\n")
	}
	if slices.Contains(step.Headers, "Transfer-Encoding: chunked") {
		step.Body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(step.Body), step.Body)
	}
	if (step.Body != "" || step.Method == "POST" || step.Method == "PUT" || step.Method == "PATCH") &&
		!hasHeader(step.Headers, "content-length") && !hasHeader(step.Headers, "transfer-encoding") {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(step.Body))
	}
	b.WriteString("Connection: close\r\n\r\n" + step.Body)
	// A server may answer and close before it has read everything (413), so
	// the answer counts even when writing fails.
	written := make(chan error, 1)
	go func() {
		_, err := conn.Write(b.Bytes())
		written <- err
	}()
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: step.Method})
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("the body broke off after %d bytes: %w", len(body), err)
	}
	conn.Close()
	<-written
	_, message, _ := strings.Cut(r.Status, " ")
	if r.Header.Get("Content-Encoding") == "gzip" && len(body) > 0 {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if body, err = io.ReadAll(io.LimitReader(z, maxBody)); err != nil {
			return nil, err
		}
	}
	return &reply{status: r.StatusCode, message: message, header: r.Header, body: body}, nil
}

func hasHeader(headers []string, name string) bool {
	return slices.ContainsFunc(headers, func(h string) bool {
		key, _, _ := strings.Cut(h, ":")
		return strings.EqualFold(strings.TrimSpace(key), name)
	})
}
