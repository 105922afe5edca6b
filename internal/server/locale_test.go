package server

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
)

func TestPreferredLocale(t *testing.T) {
	plain := []string{"en", "fr", "nl-NL", "nl-BE"}
	tests := []struct {
		locales      []string
		header, want string
	}{
		{plain, "", ""},
		{plain, "fr", "fr"},
		{plain, "FR", "fr"},
		{plain, "nl", "nl-NL"},
		{plain, "fr-CA", ""},
		{plain, "fr-CA,fr;q=0.9,en;q=0.8", "fr"},
		{plain, "en;q=0.5, fr;q=0.8", "fr"},
		{plain, "nl-BE, fr, en", "en"},
		{plain, "*", "en"},
		{plain, "en;q=0, *", "fr"},
		{plain, "en, fr, nl-nl, nl, nl-be, *", "en"},
		{plain, "fr;q=0, en;q=0.1", "en"},
		{plain, "fr;q=2, nl-NL;q=0.5", "fr"},
		{plain, "fr;q=.5, en;q=.6", "en"},
		{plain, "fr;q=0.5x, en;q=0.4", "fr"},
		{plain, "fr;q=-1", "fr"},
		{plain, "de, ja", ""},
		{plain, ",,fr,", "fr"},
		{plain, "fr;q=1;x=2", ""},
		{plain, "fr;x=1", ""},
		{plain, "fr;q=", ""},
		{plain, ";q=1, fr", ""},
		{plain, "en ; q=0.1 ,\tfr", "fr"},
		{[]string{"nl-NL", "fr", "nl"}, "nl, fr", "fr"},
		{[]string{"nl-NL", "fr", "nl"}, "nl", "nl"},
		{[]string{"zh-Hant-TW", "en"}, "zh-hant", "zh-Hant-TW"},
		{[]string{"zh-Hant-TW", "en"}, "zh", "zh-Hant-TW"},
	}
	for _, tt := range tests {
		l := newLocales(&config.I18n{Locales: tt.locales, DefaultLocale: tt.locales[0]})
		if got := l.preferred(tt.header); got != tt.want {
			t.Errorf("%q of %v: %q, want %q", tt.header, tt.locales, got, tt.want)
		}
	}
}

// FuzzPreferredLocale: the header gives a locale of the app or none, in a time that
// follows its length.
func FuzzPreferredLocale(f *testing.F) {
	for _, s := range []string{"fr", "*;q=0.1,en", strings.Repeat("1.", 100), "a;q=" + strings.Repeat("9", 400), strings.Repeat(",", 50), "en;q=1e5"} {
		f.Add(s)
	}
	l := newLocales(&config.I18n{Locales: []string{"en", "fr", "nl-NL"}, DefaultLocale: "en"})
	f.Fuzz(func(t *testing.T, header string) {
		if got := l.preferred(header); got != "" && !slices.Contains(l.Locales, got) {
			t.Errorf("%q: %q", header, got)
		}
		if got := l.cookie([]string{"NEXT_LOCALE=" + header}); got != "" && !slices.Contains(l.Locales, got) {
			t.Errorf("cookie %q: %q", header, got)
		}
	})
}

func TestLongLanguageHeader(t *testing.T) {
	l := newLocales(&config.I18n{Locales: []string{"en", "fr"}, DefaultLocale: "en"})
	for _, header := range []string{"fr;q=" + strings.Repeat("1", 1<<20), "fr;q=1" + strings.Repeat(".", 1<<20), strings.Repeat("a,", 1<<19) + "fr"} {
		began := time.Now()
		if got := l.preferred(header); got != "fr" {
			t.Errorf("%.20q: %q", header, got)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%.20q took %v", header, took)
		}
	}
}

// localised is sample with i18n: /about is static, /plain has data, /posts/a is
// French only, /ssr tells its locale.
func localised(t *testing.T, domains ...config.Domain) *app {
	m := sample()
	m.Config.I18n = &config.I18n{Locales: []string{"en", "fr", "nl"}, DefaultLocale: "en", Domains: domains}
	m.Prerendered = map[string]manifest.Prerendered{
		"/fr/posts/a": {Route: "/posts/[slug]", HTML: "server/pages/fr/posts/a.html", Data: "server/pages/fr/posts/a.json"},
	}
	files := map[string]string{"server/pages/fr/posts/a.html": "fr post", "server/pages/fr/posts/a.json": `"fr post"`}
	for i := range m.Pages {
		p := &m.Pages[i]
		if p.HTML == "" && p.FallbackHTML == "" {
			continue
		}
		p.HTML, p.FallbackHTML, p.Localized = "", "", map[string]string{}
		for _, locale := range m.Config.I18n.Locales {
			name := "server/pages" + manifest.Key(locale, p.Route) + ".html"
			p.Localized[locale] = name
			files[name] = locale + " " + p.Route
		}
	}
	build := map[string]string{"public/file.txt": "file"}
	for name, text := range files {
		build[".next/"+name] = text
	}
	m.Public = []string{"/file.txt"}
	return start(t, m, build, func(_ context.Context, in *input, job *engine.Job) (*engine.Reply, error) {
		return reply(map[string]any{"kind": "page", "status": 200, "data": "{}", "revalidate": false}, string(job.Input))
	})
}

