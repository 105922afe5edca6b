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
	"github.com/onwardjs/onward/internal/render"
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

// bootEngine starts an engine.
func (s *site) bootEngine(ctx context.Context) (engine.Engine, error) {
	made := build.Compiled{
		BuildID:     manifest.DevelopmentID,
		MainScripts: []string{"static/chunks/main.js"},
		Middleware:  s.live.Middleware(),
	}
	if s.routes.Load().hooks != "" {
		if err := s.live.Need(ctx, compile.Server, instrumentation); err != nil {
			return nil, err
		}
		made.Instrumentation = s.live.Instrumentation()
	}
	path, script, err := s.live.RuntimeScript(ctx)
	if err != nil {
		return nil, err
	}
	name := s.live.Engine()
	document, err := s.project.Boot(made)
	if err != nil {
		return nil, err
	}
	whole, err := render.Boot(document, s.project.Dir, s.out)
	if err != nil {
		return nil, err
	}
	d := build.DevelopmentEngine{
		Project: s.project, Name: name, Runtime: script, CacheDir: s.cacheDir(), Boot: whole,
		Load: s.load, Console: s.console, Port: s.app.options.Port,
		Operations: map[string]host.AsyncFunc{},
	}
	if d.Debug = s.app.options.Debug; d.Debug != nil {
		d.Load = s.loadForDebugger
	}
	for _, name := range []string{"onward.revalidate", "onward.background"} {
		d.Operations[name] = func(ctx context.Context, env *host.Env, call *host.Call) (host.Value, error) {
			return (*s.operations.Load())[name](ctx, env, call)
		}
	}
	if name == compile.EngineV8 {
		d.Snapshot = build.KeptSnapshot(s.cacheDir(), script)
		if d.Snapshot == nil {
			s.engine.mu.Lock()
			s.engine.freeze = func() { s.freeze(path, script) }
			s.engine.mu.Unlock()
		}
	}
	return build.StartDevelopment(ctx, d)
}

// changeEngine goes on with another engine: code of the app needs it.
func (s *site) changeEngine(_, reason string) {
	fmt.Fprintf(s.app.journal, "- Node engine: %s\n", reason)
	s.engine.replace(s)
}

func (s *site) cacheDir() string { return filepath.Join(filepath.FromSlash(s.out), "cache") }

// freeze makes the snapshot that the next start takes its engine from.
func (s *site) freeze(path string, script []byte) {
	if _, err := build.MakeSnapshot(s.cacheDir(), path, script); err != nil {
		s.app.log.Debug("no start-up snapshot: " + err.Error())
	}
}

// instrumentation names the instrumentation file as a route.
const instrumentation = "instrumentation"

// engineSlot holds the engine that all servers of a site share.
type engineSlot struct {
	mu      sync.Mutex
	present *startedEngine
	closed  bool
	// freeze makes a snapshot of what the present engine started from; nil when there
	// is one. Set while an engine starts.
	freeze func()
}

// startedEngine is an engine that is started once; all that want it wait for that.
type startedEngine struct {
	once sync.Once
	made engine.Engine
	err  error
	// jobs are under way.
	jobs sync.WaitGroup
}

// get returns the present engine, starting it when that has not been done. One that
// could not be started is tried again by the next caller.
func (l *engineSlot) get(s *site) (*startedEngine, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, &engine.Error{Kind: engine.Aborted, Message: "the server is ending"}
	}
	e := l.present
	if e == nil {
		e = new(startedEngine)
		l.present = e
	}
	l.mu.Unlock()
	e.once.Do(func() { e.made, e.err = s.bootEngine(s.ending) })
	l.mu.Lock()
	if e.err == nil && l.present == e {
		e.jobs.Add(1)
		l.mu.Unlock()
		return e, nil
	}
	replaced := l.present != e
	if !replaced {
		l.present = nil
	}
	l.mu.Unlock()
	if replaced {
		return l.get(s)
	}
	return nil, e.err
}

// replace lets go of the present engine; the next Job starts another one.
func (l *engineSlot) replace(s *site) {
	l.mu.Lock()
	old := l.present
	l.present = nil
	l.mu.Unlock()
	if old != nil {
		s.background.run(func() { old.close() })
	}
}

func (e *startedEngine) close() {
	e.once.Do(func() { e.err = errors.New("dev: the engine is not needed any more") })
	e.jobs.Wait()
	if e.made != nil {
		_ = e.made.Close()
	}
}

func (l *engineSlot) close() {
	l.mu.Lock()
	old := l.present
	l.present, l.closed = nil, true
	l.mu.Unlock()
	if old != nil && old.made != nil {
		_ = old.made.Close()
	}
}

// shared is the engine as servers see it: the present one, whichever that is.
func (l *engineSlot) shared(s *site) engine.Engine { return &sharedEngine{s} }

type sharedEngine struct{ site *site }

// Do runs a Job in the present engine and adds what it takes to the timing of the
// request.
func (e *sharedEngine) Do(ctx context.Context, job *engine.Job) (*engine.Reply, error) {
	present, err := e.site.engine.get(e.site)
	if err != nil {
		return nil, err
	}
	defer present.jobs.Done()
	t := timingOf(ctx)
	t.logged.Store(true)
	began := time.Now()
	reply, err := present.made.Do(ctx, job)
	t.code.Add(int64(time.Since(began)))
	return reply, err
}

func (e *sharedEngine) Warm(ctx context.Context, n int) error {
	present, err := e.site.engine.get(e.site)
	if err != nil {
		return err
	}
	defer present.jobs.Done()
	return present.made.Warm(ctx, n)
}

func (e *sharedEngine) Stats() engine.Stats {
	e.site.engine.mu.Lock()
	defer e.site.engine.mu.Unlock()
	if p := e.site.engine.present; p != nil && p.made != nil {
		return p.made.Stats()
	}
	return engine.Stats{}
}

// Close does nothing: the engine belongs to the site.
func (e *sharedEngine) Close() error { return nil }

// changes remembers which server modules changed when, for engines that ask what to
// forget.
type changes struct {
	mu sync.Mutex
	// generation counts changes, from 1 on.
	generation uint64
	// forget[i] are the modules of generation oldest+i.
	forget [][]string
	oldest uint64
	kept   int // modules in forget
}

// mostForget bounds how many modules are remembered.
const mostForget = 20000

// add takes up a change and returns its generation.
func (c *changes) add(modules []string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == 0 {
		c.generation, c.oldest = 1, 2
	}
	c.generation++
	c.forget = append(c.forget, modules)
	c.kept += len(modules)
	for c.kept > mostForget && len(c.forget) > 0 || len(c.forget) > 1000 {
		c.kept -= len(c.forget[0])
		c.forget = c.forget[1:]
		c.oldest++
	}
	return c.generation
}

// now is the present generation.
func (c *changes) now() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(c.generation, 1)
}

// since lists what changed after a generation; nil: anything may have.
func (c *changes) since(generation uint64) (now uint64, modules []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now = max(c.generation, 1)
	modules = []string{}
	switch {
	case generation >= now || c.generation == 0:
		return now, modules
	case generation+1 < c.oldest:
		return now, nil
	}
	seen := map[string]bool{}
	for _, list := range c.forget[generation+1-c.oldest:] {
		for _, m := range list {
			if !seen[m] {
				seen[m] = true
				modules = append(modules, m)
			}
		}
	}
	return now, modules
}

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
