package overlay

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const buildProblem = `{kind: "build", title: "Build error", text: "Expected \">\" but found \"item\"", file: "components/cart.tsx", line: 5, column: 62, frame: ` + "FRAME" + `, hint: "Close the tag before it."}`

func problems(list ...string) string {
	return `__serve({ type: "problems", problems: [` + strings.ReplaceAll(strings.Join(list, ","), "FRAME", quote(frame)) + `] })`
}

// mismatch is what React says when trees differ.
const mismatch = "Hydration failed because the server rendered text didn't match the client. As a result this tree will be regenerated on the client. This can happen if a SSR-ed Client Component used:\n\n- A server/client branch `if (typeof window !== 'undefined')`.\n- Variable input such as `Date.now()` or `Math.random()` which changes each time it's called.\n\nhttps://react.dev/link/hydration-mismatch\n\n  <Boundary>\n    <App pageProps={{}} router={{...}}>\n      <Clock>\n        <main>\n          <p className=\"time\">\n+           10:41:07\n-           10:41:05\n"

// Each case makes something go wrong in the page; the overlay says all of want.
func TestCases(t *testing.T) {
	cases := []struct {
		name string
		do   string
		want []string
		not  []string
	}{
		{"build", problems(buildProblem),
			[]string{"Build error", `Expected ">" but found "item"`, "components/cart.tsx:5:62", "const total", "Close the tag before it."}, []string{"Call stack"}},
		{"event", `document.getElementById("b").click()`,
			[]string{"Runtime error", "TypeError", "Cannot read properties of undefined", "Call stack", "addUp", "components/cart.tsx:5:62", "checkout", "pages/[[...shop]].tsx:12:3"}, nil},
		{"cause", `setTimeout(() => { try { checkout() } catch (cause) { throw new Error("The order was not placed", { cause }) } })`,
			[]string{"The order was not placed", "Caused by", "TypeError", "addUp"}, nil},
		{"rejection", `Promise.reject(new RangeError("out of stock"))`, []string{"Unhandled rejection", "Unhandled RangeError", "out of stock"}, nil},
		{"value", `Promise.reject({ code: 42 })`, []string{`{"code":42}`, "is not an Error"}, []string{"Call stack"}},
		{"several", `Promise.reject(new AggregateError([new Error("first"), new Error("second")], "both failed"))`, []string{"both failed", "- first", "- second", "Caused by"}, nil},
		{"hydration", `console.error(Object.assign(new Error(` + quote(mismatch) + `)))`,
			[]string{"Hydration mismatch", "the server rendered text didn't match", "+ browser", "+           10:41:07", "-           10:41:05", "<Clock>", "Server and browser rendered different things"}, []string{"https://react.dev"}},
		{"recoverable", `__onward.report("hydration", new Error(` + quote(mismatch) + `), { componentStack: "\n    at div (<anonymous>)\n    at Cart (http://h/x.js:1:1)" })`,
			[]string{"Hydration mismatch", "+           10:41:07", "Component stack", "Cart", "components/cart.tsx:3:25"}, []string{"Runtime error"}},
		{"attributes", `console.error("A tree hydrated but some attributes of the server rendered HTML didn't match the client properties. This won't be patched up.%s%s", "\n\nhttps://react.dev/link/hydration-mismatch", "\n\n  <Card>\n    <p\n+     className=\"browser\"\n-     className=\"server\"\n    >")`,
			[]string{"Hydration mismatch", "some attributes", `+     className="browser"`, `-     className="server"`}, nil},
		{"nesting", `console.error("In HTML, %s cannot be a descendant of <%s>.\nThis will cause a hydration error.%s", "<div>", "p", "\n\n  <Card>\n>   <p>\n>     <div>\n")`,
			[]string{"Hydration mismatch", "<div> cannot be a descendant of <p>", ">     <div>", "Use an element that may stand inside"}, nil},
		{"react", `__onward.report("runtime", Object.assign(new Error("no price"), { stack: "Error: no price\n    at addUp (x)" }), { componentStack: "\n    at Cart (http://h/x.js:1:1)\n    at div (<anonymous>)\n    at App (http://h/y.js:1:1)" })`,
			[]string{"no price", "Component stack", "Cart", "components/cart.tsx:3:25"}, nil},
		{"two", problems(buildProblem, `{kind: "build", title: "Build error", text: "Module not found: ./gone"}`), []string{"1 / 2", "Build error"}, nil},
		{"long", `setTimeout(() => { throw new Error(Array.from({ length: 10000 }, (_, i) => "line " + i).join("\n")) })`, []string{"line 0", "line 9999"}, nil},
		{"links", `setTimeout(() => { throw new Error("see https://nextjs.org/docs/messages/x, (https://example.com/a).") })`, []string{"https://nextjs.org/docs/messages/x, (https://example.com/a)."}, nil},
		{"markup", `setTimeout(() => { throw Object.assign(new Error("<img src=x onerror=__hacked=1><script>__hacked=1</script>"), { name: "<b onclick=1>" }) })`,
			[]string{"<img src=x onerror=__hacked=1><script>__hacked=1</script>", "<b onclick=1>"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			tab := s.visit(t, "")
			eval(t, tab, c.do)
			for _, want := range c.want {
				until(t, tab, `(__shown() + __root.querySelector(".at").innerText).includes(`+quote(want)+`)`)
			}
			for _, not := range c.not {
				until(t, tab, `!__shown().includes(`+quote(not)+`)`)
			}
			until(t, tab, `!globalThis.__hacked && !__root.querySelector("img, script, [onclick]")`)
			shot(t, tab, c.name)
			if c.name == "build" || c.name == "event" || c.name == "hydration" {
				if err := tab.Prefer("prefers-color-scheme", "dark"); err != nil {
					t.Fatal(err)
				}
				until(t, tab, `getComputedStyle(__root.querySelector("dialog")).backgroundColor === "rgb(19, 19, 22)"`)
				shot(t, tab, c.name+"-dark")
			}
		})
	}
}

