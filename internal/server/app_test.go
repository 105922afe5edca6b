package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/manifest"
)

// input is the part of a Job's input that fake pages look at.
type input struct {
	Route, Mode, Form, Reason, Path, AsPath, ResolvedURL string
	Query, Params                                        map[string]any
	StatusCode                                           int
	Err                                                  *struct{ Name, Message string }
	Req                                                  *struct {
		Method, URL string
		Headers     []string
	}
}

// header returns a request header as JavaScript would see it.
func (in *input) header(name string) string {
	for i := 0; in.Req != nil && i+1 < len(in.Req.Headers); i += 2 {
		if in.Req.Headers[i] == name {
			return in.Req.Headers[i+1]
		}
	}
	return ""
}

// fakeEngine answers Jobs with Go functions.
type fakeEngine struct {
	handle func(ctx context.Context, in *input, job *engine.Job) (*engine.Reply, error)
	jobs   atomic.Int64
	closed atomic.Bool
}

func (f *fakeEngine) Do(ctx context.Context, job *engine.Job) (*engine.Reply, error) {
	f.jobs.Add(1)
	if err := ctx.Err(); err != nil {
		return nil, &engine.Error{Kind: engine.Aborted, Message: err.Error()}
	}
	var in input
	if err := json.Unmarshal(job.Input, &in); err != nil {
		return nil, &engine.Error{Kind: engine.Thrown, Name: "SyntaxError", Message: err.Error()}
	}
	return f.handle(ctx, &in, job)
}
func (f *fakeEngine) Warm(context.Context, int) error { return nil }
func (f *fakeEngine) Stats() engine.Stats             { return engine.Stats{Workers: 1} }
func (f *fakeEngine) Close() error                    { f.closed.Store(true); return nil }

// reply builds a Reply from a meta object and a body.
func reply(meta map[string]any, body string) (*engine.Reply, error) {
	if meta["headers"] == nil {
		meta["headers"] = []string{}
	}
	b, err := json.Marshal(meta)
	return &engine.Reply{Meta: b, Body: []byte(body)}, err
}

func thrown(message string) error {
	return &engine.Error{Kind: engine.Thrown, Name: "Error", Message: message, Stack: "Error: " + message + "\n    at page (pages/x.js:1:1)"}
}

