package ssrtest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/v8"
)

// developmentRuntime is the runtime script with React's development builds.
var developmentRuntime = sync.OnceValues(func() ([]byte, error) { return bundleRuntime("development") })

// liveApp is an engine in development: modules come and go while it runs.
type liveApp struct {
	*app
	mu         sync.Mutex
	modules    map[string]string // path below /app/.next/dev/server/ → CommonJS
	pages      map[string]string // route → JSON of BootPage
	middleware string            // JSON, or empty
	generation int
	forgotten  map[int][]string // generation → what it made stale
}

const liveServer = "/app/.next/dev/server/"

// developmentSnapshot is that script frozen, as a second start of a development server
// has it.
var developmentSnapshot = sync.OnceValues(func() ([]byte, error) {
	script, err := developmentRuntime()
	if err != nil {
		return nil, err
	}
	return v8.BuildSnapshot(script, "runtime.js")
})

func startLive(t *testing.T, modules map[string]string) *liveApp {
	t.Helper()
	return startLiveFrom(t, nil, modules)
}

// startLiveFrom is startLive from a snapshot; nil runs the script itself.
func startLiveFrom(t *testing.T, shot []byte, modules map[string]string) *liveApp {
	t.Helper()
	script, err := developmentRuntime()
	if err != nil {
		t.Fatal(err)
	}
	a := &liveApp{app: &app{t: t}, modules: modules, pages: map[string]string{}, generation: 1, forgotten: map[int][]string{}}
	boot, err := json.Marshal(map[string]any{
		"buildId": "development", "dir": "/app", "distDir": "/app/.next/dev", "dev": true,
		"assetPrefix": "", "basePath": "", "trailingSlash": false, "reactStrictMode": false,
		"images": map[string]any{"deviceSizes": []int{640}, "imageSizes": []int{16}, "path": "/_next/image", "loader": "default", "qualities": []int{75},
			"domains": nil, "remotePatterns": []map[string]any{{"hostname": "*.img.example", "pathname": "/x/**"}}},
		"pages": map[string]any{}, "mainScripts": []string{"static/chunks/main.js"}, "manifestScripts": []string{"static/development/_buildManifest.js"},
		"polyfills": []string{}, "largePageDataBytes": 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Engine, err = v8.New(engine.Options{
		Runtime: script, Snapshot: shot, Boot: boot, Workers: 1, Load: a.load,
		Console: func(level, text string) {
			a.app.mu.Lock()
			defer a.app.mu.Unlock()
			a.log = append(a.log, level+" "+text)
		},
	}, host.Default(host.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func (a *liveApp) load(path string) (*engine.Module, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if question, ok := strings.CutPrefix(path, "/app/.next/dev/live.json?"); ok {
		return a.answerLive(question)
	}
	code, ok := a.modules[strings.TrimPrefix(path, liveServer)]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &engine.Module{Source: []byte(code)}, nil
}

func (a *liveApp) answerLive(question string) (*engine.Module, error) {
	values, err := url.ParseQuery(question)
	if err != nil {
		return nil, err
	}
	since := 0
	if _, err := fmt.Sscan(values.Get("since"), &since); err != nil {
		return nil, err
	}
	answer := map[string]any{"generation": a.generation, "forget": nil}
	if since > 0 {
		list := []string{}
		for g := since + 1; g <= a.generation; g++ {
			for _, m := range a.forgotten[g] {
				list = append(list, liveServer+m)
			}
		}
		answer["forget"] = list
	}
	if page, ok := a.pages[values.Get("route")]; ok {
		answer["page"] = json.RawMessage(page)
	}
	if a.middleware != "" {
		answer["middleware"] = json.RawMessage(a.middleware)
	}
	text, err := json.Marshal(answer)
	return &engine.Module{Source: text}, err
}

// page makes a module the page of a route, with these styles.
func (a *liveApp) page(route, module string, styles ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	page, err := json.Marshal(map[string]any{
		"file": liveServer + module, "scripts": []string{"static/chunks/pages" + route + ".js"}, "preload": []string{}, "styles": append([]string{}, styles...),
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.pages[route] = string(page)
}

// edit gives a module new code; it and its importers are stale then.
func (a *liveApp) edit(module, code string, importers ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.modules[module] = code
	a.generation++
	a.forgotten[a.generation] = append(importers, module)
}

// show renders a page and returns its HTML.
func (a *liveApp) show(route string) string {
	a.t.Helper()
	reply, err := a.do("page", fill(a.t, "page", `{"route":"`+route+`","url":"`+route+`"}`), nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(reply.Body)
}

func contains(t *testing.T, html, want string) {
	t.Helper()
	if !strings.Contains(html, want) {
		t.Fatalf("no %q in %s", want, html)
	}
}

const countingPage = `const { jsx } = require("react/jsx-runtime"), state = require("./state.js"), text = require("./text.js");
	exports.default = () => jsx("p", { children: text.text + " " + ++state.n + " " + (globalThis.kept ??= ++state.made) });
	exports.getServerSideProps = () => ({ props: {} });`

// A change runs a module and its importers anew; all others keep their state.
func TestLiveModules(t *testing.T) {
	a := startLive(t, map[string]string{
		"page.js": countingPage, "state.js": `exports.n = 0; exports.made = 0;`, "text.js": `exports.text = "one";`,
		"other.js": `const state = require("./state.js"); exports.default = () => state.n; exports.getServerSideProps = () => ({ props: {} });`,
	})
	a.page("/page", "page.js", "static/css/a.css")
	a.page("/other", "other.js")
	contains(t, a.show("/page"), "<p>one 1 1</p>")
	contains(t, a.show("/page"), "<p>one 2 1</p>")
	a.edit("text.js", `exports.text = "two";`, "page.js")
	contains(t, a.show("/page"), "<p>two 3 1</p>")
	contains(t, a.show("/other"), `>3</div>`)
	a.edit("state.js", `exports.n = 10; exports.made = 5;`, "page.js", "other.js")
	// Modules that nobody asked for in between are stale, too; what is global stays.
	a.edit("text.js", `exports.text = "three";`, "page.js")
	contains(t, a.show("/page"), "<p>three 11 1</p>")
	contains(t, a.show("/other"), `>11</div>`)
}

// What a module was before its changes is garbage, though modules that stay were first
// loaded by it.
func TestLiveForgetsForGood(t *testing.T) {
	const page = `require("./state.js"); exports.big = new Array(1 << 17).fill(%d.5);
		exports.default = () => require("./leaf.js").text; exports.getServerSideProps = () => ({ props: {} });`
	const leaf = `require("./state.js"); exports.big = new Array(1 << 17).fill(%d.5); exports.text = "edit %d";`
	a := startLive(t, map[string]string{"state.js": `exports.parent = module.parent;`, "page.js": fmt.Sprintf(page, 0), "leaf.js": fmt.Sprintf(leaf, 0, 0)})
	a.page("/page", "page.js")
	for i := range 300 { // a megabyte each of two modules: twice what the heap may hold
		a.edit("leaf.js", fmt.Sprintf(leaf, i, i), "page.js")
		contains(t, a.show("/page"), fmt.Sprintf("edit %d<", i))
	}
}

// V8 ends the process over a snapshot that it cannot restore.
func TestLiveFromSnapshot(t *testing.T) {
	shot, err := developmentSnapshot()
	if err != nil {
		t.Fatal(err)
	}
	a := startLiveFrom(t, shot, map[string]string{"page.js": countingPage, "state.js": `exports.n = 0; exports.made = 0;`, "text.js": `exports.text = "frozen";`})
	a.page("/page", "page.js")
	contains(t, a.show("/page"), "<p>frozen 1 1</p>")
}

func TestLiveAssets(t *testing.T) {
	a := startLive(t, map[string]string{"page.js": countingPage, "state.js": "exports.n = 0;", "text.js": `exports.text = "";`, "app.js": `
		const { jsx } = require("react/jsx-runtime"); exports.default = ({ Component }) => jsx("main", { children: jsx(Component, {}) });`})
	a.page("/page", "page.js", "static/css/a.css")
	html := a.show("/page")
	contains(t, html, `<link rel="stylesheet" href="/_next/static/css/a.css" data-n-p=""/>`)
	contains(t, html, `<script defer="" src="/_next/static/chunks/main.js"></script><script defer="" src="/_next/static/chunks/pages/page.js"></script>`)
	a.page("/page", "page.js", "static/css/b.css")
	a.page("/_app", "app.js", "static/css/app.css")
	html = a.show("/page")
	contains(t, html, `href="/_next/static/css/app.css" data-n-g=""/>`)
	contains(t, html, `href="/_next/static/css/b.css" data-n-p=""/>`)
	contains(t, html, `<div id="__next"><main><p>`)
	if strings.Contains(html, "a.css") {
		t.Error("a style of an earlier version is still there: ", html)
	}
	a.mu.Lock()
	delete(a.pages, "/_app")
	a.mu.Unlock()
	contains(t, a.show("/page"), `<div id="__next"><p>`)
}

func TestLiveMiddleware(t *testing.T) {
	a := startLive(t, map[string]string{"page.js": countingPage, "state.js": "exports.n = 0;", "text.js": `exports.text = "";`})
	a.page("/page", "page.js")
	const matchers = "/_next/static/development/_clientMiddlewareManifest.js"
	if html := a.show("/page"); strings.Contains(html, matchers) {
		t.Error("matchers of an app without middleware: ", html)
	}
	a.mu.Lock()
	a.middleware = `{"file":"` + liveServer + `middleware.js","source":"middleware.js","proxy":false}`
	a.mu.Unlock()
	a.edit("middleware.js", `exports.middleware = () => new Response("one");`)
	ask := func(want string) {
		t.Helper()
		reply, err := a.do("middleware", `{"method":"GET","url":"http://localhost/"}`+"\n[]", nil)
		if err != nil {
			t.Fatal(err)
		}
		got := string(reply.Body)
		if reply.Stream != nil {
			b := make([]byte, 64)
			n, _ := reply.Stream.Read(b)
			got = string(b[:n])
			reply.Stream.Close()
		}
		if got != want {
			t.Fatalf("middleware answered %q, want %q", got, want)
		}
	}
	ask("one")
	a.edit("middleware.js", `exports.middleware = () => new Response("two");`)
	ask("two")
	contains(t, a.show("/page"), matchers)
}

// A module that fails is run again when it has been mended, and errors of API routes
// are the server's to show.
func TestLiveErrors(t *testing.T) {
	a := startLive(t, map[string]string{
		"broken.js": `throw new Error("at load");`, "api.js": `exports.default = () => { throw new TypeError("api failed"); };`,
	})
	a.page("/broken", "broken.js")
	a.page("/api/a", "api.js")
	_, err := a.do("page", fill(t, "page", `{"route":"/broken","url":"/broken"}`), nil)
	if err == nil || !strings.Contains(err.Error(), "at load") {
		t.Fatalf("got %v", err)
	}
	a.edit("broken.js", `exports.default = () => "mended"; exports.getServerSideProps = () => ({ props: {} });`)
	contains(t, a.show("/broken"), "mended")
	_, err = a.do("api", fill(t, "api", `{"route":"/api/a","url":"/api/a"}`), nil)
	if err == nil || !strings.Contains(err.Error(), "TypeError: api failed") {
		t.Fatalf("got %v", err)
	}
}

// What development tells of code that production would run in silence.
func TestLiveWarnings(t *testing.T) {
	live := startLive(t, map[string]string{})
	const preamble = `const { jsx, jsxs } = require("react/jsx-runtime"), Link = require("next/link").default, Image = require("next/image").default,
		Head = require("next/head").default; exports.getServerSideProps = () => ({ props: {} }); exports.default = () => `
	// A case is a whole module, or an element that its page returns.
	for _, c := range []struct{ name, element, module, log, err string }{
		{name: "api that returns", module: `exports.default = (req, res) => { res.json({}); return 5; };`, log: "should not return a value; this one returned number"},
		{name: "api without an answer", module: `exports.default = (req, res) => { setTimeout(() => res.end("late"), 5); };`, log: "resolved without sending a response for /api/"},
		{name: "api with externalResolver", module: `exports.config = { api: { externalResolver: true } }; exports.default = (req, res) => { setTimeout(() => res.end("late"), 5); };`},
		{name: "api that returns a response", module: `exports.default = () => new Response("x");`, err: "The API route returned a Response"},
		{name: "api with a body for 204", module: `exports.default = (req, res) => { res.status(204).send("x"); };`, log: "status 204, which has no body"},
		{name: "props that JSON cannot hold", module: `exports.default = () => null; exports.getServerSideProps = () => ({ props: { a: { d: new Date() } } });`,
			err: "Error serializing `.a.d` returned from `getServerSideProps` in \"/page\".\nReason: `object` (\"[object Date]\")"},
		{name: "large data", module: `exports.default = () => null; exports.getServerSideProps = () => ({ props: { a: "x".repeat(2000) } });`, log: `data for page "/page" is 2.`},
		{name: "getInitialProps without result", module: `const A = () => null; A.getInitialProps = () => undefined; exports.default = A;`, err: `"A.getInitialProps()" should resolve to an object`},
		{name: "getInitialProps with an empty result", module: `const A = () => null; A.getInitialProps = () => ({}); exports.default = A;`, log: "A returned an empty object from getInitialProps"},
		{name: "a response used too late", module: `exports.default = () => null;
			exports.getServerSideProps = ({ res }) => { setTimeout(() => { try { res.setHeader("a", "b"); } catch {} }); return { props: {} }; };`,
			log: "You should not access 'res' after getServerSideProps resolves"},
		{name: "headers after the end", module: `exports.default = () => null;
			exports.getServerSideProps = ({ res }) => { res.end("ended"); res.setHeader("a", "b"); return { props: {} }; };`,
			log: "Cannot set headers after they are sent"},
		{name: "link without href", element: `jsx(Link, { children: "x" })`, err: "Failed prop type: The prop `href` expects a `string` or `object` in `<Link>`, but got `undefined` instead."},
		{name: "link with a wrong prop", element: `jsx(Link, { href: "/a", replace: "yes", children: "x" })`, err: "The prop `replace` expects a `boolean`"},
		{name: "link with a wrong prefetch", element: `jsx(Link, { href: "/a", prefetch: "yes", children: "x" })`, err: "The prop `prefetch` expects a"},
		{name: "link with an anchor", element: `jsx(Link, { href: "/a", children: jsx("a", { children: "x" }) })`, err: "<Link> has an <a> as its child"},
		{name: "link with two children", element: `jsxs(Link, { href: "/a", legacyBehavior: true, children: [jsx("a", {}, 1), jsx("a", {}, 2)] })`, err: `<Link legacyBehavior> with href "/a" has 2 children`},
		{name: "image without size", element: `jsx(Image, { src: "/a.png", alt: "" })`, err: `Image with src "/a.png" is missing required "width" property.`},
		{name: "image with a wrong size", element: `jsx(Image, { src: "/a.png", alt: "", width: "big", height: 1 })`, err: `has invalid "width" property. Expected a number of pixels, but received "big"`},
		{name: "image that fills and has a size", element: `jsx(Image, { src: "/a.png", alt: "", width: 1, fill: true })`, err: `has both "width" and "fill" properties`},
		{name: "image of a strange host", element: `jsx(Image, { src: "https://example.com/a.png", alt: "", width: 1, height: 1 })`, err: `hostname "example.com" is not configured under images`},
		{name: "image of a known host", element: `jsx(Image, { src: "https://a.img.example/x/a.png", alt: "", width: 1, height: 1 })`},
		{name: "image of another path there", element: `jsx(Image, { src: "https://a.img.example/y/a.png", alt: "", width: 1, height: 1 })`, err: `hostname "a.img.example" is not configured`},
		{name: "image with a query", element: `jsx(Image, { src: "/a.png?v=1", alt: "", width: 1, height: 1 })`, err: "matches none of images.localPatterns"},
		{name: "image without alt", element: `jsx(Image, { src: "/a.png", width: 1, height: 1 })`, log: `Image with src "/a.png" is missing required "alt" property`},
		{name: "image with a strange quality", element: `jsx(Image, { src: "/a.png", alt: "", width: 1, height: 1, quality: 9 })`, log: `has quality "9", which is not in images.qualities (75)`},
		{name: "script in the head", element: `jsx(Head, { children: jsx("script", { src: "/a.js" }) })`, log: `Do not add <script> tags using next/head (see <script> tag with src="/a.js")`},
		{name: "data for search engines in the head", element: `jsx(Head, { children: jsx("script", { type: "application/ld+json" }) })`},
		{name: "style sheet in the head", element: `jsx(Head, { children: jsx("link", { rel: "stylesheet", href: "/a.css" }) })`, log: `Do not add stylesheets using next/head (see <link rel="stylesheet"> tag with href="/a.css")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			job, route, code := "page", "/page", c.module
			if strings.HasPrefix(c.name, "api ") {
				job, route = "api", "/api/a"
			}
			if c.element != "" {
				code = preamble + c.element + ";"
			}
			live.edit("case.js", code)
			live.page(route, "case.js")
			live.takeLog()
			_, err := live.do(job, fill(t, job, `{"route":"`+route+`","url":"`+route+`"}`), nil)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			// Some is said when the answer is on its way.
			var log string
			for wait := 0; wait < 100; wait++ {
				if log += strings.Join(live.takeLog(), "\n"); c.log == "" || strings.Contains(log, c.log) {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if c.log != "" && !strings.Contains(log, c.log) || c.log == "" && log != "" {
				t.Errorf("console %q, want %q", log, c.log)
			}
		})
	}
}

// A document without one of its parts cannot work.
func TestLiveDocument(t *testing.T) {
	const document = `const { jsx, jsxs } = require("react/jsx-runtime"), { Html, Head, Main, NextScript } = require("next/document");
		exports.default = () => jsxs(Html, { children: [jsx(Head, {}), jsxs("body", { children: [%s] })] });`
	a := startLive(t, map[string]string{"page.js": countingPage, "state.js": "exports.n = 0;", "text.js": `exports.text = "";`,
		"document.js": fmt.Sprintf(document, "jsx(Main, {})")})
	a.page("/page", "page.js")
	a.page("/_document", "document.js")
	a.show("/page")
	if log := strings.Join(a.takeLog(), "\n"); !strings.Contains(log, "pages/_document does not render <NextScript />") {
		t.Errorf("console %q", log)
	}
	a.edit("document.js", fmt.Sprintf(document, "jsx(Main, {}), jsx(NextScript, {})"))
	contains(t, a.show("/page"), `<div id="__next">`)
	if log := a.takeLog(); len(log) > 0 {
		t.Errorf("console %q", log)
	}
}

// An error says which elements of the app it came from, wherever it was thrown.
func TestLiveErrorPlace(t *testing.T) {
	a := startLive(t, map[string]string{"page.js": `
		const { jsx } = require("react/jsx-runtime"), Link = require("next/link").default;
		function Menu() { return jsx(Link, { children: "nowhere" }); }
		exports.default = function Page() { return jsx(Menu, {}); };
		exports.getServerSideProps = () => ({ props: {} });`})
	a.page("/page", "page.js")
	_, err := a.do("page", fill(t, "page", `{"route":"/page","url":"/page"}`), nil)
	failed, ok := err.(*engine.Error)
	if !ok {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"at Menu (/app/.next/dev/server/page.js:3", "at Page (/app/.next/dev/server/page.js:4"} {
		contains(t, failed.Stack, want)
	}
	contains(t, string(failed.Detail), `at Menu`)
}
