package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/internal/render"
)

// forwarder passes requests on to the servers that rewrites name. It dials nothing
// that a client names: the target of a request line has no part in it, and neither has
// a proxy of the environment.
type forwarder struct {
	transport *http.Transport
	// patience is how long another server may be silent; 0: for ever.
	patience time.Duration

	mu      sync.Mutex
	tunnels map[net.Conn]bool
	closed  bool
}

// newForwarder makes the forwarder of an app. patience is the option proxyTimeout.
func newForwarder(patience time.Duration) *forwarder {
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	return &forwarder{
		transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			DisableCompression:     true, // bytes go through as they are
			MaxIdleConns:           256,
			MaxIdleConnsPerHost:    64,
			IdleConnTimeout:        4 * time.Second, // Node.js closes its own after 5
			MaxResponseHeaderBytes: 256 << 10,
			Protocols:              http1,
			WriteBufferSize:        16 << 10,
			ReadBufferSize:         16 << 10,
		},
		patience: patience,
		tunnels:  map[net.Conn]bool{},
	}
}

// close ends tunnels and idle connections.
func (f *forwarder) close() {
	f.mu.Lock()
	f.closed = true
	for c := range f.tunnels {
		c.Close()
	}
	f.mu.Unlock()
	f.transport.CloseIdleConnections()
}

// hopHeaders belong to one connection and are not passed on.
var hopHeaders = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

// dropHopHeaders removes them, and those that Connection names.
func dropHopHeaders(h http.Header) {
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.Trim(name, " \t"); name != "" {
				h.Del(name)
			}
		}
	}
	for _, name := range hopHeaders {
		delete(h, name)
	}
}

// forward answers with what another server answers: address is an absolute URL with
// the scheme http or https. Method, body and headers go there, status, headers and body
// come back, as they come.
func (s *Server) forward(q *request, address string) error {
	target, err := url.Parse(escapeStray(address))
	if err != nil || !hostName(target.Host) || target.Scheme != "http" && target.Scheme != "https" {
		return fmt.Errorf("%w: %q", errTarget, address)
	}
	target.User, target.Fragment, target.RawFragment = nil, "", ""
	ctx, cancel := context.WithCancel(q.r.Context())
	defer cancel()
	wait := newSilence(s.forwarder.patience, cancel)
	defer wait.stop()

	out := s.outgoing(ctx, q, target)
	in, err := s.forwarder.transport.RoundTrip(out)
	if err != nil {
		if q.r.Context().Err() != nil {
			return q.r.Context().Err()
		}
		if wait.over() {
			err = fmt.Errorf("no answer within %v", s.forwarder.patience)
		}
		s.log.Error(fmt.Sprintf("passing the request on to %s://%s failed: %v", target.Scheme, target.Host, err), "path", q.asked.RawPath)
		s.plain(q, http.StatusInternalServerError, "Internal Server Error", false)
		return nil
	}
	defer in.Body.Close()
	if in.StatusCode == http.StatusSwitchingProtocols {
		wait.stop()
		return s.tunnel(q, in)
	}
	dropHopHeaders(in.Header)
	h := q.w.Header()
	for name, lines := range in.Header {
		h[name] = lines
	}
	if _, reason, ok := strings.Cut(in.Status, " "); ok {
		q.reason = reason
	}
	wait.reset()
	return s.stream(q, &render.Response{Status: in.StatusCode, Stream: &patientBody{in.Body, wait}})
}

// outgoing is the request for another server.
func (s *Server) outgoing(ctx context.Context, q *request, target *url.URL) *http.Request {
	r := q.r
	header := r.Header.Clone()
	protocol := ""
	if upgrades(r) {
		protocol = header.Get("Upgrade")
	}
	dropHopHeaders(header)
	delete(header, "Expect") // the body is asked for when it is read
	header["X-Forwarded-Host"] = []string{r.Host}
	if s.guard != nil {
		s.tellOrigin(r, header)
	}
	if header["User-Agent"] == nil {
		header["User-Agent"] = []string{""} // keeps the transport from naming itself
	}
	if protocol != "" {
		header["Connection"], header["Upgrade"] = []string{"Upgrade"}, []string{protocol}
	}
	out := (&http.Request{
		Method: r.Method, URL: target, Host: target.Host, Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: r.ContentLength, Body: r.Body,
	}).WithContext(ctx)
	if r.ContentLength == 0 || r.Body == nil {
		out.Body = http.NoBody
	}
	return out
}