// app is a Server over a fake build.
type app struct {
	*Server
	dir    string
	engine *fakeEngine
	log    *syncBuffer
	clock  *atomic.Int64 // Unix milliseconds
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

const (
	builtAt   = int64(1_700_000_000_000)
	previewID = "0123456789abcdef0123456789abcdef"
)

// sample is the app most tests use: one page of each kind.
func sample() *manifest.Manifest {
	c := config.Default()
	return &manifest.Manifest{
		Version: manifest.Version, BuildID: "B1", BuiltAt: builtAt, Config: c,
		Pages: []manifest.Page{
			{Route: "/", Kind: manifest.Static, Module: "server/pages/index.js", HTML: "server/pages/index.html"},
			{Route: "/about", Kind: manifest.Static, Module: "server/pages/about.js", HTML: "server/pages/about.html"},
			{Route: "/auto/[id]", Kind: manifest.Static, Module: "server/pages/auto.js", HTML: "server/pages/auto/[id].html"},
			{Route: "/posts/[slug]", Kind: manifest.SSG, Module: "server/pages/posts.js", Fallback: manifest.FallbackFalse},
			{Route: "/plain", Kind: manifest.SSG, Module: "server/pages/plain.js"},
			{Route: "/isr", Kind: manifest.SSG, Module: "server/pages/isr.js"},
			{Route: "/blocking/[id]", Kind: manifest.SSG, Module: "server/pages/b.js", Fallback: manifest.FallbackBlocking},
			{Route: "/lazy/[id]", Kind: manifest.SSG, Module: "server/pages/l.js", Fallback: manifest.FallbackTrue,
				FallbackHTML: "server/pages/lazy/[id].html"},
			{Route: "/ssr", Kind: manifest.SSR, Module: "server/pages/ssr.js", SSP: true},
			{Route: "/ssr/[id]", Kind: manifest.SSR, Module: "server/pages/ssr1.js", SSP: true},
			{Route: "/gip", Kind: manifest.SSR, Module: "server/pages/gip.js"},
			{Route: "/api/echo", Kind: manifest.API, Module: "server/pages/api/echo.js"},
			{Route: "/_error", Kind: manifest.Special, Module: "server/pages/_error.js"},
			{Route: "/404", Kind: manifest.Static, HTML: "server/pages/404.html"},
			{Route: "/500", Kind: manifest.Static, HTML: "server/pages/500.html"},
		},
		Prerendered: map[string]manifest.Prerendered{
			"/posts/a":     {Route: "/posts/[slug]", HTML: "server/pages/posts/a.html", Data: "server/pages/posts/a.json"},
			"/posts/b c":   {Route: "/posts/[slug]", HTML: "server/pages/posts/a.html", Data: "server/pages/posts/a.json"},
			"/posts/gone":  {Route: "/posts/[slug]", NotFound: true},
			"/plain":       {Route: "/plain", HTML: "server/pages/plain.html", Data: "server/pages/plain.json"},
			"/isr":         {Route: "/isr", HTML: "server/pages/isr.html", Data: "server/pages/isr.json", Revalidate: 2},
			"/lazy/built":  {Route: "/lazy/[id]", HTML: "server/pages/posts/a.html", Data: "server/pages/posts/a.json"},
			"/blocking/ok": {Route: "/blocking/[id]", HTML: "server/pages/posts/a.html", Data: "server/pages/posts/a.json"},
		},
		Public:  []string{"/file.txt", "/b c.txt", "/large.txt", "/photo.png", "/icon.svg", "/about.html", "/notes.txt"},
		Preview: manifest.Preview{ID: previewID},
		Runtime: manifest.Runtime{Script: "server/runtime.js"},
		Boot:    json.RawMessage(`{}`),
	}
}

var sampleFiles = map[string]string{
	".next/server/runtime.js":             "",
	".next/server/pages/index.html":       "<p>home",
	".next/server/pages/about.html":       "<p>about" + strings.Repeat(" and more", 300),
	".next/server/pages/auto/[id].html":   "<p>auto",
	".next/server/pages/404.html":         "<p>not here",
	".next/server/pages/500.html":         "<p>prerendered 500",
	".next/server/pages/posts/a.html":     "<p>post a",
	".next/server/pages/posts/a.json":     `{"pageProps":{"slug":"a"},"__N_SSG":true}`,
	".next/server/pages/plain.html":       "<p>plain",
	".next/server/pages/plain.json":       `{"pageProps":{},"__N_SSG":true}`,
	".next/server/pages/isr.html":         "<p>isr 0",
	".next/server/pages/isr.json":         `{"pageProps":{"n":0},"__N_SSG":true}`,
	".next/server/pages/lazy/[id].html":   "<p>loading",
	".next/static/chunks/main-1.js":       "console.log(1)//" + strings.Repeat("x", 2000),
	".next/static/css/a.css":              "body{}",
	".next/static/media/dot.png":          "\x89PNG\r\n\x1a\nrest",
	".next/static/media/with space.woff2": "wOF2",
	".next/BUILD_ID":                      "B1",
	"public/file.txt":                     "a public file\n",
	"public/b c.txt":                      "spaces\n",
	"public/large.txt":                    strings.Repeat("a line of text\n", 60000),
	"public/photo.png":                    "\x89PNG\r\n\x1a\n of a kind",
	"public/icon.svg":                     "<svg/>",
	"public/about.html":                   "<p>public about",
	"public/notes.txt":                    strings.Repeat("note ", 400),
	"secret.txt":                          "secret",
}

// start writes a build and opens it.
func start(t testing.TB, m *manifest.Manifest, files map[string]string, handle func(context.Context, *input, *engine.Job) (*engine.Reply, error)) *app {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a := &app{dir: dir, engine: &fakeEngine{handle: handle}, log: &syncBuffer{}, clock: &atomic.Int64{}}
	a.clock.Store(builtAt)
	s, err := New(Options{
		Dir: dir, Dist: filepath.Join(dir, ".next"), Manifest: m, Log: slog.New(slog.NewTextHandler(a.log, nil)),
		NewEngine: func(map[string]host.AsyncFunc) (engine.Engine, error) { return a.engine, nil },
		Now:       func() time.Time { return time.UnixMilli(a.clock.Load()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Server = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// pages is the behaviour of the sample app's pages.
func pages(ctx context.Context, in *input, job *engine.Job) (*engine.Reply, error) {
	do, _ := in.Query["do"].(string)
	switch in.Route {
	case "/_error":
		switch {
		case in.Query["error"] == "throws":
			return nil, thrown("the error page is broken")
		case in.Err != nil:
			return reply(map[string]any{"kind": "page", "status": in.StatusCode}, fmt.Sprintf("<p>error %d %s", in.StatusCode, in.Err.Message))
		}
		return reply(map[string]any{"kind": "page", "status": in.StatusCode}, fmt.Sprintf("<p>error %d", in.StatusCode))
	case "/ssr", "/ssr/[id]", "/gip":
		return ssrPage(in, do)
	case "/api/echo":
		return apiRoute(ctx, in, job, do)
	case "/blocking/[id]", "/lazy/[id]":
		id, _ := in.Params["id"].(string)
		return generatedPage(in, id)
	}
	return nil, thrown("no such page: " + in.Route)
}

func ssrPage(in *input, do string) (*engine.Reply, error) {
	switch do {
	case "throw":
		return nil, thrown("ssr failed")
	case "timeout":
		return nil, &engine.Error{Kind: engine.Timeout}
	case "overload":
		return nil, &engine.Error{Kind: engine.Overloaded}
	case "notfound":
		return reply(map[string]any{"kind": "notFound", "status": 200, "headers": []string{"Set-Cookie", "gone=1"}}, "")
	case "redirect":
		return reply(map[string]any{"kind": "redirect", "status": 200, "headers": []string{"set-cookie", "m=1"},
			"redirect": map[string]any{"destination": "/about", "statusCode": 307}}, `{"pageProps":{"__N_REDIRECT":"/about"}}`)
	case "forever":
		return reply(map[string]any{"kind": "redirect", "status": 200,
			"redirect": map[string]any{"destination": "/about?é=1", "statusCode": 308, "basePath": false}}, `{}`)
	case "end":
		return reply(map[string]any{"kind": "ended", "status": 418, "headers": []string{"Content-Type", "text/x-ended"}}, "ended")
	case "cache":
		return reply(map[string]any{"kind": "page", "status": 200, "headers": []string{"cache-control", "public, max-age=7"}}, "<p>kept")
	case "cookies":
		return reply(map[string]any{"kind": "page", "status": 202, "headers": []string{"Set-Cookie", "a=1", "Set-Cookie", "b=2"}}, "<p>c")
	case "bad":
		return &engine.Reply{Meta: []byte(`{"kind":`), Body: nil}, nil
	case "split":
		return reply(map[string]any{"kind": "page", "status": 200, "headers": []string{"X-A", "1\r\nX-Injected: 2"}}, "<p>s")
	case "big":
		return reply(map[string]any{"kind": "page", "status": 200}, "<p>"+strings.Repeat("row ", 1000))
	}
	if in.Form == "data" {
		return reply(map[string]any{"kind": "page", "status": 200}, `{"pageProps":{},"__N_SSP":true}`)
	}
	seen, err := json.Marshal(map[string]any{
		"route": in.Route, "url": in.Req.URL, "as": in.AsPath, "resolved": in.ResolvedURL, "params": in.Params, "query": in.Query,
		"method": in.Req.Method, "data": in.header("x-nextjs-data"), "sub": in.header("x-middleware-subrequest"),
		"host": in.header("host"), "proto": in.header("x-forwarded-proto"),
	})
	if err != nil {
		return nil, err
	}
	return reply(map[string]any{"kind": "page", "status": 200}, "<p>"+string(seen))
}

func generatedPage(in *input, id string) (*engine.Reply, error) {
	switch id {
	case "gone":
		return reply(map[string]any{"kind": "notFound", "status": 200, "revalidate": false}, "")
	case "gone-soon":
		return reply(map[string]any{"kind": "notFound", "status": 200, "revalidate": 60}, "")
	case "moved":
		return reply(map[string]any{"kind": "redirect", "status": 200, "revalidate": false,
			"redirect": map[string]any{"destination": "/about", "statusCode": 307}}, `{"pageProps":{"__N_REDIRECT":"/about"},"__N_SSG":true}`)
	case "throw":
		return nil, thrown("generating failed")
	}
	return reply(map[string]any{"kind": "page", "status": 200, "revalidate": 600, "data": `{"id":"` + id + `"}`},
		fmt.Sprintf("<p>%s %s %s %v %v", id, in.AsPath, in.Path, in.Query, in.Req == nil))
}

func apiRoute(ctx context.Context, in *input, job *engine.Job, do string) (*engine.Reply, error) {
	switch do {
	case "throw":
		return nil, thrown("api failed")
	case "text":
		return reply(map[string]any{"status": 200}, "plain "+strings.Repeat("text ", 400))
	case "empty":
		return reply(map[string]any{"status": 204}, "")
	case "weird":
		return reply(map[string]any{"status": 7}, "x")
	case "reason":
		return reply(map[string]any{"status": 299, "statusText": "Rather Fine\r\nX-Injected: 1"}, strings.Repeat("x", 10000))
	case "teapot":
		return reply(map[string]any{"status": 418}, "")
	case "stream":
		r, w := io.Pipe()
		go func() {
			for i := range 3 {
				fmt.Fprintf(w, "part %d\n", i)
			}
			w.Close()
		}()
		out, err := reply(map[string]any{"status": 200, "headers": []string{"Content-Type", "text/event-stream"}}, "")
		out.Stream = r
		return out, err
	case "breaks":
		out, err := reply(map[string]any{"status": 200, "headers": []string{"Content-Type", "text/plain"}}, "")
		out.Stream = io.NopCloser(io.MultiReader(strings.NewReader("some"), failing{}))
		return out, err
	case "wait":
		<-ctx.Done()
		return nil, &engine.Error{Kind: engine.Aborted, Message: ctx.Err().Error()}
	}
	body := job.Body
	if job.Stream != nil {
		b, err := io.ReadAll(job.Stream)
		if err != nil {
			return nil, thrown(err.Error())
		}
		body = append([]byte("streamed "), fmt.Sprint(len(b))...)
	}
	out, err := json.Marshal(map[string]any{"method": in.Req.Method, "url": in.Req.URL, "query": in.Query, "body": string(body)})
	if err != nil {
		return nil, err
	}
	return reply(map[string]any{"status": 200, "headers": []string{"Content-Type", "application/json; charset=utf-8"}}, string(out))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the worker died") }

// ask sends a request written as lines: "METHOD /path", then headers, then, after an
// empty line, the body.
func (a *app) ask(request string) *http.Response {
	head, body, _ := strings.Cut(request, "\n\n")
	lines := strings.Split(head, "\n")
	method, target, _ := strings.Cut(strings.TrimSpace(lines[0]), " ")
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, "/", reader)
	r.RequestURI = target
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		r.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

// check compares an answer with lines: the status, headers ("Name: value", "Name: -"
// for none, "Name: *" for any), and after an empty line the whole body, or "…text"
// for a part of it.
func check(t *testing.T, request string, got *http.Response, want string) {
	t.Helper()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	head, body, hasBody := strings.Cut(strings.TrimSpace(want), "\n\n")
	for i, line := range strings.Split(head, "\n") {
		line = strings.TrimSpace(line)
		if i == 0 {
			if fmt.Sprint(got.StatusCode) != line {
				t.Errorf("%s: status %d, want %s (body %.200q)", request, got.StatusCode, line, b)
			}
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		have := strings.Join(got.Header.Values(name), " | ")
		switch value {
		case "-":
			if have != "" {
				t.Errorf("%s: %s is %q, want none", request, name, have)
			}
		case "*":
			if have == "" {
				t.Errorf("%s: no %s", request, name)
			}
		default:
			if have != value {
				t.Errorf("%s: %s is %q, want %q", request, name, have, value)
			}
		}
	}
	if !hasBody {
		return
	}
	body = strings.TrimSpace(body)
	if part, ok := strings.CutPrefix(body, "…"); ok {
		if !strings.Contains(string(b), part) {
			t.Errorf("%s: body %.300q does not contain %q", request, b, part)
		}
	} else if strings.TrimSpace(string(b)) != body {
		t.Errorf("%s: body %.300q, want %q", request, b, body)
	}
}
