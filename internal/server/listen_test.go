package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/manifest"
)

// listen serves a on a port of its own; stop asks it to end and returns what Serve
// returned.
func listen(t *testing.T, a *app, o ListenOptions) (address string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, l, o) }()
	var result *error
	stop = func() error {
		cancel()
		if result == nil {
			err := <-done
			result = &err
		}
		return *result
	}
	t.Cleanup(func() { _ = stop() })
	return l.Addr().String(), stop
}

// raw sends bytes and returns the answer's head.
func raw(t *testing.T, address, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	return res
}

func TestConnections(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	address, _ := listen(t, a, ListenOptions{KeepAlive: 7 * time.Second})
	for _, c := range []struct{ name, request, want string }{
		{"keep-alive", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "200\nKeep-Alive: timeout=7\nConnection: keep-alive\nDate: *\nServer: -\nAge: -\nExpires: -\n\n<p>home"},
		{"close", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200\nKeep-Alive: -"},
		{"16 KB of headers", "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("a", 16<<10) + "\r\n\r\n", "200"},
		{"oversized headers", "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431"},
		{"no HTTP", "hello\r\n\r\n", "400"},
		{"bad escape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
		{"nul in the target", "GET /a\x00b HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
		{"no host", "GET / HTTP/1.1\r\n\r\n", "400"},
		{"two lengths", "POST /ssr HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
		{"absolute form", "GET http://evil.example/about HTTP/1.1\r\nHost: x\r\n\r\n", "200"},
		{"raw bytes", "GET /ssr/\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", "400\nKeep-Alive: -"},
		{"not modified", "GET /about HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n", "304\nContent-Type: -"},
		{"connect", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n", "400"},
		{"star", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "200"},
		{"no sniffing", "GET /api/echo?do=text HTTP/1.1\r\nHost: x\r\n\r\n", "200\nContent-Type: -"},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, c.name, raw(t, address, c.request), c.want) })
	}
}

// TestReasons: the text of the status line is the user's, or Node.js's.
func TestReasons(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	address, _ := listen(t, a, ListenOptions{})
	for _, c := range []struct{ request, want string }{
		{"GET /api/echo?do=reason", "299 Rather FineX-Injected: 1"},
		{"GET /api/echo?do=teapot", "418 I'm a Teapot"},
		{"GET /file.txt\r\nRange: bytes=99-", "416 Range Not Satisfiable"},
		{"GET /about", "200 OK"},
		{"GET /nowhere", "404 Not Found"},
	} {
		target, headers, _ := strings.Cut(c.request, "\r\n")
		if headers != "" {
			headers += "\r\n"
		}
		res := raw(t, address, target+" HTTP/1.1\r\nHost: x\r\n"+headers+"\r\n")
		if res.Status != c.want || res.Header.Get("X-Injected") != "" {
			t.Errorf("%s: %q, want %q", c.request, res.Status, c.want)
		}
	}
}

// TestChunkedBodies: what is no chunked body is answered by the server.
func TestChunkedBodies(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	address, _ := listen(t, a, ListenOptions{})
	for _, c := range []struct{ name, body, want string }{
		{"one chunk", "5\r\nhello\r\n0\r\n\r\n", "200\n\n…\"body\":\"hello\""},
		{"empty", "0\r\n\r\n", "200\n\n…\"body\":\"\""},
		{"malformed", "{\"a\":1}", "400\nContent-Type: -\n\n"},
		{"malformed length", "zz\r\nhello\r\n0\r\n\r\n", "400\nContent-Type: -\n\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, c.name, raw(t, address, "POST /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+c.body+"\r\n\r\n"), c.want)
		})
	}
}

// TestShutdown: no new connections, idle ones closed, what is under way finishes.
func TestShutdown(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	a := start(t, sample(), sampleFiles, func(_ context.Context, in *input, job *engine.Job) (*engine.Reply, error) {
		if in.Route == "/ssr" {
			close(entered)
			<-release
		}
		return reply(map[string]any{"kind": "page", "status": 200}, "<p>slow")
	})
	address, stop := listen(t, a, ListenOptions{})
	slow := make(chan *http.Response, 1)
	go func() { slow <- raw(t, address, "GET /ssr HTTP/1.1\r\nHost: x\r\n\r\n") }()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	refused := false
	for range 200 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			refused = true
			break
		}
		conn.Close()
		time.Sleep(5 * time.Millisecond)
	}
	if !refused {
		t.Error("new connections are still accepted")
	}
	select {
	case err := <-stopped:
		t.Fatalf("Serve returned (%v) while a request was under way", err)
	default:
	}
	close(release)
	check(t, "slow", <-slow, "200\n\n<p>slow")
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestRegeneration drives time-based revalidation through the whole flow: HTML and
// data come from the same run, whichever of them asked.
func TestRegeneration(t *testing.T) {
	n := 0
	a := start(t, sample(), sampleFiles, func(_ context.Context, in *input, _ *engine.Job) (*engine.Reply, error) {
		n++
		if in.Route != "/isr" || in.Mode != "ssg" || in.Reason != "stale" || in.Req != nil || in.AsPath != "/isr" {
			t.Errorf("Job %+v", in)
		}
		return reply(map[string]any{"kind": "page", "status": 200, "revalidate": 2, "data": fmt.Sprintf(`{"n":%d}`, n)}, fmt.Sprintf("<p>isr %d", n))
	})
	data := "GET /_next/data/B1/isr.json?from=attacker"
	for _, step := range []struct {
		wait          int64
		request, want string
	}{
		{0, "GET /isr?x=1", "200\nX-Nextjs-Cache: HIT\n\n<p>isr 0"},
		{2000, data, "200\nX-Nextjs-Cache: STALE\n\n{\"pageProps\":{\"n\":0},\"__N_SSG\":true}"},
		{0, "GET /isr", "200\nX-Nextjs-Cache: HIT\n\n<p>isr 1"},
		{0, data, "200\nX-Nextjs-Cache: HIT\n\n{\"n\":1}"},
		{2000, "HEAD /isr", "200\nX-Nextjs-Cache: STALE\n\n"},
		{0, "GET /isr", "200\nX-Nextjs-Cache: HIT\n\n<p>isr 2"},
	} {
		a.clock.Add(step.wait)
		check(t, step.request, a.ask(step.request), step.want)
		a.cache.Wait(t.Context())
	}
}

