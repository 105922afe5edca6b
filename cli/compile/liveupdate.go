package compile

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
)

// LiveUpdate is the new code of a browser module.
type LiveUpdate struct {
	ID      string   `json:"id"`
	Version int      `json:"version"`
	Imports []string `json:"imports"`
	// Code is a function expression of module, exports and require.
	Code string `json:"code"`
}

// StyleUpdate is a style sheet with new rules.
type StyleUpdate struct {
	ID string `json:"id"`
	// Href is a URL that no earlier text of the sheet had.
	Href string `json:"href"`
}

// describe says what updated modules mean for browsers and for the engine.
func (l *Live) describe(ctx context.Context, updated [3]map[*module]bool, out *Change) {
	browser := l.graphs[Browser]
	for m := range updated[Browser] {
		c := m.made
		out.Modules = append(out.Modules, LiveUpdate{ID: m.id, Version: c.version, Imports: c.importIDs(), Code: l.update(m, c)})
	}
	slices.SortFunc(out.Modules, func(a, b LiveUpdate) int { return strings.Compare(a.ID, b.ID) })
	if browser.shrunk {
		browser.shrunk = false
		out.Gone = browser.sweep(l.browserRoots())
	}
	for _, t := range []Target{Server, Edge} {
		if len(updated[t]) == 0 {
			continue
		}
		g := l.graphs[t]
		importers := g.importers()
		var all, quiet []*module
		for m := range updated[t] {
			all = append(all, m)
			if b := browser.modules[m.id]; b == nil || b.made == nil || !updated[Browser][b] {
				quiet = append(quiet, m)
			}
		}
		for m := range closure(all, importers) {
			out.Forget = append(out.Forget, g.place(m.id))
		}
		for m := range closure(all, importers) {
			if m.namespace != pageNamespace {
				continue
			}
			switch m.path {
			case "/_document":
				out.Reload = "_document changed"
			case middlewareRoute:
				out.Reload = "middleware changed"
			case instrumentationRoute:
				out.Restart = true
			}
		}
		everywhere := false
		for m := range closure(quiet, importers) {
			if m.namespace != pageNamespace || !strings.HasPrefix(m.path, "/") || m.path == "/_document" {
				continue
			}
			everywhere = everywhere || m.path == "/_app"
			out.Routes = append(out.Routes, m.path)
		}
		if everywhere {
			for r := range l.needed[Server] {
				if p, ok := l.page(r); ok && !p.API && r != "/_document" {
					out.Routes = append(out.Routes, r)
				}
			}
		}
	}
	if l.b.opt.Middleware != nil && out.Reload != "" {
		l.readRoutes()
	}
	slices.Sort(out.Forget)
	slices.Sort(out.Routes)
	out.Routes = slices.DeleteFunc(slices.Compact(out.Routes), func(r string) bool {
		p, ok := l.page(r)
		return !ok || p.API
	})
}

// shrunk tells whether a module imports less than before.
func shrunk(before, after *compiled) bool {
	for _, e := range before.imports {
		if e.id != "" && !slices.ContainsFunc(after.imports, func(x edge) bool { return x.id == e.id }) {
			return true
		}
	}
	return false
}

// importers are the modules that import each module, directly.
func (g *graph) importers() map[string][]*module {
	if !g.stale.Swap(false) && g.reverse != nil {
		return g.reverse
	}
	out := map[string][]*module{}
	for _, m := range g.modules {
		if m.made == nil {
			continue
		}
		for _, e := range m.made.imports {
			if e.id != "" {
				out[e.id] = append(out[e.id], m)
			}
		}
	}
	g.reverse = out
	return out
}

// closure is modules and all that import them, through others too.
func closure(list []*module, importers map[string][]*module) map[*module]bool {
	seen := map[*module]bool{}
	for len(list) > 0 {
		m := list[len(list)-1]
		list = list[:len(list)-1]
		if seen[m] {
			continue
		}
		seen[m] = true
		list = append(list, importers[m.id]...)
	}
	return seen
}

// browserRoots are the modules that browsers were given entries for.
func (l *Live) browserRoots() []*module {
	roots := l.mainRoots()
	for r := range l.needed[Browser] {
		if root, err := l.root(Browser, r); err == nil {
			roots = append(roots, root)
		}
	}
	return roots
}

// sweep forgets the modules that no root reaches and returns their ids.
func (g *graph) sweep(roots []*module) []string {
	live := map[*module]bool{}
	for _, m := range g.reach(roots, true) {
		live[m] = true
	}
	var gone []string
	for id, m := range g.modules {
		if m.made != nil && !live[m] {
			gone = append(gone, id)
			m.made = nil
			delete(g.faulty, m)
			g.stale.Store(true)
		}
	}
	slices.Sort(gone)
	return gone
}

// importIDs are the ids that a module requires when it runs.
func (c *compiled) importIDs() []string {
	list := []string{}
	for _, e := range c.imports {
		if e.id != "" && !e.dynamic && !slices.Contains(list, e.id) {
			list = append(list, e.id)
		}
	}
	return list
}

// update is the code of a module as a function expression, with its source map.
func (l *Live) update(m *module, c *compiled) string {
	var out strings.Builder
	out.WriteString("(function(module, exports, require) {\n")
	out.WriteString(c.body())
	out.WriteString("\n})\n")
	if c.mappings != "" {
		out.WriteString("//# sourceMappingURL=data:application/json;base64,")
		out.WriteString(base64.StdEncoding.EncodeToString(l.browserMap(m, c, ";")))
		out.WriteByte('\n')
	}
	out.WriteString("//# sourceURL=" + sourceURL(m.id, c.version) + "\n")
	return out.String()
}

// sourceURL names the code of a module that came over the wire; Original knows it.
func sourceURL(id string, version int) string {
	return "onward-module:///" + escape(id) + "?v=" + itoa(version)
}
