package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/manifest"
)

// workshop is a Live whose pages are what a test says.
type workshop struct {
	mu       sync.Mutex
	pages    map[string]manifest.Page
	broken   map[string]error
	reported []string
}

func (w *workshop) Page(_ context.Context, route string) (manifest.Page, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.broken[route]; err != nil {
		return manifest.Page{}, err
	}
	p, ok := w.pages[route]
	if !ok {
		p.Kind = manifest.Special
	}
	p.Route = route
	return p, nil
}

func (w *workshop) Middleware(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken["middleware"]
}

func (w *workshop) Serve(rw http.ResponseWriter, _ *http.Request, path string) bool {
	if path == "/_next/static/media/dot.png" {
		fmt.Fprint(rw, "\x89PNG\r\n\x1a\n compiled")
		return true
	}
	if path != "/_next/static/chunks/main.js" && path != "/_next/webpack-hmr" && path != "/__nextjs_launch-editor" {
		return false
	}
	fmt.Fprintf(rw, "live %s", path)
	return true
}

func (w *workshop) Report(r *http.Request, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reported = append(w.reported, r.URL.Path+" "+err.Error())
}

func (w *workshop) Document(_ *http.Request, err error) []byte {
	return []byte("<p>problem: " + err.Error())
}

func (w *workshop) takeReports() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.reported
	w.reported = nil
	return out
}

// liveSample is an app of one page of each kind.
func liveSample() (*manifest.Manifest, *workshop) {
	w := &workshop{broken: map[string]error{}, pages: map[string]manifest.Page{
		"/":               {Kind: manifest.Static},
		"/ssr":            {Kind: manifest.SSR, SSP: true},
		"/gip":            {Kind: manifest.SSR},
		"/ssg":            {Kind: manifest.SSG},
		"/posts/[slug]":   {Kind: manifest.SSG},
		"/lazy/[id]":      {Kind: manifest.SSG},
		"/blocking/[id]":  {Kind: manifest.SSG},
		"/auto/[id]":      {Kind: manifest.Static},
		"/broken":         {Kind: manifest.Static},
		"/api/echo":       {Kind: manifest.API},
		"/404":            {Kind: manifest.Static},
		"/missing-params": {Kind: manifest.Static},
	}}
	m := &manifest.Manifest{Version: manifest.Version, BuildID: manifest.DevelopmentID, Config: config.Default(),
		Preview: manifest.Preview{ID: previewID}, Boot: json.RawMessage(`{}`), Prerendered: map[string]manifest.Prerendered{}}
	for route := range w.pages {
		p := manifest.Page{Route: route, Kind: manifest.Static, Module: "server/pages" + route + ".js"}
		if strings.HasPrefix(route, "/api/") {
			p.Kind = manifest.API
		}
		m.Pages = append(m.Pages, p)
	}
	for _, special := range []string{"/_app", "/_document", "/_error"} {
		m.Pages = append(m.Pages, manifest.Page{Route: special, Kind: manifest.Special})
	}
	return m, w
}