// TestRestart: what was regenerated survives a restart; a new build forgets it.
func TestRestart(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	check(t, "first", a.ask("GET /blocking/new"), "200\nX-Nextjs-Cache: MISS")
	a.cache.Wait(t.Context())
	for build, want := range map[string]string{"B1": "HIT", "B2": "MISS"} {
		m := sample()
		m.BuildID = build
		o := a.options
		o.Manifest = m
		s, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		again := &app{Server: s}
		check(t, build, again.ask("GET /blocking/new"), "200\nX-Nextjs-Cache: "+want)
		s.cache.Close()
		if build == "B2" {
			break // the store of B1 is gone now
		}
	}
}

func TestOnDemand(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	key := "\nX-Prerender-Revalidate: " + previewID
	for _, c := range []struct{ name, request, want string }{
		{"P159 regenerated", "GET /blocking/ok" + key, "200\nX-Nextjs-Cache: REVALIDATED\n\n<p>ok /blocking/ok /blocking/ok map[id:ok] true"},
		{"then kept", "GET /blocking/ok", "200\nX-Nextjs-Cache: HIT\n\n…<p>ok"},
		{"P158 only generated", "GET /blocking/never" + key + "\nX-Prerender-Revalidate-If-Generated: 1", "404\nX-Nextjs-Cache: REVALIDATED"},
		{"new", "GET /blocking/never" + key, "200\nX-Nextjs-Cache: REVALIDATED"},
		{"fallback false", "GET /posts/none" + key, "404"},
		{"fallback true", "GET /lazy/now" + key, "200\nX-Nextjs-Cache: REVALIDATED\n\n…"},
		{"fallback true is not made", "GET /lazy/now", "200\nX-Nextjs-Cache: MISS\n\n…"},
		{"not a page with data", "GET /ssr" + key, "200\nX-Nextjs-Cache: -"},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, c.name, a.ask(c.request), c.want) })
	}
	for _, c := range []struct {
		path string
		only bool
		want string // in the error; empty for none
	}{
		{"/blocking/x", false, ""},
		{"/blocking/y", true, ""},
		{"/blocking/gone", false, ""},
		{"/blocking/moved", false, ""},
		{"/blocking/throw", false, "Invalid response 500"},
		{"/ssr", false, ""},
		{"/nowhere", false, "Invalid response 404"},
		{"/nowhere", true, ""},
		{"/posts/none", false, "NoFallbackError"},
		{"/_next/data/B1/blocking/x.json", false, "Invalid response 404"},
		{"/blocking/x/", false, ""},
	} {
		_, err := a.revalidateOperation(t.Context(), nil, &host.Call{Text: fmt.Sprintf(`{"path":%q,"onlyGenerated":%t}`, c.path, c.only)})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("res.revalidate(%s, %t): %v, want %q", c.path, c.only, err, c.want)
		}
	}
}

// TestPoison: one visitor's spelling and query never get into what all see.
func TestPoison(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	check(t, "first", a.ask("GET /_next/data/B1/blocking/%76ictim.json?id=other&x=1\nX-Nextjs-Data: 1"), "200\n\n{\"id\":\"victim\"}")
	check(t, "then", a.ask("GET /blocking/victim"), "200\nX-Nextjs-Cache: HIT\n\n<p>victim /blocking/victim /blocking/victim map[id:victim] true")
}

func TestNewRefuses(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	o := a.options
	o.Dist += "-none"
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "cannot open") {
		t.Errorf("no output folder: %v", err)
	}
	o = a.options
	o.Manifest = nil
	if _, err := New(o); err == nil {
		t.Error("no manifest: no error")
	}
	o = a.options
	m := sample()
	m.Pages = append(m.Pages, manifest.Page{Route: "/posts/[other]", Kind: manifest.SSR})
	o.Manifest = m
	if _, err := New(o); err == nil {
		t.Error("routes in conflict: no error")
	}
}
