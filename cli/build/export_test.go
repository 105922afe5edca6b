package build

import (
	"path/filepath"
	"testing"

	"github.com/onwardjs/onward/internal/config"
)

func TestHTMLName(t *testing.T) {
	for _, c := range []struct {
		path, plain, slash string
	}{
		{"/", "index.html", "index.html"},
		{"/about", "about.html", "about/index.html"},
		{"/a/b%20c", "a/b c.html", "a/b c/index.html"},
		{"/two.html", "two.html.html", "two.html/index.html"},
		{"/feed.xml", "feed.xml", "feed.xml"},
		{"/[slug]", "[slug].html", "[slug]/index.html"},
		{"/[...all]", "[...all].html", "[...all]/index.html"},
	} {
		for slash, want := range map[bool]string{false: c.plain, true: c.slash} {
			e := &export{build: &build{Project: &Project{Config: &config.Config{TrailingSlash: slash}}}}
			if got := e.htmlName(c.path); got != want {
				t.Errorf("%s with trailingSlash %v: %q, want %q", c.path, slash, got, want)
			}
		}
	}
}

func TestExportDirs(t *testing.T) {
	project := filepath.Join(t.TempDir(), "app")
	for dir, ok := range map[string]bool{
		"out": true, "docs/site": true, "../site": true,
		".": false, "..": false, "../..": false, "public": false, "pages/x": false, "node_modules": false, ".next/out": false,
	} {
		if err := checkExportDir(project, filepath.Join(project, dir)); (err == nil) != ok {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestParamType(t *testing.T) {
	for r, want := range map[string]string{
		"/": "{}", "/[id]": `{ "id": string }`, "/a/[b]/[...c]": `{ "b": string; "c": string[] }`, "/[[...d]]": `{ "d"?: string[] }`,
	} {
		if got := paramType(r); got != want {
			t.Errorf("%s: %s, want %s", r, got, want)
		}
	}
}
