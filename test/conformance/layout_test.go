package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// TestLayout looks at the output folder: who knows Next.js finds things where
// they were (spec S001-S026).
func TestLayout(t *testing.T) {
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), "contract"), onward)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Remove()
	if _, err := app.Build(ctx, onward); err != nil {
		t.Fatal(err)
	}
	out := app.Path(".next")

	t.Run("files", func(t *testing.T) { layoutFiles(t, out) })
	t.Run("absent", func(t *testing.T) { layoutAbsent(t, out) })
	t.Run("build manifest", func(t *testing.T) { buildManifest(t, out) })
	t.Run("routes manifest", func(t *testing.T) { routesManifest(t, out) })
	t.Run("prerender manifest", func(t *testing.T) { prerenderManifest(t, out) })
	t.Run("pages manifest", func(t *testing.T) { pagesManifest(t, out) })
	t.Run("traces", func(t *testing.T) { traces(t, out) })
	t.Run("browser code", func(t *testing.T) { browserCode(t, out) })
	t.Run("repeatable names", func(t *testing.T) {
		before := names(t, filepath.Join(out, "static", "chunks"))
		if _, err := app.Build(ctx, onward); err != nil {
			t.Fatal(err)
		}
		if after := names(t, filepath.Join(out, "static", "chunks")); strings.Join(after, "\n") != strings.Join(before, "\n") {
			t.Errorf("S010: names changed though nothing did:\n%v\n%v", before, after)
		}
	})
}

// Patterns below the output folder that must match a file.
var wanted = map[string][]string{
	"S002 pages with getStaticProps":    {"server/pages/ssg/plain.html", "server/pages/ssg/plain.json", "server/pages/ssg/a.html", "server/pages/ssg/a.json", "server/pages/opt-ssg.html", "server/pages/opt-ssg/one/two.json"},
	"S003 static pages":                 {"server/pages/index.html", "server/pages/about.html", "server/pages/dyn/[[]id].html", "server/pages/404.html", "server/pages/500.html", "server/pages/index/index.html"},
	"S006 server code of dynamic pages": {"server/pages/ssr.js", "server/pages/ssr/[[]id].js", "server/pages/api/echo.js", "server/pages/_app.js", "server/pages/_document.js"},
	"S009 browser code named by route":  {"static/chunks/pages/about-*.js", "static/chunks/pages/index-*.js", "static/chunks/pages/_app-*.js", "static/chunks/pages/_error-*.js", "static/chunks/pages/ssg/[[]slug]-*.js"},
	"S010 shared browser code":          {"static/chunks/main-*.js"},
	"S011 media":                        {"static/media/dot.*.png"},
	"S012 styles":                       {"static/css/*.css"},
	"S015 shared server code":           {"server/chunks/*.js"},
	"S016 cache":                        {"cache"},
	"S021 build id":                     {"BUILD_ID"},
	"S022-S026 manifests": {
		"routes-manifest.json", "prerender-manifest.json", "build-manifest.json", "images-manifest.json", "required-server-files.json",
		"export-marker.json", "package.json", "server/pages-manifest.json", "server/middleware-manifest.json", "server/functions-config-manifest.json",
		"static/*/_buildManifest.js", "static/*/_ssgManifest.js",
	},
}

func layoutFiles(t *testing.T, out string) {
	for row, patterns := range wanted {
		for _, pattern := range patterns {
			found, err := filepath.Glob(filepath.Join(out, filepath.FromSlash(pattern)))
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 {
				t.Errorf("%s: no %s", row, pattern)
			}
		}
	}
}

func layoutAbsent(t *testing.T, out string) {
	for name, why := range map[string]string{
		"server/pages/about.json":      "S003: a static page has no data",
		"server/pages/ssr.html":        "a page with getServerSideProps is not made at build",
		"server/pages/blocking/x.html": "only listed paths are made at build",
		"static/chunks/pages/api":      "P169: API routes are not in the browser's code",
	} {
		if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(name))); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s exists: %s", name, why)
		}
	}
}

func readJSON(t *testing.T, into any, parts ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", parts[len(parts)-1], err)
	}
}

func buildManifest(t *testing.T, out string) {
	var m struct{ Pages map[string][]string }
	readJSON(t, &m, out, "build-manifest.json")
	for _, route := range []string{"/", "/about", "/_app", "/_error", "/ssg/[slug]", "/index"} {
		if len(m.Pages[route]) == 0 {
			t.Errorf("no files for %s", route)
		}
	}
	if len(m.Pages["/api/echo"]) > 0 {
		t.Error("an API route has files for the browser")
	}
	for route, files := range m.Pages {
		for _, file := range files {
			if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(file))); err != nil {
				t.Errorf("%s lists %s: %v", route, file, err)
			}
		}
	}
}

