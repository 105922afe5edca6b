package build

import (
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/route"
)

func TestOutputFilesOfRoutes(t *testing.T) {
	for page, want := range map[string]string{
		"/":             "server/pages/index",
		"/index":        "server/pages/index/index",
		"/index/a":      "server/pages/index/index/a",
		"/indexes":      "server/pages/indexes",
		"/posts/[slug]": "server/pages/posts/[slug]",
		"/404":          "server/pages/404",
	} {
		if got := pageFile("", page); got != want {
			t.Errorf("pageFile(%q) = %q, want %q", page, got, want)
		}
	}
}

// Names come from getStaticPaths, so from a database perhaps.
func TestOutputFilesStayInside(t *testing.T) {
	for _, p := range []string{
		"/docs/../../../etc/passwd", "/docs/%2e%2e/%2e%2e/x", "/a//b", "/a\\..\\b", "/a%00b",
		"/" + strings.Repeat("long", 100), strings.Repeat("/a", 1000),
	} {
		got := pathFile("", p)
		if !strings.HasPrefix(got, "server/pages/_hashed/") || strings.Contains(got, "..") || len(got) > 100 {
			t.Errorf("pathFile(%.40q) = %.80q, want a hashed name", p, got)
		}
	}
	if pathFile("", "/docs/../a") == pathFile("", "/docs/../b") {
		t.Error("two paths share one file")
	}
	if got, want := pathFile("", "/posts/a%20b"), "server/pages/posts/a b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A server looks pages up by route.Match.Path.
func TestPrerenderedKeysAreThoseOfRequests(t *testing.T) {
	for raw, want := range map[string]string{"/posts/a%20b": "/posts/a b", "/posts/a%2fb": "/posts/a%2Fb", "/posts/100%25": "/posts/100%25", "/posts/%E0%A4%A": "/posts/%E0%A4%A"} {
		m, _ := route.Parse(raw, &route.Options{})
		if got := decodePath(raw); got != want || got != m.Path {
			t.Errorf("%s: built as %q, looked up as %q, want %q", raw, got, m.Path, want)
		}
	}
}
