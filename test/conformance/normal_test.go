package conformance

import (
	"net/http"
	"strings"
	"testing"
)

func TestNormalisedAlike(t *testing.T) {
	page := func(build, body string) string {
		return `<!DOCTYPE html><html><head></head><body>` + body + `<script id="__NEXT_DATA__" type="application/json">{"buildId":"` + build + `","dynamicIds":[12]}</script></body></html>`
	}
	cases := []struct {
		name, a, b string
		alike      bool
	}{
		{"build id", page("one", ""), page("two", ""), true},
		{"own scripts", page("one", `<script src="/_next/static/a.js" defer></script>`), page("two", `<script type="module" src="/_next/static/b.js"></script>`), true},
		{"other scripts", page("one", `<script src="/a.js"></script>`), page("two", ""), false},
		{"attribute order", page("one", `<p id="a" class="b">x</p>`), page("two", `<p class="b" id="a">x</p>`), true},
		{"attribute order of img", page("one", `<img alt="" src="a">`), page("two", `<img src="a" alt="">`), false},
		{"text", page("one", `<p>x</p>`), page("two", `<p>y</p>`), false},
		{"space in text", page("one", `<p>x </p>`), page("two", `<p>x</p>`), false},
		{"comments", page("one", `<p>x<!-- -->y</p>`), page("two", `<p>xy</p>`), false},
		{"css modules", page("one", `<p class="KKvHUq_title big">x</p>`), page("two", `<p class="card_title__9fk2a big">x</p>`), true},
		{"other local class", page("one", `<p class="KKvHUq_title">x</p>`), page("two", `<p class="card_other__9fk2a">x</p>`), false},
		{"media", page("one", `<i src="/_next/static/media/a.1x2_-y~z.png"></i>`), page("two", `<i src="/_next/static/media/a.99aa.png"></i>`), true},
		{"data key order", page("one", `<script id="__NEXT_DATA__">{"a":1,"b":2}</script>`), page("two", `<script id="__NEXT_DATA__">{"b":2,"a":1}</script>`), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, b := normal("one", c.a), normal("two", c.b)
			if (a == b) != c.alike {
				t.Errorf("alike: %t, want %t\n%s\n%s", a == b, c.alike, a, b)
			}
		})
	}
}

func normal(build, page string) string {
	n := &normaliser{buildID: build, host: "h:1"}
	return n.reply(Step{Method: "GET", Target: "/"}, &reply{
		status: 200, message: "OK",
		header: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Date": {build}, "Etag": {`"` + build + `"`}},
		body:   []byte(page),
	})
}

func TestNormalHeaders(t *testing.T) {
	n := &normaliser{host: "127.0.0.1:5"}
	got := n.reply(Step{}, &reply{status: 299, message: "Rather Fine", header: http.Header{
		"Etag": {`W/"1"`}, "Location": {"http://127.0.0.1:5/x"}, "Content-Length": {"5"}, "Set-Cookie": {"a=1", "b=2"}, "Vary": {"Accept-Encoding"},
	}})
	want := "299 Rather Fine\netag: weak\nlocation: http://HOST/x\nset-cookie: a=1\nset-cookie: b=2\nvary: accept-encoding\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestStampsAreNumbered(t *testing.T) {
	n := &normaliser{host: "h"}
	got := n.text("stamp-a-1700000000001 stamp-b-1700000000009 stamp-a-1700000000002 stamp-a-1700000000001")
	if want := "stamp-a-1 stamp-b-1 stamp-a-2 stamp-a-1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDifferenceShowsBothSides(t *testing.T) {
	got := difference("a\nb\nc", "a\nx\nc")
	if !strings.Contains(got, "next   b") || !strings.Contains(got, "onward x") || strings.Contains(got, " c") {
		t.Errorf("got %s", got)
	}
}
