package compile

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// Change is what a change of files has changed.
type Change struct {
	// Modules are browser modules with new code, newly imported ones included.
	Modules []LiveUpdate
	// Styles are style sheets with new rules.
	Styles []StyleUpdate
	// Gone are browser modules that nothing imports any more.
	Gone []string
	// Forget are the paths of server modules that changed and of all that import them.
	Forget []string
	// Routes have data that must be fetched again: server code that browsers do not
	// have changed in them.
	Routes []string
	// Reload, when not empty, says why browsers must load the document anew.
	Reload string
	// Restart: the engine has to start anew.
	Restart bool
	// Problems are all that are wrong now in what is compiled.
	Problems diag.Errors
}

// Change takes in that files changed, appeared or vanished (absolute paths); nil
// stands for any. What was compiled of them is compiled anew, and what it imports.
func (l *Live) Change(ctx context.Context, files []string) *Change {
	l.life.Lock()
	defer l.life.Unlock()
	out := &Change{}
	everything := files == nil
	if everything {
		files = l.allInputs()
		for _, g := range l.graphs {
			g.chain.files.Forget(nil)
			g.found.Clear()
		}
	}
	changed := l.changedFiles(files)
	if everything {
		changed.everything, changed.paths = true, true
	}
	if changed.preprocess || l.b.styles.pre.ended() {
		l.b.styles.pre.close()
		l.b.styles.setPreprocessor()
	}
	l.takeTurned(out)
	if len(changed.files) == 0 && len(l.forced) == 0 && !changed.paths && !changed.preprocess && !l.styles.looking(changed) {
		out.Problems = l.problems()
		return out
	}
	l.described.Clear()
	l.targets.Clear()
	l.forgetText(changed)
	var updated [3]map[*module]bool
	for t, g := range l.graphs {
		updated[t] = g.update(ctx, changed)
	}
	l.updateStyles(changed, out)
	clear(l.forced)
	l.describe(ctx, updated, out)
	out.Problems = l.problems()
	return out
}

// takeTurned has the entries of routes made anew that have another file now.
func (l *Live) takeTurned(out *Change) {
	for pattern := range l.turned {
		l.graphs[Browser].shrunk = true // what it reached may be nobody's now
		for _, t := range []Target{Server, Edge} {
			if m := l.graphs[t].known(pageNamespace + ":" + pattern); m != nil && m.made != nil {
				l.forced[m] = true
			}
		}
		switch pattern {
		case "/_app", "/_document", "/_error":
			out.Reload = "the file of " + pattern[1:] + " is another one"
		case instrumentationRoute:
			out.Restart = true
		}
	}
	clear(l.turned)
}

// changes are files whose content is another, and whether paths of files may mean
// other files than before.
type changes struct {
	files map[string]bool
	paths bool
	// everything: any file may have appeared or vanished.
	everything bool
	// moved are the files that appeared or vanished.
	moved []string
	// all are those that Change was told of.
	all []string
	// preprocess: the configuration of PostCSS changed.
	preprocess bool
}

// changedFiles leaves out files that hold what they held.
func (l *Live) changedFiles(files []string) *changes {
	out := &changes{files: map[string]bool{}}
	for _, file := range files {
		file = filepath.Clean(file)
		out.all = append(out.all, file)
		out.preprocess = out.preprocess || l.b.styles.pre.configures(file)
		known, same, absent := false, true, false
		var sum uint64
		hashed := false
		check := func(before uint64) {
			known = true
			if !hashed {
				sum, hashed = hashFile(file), true
			}
			if before != sum {
				same = false
			}
			absent = absent || before == 0
		}
		for _, g := range l.graphs {
			for _, m := range g.users[file] {
				if m.made != nil {
					if before, ok := m.made.inputs[file]; ok {
						check(before)
					}
				}
			}
		}
		for _, s := range l.styles.list {
			if s.made != nil {
				if before, ok := s.made.inputs[file]; ok {
					check(before)
				}
			}
		}
		if known && !same {
			out.files[file] = true
		}
		if !known {
			// Modules that are to be compiled again may still have its text.
			l.b.source.files.Delete(file)
		}
		if !known || absent || sum == 0 || l.vanishedBetween(file) {
			out.moved = append(out.moved, file)
		}
	}
	if len(out.moved) > 0 {
		out.paths = true
		for _, g := range l.graphs {
			g.chain.files.Forget(out.moved)
			g.found.Clear()
		}
	}
	return out
}

