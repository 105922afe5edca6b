package devclient

import "testing"

func TestModules(t *testing.T) {
	tab := open(t, page{
		modules: map[string]string{
			"main": `globalThis.require = require;`,
			"a":    `exports.early = require("b").early; exports.name = "a"; exports.late = () => require("b").late();`,
			"b":    `const a = require("a"); exports.early = a.name; exports.late = () => a.name;`,
			"once": `globalThis.runs = (globalThis.runs ?? 0) + 1; module.exports = () => "replaced";`,
			"bad":  `globalThis.tries = (globalThis.tries ?? 0) + 1; if (tries < 2) throw new Error("not yet"); exports.fine = true;`,
			"lost": `require("nowhere");`,
			"via":  `require("lost");`,
			"esm":  `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 1;`,
			"cjs":  `module.exports = { one: 1, default: "own" };`,
			"this": `exports.same = this === exports && this === module.exports;`,
		},
		chunks: map[string]string{
			"lazy/some/lazy~5Bx~5D~20~C3~A9.js": define(map[string]string{"some/lazy[x] é": `exports.shared = require("once")(); exports.__esModule = true;`}, 1) +
				`globalThis.fetched = (globalThis.fetched ?? 0) + 1; __onward.lazy("some/lazy[x] é");`,
			"lazy/styled.js": define(map[string]string{"styled": `require("lazy.css"); exports.color = getComputedStyle(document.body).color;`, "lazy.css": ""}, 1) + `__onward.lazy("styled");`,
		},
		styles: map[string]string{"/_next/static/css/lazy.css.css": "body { color: rgb(1, 2, 3) }"},
	})
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"circles see what is there", `const a = require("a"); return [String(a.early), a.late()];`, []string{"undefined", "a"}},
		{"a module runs once", `return [require("once")(), String(require("once") === require("once")), String(runs)];`, []string{"replaced", "true", "1"}},
		{"this is exports", `return [String(require("this").same)];`, []string{"true"}},
		{"a failure is not remembered", `try { require("bad") } catch (e) { var first = e.message } return [first, String(require("bad").fine)];`, []string{"not yet", "true"}},
		{"a missing module says who wants it", `try { require("via") } catch (e) { return [e.message, e.code] }`,
			[]string{"Cannot find module 'nowhere', imported by lost ← via ← main", "MODULE_NOT_FOUND"}},
		{"a namespace is the ES module itself", `return [String(await require.load("esm") === require("esm"))];`, []string{"true"}},
		{"a namespace of CommonJS", `const ns = await require.load("cjs"); return [JSON.stringify(ns.default), String(ns.one), String(ns === await require.load("cjs"))];`,
			[]string{`{"one":1,"default":"own"}`, "1", "true"}},
		{"a lazy chunk is fetched once", `const [x, y] = await Promise.all([require.load("some/lazy[x] é"), require.load("some/lazy[x] é")]);
			await require.load("some/lazy[x] é"); return [x.shared, String(x === y), String(fetched)];`, []string{"replaced", "true", "1"}},
		{"a lazy chunk comes with its styles", `return [(await require.load("styled")).color];`, []string{"rgb(1, 2, 3)"}},
		{"a chunk that is not there", `try { await require.load("none") } catch (e) { return [e.message.replace(location.origin, "")] }`,
			[]string{"Failed to load script: /_next/static/chunks/lazy/none.js"}},
		{"newer code replaces what has not run", `__onward.define({ v: { version: 2, imports: [], run(m) { m.exports = 2 } } });
			__onward.define({ v: { version: 1, imports: [], run(m) { m.exports = 1 } } }); const first = require("v");
			__onward.define({ v: { version: 3, imports: [], run(m) { m.exports = 3 } } }); return [String(first), String(require("v"))];`, []string{"2", "2"}},
		{"process and global", `return [process.env.NODE_ENV, String(process.browser), String(global === globalThis), await new Promise((r) => process.nextTick(r, "ticked"))];`,
			[]string{"development", "true", "true", "ticked"}},
	} {
		t.Run(c.name, func(t *testing.T) { eval(t, tab, c.body, c.want...) })
	}
}
