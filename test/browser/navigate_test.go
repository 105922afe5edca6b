package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const heading = `document.querySelector("h1")?.textContent`

// P103, P136: a click changes the page without a new document; back and forward too.
func TestLinkBackForward(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.mark()
	p.click("to-about")
	p.until(heading + ` === "About & more"`)
	p.want("location.pathname", "/about")
	p.want(`document.getElementById("app").dataset.pathname`, "/about")
	p.eval("history.back()", nil)
	p.until(heading + ` === "Home"`)
	p.eval("history.forward()", nil)
	p.until(heading + ` === "About & more"`)
	p.sameDocument()
	p.noComplaints()
}

// P084, P122: data of getServerSideProps is fetched at each visit, getInitialProps runs here.
func TestDataOfOtherKinds(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.mark()
	p.click("to-ssr")
	p.until(`document.getElementById("props")`)
	p.requested("data", data("GET", "/ssr.json?from=home"))
	p.want(`JSON.parse(document.getElementById("props").textContent).url`, "/_next/data/ID/ssr.json?from=home")
	// P145: what marks data requests does not reach the app.
	p.want(`JSON.parse(document.getElementById("props").textContent).seen["x-nextjs-data"]`, nil)
	p.click("home")
	p.until(heading + ` === "Home"`)
	p.forget()
	p.click("to-ssr")
	p.until(`document.getElementById("props")`)
	p.requested("data again", data("GET", "/ssr.json?from=home"))
	p.eval("history.back()", nil)
	p.until(heading + ` === "Home"`)
	p.click("to-gip")
	p.until(`document.getElementById("gip")`)
	p.want(`JSON.parse(document.getElementById("gip").textContent)`, map[string]any{
		"keys": []string{"AppTree", "asPath", "defaultLocale", "locale", "locales", "pathname", "query"}, "pathname": "/gip", "query": map[string]any{}, "asPath": "/gip", "side": "browser",
	})
	if made := p.made(func(r request) bool { return strings.HasPrefix(r.Path, "/_next/data/BUILD/gip") }); len(made) > 0 {
		t.Errorf("data of a getInitialProps page was asked for: %v", made)
	}
	p.sameDocument()
}

// P109, P110, P123: links in view prefetch by kind; others on hover.
func TestPrefetch(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.requested("data of a visible SSG link", data("GET", "/ssg/plain.json"))
	p.requested("data of a visible dynamic SSG link", data("GET", "/ssg/a.json?slug=a"))
	p.quiet()
	made := p.made(data("GET", "/ssg/plain.json"))
	for _, r := range made {
		if r.Purpose != "prefetch" {
			t.Errorf("%v has purpose %q", r, r.Purpose)
		}
	}
	if len(made) != 1 {
		t.Errorf("asked for %d times: %v", len(made), made)
	}
	for _, path := range []string{"/ssg/b.json?slug=b", "/ssg/far.json?slug=far", "/ssr.json?from=home", "/gip.json", "/about.json", "/api/json.json", "/nowhere.json"} {
		if made := p.made(data("GET", path)); len(made) > 0 {
			t.Errorf("prefetched without need: %v", made)
		}
	}
	// The scripts of pages of any kind are fetched, those of no others.
	linked := func(page string) string {
		return `[...document.querySelectorAll("link[rel=prefetch]")].some((l) => decodeURIComponent(l.href).includes("/static/chunks/pages/` + page + `-"))`
	}
	if framework.Name != "next" {
		for _, page := range []string{"about", "ssg/plain", "ssg/[slug]", "ssr", "gip", "dyn/[id]", "lazy/[id]"} {
			p.want(linked(page), true)
		}
		p.want(linked("isr/hour"), false)
	}
	p.hover("to-b")
	p.requested("data on hover", data("GET", "/ssg/b.json?slug=b"))
	p.hover("to-about")
	if framework.Name != "next" {
		p.requested("script on hover", func(r request) bool { return r.Kind == "Script" && strings.Contains(r.Path, "/pages/about-") })
	}
	p.forget()
	p.hover("to-plain")
	p.requested("data again on hover", data("GET", "/ssg/plain.json"))
	p.eval(`document.getElementById("to-a").dispatchEvent(new TouchEvent("touchstart", { bubbles: true }))`, nil)
	p.requested("data again on touch", data("GET", "/ssg/a.json?slug=a"))
	p.eval(`document.getElementById("to-far").scrollIntoView()`, nil)
	p.requested("data after scrolling", data("GET", "/ssg/far.json?slug=far"))
}

// P125: the page is there at once; one HEAD asks whether it still is.
func TestClickOnPrefetched(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.requested("prefetch", data("GET", "/ssg/a.json?slug=a"))
	p.quiet()
	p.forget()
	p.mark()
	p.click("to-a")
	p.until(`document.getElementById("slug")?.textContent === "a"`)
	p.requested("HEAD", data("HEAD", "/ssg/a.json?slug=a"))
	if again := p.made(data("GET", "/ssg/a.json?slug=a")); len(again) > 0 {
		t.Errorf("asked for again: %v", again)
	}
	p.sameDocument()
}

