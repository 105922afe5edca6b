package compile

import (
	"context"
	"encoding/json"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/resolve"
	"github.com/onwardjs/onward/internal/diag"
)

// graph is the modules of one target that are compiled, or being compiled.
type graph struct {
	l       *Live
	target  Target
	browser bool
	chain   *chain
	cache   *cache // nil: there is none
	options api.BuildOptions
	// folder begins the paths of the server modules, with a slash at its end.
	folder string

	mu      sync.Mutex
	modules map[string]*module
	// users are the modules that were made of a file, by its path.
	users map[string][]*module
	// faulty modules could not be compiled.
	faulty map[*module]bool
	checks checks
	duals  duals
	// reverse is what importers returns until some module imports something else.
	reverse map[string][]*module
	stale   atomic.Bool
	// shrunk: some module imports less than before.
	shrunk bool

	found    sync.Map // lookup → *finding
	personal sync.Map // specifier → whether it matters which file has it
}

// module is a file, or what stands for one, in a graph.
type module struct {
	// id is the same in all graphs: the path in the project, or "namespace:path".
	id              string
	namespace, path string
	// esm: Node.js would take it for an ES module.
	esm bool

	mu   sync.Mutex // held while it is compiled
	made *compiled  // guarded by mu
}

// get is what the module was compiled to; nil when it was not yet.
func (m *module) get() *compiled {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.made
}

// edge is one import of a module.
type edge struct {
	specifier string
	// id of the imported module; empty when it is not one of the graph.
	id      string
	dynamic bool
	// failed: nothing was found for it.
	failed bool
	// dual: its package has another file for require.
	dual bool
	kind api.ResolveKind
}

func newGraph(l *Live, t Target) (*graph, error) {
	b := l.b
	g := &graph{l: l, target: t, browser: t == Browser, modules: map[string]*module{}, users: map[string][]*module{}, faulty: map[*module]bool{}, checks: newChecks(), duals: newDuals()}
	g.folder = filepath.ToSlash(b.opt.OutDir) + "/server/"
	if t == Edge {
		g.folder += "~edge/"
	}
	o := resolve.Options{Dir: b.dir, Browser: g.browser, Extensions: b.resolveExtensions(), Tsconfig: appTsconfig(b.dir, b.opt.Config.TypeScript.TsconfigPath)}
	switch t {
	case Browser:
		o.Conditions = []string{"module", "development"}
	case Server:
		o.Conditions = []string{"node", "development"}
		o.MainFields = []string{"main", "module"}
	case Edge:
		o.Conditions = append([]string{"development"}, edgeConditions...)
		o.MainFields = []string{"main", "module"}
	}
	g.chain = &chain{files: resolve.New(o)}
	plugins := []api.Plugin{b.aliasPlugin(g.browser)}
	if g.browser {
		client, err := json.Marshal(b.clientConfig())
		if err != nil {
			return nil, err
		}
		plugins = append(plugins, b.mainPlugin(), b.next.browser(b.dir, string(client)), b.next.polyfills(b.dir))
	} else {
		if t == Server {
			plugins = append(plugins, b.needs.plugin())
		}
		plugins = append(plugins, l.pagePlugin(), b.next.server())
	}
	plugins = append(plugins, b.styledJSXPlugin(g.browser), l.stylePlugin(), b.styles.plugin(false), b.contexts.plugin(), b.assets.plugin(),
		b.workerPlugin(), b.wasmPlugin(false), b.fonts.plugin(false))
	if err := g.chain.use(plugins...); err != nil {
		return nil, err
	}
	g.options = g.buildOptions()
	g.cache = g.newCache()
	return g, nil
}

// module returns the module of a path, which may be new.
func (g *graph) module(namespace, path string) *module {
	id := g.l.moduleID(namespace, path)
	g.mu.Lock()
	defer g.mu.Unlock()
	m := g.modules[id]
	if m == nil {
		m = &module{id: id, namespace: namespace, path: path, esm: namespace == "file" && isNodeESM(path)}
		g.modules[id] = m
	}
	return m
}

// known returns the module that has an id; nil when there is none.
func (g *graph) known(id string) *module {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.modules[id]
}

// moduleID names a module: files by their path from the project.
func (l *Live) moduleID(namespace, path string) string {
	if namespace != pageNamespace && filepath.IsAbs(path) {
		if rel, err := filepath.Rel(l.b.dir, path); err == nil {
			path = filepath.ToSlash(rel)
		}
	}
	if namespace == "file" {
		return path
	}
	return namespace + ":" + path
}

// place is the path of a server module.
func (g *graph) place(id string) string { return g.folder + escape(id) + ".js" }

// compile returns what a module is compiled to, doing it now if nobody has.
func (g *graph) compile(m *module) *compiled {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.made == nil {
		m.made = g.make(m)
		g.note(m, nil, m.made)
	}
	return m.made
}

