package security

import (
	"encoding/json"
	"html"
	"strings"
	"testing"
)

// Class A: middleware is skipped, or sees another path than the page.

// treasure is in every page that the fixture's middleware guards.
const treasure = "TREASURE"

// spellings are ways to write the targets of guarded pages. BUILD is the build id.
var spellings = []string{
	"/secret", "/secret/", "/secret//", "//secret", "/./secret", "/public/../secret", "/public/%2e%2e/secret", "/%2e/secret",
	"/%73ecret", "/s%65cret", "/SECRET", "/Secret", "/secret%2f", "/secret%2F", "/secret%00", "/secret%20", "/secret;a=b", "/secret\\",
	"/\\secret", "/%5csecret", "/%2fsecret", "/%252fsecret", "/%2573ecret", "/secret%252f", "/secret#", "/secret?", "/secret?a=b", "/secret.json",
	"/secret/live", "/secret/live/", "/secret//live", "/secret/%6cive", "/secret%2flive", "/secret/./live", "/secret/x/../live",
	"/secret/plain", "/secret/plain?__nextDataReq=1", "/secret/any", "/secret/a%2fb", "/secret/%61ny", "/secret/any?nxtPid=other",
	"/secret.rsc", "/secret/live.rsc", "/secret.txt", "/secret.segments/_tree.segment.rsc", "/secret.segments/_full.segment.rsc",
	"/secret/index", "/secret/index.html", "/secret.html", "/index/secret", "/secret?_rsc=abc", "/secret?__nextLocale=en", "/secret?__nextDefaultLocale=fr",
	"/public?__nextLocale=secret", "/?__nextLocale=secret", "/public?__nextInferredLocaleFromDefault=1&nxtPpath=secret",
	"/gone/../secret", "/gone/..%2fsecret", "/api/secret", "/api/secret/", "/api//secret", "/api/%73ecret", "/API/secret", "/api/./secret",
	"/_next/data/BUILD/secret.json", "/_next/data/BUILD/secret.json?a=b", "/_next/data/BUILD/secret/live.json", "/_next/data/BUILD/secret/any.json?id=any",
	"/_next/data/BUILD//secret.json", "/_next/data/BUILD/%73ecret.json", "/_next/data/BUILD/secret%2flive.json", "/_next/data/BUILD/./secret.json",
	"/_next/data/BUILD/public/../secret.json", "/_next/data/BUILD/SECRET.json", "/_next/data/BUILD/secret/.json", "/_next/data/BUILD/secret.json/",
	"/_next/data/BUILD/secret/index.json", "/_next/data/BUILD/index/secret.json", "/_next/data/other/secret.json", "/_next/data/secret.json",
	"/_next/./data/BUILD/secret.json", "/_next//data/BUILD/secret.json", "/_next/Data/BUILD/secret.json", "/_next%2fdata/BUILD/secret.json",
	"/_next/data/BUILD/api/secret.json", "/_next/data/BUILD/secret/plain.json",
	"/en/secret", "/EN/secret", "/fr/secret", "/Fr/secret/live", "/en//secret", "/en/en/secret", "/fr/en/secret", "/en/./secret", "/%65n/secret", "/en%2fsecret",
	"/en/api/secret", "/_next/data/BUILD/en/secret.json", "/_next/data/BUILD/fr/secret.json", "/_next/data/BUILD/EN/secret/live.json",
	"/_next/data/BUILD/en//secret.json", "/_next/data/BUILD/fr/en/secret.json", "/en/_next/data/BUILD/secret.json", "/en/_next/data/BUILD/en/secret.json",
	"/_next/image?url=%2Fsecret&w=64&q=75", "/_next/image?url=%2Fapi%2Fsecret&w=64&q=75", "/_next/static/../../secret", "/_next/server/pages/secret.html",
}

// claims are headers with which Next.js's own parts have told each other what was
// already done. From outside each must mean nothing.
var claims = [][]string{
	nil,
	{"x-middleware-subrequest: middleware"},
	{"x-middleware-subrequest: middleware:middleware:middleware:middleware:middleware"},
	{"x-middleware-subrequest: src/middleware:src/middleware:src/middleware:src/middleware:src/middleware"},
	{"x-middleware-subrequest: pages/_middleware", "x-middleware-subrequest-id: 0"},
	{"x-middleware-next: 1"}, {"x-middleware-rewrite: /secret"}, {"x-middleware-invoke: 1"}, {"x-middleware-skip: 1"},
	{"x-middleware-override-headers: cookie", "x-middleware-request-cookie: key=right"}, {"x-middleware-set-cookie: key=right"},
	{"x-middleware-prefetch: 1"}, {"x-nextjs-data: 1"}, {"x-nextjs-data: 1", "x-middleware-prefetch: 1", "purpose: prefetch"},
	{"x-matched-path: /secret"}, {"x-invoke-path: /secret", "x-invoke-status: 200", "x-invoke-query: %7B%7D"}, {"x-invoke-output: /secret"},
	{"x-now-route-matches: 1=any"}, {"x-rewrite-url: /secret"}, {"x-original-url: /secret"}, {"x-forwarded-uri: /secret"},
	{"x-nextjs-rewrite: /secret"}, {"x-prerender-revalidate: 0"}, {"x-prerender-revalidate: 00000000000000000000000000000000", "x-prerender-revalidate-if-generated: 1"},
	{"next-resume: 1"}, {"rsc: 1"}, {"rsc: 1", "next-router-prefetch: 1", "next-router-segment-prefetch: /_tree"}, {"next-url: /secret"},
	{"x-onward-path: /secret"}, {"cookie: __prerender_bypass=0"}, {"x-http-method-override: GET"},
}

