package build

import (
	"strings"
	"testing"
)

func TestOutputFilesOfRoutes(t *testing.T) {
	for route, want := range map[string]string{
		"/":             "server/pages/index",
		"/index":        "server/pages/index/index",
		"/index/a":      "server/pages/index/index/a",
		"/indexes":      "server/pages/indexes",
		"/posts/[slug]": "server/pages/posts/[slug]",
		"/404":          "server/pages/404",
	} {
		if got := pageFile(route); got != want {
			t.Errorf("pageFile(%q) = %q, want %q", route, got, want)
		}
	}
}

// Names come from getStaticPaths, so from a database perhaps.
func TestOutputFilesStayInside(t *testing.T) {
	for _, p := range []string{
		"/docs/../../../etc/passwd", "/docs/%2e%2e/%2e%2e/x", "/a//b", "/a\\..\\b", "/a%00b",
		"/" + strings.Repeat("long", 100), strings.Repeat("/a", 1000),
	} {
		got := pathFile(p)
		if !strings.HasPrefix(got, "server/pages/_hashed/") || strings.Contains(got, "..") || len(got) > 100 {
			t.Errorf("pathFile(%.40q) = %.80q, want a hashed name", p, got)
		}
	}
	if pathFile("/docs/../a") == pathFile("/docs/../b") {
		t.Error("two paths share one file")
	}
	if got, want := pathFile("/posts/a%20b"), "server/pages/posts/a b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
