package compile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// Live compiles an app while it is developed: module by module, when a request
// needs them, each at most once until it changes. Compiled modules stay in memory.
// Its methods may run at the same time; Change and SetRoutes wait for the others
// and keep them waiting.
type Live struct {
	b *build
	// life is held for writing while files or routes change.
	life sync.RWMutex
	// browser, server and edge are the graphs by Target.
	graphs [3]*graph
	styles *liveStyles
	media  *media
	script *runtimeText
	// settled counts how often it was decided that server code needs another engine.
	// Guarded by life.
	settled int
	// versions counts compiled modules, so that a newer text has a higher number.
	versions atomic.Int64
	tsconfig string // for TsconfigRaw
	// needed are the routes of each target that somebody asked for.
	neededMu sync.Mutex
	needed   [3]map[string]bool
	outside  outside
	// turned are routes whose file is another one since the last Change, forced the
	// modules that this changes. Guarded by life.
	turned map[string]bool
	forced map[*module]bool
	// described are pages by route, until something changes.
	described sync.Map
	// targets are the graphs of routes, Server or Edge, until something changes.
	targets sync.Map
}

// Target is where a module runs.
type Target uint8

// Browser and Server are what most modules are compiled for; Edge is for
// middleware and API routes of the edge runtime.
const (
	Browser Target = iota
	Server
	Edge
)

// NewLive makes a Live. Options.Dev must be set; OutDir is where server modules
// seem to lie. Nothing of the app is compiled yet.
func NewLive(opt Options) (*Live, error) {
	out, err := filepath.Abs(opt.OutDir)
	if err != nil {
		return nil, err
	}
	opt.OutDir = out
	l := &Live{media: newMedia(), script: &runtimeText{}, turned: map[string]bool{}, forced: map[*module]bool{}}
	l.b, err = newBuild(opt)
	if err != nil {
		return nil, err
	}
	l.outside = outside{project: l.b.dir + string(filepath.Separator), dirs: map[string]bool{}}
	l.b.out = l.media.output(opt.OutDir)
	l.tsconfig = l.b.liveTsconfig()
	l.styles = newLiveStyles(l)
	for t := range l.graphs {
		l.needed[t] = map[string]bool{}
		if l.graphs[t], err = newGraph(l, Target(t)); err != nil {
			return nil, err
		}
	}
	l.b.source.barrels = &[2]*barrels{{graphs: []*graph{l.graphs[Server], l.graphs[Edge]}}, {graphs: []*graph{l.graphs[Browser]}}}
	l.readRoutes()
	l.leaveOut()
	l.script.begin(l.b)
	return l, nil
}

// Close ends the processes that Live has started.
func (l *Live) Close() {
	l.styles.background.Wait()
	l.life.Lock()
	defer l.life.Unlock()
	l.script.wait()
	for _, g := range l.graphs {
		g.cache.close()
	}
	l.b.cleanup()
}

// SetRoutes says which pages there are now. What that changes in compiled modules, the
// next Change tells.
func (l *Live) SetRoutes(pages []route.Page, m *route.Middleware, hooks string) {
	l.life.Lock()
	defer l.life.Unlock()
	l.described.Clear()
	l.targets.Clear()
	b := l.b
	before, files := b.source.pages, map[string]string{}
	for _, p := range b.pages() {
		files[p.Route] = p.File
	}
	files[middlewareRoute], files[instrumentationRoute] = middlewareFile(b.opt.Middleware), b.opt.Hooks
	b.opt.Pages, b.opt.Middleware, b.opt.Hooks = pages, m, hooks
	b.result.Pages = map[string]*Page{}
	for _, p := range b.pages() {
		b.result.Pages[p.Route] = &Page{Route: p.Route, Source: p.File}
		l.turn(files, p.Route, p.File)
	}
	l.turn(files, middlewareRoute, middlewareFile(m))
	l.turn(files, instrumentationRoute, hooks)
	guarded := files[middlewareRoute] != ""
	for pattern := range files {
		l.turned[pattern] = true // it is gone
	}
	b.source.setPages()
	b.styles.setApp()
	// A file that became a page, or is none any more, is edited in another way.
	for file := range before {
		if b.source.pages[file] != before[file] {
			l.turnFile(file)
		}
	}
	for file := range b.source.pages {
		if _, was := before[file]; !was {
			l.turnFile(file)
		}
	}
	if guarded != (m != nil) {
		// The router is compiled with or without what calls middleware.
		g := l.graphs[Browser]
		g.options = g.buildOptions()
		for _, x := range g.modules {
			if x.namespace == runtimeNamespace && x.made != nil {
				l.forced[x] = true
			}
		}
	}
	l.readRoutes()
}

// turn has the entry of a route made anew when its file is another one than in before,
// which loses the route.
func (l *Live) turn(before map[string]string, pattern, file string) {
	if was, known := before[pattern]; !known || was != file {
		l.turned[pattern] = true
	}
	delete(before, pattern)
}

