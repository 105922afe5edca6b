package build

import (
	"github.com/onwardjs/onward/internal/manifest"
)

// documents are the HTML of a route: one file, or one for each locale.
type documents struct {
	one       string
	localized map[string]string
}

// fill puts what the build found out into the manifest.
func (b *build) fill(m *manifest.Manifest, pages []*page, tasks []task, results []made) {
	m.Prerendered = make(map[string]manifest.Prerendered, len(results))
	html := map[string]documents{} // of pages without data and of shells, by route
	special := map[string]documents{}
	add := func(to map[string]documents, route, locale, file string) {
		f := to[route]
		if locale == "" {
			f.one = file
		} else {
			if f.localized == nil {
				f.localized = map[string]string{}
			}
			f.localized[locale] = file
		}
		to[route] = f
	}
	for i, t := range tasks {
		entry := results[i].entry
		switch {
		case t.special:
			add(special, t.job.Path, t.job.Locale, entry.HTML)
		case t.page.kind == manifest.Static || t.shell:
			add(html, t.page.Route, t.job.Locale, entry.HTML)
		default:
			m.Prerendered[manifest.Key(t.job.Locale, t.job.Path)] = entry
		}
	}
	for _, p := range pages {
		entry := pageEntry(p.Route, p.kind, &p.facts, p.edge)
		entry.Module = b.compiled.Pages[p.Route].Module
		switch p.kind {
		case manifest.Static:
			entry.HTML, entry.Localized = html[p.Route].one, html[p.Route].localized
		case manifest.SSG:
			entry.Fallback = p.fallback
			if p.fallback == manifest.FallbackTrue {
				entry.FallbackHTML, entry.Localized = html[p.Route].one, html[p.Route].localized
			}
		}
		m.Pages = append(m.Pages, entry)
	}
	for route, f := range special {
		m.Pages = append(m.Pages, manifest.Page{Route: route, Kind: manifest.Static, HTML: f.one, Localized: f.localized})
	}
}
