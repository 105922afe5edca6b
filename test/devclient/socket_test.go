package devclient

import (
	"strings"
	"testing"
)

const attached = `__onward.attach({ route: () => globalThis.route ?? "/", path: () => globalThis.path ?? "/", updated: () => true,
	refreshData() { globalThis.refreshed = (globalThis.refreshed ?? 0) + 1; }, forget(routes) { globalThis.forgotten = routes; } });`

// TestSocket is what the client says to the server and does about its messages.
func TestSocket(t *testing.T) {
	for _, c := range []struct {
		name string
		page page
		body string
		want []string
	}{
		{
			name: "it connects where its script came from",
			body: `return [sockets[0].url.replace(location.host, "host")];`,
			want: []string{"ws://host/_next/webpack-hmr"},
		},
		{
			name: "it says which page is shown",
			body: `receive({ type: "hello", session: "s", generation: 4 }); globalThis.route = "/b"; __onward.navigated();
				return sockets[0].sent.filter((m) => m.type === "page").slice(-2).map((m) => [m.route, m.session, m.generation].join());`,
			want: []string{"/,s,4", "/b,s,4"},
		},
		{
			name: "data of the page that is shown",
			body: `receive({ type: "data", routes: ["/other"] }); await settled(); const before = String(globalThis.refreshed);
				receive({ type: "data", routes: ["/other", "/"] }); await settled(); return [before, String(refreshed)];`,
			want: []string{"undefined", "1"},
		},
		{
			name: "it comes back when the connection is lost",
			body: `receive({ type: "hello", session: "s", generation: 1, versions: {} }); sockets[0].fail(); await until(() => sockets.length > 1);
				receive({ type: "hello", session: "s", generation: 1, versions: {} }); await settled(); return [String(sockets.length), String(globalThis.refreshed)];`,
			want: []string{"2", "undefined"},
		},
		{
			name: "missed data is fetched",
			body: `receive({ type: "hello", session: "s", generation: 1, versions: {} }); sockets[0].fail(); await until(() => sockets.length > 1);
				receive({ type: "hello", session: "s", generation: 2, versions: { main: 1, elsewhere: 7 } }); await settled(); return [String(refreshed)];`,
			want: []string{"1"},
		},
		{
			name: "a browser that wakes up does not wait",
			body: `globalThis.offline = true; sockets[0].fail(); await until(() => sockets.length > 3); const before = sockets.length;
				globalThis.offline = false; dispatchEvent(new Event("online")); return [String(sockets.length - before)];`,
			want: []string{"1"},
		},
		{
			name: "another network, another connection",
			body: `receive({ type: "hello", session: "s", generation: 1, versions: {} }); dispatchEvent(new Event("online"));
				await until(() => sockets.at(-1).readyState === 1); return [sockets.map((s) => s.readyState).join()];`,
			want: []string{"3,1"},
		},
		{
			name: "errors in the console are told even before there is a connection",
			page: page{modules: map[string]string{"main": `console.error("early");` + attached}},
			body: `await until(() => sockets[0].sent.some((m) => m.type === "log")); return [sockets[0].sent.find((m) => m.type === "log").text];`,
			want: []string{"early"},
		},
		{
			name: "pages come and go",
			body: `__onward.page("/kept", { module: "k" }); __onward.page("/gone", { module: "g" });
				receive({ type: "pages", manifest: { sortedPages: ["/", "/_app", "/kept", "/new"], "/new": ["static/chunks/pages/new.js"] } });
				return [forgotten.join(), self.__BUILD_MANIFEST["/new"][0]];`,
			want: []string{"/gone", "static/chunks/pages/new.js"},
		},
		{
			name: "modules that are gone, and come again",
			page: page{modules: map[string]string{"main": `globalThis.require = require;` + attached, "a": `exports.n = 1`}},
			body: `require("a"); receive({ type: "update", generation: 1, gone: ["b"] }); await settled();
				__onward.define({ b: { version: 1, imports: [], run(m, e) { e.n = 2 } } }); const one = __onward.require("b").n;
				receive({ type: "update", generation: 2, gone: ["b"] }); await settled(); let lost; try { __onward.require("b") } catch (e) { lost = e.code }
				__onward.define({ b: { version: 5, imports: [], run(m, e) { e.n = 3 } } }); return [String(one), lost, String(__onward.require("b").n)];`,
			want: []string{"2", "MODULE_NOT_FOUND", "3"},
		},
		{
			name: "other messages do no harm",
			body: `receive({ type: "whatever" }); receive({ type: "busy", busy: true }); receive({ type: "busy", busy: false }); await settled(); return ["fine"];`,
			want: []string{"fine"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.page.modules == nil {
				c.page.modules = map[string]string{"main": attached}
			}
			eval(t, open(t, c.page), c.body, c.want...)
		})
	}
}

