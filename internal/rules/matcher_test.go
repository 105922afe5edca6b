package rules

import (
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/config"
)

func TestMatcher(t *testing.T) {
	const yes, no = "yes", "no"
	tests := []struct {
		source, options string
		covers, leaves  string
	}{
		{"/about", "", "/about /about/ /about.json /_next/data/B/about.json /about.rsc /about.segments/a.segment.rsc", "/about/x /aboutx /About / /_next/data/B/c/about.json"},
		{"/", "", "/ /index /index.json /_next/data/B/index.json /index.rsc", "/a /_next/data/B/a.json /indexx"},
		{"/a/:path*", "", "/a /a/b /a/b/c /_next/data/B/a.json /_next/data/B/a/b.json", "/ab /b/a"},
		{"/a/:path+", "", "/a/b /a/b/c", "/a"},
		{"/((?!api|_next/static).*)", "", "/ /x /x/y /apx", "/api /api/x /_next/static/a.js"},
		{"/:path*", "", "/ /x /x/y /_next/static/a.js", ""},
		{"/about", "base", "/docs/about /docs/_next/data/B/about.json", "/about /docs"},
		{"/", "base", "/docs /docs/ /docs/_next/data/B/index.json", "/ /docs/a"},
		{"/about", "locales", "/en/about /_next/data/B/en/about.json /de/about", "/about /en"},
		{"/", "locales", "/en /en/ /_next/data/B/en.json /_next/data/B/en/index.json", "/ /en/x"},
		{"/about", "locales everywhere", "/about", "/en/about"},
	}
	for _, test := range tests {
		o := MatcherOptions{Locales: strings.Contains(test.options, "locales")}
		if strings.Contains(test.options, "base") {
			o.BasePath = "/docs"
		}
		m, err := CompileMatcher(config.Match{Source: test.source, NoLocale: strings.Contains(test.options, "everywhere")}, o)
		if err != nil {
			t.Errorf("%s: %v", test.source, err)
			continue
		}
		for want, paths := range map[string]string{yes: test.covers, no: test.leaves} {
			for _, path := range strings.Fields(paths) {
				if m.Covers(path) != (want == yes) {
					t.Errorf("%s (%s) covers %s: want %s; %s", test.source, test.options, path, want, m.Regex())
				}
			}
		}
	}
	for source, reason := range map[string]string{
		"/:a(": "at ", "/:a((?<=x)y)": "lookbehind", "/:a/:b(.*)+*": "at ",
	} {
		_, err := CompileMatcher(config.Match{Source: source}, MatcherOptions{})
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want %q", source, err, reason)
		}
	}
	if _, err := CompileMatcher(config.Match{Source: "/a", Has: []config.Condition{{Type: "header", Key: "x", Value: "("}}}, MatcherOptions{}); err == nil {
		t.Error("a broken pattern of has was taken")
	}
}
