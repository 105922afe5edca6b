package rules

import (
	"net/http"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
)

func TestSourceRegex(t *testing.T) {
	for source, want := range map[string]string{
		"/pre/:a-:b.html": `^/pre(?:/([^/]+?))-((?:(?!-)[^/])+?)\.html$`,
		"/a:b":            `^/a([^/]+?)$`,
		"/x{/:y}?":        `^/x(?:/([^/]+?))?$`,
		"/x{-:y}*":        `^/x(?:-((?:(?:(?!-)[^/])+?)(?:-(?:(?:(?!-)[^/])+?))*))?$`,
		"/:p(\\d+)*":      `^(?:/((?:\d+)(?:/(?:\d+))*))?$`,
		"/(.*)":           `^(?:/(.*))$`,
		"/a/:b?/c":        `^/a(?:/([^/]+?))?/c$`,
		"/:a*":            `^(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))?$`,
		"/:a+.x":          `^(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))\.x$`,
		"/{a}?":           `^/(?:a)?$`,
		"/:a\\:b":         `^(?:/([^/]+?))\:b$`,
		"/.:x":            `^/(?:\.((?:(?!\.)[^/])+?))$`,
		"/a.:x?":          `^/a(?:\.((?:(?!\.)[^/])+?))?$`,
		"/:a(b)(c)":       `^(?:/(b))(c)$`,
		"/esc\\(x\\)":     `^/esc\(x\)$`,
	} {
		s, err := CompileSource(source, SourceOptions{})
		if err != nil {
			t.Errorf("%s: %v", source, err)
		} else if s.Regex() != want {
			t.Errorf("%s: %s, want %s", source, s.Regex(), want)
		}
	}
}