// turnFile has the modules of a file made anew, though it did not change.
func (l *Live) turnFile(file string) {
	l.b.source.files.Delete(file)
	for _, g := range l.graphs {
		for _, m := range g.users[file] {
			if m.made != nil {
				l.forced[m] = true
			}
		}
	}
}

func middlewareFile(m *route.Middleware) string {
	if m == nil {
		return ""
	}
	return m.File
}

// readRoutes reads from source what must be known of middleware.
func (l *Live) readRoutes() {
	b := l.b
	b.report.clearErrors()
	b.result.Middleware = nil
	b.edge = map[string]bool{}
	if m := b.opt.Middleware; m != nil {
		b.readMiddleware(m)
	}
}

// page finds a scanned page.
func (l *Live) page(pattern string) (route.Page, bool) {
	for _, p := range l.b.pages() {
		if p.Route == pattern {
			return p, true
		}
	}
	return route.Page{}, false
}

// target is the graph that a route's code for the server belongs to.
func (l *Live) target(t Target, pattern string) Target {
	if t != Server {
		return t
	}
	if pattern == middlewareRoute {
		if m := l.b.result.Middleware; m != nil && m.Edge {
			return Edge
		}
		return Server
	}
	if v, ok := l.targets.Load(pattern); ok {
		return v.(Target)
	}
	p, ok := l.page(pattern)
	if !ok || p.File == "" {
		return Server
	}
	if f, _ := l.b.readFacts(p.File, "edge"); p.API && f.Edge() {
		t = Edge
	}
	l.targets.Store(pattern, t)
	return t
}

// Need compiles what a route consists of for a target: "/blog/[slug]", "/_app",
// "/_document", "middleware", "instrumentation". Server stands for Edge where the
// route runs there. The error is diag.Errors with all that is wrong in it, or that
// of ctx.
func (l *Live) Need(ctx context.Context, t Target, pattern string) error {
	for {
		l.life.RLock()
		settled := l.settled
		err := l.need(ctx, t, pattern)
		l.life.RUnlock()
		if t == Browser || ctx.Err() != nil || !l.settleEngine(settled) {
			return err
		}
	}
}

// settleEngine decides by what compiling has shown which engine the app needs, and
// reports whether modules of the server must be compiled again: it has decided, or
// somebody else has since it was decided settled times.
func (l *Live) settleEngine(settled int) bool {
	needs := l.b.needs
	if !needs.pending() {
		l.life.RLock()
		defer l.life.RUnlock()
		return l.settled != settled
	}
	l.life.Lock()
	was := needs.node
	again := needs.settle()
	if again {
		l.settled++
		g := l.graphs[Server]
		g.options = g.buildOptions()
		g.cache.close()
		g.cache = g.newCache()
		g.found.Clear()
		for _, m := range g.modules {
			m.made = nil
		}
		l.described.Clear()
		if !was {
			l.script.wait()
			l.script = &runtimeText{}
			l.script.begin(l.b)
		}
	}
	outdated := l.settled != settled
	l.life.Unlock()
	if again && !was && l.b.opt.OnEngine != nil {
		l.b.opt.OnEngine(EngineNode, needs.reason)
	}
	return outdated
}

// Engine is what the app's server code runs in, EngineV8 or EngineNode, as far as it
// is compiled.
func (l *Live) Engine() string {
	l.life.RLock()
	defer l.life.RUnlock()
	if l.b.needs.node {
		return EngineNode
	}
	return EngineV8
}

func (l *Live) need(ctx context.Context, t Target, pattern string) error {
	t = l.target(t, pattern)
	root, err := l.root(t, pattern)
	if err != nil {
		return err
	}
	l.neededMu.Lock()
	l.needed[t][pattern] = true
	l.neededMu.Unlock()
	g := l.graphs[t]
	roots := []*module{root}
	if err := g.compileAll(ctx, roots); err != nil {
		return err
	}
	list := g.problems(roots)
	if pattern == middlewareRoute {
		list = append(slices.Clone(l.b.report.errors()), list...)
	}
	if len(list) > 0 {
		return list
	}
	return nil
}

// Problems are all that is wrong now in what has been compiled of some routes, for
// any target.
func (l *Live) Problems(patterns ...string) diag.Errors {
	l.life.RLock()
	defer l.life.RUnlock()
	var list diag.Errors
	for t, g := range l.graphs {
		var roots []*module
		for _, pattern := range patterns {
			l.neededMu.Lock()
			needed := l.needed[t][pattern]
			l.neededMu.Unlock()
			if needed {
				if root, err := l.root(Target(t), pattern); err == nil {
					roots = append(roots, root)
				}
			}
		}
		list = append(list, g.problems(roots)...)
	}
	if slices.Contains(patterns, middlewareRoute) {
		list = append(list, l.b.report.errors()...)
	}
	return sortProblems(list)
}

