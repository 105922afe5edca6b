package build

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReferencedFiles(t *testing.T) {
	project := t.TempDir()
	for _, name := range []string{"data/a.json", "data/deep/b.json", "text.txt", "node_modules/p/x.js", "public/p.txt", "secret.txt"} {
		file := filepath.Join(project, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for code, want := range map[string]string{
		`join(process.cwd(), "data", 'a.json')`:         "data/a.json",
		`resolve(process.cwd(), "data")`:                "data/a.json data/deep/b.json",
		"join(process.cwd(), `data/deep`, `${name}.x`)": "data/deep/b.json",
		`process.cwd() + "/text.txt"`:                   "text.txt",
		"`${process.cwd()}/data/a.json`":                "data/a.json",
		`readFileSync("./text.txt", "utf8")`:            "text.txt",
		`(0, fs.readFileSync)("text.txt")`:              "text.txt",
		`join(process.cwd(), "../other")`:               "",
		`join(process.cwd(), ".")`:                      "",
		`join(process.cwd(), name)`:                     "",
		`join(process.cwd(), "node_modules/p")`:         "",
		`join(process.cwd(), "public")`:                 "",
		`readFileSync("/etc/hostname-of-nobody")`:       "",
		`join(process.cwd(), "missing.txt")`:            "",
	} {
		module := filepath.Join(t.TempDir(), "m.js")
		if err := os.WriteFile(module, []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
		f := &fileFinder{project: project, dist: filepath.Join(project, ".next"), read: map[string][]string{}}
		got := f.referenced(module)
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}

func TestRouteMatches(t *testing.T) {
	for _, c := range []struct {
		glob, route string
		want        bool
	}{
		{"/", "/", true}, {"/api/*", "/api/x", true}, {"/api/*", "/api/x/y", false}, {"/api/**", "/api/x/y", true},
		{"*", "/a/b", true}, {"/*", "/a", true}, {"/*", "/a/b", false}, {"/blog/[id]", "/blog/[id]", true}, {"blog", "/blog", true},
	} {
		if got := routeMatches(c.glob, c.route); got != c.want {
			t.Errorf("%q on %q: %v", c.glob, c.route, got)
		}
	}
}
