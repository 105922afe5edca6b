package browser

import (
	"testing"
)

const routerState = `(({pathname, query, asPath}) => ({pathname, query, asPath}))(JSON.parse(document.getElementById("router").textContent))`

// P116: the events of a push, in order.
func TestRouterEvents(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.mark()
	p.eval(`window.router.push("/router?a=1")`, nil)
	p.until(`window.routerLog?.length >= 3`)
	p.want("window.routerLog", []string{
		`routeChangeStart /router?a=1 {"shallow":false}`,
		`beforeHistoryChange /router?a=1 {"shallow":false}`,
		`routeChangeComplete /router?a=1 {"shallow":false}`,
	})
	p.want(routerState, map[string]any{"pathname": "/router", "query": map[string]string{"a": "1"}, "asPath": "/router?a=1"})
	p.sameDocument()
}

// P115, P117: push resolves to true, adds to the history, and its state is known.
func TestPushAndReplace(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.mark()
	var before, pushed, replaced int
	var done bool
	p.eval("history.length", &before)
	p.eval(`window.router.push({ pathname: "/router", query: { a: "x y", b: ["1", "2"] } })`, &done)
	if !done {
		t.Error("push did not resolve to true")
	}
	p.want("location.search", "?a=x+y&b=1&b=2")
	p.eval("history.length", &pushed)
	p.eval(`window.router.replace("/router?c=3")`, &done)
	p.eval("history.length", &replaced)
	if pushed != before+1 || replaced != pushed {
		t.Errorf("history: %d, after push %d, after replace %d", before, pushed, replaced)
	}
	p.want("(({url, as, __N}) => [url, as, __N])(history.state)", []any{"/router?c=3", "/router?c=3", true})
	p.until(`JSON.parse(document.getElementById("router").textContent).asPath === "/router?c=3"`)
	p.eval("window.router.back()", nil)
	p.until(`location.search === "" && JSON.parse(document.getElementById("router").textContent).asPath === "/router"`)
	p.sameDocument()
}

// P119: shallow changes the query and fetches nothing.
func TestShallow(t *testing.T) {
	t.Parallel()
	p := open(t, "/ssr?n=1")
	p.mark()
	p.quiet()
	p.forget()
	p.eval(`window.next.router.push("/ssr?n=2", undefined, { shallow: true })`, nil)
	p.until(`location.search === "?n=2"`)
	p.quiet()
	if made := p.made(data("GET", "/ssr.json?n=2")); len(made) > 0 {
		t.Errorf("fetched: %v", made)
	}
	p.want(`JSON.parse(document.getElementById("props").textContent).query`, map[string]string{"n": "1"})
	p.want("window.next.router.query", map[string]string{"n": "2"})
	p.sameDocument()
}

// P120: a change of only the hash has events of its own and no data.
func TestHashChange(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.mark()
	p.eval(`window.router.push("/router#there")`, nil)
	p.until(`window.routerLog?.length >= 2`)
	p.want("window.routerLog", []string{`hashChangeStart /router#there {"shallow":false}`, `hashChangeComplete /router#there {"shallow":false}`})
	p.until("window.scrollY > 1000")
	p.want(routerState, map[string]any{"pathname": "/router", "query": map[string]any{}, "asPath": "/router#there"})
	p.sameDocument()
}

// P115, P116: a later navigation cancels an earlier one.
func TestCancelledNavigation(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.mark()
	p.eval(`void window.router.push("/platform?wait=1500&id=slow").catch(() => 0)`, nil)
	p.requested("the first one's data", data("GET", "/platform.json?wait=1500&id=slow"))
	p.eval(`window.router.push("/about")`, nil)
	p.until(heading + ` === "About & more"`)
	p.want(`window.routerLog.filter((e) => e.startsWith("routeChangeError")).map((e) => e.split(" ").slice(0, 2).join(" "))`, []string{"routeChangeError error:true"})
	p.sameDocument()
}

// P114: query, params and interpolation of dynamic routes.
func TestPushToDynamicRoute(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.mark()
	p.eval(`window.router.push({ pathname: "/dyn/[id]", query: { id: "a b", x: "1" } })`, nil)
	p.until(`location.pathname === "/dyn/a%20b"`)
	p.until(`document.getElementById("router")?.textContent.includes("/dyn/[id]")`)
	p.want(routerState, map[string]any{"pathname": "/dyn/[id]", "query": map[string]string{"x": "1", "id": "a b"}, "asPath": "/dyn/a%20b?x=1"})
	p.sameDocument()
}

func TestReplaceThenReload(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.mark()
	p.eval("window.router.reload()", nil)
	p.newDocument()
	p.hydrated()
	p.want("location.pathname", "/router")
}

// P136: beforePopState may veto.
func TestBeforePopState(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.mark()
	p.eval(`window.router.push("/router?a=1")`, nil)
	p.until(`location.search === "?a=1"`)
	p.eval(`window.next.router.beforePopState(({ as }) => { window.popped = as; return false; }), history.back()`, nil)
	p.until(`window.popped === "/router"`)
	p.want(`JSON.parse(document.getElementById("router").textContent).asPath`, "/router?a=1")
	p.sameDocument()
}

// P115: prefetch by hand.
func TestRouterPrefetch(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.quiet()
	p.forget()
	p.eval(`window.router.prefetch("/ssg/b")`, nil)
	p.requested("data", data("GET", "/ssg/b.json?slug=b"))
}

// P113
func TestScriptURLsAreRefused(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.eval(`(async () => { try { await window.router.push("javascript:window.ran=1"); } catch {} })()`, nil)
	p.quiet()
	p.want("window.ran === undefined", true)
}

// P133
func TestAnnouncer(t *testing.T) {
	t.Parallel()
	p := open(t, "/head-one")
	p.click("other")
	p.until(`document.title === "Title two"`)
	p.until(`(document.querySelector("next-route-announcer")?.shadowRoot ?? document.querySelector("next-route-announcer") ?? document).querySelector("[aria-live]")?.textContent === "Title two"`)
}
