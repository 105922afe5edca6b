package dev

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
	"github.com/onwardjs/onward/internal/server"
	files "github.com/onwardjs/onward/runtime"
)

// outputDir is the folder of development within distDir. Builds do not touch it, and
// it does not touch theirs.
const outputDir = "dev"

// site is what one reading of the configuration makes: the project, its compiler, the
// engine and the server. A change of next.config or of the environment makes another
// one.
type site struct {
	app     *app
	project *build.Project
	// out is the output folder, an absolute path with slashes.
	out      string
	live     *compile.Live
	requests *requestLog
	origins  *origins
	preview  manifest.Preview

	// users are the requests under way, and being the present site.
	users users
	// routes are those that the present server knows.
	routes atomic.Pointer[routeSet]
	// current is the server of these routes.
	current atomic.Pointer[serving]
	// operations are what JavaScript may ask of the present server.
	operations atomic.Pointer[map[string]host.AsyncFunc]
	engine     engineSlot
	facts      facts
	changes    changes
	// middleware is what the present server's manifest was made with.
	middleware *compile.Middleware
	// afterFirst is run once, when the first page has been sent.
	afterFirst sync.Once
	background background
	// ending is cancelled by close.
	ending context.Context
	end    context.CancelFunc
}

// routeSet is what lies in the project's folders for routes.
type routeSet struct {
	pages []route.Page
	// hooks is the instrumentation file; empty: there is none.
	hooks string
}

// newSite makes a site of a project that has been read. Nothing of the app is
// compiled yet.
func newSite(a *app, p *build.Project) (*site, error) {
	s := &site{app: a, project: p}
	s.out = filepath.ToSlash(filepath.Join(p.Dir, filepath.FromSlash(p.Config.DistDir), outputDir))
	s.ending, s.end = context.WithCancel(context.Background())
	s.requests = newRequestLog(a.journal, &p.Config.Dev)
	s.origins = newOrigins(p.Config.AllowedDevOrigins, a.options.Hostname, a.journal.report)
	var err error
	if s.preview, err = manifest.NewPreview(); err != nil {
		return nil, err
	}
	s.live, err = compile.NewLive(compile.Options{
		Dir:        p.Dir,
		Config:     p.Config,
		Env:        p.Env.Vars,
		Pages:      p.Pages,
		Middleware: p.Middleware,
		Hooks:      p.Hooks,
		OutDir:     filepath.FromSlash(s.out),
		BuildID:    manifest.DevelopmentID,
		CacheDir:   filepath.Join(filepath.FromSlash(s.out), "cache"),
		Runtime:    files.Files,
		Engine:     a.options.Engine,
		Dev:        true,
		OnEngine:   s.changeEngine,
	})
	if err != nil {
		return nil, err
	}
	s.live.Watched(a.watch)
	s.live.Late(s.updateStyles)
	s.facts.init()
	s.users.begin()
	if err := s.serve(); err != nil {
		s.close()
		return nil, err
	}
	// The engine starts while nobody waits for it yet. If it cannot, requests say so.
	s.background.run(func() { _ = s.engine.shared(s).Warm(s.ending, 1) })
	return s, nil
}

// close ends everything. Requests should have ended; those that have not fail.
func (s *site) close() {
	s.end()
	s.background.wait()
	if c := s.current.Swap(nil); c != nil {
		c.release()
	}
	s.engine.close()
	s.live.Close()
}

// background are goroutines of a site that its end waits for.
type background struct {
	mu    sync.Mutex
	ended bool
	under sync.WaitGroup
}

// run has f done beside everything else, unless the end has come.
func (b *background) run(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.under.Go(f)
	}
}

func (b *background) wait() {
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	b.under.Wait()
}

// users counts who uses something, so that it can be closed when nobody does any
// more. It begins with one user: whoever made it.
type users struct {
	n atomic.Int64
}

func (u *users) begin() { u.n.Store(1) }