// What nobody can act on is not shown.
func TestQuiet(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	for _, do := range []string{
		`Promise.reject(new DOMException("aborted", "AbortError"))`,
		`Promise.reject(Object.assign(new Error("Loading was cancelled"), { cancelled: true }))`,
		`Promise.reject(Object.assign(new Error("wallet"), { stack: "Error: wallet\n    at x (chrome-extension://abc/inject.js:1:2)\n    at y (http://h/y.js:1:1)" }))`,
		`dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop completed with undelivered notifications." }))`,
		`dispatchEvent(new ErrorEvent("error", { message: "Script error." }))`,
		`dispatchEvent(new ErrorEvent("error", { message: "x", filename: "moz-extension://abc/x.js" }))`,
		`document.body.append(Object.assign(document.createElement("img"), { src: "data:image/png,broken" }))`,
		`console.error("an error that the app logs"); console.error(new Error("and one it caught"))`,
	} {
		eval(t, tab, do)
	}
	// A build error that is mended at once was never on the screen.
	eval(t, tab, `__root = undefined; `+problems(buildProblem)+`; setTimeout(() => { `+problems()+` }, 10)`)
	eval(t, tab, `setTimeout(() => { globalThis.__later = true }, 400)`)
	until(t, tab, `globalThis.__later`)
	until(t, tab, `!document.querySelector("onward-overlay") && !__root`)
	shot(t, tab, "quiet")
}

func TestMending(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	eval(t, tab, problems(buildProblem))
	until(t, tab, `__shown().includes("Build error")`)
	eval(t, tab, problems())
	until(t, tab, `__shown() === "" && !document.querySelector("onward-overlay")`)

	eval(t, tab, `document.getElementById("b").click(); document.getElementById("b").click(); document.getElementById("b").click()`)
	until(t, tab, `__shown().includes("TypeError") && __root.querySelector(".times").innerText === "3×"`)
	eval(t, tab, `__onward.navigated("/")`)
	until(t, tab, `!document.querySelector("onward-overlay")`)
}

// A page that throws at every turn is shown, and so is one that empties the document.
func TestRestless(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	eval(t, tab, `let n = 0; const loop = () => { if (n++ < 300) setTimeout(loop, 5); throw Object.assign(new Error("again"), { stack: "Error: again" }) }; setTimeout(loop)`)
	until(t, tab, `__shown().includes("again")`)
	eval(t, tab, `document.documentElement.replaceChildren(document.createElement("body")); Promise.reject(new Error("after that"))`)
	until(t, tab, `__root.host.isConnected && __root.querySelector("dialog").matches(":modal") && __root.querySelector(".at").innerText.endsWith("/ 2")`)
}

