package browser

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// packagePages are the pages of the app that uses popular packages: what each
// must have in its HTML, and what it must do in a browser.
var packagePages = []struct {
	path string
	html []string
	use  func(p *tab)
}{
	{"/", []string{"packages with nothing", `<html lang="en">`, "<title data-next-head=\"\">Packages</title>"}, func(p *tab) {
		p.want(`getComputedStyle(document.getElementById("main")).paddingTop`, "13px") // Tailwind
	}},
	{"/swr", []string{`<span id="count">build</span>`}, func(p *tab) {
		p.until(`document.getElementById("count").textContent === "server"`)
		p.click("add")
	}},
	{"/theme", []string{`<p id="theme">unknown</p>`, "prefers-color-scheme: dark"}, func(p *tab) {
		p.until(`document.getElementById("theme").textContent === "light"`)
		p.want(`getComputedStyle(document.body).color`, "rgb(10, 20, 30)")
		p.click("dark")
		p.until(`document.getElementById("theme").textContent === "dark"`)
		p.want(`getComputedStyle(document.body).color`, "rgb(200, 210, 220)")
		p.visit("/theme") // the choice is there before React is
		p.want(`document.documentElement.dataset.theme`, "dark")
	}},
	{"/i18n", []string{"Hello, Ada!", "1 item, 3 items", `<p id="language">en</p>`}, func(p *tab) {
		p.mark()
		p.click("german")
		p.until(`document.getElementById("greeting").textContent === "Hallo, Ada!" && location.pathname === "/de/i18n"`)
		p.want(`document.getElementById("items").textContent`, "1 Ding, 3 Dinge")
		p.sameDocument()
	}},
	{"/de/i18n", []string{"Hallo, Ada!", `<html lang="de">`}, func(p *tab) {}},
	{"/intl", []string{"Hello Ada", "nothing, 1 thing, 2 things", "€1,234.50"}, func(p *tab) {}},
	{"/de/intl", []string{"Hallo Ada", "nichts, 1 Ding, 2 Dinge", "1.234,50\u00a0€"}, func(p *tab) {}},
	{"/messages", []string{"<strong>Ada</strong>, 2 letters", "25%", "January 1, 1970"}, func(p *tab) {}},
	{"/styled", []string{"color:rgb(30, 30, 200)", "padding:5px", `data-styled="`, "letter-spacing:2px"}, func(p *tab) {
		p.want(`getComputedStyle(document.getElementById("styled")).color`, "rgb(30, 30, 200)")
		p.want(`getComputedStyle(document.getElementById("wide")).marginLeft`, "7px")
		p.want(`getComputedStyle(document.getElementById("after")).letterSpacing`, "2px")
		p.click("styled")
		p.until(`getComputedStyle(document.getElementById("styled")).color === "rgb(200, 30, 30)"`)
	}},
	{"/emotion", []string{"background-color:rgb(100, 1, 1)", `data-emotion="css`}, func(p *tab) {
		p.want(`getComputedStyle(document.getElementById("prop")).color`, "rgb(9, 8, 7)")
		p.want(`getComputedStyle(document.getElementById("global")).wordSpacing`, "3px")
		p.click("box")
		p.until(`getComputedStyle(document.getElementById("box")).backgroundColor === "rgb(1, 100, 1)"`)
	}},
	{"/mui", []string{"MuiAlert-root", "MuiButton-contained ", "padding:9px"}, func(p *tab) {
		p.want(`getComputedStyle(document.getElementById("button")).backgroundColor`, "rgb(18, 52, 86)")
		p.write("name", "Ada")
		p.want(`document.getElementById("name").value`, "Ada")
		p.click("button")
		p.until(`document.getElementById("dialog")`)
	}},
	{"/query", []string{"<li>prefetched</li>"}, func(p *tab) {
		p.want(`document.getElementById("items").textContent`, "prefetched")
		p.click("refresh")
		p.until(`document.getElementById("items").textContent === "ab"`)
	}},
	{"/zustand", []string{`<button id="bears">0</button>`}, func(p *tab) {
		p.click("bears")
		p.click("fish")
		p.until(`document.getElementById("bears").textContent + document.getElementById("fish").textContent === "12"`)
		p.want(`JSON.parse(localStorage.bears).state.bears`, 1)
	}},
	{"/redux", []string{`<p id="from">server</p>`, `<button id="value">40</button>`}, func(p *tab) {
		p.click("value")
		p.until(`document.getElementById("value").textContent === "41"`)
	}},
	{"/form", []string{`<input id="email" name="email"/>`}, func(p *tab) {
		p.click("send")
		p.until(`document.getElementById("errors").textContent === "no address, too young"`)
		p.write("email", "ada@example.com")
		p.write("age", "36")
		p.click("send")
		p.until(`document.getElementById("sent").textContent === '{"email":"ada@example.com","age":36}'`)
	}},
	{"/dates", []string{"Freitag, 1 März 2024", "3 days", "28. Februar 2024", "a day ago", "2020-01-02"}, func(p *tab) {}},
	{"/fetch", []string{`{&quot;name&quot;:&quot;thing&quot;,&quot;price&quot;:3}`, "intercepted 422", "Hello server"}, func(p *tab) {
		p.click("ask")
		p.until(`document.getElementById("client").textContent === "a,b Hello browser"`)
	}},
	{"/blog/first", []string{
		"<title data-next-head=\"\">First post | Packages</title>", `property="og:image:width" content="8"`, "application/ld+json",
		`<p id="tags">one two</p>`, "<em>An excerpt.</em>", "<del>struck</del>", "<td>1</td>", "2024-02-03T00:00:00.000Z",
	}, func(p *tab) {}},
	{"/mdx", []string{"<h1>Guide for readers</h1>", "Read <em>this</em>."}, func(p *tab) {
		p.click("note")
		p.until(`document.getElementById("note").dataset.open === "true"`)
	}},
	{"/docs", []string{`<h1 id="docs-title">Docs 42</h1>`, "<li>two</li>"}, func(p *tab) {
		p.click("counter")
		p.until(`document.getElementById("counter").textContent === "1"`)
	}},
	{"/ui", []string{`id="classes" class="p-4"`, `class="rounded text-4xl"`, "lucide-camera"}, func(p *tab) {
		p.want(`getComputedStyle(document.getElementById("panel")).borderTopWidth + getComputedStyle(document.getElementById("panel")).paddingTop`, "3px12px") // Sass
		p.want(`["camera", "beer", "beaker"].map((id) => document.getElementById(id).tagName)`, []string{"svg", "svg", "svg"})
		p.click("disclose")
		p.until(`document.getElementById("disclosed")`)
		p.click("animate")
		p.until(`document.getElementById("moving")?.style.opacity === "1"`)
		p.click("variant")
		p.until(`document.body.innerText.includes("Toasted")`)
		p.click("open")
		p.until(`document.getElementById("dialog")`)
	}},
	{"/upload", nil, func(p *tab) {
		p.click("formidable")
		p.until(`document.getElementById("answer").textContent === '{"by":"formidable","title":["notes"],"name":"notes.txt","type":"text/plain","size":9,"text":"some text"}'`)
		p.click("multer")
		p.until(`document.getElementById("answer").textContent === '{"by":"multer","title":"notes","name":"notes.txt","type":"text/plain","text":"some text"}'`)
	}},
	{"/chart", []string{"recharts-wrapper"}, func(p *tab) {
		p.until(`document.getElementById("cookie").textContent === "seen" && document.querySelector(".recharts-line path")`)
		p.until(`document.getElementById("counter")`)
	}},
	{"/auth", []string{`<p id="server">nobody</p>`}, signInAndOut},
}

