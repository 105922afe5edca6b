package devclient

import (
	"strings"
	"testing"
)

// component is a module with one component as the compiler writes it: hooks is the
// signature's key, body the function's.
func component(name, hooks, body string, imports ...string) string {
	var required strings.Builder
	for _, id := range imports {
		required.WriteString("const " + id + ` = require("` + id + "\");\n")
	}
	return esm + required.String() + `
const { createElement: h, useState, useEffect, Component } = require("node_modules/react");
var _s = $RefreshSig$();
function ` + name + `(props) { _s(); ` + body + ` }
_s(` + name + `, "` + hooks + `");
var _c = ` + name + `;
exports.default = ` + name + `;
$RefreshReg$(_c, "` + name + `");`
}

const esm = `"use strict"; Object.defineProperty(exports, "__esModule", { value: true });`

// counter shows a label and how often it was clicked.
func counter(label string) string {
	return component("Counter", "useState{[n, set](0)}", `const [n, set] = useState(0); return h("b", { id: "counter", onClick: () => set(n + 1) }, "`+label+` " + n);`)
}

// mount is the root of the page: it renders what "app" exports, and stands for the
// router that takes pages anew.
const mount = `
const { createElement: h } = require("node_modules/react");
const { createRoot } = require("node_modules/react-dom/client");
globalThis.__NEXT_P = { push([route, page]) { globalThis.pageOf = page; globalThis.pageRoute = route; } };
__onward.page("/", { module: "app" });
const root = createRoot(document.getElementById("root"), {
  onCaughtError: (err) => globalThis.caught = err.message,
  onUncaughtError: (err) => globalThis.uncaught = err.message,
});
globalThis.render = () => { globalThis.shown = pageOf(); root.render(h(shown.default, globalThis.props)); };
__onward.attach({
  route: () => globalThis.route ?? "/", path: () => globalThis.path ?? "/",
  updated() { if (!__onward.isSameComponent(shown.default, pageOf().default)) render(); return true; },
  refreshData() { globalThis.refreshed = (globalThis.refreshed ?? 0) + 1; },
  forget(routes) { globalThis.forgotten = routes; },
});
render();
globalThis.click = async () => { document.getElementById("counter").click(); await settled(); };
globalThis.alive = Math.random();`

func quoted(s string) string { return quote(s) }

