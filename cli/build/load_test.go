package build

import (
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/route"
)

func TestOnly(t *testing.T) {
	pages := []route.Page{
		{Route: "/_app", File: "src/pages/_app.tsx"}, {Route: "/", File: "src/pages/index.tsx"},
		{Route: "/blog", File: "src/pages/blog/index.tsx"}, {Route: "/blog/[id]", File: "src/pages/blog/[id].tsx"},
	}
	for globs, want := range map[string]string{
		"":                                  "/_app / /blog /blog/[id]",
		"pages/index.tsx":                   "/_app /",
		"./src/pages/blog/*":                "/_app /blog /blog/[id]",
		"pages/**":                          "/_app / /blog /blog/[id]",
		"pages/**,!pages/blog/[id].tsx":     "/_app / /blog",
		"!pages/blog/**":                    "/_app /",
		"pages/**/index.tsx":                "/_app / /blog",
		"pages/*":                           "/_app /",
		"pages/nothing.tsx, other/pages/**": "!nothing matches",
	} {
		var list []string
		if globs != "" {
			list = strings.Split(globs, ",")
		}
		kept, err := only(pages, list)
		var got []string
		for _, p := range kept {
			got = append(got, p.Route)
		}
		if part, fails := strings.CutPrefix(want, "!"); fails {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %v, %v", globs, got, err)
			}
		} else if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q keeps %q, %v, want %q", globs, got, err, want)
		}
	}
}
