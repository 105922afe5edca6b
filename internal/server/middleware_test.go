package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
)

func TestAuthority(t *testing.T) {
	for _, test := range []struct {
		host string
		port int
		want string
	}{
		{"localhost", 3000, "localhost:3000"}, {"127.0.0.1", 80, "localhost"}, {"::1", 1, "localhost:1"}, {"[::1]", 1, "localhost:1"},
		{"example.com", 80, "example.com"}, {"10.0.0.1", 8080, "10.0.0.1:8080"}, {"fe80::1", 2, "[fe80::1]:2"}, {"127.evil.com", 3, "127.evil.com:3"},
	} {
		if got := authority(test.host, test.port); got != test.want {
			t.Errorf("%s %d: %s, want %s", test.host, test.port, got, test.want)
		}
	}
}

// TestTargets: which URLs of a middleware are the app's own, and how clients are told
// them. Whatever looks like the app's host and is not stays another host.
func TestTargets(t *testing.T) {
	plain := &config.Config{}
	i18n := &config.Config{BasePath: "/base", I18n: &config.I18n{Locales: []string{"en", "de"}, DefaultLocale: "en"}}
	for _, test := range []struct {
		config *config.Config
		url    string
		own    bool
		// hidden and named are the URL without and with the default locale.
		hidden, named string
	}{
		{plain, "http://localhost:3000/a?b#c", true, "/a?b#c", "/a?b#c"},
		{plain, "http://localhost:3000", true, "/", "/"},
		{plain, "http://localhost:3000?x", true, "/?x", "/?x"},
		{plain, "http://127.0.0.1:3000/a", true, "/a", "/a"},
		{plain, "http://[::1]:3000/a", true, "/a", "/a"},
		{plain, "http://[::1]/a", false, "", ""},
		{plain, "https://localhost:3000/a", false, "", ""},
		{plain, "http://localhost:3001/a", false, "", ""},
		{plain, "http://localhost:3000@evil.com/a", false, "", ""},
		{plain, "http://user@localhost:3000/a", false, "", ""},
		{plain, "http://localhost:3000.evil.com/a", false, "", ""},
		{plain, "http://evil.com/http://localhost:3000/", false, "", ""},
		{i18n, "http://localhost:3000/base/about", true, "/base/about", "/base/en/about"},
		{i18n, "http://localhost:3000/base/en/about?x=1", true, "/base/about?x=1", "/base/en/about?x=1"},
		{i18n, "http://localhost:3000/base/de/about", true, "/base/de/about", "/base/de/about"},
		{i18n, "http://localhost:3000/base", true, "/base", "/base/en"},
		{i18n, "http://localhost:3000/base/api/x", true, "/base/api/x", "/base/api/x"},
		{i18n, "http://localhost:3000/other", true, "/other", "/other"},
	} {
		a := &site{"localhost:3000", test.config}
		q := &request{r: httptest.NewRequest("GET", "/", nil)}
		if test.config.I18n != nil {
			q.tongue.preset = "en"
		}
		to, ok := a.read(q, test.url)
		if !ok || to.own != test.own {
			t.Errorf("%s: own %v, absolute %v", test.url, to.own, ok)
			continue
		}
		if !to.own {
			continue
		}
		if hidden, named := a.spell(q, to, false), a.spell(q, to, true); hidden != test.hidden || named != test.named {
			t.Errorf("%s: %q %q, want %q %q", test.url, hidden, named, test.hidden, test.named)
		}
	}
	for _, relative := range []string{"/about", "about", "", "//evil.com"} {
		if _, ok := (&site{"localhost:3000", plain}).read(&request{r: httptest.NewRequest("GET", "/", nil)}, relative); ok {
			t.Errorf("%q was taken for an absolute URL", relative)
		}
	}
}

func TestVerdict(t *testing.T) {
	v := readVerdict([]string{
		"x-middleware-next", "1", "x-middleware-override-headers", "a,host,x-keep", "x-middleware-request-a", "1", "x-middleware-request-host", "other",
		"x-middleware-set-cookie", "no", "content-length", "5", "connection", "close", "x-mine", "yes", "set-cookie", "a=1", "set-cookie", "b=2",
	})
	if !v.next || strings.Join(v.response, " ") != "X-Mine yes Set-Cookie a=1 Set-Cookie b=2" {
		t.Errorf("%+v", v)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header = http.Header{"X-Keep": {"k"}, "X-Drop": {"d"}, "A": {"0"}}
	overrideHeaders(r, &v)
	if r.Host != "other" || r.Header.Get("A") != "1" || r.Header["X-Drop"] != nil || r.Header["X-Keep"] != nil {
		t.Errorf("%s %v", r.Host, r.Header)
	}
}

// TestClone: what middleware has read is there again, however much that was.
func TestClone(t *testing.T) {
	const text = "0123456789abcdef"
	for read := range len(text) + 1 {
		c := &clone{body: io.NopCloser(strings.NewReader(text)), limit: 10}
		first := make([]byte, read)
		n, _ := io.ReadFull(c, first)
		if n != min(read, 10) {
			t.Errorf("read %d of %d", n, read)
		}
		if whole, err := io.ReadAll(c.rest()); err != nil || string(whole) != text {
			t.Errorf("after %d: %q %v", read, whole, err)
		}
		if n, err := c.Read(first); n > 0 || read > 0 && err != io.EOF {
			t.Errorf("middleware reads on: %d %v", n, err)
		}
		if c.cut != (read > 10) {
			t.Errorf("after %d: cut %v", read, c.cut)
		}
	}
	broken := &clone{body: io.NopCloser(io.MultiReader(strings.NewReader("ab"), brokenBody{})), limit: 10}
	if _, err := io.ReadAll(broken); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	var got bytes.Buffer
	if _, err := got.ReadFrom(broken.rest()); err != io.ErrUnexpectedEOF || got.String() != "ab" {
		t.Errorf("%q %v", got.String(), err)
	}
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestPageOfData(t *testing.T) {
	for path, want := range map[string]string{
		"/_next/data/b/a.json": "/a", "/_next/data/b/index.json": "/", "/_next/data/b/a/b.json": "/a/b",
		"/_next/data/b/a": "/_next/data/b/a", "/a.json": "/a.json", "/": "/", "/_next/data/": "/_next/data/",
	} {
		if got := pageOfData(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestKnownPaths: the memory of paths is bounded, whatever clients ask for.
func TestKnownPaths(t *testing.T) {
	m := &matchers{known: map[string]coverage{}}
	for i := range 3 * knownPaths {
		m.cover("/" + strings.Repeat("x", i%knownLen) + string(rune('a'+i%26)))
		m.cover(strings.Repeat("y", knownLen+1))
		m.cover("/" + string(rune(i)))
	}
	if len(m.known) > knownPaths || m.known[strings.Repeat("y", knownLen+1)].surely {
		t.Errorf("%d paths are remembered", len(m.known))
	}
	if q := (&request{asked: route.Match{Form: route.Data, RawPath: "/_next/data/b/a"}}); !q.misspelt() {
		t.Error("no spelling of a data request was taken for one")
	}
}
