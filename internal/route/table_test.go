package route

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	table := newTable(t, "/", "/a", "/a/[x]", "/a/[x]/edit", "/a/b/[y]", "/a/[...r]", "/c/[[...o]]", "/c/d", "/café", "/é/[z]", "/[top]")
	tests := []struct{ path, want string }{
		{"/", "/ {}"},
		{"/a", "/a {}"},
		{"/a/1", `/a/[x] {"x":"1"}`},
		{"/a/b", `/a/[x] {"x":"b"}`},
		{"/a/b/1", `/a/b/[y] {"y":"1"}`},
		{"/a/b/edit", `/a/b/[y] {"y":"edit"}`},
		{"/a/1/edit", `/a/[x]/edit {"x":"1"}`},
		{"/a/b/1/2", `/a/[...r] {"r":["b","1","2"]}`}, // back out of /a/b
		{"/a/1/other", `/a/[...r] {"r":["1","other"]}`},
		{"/c", "/c/[[...o]] {}"},
		{"/c/d", "/c/d {}"},
		{"/c/d/e", `/c/[[...o]] {"o":["d","e"]}`},
		{"/c/%2F/%20", `/c/[[...o]] {"o":["/"," "]}`},
		{"/caf%C3%A9", "/café {}"}, {"/caf%c3%a9", "/café {}"},
		{"/c%61f%C3%A9", `/[top] {"top":"café"}`},
		{"/%C3%A9/1", `/é/[z] {"z":"1"}`}, {"/%c3%a9/1", `/é/[z] {"z":"1"}`},
		{"/z", `/[top] {"top":"z"}`},
		{"/%", "malformed"}, {"/a/%ff", "malformed"}, {"/a/x/%zz", "malformed"}, {"/c/ok/%E0%A4%A", "malformed"},
		{"/a/%/edit", "malformed"},
		{"", "-"}, {"a", "-"}, {"//", "-"}, {"/a/", "-"}, {"/a//b", "-"}, {"/c//", "-"}, {"/c/x/", "-"}, {"/z/z", "-"},
	}
	for _, tt := range tests {
		got := "-"
		r, params, err := table.Lookup(tt.path)
		switch {
		case errors.Is(err, ErrMalformed):
			got = "malformed"
		case err == nil:
			got = r + " " + string(params.AppendJSON(nil))
		}
		if got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.path, got, tt.want)
		}
	}
}

func TestNewTableErrors(t *testing.T) {
	for _, routes := range [][]string{{"/a", "/a"}, {"a"}, {"/[x]", "/[y]"}, {"/[...x]", "/[...y]"}, {"/[[...x]]", "/[[...y]]"}, {"/a//b"}, {"/[x]/[x]"}} {
		if _, err := NewTable(routes); err == nil {
			t.Errorf("%q: no error", routes)
		}
	}
}