// root is the first module of a route.
func (l *Live) root(t Target, pattern string) (*module, error) {
	g := l.graphs[t]
	switch pattern {
	case middlewareRoute, instrumentationRoute, cacheHandlerRoute:
		if t == Browser {
			return nil, fmt.Errorf("compile: %s does not run in browsers", pattern)
		}
		return g.module(pageNamespace, pattern), nil
	}
	p, ok := l.page(pattern)
	if !ok {
		return nil, fmt.Errorf("compile: no route %s", pattern)
	}
	if t != Browser {
		return g.module(pageNamespace, p.Route), nil
	}
	if p.API || p.Route == "/_document" {
		return nil, fmt.Errorf("compile: %s does not run in browsers", pattern)
	}
	if p.File == "" {
		return g.module(runtimeNamespace, l.b.next.byImport["next/"+strings.TrimPrefix(p.Route, "/_")]), nil
	}
	return g.module("file", filepath.Join(l.b.dir, filepath.FromSlash(p.File))), nil
}

func (l *Live) isNeeded(t Target, pattern string) bool {
	t = l.target(t, pattern)
	l.neededMu.Lock()
	defer l.neededMu.Unlock()
	return l.needed[t][pattern]
}

// RuntimeScript is the script that every worker of the engine runs first, with
// React's development build, and the path that it seems to lie at.
func (l *Live) RuntimeScript(ctx context.Context) (path string, script []byte, err error) {
	l.life.RLock()
	r := l.script
	l.life.RUnlock()
	script, err = r.get(ctx)
	return filepath.ToSlash(filepath.Join(l.b.opt.OutDir, filepath.FromSlash(r.name))), script, err
}

// Warnings lists what there is to warn of, each once: what the configuration asks for
// in vain, and what modules that were compiled since look wrong about.
func (l *Live) Warnings() []*diag.Message { return l.b.report.takeWarnings() }

// ServerModule is the code of the server module at an absolute path, compiled now if
// it was not; nil when there is no such module.
func (l *Live) ServerModule(path string) ([]byte, error) {
	l.life.RLock()
	defer l.life.RUnlock()
	g, m := l.at(path)
	if m == nil {
		return nil, nil
	}
	c := g.compile(m)
	if c.code == "" && len(c.problems) > 0 {
		return nil, c.problems
	}
	return []byte(c.code), nil
}

// ServerMap is the source map of a server module; nil when it has none.
func (l *Live) ServerMap(path string) []byte {
	l.life.RLock()
	defer l.life.RUnlock()
	g, m := l.at(strings.TrimSuffix(path, ".map"))
	if m == nil {
		return nil
	}
	return g.sourceMap(m)
}

// at finds the server module that has a path, or is a file that packages load by its own.
func (l *Live) at(path string) (*graph, *module) {
	path = filepath.ToSlash(path)
	for _, t := range []Target{Edge, Server} {
		g := l.graphs[t]
		rest, ok := strings.CutPrefix(path, g.folder)
		if !ok {
			continue
		}
		if rest, ok = strings.CutSuffix(rest, ".js"); ok {
			return g, g.known(unescape(rest))
		}
	}
	if l.b.isLoadedByPath(path) {
		g := l.graphs[Server]
		return g, g.module("file", filepath.FromSlash(path))
	}
	return nil, nil
}

// Watched has f called with the folders outside the project in which files of the
// app lie, whenever there are others than before.
func (l *Live) Watched(f func(dirs []string)) {
	l.outside.mu.Lock()
	l.outside.tell = f
	dirs := sortedKeys(l.outside.dirs)
	l.outside.mu.Unlock()
	if len(dirs) > 0 {
		f(dirs)
	}
}

// outside knows the folders outside the project in which files of the app lie.
type outside struct {
	project string
	mu      sync.Mutex
	dirs    map[string]bool
	tell    func([]string)
}

// note takes in that a file is part of the app. Packages in node_modules do not count:
// they are installed, not edited.
func (o *outside) note(file string) {
	if strings.HasPrefix(file, o.project) || inNodeModules(filepath.ToSlash(file)) {
		return
	}
	dir := filepath.Dir(file)
	o.mu.Lock()
	known := o.dirs[dir]
	o.dirs[dir] = true
	tell := o.tell
	o.mu.Unlock()
	if !known && tell != nil {
		tell([]string{dir})
	}
}

// runtimeFile reads a file of the runtime folder.
func (l *Live) runtimeFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(l.b.opt.Runtime, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, diag.Errors{diag.Errorf("incomplete-runtime", "the runtime has no file %s", name).
			WithHint("the program was built without its JavaScript: run `make build`")}
	}
	return data, err
}

// sortProblems puts problems in the order of files and lines, each once.
func sortProblems(list diag.Errors) diag.Errors {
	slices.SortStableFunc(list, func(a, b *diag.Message) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(list, func(a, b *diag.Message) bool {
		return a.File == b.File && a.Line == b.Line && a.Text == b.Text
	})
}