// livePages is the behaviour of those pages.
func livePages(ctx context.Context, in *input, job *engine.Job) (*engine.Reply, error) {
	if job.Name == "paths" {
		fallback := map[string]any{"/posts/[slug]": false, "/lazy/[id]": true, "/blocking/[id]": "blocking"}[in.Route]
		return reply(map[string]any{"fallback": fallback, "paths": []map[string]any{
			{"path": "/posts/a", "params": map[string]any{}}, {"path": "/posts/gone", "params": map[string]any{}},
			{"path": "/posts/moved", "params": map[string]any{}}, {"path": "/lazy/known", "params": map[string]any{}},
			{"path": "/posts/%C3%A9", "params": map[string]any{}},
		}}, "")
	}
	do, _ := in.Query["do"].(string)
	switch {
	case job.Name == "middleware":
		return reply(map[string]any{"status": 200}, "")
	case do == "throw":
		return nil, thrown("page failed")
	case in.Route == "/_error":
		return reply(map[string]any{"kind": "page", "status": in.StatusCode}, fmt.Sprintf("<p>error %d", in.StatusCode))
	case in.Route == "/api/echo":
		return reply(map[string]any{"status": 200}, "echo")
	case strings.HasSuffix(in.Path, "/gone"):
		return reply(map[string]any{"kind": "notFound", "status": 200, "revalidate": false}, "")
	case strings.HasSuffix(in.Path, "/moved"):
		return reply(map[string]any{"kind": "redirect", "status": 200, "revalidate": 5,
			"redirect": map[string]any{"destination": "/about", "statusCode": 308}}, `{"pageProps":{"__N_REDIRECT":"/about"},"__N_SSG":true}`)
	}
	headers := []string{"Cache-Control", "public, max-age=60", "X-Of", in.Route}
	text := fmt.Sprintf("%s %s %s %s as %s", in.Route, in.Mode, in.Form, in.Reason, in.AsPath)
	if in.Form == "data" {
		return reply(map[string]any{"kind": "page", "status": 200, "headers": headers}, `{"data":"`+text+`"}`)
	}
	return reply(map[string]any{"kind": "page", "status": 200, "headers": headers, "data": "{}"}, "<p>"+text)
}

func startLiveServer(t *testing.T, m *manifest.Manifest, w *workshop) *app {
	t.Helper()
	a := &app{dir: t.TempDir(), engine: &fakeEngine{handle: livePages}, log: &syncBuffer{}}
	s, err := New(Options{
		Dir: a.dir, Dist: filepath.Join(a.dir, ".next", "dev"), Manifest: m, Log: slog.New(slog.NewTextHandler(a.log, nil)), Live: w,
		NewEngine: func(map[string]host.AsyncFunc) (engine.Engine, error) { return a.engine, nil },
		Now:       func() time.Time { return time.UnixMilli(builtAt) },
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Server = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if a.engine.closed.Load() {
			t.Error("the engine is closed with the server, though others use it")
		}
	})
	return a
}

