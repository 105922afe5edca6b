package route

import (
	"strings"
	"testing"
)

// localeOptions are apps with i18n whose default locale is en.
var localeOptions = map[string]*Options{
	"plain": {BuildID: testBuild, Locales: []string{"en", "fr", "nl-NL"}, DefaultLocale: "en", FileLocales: []string{"en"}},
	"slash": {BuildID: testBuild, Locales: []string{"en", "fr", "nl-NL"}, DefaultLocale: "en", FileLocales: []string{"en"}, BasePath: "/docs", TrailingSlash: true},
	"fr":    {BuildID: testBuild, Locales: []string{"en", "fr", "nl-NL"}, DefaultLocale: "fr", FileLocales: []string{"en", "fr"}},
}

func TestLocales(t *testing.T) {
	table := newTable(t, testRoutes...)
	data := "/_next/data/" + testBuild
	tests := []struct{ options, target, want string }{
		{"plain", "/", "en /"},
		{"plain", "/fr", "fr /"},
		{"plain", "/FR", "fr /"},
		{"plain", "/en/about", "en /about"},
		{"plain", "/nl-nl/ssr", "nl-NL /ssr"},
		{"plain", "/fr/d/9", "fr /d/[id]"},
		{"plain", "/de/about", "404 en"},
		{"plain", "/fr/fr/about", "404 fr"},
		{"plain", "/fr/api/q", "404 fr"},
		{"plain", "/en/api/q", "404 en"},
		{"plain", "/api/q", "en /api/q"},
		{"plain", "/%66r/about", "404 en"},
		{"plain", "/fr/_next/static/x.js", "404 fr"},
		{"plain", "/fr/_app", "404 fr"},
		{"plain", "/fr/", "308 /fr"},
		{"plain", "/fr/about/?a=b%20c", "308 /fr/about?a=b%20c"},
		{"plain", "/en/about/", "308 /about"},
		{"plain", "/EN/about/", "308 /about"},
		{"plain", "/en/", "en /"},
		{"plain", "/fr//about", "308 /fr/about"},
		{"plain", "/en//about", "308 /en/about"},
		{"plain", data + "/fr/ssr.json", "fr /ssr"},
		{"plain", data + "/FR/ssr.json", "fr /ssr"},
		{"plain", data + "/ssr.json", "404 en"},
		{"plain", data + "/de/ssr.json", "404 en"},
		{"plain", data + "/fr.json", "fr /"},
		{"plain", data + "/fr/index.json", "fr /"},
		{"plain", data + "/fr/index/index.json", "fr /index"},
		{"plain", data + "/fr/d/7.json", "fr /d/[id]"},
		{"plain", data + "/fr/api/q.json", "404 fr"},
		{"plain", data + "/.json", "404 en"},
		{"plain", "/_next/data/other/fr/ssr.json", "404 fr"},
		{"plain", "/fr" + data + "/fr/ssr.json", "404 fr"},

		{"slash", "/docs/", "en /"},
		{"slash", "/docs/fr/about/", "fr /about"},
		{"slash", "/docs", "308 /docs/"},
		{"slash", "/docs/fr", "308 /docs/fr/"},
		{"slash", "/docs/en", "308 /docs/"},
		{"slash", "/docs/en/about", "308 /docs/about/"},
		{"slash", "/docs/en/", "en /"},
		{"slash", "/docs/en/f.txt", "404 en"},
		{"slash", "/fr/about/", "404 fr"},
		{"slash", "/fr/about", "308 /fr/about/"},
		{"slash", "/docsfr/", "404 en"},

		{"fr", "/", "fr /"},
		{"fr", "/en", "en /"},
		{"fr", "/fr/about/", "308 /about"},
		{"fr", "/en/about/", "308 /en/about"},
	}
	for _, tt := range tests {
		m, v := resolve(table, tt.target, localeOptions[tt.options])
		got := verdictText(v)
		switch v.Outcome {
		case Proceed:
			got = m.Locale + " " + m.Route
		case NotFound:
			got += " " + m.Locale
		}
		if got != tt.want {
			t.Errorf("%s %q: got %s, want %s", tt.options, tt.target, got, tt.want)
		}
	}
}

