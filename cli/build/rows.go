package build

import (
	"cmp"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/manifest"
)

// rows are the route table: every route that a URL reaches, and a custom _app.
func (b *build) rows(pages []*page, tasks []task, results []made) []Row {
	shared := b.shared()
	byRoute := map[string]*Row{}
	var order []*Row
	row := func(route string) *Row {
		if r := byRoute[route]; r != nil {
			return r
		}
		r := &Row{Route: route, Size: -1, FirstLoad: -1}
		byRoute[route] = r
		order = append(order, r)
		return r
	}
	for _, p := range pages {
		if p.Special() && (p.Route != "/_app" || p.File == "") {
			continue
		}
		r := row(p.Route)
		switch p.kind {
		case manifest.Static:
			r.Symbol = StaticSymbol
		case manifest.SSG:
			r.Symbol = SSGSymbol
			if p.Route == "/404" { // as in Next.js
				r.Symbol = StaticSymbol
			}
		case manifest.Special:
			r.Symbol = NoSymbol
		default:
			r.Symbol = DynamicSymbol
		}
		if p.kind != manifest.API {
			r.Size, r.FirstLoad = b.sizes(p.Route, shared)
		}
	}
	for i, t := range tasks {
		if t.shell || t.special && t.job.Path != "/404" {
			continue
		}
		m := results[i]
		if t.special {
			r := row("/404")
			r.Symbol = StaticSymbol
			r.Size, r.FirstLoad = b.sizes("/_error", shared)
			continue
		}
		r := row(t.page.Route)
		expire := 0
		if m.entry.Revalidate > 0 {
			expire = b.Config.ExpireTime
		}
		if t.page.dynamic() && t.page.kind == manifest.SSG {
			r.Paths = append(r.Paths, PathRow{Path: manifest.Key(t.job.Locale, t.job.Path), Revalidate: m.entry.Revalidate, Expire: expire, Duration: m.took})
			if len(r.Paths) == 1 {
				r.Revalidate, r.Expire = m.entry.Revalidate, expire
			} else if r.Revalidate != m.entry.Revalidate {
				r.Revalidate, r.Expire = 0, 0
			}
			continue
		}
		// With i18n a route has a task for each locale; one that is not found says
		// nothing of the others' age.
		if r.Duration += m.took; !m.entry.NotFound {
			r.Revalidate, r.Expire = m.entry.Revalidate, expire
		}
	}
	slices.SortFunc(order, func(x, y *Row) int { return cmp.Compare(x.Route, y.Route) })
	out := make([]Row, len(order))
	for i, r := range order {
		out[i] = *r
	}
	return out
}

// shared are the scripts that every page loads: the runtime's and _app's.
func (b *build) shared() map[string]bool {
	set := map[string]bool{}
	app := b.compiled.Pages["/_app"]
	for _, files := range [][]string{b.compiled.MainScripts, b.compiled.MainPreload, app.Scripts, app.Preload} {
		for _, f := range files {
			set[f] = true
		}
	}
	return set
}

func (b *build) gzip(files map[string]bool) int64 {
	var n int64
	for name := range files {
		if f, ok := b.compiled.File(name); ok && strings.HasSuffix(name, ".js") {
			n += int64(f.Gzip)
		}
	}
	return n
}

// sizes are the gzip sizes of a page's own JavaScript and of all it loads.
func (b *build) sizes(route string, shared map[string]bool) (own, first int64) {
	p := b.compiled.Pages[route]
	mine := map[string]bool{}
	for _, files := range [][]string{p.Scripts, p.Preload} {
		for _, f := range files {
			if !shared[f] {
				mine[f] = true
			}
		}
	}
	own = b.gzip(mine)
	return own, own + b.gzip(shared)
}
