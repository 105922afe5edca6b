package build

import (
	"encoding/json"
	"strconv"
	"strings"

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
		entry := manifest.Page{
			Route:  p.Route,
			Kind:   p.kind,
			Module: b.compiled.Pages[p.Route].Module,
			SSP:    p.facts.Gssp,
			Edge:   p.edge,
		}
		entry.MaxDuration, entry.Regions = hosting(p.facts.Config)
		switch p.kind {
		case manifest.Static:
			entry.HTML, entry.Localized = html[p.Route].one, html[p.Route].localized
		case manifest.SSG:
			entry.Fallback = p.fallback
			if p.fallback == manifest.FallbackTrue {
				entry.FallbackHTML, entry.Localized = html[p.Route].one, html[p.Route].localized
			}
		case manifest.API:
			entry.API = apiConfig(p.facts.Config)
		}
		m.Pages = append(m.Pages, entry)
	}
	for route, f := range special {
		m.Pages = append(m.Pages, manifest.Page{Route: route, Kind: manifest.Static, HTML: f.one, Localized: f.localized})
	}
}

// hosting reads what a route's config tells hosts.
func hosting(raw json.RawMessage) (maxDuration int, regions []string) {
	var c struct {
		MaxDuration float64         `json:"maxDuration"`
		Regions     json.RawMessage `json:"regions"`
	}
	if json.Unmarshal(raw, &c) != nil {
		return 0, nil
	}
	var one string
	switch {
	case json.Unmarshal(c.Regions, &regions) == nil:
	case json.Unmarshal(c.Regions, &one) == nil:
		regions = []string{one}
	}
	return int(c.MaxDuration), regions
}

// apiConfig reads `api` of a route's config: bodyParser false, or its sizeLimit.
func apiConfig(raw json.RawMessage) manifest.APIConfig {
	var c struct {
		API struct {
			BodyParser json.RawMessage `json:"bodyParser"`
		} `json:"api"`
	}
	// The runtime checks the rest; what does not parse here has no limit to give.
	if json.Unmarshal(raw, &c) != nil || len(c.API.BodyParser) == 0 {
		return manifest.APIConfig{}
	}
	if string(c.API.BodyParser) == "false" {
		return manifest.APIConfig{BodyLimit: -1}
	}
	var parser struct {
		SizeLimit json.RawMessage `json:"sizeLimit"`
	}
	if json.Unmarshal(c.API.BodyParser, &parser) != nil || len(parser.SizeLimit) == 0 {
		return manifest.APIConfig{}
	}
	text := strings.Trim(string(parser.SizeLimit), `"`)
	limit, ok := parseSize(text)
	if !ok {
		return manifest.APIConfig{}
	}
	return manifest.APIConfig{BodyLimit: limit, BodyLimitText: text}
}

// parseSize reads "500", "1kb", "1.5 MB" as bytes, units being powers of 1024.
func parseSize(text string) (int64, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	unit := int64(1)
	for suffix, size := range map[string]int64{"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = strings.TrimSpace(rest), size
			break
		}
	}
	text = strings.TrimSpace(strings.TrimSuffix(text, "b"))
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 {
		return 0, false
	}
	return int64(n * float64(unit)), true
}