func routesManifest(t *testing.T, out string) {
	var m struct {
		Version       int
		BasePath      string
		CaseSensitive bool
		Redirects     []struct {
			Source, Destination string
			Internal            bool
			StatusCode          int
		}
		DynamicRoutes []struct {
			Page, Regex string
			RouteKeys   map[string]string
		}
		StaticRoutes []struct{ Page, Regex string }
		DataRoutes   []struct{ Page, DataRouteRegex string }
	}
	readJSON(t, &m, out, "routes-manifest.json")
	if m.Version != 3 {
		t.Errorf("version %d, want 3", m.Version)
	}
	if len(m.Redirects) == 0 || !m.Redirects[0].Internal || m.Redirects[0].StatusCode != 308 {
		t.Errorf("the first redirect is not the internal one for slashes: %+v", m.Redirects)
	}
	dynamic := map[string]string{}
	for _, r := range m.DynamicRoutes {
		dynamic[r.Page] = r.Regex
	}
	for route, path := range map[string]string{"/ssr/[id]": "/ssr/7", "/catch/[...slug]": "/catch/a/b", "/opt/[[...slug]]": "/opt", "/ssg/[slug]": "/ssg/a"} {
		pattern, err := regexp.Compile(strings.NewReplacer("(?<", "(?P<").Replace(dynamic[route]))
		if err != nil || dynamic[route] == "" || !pattern.MatchString(path) {
			t.Errorf("%s has the regex %q, which does not match %s", route, dynamic[route], path)
		}
	}
	if len(m.StaticRoutes) == 0 || len(m.DataRoutes) == 0 {
		t.Errorf("%d static routes, %d data routes", len(m.StaticRoutes), len(m.DataRoutes))
	}
}

func prerenderManifest(t *testing.T, out string) {
	var m struct {
		Version int
		Routes  map[string]struct {
			InitialRevalidateSeconds any
			SrcRoute                 *string
			DataRoute                string
		}
		DynamicRoutes map[string]struct{ Fallback any }
		Preview       struct{ PreviewModeID, PreviewModeSigningKey, PreviewModeEncryptionKey string }
	}
	readJSON(t, &m, out, "prerender-manifest.json")
	if m.Version != 4 {
		t.Errorf("version %d, want 4", m.Version)
	}
	if r := m.Routes["/isr/hour"]; r.InitialRevalidateSeconds != 3600.0 {
		t.Errorf("/isr/hour: %+v", r)
	}
	if r := m.Routes["/ssg/plain"]; r.InitialRevalidateSeconds != false || !strings.HasSuffix(r.DataRoute, "/ssg/plain.json") {
		t.Errorf("/ssg/plain: %+v", r)
	}
	if r := m.Routes["/ssg/a"]; r.SrcRoute == nil || *r.SrcRoute != "/ssg/[slug]" {
		t.Errorf("/ssg/a: %+v", r)
	}
	for route, want := range map[string]any{"/ssg/[slug]": false, "/blocking/[id]": nil, "/lazy/[id]": "/lazy/[id].html"} {
		if r, ok := m.DynamicRoutes[route]; !ok || r.Fallback != want {
			t.Errorf("%s: fallback %v, want %v", route, r.Fallback, want)
		}
	}
	if len(m.Preview.PreviewModeID) != 32 || len(m.Preview.PreviewModeSigningKey) != 64 || len(m.Preview.PreviewModeEncryptionKey) != 64 {
		t.Errorf("P168: preview keys have lengths %d %d %d", len(m.Preview.PreviewModeID), len(m.Preview.PreviewModeSigningKey), len(m.Preview.PreviewModeEncryptionKey))
	}
}

func pagesManifest(t *testing.T, out string) {
	var m map[string]string
	readJSON(t, &m, out, "server", "pages-manifest.json")
	for route, want := range map[string]string{
		"/about": "pages/about.html", "/ssr": "pages/ssr.js", "/dyn/[id]": "pages/dyn/[id].html", "/api/echo": "pages/api/echo.js", "/ssg/plain": "pages/ssg/plain.js",
	} {
		if m[route] != want {
			t.Errorf("%s is %q, want %q", route, m[route], want)
		}
	}
	for route, file := range m {
		if _, err := os.Stat(filepath.Join(out, "server", filepath.FromSlash(file))); err != nil {
			t.Errorf("%s: %v", route, err)
		}
	}
}

// traces checks S014: each server entry lists files that exist.
func traces(t *testing.T, out string) {
	for _, entry := range []string{"server/pages/ssr.js", "server/pages/api/echo.js", "server/pages/ssg/[slug].js"} {
		file := filepath.Join(out, filepath.FromSlash(entry)) + ".nft.json"
		var trace struct {
			Version int
			Files   []string
		}
		readJSON(t, &trace, file)
		if trace.Version != 1 || len(trace.Files) == 0 {
			t.Errorf("%s: version %d, %d files", entry, trace.Version, len(trace.Files))
		}
		for _, name := range trace.Files {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), filepath.FromSlash(name))); err != nil {
				t.Errorf("%s lists %s: %v", entry, name, err)
			}
		}
	}
}

// browserCode checks S018, S019 and P057: compiled, minified, without server code.
func browserCode(t *testing.T, out string) {
	for _, name := range names(t, filepath.Join(out, "static")) {
		if !strings.HasSuffix(name, ".js") {
			if strings.HasSuffix(name, ".map") {
				t.Errorf("S019: a source map, %s", name)
			}
			continue
		}
		text, err := os.ReadFile(filepath.Join(out, "static", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"process.env.NODE_ENV", "from-env", "readFileSync", "getStaticProps threw", "getServerSideProps threw", "secret detail: "} {
			if strings.Contains(string(text), bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
		if lines := strings.Count(string(text), "\n"); len(text) > 10_000 && lines > len(text)/200 {
			t.Errorf("%s is not minified: %d lines in %d bytes", name, lines, len(text))
		}
	}
}

// names lists the files below a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var rel string
			rel, err = filepath.Rel(dir, path)
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