func TestFastRefresh(t *testing.T) {
	app := component("App", "", `return h("p", null, words.hello, h(counter.default));`, "counter", "words")
	modules := map[string]string{
		"main":    mount,
		"app":     app,
		"counter": counter("first"),
		"words":   `exports.hello = "Hello ";`,
	}
	for _, c := range []struct {
		name string
		more map[string]string
		body string
		want []string
	}{
		{
			name: "state is kept when a component changes",
			body: `await click(); await edit({ counter: ` + quoted(counter("second")) + ` }); return [text()];`,
			want: []string{"Hello second 1"},
		},
		{
			name: "state is reset when hooks change",
			body: `await click(); await edit({ counter: ` + quoted(component("Counter", "useState{[n, set](5)}",
				`const [n, set] = useState(5); return h("b", { id: "counter", onClick: () => set(n + 1) }, n);`)) + ` }); return [text()];`,
			want: []string{"Hello 5"},
		},
		{
			name: "importers run again and keep their state",
			body: `await click(); const before = pageOf(); await edit({ words: 'exports.hello = "Bye ";' }); return [text(), String(before === pageOf())];`,
			want: []string{"Bye first 1", "false"},
		},
		{
			name: "an edit twice in a row",
			body: `await click(); await edit({ counter: ` + quoted(counter("2nd")) + ` }); await edit({ counter: ` + quoted(counter("3rd")) + ` }); return [text()];`,
			want: []string{"Hello 3rd 1"},
		},
		{
			name: "the same version again does nothing",
			body: `const m = { id: "words", version: 7, imports: [], code: "(function(m, e) { globalThis.ran = (globalThis.ran ?? 0) + 1; e.hello = ran })" };
				receive({ type: "update", generation: 1, modules: [m] }); receive({ type: "update", generation: 2, modules: [m] }); await settled(); return [text()];`,
			want: []string{"1first 0"},
		},
		{
			name: "a page that is not shown may be anything",
			more: map[string]string{"other": `globalThis.runs = (globalThis.runs ?? 0) + 1; exports.helper = () => 1; exports.default = function Other() {};`},
			body: `__onward.define({}); const shownPage = pageOf; __onward.page("/other", { module: "other" }); const otherPage = pageOf; pageOf = shownPage;
				otherPage(); await edit({ other: "globalThis.runs++; exports.helper = () => 2;" }); return [String(otherPage().helper()), String(runs), text()];`,
			want: []string{"2", "2", "Hello first 0"},
		},
		{
			name: "class components mount anew",
			more: map[string]string{"counter": classCounter("old")},
			body: `await click(); await edit({ counter: ` + quoted(classCounter("new")) + ` }); return [text()];`,
			want: []string{"Hello new 0"},
		},
		{
			name: "a page that exports another component",
			body: `await click(); await edit({ app: ` + quoted(strings.ReplaceAll(app, "App", "Other")) + ` }); return [text(), String(alive > 0)];`,
			want: []string{"Hello first 0", "true"},
		},
		{
			name: "a component that gets another name",
			body: `await click(); await edit({ counter: ` + quoted(strings.ReplaceAll(counter("renamed"), "Counter", "Clicker")) + ` }); return [text()];`,
			want: []string{"Hello renamed 0"},
		},
		{
			name: "a component becomes more than a component",
			body: `await edit({ counter: ` + quoted(counter("more")+"exports.answer = 42;") + ` }); const one = text();
				await click(); await edit({ counter: ` + quoted(counter("most")+"exports.answer = 43;") + ` }); return [one, text()];`,
			want: []string{"Hello more 0", "Hello most 1"},
		},
		{
			name: "a module throws, then it is mended",
			body: `await click(); await edit({ counter: "throw new Error('broken')" }); const one = text(), seen = document.querySelector("onward-overlay") !== null;
				await edit({ words: 'exports.hello = "Meanwhile "' }); const two = text();
				await edit({ counter: ` + quoted(counter("mended")) + ` }); return [one, two, text()];`,
			want: []string{"Hello first 1", "Meanwhile first 1", "Meanwhile mended 1"},
		},
		{
			name: "a dependency throws, then it is mended",
			body: `await click(); await edit({ words: "throw new Error('broken')" }); const one = text();
				await edit({ words: "exports.hello = 'Mended '" }); return [one, text()];`,
			want: []string{"Hello first 1", "Mended first 1"},
		},
		{
			name: "a component throws, then it is mended",
			body: `await click(); await edit({ counter: ` + quoted(component("Counter", "useState{[n, set](0)}", `const [n, set] = useState(0); throw new Error("in render")`)) + ` });
				const one = [text(), uncaught]; await edit({ counter: ` + quoted(counter("mended")) + ` }); return [...one, text()];`,
			want: []string{"", "in render", "Hello mended 0"},
		},
		{
			name: "an error boundary recovers",
			more: map[string]string{"app": component("App", "", `return h(Boundary, null, h(counter.default));`, "counter") + `
				class Boundary extends Component { state = {}; static getDerivedStateFromError(err) { return { err } }
				render() { return this.state.err ? "caught " + this.state.err.message : this.props.children } }`},
			body: `await edit({ counter: ` + quoted(component("Counter", "", `throw new Error("it")`)) + ` }); const one = text();
				await edit({ counter: ` + quoted(counter("back")) + ` }); return [one, caught, text()];`,
			want: []string{"caught it", "it", "back 0"},
		},
		{
			name: "an error boundary recovers from its first render",
			more: map[string]string{
				"app": component("App", "", `return h(Boundary, null, h(counter.default));`, "counter") + `
				class Boundary extends Component { componentDidCatch() {} render() { return this.props.children } }`,
				"counter": component("Counter", "", `throw new Error("first")`),
			},
			body: `await until(() => globalThis.caught); await edit({ counter: ` + quoted(counter("shown")) + ` }); return [caught, text()];`,
			want: []string{"first", "shown 0"},
		},
		{
			name: "a new module that an update imports",
			body: `await click(); await edit({ words: 'exports.hello = require("fresh").text;', fresh: 'exports.text = "Fresh ";' }); return [text()];`,
			want: []string{"Fresh first 1"},
		},
		{
			name: "a module that is missing at first",
			body: `await edit({ words: 'exports.hello = require("later").text;' }); const one = text();
				await edit({ later: 'exports.text = "Later ";' }); return [one, text()];`,
			want: []string{"Hello first 0", "Later first 0"},
		},
		{
			name: "circles of imports",
			more: map[string]string{
				"words": `const other = require("other"); exports.hello = "Hello "; exports.say = () => other.word;`,
				"other": `const words = require("words"); exports.word = "x"; exports.back = () => words.hello;`,
			},
			body: `await click(); await edit({ other: 'const words = require("words"); exports.word = "y"; exports.back = () => words.hello;' });
				return [text(), String(alive > 0)];`,
			want: []string{"Hello first 1", "true"},
		},
		{
			name: "what only a lazy module exports",
			more: map[string]string{"app": component("App", "useState{[w, set]('')}", `const [w, set] = useState(""); globalThis.fill = () => require.load("lazy").then((ns) => set(ns.word)); return w;`)},
			body: `__onward.define({ lazy: { version: 1, imports: [], run(m, exports) { exports.__esModule = true; exports.word = "one" } } });
				await fill(); await settled(); const one = text(); await edit({ lazy: "exports.__esModule = true; exports.word = 'two'" }); await fill(); await settled(); return [one, text()];`,
			want: []string{"one", "two"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := map[string]string{}
			for _, m := range []map[string]string{modules, c.more} {
				for id, body := range m {
					all[id] = body
				}
			}
			tab := open(t, page{modules: all})
			eval(t, tab, `await until(() => text() !== "" || document.getElementById("root").childNodes.length || globalThis.fill || globalThis.caught);`+c.body, c.want...)
		})
	}
}