// signInAndOut goes through next-auth's Credentials flow, CSRF token and redirects
// included.
func signInAndOut(p *tab) {
	p.until(`document.getElementById("status").textContent === "unauthenticated"`)
	p.click("wrong")
	p.until(`document.getElementById("status").title === "CredentialsSignin"`)
	p.mark()
	p.click("in")
	p.newDocument()
	p.hydrated()
	p.until(`document.getElementById("status").textContent === "authenticated"`)
	p.want(`[document.getElementById("server").textContent, document.getElementById("user").textContent]`, []string{"ada", "ada editor"})
	p.want(`fetch("/api/me").then((r) => r.json())`, map[string]string{"name": "ada", "role": "editor"})
	p.mark()
	p.click("out")
	p.newDocument()
	p.hydrated()
	p.until(`document.getElementById("status").textContent === "unauthenticated"`)
	p.want(`[document.getElementById("server").textContent, document.getElementById("user").textContent]`, []string{"nobody", "nobody"})
	p.want(`fetch("/api/me").then((r) => r.status)`, 401)
}

// write puts text into the input with an id, as typing does.
func (p *tab) write(id, text string) {
	p.Helper()
	p.eval(fmt.Sprintf(`((input) => {
		Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, %q);
		input.dispatchEvent(new Event("input", { bubbles: true }));
	})(document.getElementById(%q))`, text, id), nil)
}

// Packages that existing apps use work as their documentation says.
func TestPackages(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(cancel)
	app, server, err := serve(ctx, filepath.Join(rig.Apps(), "packages"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		app.Remove()
	})
	for _, c := range packagePages {
		t.Run(strings.ReplaceAll(c.path, "/", "_"), func(t *testing.T) {
			t.Parallel()
			html := strings.ReplaceAll(get(t, server.URL+c.path), "<!-- -->", "")
			for _, want := range c.html {
				if !strings.Contains(html, want) {
					t.Errorf("the HTML has no %q", want)
				}
			}
			p := blank(t, server.URL)
			p.visit(c.path)
			c.use(p)
			p.noComplaints()
		})
	}
	t.Run("tokens", func(t *testing.T) {
		want := `{"jsonwebtoken":"ada","jose":"editor","visits":1,"cookies":[{"a":"1","b":"2"},"c=3; HttpOnly",null],` +
			`"nanoid":[21,5],"uuid":[true,"d1afb3fd-785f-5325-94cd-5124eca51c0d"],"yaml":{"a":[1,"two"],"b":{"c":true}}}`
		if got := get(t, server.URL+"/api/tokens"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
