package security

import (
	"net/url"
	"strings"
	"testing"
)

// Class H: script in pages, paths that leave their folder, redirects that leave the
// site.

// markup is text that must never reach a page as it stands.
var markup = []string{
	"<script>alert(1)</script>", "</script><script>alert(1)</script>", "<!--<script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'",
	"</title><script>alert(1)</script>", "\u2028alert(1)", "]]><script>alert(1)</script>",
}

func TestTextStaysText(t *testing.T) {
	places := []struct {
		name, target string
		headers      func(text string) []string
	}{
		{"CVE-2018-18282 path of the 404 page", "/TEXT", nil},
		{"CVE-2018-18282 query of the 404 page", "/nowhere?text=TEXT", nil},
		{"CVE-2018-18282 500 page", "/throws?text=TEXT", nil},
		{"CVE-2018-18282 bad escape", "/%E0%A4%A?TEXT", nil},
		{"query of a page", "/open/a?text=TEXT", nil},
		{"key of the query", "/open/a?TEXT=1", nil},
		{"param", "/open/TEXT", nil},
		{"redirect", "/go?to=/TEXT", nil},
		{"redirect rule", "/gone/TEXT", nil},
		{"CVE-2026-44581 nonce", "/open/a", func(text string) []string { return []string{"x-nonce: " + text} }},
		{"CVE-2026-44581 policy", "/open/a", func(text string) []string {
			return []string{"content-security-policy: script-src 'nonce-" + text + "'"}
		}},
		{"method of a file", "/file.txt", func(text string) []string { return []string{"x-http-method-override: " + text} }},
		{"Host", "/nowhere", func(text string) []string { return []string{"x-forwarded-host: " + text} }},
	}
	onEachEngine(t, "guarded", nil, func(t *testing.T, s *target) {
		for _, place := range places {
			t.Run(place.name, func(t *testing.T) {
				for _, text := range markup {
					var headers []string
					if place.headers != nil {
						if strings.ContainsAny(text, "\u2028") {
							continue // no header can hold it
						}
						headers = place.headers(text)
					}
					a := s.get(t, strings.ReplaceAll(place.target, "TEXT", url.PathEscape(text)), headers...)
					if a == nil || !strings.Contains(a.Header.Get("Content-Type"), "html") {
						continue
					}
					for _, bad := range []string{"<script>alert", "<img src=x", "</title><script>", "]]><script"} {
						if strings.Contains(a.text, bad) {
							t.Errorf("%q came back as %q", text, bad)
						}
					}
					if strings.Contains(a.text, "nonce=\"") && strings.Contains(a.text, "nonce=\"\"") == false && place.headers == nil {
						t.Errorf("a nonce from nowhere")
					}
				}
			})
		}
		t.Run("CVE-2026-44580 early script", func(t *testing.T) {
			a := s.get(t, "/public")
			if a == nil || a.StatusCode != 200 {
				t.Fatal("no page")
			}
			if strings.Contains(a.text, `"</script><script>window.hacked`) {
				t.Error("the end tag in a script's text ended the script")
			}
		})
		s.alive(t, "/public")
	})
}

