package route

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/onwardjs/onward/internal/diag"
)

var defaultExtensions = []string{"tsx", "ts", "jsx", "js"}

// tree makes a project of file names; one that ends in a slash is a folder.
func tree(files ...string) fstest.MapFS {
	f := fstest.MapFS{}
	for _, name := range files {
		if dir, ok := strings.CutSuffix(name, "/"); ok {
			f[dir] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
		} else {
			f[name] = &fstest.MapFile{}
		}
	}
	return f
}

func TestScanRoutes(t *testing.T) {
	tests := []struct {
		name       string
		extensions []string
		files      []string
		want       []string // "route file", API routes with a '*'
	}{
		{"conventions", nil, []string{
			"pages/index.js", "pages/index/index.js", "pages/index/a.js", "pages/about/index.tsx", "pages/posts/[slug].ts", "pages/docs/[[...p]].jsx",
			"pages/_app.js", "pages/_document.tsx", "pages/_error.js", "pages/404.js", "pages/500.js",
			"pages/api/hello.ts", "pages/api/index.js", "pages/api/users/[id]/index.ts", "pages/blog/_draft.js", "pages/.hid.js",
			"pages/a.b/c..js", "pages/apiary.js", "pages/types.d.ts", "pages/readme.md", "pages/style.css", "lib/x.js",
		}, []string{
			"/ pages/index.js", "/.hid pages/.hid.js", "/404 pages/404.js", "/500 pages/500.js",
			"/_app pages/_app.js", "/_document pages/_document.tsx", "/_error pages/_error.js",
			"/a.b/c. pages/a.b/c..js", "/about pages/about/index.tsx",
			"*/api pages/api/index.js", "*/api/hello pages/api/hello.ts", "*/api/users/[id] pages/api/users/[id]/index.ts",
			"/apiary pages/apiary.js", "/blog/_draft pages/blog/_draft.js", "/docs/[[...p]] pages/docs/[[...p]].jsx",
			"/index pages/index/index.js", "/index/a pages/index/a.js", "/posts/[slug] pages/posts/[slug].ts",
		}},
		{"src", nil, []string{"src/pages/index.tsx", "src/pages/api/x.ts"}, []string{"/ src/pages/index.tsx", "*/api/x src/pages/api/x.ts"}},
		{"root before src", nil, []string{"pages/a.js", "src/pages/b.js"}, []string{"/a pages/a.js"}},
		{"page extensions", []string{"page.tsx", "page.ts", "mdx"}, []string{
			"pages/index.page.tsx", "pages/index.tsx", "pages/doc.mdx", "pages/_app.page.tsx", "pages/api/x.page.ts", "pages/api/x.ts",
		}, []string{"/ pages/index.page.tsx", "/_app pages/_app.page.tsx", "*/api/x pages/api/x.page.ts", "/doc pages/doc.mdx"}},
		{"longest extension", []string{"js", "page.js"}, []string{"pages/a.page.js", "pages/b.js"}, []string{"/a pages/a.page.js", "/b pages/b.js"}},
		{"empty", nil, []string{"pages/"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ext := tt.extensions
			if ext == nil {
				ext = defaultExtensions
			}
			pages, warnings, err := Scan(tree(tt.files...), ext)
			if err != nil || len(warnings) > 0 {
				t.Fatal(err, warnings)
			}
			var got []string
			for _, p := range pages {
				s := p.Route + " " + p.File
				if p.API {
					s = "*" + s
				}
				got = append(got, s)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestScanErrors(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		code  string
		want  string
	}{
		{"nothing", []string{"package.json"}, "no-pages", "no pages folder"},
		{"file of that name", []string{"pages"}, "no-pages", "no pages folder"},
		{"app only", []string{"app/page.tsx"}, "app-router", "has app/ and no pages/"},
		{"src/app only", []string{"src/app/page.tsx"}, "app-router", "has src/app/"},
		{"names differ", []string{"pages/a/[x].js", "pages/a/[y]/b.js"}, "param-name-conflict", `calls a param "y" that pages/a/[x].js calls "x"`},
		{"catch-all names differ", []string{"pages/[...x].js", "pages/[...y]/index.js"}, "param-name-conflict", `"y"`},
		{"name twice", []string{"pages/[x]/b/[x].js"}, "bad-route", `uses the param name "x" twice`},
		{"names alike", []string{"pages/[a-b]/[ab].js"}, "bad-route", "differ only in"},
		{"catch-all in the middle", []string{"pages/[...x]/b.js"}, "bad-route", "a catch-all must come last"},
		{"optional in the middle", []string{"pages/[[...x]]/b.js"}, "bad-route", "a catch-all must come last"},
		{"optional single", []string{"pages/[[x]].js"}, "bad-route", "only a catch-all can be optional"},
		{"no name", []string{"pages/[].js"}, "bad-route", "without a name"},
		{"no catch-all name", []string{"pages/[...].js"}, "bad-route", "without a name"},
		{"brackets", []string{"pages/[[x].js"}, "bad-route", "cannot contain brackets"},
		{"dots", []string{"pages/[..x].js"}, "bad-route", "cannot start with a dot"},
		{"ellipsis", []string{"pages/[…x].js"}, "bad-route", "write three dots"},
		{"both catch-alls", []string{"pages/a/[...x].js", "pages/a/[[...x]].js"}, "route-conflict", "a required and an optional catch-all"},
		{"optional over index", []string{"pages/a/[[...x]].js", "pages/a/index.js"}, "route-conflict", "answer to the same path"},
		{"optional over home", []string{"pages/[[...x]].js", "pages/index.js"}, "route-conflict", "/ and /[[...x]] answer to the same path"},
		{"optional over dynamic", []string{"pages/[a]/[[...x]].js", "pages/[a]/index.js"}, "route-conflict", "answer to the same path"},
		{"public and page", []string{"pages/about.js", "public/about"}, "public-conflict", "public/about and pages/about.js have the same URL"},
		{"public and home", []string{"pages/index.js", "public/index"}, "public-conflict", "same URL, /"},
		{"public/_next", []string{"pages/index.js", "public/_next/x"}, "public-next", "reserved"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Scan(tree(tt.files...), defaultExtensions)
			var errs diag.Errors
			if !errors.As(err, &errs) {
				t.Fatalf("got %v", err)
			}
			m := errs[0]
			if m.Code != tt.code || !strings.Contains(m.Text, tt.want) || m.Hint == "" {
				t.Errorf("got %s: %q (hint %q), want %s: %q", m.Code, m.Text, m.Hint, tt.code, tt.want)
			}
		})
	}
}

func TestScanWarnings(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  string
	}{
		{"two files", []string{"pages/dup.js", "pages/dup/index.js"}, "pages/dup.js and pages/dup/index.js are both the page /dup; pages/dup/index.js is used"},
		{"two extensions", []string{"pages/e.js", "pages/e.jsx"}, "pages/e.jsx is used"},
		{"app beside", []string{"pages/index.js", "app/page.js"}, "the App Router is not supported yet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, warnings, err := Scan(tree(tt.files...), defaultExtensions)
			if err != nil || len(warnings) != 1 {
				t.Fatal(err, warnings)
			}
			w := warnings[0]
			if !strings.Contains(w.Text, tt.want) || w.Severity != diag.Warning || w.Hint == "" || w.File == "" {
				t.Errorf("got %q (hint %q, file %q), want %q", w.Text, w.Hint, w.File, tt.want)
			}
		})
	}
	pages, _, err := Scan(tree("pages/dup.js", "pages/dup/index.js", "pages/e.js", "pages/e.jsx"), defaultExtensions)
	if err != nil || len(pages) != 2 || pages[0].File != "pages/dup/index.js" || pages[1].File != "pages/e.jsx" {
		t.Error(pages, err)
	}
	// What Scan accepts a Table accepts.
	pages, _, err = Scan(tree("pages/a/[x].js", "pages/a/[x]/b.js", "pages/a/[...r].js", "pages/[[...o]].js", "pages/a/index.js"), defaultExtensions)
	if err != nil {
		t.Fatal(err)
	}
	var routes []string
	for _, p := range pages {
		routes = append(routes, p.Route)
	}
	if _, err := NewTable(routes); err != nil {
		t.Error(err)
	}
}

func TestScanLinks(t *testing.T) {
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal("symbolic links are needed:", err)
		}
	}
	for _, name := range []string{"real/a.js", "pages/index.js", "public/x.txt"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	must(os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "pages", "linked")))
	must(os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "pages", "dangling.js")))
	pages, _, err := Scan(os.DirFS(dir), defaultExtensions)
	if err != nil || len(pages) != 2 || pages[1].Route != "/linked/a" {
		t.Error(pages, err)
	}
	must(os.Symlink(filepath.Join(dir, "pages"), filepath.Join(dir, "pages", "loop")))
	if _, _, err = Scan(os.DirFS(dir), defaultExtensions); err == nil || !strings.Contains(err.Error(), "symbolic link to a parent") {
		t.Error(err)
	}
	files, err := PublicFiles(os.DirFS(dir))
	if err != nil || !slices.Equal(files, []string{"/x.txt"}) {
		t.Error(files, err)
	}
}

func TestPublicFiles(t *testing.T) {
	files, err := PublicFiles(tree("public/favicon.ico", "public/a/b c.txt", "public/.well-known/x", "pages/index.js"))
	if err != nil || !slices.Equal(files, []string{"/.well-known/x", "/a/b c.txt", "/favicon.ico"}) {
		t.Error(files, err)
	}
	if files, err = PublicFiles(tree("pages/index.js")); err != nil || files != nil {
		t.Error(files, err)
	}
}