// TestStyles is about stylesheets: new versions, those that come and go with imports.
func TestStyles(t *testing.T) {
	files := map[string]string{
		"/_next/static/css/a.css.css":         "body { color: rgb(1, 0, 0) }",
		"/_next/static/css/a.css.css?v=2":     "body { color: rgb(2, 0, 0) }",
		"/_next/static/css/b.css.css":         "body { color: rgb(3, 0, 0); margin: 7px }",
		"/_next/static/css/b~20c.css.css":     "body { color: rgb(4, 0, 0) }",
		"/_next/static/css/b~20c.css.css?v=9": "body { color: rgb(5, 0, 0) }",
	}
	head := `<link rel="stylesheet" href="/_next/static/css/a.css.css" data-n-p="">`
	main := `globalThis.require = require; __onward.page("/", { module: "app" });` + attached + `
		globalThis.loaded = () => until(() => [...document.querySelectorAll("link")].every((l) => l.sheet));
		globalThis.color = () => getComputedStyle(document.body).color;
		globalThis.links = () => [...document.querySelectorAll("link")].map((l) => l.getAttribute("href").replace("/_next/static/css/", "")).join();`
	app := `require("a.css"); exports.default = function App() {};`
	for _, c := range []struct {
		name, app, body string
		want            []string
	}{
		{
			name: "new rules without a flash",
			body: `const seen = new Set(); let on = true; const watch = () => { seen.add(color()); on && requestAnimationFrame(watch) }; watch();
				await edit({}, { styles: [{ id: "a.css", href: "/_next/static/css/a.css.css?v=2" }] }); await until(() => links() === "a.css.css?v=2"); on = false;
				return [color(), [...seen].filter((c) => c !== "rgb(1, 0, 0)" && c !== "rgb(2, 0, 0)").join()];`,
			want: []string{"rgb(2, 0, 0)", ""},
		},
		{
			name: "a style of another page is left out",
			body: `await edit({}, { styles: [{ id: "b.css", href: "/_next/static/css/b.css.css?v=3" }] }); return [links()];`,
			want: []string{"a.css.css"},
		},
		{
			name: "an import of a stylesheet is added",
			body: `await edit({ app: 'require("a.css"); require("b.css"); exports.default = function App() {};', "b.css": "" }); await loaded(); return [links(), color()];`,
			want: []string{"a.css.css,b.css.css", "rgb(3, 0, 0)"},
		},
		{
			name: "and before the others",
			body: `await edit({ app: 'require("b.css"); require("a.css"); exports.default = function App() {};', "b.css": "" }); await loaded(); return [links(), color()];`,
			want: []string{"b.css.css,a.css.css", "rgb(1, 0, 0)"},
		},
		{
			name: "an import is removed",
			body: `await edit({ app: 'exports.default = function App() {};' }); return [links(), color()];`,
			want: []string{"", "rgb(0, 0, 0)"},
		},
		{
			name: "deep imports with names that need escapes",
			app:  `require("deep"); exports.default = function App() {};`,
			body: `await edit({ deep: 'require("b c.css");', "b c.css": "" }); await until(() => color() !== "rgb(1, 0, 0)"); const one = color();
				await edit({}, { styles: [{ id: "b c.css", href: "/_next/static/css/b~20c.css.css?v=9" }] }); await until(() => color() === "rgb(5, 0, 0)"); return [one, color(), __onward.stylesOf("/").join()];`,
			want: []string{"rgb(4, 0, 0)", "rgb(5, 0, 0)", "/_next/static/css/b~20c.css.css?v=9"},
		},
		{
			name: "what came while the page was away",
			body: `receive({ type: "hello", session: "s", generation: 3, versions: {}, styles: [{ id: "a.css", href: "/_next/static/css/a.css.css?v=2" }] });
				await until(() => links() === "a.css.css?v=2"); return [color()];`,
			want: []string{"rgb(2, 0, 0)"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			modules := map[string]string{"main": main, "app": app, "a.css": "", "deep": ""}
			if c.app != "" {
				modules["app"] = c.app
			}
			eval(t, open(t, page{modules: modules, styles: files, head: head}), c.body, c.want...)
		})
	}
}