func TestClosing(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	press := func(keys string) {
		t.Helper()
		if err := tab.Type(keys); err != nil {
			t.Fatal(err)
		}
	}
	eval(t, tab, `document.getElementById("i").focus(); document.addEventListener("keydown", (e) => (globalThis.__heard ??= []).push(e.key)); document.getElementById("b").click()`)
	until(t, tab, `__shown().includes("TypeError")`)
	press(kb.ArrowRight)
	press(kb.Escape)
	until(t, tab, `__shown() === "" && __badge() === "1 problem"`)
	shot(t, tab, "badge")
	until(t, tab, `document.activeElement.id === "i" && !globalThis.__heard`)

	// The same again counts, something new opens.
	eval(t, tab, `document.getElementById("b").click()`)
	until(t, tab, `__shown() === "" && __badge() === "1 problem"`)
	eval(t, tab, `Promise.reject(new Error("something new"))`)
	until(t, tab, `__shown().includes("something new")`)
	press(kb.ArrowLeft)
	until(t, tab, `__shown().includes("TypeError") && __root.querySelector(".at").innerText === "1 / 2"`)
	press(kb.Escape)
	until(t, tab, `__badge() === "2 problems"`)
	eval(t, tab, `__root.querySelector(".reopen").click()`)
	until(t, tab, `__shown().includes("TypeError")`)
	press(kb.Escape)
	until(t, tab, `__badge() === "2 problems"`)
	eval(t, tab, `__root.querySelector(".drop").click()`)
	until(t, tab, `!document.querySelector("onward-overlay")`)
	eval(t, tab, `document.getElementById("b").click(); setTimeout(() => { globalThis.__later = true }, 300)`)
	until(t, tab, `globalThis.__later`)
	until(t, tab, `!document.querySelector("onward-overlay")`)

	// Build errors are minimised and cannot be dropped.
	eval(t, tab, problems(buildProblem))
	until(t, tab, `__shown().includes("Build error")`)
	press(kb.Escape)
	until(t, tab, `__badge() === "1 problem" && __root.querySelector(".drop").hidden`)
	eval(t, tab, problems(buildProblem))
	until(t, tab, `__shown() === "" && __badge() === "1 problem"`)
}

func TestEditor(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	eval(t, tab, `document.getElementById("b").click()`)
	until(t, tab, `__shown().includes("pages/[[...shop]].tsx:12:3")`)
	eval(t, tab, `[...__root.querySelectorAll(".stack .open")].at(-1).click()`)
	opened := func(n int) string {
		t.Helper()
		until(t, tab, `performance.getEntriesByType("resource").filter((e) => e.name.includes("launch-editor")).length === `+string(rune('0'+n)))
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.opened[len(s.opened)-1]
	}
	query, err := url.ParseQuery(opened(1))
	if err != nil || query.Get("file") != "pages/[[...shop]].tsx" || query.Get("line1") != "12" || query.Get("column1") != "3" {
		t.Errorf("the editor was asked for %v, %v", query, err)
	}
	s.mu.Lock()
	s.editor = "EDITOR=vim is an editor inside a terminal"
	s.mu.Unlock()
	eval(t, tab, `__root.querySelector(".where .open").click()`)
	until(t, tab, `__root.querySelector(".notice").innerText.includes("EDITOR=vim is an editor inside a terminal")`)
	shot(t, tab, "notice")
	eval(t, tab, `[...__root.querySelectorAll(".look")].at(-1).click()`)
	until(t, tab, `__root.querySelector(".source .path").innerText === "pages/[[...shop]].tsx:12:3"`)
}

// What is copied has places of the source, also where the browser has no clipboard.
func TestCopy(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	eval(t, tab, `document.getElementById("b").click(); navigator.clipboard.writeText = async (text) => { globalThis.__copied = text }`)
	until(t, tab, `__shown().includes("checkout")`)
	eval(t, tab, `__root.querySelector("[title^=Copy]").click()`)
	want := "Runtime error: TypeError: Cannot read properties of undefined (reading 'amount')\nCall stack:\n    at addUp (components/cart.tsx:5:62)\n    at checkout (pages/[[...shop]].tsx:12:3)\n"
	until(t, tab, `globalThis.__copied?.startsWith(`+quote(want)+`)`)
	eval(t, tab, `__copied = ""; navigator.clipboard.writeText = undefined; document.execCommand = () => { __copied = __root.activeElement.value }; __root.querySelector("[title^=Copy]").click()`)
	until(t, tab, `globalThis.__copied?.startsWith(`+quote(want)+`)`)
}

// The page's policy allows no inline style and no script but its own, and the page's
// rules reach nothing of the overlay.
func TestIsolation(t *testing.T) {
	s := newSite(t)
	s.head["Content-Security-Policy"] = "default-src 'self'; style-src 'self'"
	tab := s.visit(t, "")
	eval(t, tab, problems(buildProblem))
	until(t, tab, `__shown().includes("Build error")`)
	until(t, tab, `getComputedStyle(__root.querySelector(".kind")).fontWeight === "600" && getComputedStyle(__root.querySelector(".message")).fontSize === "14px"`)
	for _, line := range tab.Console() {
		if strings.Contains(line, "Content Security Policy") && !strings.Contains(line, "inline") {
			t.Error(line)
		}
	}
}