// What Next.js answers in development, as recorded.
func TestLive(t *testing.T) {
	m, w := liveSample()
	a := startLiveServer(t, m, w)
	public := filepath.Join(a.dir, "public")
	for _, c := range []struct{ name, request, want string }{
		{"static pages are rendered for each request", "GET /?q=1", "200\nCache-Control: no-store\nEtag: *\nX-Of: /\n\n<p>/ auto html  as /"},
		{"their router knows no params", "GET /auto/7?q=1", "200\nCache-Control: no-store\n\n<p>/auto/[id] auto html  as /auto/[id]"},
		{"by any method", "POST /", "200\n\n<p>/ auto html  as /"},
		{"but OPTIONS", "OPTIONS /", "400"},
		{"user code has no say in caching", "GET /ssr", "200\nCache-Control: no-store\n\n<p>/ssr request html  as /ssr"},
		{"data of getServerSideProps", "GET /_next/data/development/ssr.json", "200\nCache-Control: no-store\n\n" + `{"data":"/ssr request data  as /ssr"}`},
		{"pages without data answer data requests with themselves", "GET /_next/data/development/gip.json", "200\nContent-Type: text/html; charset=utf-8\n\n<p>/gip request html  as /gip"},
		{"getStaticProps runs", "GET /ssg?q=1", "200\nX-Nextjs-Cache: HIT\nCache-Control: no-store\n\n<p>/ssg ssg html stale as /ssg"},
		{"its data", "GET /_next/data/development/ssg.json", "200\nX-Nextjs-Cache: HIT\nCache-Control: no-store\n\n" + `{"data":"/ssg ssg data stale as /ssg"}`},
		{"it only reads", "POST /ssg", "405\nAllow: GET | HEAD"},
		{"a path of getStaticPaths", "GET /posts/a", "200\nX-Nextjs-Cache: HIT\n\n…as /posts/a"},
		{"in another spelling", "GET /posts/%C3%A9", "200\n\n…as /posts/%C3%A9"},
		{"another path", "GET /posts/b", "404\nX-Nextjs-Cache: -\nCache-Control: no-store\n\n<p>/404 auto html  as /404"},
		{"its data", "GET /_next/data/development/posts/b.json", "404\nContent-Type: text/html; charset=utf-8"},
		{"notFound", "GET /posts/gone", "404\nX-Nextjs-Cache: HIT\nCache-Control: no-store"},
		{"data of notFound", "GET /_next/data/development/posts/gone.json", "404\nX-Nextjs-Matched-Path: /posts/[slug]\n\n" + `{"notFound":true}`},
		{"redirect", "GET /posts/moved", "308\nLocation: /about\nX-Nextjs-Cache: HIT"},
		{"fallback true", "GET /lazy/new", "200\nX-Nextjs-Cache: MISS\nCache-Control: no-store\n\n<p>/lazy/[id] fallback html  as /lazy/[id]"},
		{"to a crawler", "GET /lazy/new\nUser-Agent: Googlebot", "200\nX-Nextjs-Cache: HIT\n\n…ssg html stale as /lazy/new"},
		{"its data", "GET /_next/data/development/lazy/new.json", "200\nX-Nextjs-Cache: HIT\n\n…ssg data stale"},
		{"fallback blocking", "GET /blocking/x", "200\nX-Nextjs-Cache: HIT\n\n…ssg html stale as /blocking/x"},
		{"draft mode", "GET /ssg\nCookie: __prerender_bypass=" + previewID, "200\nCache-Control: private, no-cache, no-store, max-age=0, must-revalidate\n\n…request html stale"},
		{"nothing there", "GET /nothing", "404\nCache-Control: no-store\n\n<p>/404 auto html  as /404"},
		{"the 404 page itself", "GET /404", "404\n\n<p>/404 auto html  as /404"},
		{"an API route", "GET /api/echo", "200\nCache-Control: -\n\necho"},
		{"a failure shows itself", "GET /ssr?do=throw", "500\nContent-Type: text/html; charset=utf-8\nCache-Control: no-store\n\n<p>problem: Error: page failed"},
		{"to API clients as well", "GET /api/echo?do=throw", "500\nContent-Type: text/html; charset=utf-8\n\n<p>problem: Error: page failed"},
		{"scripts", "GET /_next/static/chunks/main.js", "200\n\nlive /_next/static/chunks/main.js"},
		{"scripts that are not there", "GET /_next/static/chunks/none.js", "404\nContent-Type: text/plain; charset=utf-8\n\nNot Found"},
		{"endpoints of development", "POST /__nextjs_launch-editor", "200\n\nlive /__nextjs_launch-editor"},
		{"others are pages", "GET /__nextjs_other", "404"},
		{"an image that is imported", "GET /_next/image?url=%2F_next%2Fstatic%2Fmedia%2Fdot.png&w=8&q=70",
			"200\nContent-Type: image/png\nCache-Control: public, max-age=0, must-revalidate\n\n…compiled"},
		{"an image that is not there", "GET /_next/image?url=%2F_next%2Fstatic%2Fmedia%2Fnone.png&w=640&q=75", "404"},
		{"expired preview", "GET /ssg\nCookie: __prerender_bypass=old", "200\nSet-Cookie: " + strings.Join(expiredLivePreview, " | ")},
		{"pages manifest", "GET /_next/static/development/_devPagesManifest.json", "200\nContent-Type: application/json; charset=utf-8\n\n" +
			`{"pages":["/","/404","/api/echo","/auto/[id]","/blocking/[id]","/broken","/gip","/lazy/[id]","/missing-params","/posts/[slug]","/ssg","/ssr"]}`},
		{"middleware manifest", "GET /_next/static/development/_devMiddlewareManifest.json", "200\n\n[]"},
		{"build manifest", "GET /_next/static/development/_buildManifest.js", "200\nCache-Control: no-cache, must-revalidate\nEtag: *\n\n" +
			`…"/posts/[slug]":["static/chunks/pages/posts/[slug].js"]`},
		{"matchers of an app without middleware", "GET /_next/static/development/_clientMiddlewareManifest.js", "200\n\n…self.__MIDDLEWARE_MATCHERS=[];"},
		{"nothing is prefetched", "GET /_next/static/development/_ssgManifest.js", "200\n\nself.__SSG_MANIFEST=new Set;self.__SSG_MANIFEST_CB&&self.__SSG_MANIFEST_CB()"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(w.takeReports())
			check(t, c.request, a.ask(c.request), c.want)
			failed := strings.HasPrefix(c.want, "500")
			if got := w.takeReports(); before != 0 || (len(got) == 1) != failed {
				t.Errorf("reported %q", got)
			}
		})
	}
	if log := a.log.String(); log != "" {
		t.Errorf("logged %s", log)
	}
	if err := a.Revalidate(t.Context(), "/posts/a", false); err != nil {
		t.Errorf("revalidate: %v", err)
	}
	t.Run("public files come and go", func(t *testing.T) {
		check(t, "no folder", a.ask("GET /new.txt"), "404")
		if err := os.MkdirAll(public, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"one", "other"} {
			if err := os.WriteFile(filepath.Join(public, "new.txt"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			check(t, text, a.ask("GET /new.txt"), "200\nCache-Control: public, max-age=0\nContent-Type: text/plain; charset=UTF-8\n\n"+text)
			check(t, text, a.ask("GET /_next/image?url=%2Fnew.txt&w=640&q=75"), "400")
		}
		check(t, "the home page", a.ask("GET /"), "200\nX-Of: /")
		if err := os.RemoveAll(public); err != nil {
			t.Fatal(err)
		}
		check(t, "removed", a.ask("GET /new.txt"), "404")
	})
}

// Mistakes of the app are shown, and what development itself needs goes on.
func TestLiveMistakes(t *testing.T) {
	for _, c := range []struct {
		name, broken, request, want string
	}{
		{"a page", "/broken", "GET /broken", "500\n\n<p>problem: no good"},
		{"the 404 page", "/404", "GET /nothing", "500\n\n<p>problem: no good"},
		{"another page", "/broken", "GET /ssr", "200"},
		{"middleware", "middleware", "GET /ssr", "500\n\n<p>problem: no good"},
		{"scripts beside broken middleware", "middleware", "GET /_next/static/chunks/main.js", "200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, w := liveSample()
			if c.broken == "middleware" {
				m.Middleware = &manifest.Middleware{Module: "server/middleware.js", Source: "middleware.js"}
			}
			w.broken[c.broken] = errors.New("no good")
			check(t, c.request, startLiveServer(t, m, w).ask(c.request), c.want)
		})
	}
}