func classCounter(label string) string {
	return esm + `const { createElement: h, Component } = require("node_modules/react");
class Counter extends Component { state = { n: 0 }; render() { return h("b", { id: "counter", onClick: () => this.setState({ n: this.state.n + 1 }) }, "` + label + ` " + this.state.n); } }
exports.default = Counter;`
}

// TestHot is module.hot, as users of webpack know it.
func TestHot(t *testing.T) {
	for _, c := range []struct {
		name    string
		modules map[string]string
		body    string
		want    []string
	}{
		{
			name:    "a module accepts itself and keeps data",
			modules: map[string]string{"main": `require("a")`, "a": self("1")},
			body:    `await edit({ a: ` + quoted(self("2")) + ` }); await edit({ a: ` + quoted(self("3")) + ` }); return log;`,
			want:    []string{"1 undefined", "dispose 1", "2 from 1", "dispose 2", "3 from 2"},
		},
		{
			name:    "an importer accepts a dependency",
			modules: map[string]string{"src/main": ``, "main": `require("src/main")`, "src/a.js": `module.exports = "one"`, "src/b/index.ts": `module.exports = "two"`},
			body: `__onward.define({ "src/user": { version: 1, imports: ["src/a.js", "src/b/index.ts"], run(module, exports, require) {
					globalThis.log = [require("src/a.js"), require("src/b/index.ts")];
					module.hot.accept(["./a", "./b"], (ids) => log.push(ids.join(), require("src/a.js"), require("src/b/index.ts")));
				} } }); __onward.require("src/user");
				await edit({ "src/a.js": "module.exports = 'three'" }); await edit({ "src/a.js": "module.exports = 'four'", "src/b/index.ts": "module.exports = 'five'" }); return log;`,
			want: []string{"one", "two", "src/a.js", "three", "two", "src/a.js,src/b/index.ts", "four", "five"},
		},
		{
			name: "imports of an importer that accepts are alive",
			modules: map[string]string{
				"main": esm + `const a = require("a"); module.hot.accept("a"); globalThis.word = () => a.word;`,
				"a":    esm + `Object.defineProperty(exports, "word", { get: () => "one", enumerable: true, configurable: true });`,
			},
			body: `const all = [word()]; for (const w of ["two", "three"]) {
					await edit({ a: ` + quoted(esm) + ` + 'Object.defineProperty(exports, "word", { get: () => "' + w + '", enumerable: true, configurable: true });' }); all.push(word());
				} return all;`,
			want: []string{"one", "two", "three"},
		},
		{
			name:    "errors go to the handler",
			modules: map[string]string{"main": `require("a")`, "a": `module.hot.accept((err, { moduleId }) => globalThis.log = [err.message, moduleId])`},
			body:    `await edit({ a: "throw new Error('no')" }); return log;`,
			want:    []string{"no", "a"},
		},
		{
			name:    "invalidate runs the importers again",
			modules: map[string]string{"main": `require("user")`, "user": `globalThis.log ??= []; log.push("user " + require("a")); module.hot.accept();`, "a": `module.hot.accept(); module.hot.dispose((data) => (data.first = true)); module.exports = 1;`},
			body:    `await edit({ a: "module.hot.accept(); module.exports = 2; if (module.hot.data.first) module.hot.invalidate();" }); return log;`,
			want:    []string{"user 1", "user 2"},
		},
		{
			name: "invalidate outside of an update",
			modules: map[string]string{"main": `require("user")`, "user": `globalThis.log ??= []; log.push("user " + require("a").n); module.hot.accept();`,
				"a": `globalThis.n = (globalThis.n ?? 0) + 1; exports.n = n; globalThis.again = () => module.hot.invalidate();`},
			body: `again(); await settled(); return log;`,
			want: []string{"user 1", "user 2"},
		},
		{
			name:    "status handlers",
			modules: map[string]string{"main": `require("a")`, "a": `module.hot.accept(); globalThis.log ??= [module.hot.status()]; module.hot.addStatusHandler((s) => log.push(s));`},
			body:    `await edit({ a: "" }); return log;`,
			want:    []string{"idle", "prepare", "dispose", "apply", "idle"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tab := open(t, page{modules: c.modules})
			eval(t, tab, `__onward.attach({ route: () => "/", path: () => "/", updated: () => true });`+c.body, c.want...)
		})
	}
}