// TestPolicy is about pages with a Content-Security-Policy. Timers, because what
// DevTools evaluate is above the policy.
func TestPolicy(t *testing.T) {
	modules := map[string]string{"main": attached + `require("a"); module.hot.accept("a", () => globalThis.got = require("a").n);`, "a": `exports.n = 1`}
	t.Run("a nonce is enough", func(t *testing.T) {
		tab := open(t, page{modules: modules, policy: "script-src 'nonce-n'"})
		eval(t, tab, `setTimeout(() => edit({ a: "exports.n = '</script>'" })); await until(() => globalThis.got); return [got, String(document.querySelectorAll("script").length)];`, "</script>", "1")
	})
	t.Run("else the document is loaded again", func(t *testing.T) {
		tab := open(t, page{modules: modules, policy: "script-src 'self'"})
		reloads(t, tab, `setTimeout(() => edit({ a: "exports.n = 2" }))`, "The Content-Security-Policy of the page does not let updates run")
	})
}

// TestErrorDocument is the page that the server sends in place of one that failed.
func TestErrorDocument(t *testing.T) {
	document := func(kind string) page {
		return page{head: `<script id="__ONWARD_PROBLEMS" type="application/json">[{"kind":"` + kind + `","title":"Error","text":"it failed"}]</script>`}
	}
	for _, c := range []struct{ name, kind, script, reason string }{
		{"a file changed", "server", `receive({ type: "update", generation: 1, modules: [{ id: "a", version: 1, imports: [], code: "" }] })`, "a file changed"},
		{"data changed", "server", `receive({ type: "data", routes: ["/x"] })`, "data changed"},
		{"all is mended", "build", `receive({ type: "problems", problems: [] })`, "all is mended"},
		{"mended before it was shown", "build", `receive({ type: "hello", session: "s", generation: 2, problems: [] })`, "all is mended"},
		{"pages", "server", `receive({ type: "pages", manifest: { sortedPages: ["/"] } })`, "pages were added or removed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reloads(t, open(t, document(c.kind)), c.script, c.reason)
		})
	}
	t.Run("it stays while the problem does", func(t *testing.T) {
		tab := open(t, document("server"))
		eval(t, tab, `globalThis.before = true; receive({ type: "hello", session: "s", generation: 2, problems: [] }); await new Promise((r) => setTimeout(r, 100)); return [String(before)];`, "true")
	})
	t.Run("it is not loaded for ever", func(t *testing.T) {
		tab := open(t, document("build"))
		hello := `receive({ type: "hello", session: "s", generation: 2, problems: [] })`
		reloads(t, tab, hello, "all is mended")
		eval(t, tab, `globalThis.before = true; `+hello+`; await new Promise((r) => setTimeout(r, 100)); return [String(before)];`, "true")
		if n := strings.Count(strings.Join(tab.Console(), "\n"), "reloading"); n != 1 {
			t.Errorf("it was loaded again %d times", n)
		}
	})
}