// Routes come and go under work that requests have left behind: nobody waits for it.
func TestLiveCloseDoesNotWait(t *testing.T) {
	m, w := liveSample()
	a := startLiveServer(t, m, w)
	a.background.begin()
	closed := make(chan error, 1)
	go func() { closed <- a.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(backgroundGrace / 2):
		t.Error("it waits")
	}
	a.background.finish()
}

func TestLiveBelowAPrefix(t *testing.T) {
	m, w := liveSample()
	m.Config.BasePath, m.Config.AssetPrefix, m.Config.TrailingSlash = "/docs", "https://cdn.example/files", true
	a := startLiveServer(t, m, w)
	for request, want := range map[string]string{
		"GET /docs/_next/static/chunks/main.js":              "200\n\nlive /_next/static/chunks/main.js",
		"GET /files/_next/static/chunks/main.js":             "200\n\nlive /_next/static/chunks/main.js",
		"GET /docs/__nextjs_launch-editor?file=a":            "200\n\nlive /__nextjs_launch-editor",
		"GET /_next/static/chunks/main.js":                   "404",
		"GET /docs/_next/static/development/_ssgManifest.js": "200",
		"GET /docs/ssr":  "308\nLocation: /docs/ssr/",
		"GET /docs/ssr/": "200\n\n<p>/ssr request html  as /ssr/",
		"GET /docs/":     "200\n\n<p>/ auto html  as /",
		"GET /docs/_next/static/x/%2e%2e/chunks/main.js": "200\n\nlive /_next/static/chunks/main.js",
		"GET /docs/_next/static/x%2f..%2fchunks/main.js": "404",
	} {
		check(t, request, a.ask(request), want)
	}
}
