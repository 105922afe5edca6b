// Package security attacks a running server, class by class of what has gone wrong
// in servers of this kind, and checks after every blow that it still serves
// everybody else. Each file is a class; its sub-tests carry the names of published
// advisories.
package security

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// engines are the engines that every class is tried on.
var engines = []string{"v8", "node"}

// target is a running fixture app.
type target struct {
	*rig.Server
	app *rig.App
}

// onEachEngine runs attack against the fixture app under every engine.
func onEachEngine(t *testing.T, app string, env []string, attack func(t *testing.T, s *target)) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) { attack(t, run(t, app, append([]string{"ONWARD_ENGINE=" + engine}, env...)...)) })
	}
}

// run builds a fixture app and starts it. When the test ends the server's log must
// not tell of a crash.
func run(t *testing.T, name string, env ...string) *target {
	t.Helper()
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), name), onward)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Remove() })
	app.Env = append(app.Env, env...)
	if _, err := app.Build(ctx, onward); err != nil {
		t.Fatal(err)
	}
	server, err := app.Start(ctx, onward, "/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		for _, word := range []string{"panic:", "goroutine ", "SIGSEGV", "Fatal error"} {
			if strings.Contains(server.Log(), word) {
				t.Errorf("the server's log holds %q:\n%s", word, server.Log())
			}
		}
	})
	return &target{server, app}
}

// alive fails when the server no longer answers ordinary requests well.
func (s *target) alive(t *testing.T, paths ...string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for _, path := range paths {
		r, err := client.Get(s.URL + path)
		if err != nil {
			t.Fatalf("afterwards %s: %v", path, err)
		}
		r.Body.Close()
		if r.StatusCode != 200 {
			t.Fatalf("afterwards %s: %s", path, r.Status)
		}
	}
}

// host is the server's address.
func (s *target) host() string { return strings.TrimPrefix(s.URL, "http://") }

// answer is a response with its body.
type answer struct {
	*http.Response
	text string
}

// raw sends the bytes of a request and reads one response; nil when the server
// hangs up without one.
func (s *target) raw(t *testing.T, text string) *answer {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.host(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(15 * time.Second))
	go io.WriteString(conn, text)
	method, _, _ := strings.Cut(text, " ")
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return nil
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(r.Body, 16<<20)) // a body cut short is an answer too
	return &answer{r, string(body)}
}

// get asks for a request target as it stands, with header lines. A header named
// Host takes the place of the usual one.
func (s *target) get(t *testing.T, target string, headers ...string) *answer {
	t.Helper()
	return s.send(t, "GET", target, "", headers...)
}

// send is get with a method and a body.
func (s *target) send(t *testing.T, method, target, body string, headers ...string) *answer {
	t.Helper()
	var b strings.Builder
	b.WriteString(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n")
	host := "Host: " + s.host() + "\r\n"
	for _, h := range headers {
		if strings.HasPrefix(h, "Host:") {
			host = ""
		}
		b.WriteString(h + "\r\n")
	}
	b.WriteString(host)
	if body != "" {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	b.WriteString("\r\n" + body)
	return s.raw(t, b.String())
}

// buildID is the build's id, as data URLs carry it.
func (s *target) buildID(t *testing.T) string {
	t.Helper()
	a := s.get(t, "/")
	_, rest, ok := strings.Cut(a.text, `"buildId":"`)
	if !ok {
		t.Fatal("the home page names no build id")
	}
	id, _, _ := strings.Cut(rest, `"`)
	return id
}
