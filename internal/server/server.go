// Package server is the request flow: one slice of stages that every request of a
// built app goes through, whether it is served by the command, by a Go program or
// by a test. In: a Manifest, the output folder and a way to start an engine. Out:
// an http.Handler.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
	"github.com/onwardjs/onward/internal/rules"
	"github.com/onwardjs/onward/internal/stack"
)

// Options configure a Server. Dir, Dist, Manifest and NewEngine are required.
type Options struct {
	// Dir is the project, Dist its output folder; both absolute.
	Dir, Dist string
	Manifest  *manifest.Manifest
	// Hostname and Port are where the server stands, as it may tell user code.
	// Defaults: localhost, 3000.
	Hostname string
	Port     int
	// Log hears of failures; nil: slog.Default().
	Log *slog.Logger
	// Stacks maps the stacks of errors that are logged; nil: they stay as they are.
	Stacks *stack.Mapper
	// NewEngine starts the engine, with these host operations beside its own.
	// It is called once, when JavaScript is first needed.
	NewEngine func(operations map[string]host.AsyncFunc) (engine.Engine, error)
	// NewCacheEngine starts an engine of one worker. It is called once, and only
	// for a build with a cache handler.
	NewCacheEngine func() (engine.Engine, error)
	// Cache is the address of a server that processes share pages in; empty: none.
	Cache string
	// Now is the clock of the cache; nil: time.Now.
	Now func() time.Time
	// Live is set in development. Then Manifest says which pages there are, and Live
	// what they are; Dist is not read; and the engine outlives the Server.
	Live Live
}

// Server serves one built app.
type Server struct {
	options  Options
	manifest *manifest.Manifest
	log      *slog.Logger
	parse    route.Options
	locales  *locales // nil without i18n
	table    *route.Table
	pages    map[string]*page
	stages   []stage
	steps    []stage // of resolve

	public map[string]string // URL path → file name in publicFiles
	// publicFiles may be nil: an app need not have a public folder.
	publicFiles, distFiles *files
	cache                  *cache.Cache
	previewKeys            []byte // JSON
	previewer              *previewer
	notFoundPage           *page // /404
	errorPage              *page // /500, when it is the app's own, or with i18n
	lastResort             *page // /500 made from _error at build
	images                 *imageRules
	assetPath              string // path of assetPrefix, when it is not the base path
	routing                *routing
	forwarder              *forwarder
	site                   site
	guard                  *guard // nil: the app has no middleware
	background             background
	live                   *live // nil in production
	// keepAlive is the value of the header, set while serving.
	keepAlive atomic.Pointer[[]string]

	engineMu sync.Mutex
	engine   atomic.Pointer[engine.Engine]
	closed   bool
}

// stage is one step of the request flow. It answers (done), hands on, or fails; an
// error becomes a response in respond.go and nowhere else.
type stage func(s *Server, q *request) (done bool, err error)

// page is a route with what serving it needs.
type page struct {
	manifest.Page
	dynamic bool
	// matched is the value of x-nextjs-matched-path; nil where data is sent without it.
	matched []string
}

// request is everything about one request; it dies with it.
type request struct {
	w http.ResponseWriter
	r *http.Request
	// asked is the URL as the client asked for it. What user code sees of it (asPath,
	// req.url) and what the log says stays so whatever is served.
	asked route.Match
	// match is what is served: asked, until rewrite replaces it.
	match     route.Match
	rewritten bool
	// nowhere: no page or file can have the path of match. Rules still may.
	nowhere bool
	// rewriteKeys are the keys of the query that rewrites may have set.
	rewriteKeys []string
	// extra are the headers of headers(), which are in the response already.
	extra []rules.Header
	page  *page
	// onDemand: the request carries the key that lets it revalidate.
	onDemand, onlyGenerated bool
	// tongue is filled by settleLocale.
	tongue tongue
	// preview is filled for the pages and routes that preview mode may change.
	preview preview
	// status is what middleware said the answer's is to be; 0: that of the page.
	status int
	// prefetch: the client only wants to know whether middleware lets it through.
	prefetch bool
	// reason is the text of the status line when user code chose one.
	reason string
	// begun: the response has started, so that no error page can follow.
	begun bool
}