// P126: what is no page of this app is a document.
func TestDocumentsForOtherPaths(t *testing.T) {
	t.Parallel()
	for id, path := range map[string]string{"to-api": "/api/json", "to-nowhere": "/nowhere"} {
		p := open(t, "/")
		p.quiet()
		p.mark()
		p.click(id)
		p.newDocument()
		p.want("location.pathname", path)
	}
}

// P129, P140: notFound is shown in place; an error of data loads the document.
func TestDataErrors(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.mark()
	p.click("to-notfound")
	p.until(heading + ` === "Our own 404"`)
	p.want("location.search", "?do=notfound")
	p.sameDocument()

	p = open(t, "/")
	p.mark()
	p.click("to-throw")
	p.until(heading + ` === "Our own 500"`)
	p.newDocument()

	p = open(t, "/")
	p.mark()
	block := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/_next/data/*", Block: true}}}
	if _, err := chromedp.Call(p.ctx, network.SetBlockedURLs, block); err != nil {
		t.Fatal(err)
	}
	p.click("to-ssr")
	p.newDocument()
	p.want("location.pathname", "/ssr")
}

// P129: a page whose script is gone, as after another deployment, is loaded as a document.
func TestMissingScriptLoadsDocument(t *testing.T) {
	t.Parallel()
	p := open(t, "/router")
	p.eval(`window.next.router.push("/about")`, nil)
	p.until(heading + ` === "About & more"`)
	p.mark()
	block := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/_next/static/chunks/*", Block: true}}}
	if _, err := chromedp.Call(p.ctx, network.SetBlockedURLs, block); err != nil {
		t.Fatal(err)
	}
	p.eval(`void window.next.router.push("/nested/deep/page").catch(() => 0)`, nil)
	p.newDocument()
	p.want("location.pathname", "/nested/deep/page")
}

// P139
func TestRedirectInData(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.mark()
	p.click("to-redirect")
	p.until(heading + ` === "About & more"`)
	p.want("location.pathname", "/about")
	p.sameDocument()
}

// P100, P101: the head follows the page.
func TestHeadUpdates(t *testing.T) {
	t.Parallel()
	p := open(t, "/head-one")
	p.want("document.title", "Title one")
	p.mark()
	p.click("other")
	p.until(`document.title === "Title two"`)
	p.want(`[...document.querySelectorAll("meta[data-next-head][name]")].map((m) => m.name + "=" + m.content).sort()`,
		[]string{"description=two", "only-two=two", "viewport=width=device-width"})
	p.eval("history.back()", nil)
	p.until(`document.title === "Title one"`)
	p.want(`document.querySelector("meta[name=only-two]")`, nil)
	p.want(`document.querySelector("meta[name=only-one]").content`, "one")
	p.sameDocument()
}

// Styles of a page that is navigated to are there before it is shown.
func TestStylesOfNextPage(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.mark()
	p.click("to-css")
	p.until(`document.getElementById("title")`)
	p.want(`getComputedStyle(document.getElementById("title")).color`, "rgb(10, 20, 30)")
	p.want(`getComputedStyle(document.querySelector(".loose span")).color`, "rgb(255, 0, 0)")
	p.sameDocument()
}

// P120, P121
func TestScrolling(t *testing.T) {
	t.Parallel()
	p := open(t, "/scroll")
	p.mark()
	p.click("jump")
	p.until("window.scrollY > 2000")
	p.want("location.hash", "#target")
	p.click("leave")
	p.until(heading + ` === "About & more"`)
	p.until("window.scrollY === 0")
	p.eval("history.back()", nil)
	p.until(`document.getElementById("target") && window.scrollY > 2000`)
	p.sameDocument()
}

// P111: clicks that ask for something else than this page here are left to the browser.
func TestModifiedClicksAreLeftAlone(t *testing.T) {
	t.Parallel()
	p := open(t, "/")
	p.quiet()
	p.mark()
	p.eval(`document.addEventListener("click", (e) => { window.prevented = e.defaultPrevented; e.preventDefault(); });
	  window.clicked = (options, name, value) => {
	    const link = document.getElementById("to-about");
	    if (name) link.setAttribute(name, value);
	    link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...options }));
	    if (name) link.removeAttribute(name);
	    return window.prevented;
	  }`, nil)
	for _, click := range []string{
		`{ctrlKey: true}`, `{metaKey: true}`, `{shiftKey: true}`, `{altKey: true}`, `{button: 1, which: 2}`, `{}, "target", "_blank"`, `{}, "target", "other"`, `{}, "download", ""`,
	} {
		p.want("clicked("+click+")", false)
	}
	p.want("location.pathname", "/")
	p.want(`clicked({}, "target", "_self")`, true)
	p.until(heading + ` === "About & more"`)
	p.sameDocument()
}