func TestLocaleFlow(t *testing.T) {
	plain := localised(t)
	domains := localised(t, config.Domain{Domain: "example.com", DefaultLocale: "en"}, config.Domain{Domain: "example.fr", DefaultLocale: "fr", HTTP: true, Locales: []string{"nl"}})
	tests := []struct {
		app                   *app
		method, host, target  string
		header, status, wants string // wants is part of the body, or the Location
	}{
		{plain, "GET", "x", "/about", "", "200", "en /about"},
		{plain, "GET", "x", "/fr/about", "", "200", "fr /about"},
		{plain, "GET", "x", "/fr/auto/7", "", "200", "fr /auto/[id]"},
		{plain, "GET", "x", "/fr/posts/a", "", "200", "fr post"},
		{plain, "GET", "x", "/posts/a", "", "404", "en /404"},
		{plain, "GET", "x", "/nl/posts/a", "", "404", "en /404"},
		{plain, "GET", "x", "/nl/nope", "", "404", "nl /404"},
		{plain, "GET", "x", "/nl/lazy/q", "", "200", "nl /lazy/[id]"},
		{plain, "GET", "x", "/fr/file.txt", "", "404", "fr /404"},
		{plain, "GET", "x", "/en/file.txt", "", "200", "file"},
		{plain, "GET", "x", "/fr/ssr", "", "200", `"locale":"fr","defaultLocale":"en"`},
		{plain, "GET", "x", "/fr/blocking/q", "", "200", `"locale":"fr","defaultLocale":"en"`},
		{plain, "GET", "x", "/fr/_next/image?url=%2Fa.png&w=640&q=75", "", "404", "fr /404"},
		{plain, "GET", "x", "/", "Accept-Language: fr", "307", "/fr"},
		{plain, "GET", "x", "/?a=1", "Cookie: NEXT_LOCALE=nl", "307", "/nl?a=1"},
		{plain, "GET", "x", "/about", "Accept-Language: fr", "200", "en /about"},
		{plain, "GET", "x", "/_next/data/B1/ssr.json", "", "404", "en /404"},

		{domains, "GET", "example.fr", "/about", "", "200", "fr /about"},
		{domains, "GET", "EXAMPLE.fr:80", "/about", "", "200", "fr /about"},
		{domains, "GET", "example.fr.evil.com", "/about", "", "200", "en /about"},
		{domains, "GET", "example.fr", "/ssr", "", "200", `"locale":"fr","defaultLocale":"fr","onDomain":true`},
		{domains, "GET", "other", "/fr/ssr", "", "200", `"locale":"fr","defaultLocale":"en","onDomain":true`},
		{domains, "GET", "example.fr", "/blocking/q", "", "200", `"locale":"fr","defaultLocale":"en","onDomain":true`},
		{domains, "GET", "example.fr", "/nope", "", "404", "fr /404"},
		{domains, "GET", "example.fr", "/", "Accept-Language: en", "307", "https://example.com/"},
		{domains, "GET", "example.com", "/?a=1", "Accept-Language: nl", "307", "http://example.fr/nl"},
		{domains, "GET", "example.com", "/", "Cookie: NEXT_LOCALE=fr", "200", "en /"},
		{domains, "GET", "other", "/", "Cookie: NEXT_LOCALE=fr", "307", "/fr"},
	}
	for _, tt := range tests {
		t.Run(strings.Join([]string{tt.host, tt.target, tt.header}, " "), func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.target, nil)
			r.Host = tt.host
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			tt.app.ServeHTTP(w, r)
			got := w.Body.String()
			if w.Code == 307 {
				got = w.Header().Get("Location")
			}
			if fmt.Sprint(w.Code) != tt.status || (w.Code == 307 && got != tt.wants) || !strings.Contains(got, tt.wants) {
				t.Errorf("%d %.300s\nwant %s %s", w.Code, got, tt.status, tt.wants)
			}
		})
	}
}

// Locales of the same path are kept apart, also when they are made at the same time.
func TestLocalesAreKeptApart(t *testing.T) {
	a := localised(t)
	for range 2 {
		for _, locale := range []string{"en", "fr", "nl"} {
			w := httptest.NewRecorder()
			a.ServeHTTP(w, httptest.NewRequest("GET", "/"+locale+"/blocking/same", nil))
			if want := `"locale":"` + locale + `"`; !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %s", locale, w.Body)
			}
		}
	}
	if n := a.engine.jobs.Load(); n != 3 {
		t.Errorf("%d renders, want 3", n)
	}
}