// enter adds a user; false when it is too late.
func (u *users) enter() bool {
	for {
		n := u.n.Load()
		if n == 0 {
			return false
		}
		if u.n.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// leave takes one off; true when it was the last.
func (u *users) leave() bool { return u.n.Add(-1) == 0 }

// serving is the server of one set of routes.
type serving struct {
	*server.Server
	users
}

func (c *serving) release() {
	if c.leave() {
		_ = c.Close() // its files and connections; nothing is lost
	}
}

// ServeHTTP answers one request with the present server.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for {
		c := s.current.Load()
		if c == nil {
			http.Error(w, "the server is ending", http.StatusServiceUnavailable)
			return
		}
		if c.enter() {
			defer c.release()
			c.Server.ServeHTTP(w, r)
			return
		}
	}
}

// serve makes the server of the project's present routes and puts it in place.
func (s *site) serve() error {
	m, err := s.manifest()
	if err != nil {
		return err
	}
	s.routes.Store(&routeSet{s.project.Pages, s.project.Hooks})
	made, err := server.New(server.Options{
		Dir: s.project.Dir, Dist: filepath.FromSlash(s.out), Manifest: m,
		Hostname: s.app.options.Hostname, Port: s.app.options.Port,
		Log:  s.app.log,
		Live: s,
		NewEngine: func(operations map[string]host.AsyncFunc) (engine.Engine, error) {
			s.operations.Store(&operations)
			return s.engine.shared(s), nil
		},
	})
	if err != nil {
		return err
	}
	// The server gives its operations when it is asked for the engine.
	if _, err := made.Engine(); err != nil {
		return errors.Join(err, made.Close())
	}
	c := &serving{Server: made}
	c.begin()
	if before := s.current.Swap(c); before != nil {
		before.release()
	}
	return nil
}

// manifest is that of the present routes. What a page is, is found out when it is
// asked for.
func (s *site) manifest() (*manifest.Manifest, error) {
	m := &manifest.Manifest{
		Version: manifest.Version,
		BuildID: manifest.DevelopmentID,
		BuiltAt: time.Now().UnixMilli(),
		Config:  s.project.Config,
		Preview: s.preview,
	}
	s.middleware = s.live.Middleware()
	var err error
	if m.Middleware, err = s.project.MiddlewareManifest(s.middleware); err != nil {
		return nil, err
	}
	for _, p := range s.project.Pages {
		m.Pages = append(m.Pages, manifest.Page{Route: p.Route, Kind: likely(p), Module: p.File})
	}
	for _, r := range []string{"/_app", "/_document", "/_error"} {
		if !slices.ContainsFunc(s.project.Pages, func(p route.Page) bool { return p.Route == r }) {
			m.Pages = append(m.Pages, manifest.Page{Route: r, Kind: manifest.Special})
		}
	}
	return m, nil
}

// likely is what a page is taken for until it is compiled.
func likely(p route.Page) manifest.Kind {
	switch {
	case p.API:
		return manifest.API
	case p.Special():
		return manifest.Special
	}
	return manifest.SSR
}

// page finds a route of the project, those that every app has among them.
func (s *site) page(pattern string) (route.Page, bool) {
	for _, p := range s.routes.Load().pages {
		if p.Route == pattern {
			return p, true
		}
	}
	if pattern == "/_app" || pattern == "/_document" || pattern == "/_error" {
		return route.Page{Route: pattern}, true
	}
	return route.Page{}, false
}

// instrumentation names the instrumentation file as a route.
const instrumentation = "instrumentation"

// prefix is what stands before /_next/ in the addresses of scripts.
func prefix(c *config.Config) string {
	if c.AssetPrefix != "" {
		return strings.TrimSuffix(c.AssetPrefix, "/")
	}
	return c.BasePath
}

// asMessage is err as a message about the project.
func asMessage(err error) *diag.Message {
	var m *diag.Message
	if errors.As(err, &m) {
		return m
	}
	return diag.Errorf("dev", "%s", fmt.Sprint(err))
}
