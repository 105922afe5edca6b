package manifest

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// sample is the build of the app whose files by Next.js 16.4.6 stand in
// testdata/reference.json.
func sample() (*Manifest, Client) {
	m := &Manifest{
		Version: Version, BuildID: "BUILD", BuiltAt: 1, Config: config.Default(),
		Prerendered: map[string]Prerendered{
			"/gs":    {Route: "/gs", HTML: "server/pages/gs.html", Data: "server/pages/gs.json", Status: 200},
			"/isr/x": {Route: "/isr/x", HTML: "server/pages/isr/x.html", Data: "server/pages/isr/x.json", Revalidate: 3600},
		},
		Runtime: Runtime{Script: "server/runtime.js"},
		Preview: Preview{ID: "i", Signing: "s", Encryption: "e"},
	}
	for _, c := range "abcde" {
		m.Prerendered["/isr/"+string(c)] = Prerendered{Route: "/isr/[a]", HTML: "server/pages/isr/" + string(c) + ".html"}
	}
	for _, c := range "ab" {
		m.Prerendered["/posts/"+string(c)] = Prerendered{Route: "/posts/[slug]", HTML: "server/pages/posts/" + string(c) + ".html", Revalidate: 10}
	}
	client := Client{Dir: "/app", Main: []string{"static/chunks/main.js"}, Pages: map[string]ClientPage{}}
	add := func(kind Kind, routes ...string) {
		for _, r := range routes {
			p := Page{Route: r, Kind: kind, Module: "server/pages/" + route.PagePath(r) + ".js"}
			switch kind {
			case Static:
				p.HTML = "server/pages/" + route.PagePath(r) + ".html"
			case SSR:
				p.SSP = true
			}
			m.Pages = append(m.Pages, p)
			if kind != API {
				client.Pages[r] = ClientPage{
					Scripts: []string{"static/chunks/pages/" + route.PagePath(r) + ".js"},
					Preload: []string{"static/chunks/shared.js"},
				}
			}
		}
	}
	add(Special, "/_app", "/_document", "/_error")
	add(Static, "/", "/about", "/index")
	add(API, "/api/[...all]", "/api/q")
	add(SSR, "/as", "/as/[...id]", "/caf é/ü+x", "/cat/[...slug]", "/d/[id]", "/docs/[[...p]]", "/index/gs",
		"/mix/[x]", "/mix/[x]/edit", "/mix/[...r]", "/mix/new", "/ssr")
	add(SSG, "/gs", "/isr/x", "/isr/[a]", "/posts/[slug]")
	m.Pages[len(m.Pages)-2].Fallback = FallbackTrue
	m.Pages[len(m.Pages)-2].FallbackHTML = "server/pages/isr/[a].html"
	m.Pages[len(m.Pages)-1].Fallback = FallbackBlocking
	m.Pages = append(m.Pages, Page{Route: "/404", Kind: Static, HTML: "server/pages/404.html"})
	return m, client
}

// written writes a build and returns its folder.
func written(t *testing.T, m *Manifest, client Client) string {
	t.Helper()
	dir := t.TempDir()
	if err := Write(dir, m, client); err != nil {
		t.Fatal(err)
	}
	return dir
}

func readJSON(t *testing.T, path string) any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// same reports where got differs from want.
func same(t *testing.T, where string, got, want any) {
	t.Helper()
	g, gm := got.(map[string]any)
	w, wm := want.(map[string]any)
	if gm && wm {
		for _, k := range slices.Sorted(maps.Keys(w)) {
			same(t, where+"."+k, g[k], w[k])
		}
		for _, k := range slices.Sorted(maps.Keys(g)) {
			if _, ok := w[k]; !ok {
				t.Errorf("%s.%s is not in the reference", where, k)
			}
		}
		return
	}
	if !reflect.DeepEqual(got, want) {
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		t.Errorf("%s\n got %s\nwant %s", where, a, b)
	}
}