func TestMiddlewareIsNotSkipped(t *testing.T) {
	variants := []struct {
		name string
		env  []string
	}{
		{"plain", nil},
		{"CVE-2026-44573 locales", []string{"VARIANT=locales"}},
		{"CVE-2026-64642 one locale", []string{"VARIANT=one-locale"}},
	}
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			onEachEngine(t, "guarded", v.env, func(t *testing.T, s *target) {
				// The guard opens to the key, so what follows is not an app without pages.
				build := s.buildID(t)
				for _, path := range []string{"/secret", "/secret/live", "/secret/any", "/api/secret", "/secret/plain"} {
					if a := s.get(t, path, "cookie: key=right"); a == nil || !strings.Contains(a.text, treasure) {
						t.Fatalf("%s with the key: %+v", path, a)
					}
				}
				for _, spelling := range spellings {
					path := strings.ReplaceAll(spelling, "BUILD", build)
					for i, headers := range claims {
						// Every header on every fourth spelling; every spelling bare and with
						// those of the worst advisory.
						if i > 2 && len(path)%4 != i%4 {
							continue
						}
						if a := s.get(t, path, headers...); a != nil && strings.Contains(a.text, treasure) {
							t.Errorf("GET %s with %q: the guarded page came: %s", path, headers, a.Status)
						}
					}
				}
				for _, method := range []string{"HEAD", "POST", "PUT", "OPTIONS", "PATCH"} {
					if a := s.send(t, method, "/secret/live", ""); a != nil && strings.Contains(a.text, treasure) {
						t.Errorf("%s /secret/live: the guarded page came", method)
					}
				}
				s.alive(t, "/public")
			})
		})
	}
}

// Middleware and page agree on the path and its params, or there is no page.
func TestMiddlewareSeesWhatThePageSees(t *testing.T) {
	cases := []struct{ name, target, seen, id string }{
		{"plain", "/open/a", "/open/a", "a"},
		{"encoded", "/open/%61", "/open/%61", "a"},
		{"CVE-2026-44574 internal query", "/open/a?nxtPid=b", "/open/a", "a"},
		{"CVE-2026-44574 own name", "/open/a?id=b", "/open/a", "a"},
		{"CVE-2024-51479 locale in the query", "/open/a?__nextLocale=b", "/open/a", "a"},
		{"data", "/_next/data/BUILD/open/a.json?id=a", "/open/a", "a"},
		{"data with another id", "/_next/data/BUILD/open/a.json?id=b&nxtPid=c", "/open/a", "a"},
		{"slash in a param", "/open/a%2fb", "/open/a%2fb", "a/b"},
		{"encoded twice", "/open/%2561", "/open/%2561", "%61"},
	}
	onEachEngine(t, "guarded", nil, func(t *testing.T, s *target) {
		build := s.buildID(t)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				a := s.get(t, strings.ReplaceAll(c.target, "BUILD", build))
				if a == nil || a.StatusCode != 200 {
					t.Fatalf("no page: %+v", a)
				}
				text := a.text
				if _, rest, ok := strings.Cut(text, `<pre id="facts">`); ok {
					text, _, _ = strings.Cut(rest, "</pre>")
					text = html.UnescapeString(text)
				} else {
					var data struct {
						PageProps json.RawMessage `json:"pageProps"`
					}
					if err := json.Unmarshal([]byte(text), &data); err != nil {
						t.Fatalf("%v in %s", err, text)
					}
					text = string(data.PageProps)
				}
				var got struct{ Seen, ID string }
				if err := json.Unmarshal([]byte(text), &got); err != nil {
					t.Fatalf("%v in %s", err, text)
				}
				if got.Seen != c.seen || got.ID != c.id {
					t.Errorf("middleware saw %q, the page %q; want %q and %q", got.Seen, got.ID, c.seen, c.id)
				}
			})
		}
	})
}

// CVE-2025-30218: what middleware hands to another host holds nothing internal.
func TestNothingInternalLeavesTheHouse(t *testing.T) {
	upstream := newRecorder(t)
	onEachEngine(t, "guarded", []string{"UPSTREAM=" + upstream.host()}, func(t *testing.T, s *target) {
		a := s.get(t, "/elsewhere/x", "x-middleware-subrequest: middleware", "x-nextjs-data: 1", "x-prerender-revalidate: 0")
		if a == nil || a.StatusCode != 200 {
			t.Fatalf("the rewrite failed: %+v", a)
		}
		for name := range upstream.last(t).Header {
			name = strings.ToLower(name)
			if strings.HasPrefix(name, "x-middleware-") || strings.HasPrefix(name, "x-invoke-") || name == "x-prerender-revalidate" || name == "x-nextjs-data" {
				t.Errorf("the other host got %s", name)
			}
		}
		for name := range a.Header {
			if name = strings.ToLower(name); strings.HasPrefix(name, "x-middleware-") && name != "x-middleware-rewrite" {
				t.Errorf("the client got %s", name)
			}
		}
	})
}
