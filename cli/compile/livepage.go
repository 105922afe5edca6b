package compile

import (
	"slices"

	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/route"
)

// Page describes a route whose server modules are compiled; nil when there is no
// such route. Module is an absolute path; browser files are relative to /_next/.
func (l *Live) Page(pattern string) *Page {
	l.life.RLock()
	defer l.life.RUnlock()
	if p, ok := l.described.Load(pattern); ok {
		return p.(*Page)
	}
	p, ok := l.page(pattern)
	if !ok {
		return nil
	}
	page := l.describePage(p)
	if page != nil && l.isNeeded(Server, pattern) {
		l.described.Store(pattern, page)
	}
	return page
}

func (l *Live) describePage(p route.Page) *Page {
	pattern := p.Route
	t := l.target(Server, pattern)
	g := l.graphs[t]
	root, err := l.root(t, pattern)
	if err != nil {
		return nil
	}
	page := &Page{Route: p.Route, Source: p.File, Module: g.place(root.id)}
	page.Facts = transform.Facts{Star: -1, ProblemAt: -1}
	if p.File != "" {
		page.Facts, _ = l.b.source.factsOf(p)
		page.Runtime = page.Facts.Runtime
		if !page.Facts.Edge() {
			page.Runtime = ""
		}
	}
	if p.API || p.Route == "/_document" {
		return page
	}
	page.Scripts = []string{pageChunk(p.Route)}
	inside := g.reach([]*module{root}, false)
	page.Styles = l.styles.files(inside)
	page.Fonts = l.fonts(inside)
	for _, m := range g.reach([]*module{root}, true) {
		c := m.get()
		if c == nil || !c.dynamicIDs {
			continue
		}
		id := l.b.source.dynamicID(m.path)
		for _, e := range c.imports {
			if !e.dynamic || e.id == "" {
				continue
			}
			if page.Dynamic == nil {
				page.Dynamic = map[string]Assets{}
			}
			a := Assets{Scripts: []string{lazyChunk(e.id)}}
			if target := g.known(e.id); target != nil {
				a.Styles = without(l.styles.files(g.reach([]*module{target}, false)), page.Styles)
			}
			page.Dynamic[id(e.specifier)] = a
		}
	}
	return page
}

func without(list, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(gone, s) })
}

// fonts lists the font files to load early for modules; nil without fonts.
func (l *Live) fonts(modules []*module) []string {
	var inputs []string
	for _, m := range modules {
		if m.namespace == fontNamespace {
			inputs = append(inputs, m.id)
		}
	}
	if files, found := l.b.fonts.preloads(inputs); found {
		return append([]string{}, files...)
	}
	return nil
}

// Middleware says what the source of the app's middleware says of it; nil when
// there is none. Module is an absolute path.
func (l *Live) Middleware() *Middleware {
	l.life.RLock()
	defer l.life.RUnlock()
	m := l.b.result.Middleware
	if m == nil {
		return nil
	}
	out := *m
	g := l.graphs[l.target(Server, middlewareRoute)]
	out.Module = g.place(g.module(pageNamespace, middlewareRoute).id)
	return &out
}

// Instrumentation is the path of the server module of the instrumentation file.
func (l *Live) Instrumentation() string {
	l.life.RLock()
	defer l.life.RUnlock()
	g := l.graphs[Server]
	return g.place(g.module(pageNamespace, instrumentationRoute).id)
}
