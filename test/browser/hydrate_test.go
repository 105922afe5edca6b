package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Every kind of page hydrates without a word on the console.
func TestHydration(t *testing.T) {
	for _, path := range []string{
		"/", "/about", "/ssg/plain", "/ssg/a", "/ssg/%C3%A9", "/ssr?a=1", "/ssr/7", "/gip?x=1", "/gip/5", "/dyn/7?x=1", "/lazy/built",
		"/isr/hour", "/opt", "/catch/a/b", "/shapes", "/dynamic", "/css", "/head", "/link", "/router?a=1", "/env", "/script", "/nested/deep/page",
		"/image", "/nowhere", "/error-component",
	} {
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) {
			t.Parallel()
			p := open(t, path)
			p.quiet()
			p.noComplaints("was preloaded using link preload but not used", "Invalid href")
		})
	}
}

func TestStateWorksAfterHydration(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.click("count")
	p.click("count")
	p.until(`document.getElementById("count").textContent === "2"`)
}

// P026, P118: the query comes after hydration, once.
func TestQueryOfStaticDynamicPage(t *testing.T) {
	t.Parallel()
	p := open(t, "/dyn/7?x=1")
	p.until(`JSON.parse(document.getElementById("router").textContent).isReady`)
	p.want(`JSON.parse(document.getElementById("router").textContent)`, map[string]any{
		"query": map[string]string{"id": "7", "x": "1"}, "asPath": "/dyn/7?x=1", "isReady": true, "pathname": "/dyn/[id]",
	})
}

func TestQueryOfStaticPage(t *testing.T) {
	t.Parallel()
	p := open(t, "/router?a=1&a=2#there")
	p.until(`JSON.parse(document.getElementById("router").textContent).isReady`)
	p.want(`(({query, asPath}) => [query, asPath])(JSON.parse(document.getElementById("router").textContent))`,
		[]any{map[string]any{"a": []string{"1", "2"}}, "/router?a=1&a=2#there"})
}

// P095: a page without run-time JavaScript has none.
func TestPageWithoutScripts(t *testing.T) {
	t.Parallel()
	p := blank(t, contract.URL)
	if err := chromedp.Do(p.ctx, chromedp.Navigate(p.base+"/no-js")); err != nil {
		t.Fatal(err)
	}
	p.want(`document.querySelectorAll("script:not([nomodule])").length`, 0)
	p.want(`document.querySelector("h1").textContent`, "no scripts here")
}

// P044, P127: the shell of a page that was not generated fills itself.
func TestFallbackPageFills(t *testing.T) {
	t.Parallel()
	p := open(t, "/lazy/fresh-"+framework.Name)
	p.until(`document.getElementById("lazy")?.textContent.startsWith("fresh")`)
	p.requested("its data", data("GET", "/lazy/fresh-"+framework.Name+".json?id=fresh-"+framework.Name))
	p.requested("HEAD", data("HEAD", "/lazy/fresh-"+framework.Name+".json?id=fresh-"+framework.Name))
	if documents := p.made(func(r request) bool { return r.Kind == "Document" }); len(documents) != 1 {
		t.Errorf("documents: %v", documents)
	}
	p.noComplaints()
}

func TestFallbackPageNotFound(t *testing.T) {
	t.Parallel()
	p := open(t, "/lazy/gone")
	p.until(`document.querySelector("h1")?.textContent === "Our own 404"`)
}

func TestFallbackPageRedirects(t *testing.T) {
	t.Parallel()
	p := open(t, "/lazy/moved")
	p.until(`location.pathname === "/about" && document.querySelector("h1")?.textContent === "About & more"`)
}

// P261
func TestDynamicImports(t *testing.T) {
	t.Parallel()
	p := open(t, "/dynamic")
	p.until(`document.getElementById("browser-only")?.textContent === "/dynamic"`)
	p.want(`document.getElementById("heavy").textContent`, "heavy now")
	p.want(`document.getElementById("named").textContent`, "named")
	p.want(`getComputedStyle(document.getElementById("heavy")).color`, "rgb(10, 20, 30)")
	p.quiet()
	p.forget()
	p.click("open")
	p.until(`document.getElementById("later")`)
	p.requested("the chunk of the opened part", func(r request) bool { return strings.Contains(r.Path, "/_next/static/chunks/") })
	p.noComplaints()
}

// P256, P258, P260
func TestScripts(t *testing.T) {
	t.Parallel()
	p := open(t, "/script")
	p.until(`document.querySelectorAll("#log li").length >= 4`)
	p.want(`window.order`, []string{"after", "lazy"})
	p.want(`window.inlineRan`, 1)
	p.want(`[...document.querySelectorAll("#log li")].map((li) => li.textContent).sort()`,
		[]string{"after load", "after ready", "lazy load", "missing error"})
}

// Inlined variables are the same in HTML and in the browser.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	p := open(t, "/env")
	p.want(`JSON.parse(document.getElementById("both").textContent)`, map[string]string{
		"base": "public", "expanded": "public-and-plain", "config": "config value", "mode": "production",
	})
	var scripts string
	p.eval(`Promise.all([...document.scripts].filter((s) => s.src).map((s) => fetch(s.src).then((r) => r.text()))).then((all) => all.join("\n"))`, &scripts)
	for _, secret := range []string{"from-env", "LOCAL_ONLY"} {
		if strings.Contains(scripts, secret) {
			t.Errorf("the browser's code holds %q", secret)
		}
	}
}

// P059: nothing of getStaticProps reaches the browser.
func TestDataFunctionsStayOnTheServer(t *testing.T) {
	t.Parallel()
	p := open(t, "/ssg/plain")
	var scripts string
	p.eval(`Promise.all([...document.scripts].filter((s) => s.src).map((s) => fetch(s.src).then((r) => r.text()))).then((all) => all.join("\n"))`, &scripts)
	for _, secret := range []string{"data/on-disk.txt", "readFileSync"} {
		if strings.Contains(scripts, secret) {
			t.Errorf("the browser's code holds %q", secret)
		}
	}
}

// P266: web vitals reach reportWebVitals too, as documented; the reference keeps them to
// the hook (stories/vitals.txt).
func TestWebVitalsOfApp(t *testing.T) {
	t.Parallel()
	if framework.Name == "next" {
		return // it does not do it
	}
	p := blank(t, appOf(t, []string{"client"}).URL)
	p.visit("/static")
	p.until(`["TTFB", "FCP"].every((name) => window.vitals?.some((v) => v.startsWith(name + " web-vital string number number")))`)
}
