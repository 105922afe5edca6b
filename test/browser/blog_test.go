package browser

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/onwardjs/onward/test/rig"
)

// The example blog, as a visitor uses it.
func TestBlog(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	app, server, err := serve(ctx, filepath.Join(rig.Repository(), "examples", "blog"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		app.Remove()
	})
	p := blank(t, server.URL)
	p.visit("/")
	p.mark()
	p.want("document.documentElement.lang", "en")
	p.want(`document.querySelectorAll("main li h2").length`, 10)

	p.eval(`document.querySelector("main li h2 a").click()`, nil)
	p.until(`location.pathname.startsWith("/posts/") && document.querySelector("article h1")`)
	p.until(`document.title === document.querySelector("article h1").textContent + " · Slow Hands"`)
	p.eval(`document.querySelector("a[rel=next]").click()`, nil)
	p.until(`document.querySelector("a[rel=prev]")`)

	p.eval(`document.querySelector("article a[href^='/tags/']").click()`, nil)
	p.until(`location.pathname.startsWith("/tags/") && /posts?$/.test(document.querySelector(".lead")?.textContent)`)
	p.eval("history.back()", nil)
	p.until(`location.pathname.startsWith("/posts/") && document.querySelector("article h1")`)

	p.eval(`document.querySelector("nav a[href='/almanac']").click()`, nil)
	p.until(`document.querySelector("dd")?.textContent === "200"`)
	p.sameDocument()

	p.eval(`document.querySelector("nav a[href='/about']").click()`, nil)
	p.until(`document.querySelector("main img")?.naturalWidth > 0`)

	p.visit("/search?q=bread")
	p.until(`/^[1-9]\d* posts? found$/.test(document.querySelector("[aria-live=polite]")?.textContent)`)
	p.mark()
	p.eval(`document.querySelector("input[name=q]").select()`, nil)
	if err := chromedp.Do(p.ctx, chromedp.SendKeys(chromedp.CSS("input[name=q]"), "dovetails")); err != nil {
		t.Fatal(err)
	}
	p.until(`document.querySelector("[aria-live=polite]").textContent === "1 post found" && location.search === "?q=dovetails"`)
	p.sameDocument()

	p.visit("/nothing/here")
	p.want(`document.querySelector("h1").textContent`, "Nothing grows here")
	p.noComplaints("was preloaded using link preload but not used")
}
