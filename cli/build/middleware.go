package build

import (
	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/rules"
)

// MiddlewareManifest is what the manifest says of the app's middleware; nil for an app
// that has none. Its matchers are compiled here to refuse those that no server could
// run.
func (p *Project) MiddlewareManifest(g *compile.Middleware) (*manifest.Middleware, error) {
	if g == nil {
		return nil, nil
	}
	out := &manifest.Middleware{Module: g.Module, Source: g.Source, Proxy: g.Proxy, Edge: g.Edge, Regions: g.Regions}
	o := rules.MatcherOptions{BasePath: p.Config.BasePath, Locales: p.Config.I18n != nil}
	var errs diag.Errors
	for _, m := range g.Matchers {
		matcher, err := rules.CompileMatcher(m, o)
		if err != nil {
			e := diag.Errorf("middleware-matcher", "%s: config.matcher: %v", g.Source, err).
				WithHint("a source is a path with params such as /:name, /:rest* and /(pattern)")
			e.File = g.Source
			errs = append(errs, e)
			continue
		}
		out.Matchers = append(out.Matchers, manifest.Matcher{Match: m, Regexp: matcher.Regex()})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return out, nil
}