func TestNextFiles(t *testing.T) {
	ref := readJSON(t, "testdata/reference.json").(map[string]any)
	m, client := sample()
	dir := written(t, m, client)
	at := func(name string) any { return readJSON(t, filepath.Join(dir, filepath.FromSlash(name))) }

	// The reference forgets to escape the names of pages without params here.
	for _, d := range ref["routes"].(map[string]any)["dataRoutes"].([]any) {
		if r := d.(map[string]any); r["page"] == "/caf é/ü+x" {
			r["dataRouteRegex"] = `^/_next/data/BUILD/caf é/ü\+x\.json$`
		}
	}
	same(t, "routes", at("routes-manifest.json"), ref["routes"])
	same(t, "middleware", at("server/middleware-manifest.json"), ref["middleware"])
	same(t, "functions", at("server/functions-config-manifest.json"), ref["functions"])
	same(t, "pages", at("server/pages-manifest.json"), ref["pages"])
	same(t, "exportMarker", at("export-marker.json"), ref["exportMarker"])
	prerender := at("prerender-manifest.json").(map[string]any)
	if len(prerender["preview"].(map[string]any)) != 3 {
		t.Error("no preview keys")
	}
	delete(prerender, "preview")
	same(t, "prerender", prerender, ref["prerender"])

	// The regular expressions of globs are written another way.
	images, want := at("images-manifest.json").(map[string]any), ref["images"].(map[string]any)
	want["images"].(map[string]any)["localPatterns"] = []any{map[string]any{"pathname": "^.*$", "search": ""}}
	// Not options of this version.
	delete(want["images"].(map[string]any), "customCacheHandler")
	same(t, "images", images, want)

	if keys := slices.Sorted(maps.Keys(at("build-manifest.json").(map[string]any))); !reflect.DeepEqual(toAny(keys), ref["buildManifestKeys"]) {
		t.Errorf("build-manifest.json has %q, want %v", keys, ref["buildManifestKeys"])
	}
	for name, want := range map[string]string{"BUILD_ID": "BUILD", "package.json": "{\n  \"type\": \"commonjs\"\n}"} {
		if b, _ := os.ReadFile(filepath.Join(dir, name)); string(b) != want {
			t.Errorf("%s is %q", name, b)
		}
	}

	// Every file that required-server-files.json names is there, but for
	// those that the compiler writes.
	required := at("required-server-files.json").(map[string]any)
	for _, f := range required["files"].([]any) {
		name := strings.TrimPrefix(f.(string), ".next/")
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil && name != m.Runtime.Script {
			t.Errorf("required-server-files.json names %s: %v", f, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", ".write-*"))
	if err != nil || len(left) > 0 {
		t.Error("temporary files are left:", left, err)
	}
}

func toAny(list []string) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

func TestSlashRedirects(t *testing.T) {
	ref := readJSON(t, "testdata/reference.json").(map[string]any)
	for key, set := range map[string]func(*config.Config){
		"baseRedirects":  func(c *config.Config) { c.BasePath = "/base" },
		"slashRedirects": func(c *config.Config) { c.TrailingSlash = true },
	} {
		m, client := sample()
		set(m.Config)
		routes := readJSON(t, filepath.Join(written(t, m, client), "routes-manifest.json")).(map[string]any)
		same(t, key, routes["redirects"], ref[key])
	}
	m, client := sample()
	m.Config.SkipTrailingSlashRedirect = true
	m.Config.I18n = &config.I18n{Locales: []string{"en", "fr", "nl-NL"}, DefaultLocale: "en"}
	routes := readJSON(t, filepath.Join(written(t, m, client), "routes-manifest.json")).(map[string]any)
	same(t, "redirects", routes["redirects"], []any{})
	same(t, "i18n", routes["i18n"], ref["i18n"])
}

func TestClientManifests(t *testing.T) {
	ref := readJSON(t, "testdata/reference.json").(map[string]any)
	m, client := sample()
	dir := written(t, m, client)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, "static", "BUILD", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	js := read("_buildManifest.js")
	if !strings.HasPrefix(js, "self.__BUILD_MANIFEST={__rewrites:{") || !strings.HasSuffix(js, "};self.__BUILD_MANIFEST_CB&&self.__BUILD_MANIFEST_CB()") {
		t.Errorf("_buildManifest.js: %s", js)
	}
	for _, want := range []string{
		`"/d/[id]":["static/chunks/shared.js","static/chunks/pages/d/[id].js"]`,
		`"/caf \u00e9/\u00fc+x":`,
	} {
		if !strings.Contains(js, want) {
			t.Errorf("_buildManifest.js has no %s", want)
		}
	}
	if strings.Contains(js, `"/_app":`) || strings.Contains(js, `"/api/q":`) {
		t.Errorf("_buildManifest.js has files of _app or API routes: %s", js)
	}
	_, list, _ := strings.Cut(strings.TrimSuffix(js, "};self.__BUILD_MANIFEST_CB&&self.__BUILD_MANIFEST_CB()"), "sortedPages:")
	var sorted any
	if err := json.Unmarshal([]byte(list), &sorted); err != nil {
		t.Fatal(err)
	}
	// The recording is of webpack; Turbopack lists API routes too, as the router needs them.
	api := func(v any) bool { return strings.HasPrefix(v.(string), "/api/") }
	if !slices.ContainsFunc(sorted.([]any), api) {
		t.Error("sortedPages has no API routes")
	}
	same(t, "sortedPages", slices.DeleteFunc(sorted.([]any), func(v any) bool { return v == "/_document" || api(v) }), ref["sortedPages"])

	ssg := read("_ssgManifest.js")
	set := regexp.MustCompile(`^self\.__SSG_MANIFEST=new Set\((\[.*\])\);self\.__SSG_MANIFEST_CB&&self\.__SSG_MANIFEST_CB\(\)$`).FindStringSubmatch(ssg)
	if set == nil || strings.Contains(set[1], "/") {
		t.Fatalf("_ssgManifest.js: %s", ssg)
	}
	var routes any
	if err := json.Unmarshal([]byte(set[1]), &routes); err != nil {
		t.Fatal(err)
	}
	same(t, "ssg", routes, ref["ssg"])
}

func TestScriptString(t *testing.T) {
	if got := string(appendScriptString(nil, "a\"é😀\n</script>")); got != `"a\"\u00e9\ud83d\ude00\n</script>"` {
		t.Error(got)
	}
}

// complete adds the files that check looks for.
func complete(t testing.TB, dir string, m *Manifest) {
	t.Helper()
	files := []string{m.Runtime.Script}
	for _, p := range m.Pages {
		files = append(files, p.HTML, p.Module, p.FallbackHTML)
	}
	for _, p := range m.Prerendered {
		files = append(files, p.HTML, p.Data)
	}
	if m.Middleware != nil {
		files = append(files, m.Middleware.Module)
	}
	for _, f := range files {
		if f == "" {
			continue
		}
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(f)), nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadWhatWasWritten(t *testing.T) {
	m, client := sample()
	m.Boot = json.RawMessage(`{"a":1}`)
	dir := written(t, m, client)
	complete(t, dir, m)
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Config.Dev = config.Dev{} // settings of development are no part of a build
	if !reflect.DeepEqual(got, m) {
		t.Errorf("got  %+v\nwant %+v", got, m)
	}
}

func TestReadErrors(t *testing.T) {
	m, client := sample()
	good := written(t, m, client)
	complete(t, good, m)
	text, err := os.ReadFile(filepath.Join(good, File))
	if err != nil {
		t.Fatal(err)
	}
	fsys := func(content string, more ...string) fstest.MapFS {
		f := fstest.MapFS{}
		if content != "" {
			f[File] = &fstest.MapFile{Data: []byte(content)}
		}
		for _, name := range more {
			f[name] = &fstest.MapFile{}
		}
		return f
	}
	edit := func(change func(*Manifest)) string {
		var m Manifest
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		change(&m)
		b, _ := json.Marshal(&m)
		return string(b)
	}
	tests := []struct {
		name string
		fsys fstest.MapFS
		code string
		want string
	}{
		{"missing", fsys(""), "no-build", "no production build in .next"},
		{"next's", fsys("", "BUILD_ID"), "foreign-build", "not made by Onward"},
		{"cut off", fsys(string(text[:len(text)/2])), "damaged-build", "is no JSON"},
		{"empty", fsys("\n"), "damaged-build", "is no JSON"},
		{"other type", fsys(`{"version":1,"pages":{}}`), "damaged-build", "not as Onward writes it"},
		{"other version", fsys(`{"version":99,"pages":{}}`), "build-version", "format 99"},
		{"no version", fsys(`{}`), "build-version", "format 0"},
		{"no id", fsys(edit(func(m *Manifest) { m.BuildID = "" })), "damaged-build", "no build id"},
		{"no config", fsys(edit(func(m *Manifest) { m.Config = nil })), "damaged-build", "no configuration"},
		{"no runtime", fsys(edit(func(m *Manifest) { m.Runtime.Script = "" })), "damaged-build", "no runtime"},
		{"bad route", fsys(edit(func(m *Manifest) { m.Pages[5].Route = "/[...a]/b" }), "server/runtime.js"), "damaged-build", "catch-all must come last"},
		{"outside", fsys(edit(func(m *Manifest) { m.Pages[3].HTML = "../etc/passwd" }), "server/runtime.js"), "damaged-build", "leads out of the folder"},
		{"data outside", fsys(edit(func(m *Manifest) {
			m.Pages = nil
			m.Prerendered = map[string]Prerendered{"/a": {Route: "/a", Data: "/etc/passwd"}}
		}), "server/runtime.js"), "damaged-build", "leads out of the folder"},
		{"half copied", fsys(string(text), "server/runtime.js"), "damaged-build", "is missing"},
		{"no data", fsys(edit(func(m *Manifest) {
			m.Pages = nil
			m.Prerendered = map[string]Prerendered{"/a": {Route: "/a", HTML: "server/pages/a.html", Data: "server/pages/a.json"}}
		}), "server/runtime.js", "server/pages/a.html"), "damaged-build", "server/pages/a.json is missing"},
		{"no middleware", fsys(edit(func(m *Manifest) {
			m.Pages, m.Prerendered = nil, nil
			m.Middleware = &Middleware{Module: "server/middleware.js"}
		}), "server/runtime.js"), "damaged-build", "server/middleware.js is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadFS(tt.fsys, ".next")
			var msg *diag.Message
			if !errors.As(err, &msg) {
				t.Fatalf("got %v", err)
			}
			if msg.Code != tt.code || !strings.Contains(msg.Text, tt.want) || !strings.Contains(msg.Hint, "onward build") {
				t.Errorf("got %s: %q (hint %q), want %s: %q", msg.Code, msg.Text, msg.Hint, tt.code, tt.want)
			}
		})
	}
	if _, err := Read(filepath.Join(good, "nowhere")); err == nil || !strings.Contains(err.Error(), "no production build") {
		t.Error(err)
	}
	if _, err := Read(filepath.Join(good, File)); err == nil || !strings.Contains(err.Error(), "no production build") {
		t.Error(err)
	}
}

// A write that fails leaves the old file.
func TestWriteKeepsOld(t *testing.T) {
	m, client := sample()
	dir := written(t, m, client)
	if err := os.Remove(filepath.Join(dir, "BUILD_ID")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "BUILD_ID", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	m.BuildID = "OTHER"
	if err := Write(dir, m, client); err == nil {
		t.Fatal("no error for a folder in a file's place")
	}
	b, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil || !strings.Contains(string(b), `"buildId":"BUILD"`) {
		t.Errorf("the old manifest is gone: %v %.80s", err, b)
	}
}

func TestBuildIDs(t *testing.T) {
	shape := regexp.MustCompile(`^[A-Za-z0-9_-]{21}$`)
	seen := map[string]bool{}
	for range 20000 {
		id := NewBuildID()
		if !shape.MatchString(id) || strings.Contains(strings.ToLower(id), "ad") || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
	for want, c := range map[string]config.Config{"x": {BuildID: "x", DeploymentID: "y"}, "build-TfctsWXpff2fKS": {DeploymentID: "y"}} {
		if got := BuildID(&c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if id := BuildID(&config.Config{}); !shape.MatchString(id) {
		t.Error(id)
	}
}

func TestNewPreview(t *testing.T) {
	a, err := NewPreview()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := NewPreview()
	if len(a.ID) != 32 || len(a.Signing) != 64 || len(a.Encryption) != 64 || a.Signing == a.Encryption || a == b {
		t.Errorf("%+v %+v", a, b)
	}
}

func TestGlobRegex(t *testing.T) {
	for glob, want := range map[string]string{"": "^.*$", "**": "^.*$", "/a/*/b.png": `^/a/[^/]*/b\.png$`, "/x/**": "^/x/.*$"} {
		if got := globRegex(glob); got != want {
			t.Errorf("%q: got %s, want %s", glob, got, want)
		}
	}
}

// Reading counts towards the time until the first answer.
func BenchmarkReadFS(b *testing.B) {
	m, client := sample()
	for i := range 1000 {
		path := "/posts/post-number-" + string(rune('a'+i%26)) + "-" + strings.Repeat("x", i%40)
		m.Prerendered[path+string(rune('a'+i/26))] = Prerendered{Route: "/posts/[slug]", HTML: "server/pages" + path + ".html", Data: "server/pages" + path + ".json", Revalidate: 60}
	}
	dir := b.TempDir()
	if err := Write(dir, m, client); err != nil {
		b.Fatal(err)
	}
	complete(b, dir, m)
	for b.Loop() {
		if _, err := Read(dir); err != nil {
			b.Fatal(err)
		}
	}
}