func TestSourceRefused(t *testing.T) {
	for source, want := range map[string]string{
		"/:a:b":                             `Must have text between two parameters, missing text after "a" at 5`,
		"/:":                                "Missing parameter name at 1",
		"/(?a)":                             `Pattern cannot start with "?" at 2`,
		"/(a(b))":                           "Capturing groups are not allowed at 3",
		"/(":                                "Unbalanced pattern at 1",
		"/()":                               "Missing pattern at 1",
		"/a}":                               "Unexpected } at 2",
		"/*":                                "Unexpected modifier * at 1",
		"/{a":                               "Expected a } at 3",
		`/a\`:                               `a \ at the end at 2`,
		"/a(b)+":                            `can not repeat "0" without a prefix and suffix`,
		"/((?<n>a))":                        "groups with names",
		`/(a\1)`:                            "back-reference",
		"/((?<=a)b)":                        "lookbehind",
		"/" + strings.Repeat("a", maxRegex): "longer than 4096 characters",
	} {
		_, err := CompileSource(source, SourceOptions{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", source, err, want)
		}
	}
}

func request(path, query string, headers ...string) *Request {
	r := &http.Request{Host: "localhost:3000", Header: http.Header{}}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	return &Request{Path: path, Query: route.ParseQuery(query), HTTP: r}
}

func redirect(source, to string, has ...config.Condition) config.Redirect {
	return config.Redirect{Match: config.Match{Source: source, Has: has}, Destination: to, StatusCode: 307}
}

// What Next.js answered for each request.
func TestRedirects(t *testing.T) {
	cond := func(kind, key, value string) config.Condition {
		return config.Condition{Type: kind, Key: key, Value: value}
	}
	c := config.Default()
	c.Redirects = []config.Redirect{
		redirect("/old", "/about"), redirect("/old/:slug", "/dyn/:slug"), redirect("/t/:path*", "/ssr?p=:path*"),
		redirect("/hash", "/about#frag"), redirect("/qs", "/ssr?a=fixed"), redirect("/num/:id(\\d+)", "/dyn/:id"),
		redirect("/opt/:a?", "/ssr?a=:a"), redirect("/plus/:p+", "/cat/:p+"), redirect("/un/(.*)", "/about"),
		redirect("/to-host/:h", "https://:h.example.com/x"), redirect("/ext/:path*", "https://example.com:443/:path*"),
		redirect("/_next/:path*", "/about"), redirect("/pre/:a-:b.html", "/cat/:a/:b"),
		redirect("/h", "/dyn/header", cond("header", "x-go", "")),
		redirect("/h", "/dyn/:v", cond("header", "x-val", "(?<v>.*)-end")),
		redirect("/h", "/dyn/cookie", cond("cookie", "c", "yes")),
		redirect("/h", "/dyn/:qv", cond("query", "q", "(?<qv>[a-z]+)")),
		redirect("/h", "/dyn/:sub", cond("host", "", "(?<sub>.*)\\.example\\.com")),
		redirect("/h", "/dyn/:host", cond("host", "", "plain.test")),
		redirect("/h", "/q?v=:anykey", cond("query", "any-key", "")),
		{Match: config.Match{Source: "/h", Missing: []config.Condition{cond("header", "x-keep", "")}}, Destination: "/dyn/missing", StatusCode: 307},
		redirect("/all/:p*", "/:p*"), redirect("/mail", "mailto:a@b.c"),
	}
	set, problems := Compile(c)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, tt := range []struct {
		r    *Request
		want string
	}{
		{request("/old", "x=1&y=a%20b"), "/about?x=1&y=a%20b"},
		{request("/old/a%20b", ""), "/dyn/a%20b"},
		{request("/OLD/x", ""), "/dyn/x"},
		{request("/old/x/", ""), "/dyn/x"},
		{request("/old/x/y", ""), ""},
		{request("/t/a/b", "c=1"), "/ssr?c=1&p=a/b"},
		{request("/t", ""), "/ssr?p=:path*"},
		{request("/t", "p=9"), "/ssr?p=:path*"},
		{request("/hash", "x=1"), "/about?x=1#frag"},
		{request("/qs", "a=2&b=3"), "/ssr?a=fixed&b=3"},
		{request("/num/12", ""), "/dyn/12"},
		{request("/num/ab", ""), ""},
		{request("/opt/5", ""), "/ssr?a=5"},
		{request("/opt", ""), "/ssr?a=:a"},
		{request("/plus/a/b", ""), "/cat/a/b"},
		{request("/un/xyz", ""), "/about"},
		{request("/to-host/foo", ""), "https://foo.example.com/x"},
		{request("/to-host/evil.com%23", ""), "https://evil.com%2523.example.com/x"},
		{request("/to-host/a@evil.com", ""), "https://a%40evil.com.example.com/x"},
		{request("/to-host/evil.com:80", ""), "https://evil.com%3A80.example.com/x"},
		{request("/ext/a/b", "q=1"), "https://example.com/a/b?q=1"},
		{request("/_next/foo", ""), ""},
		{request("/pre/a-b.html", ""), "/cat/a/b"},
		{request("/h", ""), "/dyn/missing"},
		{request("/h", "", "X-Keep", "1"), ""},
		{request("/h", "", "X-Go", "1"), "/dyn/header"},
		{request("/h", "", "X-Go", ""), "/dyn/missing"},
		{request("/h", "", "X-Val", "abc-end"), "/dyn/abc"},
		{request("/h", "", "X-Val", "abc-endx"), "/dyn/missing"},
		{request("/h", "", "Cookie", "a=b; c=%79es"), "/dyn/cookie"},
		{request("/h", "q=abc"), "/dyn/abc?q=abc"},
		{request("/h", "q=ABC"), "/dyn/missing?q=ABC"},
		{request("/h", "q=A&q=b"), "/dyn/b?q=A&q=b"},
		{request("/h", "any-key=z"), "/q?any-key=z&v=z"},
		{request("/h", "", "Host", "TT.example.com:99"), "/dyn/tt"},
		{request("/h", "", "Host", "plain.test"), "/dyn/plain.test"},
		{request("/opt/a;b", ""), "/ssr?a=a;b"},
		{request("/all/%2F/evil.com", ""), "/%2F/evil.com"},
		{request("/h", "q=x%0d%0ay", "X-Val", "//evil.com/\\\r\n-end"), "/dyn/missing?q=x%0D%0Ay"},
		{request("/h", "", "X-Val", "/evil.com\t\"-end"), "/dyn/evil.com%09%22"},
		{request("/mail", ""), "mailto:a@b.c"},
	} {
		got, status, err := set.Redirects.Find(tt.r)
		if err != nil || got != tt.want || (got != "") != (status == 307) {
			t.Errorf("%s?%s: got %q (%d, %v), want %q", tt.r.Path, tt.r.Query.AppendQuery(nil), got, status, err, tt.want)
		}
	}
}

func rewrite(source, to string) config.Rewrite {
	return config.Rewrite{Match: config.Match{Source: source}, Destination: to}
}

func TestRewrites(t *testing.T) {
	c := config.Default()
	c.Rewrites.AfterFiles = []config.Rewrite{
		rewrite("/rw/:id", "/ssr?z=1"), rewrite("/rwq/:id", "/ssr?id2=:id"), rewrite("/rwp/:id", "/dyn/:id"),
		rewrite("/rwp2/:a/:b", "/dyn/:a"), rewrite("/fb/:path*", "/ssr?fb=1"), rewrite("/up/:path*", "http://up.test:8080/:path*?k=1"),
		rewrite("/zone/:sub", "https://:sub.up.test/x"), rewrite("/list/:p*", "/x/:p"), rewrite("/é", "/ü ü"),
	}
	set, problems := Compile(c)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, tt := range []struct{ path, query, want string }{
		{"/rw/7", "a=1", "/ssr a=1&z=1&id=7"},
		{"/rw/7", "id=5&z=4&q=1", "/ssr id=7&z=1&q=1"},
		{"/rwq/5", "", "/ssr id2=5&id=5"},
		{"/rwp/7", "a=1", "/dyn/7 a=1"},
		{"/rwp2/x/y", "id=9", "/dyn/x id=9"},
		{"/fb/x/y", "", "/ssr fb=1&path=x&path=y"},
		{"/fb", "", "/ssr fb=1"},
		{"/up/a%20b/c", "q=1", "http://up.test:8080/a%20b/c q=1&k=1"},
		{"/up", "", "http://up.test:8080 k=1"},
		{"/zone/a.evil%2f", "", "https://a.evil%252f.up.test/x "},
		{"/list/a/b", "", "error"},
		{"/%C3%A9", "", "none"},
		{"/none", "", "none"},
	} {
		target, next, err := set.AfterFiles.Next(request(tt.path, tt.query), 0)
		got := target.Scheme + target.Host + target.Path + " " + string(target.Query.AppendQuery(nil))
		switch {
		case err != nil:
			got = "error"
		case next == 0:
			got = "none"
		}
		if got != tt.want {
			t.Errorf("%s?%s: got %s (%v), want %s", tt.path, tt.query, got, err, tt.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	rule := func(source string, flat ...string) config.HeaderRule {
		r := config.HeaderRule{Match: config.Match{Source: source}}
		for i := 0; i+1 < len(flat); i += 2 {
			r.Headers = append(r.Headers, config.Header{Key: flat[i], Value: flat[i+1]})
		}
		return r
	}
	c := config.Default()
	c.Headers = []config.HeaderRule{
		rule("/:path*", "x-all", "1"), rule("/dyn/:id", "x-id-:id", "v-:id", "x-csp", "a https://b:443; c :id :ids"),
		rule("/c", "set-cookie", "a=1", "set-cookie", "b=2"), rule("/c", "Set-Cookie", "c=3", "x-all", "2"),
		rule("/deep/:p*", "x-p", ":p*", "x-q", "a/:p*"), rule("/bad/:p", "x :p", "1"),
	}
	set, problems := Compile(c)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for path, want := range map[string]string{
		"/":           "X-All=1",
		"/dyn/5":      "X-All=1 X-Id-5=v-5 X-Csp=a https://b:443; c 5 :ids",
		"/c":          "X-All=2 Set-Cookie=c=3",
		"/deep/a/b":   "X-All=1 X-P=a/b X-Q=a/a/b",
		"/bad/%0d%0a": "X-All=1",
	} {
		headers, err := set.Headers.Find(request(path, ""))
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		got := ""
		for i, h := range headers {
			if i > 0 {
				got += " "
			}
			got += h.Name + "="
			for j, line := range h.Lines {
				if j > 0 {
					got += "|"
				}
				got += line
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// Base path and locales come before sources and destinations.
func TestPlaced(t *testing.T) {
	c := config.Default()
	c.BasePath = "/base"
	c.I18n = &config.I18n{Locales: []string{"en", "fr"}, DefaultLocale: "en", Domains: []config.Domain{{Domain: "ex.fr", DefaultLocale: "fr"}}}
	c.Redirects = []config.Redirect{
		redirect("/", "/home"), redirect("/r1", "/about"), redirect("/away", "https://x.test/"),
		{Match: config.Match{Source: "/:l/plain", NoLocale: true}, Destination: "/fr/p", StatusCode: 308},
		{Match: config.Match{Source: "/", NoBasePath: true, NoLocale: true}, Destination: "/base", StatusCode: 307},
	}
	set, problems := Compile(c)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for path, want := range map[string]string{
		"/base/en":       "/base/home",
		"/base/fr":       "https://ex.fr/base/home",
		"/base/fr/r1":    "https://ex.fr/base/about",
		"/base/en/r1":    "/base/about",
		"/base/FR/away":  "https://x.test/",
		"/base/fr/plain": "/base/fr/p",
		"/":              "/base",
		"/en/r1":         "",
		"/base/de/r1":    "",
	} {
		if got, _, err := set.Redirects.Find(request(path, "")); got != want || err != nil {
			t.Errorf("%s: got %q (%v), want %q", path, got, err, want)
		}
	}
}

func TestProblems(t *testing.T) {
	c := config.Default()
	c.BasePath = "/base"
	c.Redirects = []config.Redirect{
		redirect("/ok", "/x"), redirect("/a/:b", "/:c/:d/:b"), redirect("/a/(.*)", "/x/(.*)"), redirect("/a(", "/x"),
		redirect("/x", "/:v", config.Condition{Type: "header", Key: "h", Value: "(?<v>.*)"}),
		redirect("/x", "/y", config.Condition{Type: "header", Key: "h", Value: "(a)\\1"}), redirect("/x", "nowhere"),
	}
	out := rewrite("/o", "/inside")
	out.NoBasePath = true
	c.Rewrites.BeforeFiles = []config.Rewrite{rewrite("/fine", "/x")}
	c.Rewrites.Fallback = []config.Rewrite{out, rewrite("/:a*", "/x/:a*")}
	c.Headers = []config.HeaderRule{{Match: config.Match{Source: "/:a(" + strings.Repeat("x", 5000) + ")"}}}
	set, problems := Compile(c)
	want := []string{
		"redirect 2: `destination` has segments not in `source` or `has` (c, d)", "redirect 3: `destination` has params without a name",
		"redirect 4: `source` cannot be used: Unbalanced pattern", "redirect 6: has[0]: regular expression ^(a)\\1$: back-references",
		"redirect 7: `destination` cannot be used", "rewrite 2: with `basePath: false`", "header 1: `source` cannot be used: the regular expression",
	}
	if len(problems) != len(want) {
		t.Fatal(problems)
	}
	for i := range problems {
		if got := problems[i].Error(); !strings.HasPrefix(got, want[i]) {
			t.Errorf("got %q, want %q", got, want[i])
		}
	}
	if len(set.Redirects.list.rules) != 2 || len(set.Fallback.list.rules) != 1 {
		t.Error("rules with problems are kept")
	}
}

func TestIndex(t *testing.T) {
	for _, tt := range []struct {
		source string
		depth  int
		want   string
	}{
		{"/a/b", 0, "a"}, {"/a/:x", 0, "a"}, {"/a/:x*", 0, "a"}, {"/a:x", 0, ""}, {"/:x/b", 0, ""}, {"/:x/b", 1, "b"},
		{"/:l(en|fr)/b", 1, "b"}, {"/:l(.*)/b", 1, ""}, {"/:l?/b", 1, ""}, {"/base/:l(en)/b/c", 2, "b"}, {"/base/a{/x}?", 1, ""},
		{"/a{-x}?", 0, ""}, {"/a(x)", 0, ""}, {"/a/(x)", 0, "a"}, {"/x/:a-b/c", 2, ""}, {"/base", 1, ""}, {`/a\:b`, 0, "a:b"},
	} {
		s, err := CompileSource(tt.source, SourceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := s.segment(tt.depth); got != tt.want {
			t.Errorf("%s at %d: %q, want %q", tt.source, tt.depth, got, tt.want)
		}
	}
}

func BenchmarkHundredRules(b *testing.B) {
	c := config.Default()
	for i := range 100 {
		c.Redirects = append(c.Redirects, redirect("/old-"+string(rune('a'+i%26))+string(rune('a'+i/26))+"/:slug*", "/new/:slug*"))
	}
	set, _ := Compile(c)
	r := request("/products/shoes", "")
	b.ReportAllocs()
	for b.Loop() {
		set.Redirects.Find(r)
	}
}