// tellOrigin adds what Next.js tells other servers of the client once middleware has
// seen the request, where no proxy in front has told it.
func (s *Server) tellOrigin(r *http.Request, header http.Header) {
	add := func(name, value string) {
		if header[name] == nil {
			header[name] = []string{value}
		}
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		add("X-Forwarded-For", host)
	}
	add("X-Forwarded-Port", strconv.Itoa(s.options.Port))
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	add("X-Forwarded-Proto", scheme)
}

// tunnel connects the client with another server that has agreed to change the
// protocol, until either of them ends it.
func (s *Server) tunnel(q *request, in *http.Response) error {
	there, ok := in.Body.(io.ReadWriteCloser)
	if !ok || !upgrades(q.r) {
		return errors.New("server: the other server changed the protocol without being asked to")
	}
	here, buffered, err := http.NewResponseController(q.w).Hijack()
	if err != nil {
		return fmt.Errorf("server: changing the protocol: %w", err)
	}
	q.begun = true
	defer here.Close()
	f := s.forwarder
	f.mu.Lock()
	closed := f.closed
	f.tunnels[here] = true
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.tunnels, here)
		f.mu.Unlock()
	}()
	if closed {
		return nil
	}
	_ = here.SetDeadline(time.Time{}) // a tunnel may be silent
	answer := in.Header.Clone()
	dropHopHeaders(answer)
	answer["Connection"], answer["Upgrade"] = []string{"Upgrade"}, in.Header["Upgrade"]
	head := &http.Response{StatusCode: in.StatusCode, ProtoMajor: 1, ProtoMinor: 1, Header: answer}
	if err := head.Write(here); err != nil {
		return nil // the client has gone
	}
	ended := make(chan struct{}, 2)
	pass := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		ended <- struct{}{}
	}
	go pass(there, buffered)
	go pass(here, there)
	<-ended
	here.Close()
	there.Close()
	<-ended
	return nil
}

// escapeStray encodes percent signs that begin no escape, which the standard library's
// URLs cannot hold.
func escapeStray(address string) string {
	var b strings.Builder
	for i := 0; i < len(address); i++ {
		b.WriteByte(address[i])
		if address[i] == '%' && (i+2 >= len(address) || !hexDigit(address[i+1]) || !hexDigit(address[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

// hostName: the text is a host with or without a port, and nothing else can be read
// into it.
func hostName(host string) bool {
	for i := 0; i < len(host); i++ {
		c := host[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-._:[]", c) >= 0) {
			return false
		}
	}
	return host != "" && host[0] != ':'
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// silence ends a request when the other server has said nothing for too long.
type silence struct {
	timer  *time.Timer
	after  time.Duration
	passed atomic.Bool
}

func newSilence(after time.Duration, end func()) *silence {
	s := &silence{after: after}
	if after > 0 {
		s.timer = time.AfterFunc(after, func() {
			s.passed.Store(true)
			end()
		})
	}
	return s
}

func (s *silence) reset() {
	if s.timer != nil {
		s.timer.Reset(s.after)
	}
}

func (s *silence) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
}

func (s *silence) over() bool { return s.passed.Load() }

// patientBody is a body whose every piece is waited for anew.
type patientBody struct {
	io.ReadCloser
	wait *silence
}

func (b *patientBody) Read(p []byte) (int, error) {
	b.wait.reset()
	n, err := b.ReadCloser.Read(p)
	b.wait.stop()
	return n, err
}