// API routes have no locale, and no page takes their place.
func TestLocaleOfAPI(t *testing.T) {
	table := newTable(t, "/[[...all]]", "/api/q")
	for target, want := range map[string]string{
		"/fr/api/q": "404", "/fr/api": "404", "/en/api/none": "404", "/api/none": "/[[...all]]", "/fr/apis": "/[[...all]]", "/api/q": "/api/q",
	} {
		m, v := resolve(table, target, localeOptions["plain"])
		got := verdictText(v)
		if v.Outcome == Proceed {
			got = m.Route
		}
		if got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

func TestSlashesOfURLs(t *testing.T) {
	table := newTable(t, "/d/[id]")
	for _, tt := range []struct {
		o                      Options
		target, resolved, page string
	}{
		{Options{TrailingSlash: true}, "/d/7/", "/d/7/", "/d/7/"},
		{Options{TrailingSlash: true}, "/d/a.b", "/d/a.b", "/d/a.b"},
		{Options{SkipTrailingSlashRedirect: true}, "/d/7/", "/d/7", "/d/7"},
		{Options{SkipTrailingSlashRedirect: true, TrailingSlash: true}, "/d/7", "/d/7", "/d/7/"},
	} {
		m, _ := resolve(table, tt.target, &tt.o)
		if m.ResolvedURL() != tt.resolved || m.PageURL(tt.o.TrailingSlash) != tt.page {
			t.Errorf("%s: resolved %s, page %s", tt.target, m.ResolvedURL(), m.PageURL(tt.o.TrailingSlash))
		}
	}
}

func TestLocaleURLs(t *testing.T) {
	table := newTable(t, testRoutes...)
	data := "/_next/data/" + testBuild
	tests := []struct{ options, target, asPath, url, file, locale string }{
		{"plain", "/about?a=1", "/about?a=1", "/about?a=1", "/about", "/about"},
		{"plain", "/FR/about?a=1", "/about?a=1", "/about?a=1", "/FR/about", "/FR/about"},
		{"plain", "/fr", "/", "/", "/fr", "/fr"},
		{"plain", "/en/f.txt", "/f.txt", "/f.txt", "/f.txt", "/en/f.txt"},
		{"plain", "/fr/f%20g.txt", "/f%20g.txt", "/f%20g.txt", "/fr/f g.txt", "/fr/f%20g.txt"},
		{"plain", data + "/fr/d/7.json?id=7&x=1", "/d/7?x=1", "/d/7?x=1", "/d/7", "/d/7"},
		{"slash", "/docs/fr/about/", "/about/", "/about/", "/fr/about", "/fr/about"},
		{"fr", "/fr/f.txt", "/f.txt", "/f.txt", "/f.txt", "/fr/f.txt"},
		{"fr", "/en/f.txt", "/f.txt", "/f.txt", "/f.txt", "/en/f.txt"},
		{"fr", "/nl-NL/f.txt", "/f.txt", "/f.txt", "/nl-NL/f.txt", "/nl-NL/f.txt"},
	}
	for _, tt := range tests {
		m, _ := resolve(table, tt.target, localeOptions[tt.options])
		file, _ := m.FilePath()
		if m.AsPath() != tt.asPath || m.RequestURL() != tt.url || file != tt.file || m.LocalePath() != tt.locale {
			t.Errorf("%s %q: asPath %q, url %q, file %q, with locale %q", tt.options, tt.target, m.AsPath(), m.RequestURL(), file, m.LocalePath())
		}
	}
}

// FuzzLocale: a locale in front changes nothing but the locale.
func FuzzLocale(f *testing.F) {
	for _, s := range []string{"/", "/about", "/a%2fb?x=1", "/d/7", "/../x", "/fr/fr", "/_next/data/b/en/x.json", "/api/q", "/f.txt", "/.", "/%2e%2e"} {
		f.Add(s)
	}
	table := newTable(f, testRoutes...)
	with := &Options{BuildID: "b", Locales: []string{"en", "fr"}, DefaultLocale: "en", FileLocales: []string{"en"}, SkipTrailingSlashRedirect: true}
	without := &Options{BuildID: "b", SkipTrailingSlashRedirect: true}
	f.Fuzz(func(t *testing.T, target string) {
		path, _, _ := strings.Cut(target, "?")
		if path == "" || path[0] != '/' || strings.ContainsAny(path, "\\#") || strings.Contains(path, "//") ||
			strings.HasPrefix(cleanPath(path), dataPrefix) || strings.HasPrefix(cleanPath("/fr"+path), dataPrefix) {
			return // these name no locale, or lead out of it
		}
		prefixed, v := Parse("/fr"+target, with)
		if v.Outcome != Proceed || !prefixed.LocaleNamed {
			return // dot segments have taken it away
		}
		plain, w := Parse(target, without)
		if w.Outcome != Proceed {
			t.Fatalf("%q: %v with a locale, %v without", target, v, w)
		}
		if cleanPath("/fr"+path) == "/fr"+cleanPath(path) && (plain.RawPath != prefixed.RawPath || plain.Path != prefixed.Path || plain.RawQuery != prefixed.RawQuery) {
			t.Fatalf("%q: %+v with a locale, %+v without", target, prefixed, plain)
		}
		if prefixed.Locale != "fr" {
			t.Fatalf("%q: locale %q", target, prefixed.Locale)
		}
		table.Resolve(&prefixed)
		if IsAPI(prefixed.Route) {
			t.Fatalf("%q: an API route in a locale", target)
		}
		if file, ok := prefixed.FilePath(); ok && !strings.HasPrefix(file, "/fr") {
			t.Fatalf("%q: file %q", target, file)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, target string }{{"default", "/about?a=1"}, {"named", "/nl-NL/about?a=1"}, {"data", "/_next/data/" + testBuild + "/fr/d/7.json"}} {
		b.Run("locale/"+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Parse(bench.target, localeOptions["plain"])
			}
		})
	}
	b.Run("none", func(b *testing.B) {
		b.ReportAllocs()
		o := &Options{BuildID: testBuild}
		for b.Loop() {
			_, _ = Parse("/about?a=1", o)
		}
	})
}