func TestErrorDocument(t *testing.T) {
	s := newSite(t)
	s.document = `<script id="__ONWARD_PROBLEMS" type="application/json">[{"kind":"server","title":"TypeError","text":"x is undefined","file":"pages/index.tsx","line":5,"column":9,"stack":"TypeError: x\n    at addUp (/app/.next/dev/server/x:1:1)"}]</script>`
	tab := s.visit(t, "")
	until(t, tab, `__shown().includes("Server error") && __shown().includes("x is undefined") && __shown().includes("pages/index.tsx:5:9") && __shown().includes("addUp")`)
	shot(t, tab, "server")
	eval(t, tab, problems(`{kind: "build", title: "Build error", text: "also broken"}`))
	until(t, tab, `__root.querySelector(".at").innerText.endsWith("/ 2")`)

	// What the document was made with comes before what is wrong with other pages.
	s.document = `<script id="__ONWARD_PROBLEMS" type="application/json">[{"kind":"build","title":"Build error","text":"of this page"}]</script>`
	tab = s.visit(t, `globalThis.__problems = [{ kind: "build", title: "Build error", text: "of another" }, { kind: "build", title: "Build error", text: "of this page" }]`)
	until(t, tab, `__shown().includes("of this page") && __root.querySelector(".at").innerText === "1 / 2"`)
}

func TestPosition(t *testing.T) {
	s := newSite(t)
	for position, want := range map[string]string{"top-right": "top right", "bottom-left": "bottom left"} {
		tab := s.visit(t, "")
		eval(t, tab, `__serve({ type: "hello", session: "s", generation: 1, problems: [], settings: { indicator: `+quote(position)+` } })`)
		eval(t, tab, problems(buildProblem))
		until(t, tab, `__shown()`)
		eval(t, tab, `__root.querySelector("dialog").close()`)
		until(t, tab, `__badge()`)
		until(t, tab, `(() => { const b = __root.querySelector(".badge").getBoundingClientRect(); return (b.top < innerHeight / 2 ? "top" : "bottom") + (b.left < innerWidth / 2 ? " left" : " right") })() === `+quote(want))
		tab.Close()
	}
}

func TestBusy(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	visible := `!!globalThis.__root?.host.isConnected && !__root.querySelector(".mark").hidden`
	eval(t, tab, `__serve({ type: "busy", busy: true })`)
	until(t, tab, strings.ReplaceAll(visible, "globalThis.", "self."))
	shot(t, tab, "busy")
	eval(t, tab, `__serve({ type: "busy", busy: false })`)
	until(t, tab, `!document.querySelector("onward-overlay")`)
	eval(t, tab, `__serve({ type: "hello", session: "s", generation: 1, settings: { indicator: false } }); __serve({ type: "busy", busy: true }); setTimeout(() => { globalThis.__later = true }, 400)`)
	until(t, tab, `globalThis.__later`)
	until(t, tab, `!document.querySelector("onward-overlay")`)
}

// The server hears what the page logs, each line once, and not more than it can bear.
func TestLog(t *testing.T) {
	s := newSite(t)
	tab := s.visit(t, "")
	said := func(line string) string { return `__said.some((m) => m.type === "log" && (` + line + `))` }
	eval(t, tab, `console.warn("old %s in %d", "prop", 3.7); console.log("not this")`)
	until(t, tab, said(`m.level === "warn" && m.text === "old prop in 3" && m.stack.includes(":")`))
	eval(t, tab, `document.getElementById("b").click()`)
	until(t, tab, said(`m.level === "error" && m.text.startsWith("Uncaught TypeError: Cannot read") && m.text.includes("addUp")`))
	until(t, tab, `!`+said(`m.text.includes("not this")`))
	eval(t, tab, `const a = { n: 1n }; a.self = a; console.error("x", a, null, undefined, document.body, [1, "two"], Symbol("s"), () => 1)`)
	until(t, tab, said(`m.text === 'x {"n":"1n","self":"[…]"} null undefined <body> [1,"two"] Symbol(s) [Function: anonymous]'`))
	eval(t, tab, `const own = console.log; __serve({ type: "hello", session: "s", generation: 1, settings: { forward: "all" } }); if (console.log === own) throw new Error("console.log is not watched"); console.log("all of it")`)
	until(t, tab, said(`m.level === "log" && m.text === "all of it"`))
	eval(t, tab, `__said.length = 0; for (let i = 0; i < 1000; i++) console.error("line " + i); console.error({ get x() { throw new Error("no") } })`)
	until(t, tab, `__said.filter((m) => m.type === "log").length <= 50`)
	eval(t, tab, `__serve({ type: "hello", session: "s", generation: 1, settings: { forward: false } }); __said.length = 0; console.error("quiet")`)
	until(t, tab, `!`+said(`true`))
}