// note takes in that a module was compiled: of which files, and what is wrong with it.
// before is what it was until now; nil at first.
func (g *graph) note(m *module, before, c *compiled) {
	if before == nil || !slices.Equal(before.imports, c.imports) {
		g.stale.Store(true)
	}
	g.checks.note(g, m, before, c)
	g.mu.Lock()
	if len(c.problems) > 0 {
		g.faulty[m] = true
	} else {
		delete(g.faulty, m)
	}
	for file := range c.inputs {
		if !slices.Contains(g.users[file], m) {
			g.users[file] = append(g.users[file], m)
		}
	}
	g.mu.Unlock()
	for file := range c.inputs {
		g.l.outside.note(file)
	}
}

// compileAll compiles modules and all that they reach, on all cores. On a server,
// what next/dynamic loads counts: its styles belong to the page.
func (g *graph) compileAll(ctx context.Context, roots []*module) error {
	var mu sync.Mutex
	ready := sync.NewCond(&mu)
	seen := map[*module]bool{}
	queue := []*module{}
	busy := 0
	push := func(list []*module) {
		for _, m := range list {
			if !seen[m] {
				seen[m] = true
				queue = append(queue, m)
			}
		}
	}
	push(roots)
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		ready.Broadcast()
	})
	defer stop()
	work := func() {
		mu.Lock()
		defer mu.Unlock()
		for {
			for len(queue) == 0 && busy > 0 && ctx.Err() == nil {
				ready.Wait()
			}
			if len(queue) == 0 || ctx.Err() != nil {
				ready.Broadcast()
				return
			}
			m := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			busy++
			mu.Unlock()
			c := g.compile(m)
			if c.style != "" {
				g.l.styles.get(c.style)
			}
			next := g.next(c, false)
			mu.Lock()
			busy--
			push(next)
			ready.Broadcast()
		}
	}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	if ctx.Err() == nil && g.settleDuals() {
		return g.compileAll(ctx, roots) // what they import now
	}
	return ctx.Err()
}

// next are the modules that a module imports; of dynamic imports, those that its
// page has to know of, or all.
func (g *graph) next(c *compiled, dynamic bool) []*module {
	var list []*module
	for _, e := range c.imports {
		if e.id == "" || e.dynamic && !dynamic && (g.browser || !c.dynamicIDs) {
			continue
		}
		if m := g.known(e.id); m != nil {
			list = append(list, m)
		}
	}
	return list
}

// reach lists modules and all that they import, in the order in which they run.
// With dynamic, what they may load later too.
func (g *graph) reach(roots []*module, dynamic bool) []*module {
	seen := map[*module]bool{}
	var list []*module
	var visit func(m *module)
	visit = func(m *module) {
		if seen[m] {
			return
		}
		seen[m] = true
		c := m.get()
		if c == nil {
			return
		}
		for _, e := range c.imports {
			if e.id == "" || e.dynamic && !dynamic {
				continue
			}
			if next := g.known(e.id); next != nil {
				visit(next)
			}
		}
		list = append(list, m)
	}
	for _, m := range roots {
		visit(m)
	}
	return list
}

// problems of modules and of all that was compiled with them.
func (g *graph) problems(roots []*module) diag.Errors {
	lacking := g.lacking()
	g.mu.Lock()
	fine := len(g.faulty) == 0
	g.mu.Unlock()
	if fine && len(lacking) == 0 && !g.l.styles.faulty() {
		return nil // as nearly always
	}
	seen := map[*module]bool{}
	var list diag.Errors
	for len(roots) > 0 {
		m := roots[0]
		roots = roots[1:]
		if seen[m] {
			continue
		}
		seen[m] = true
		c := m.get()
		if c == nil {
			continue
		}
		list = append(list, c.problems...)
		list = append(list, lacking[m]...)
		if c.style != "" {
			list = append(list, g.l.styles.get(c.style).problems...)
		}
		roots = append(roots, g.next(c, false)...)
	}
	return sortProblems(list)
}

// escape makes a path of a module's id that is safe in URLs and stack traces.
func escape(id string) string {
	plain := true
	for i := range len(id) {
		if !plainByte(id[i]) {
			plain = false
		}
	}
	if plain && !strings.Contains(id, "..") && !strings.Contains(id, "//") {
		return id
	}
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(id) {
		c := id[i]
		dots := c == '.' && (i > 0 && id[i-1] == '.' || i+1 < len(id) && id[i+1] == '.')
		if plainByte(c) && !dots && (c != '/' || i == 0 || id[i-1] != '/') {
			out.WriteByte(c)
			continue
		}
		out.WriteByte('~')
		out.WriteByte(digits[c>>4])
		out.WriteByte(digits[c&15])
	}
	return out.String()
}

func plainByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '.' || c == '-' || c == '_' || c == '@' || c == '+'
}

// unescape is the inverse of escape.
func unescape(name string) string {
	if !strings.Contains(name, "~") {
		return name
	}
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '~' && i+2 < len(name) {
			high, low := strings.IndexByte("0123456789ABCDEF", name[i+1]), strings.IndexByte("0123456789ABCDEF", name[i+2])
			if high >= 0 && low >= 0 {
				out.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		out.WriteByte(name[i])
	}
	return out.String()
}