// New prepares a Server. It opens folders but reads no page and starts no engine.
func New(o Options) (*Server, error) {
	m := o.Manifest
	if m == nil || m.Config == nil {
		return nil, diag.Errorf("bad-build", "the build in %s is incomplete", o.Dist).WithHint("run `onward build` again")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Hostname == "" {
		o.Hostname = "localhost"
	}
	if o.Port == 0 {
		o.Port = 3000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{options: o, manifest: m, log: o.Log, pages: make(map[string]*page, len(m.Pages))}
	s.parse = route.Options{
		BasePath: m.Config.BasePath, BuildID: m.BuildID, TrailingSlash: m.Config.TrailingSlash,
		SkipTrailingSlashRedirect: m.Config.SkipTrailingSlashRedirect,
	}
	s.locales = newLocales(m.Config.I18n)
	s.locales.parseOptions(&s.parse)
	routes := make([]string, 0, len(m.Pages))
	for i := range m.Pages {
		p := &page{Page: m.Pages[i], dynamic: strings.Contains(m.Pages[i].Route, "/[")}
		if p.dynamic || m.Middleware != nil {
			p.matched = []string{p.Route}
		}
		switch {
		case p.Route == "/404":
			s.notFoundPage = p
		case p.Route == "/500" && p.Module == "" && p.Localized == nil:
			s.lastResort = p
			continue
		case p.Route == "/500":
			s.errorPage = p
		}
		s.pages[p.Route] = p
		if p.Kind != manifest.Special {
			routes = append(routes, p.Route)
		}
	}
	table, err := route.NewTable(routes)
	if err != nil {
		return nil, diag.Errorf("bad-build", "the build in %s has routes that cannot be served: %v", o.Dist, err).
			WithHint("run `onward build` again")
	}
	s.table = table
	if s.live = newLive(&o); s.live == nil {
		if err := s.openFolders(); err != nil {
			return nil, err
		}
	}
	s.previewKeys = previewKeys(m.Preview)
	s.previewer = newPreviewer(m.Preview, m.Config.MultiZoneDraftMode)
	s.images = newImageRules(m.Config, o.Live != nil)
	s.assetPath = assetPath(m.Config)
	s.routing = newRouting(m)
	s.forwarder = newForwarder(time.Duration(m.Config.ProxyTimeout) * time.Millisecond)
	s.site = site{authority(o.Hostname, o.Port), m.Config}
	if s.guard, err = newGuard(m); err != nil {
		return nil, err
	}
	if s.cache, err = s.newCache(); err != nil {
		return nil, err
	}
	// A stage that the app does not need is left out, so that it costs nothing.
	s.stages = []stage{(*Server).door}
	if s.locales != nil {
		s.stages = append(s.stages, (*Server).locale)
	}
	s.stages = append(s.stages, s.routing.before()...)
	if s.guard != nil {
		s.routing.normal = true
		s.stages = append(s.stages, (*Server).middleware)
	}
	s.stages = append(s.stages, s.routing.after()...)
	s.steps = s.routing.steps()
	s.stages = append(s.stages, (*Server).resolve, (*Server).render)
	return s, nil
}

// openFolders opens the output of the build and the folder public/.
func (s *Server) openFolders() error {
	o, m := &s.options, s.manifest
	dist, err := os.OpenRoot(o.Dist)
	if err != nil {
		return diag.Errorf("no-build", "cannot open the build output: %v", err).WithHint("run `onward build` first")
	}
	s.distFiles = newFiles(dist)
	if len(m.Public) == 0 {
		return nil
	}
	public, err := os.OpenRoot(filepath.Join(o.Dir, "public"))
	if err != nil {
		o.Log.Warn(fmt.Sprintf("the public folder that the build has seen cannot be opened: %v", err))
		return nil
	}
	s.publicFiles = newFiles(public)
	s.public = make(map[string]string, len(m.Public))
	for _, name := range m.Public {
		s.public[name] = strings.TrimPrefix(name, "/")
	}
	return nil
}

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &request{w: w, r: r}
	defer s.recover(q)
	for _, stage := range s.stages {
		done, err := stage(s, q)
		if err != nil {
			s.fail(q, err)
			return
		}
		if done {
			return
		}
	}
	s.fail(q, errNotFound)
}

// recover turns a panic of ours into a 500. What net/http uses to end a connection
// goes on its way.
func (s *Server) recover(q *request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.log.Error(fmt.Sprintf("serving %s %s panicked: %v", q.r.Method, q.r.URL.Path, p), "stack", string(debug.Stack()))
	if q.begun {
		panic(http.ErrAbortHandler) // a response cut short must not look whole
	}
	clear(q.w.Header())
	s.plain(q, http.StatusInternalServerError, "Internal Server Error", true)
}

// Engine returns the engine, starting it when this is the first call.
func (s *Server) Engine() (engine.Engine, error) {
	if e := s.engine.Load(); e != nil {
		return *e, nil
	}
	s.engineMu.Lock()
	defer s.engineMu.Unlock()
	if e := s.engine.Load(); e != nil {
		return *e, nil
	}
	if s.closed {
		return nil, &engine.Error{Kind: engine.Aborted, Message: "the server is closed"}
	}
	e, err := s.options.NewEngine(s.Operations())
	if err != nil {
		return nil, err
	}
	s.engine.Store(&e)
	return e, nil
}

// Operations are the host operations that JavaScript reaches this Server by.
func (s *Server) Operations() map[string]host.AsyncFunc {
	return map[string]host.AsyncFunc{
		"onward.revalidate": s.revalidateOperation, "onward.background": s.background.operation,
	}
}

// NeedsEngine: the app has pages or API routes that run per request, or pages that
// grow old.
func (s *Server) NeedsEngine() bool {
	if s.guard != nil || s.manifest.Instrumentation != "" || s.live != nil {
		return true
	}
	for _, p := range s.pages {
		if p.Kind == manifest.SSR || p.Kind == manifest.API ||
			p.Fallback == manifest.FallbackTrue || p.Fallback == manifest.FallbackBlocking {
			return true
		}
	}
	for _, p := range s.manifest.Prerendered {
		if p.Revalidate > 0 {
			return true
		}
	}
	return false
}

// Warm starts a worker of the engine, when the app needs one at all.
func (s *Server) Warm(ctx context.Context) error {
	if !s.NeedsEngine() {
		return nil
	}
	e, err := s.Engine()
	if err != nil {
		return err
	}
	return e.Warm(ctx, 1)
}

// Close ends regenerations and the engine. Requests must have ended, except in
// development, where the engine goes on.
func (s *Server) Close() error {
	s.cache.Close()
	s.forwarder.close()
	if s.live == nil {
		s.background.end() // else it goes on, as the engine does
	}
	s.engineMu.Lock()
	s.closed = true
	var err error
	if e := s.engine.Load(); e != nil && s.live == nil {
		err = (*e).Close()
	}
	s.engineMu.Unlock()
	if s.publicFiles != nil {
		err = errors.Join(err, s.publicFiles.root.Close())
	}
	if s.distFiles != nil {
		err = errors.Join(err, s.distFiles.root.Close())
	}
	return err
}