func TestPathsStayInside(t *testing.T) {
	// What lies outside of what is served, and a mark that shows it.
	outside := []struct{ path, mark string }{
		{"package.json", "dependencies"}, {"next.config.js", "module.exports"}, {"middleware.js", "NextResponse"}, {"pages/index.js", "export default"},
		{".next/onward-manifest.json", "previewMode"}, {".next/server/runtime.js", "function"}, {".next/BUILD_ID", "zzz"}, {"etc/passwd", "root:"},
	}
	prefixes := []string{
		"/", "/_next/", "/_next/static/", "/_next/static/chunks/", "/static/", "/_next/data/", "/_next/data/BUILD/", "/_next/image/", "/file.txt/", "/public/",
		"/_next/static/BUILD/", "/api/", "/secret/", "/gone/",
	}
	climbs := []string{"", "../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "..;/", "....//", "%c0%ae%c0%ae/", "..%00/", "%2e./", ".%2e/"}
	onEachEngine(t, "guarded", nil, func(t *testing.T, s *target) {
		build := s.buildID(t)
		for _, o := range outside {
			t.Run("CVE-2017-16877, CVE-2018-6184, CVE-2020-5284 "+o.path, func(t *testing.T) {
				for _, prefix := range prefixes {
					for _, climb := range climbs {
						for _, depth := range []int{1, 3, 7} {
							if climb == "" && depth > 1 {
								continue
							}
							target := strings.ReplaceAll(prefix, "BUILD", build) + strings.Repeat(climb, depth) + o.path
							a := s.get(t, target, "cookie: key=right")
							if a != nil && a.StatusCode == 200 && strings.Contains(a.text, o.mark) && !strings.Contains(a.Header.Get("Content-Type"), "html") {
								t.Fatalf("GET %s answered %s: %.80q", target, a.Status, a.text)
							}
						}
					}
				}
			})
		}
		s.alive(t, "/public", "/file.txt")
	})
}

func TestRedirectsStayOnTheSite(t *testing.T) {
	targets := []string{
		"//evil.test", "//evil.test/", "///evil.test/", "/\\evil.test", "/\\evil.test/", "\\\\evil.test", "/%5cevil.test/", "/%2fevil.test/", "/%2f%2fevil.test/",
		"//evil.test/%2f..", "/%2f%2fevil.test/%2f..", "//evil.test/..;/", "/.//evil.test/", "/..//evil.test/", "/%09/evil.test/", "/%0d%0aLocation:%20http://evil.test/",
		"//evil%E3%80%82test/", "/gone//evil.test", "/gone/%2fevil.test", "/gone/%5cevil.test", "/gone/\\evil.test", "/gone/..%2f%2fevil.test", "/fr//evil.test/", "/fr/%2fevil.test/",
		"/fr/\\evil.test/", "/en//evil.test", "/_next//evil.test/", "/_next/data//evil.test/", "/public//evil.test/..", "/secret//evil.test/", "http://evil.test/public/", "http://evil.test//x",
	}
	foreign := func(location string) bool {
		location = strings.TrimLeft(location, " \t\r\n")
		if len(location) > 1 && (location[0] == '/' || location[0] == '\\') && (location[1] == '/' || location[1] == '\\') {
			return true
		}
		return strings.Contains(location, "://") && !strings.HasPrefix(location, "https://example.test/")
	}
	onEachEngine(t, "guarded", []string{"VARIANT=locales"}, func(t *testing.T, s *target) {
		for _, target := range targets {
			t.Run("CVE-2020-15242, CVE-2021-37699 "+target, func(t *testing.T) {
				for range 5 { // along the chain
					a := s.get(t, target, "accept-language: fr", "cookie: key=right")
					if a == nil {
						return
					}
					if strings.Contains(a.Header.Get("Set-Cookie")+a.Header.Get("X-Injected"), "evil") {
						t.Error("a header was injected")
					}
					location := a.Header.Get("Location")
					if location == "" {
						return
					}
					if foreign(location) {
						t.Fatalf("%s sends to %q", target, location)
					}
					if refresh := a.Header.Get("Refresh"); refresh != "" && foreign(strings.TrimPrefix(refresh, "0;url=")) {
						t.Fatalf("%s refreshes to %q", target, refresh)
					}
					target = location
				}
			})
		}
		t.Run("control characters in a destination", func(t *testing.T) {
			for _, to := range []string{"/a%0d%0aX-Injected:%20evil", "/a%0aX-Injected:%20evil", "/a%00b", "/%E2%80%A8"} {
				a := s.get(t, "/go?to="+to)
				if a != nil && (a.Header.Get("X-Injected") != "" || strings.ContainsAny(a.Header.Get("Location"), "\r\n\x00")) {
					t.Errorf("%s: %v", to, a.Header)
				}
			}
		})
		s.alive(t, "/public")
	})
}
