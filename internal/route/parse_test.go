package route

import (
	"strings"
	"testing"
)

const testBuild = "Cl_ZSWc38ItWd1BlncTBP"

// testRoutes are the pages of the app whose answers the tables below record.
var testRoutes = []string{
	"/", "/404", "/about", "/ssr", "/index", "/index/gs", "/as", "/as/[...id]",
	"/d/[id]", "/cat/[...slug]", "/docs/[[...p]]", "/isr/[a]", "/isr/x", "/posts/[slug]",
	"/mix/[x]", "/mix/[x]/edit", "/mix/[...r]", "/mix/new", "/gs",
	"/api/q", "/api/[...all]", "/_app", "/_document", "/_error",
}

func newTable(t testing.TB, routes ...string) *Table {
	t.Helper()
	table, err := NewTable(routes)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// verdictText is how the tables write a verdict.
func verdictText(v Verdict) string {
	switch v.Outcome {
	case Redirect:
		return "308 " + v.Location
	case NotFound:
		return "404"
	case BadRequest:
		return "400"
	}
	return "ok"
}

// resolve does what a server does: Parse, then Resolve.
func resolve(table *Table, target string, o *Options) (Match, Verdict) {
	m, v := Parse(target, o)
	if v.Outcome == Proceed {
		v = table.Resolve(&m)
	}
	return m, v
}

// The answers were recorded from Next.js 16.4.6 unless a comment says why ours
// differs.
func TestVerdicts(t *testing.T) {
	table := newTable(t, testRoutes...)
	root := &Options{BuildID: testBuild}
	base := &Options{BuildID: testBuild, BasePath: "/base"}
	slash := &Options{BuildID: testBuild, TrailingSlash: true}
	data := "/_next/data/" + testBuild
	tests := []struct {
		opt    *Options
		target string
		want   string // verdict, and the route if it is ok
	}{
		{root, "/", "ok /"},
		{root, "/?", "ok /"},
		{root, "/about?", "ok /about"},
		{root, "/about#frag", "ok /about"},
		{root, "/ABOUT", "404"},
		{root, "/%61bout", "404"},
		{root, "/about%20", "404"},
		{root, "/about%3Fx", "404"},
		{root, "/index", "ok /index"},
		{root, "/index/index", "404"},
		{root, "/_app", "404"}, {root, "/_error", "404"}, {root, "/_document", "404"},
		{root, "/_next", "404"}, {root, "/_next/x", "404"},
		{root, "/404", "ok /404"}, {root, "/500", "404"},
		{root, "/api", "404"}, {root, "/api/q", "ok /api/q"}, {root, "/api/q%20", "ok /api/[...all]"},
		{root, "/isr/x", "ok /isr/x"}, {root, "/isr/X", "ok /isr/[a]"},
		{root, "/cat", "404"}, {root, "/docs", "ok /docs/[[...p]]"}, {root, "/d", "404"},
		{root, "/mix", "404"}, {root, "/mix/new", "ok /mix/new"}, {root, "/mix/a", "ok /mix/[x]"},
		{root, "/mix/a/edit", "ok /mix/[x]/edit"}, {root, "/mix/new/edit", "ok /mix/[x]/edit"},
		{root, "/mix/a/b", "ok /mix/[...r]"}, {root, "/mix/new/x", "ok /mix/[...r]"},

		// Malformed percent-encoding: 404 where no page takes a param.
		{root, "/%E0%A4%A", "404"},
		{root, "/d/%E0%A4%A", "400"}, {root, "/d/a%", "400"}, {root, "/d/%", "400"},
		{root, "/posts/%E0%A4%A", "400"},
		{root, data + "/posts/%E0%A4%A.json", "400"},
		{root, "/d/%E0%A4%A/", "308 /d/%E0%A4%A"},
		{root, "/a%00b", "404"}, {root, "/d/a%00b", "ok /d/[id]"},
		{root, "about", "400"}, {root, "", "400"},
		{root, "*", "400"},                               // the reference: 500
		{root, "/d/\xc3\xa9", "400"},                     // its HTTP parser refuses the bytes
		{root, "/d/a b", "400"},                          // the same
		{root, "/d/\x00", "400"},                         // the same
		{root, "http://evil.example/about", "ok /about"}, // the reference: 308 to itself, because of the "//"
		{root, "https://evil.example", "ok /"},
		{root, "http://evil.example?a", "ok /"},
		{root, "http://evil.example//about", "308 /about"},
		{root, "http:///about", "400"},
		{root, "ftp://x/about", "400"},

		// Dot segments.
		{root, "/../about", "ok /about"}, {root, "/./about", "ok /about"}, {root, "/%2e%2e/about", "ok /about"},
		{root, "/d/../about", "ok /about"}, {root, "/d/.%2e/about", "ok /about"},
		{root, "/d/%2e%2e", "ok /"}, {root, "/d/..", "ok /"}, {root, "/./", "ok /"}, {root, "/../", "ok /"},
		{root, "/d/%2E", "308 /d"}, {root, "/d/...", "ok /d/[id]"},
		{root, "/..%2f", "404"}, {root, "/d/..%2fx", "ok /d/[id]"},
		{root, data + "/../ssr.json", "404"}, {root, data + "/..%2fssr.json", "404"},

		// Slashes.
		{root, "//", "308 /"}, {root, "///", "308 /"},
		{root, "//a", "308 /a"}, {root, "/a//b", "308 /a/b"}, {root, `/a\b`, "308 /a/b"}, {root, `/\a`, "308 /a"},
		{root, "//evil.com/x", "308 /evil.com/x"}, {root, `/\evil.com`, "308 /evil.com"}, {root, "//evil.com/..", "308 /"},
		{root, "/a//b?x=//y&z=%zz&a=1+2", "308 /a/b?x=//y&z=%zz&a=1+2"},
		{root, `/a\b?x=\`, `308 /a/b?x=\`},
		{root, "//about/", "308 /about/"},
		{root, "/about/", "308 /about"}, {root, "/about/?", "308 /about"},
		{root, "/a/?x=//y", "308 /a?x=%2F%2Fy"},
		{root, "/about/?q=1&b=//", "308 /about?q=1&b=%2F%2F"},
		{root, "/about/?a=%zz&b=1+2&c&=&d=%20", "308 /about?a=%25zz&b=1%202&c=&=&d=%20"},
		{root, "/d/a%20b/?x=1", "308 /d/a%20b?x=1"}, {root, "/d/a%2fb/", "308 /d/a%2fb"},
		{root, "/%5cevil.com/", "308 /%5cevil.com"}, {root, "/%2f/evil.com", "404"},
		{root, "/.well-known/x/", "308 /.well-known/x"}, {root, "/f.txt/", "308 /f.txt"},

		// Data.
		{root, data + "/index.json", "ok /"},
		{root, data + "/index/index.json", "ok /index"},
		{root, data + "/index/index/gs.json", "ok /index/gs"}, // the reference: 404, though its client asks for it
		{root, data + "/index/gs.json", "ok /index/gs"},
		{root, data + "/ssr.json", "ok /ssr"}, {root, data + "/ssr.json/", "308 " + data + "/ssr.json"},
		{root, data + "//ssr.json", "308 " + data + "/ssr.json"},
		{root, data + "/ssr", "404"}, {root, data + "/ssr.JSON", "404"}, {root, data + "/ssr.json.json", "404"},
		{root, data + "/gs/index.json", "404"}, {root, data + "/g%73.json", "404"},
		{root, data + "/d/a.json.json", "ok /d/[id]"}, {root, data + "/docs.json", "ok /docs/[[...p]]"},
		{root, data + "/.json", "404"}, {root, data + "/", "308 " + data}, {root, data, "404"},
		{root, data + "/api/q.json", "404"}, {root, data + "/_error.json", "404"},
		{root, "/_next/data/bad/ssr.json", "404"},
		{root, "/_next/data/" + strings.ToLower(testBuild) + "/ssr.json", "404"},
		{root, "/_next/data", "404"}, {root, "/_next/data/", "308 /_next/data"}, {root, "/_next//data", "308 /_next/data"},
		{&Options{}, "/_next/data//ssr.json", "308 /_next/data/ssr.json"},
		{&Options{}, "/_next/data/x/ssr.json", "404"},
		{&Options{BuildID: "feature/x"}, "/_next/data/feature/x/d/7.json", "ok /d/[id]"},
		{&Options{BuildID: "feature/x"}, "/_next/data/feature/y/d/7.json", "404"},

		{base, "/", "404"}, {base, "/base", "ok /"}, {base, "/base/", "308 /base"}, {base, "/base?x=1", "ok /"},
		{base, "/BASE", "404"}, {base, "/basex", "404"}, {base, "/base/about", "ok /about"},
		{base, "/base/about/", "308 /base/about"}, {base, "/about/", "308 /about"}, {base, "/about", "404"},
		{base, "/base//about", "308 /base/about"}, {base, "//base/about", "308 /base/about"},
		{base, "/base" + data + "/ssr.json", "ok /ssr"}, {base, data + "/ssr.json", "404"},
		{base, "/base/base", "404"}, {base, "/b%61se/about", "404"},
		{base, "/base/.well-known/x/", "308 /base/.well-known/x"},

		{slash, "/", "ok /"}, {slash, "/about", "308 /about/"}, {slash, "/about/", "ok /about"},
		{slash, "/about?x=%zz&y=a+b", "308 /about/?x=%25zz&y=a%20b"},
		{slash, "/d/a.b", "ok /d/[id]"}, {slash, "/d/a.b/", "308 /d/a.b"}, {slash, "/d/a", "308 /d/a/"},
		{slash, "/d/a/", "ok /d/[id]"}, {slash, "/d/a%2eb", "308 /d/a%2eb/"},
		{slash, "/f.txt/", "308 /f.txt"}, {slash, "/api/q", "308 /api/q/"}, {slash, "/api/q/", "ok /api/q"},
		{slash, data + "/ssr.json", "ok /ssr"}, {slash, data + "/ssr.json/", "308 " + data + "/ssr.json"},
		{slash, "/_next/static/x", "308 /_next/static/x/"}, {slash, "/_next/x/", "404"},
		{slash, "/.well-known/x", "404"}, {slash, "/.well-known/x/", "404"}, {slash, "/a/.well-known/x/", "404"},
		{slash, "/x.y/z", "308 /x.y/z/"}, {slash, "/d/.x", "ok /d/[id]"}, {slash, "/d/a.", "ok /d/[id]"},
		{slash, "//about", "308 /about"},
		{&Options{TrailingSlash: true, BasePath: "/base"}, "/base", "308 /base/"},
		{&Options{TrailingSlash: true, BasePath: "/base"}, "/base/", "ok /"},
		{&Options{TrailingSlash: true, SkipTrailingSlashRedirect: true}, "/about", "ok /about"},
		{&Options{SkipTrailingSlashRedirect: true}, "/about/", "ok /about"},
	}
	for _, tt := range tests {
		m, v := resolve(table, tt.target, tt.opt)
		got := verdictText(v)
		if v.Outcome == Proceed {
			got += " " + m.Route
		}
		if got != tt.want {
			t.Errorf("%q (base %q, slash %v): got %s, want %s", tt.target, tt.opt.BasePath, tt.opt.TrailingSlash, got, tt.want)
		}
	}
}

// What a getServerSideProps page printed for each request.
func TestMatch(t *testing.T) {
	table := newTable(t, testRoutes...)
	data := "/_next/data/" + testBuild
	tests := []struct{ target, query, params, resolved, url string }{
		{"/d/a%00b", `{"id":"a\u0000b"}`, `{"id":"a\u0000b"}`, "/d/a%00b", "/d/a%00b"},
		{"/d/..%2fx", `{"id":"../x"}`, `{"id":"../x"}`, "/d/..%2Fx", "/d/..%2fx"},
		{"/d/a%20b", `{"id":"a b"}`, `{"id":"a b"}`, "/d/a%20b", "/d/a%20b"},
		{"/d/a+b", `{"id":"a+b"}`, `{"id":"a+b"}`, "/d/a%2Bb", "/d/a+b"},
		{"/d/%61", `{"id":"a"}`, `{"id":"a"}`, "/d/a", "/d/%61"},
		{"/d/%C3%A9", `{"id":"é"}`, `{"id":"é"}`, "/d/%C3%A9", "/d/%C3%A9"},
		{"/d/a%5cb", `{"id":"a\\b"}`, `{"id":"a\\b"}`, "/d/a%5Cb", "/d/a%5cb"},
		{"/d/[id]", `{"id":"[id]"}`, `{"id":"[id]"}`, "/d/%5Bid%5D", "/d/[id]"},
		{"/cat/a/b%2fc/%20", `{"slug":["a","b/c"," "]}`, `{"slug":["a","b/c"," "]}`, "/cat/a/b%2Fc/%20", "/cat/a/b%2fc/%20"},
		{"/docs", `{}`, `{}`, "/docs", "/docs"},
		{"/docs?x=1&p=2", `{"x":"1","p":"2"}`, `{}`, "/docs?x=1", "/docs?x=1"},
		{"/d/7?id=8&x=1", `{"id":"7","x":"1"}`, `{"id":"7"}`, "/d/7?id=8&x=1", "/d/7?id=8&x=1"},
		{"/d/7?id=7&id=8", `{"id":"7"}`, `{"id":"7"}`, "/d/7?id=7&id=8", "/d/7?id=7&id=8"},
		{"/d/7?id=7", `{"id":"7"}`, `{"id":"7"}`, "/d/7", "/d/7"},
		{"/d/3?nxtPid=4", `{"id":"3"}`, `{"id":"3"}`, "/d/3", "/d/3"},
		{"/cat/a?slug=a", `{"slug":["a"]}`, `{"slug":["a"]}`, "/cat/a", "/cat/a"},
		{"/cat/a?slug=z", `{"slug":["a"]}`, `{"slug":["a"]}`, "/cat/a?slug=z", "/cat/a?slug=z"},
		{"/ssr?a=1&a=2&b=%zz&c", `{"a":["1","2"],"b":"%zz","c":""}`, `{}`, "/ssr?a=1&a=2&b=%25zz&c=", "/ssr?a=1&a=2&b=%25zz&c="},
		{"/as/a%2fb/c+d?q=1&id=4", `{"q":"1","id":["a/b","c+d"]}`, `{"id":["a/b","c+d"]}`, "/as/a%2Fb/c%2Bd?q=1&id=4", "/as/a%2fb/c+d?q=1&id=4"},
		{`/as/"<>^` + "`{|}", `{"id":["\"<>^` + "`" + `{|}"]}`, `{"id":["\"<>^` + "`" + `{|}"]}`, "/as/%22%3C%3E%5E%60%7B%7C%7D", "/as/%22%3C%3E^%60%7B|%7D"},
		{"/as/a:b@c!$&'()*,=~", `{"id":["a:b@c!$&'()*,=~"]}`, `{"id":["a:b@c!$&'()*,=~"]}`, "/as/a%3Ab%40c!%24%26'()*%2C%3D~", "/as/a:b@c!$&'()*,=~"},
		{data + "/ssr.json?a=1", `{"a":"1"}`, `{}`, "/ssr?a=1", data + "/ssr.json?a=1"},
		{data + "/d/7.json?id=7&x=1", `{"id":"7","x":"1"}`, `{"id":"7"}`, "/d/7?x=1", data + "/d/7.json?x=1"},
		{data + "/d/7.json?id=8&x=1", `{"id":"7","x":"1"}`, `{"id":"7"}`, "/d/7?id=8&x=1", data + "/d/7.json?id=8&x=1"},
		{data + "/d/a%2fb.json", `{"id":"a/b"}`, `{"id":"a/b"}`, "/d/a%2Fb", data + "/d/a%2fb.json"},
		{data + "/docs.json?p=3", `{"p":"3"}`, `{}`, "/docs", data + "/docs.json"},
		{data + "/cat/a/b.json?slug=a&slug=b&u=1", `{"slug":["a","b"],"u":"1"}`, `{"slug":["a","b"]}`, "/cat/a/b?u=1", data + "/cat/a/b.json?u=1"},
		{data + "/as/a+b.json?id=a%2Bb&z=1+1", `{"id":["a+b"],"z":"1 1"}`, `{"id":["a+b"]}`, "/as/a%2Bb?z=1+1", data + "/as/a+b.json?z=1+1"},
	}
	for _, tt := range tests {
		m, v := resolve(table, tt.target, &Options{BuildID: testBuild})
		if v.Outcome != Proceed {
			t.Errorf("%q: %s", tt.target, verdictText(v))
			continue
		}
		for _, c := range [][3]string{
			{"query", string(m.Merged.AppendJSON(nil)), tt.query},
			{"params", string(m.Params.AppendJSON(nil)), tt.params},
			{"resolvedUrl", m.ResolvedURL(), tt.resolved},
			{"req.url", m.RequestURL(), tt.url},
		} {
			if c[1] != c[2] {
				t.Errorf("%q: %s is %s, want %s", tt.target, c[0], c[1], c[2])
			}
		}
	}
}

// A page that takes every path gets what is neither file nor special.
func TestCatchAllAtTheRoot(t *testing.T) {
	table := newTable(t, "/[[...p]]", "/about", "/404", "/api/q", "/_app", "/_document", "/_error")
	data := "/_next/data/" + testBuild
	for target, want := range map[string]string{
		"/": `/[[...p]] {}`, "/x/y": `/[[...p]] {"p":["x","y"]}`, "/_next": `/[[...p]] {"p":["_next"]}`, "/_next/x": `/[[...p]] {"p":["_next","x"]}`,
		"/_app": "404", "/_error": "404", "/_error/x": `/[[...p]] {"p":["_error","x"]}`, "/404": "/404 {}", "/500": `/[[...p]] {"p":["500"]}`,
		"/_next/static/x":      "404", // the reference: the page
		"/_next/data/x/y.json": "404", "/api": `/[[...p]] {"p":["api"]}`, "/api/q/zz": `/[[...p]] {"p":["api","q","zz"]}`,
		data + "/index.json": `/[[...p]] {}`, data + "/x.json": `/[[...p]] {"p":["x"]}`, data + "/_error.json": "404",
		"/%E0%A4%A": "400", "/a%00b": `/[[...p]] {"p":["a\u0000b"]}`, "/..%2f": `/[[...p]] {"p":["../"]}`,
		"/about%20": `/[[...p]] {"p":["about "]}`, "/%61bout": `/[[...p]] {"p":["about"]}`, "/ABOUT": `/[[...p]] {"p":["ABOUT"]}`,
		"/_next%2fx": `/[[...p]] {"p":["_next/x"]}`, "/%5fnext/x": `/[[...p]] {"p":["_next","x"]}`,
	} {
		m, v := resolve(table, target, &Options{BuildID: testBuild})
		got := verdictText(v)
		if v.Outcome == Proceed {
			got = m.Route + " " + string(m.Params.AppendJSON(nil))
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", target, got, want)
		}
	}
	if m, _ := resolve(table, "/?p=1&x=2", &Options{}); m.AsPath() != "/?x=2" || string(m.Merged.AppendJSON(nil)) != `{"p":"1","x":"2"}` {
		t.Error(m.AsPath(), m.Merged)
	}
}

func TestAPIRequestURL(t *testing.T) {
	table := newTable(t, testRoutes...)
	for target, want := range map[string]string{
		"/api/q?x=%zz":               "/api/q?x=%25zz",
		"/api/zz/y?all=1":            "/api/zz/y",
		"/api/zz/y?all=zz&all=y&b=1": "/api/zz/y?b=1",
		"/api/zz/y?a=1&a=%zz":        "/api/zz/y?a=1&a=%25zz",
		"/api/zz/y?":                 "/api/zz/y",
	} {
		m, _ := resolve(table, target, &Options{})
		if got := m.RequestURL(); got != want {
			t.Errorf("%q: req.url %q, want %q", target, got, want)
		}
	}
}

func TestAsPath(t *testing.T) {
	table := newTable(t, testRoutes...)
	for target, want := range map[string]string{
		"/base/as/?":                   "/as/",
		"/base/as/?x=%zz&y=1+2":        "/as/?x=%25zz&y=1+2",
		"/base/as/a%2fb/c+d/?q=1&id=4": "/as/a%2fb/c+d/?q=1&id=4",
		"/base/as/../as/q/#x":          "/as/q/",
		"/base/nope/?a=%41":            "/nope/?a=A",
	} {
		m, _ := resolve(table, target, &Options{BasePath: "/base", TrailingSlash: true})
		if got := m.AsPath(); got != want {
			t.Errorf("%q: asPath %q, want %q", target, got, want)
		}
	}
}

func TestCanonicalAndFilePath(t *testing.T) {
	tests := []struct{ target, path, file string }{
		{"/a", "/a", "/a"},
		{"/a%20b", "/a b", "/a b"},
		{"/a%2fb", "/a%2Fb", "/a/b"},
		{"/a%252fb", "/a%252fb", "/a%2fb"},
		{"/a%23%3f%5c", "/a%23%3F%5C", "-"},
		{"/f%2etxt", "/f.txt", "/f.txt"},
		{"/f.txt/..%2ff.txt", "/f.txt/..%2Ff.txt", "-"},
		{"/a%00", "/a\x00", "-"},
		{"/%E0%A4%A", "/%E0%A4%A", "-"},
		{"/%C3%A9", "/é", "/é"},
	}
	for _, tt := range tests {
		m, _ := Parse(tt.target, &Options{})
		file, ok := m.FilePath()
		if !ok {
			file = "-"
		}
		if m.Path != tt.path || file != tt.file {
			t.Errorf("%q: path %q file %q, want %q %q", tt.target, m.Path, file, tt.path, tt.file)
		}
	}
}