func self(name string) string {
	return `globalThis.log ??= []; log.push("` + name + ` " + (module.hot.data ? "from " + module.hot.data.name : "undefined"));
		module.hot.accept(); module.hot.dispose((data) => { log.push("dispose ` + name + `"); data.name = "` + name + `"; });`
}

// TestReload is what only a new document can show.
func TestReload(t *testing.T) {
	attached := `__onward.attach({ route: () => "/", path: () => "/", updated: () => true });`
	for _, c := range []struct {
		name, main, script, reason string
		more                       map[string]string
	}{
		{name: "nothing accepts", main: attached + `require("a")`, more: map[string]string{"a": ""}, script: `edit({ a: "1" })`, reason: "nothing accepts a (through main)"},
		{name: "a module declines", main: attached + `require("a"); module.hot.accept("a")`, more: map[string]string{"a": "module.hot.decline()"}, script: `edit({ a: "1" })`, reason: "a declines updates"},
		{name: "an importer declines", main: attached + `require("a"); module.hot.decline("a")`, more: map[string]string{"a": ""}, script: `edit({ a: "1" })`, reason: "main declines updates of a"},
		{name: "a page exports more than components", main: mount, more: map[string]string{"app": component("App", "", "return 1") + "exports.helper = 1;"},
			script: `edit({ app: "exports.default = () => null" })`, reason: "app exports more than components"},
		{name: "the page never started", main: `__onward.page("/", { module: "a" }); __NEXT_P[0][1]()`, more: map[string]string{"a": "throw new Error('no')"}, script: `edit({ a: "1" })`, reason: "the page had failed"},
		{name: "the server says so", main: attached, script: `receive({ type: "reload", reason: "_document changed" })`, reason: "_document changed"},
		{name: "the page is gone", main: mount, more: map[string]string{"app": component("App", "", "return 1")},
			script: `receive({ type: "pages", manifest: { sortedPages: ["/other"] } })`, reason: "/ is gone"},
		{name: "a page may be there now", main: mount + `globalThis.route = "/404";`, more: map[string]string{"app": component("App", "", "return 1")},
			script: `receive({ type: "pages", manifest: { sortedPages: ["/"] } })`, reason: "pages were added or removed"},
		{name: "a page of its own", main: mount + `globalThis.route = "/[id]"; globalThis.path = "/a";`, more: map[string]string{"app": component("App", "", "return 1")},
			script: `receive({ type: "pages", manifest: { sortedPages: ["/a", "/[id]", "/"] } })`, reason: "/a has a page of its own"},
		{name: "another run of the server", main: attached,
			script: `(receive({ type: "hello", session: "a", generation: 0 }), receive({ type: "hello", session: "b", generation: 0 }))`, reason: "the server was restarted"},
		{name: "updates were missed", main: attached + `require("a")`, more: map[string]string{"a": ""},
			script: `receive({ type: "hello", session: "a", generation: 3, versions: { a: 2, unknown: 9 } })`, reason: "changes were missed"},
		{name: "an update whose code does not parse", main: attached, script: `receive({ type: "update", generation: 1, modules: [{ id: "a", version: 2, imports: [], code: "(function( {" }] })`,
			reason: "Unexpected end of input"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			modules := map[string]string{"main": c.main}
			for id, body := range c.more {
				modules[id] = body
			}
			reloads(t, open(t, page{modules: modules}), c.script, c.reason)
		})
	}
}
