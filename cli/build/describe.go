package build

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// Describe says what a page is in development, by what its module exports. appGip: _app
// has a getInitialProps; edge: the page asks for the edge runtime, which makes pages
// without data no less static there. Module is left to the caller. Broken contracts of
// the page are diag.Errors.
func Describe(p route.Page, f *render.PageFacts, appGip, edge bool) (manifest.Page, error) {
	if err := violations(&p, f); err != nil {
		return manifest.Page{}, err
	}
	return pageEntry(p.Route, kindOf(&p, f, appGip, false), f, edge), nil
}

func kindOf(p *route.Page, f *render.PageFacts, appGip, edge bool) manifest.Kind {
	switch {
	case p.API:
		return manifest.API
	case p.Special():
		return manifest.Special
	case f.Gsp:
		return manifest.SSG
	case f.Gssp || f.Gip:
		return manifest.SSR
	case appGip, edge:
		return manifest.SSR
	}
	return manifest.Static
}

func pageEntry(pattern string, kind manifest.Kind, f *render.PageFacts, edge bool) manifest.Page {
	entry := manifest.Page{Route: pattern, Kind: kind, SSP: f.Gssp, Edge: edge}
	entry.MaxDuration, entry.Regions = hosting(f.Config)
	if kind == manifest.API {
		entry.API = apiConfig(f.Config)
	}
	return entry
}

// violations turns broken page contracts into messages.
func violations(p *route.Page, f *render.PageFacts) error {
	var errs diag.Errors
	for _, text := range f.Errors {
		m := diag.Errorf("page-contract", "%s", text)
		m.File = p.File
		errs = append(errs, m)
	}
	if !f.ValidDefault && len(errs) == 0 {
		m := diag.Errorf("no-default-export", "The default export of %s is not a React component", p.Route).
			WithHint("add `export default function Page() { … }`, or move the file out of pages/ if it is no page")
		if p.API {
			m = diag.Errorf("no-default-export", "The API route %s has no default export that is a function", p.Route).
				WithHint("add `export default function handler(req, res) { … }`")
		}
		m.File = p.File
		errs = append(errs, m)
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
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