// vanishedBetween tells whether imports were resolved at a moment when a file was not
// there that is there before and after: nothing of it has changed, but who imports it
// was told that it does not exist.
func (l *Live) vanishedBetween(file string) bool {
	found := false
	for _, g := range l.graphs {
		found = g.chain.files.Forget([]string{file}) || found
	}
	return found
}

// allInputs are the files that something was made of.
func (l *Live) allInputs() []string {
	all := map[string]bool{}
	for _, g := range l.graphs {
		for file := range g.users {
			all[file] = true
		}
	}
	for _, s := range l.styles.list {
		if s.made != nil {
			for file := range s.made.inputs {
				all[file] = true
			}
		}
	}
	return sortedKeys(all)
}

// forgetText forgets what plugins keep of changed files.
func (l *Live) forgetText(c *changes) {
	for _, file := range c.all {
		if _, isFont := fontFormats[strings.ToLower(filepath.Ext(file))]; isFont {
			l.b.fonts.forget()
			break
		}
	}
	for file := range c.files {
		l.b.source.files.Delete(file)
		l.b.assets.images.Delete(file)
		if isStyle(file) {
			l.b.styles.modules.Clear() // others may compose from it
		}
	}
}

// update compiles the modules anew that changes touch and returns those whose code
// is another.
func (g *graph) update(ctx context.Context, c *changes) map[*module]bool {
	began := int(g.l.versions.Load())
	var work []*module
	for file := range c.files {
		for _, m := range g.users[file] {
			if m.made != nil {
				if _, uses := m.made.inputs[file]; uses {
					work = append(work, m)
				}
			}
		}
	}
	for m := range g.l.forced {
		if g.modules[m.id] == m {
			work = append(work, m)
		}
	}
	if c.paths {
		for _, m := range g.modules {
			if m.made != nil && (m.namespace == contextNamespace || g.linksElsewhere(m, c)) {
				work = append(work, m)
			}
		}
	}
	slices.SortFunc(work, func(a, b *module) int { return strings.Compare(a.id, b.id) })
	work = slices.Compact(work)
	befores := make([]*compiled, len(work))
	for i, m := range work {
		befores[i] = m.made
	}
	updated := map[*module]bool{}
	var mu sync.Mutex
	eachModule(work, func(m *module) {
		before := m.made
		after := g.make(m)
		if len(after.problems) > 0 && g.rewritten(m, after) {
			after = g.make(m)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		switch {
		case len(after.problems) > 0:
			// The last good code stays until the mistake is mended.
			kept := &compiled{code: before.code, mappings: before.mappings, names: before.names, imports: before.imports, version: before.version,
				style: before.style, dynamicIDs: before.dynamicIDs, problems: after.problems, inputs: after.inputs}
			for file, hash := range before.inputs {
				if _, known := kept.inputs[file]; !known {
					kept.inputs[file] = hash
				}
			}
			if m.namespace == "file" && after.inputs[m.path] == 0 {
				kept.problems = nil // the file is gone; who imports it says so
			}
			for _, e := range after.imports {
				if !slices.Contains(kept.imports, e) {
					kept.imports = append(slices.Clip(kept.imports), e)
				}
			}
			m.made = kept
		case after.code == before.code && len(before.problems) == 0:
			after.version = before.version
			m.made = after
		default:
			same := after.code == before.code
			m.made = after
			if same {
				m.made.version = before.version
				return
			}
			mu.Lock()
			updated[m] = true
			mu.Unlock()
		}
	})
	for i, m := range work {
		g.note(m, befores[i], m.made)
		g.shrunk = g.shrunk || shrunk(befores[i], m.made)
	}
	// What they import now and did not before.
	var roots []*module
	for _, m := range work {
		for _, next := range g.next(m.made, false) {
			if next.made == nil {
				roots = append(roots, next)
			}
		}
	}
	if len(roots) > 0 {
		_ = g.compileAll(ctx, roots)
		for _, m := range g.reach(roots, false) {
			if m.made != nil && m.made.version > began {
				updated[m] = true
			}
		}
	}
	return updated
}

// halfWritten is how long a file with mistakes is given to be written whole.
const halfWritten = 10 * time.Millisecond

// rewritten waits a moment and tells whether a file with mistakes holds something else
// now: it may have been read while it was written.
func (g *graph) rewritten(m *module, c *compiled) bool {
	if m.namespace != "file" {
		return false
	}
	time.Sleep(halfWritten)
	if hashFile(m.path) == c.inputs[m.path] {
		return false
	}
	g.l.b.source.files.Delete(m.path)
	return true
}

// linksElsewhere tells whether an import of a module means another file after files
// appeared or vanished.
func (g *graph) linksElsewhere(m *module, c *changes) bool {
	if len(m.made.problems) > 0 {
		return true
	}
	for _, e := range m.made.imports {
		if e.failed {
			return true
		}
		if m.namespace != "file" || !c.everything && !mayMean(e, c.moved) {
			continue
		}
		r, err := g.find(api.OnResolveArgs{Path: e.specifier, Importer: m.path, Namespace: m.namespace, ResolveDir: filepath.Dir(m.path), Kind: e.kind})
		if err != nil || r.Path == "" || len(r.Errors) > 0 || !r.External && g.l.moduleID(r.Namespace, r.Path) != e.id {
			return true
		}
		if target := g.modules[e.id]; target != nil && target.namespace == "file" {
			if _, err := os.Stat(target.path); err != nil {
				return true
			}
		}
	}
	return false
}

// mayMean tells whether an import may have to do with one of some files, by their
// names.
func mayMean(e edge, files []string) bool {
	last := e.specifier[strings.LastIndexByte(e.specifier, '/')+1:]
	last, _, _ = strings.Cut(last, ".")
	for _, file := range files {
		base, _, _ := strings.Cut(filepath.Base(file), ".")
		if last == "" || base == last || base == "index" || base == "package" || base == "tsconfig" || base == "jsconfig" ||
			filepath.Base(filepath.Dir(file)) == last {
			return true
		}
	}
	return false
}

// eachModule runs f for modules on all cores.
func eachModule(list []*module, f func(*module)) {
	var wg sync.WaitGroup
	work := make(chan *module)
	for range min(len(list), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for m := range work {
				f(m)
			}
		})
	}
	for _, m := range list {
		work <- m
	}
	close(work)
	wg.Wait()
}

// updateStyles compiles the style sheets anew that changes touch.
func (l *Live) updateStyles(c *changes, out *Change) {
	var later []*liveStyle
	for _, id := range sortedKeys(l.styles.list) {
		s := l.styles.list[id]
		if s.made == nil {
			continue
		}
		touched, late := s.made.touched(c)
		switch {
		case late && l.styles.late != nil:
			later = append(later, s)
		case touched || c.paths && len(s.made.problems) > 0 || c.preprocess:
			l.styles.remake(s, out)
		}
	}
	if len(later) > 0 {
		l.styles.makeLater(later)
	}
}

// problems are all that is wrong in what was asked for.
func (l *Live) problems() diag.Errors {
	var list diag.Errors
	for t, g := range l.graphs {
		var roots []*module
		for r := range l.needed[t] {
			if root, err := l.root(Target(t), r); err == nil {
				roots = append(roots, root)
			}
		}
		if Target(t) == Browser {
			roots = append(roots, l.mainRoots()...)
		}
		list = append(list, g.problems(roots)...)
	}
	return sortProblems(list)
}
