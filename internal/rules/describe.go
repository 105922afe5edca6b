package rules

import (
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/manifest"
)

// Describe gives the rules of a config as routes-manifest.json lists them: with base
// path and locale in place, in the order in which they are tried. Rules that cannot
// be used are left out, as Compile does.
func Describe(c *config.Config) manifest.Rules {
	b := builder{config: c, locales: localePattern(c.I18n)}
	var out manifest.Rules
	for _, r := range c.Redirects {
		for _, one := range b.redirects(r) {
			out.Redirects = b.describe(out.Redirects, one, "redirect")
		}
	}
	for _, part := range []struct {
		from []config.Rewrite
		into *[]manifest.Rule
	}{{c.Rewrites.BeforeFiles, &out.BeforeFiles}, {c.Rewrites.AfterFiles, &out.AfterFiles}, {c.Rewrites.Fallback, &out.Fallback}} {
		for _, r := range part.from {
			*part.into = b.describe(*part.into, b.rewrite(r), "rewrite")
		}
	}
	for _, r := range c.Headers {
		out.Headers = b.describe(out.Headers, b.header(r), "header")
	}
	return out
}

func (b *builder) describe(into []manifest.Rule, w written, kind string) []manifest.Rule {
	var one list
	if b.compile(&one, kind, w) != "" {
		return into
	}
	r := manifest.Rule{
		Source: w.Source, Destination: w.destination, Has: w.Has, Missing: w.Missing, StatusCode: w.status, Headers: w.headers,
		Regex: one.rules[0].source.Regex(),
	}
	if w.NoBasePath {
		r.BasePath = new(bool)
	}
	if w.NoLocale {
		r.Locale = new(bool)
	}
	return append(into, r)
}