func TestOrder(t *testing.T) {
	want := []string{"/", "/a", "/b", "/a/c/[x]", "/a/[x]", "/a/[x]/b", "/a/[...x]", "/d/[[...x]]", "/[x]", "/[...x]"}
	shuffled := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if got := newTable(t, shuffled...).Routes(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got, want := SortPages([]string{"/isr/[a]", "/b", "/isr/x", "/a/[...r]", "/a/[x]/e", "/a/[x]", "/a/n", "/", "/[bad"}),
		[]string{"/", "/[bad", "/a/n", "/a/[x]", "/a/[x]/e", "/a/[...r]", "/b", "/isr/x", "/isr/[a]"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRegex(t *testing.T) {
	long := strings.Repeat("x", 40)
	tests := []struct{ route, regex, named, keys, data string }{
		{"/", `^/(?:/)?$`, `^/(?:/)?$`, "map[]", "/index"},
		{"/index", `^/index(?:/)?$`, `^/index(?:/)?$`, "map[]", "/index/index"},
		{"/a.b/[id]", `^/a\.b/([^/]+?)(?:/)?$`, `^/a\.b/(?<nxtPid>[^/]+?)(?:/)?$`, "map[nxtPid:nxtPid]", `/a\.b/([^/]+?)`},
		{"/a/[my-id]", `^/a/([^/]+?)(?:/)?$`, `^/a/(?<nxtPmyid>[^/]+?)(?:/)?$`, "map[nxtPmyid:nxtPmy-id]", `/a/([^/]+?)`},
		{"/a/[[...r]]", `^/a(?:/(.+?))?(?:/)?$`, `^/a(?:/(?<nxtPr>.+?))?(?:/)?$`, "map[nxtPr:nxtPr]", `/a(?:/(.+?))?`},
		{"/[" + long + "]", `^/([^/]+?)(?:/)?$`, `^/(?<a>[^/]+?)(?:/)?$`, "map[a:nxtP" + long + "]", `/([^/]+?)`},
	}
	for _, tt := range tests {
		p, err := Regex(tt.route)
		if err != nil {
			t.Fatal(err)
		}
		if got := [4]string{p.Regex, p.Named, fmt.Sprint(p.Keys), p.DataRegex}; got != [4]string{tt.regex, tt.named, tt.keys, tt.data} {
			t.Errorf("%s: %q", tt.route, got)
		}
	}
	if _, err := Regex("/[...a]/b"); err == nil {
		t.Error("no error")
	}
	if safeKey(26) != "z" || safeKey(27) != "aa" || safeKey(28) != "ba" {
		t.Error(safeKey(26), safeKey(27), safeKey(28))
	}
}

func TestPagePath(t *testing.T) {
	for r, want := range map[string]string{"/": "index", "/index": "index/index", "/index/a": "index/index/a", "/indexed": "indexed", "/posts/[slug]": "posts/[slug]"} {
		if got := PagePath(r); got != want {
			t.Errorf("%s: %s, want %s", r, got, want)
		}
	}
}

// obvious finds a route the slow way: it tries every pattern in the order of the
// rules, segment by segment.
func obvious(routes []string, path string) (string, Values, bool) {
	if path == "/" {
		path = ""
	}
	parts := strings.Split(path, "/")[1:]
	for _, kindsFirst := range []bool{true, false} { // routes without params first
		for _, r := range routes {
			if Dynamic(r) == kindsFirst {
				continue
			}
			segs, err := parse(r)
			if err != nil {
				continue
			}
			if params, ok := obviousMatch(segs, parts); ok {
				return r, params, true
			}
		}
	}
	return "", nil, false
}

func obviousMatch(segs []segment, parts []string) (Values, bool) {
	if len(segs) == 0 {
		return Values{}, len(parts) == 0
	}
	s := segs[0]
	switch s.kind {
	case catchAll, optional:
		if len(parts) == 0 {
			return Values{}, s.kind == optional
		}
		if slices.Contains(parts, "") {
			return nil, false
		}
		return Values{{Key: s.text, List: parts, IsList: true}}, true
	}
	if len(parts) == 0 || parts[0] == "" || s.kind == literal && parts[0] != s.text {
		return nil, false
	}
	rest, ok := obviousMatch(segs[1:], parts[1:])
	if ok && s.kind == single {
		rest = append(Values{{Key: s.text, Single: parts[0]}}, rest...)
	}
	return rest, ok
}

// FuzzLookup compares the tree with the slow matcher: on routes and a path made of
// the same few names, so that they meet. What matches makes the same path again.
func FuzzLookup(f *testing.F) {
	f.Add("a/[x]\na/[x]/b\na/[...r]\n[[...o]]", "/a/b/c")
	f.Add("a\na/b\n[t]/b", "/a/b")
	f.Add("", "/")
	f.Add("a/[[...o]]\na/b/[...o]", "/a/b")
	f.Fuzz(func(t *testing.T, text, path string) {
		var routes []string
		table := &Table{exact: map[string]*entry{}}
		for r := range strings.SplitSeq(text, "\n") {
			// Names that need encoding are tried elsewhere.
			if r = "/" + r; encodePath(r) == r && !strings.Contains(r, "%") && table.add(r) == nil {
				routes = append(routes, r)
			}
		}
		table.sorted = table.order()
		routes = table.Routes()
		got, params, err := table.Lookup(path)
		if strings.Contains(path, "%") || !isASCII(path) {
			return // only that it does not panic: URLs have no bare non-ASCII
		}
		want, wantParams, ok := "", Values(nil), false
		if strings.HasPrefix(path, "/") {
			want, wantParams, ok = obvious(routes, path)
		}
		if ok != (err == nil) || got != want || string(params.AppendJSON(nil)) != string(wantParams.AppendJSON(nil)) {
			t.Fatalf("%q on %q: got %q %s %v, want %q %s", path, routes, got, params.AppendJSON(nil), err, want, wantParams.AppendJSON(nil))
		}
		if ok && Dynamic(got) {
			again, params2, err := table.Lookup(string(table.mustFind(t, path).appendPath(nil, params)))
			if err != nil || again != got || string(params2.AppendJSON(nil)) != string(params.AppendJSON(nil)) {
				t.Fatalf("%q: its own path gives %q %s %v", path, again, params2.AppendJSON(nil), err)
			}
		}
	})
}

func (t *Table) mustFind(tb testing.TB, path string) *entry {
	tb.Helper()
	e, _, err := t.lookup(path)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// FuzzParse checks what every later stage relies on.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"/", "//a", `/\a/..//`, "/%2e%2E/x?y=%zz&z", "/_next/data/b/index.json?a=1", "/base/fr/a/%2f", "http://h//x", "/a/?" + strings.Repeat("k&", 70)} {
		f.Add(s)
	}
	table := newTable(f, testRoutes...)
	options := []*Options{
		{BuildID: "b"},
		{BuildID: "b", BasePath: "/base", TrailingSlash: true},
		{BuildID: "b", Locales: []string{"en", "fr"}, DefaultLocale: "en", SkipTrailingSlashRedirect: true},
		{BuildID: "b", Locales: []string{"en", "fr"}, DefaultLocale: "en", FileLocales: []string{"en"}},
		{BuildID: "b", BasePath: "/base", Locales: []string{"en", "fr"}, DefaultLocale: "fr", TrailingSlash: true},
	}
	f.Fuzz(func(t *testing.T, target string) {
		for i, o := range options {
			m, v := Parse(target, o)
			if v.Outcome == Redirect {
				if !strings.HasPrefix(v.Location, "/") || strings.HasPrefix(v.Location, "//") || strings.ContainsAny(v.Location, "\r\n\x00 ") || strings.HasPrefix(v.Location, `/\`) {
					t.Fatalf("%q (%d): redirect to %q", target, i, v.Location)
				}
				// Redirects end: one for the slashes, one for the last slash.
				for hop := 0; v.Outcome == Redirect; hop++ {
					if hop > 2 {
						t.Fatalf("%q (%d): redirects without end: %q", target, i, v.Location)
					}
					_, v = Parse(v.Location, o)
				}
				continue
			}
			if v.Outcome == Proceed {
				v = table.Resolve(&m)
			}
			if !strings.HasPrefix(m.RawPath, "/") || v.Outcome == Proceed && m.Route == "" {
				t.Fatalf("%q (%d): %+v", target, i, m)
			}
			for part := range strings.SplitSeq(m.RawPath[1:], "/") {
				if dotSegment(part) > 0 && !m.Malformed && v.Outcome == Proceed {
					t.Fatalf("%q (%d): dot segment in %q", target, i, m.RawPath)
				}
			}
			if file, ok := m.FilePath(); ok && (strings.Contains(file, "/../") || strings.HasSuffix(file, "/..") || strings.ContainsAny(file, "\x00\\")) {
				t.Fatalf("%q (%d): file %q", target, i, file)
			}
			_, _, _ = m.AsPath(), m.ResolvedURL(), m.RequestURL()
			seen := map[string]bool{}
			for _, q := range m.Merged {
				if seen[q.Key] {
					t.Fatalf("%q (%d): key %q twice", target, i, q.Key)
				}
				seen[q.Key] = true
			}
		}
	})
}

func TestLookupAllocations(t *testing.T) {
	table := newTable(t, testRoutes...)
	for path, want := range map[string]float64{"/about": 0, "/nope/x": 0, "/d/7": 1} {
		if got := testing.AllocsPerRun(100, func() { _, _, _ = table.Lookup(path) }); got > want {
			t.Errorf("%s: %v allocations, want %v", path, got, want)
		}
	}
	o := &Options{BuildID: "b", BasePath: "/base"}
	if got := testing.AllocsPerRun(100, func() { m, _ := Parse("/base/about", o); _ = table.Resolve(&m) }); got > 0 {
		t.Errorf("Parse and Resolve of a static page: %v allocations", got)
	}
}

func BenchmarkRequest(b *testing.B) {
	table := newTable(b, testRoutes...)
	o := &Options{BuildID: "b"}
	for _, target := range []string{"/about", "/d/7", "/cat/a/b/c?x=1&y=2", "/_next/data/b/d/7.json?id=7"} {
		b.Run(strings.ReplaceAll(target, "/", "."), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m, _ := Parse(target, o)
				_ = table.Resolve(&m)
			}
		})
	}
}
