package security

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Class C: one visitor's request changes what others get from the cache, or makes a
// cache on the way keep what it must not. The attacker goes first, with everything
// that could be taken for a part of the page; the victim must then see what an
// untouched server shows.

// evil marks what comes from the attacker.
const evil = "evil-7f3a"

// crafted are headers that have turned one form of a page into another, in Next.js
// or in what was built like it.
var crafted = []string{
	"x-now-route-matches: 1=" + evil,
	"x-matched-path: /" + evil,
	"x-nextjs-data: 1",
	"x-middleware-prefetch: 1",
	"x-middleware-rewrite: /" + evil,
	"x-middleware-override-headers: host",
	"x-invoke-path: /" + evil,
	"x-invoke-query: %7B%22id%22%3A%22" + evil + "%22%7D",
	"x-invoke-status: 404",
	"x-invoke-output: /404",
	"x-invoke-error: " + evil,
	"x-prerender-revalidate: " + evil,
	"x-prerender-bypass-mode: 1",
	"x-next-revalidate-tag-token: " + evil,
	"x-next-cache-tags: " + evil,
	"x-nextjs-rewrite: /" + evil,
	"x-vercel-cache: " + evil,
	"RSC: 1",
	"RSC: " + evil,
	"Next-Router-Prefetch: 1",
	"Next-Router-State-Tree: " + evil,
	"Next-Url: /" + evil,
	"Next-Action: " + evil,
	"Next-Resume: 1",
	"X-Forwarded-Host: " + evil,
	"X-Forwarded-Proto: " + evil,
	"X-Original-URL: /" + evil,
	"X-Rewrite-URL: /" + evil,
	"X-HTTP-Method-Override: POST",
	"Host: " + evil,
	"Cookie: a=" + evil,
	"Cookie: __prerender_bypass=" + evil,
	"Authorization: Bearer " + evil,
	"Accept: application/json",
	"Accept-Language: " + evil,
	"Purpose: prefetch",
	"Sec-Fetch-Dest: image",
	"Range: bytes=0-3",
	"If-None-Match: *",
	"Accept-Encoding: gzip, br, " + evil,
}

// queries are the same in the URL.
var queries = []string{
	"?__nextDataReq=1", "?__nextLocale=" + evil, "?__nextDefaultLocale=" + evil, "?_rsc=" + evil, "?id=" + evil, "?nxtPid=" + evil,
	"?__nextFallback=true", "?amp=1", "?a=" + evil, "?__NEXT_DATA__=" + evil, "?id[]=" + evil,
}

// methods that are not for reading.
var methods = []string{"HEAD", "OPTIONS", "POST", "PUT", "DELETE"}

// isr is a server of the fixture app for revalidation and preview mode, attacked.
type isr struct {
	*target
	build string
}

func attackISR(t *testing.T, attack func(t *testing.T, s *isr)) {
	onEachEngine(t, "isr", nil, func(t *testing.T, s *target) { attack(t, &isr{s, s.buildID(t)}) })
}

// spoil asks for a page in every crafted way.
func (s *isr) spoil(t *testing.T, path string) {
	t.Helper()
	data := "/_next/data/" + s.build + path + ".json"
	for _, h := range crafted {
		s.get(t, path, h)
		s.get(t, data, h)
	}
	for _, q := range queries {
		s.get(t, path+q)
		s.get(t, data+q)
	}
	for _, m := range methods {
		s.send(t, m, path, "")
		s.send(t, m, data, "")
	}
}

// clean fails unless the page is what an honest visitor should get.
func (s *isr) clean(t *testing.T, path, want string) {
	t.Helper()
	page := s.get(t, path)
	if page.StatusCode != 200 || !strings.HasPrefix(page.text, "<!DOCTYPE html>") || !strings.Contains(page.text, want) || strings.Contains(page.text, evil) {
		t.Errorf("%s: %s\n%s", path, page.Status, page.text)
	}
	if kind := page.Header.Get("Content-Type"); kind != "text/html; charset=utf-8" {
		t.Errorf("%s: Content-Type %q", path, kind)
	}
	data := s.get(t, "/_next/data/"+s.build+path+".json")
	if data.StatusCode != 200 || !strings.HasPrefix(data.text, `{"pageProps":`) || !strings.Contains(data.text, want) || strings.Contains(data.text, evil) {
		t.Errorf("data of %s: %s\n%s", path, data.Status, data.text)
	}
}

func TestCachePoisoning(t *testing.T) {
	attackISR(t, func(t *testing.T, s *isr) {
		before := map[string]string{}
		for _, path := range []string{"/plain", "/posts/built", "/strict/built", "/"} {
			before[path] = s.get(t, path).text
		}

		t.Run("CVE-2023-46298 an empty reply to a prefetch is not for caches", func(t *testing.T) {
			a := s.get(t, "/_next/data/"+s.build+"/ssr.json", "x-middleware-prefetch: 1", "x-nextjs-data: 1", "Purpose: prefetch")
			if control := a.Header.Get("Cache-Control"); !strings.Contains(control, "no-store") {
				t.Errorf("%s, Cache-Control %q", a.Status, control)
			}
		})

		t.Run("CVE-2024-46982 no request makes an SSR page cacheable", func(t *testing.T) {
			for _, path := range []string{"/ssr", "/gip", "/_next/data/" + s.build + "/ssr.json"} {
				for _, h := range crafted {
					for _, q := range append([]string{""}, queries...) {
						if q != "" && !strings.HasPrefix(h, "x-now") {
							continue
						}
						a := s.get(t, path+q, h)
						if a.StatusCode < 400 && !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
							t.Errorf("%s%s with %s: %s, %q", path, q, h, a.Status, a.Header.Get("Cache-Control"))
						}
					}
				}
			}
		})

		t.Run("CVE-2025-32421 data and documents do not take each other's place", func(t *testing.T) {
			for i := range 8 {
				path := fmt.Sprintf("/block/race%d", i)
				data := "/_next/data/" + s.build + path + ".json"
				var wait sync.WaitGroup
				for range 4 {
					wait.Go(func() {
						if a := s.get(t, path, "x-nextjs-data: 1", "x-now-route-matches: 1"); !strings.HasPrefix(a.text, "<!DOCTYPE html>") {
							t.Errorf("the page is %.40s", a.text)
						}
					})
					wait.Go(func() {
						if a := s.get(t, data+"?__nextDataReq=1"); !strings.HasPrefix(a.text, "{") {
							t.Errorf("the data is %.40s", a.text)
						}
					})
				}
				wait.Wait()
				s.clean(t, path, fmt.Sprintf("race%d", i))
			}
		})

		t.Run("CVE-2025-49005 CVE-2026-44576 CVE-2026-44582 nothing of the App Router changes a page", func(t *testing.T) {
			for path, want := range before {
				for _, h := range []string{"RSC: 1", "rsc: true", "RSC: 2", "Next-Router-Prefetch: 1", "Next-Router-Segment-Prefetch: /_tree"} {
					for _, q := range []string{"", "?_rsc=abcde"} {
						if a := s.get(t, path+q, h); a.StatusCode == 200 && a.text != want {
							t.Errorf("%s%s with %s is another page", path, q, h)
						}
					}
				}
			}
		})

		t.Run("CVE-2025-49826 no method empties a page", func(t *testing.T) {
			var wait sync.WaitGroup
			for path := range before {
				for i := range 10 {
					wait.Go(func() { s.send(t, methods[i%len(methods)], path, "") })
					wait.Go(func() {
						if a := s.get(t, path); a.StatusCode != 200 || a.text == "" {
							t.Errorf("%s: %s, %d bytes", path, a.Status, len(a.text))
						}
					})
				}
			}
			wait.Wait()
		})

		t.Run("CVE-2026-44572 a redirect stays a redirect", func(t *testing.T) {
			for range 2 {
				a := s.get(t, "/block/moved", "x-nextjs-data: 1")
				if a.StatusCode != 307 || a.Header.Get("Location") != "/plain" || a.Header.Get("X-Nextjs-Redirect") != "" {
					t.Errorf("%s, Location %q", a.Status, a.Header.Get("Location"))
				}
			}
		})

		t.Run("CVE-2026-94543 a route keeps to its own entries", func(t *testing.T) {
			for _, id := range []string{"x", "built%2fx", "..%2fblock%2fother", "a%00b", "%24", "[id]", "a%3fb", "a%23b", "%252f", "__proto__"} {
				for _, route := range []string{"/posts/", "/block/"} {
					s.get(t, "/_next/data/"+s.build+route+id+".json")
					s.get(t, route+id)
				}
				a, b := s.get(t, "/posts/"+id), s.get(t, "/block/"+id)
				if strings.Contains(a.text, `"page":"/block/[id]"`) || strings.Contains(b.text, `"page":"/posts/[id]"`) {
					t.Errorf("%s: one route shows the page of the other", id)
				}
				if a.StatusCode == 200 && !strings.Contains(a.text, `"page":"/posts/[id]"`) || b.StatusCode == 200 && !strings.Contains(b.text, `"page":"/block/[id]"`) {
					t.Errorf("%s: %s %s", id, a.Status, b.Status)
				}
			}
		})

		t.Run("CVE-2026-94544 a page that is being made for a draft is nobody else's", func(t *testing.T) {
			draft := strings.Split(s.get(t, "/api/preview?set=draft").Header.Get("Set-Cookie"), ";")[0]
			for i := range 8 {
				path := fmt.Sprintf("/block/draft%d", i)
				var wait sync.WaitGroup
				for range 5 {
					wait.Go(func() {
						if a := s.get(t, path, "Cookie: "+draft); !strings.Contains(a.text, `"isPreview":true`) || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
							t.Errorf("draft of %s: %q %.200s", path, a.Header.Get("Cache-Control"), a.text)
						}
					})
					wait.Go(func() {
						if a := s.get(t, path); strings.Contains(a.text, "isPreview") || strings.Contains(a.text, "N_PREVIEW") {
							t.Errorf("%s shows the draft to everybody", path)
						}
					})
				}
				wait.Wait()
				s.clean(t, path, fmt.Sprintf("draft%d", i))
			}
		})

		t.Run("nobody revalidates without the key", func(t *testing.T) {
			for _, key := range []string{"", "1", "true", "undefined", "null", "development-id", strings.Repeat("0", 32)} {
				a := s.get(t, "/plain", "x-prerender-revalidate: "+key)
				if a.Header.Get("X-Nextjs-Cache") != "HIT" || a.text != before["/plain"] {
					t.Errorf("%q: %q", key, a.Header.Get("X-Nextjs-Cache"))
				}
			}
		})

		// With everything at once, on pages that are there and on pages that are not.
		for _, path := range []string{"/plain", "/posts/built", "/strict/built", "/block/fresh"} {
			s.spoil(t, path)
		}
		for path, want := range before {
			if now := s.get(t, path).text; now != want {
				t.Errorf("%s has changed:\n%s", path, now)
			}
		}
		s.clean(t, "/block/fresh", "block_fresh")
		s.alive(t, "/ssr", "/plain")
	})
}

// TestCatchAllPoisoning: CVE-2026-94484, a catch-all at the root, which every path
// leads to.
func TestCatchAllPoisoning(t *testing.T) {
	onEachEngine(t, "catch-all", nil, func(t *testing.T, s *target) {
		fresh := map[string]string{
			"/": `<p>[]</p>`, "/built": `<p>[&quot;built&quot;]</p>`, "/a/b": `<p>[&quot;a&quot;,&quot;b&quot;]</p>`, "/a": `<p>[&quot;a&quot;]</p>`,
		}
		for path := range fresh {
			for _, h := range crafted {
				s.get(t, path, h)
			}
			for _, q := range append(queries, "?all="+evil, "?all="+evil+"&all=2", "?nxtPall="+evil) {
				s.get(t, path+q)
			}
		}
		for _, path := range []string{
			"/a%2fb", "/a%2Fb", "/a%252fb", "/a/%62", "/%2e", "/a/%2e%2e/b", "/index", "/index/index", "//a/b", "/a//b", "/a/b/", `/a\b`, "/A/B", "/a%5cb", "/a;b",
			"/[[...all]]", "/_next/data/" + evil + "/a/b.json", "/%5B%5B...all%5D%5D",
		} {
			s.get(t, path)
		}
		for path, want := range fresh {
			for range 2 {
				a := s.get(t, path)
				if a.StatusCode != 200 || !strings.Contains(a.text, want) || strings.Contains(a.text, evil) {
					t.Errorf("%s: %s, want %s in\n%s", path, a.Status, want, a.text)
				}
			}
		}
	})
}

// TestVisitorsAreKeptApart: 1,000 interleaved requests with a cookie of their own
// each, to a page, its data and an API route that all wait in the middle; every
// fourth visitor sees drafts. Nobody gets a word of somebody else's.
func TestVisitorsAreKeptApart(t *testing.T) {
	attackISR(t, func(t *testing.T, s *isr) {
		draft := strings.Split(s.get(t, "/api/preview?set=draft").Header.Get("Set-Cookie"), ";")[0]
		client := &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 50, MaxConnsPerHost: 50}}
		targets := []string{"/visitor?", "/_next/data/" + s.build + "/visitor.json?", "/api/visitor?", "/plain?"}
		name := regexp.MustCompile(`visitor-\d+-`)
		var wait sync.WaitGroup
		for i := range 1000 {
			wait.Go(func() {
				own := fmt.Sprintf("visitor-%d-", i)
				target, drafts := targets[i%4], i%16 < 4
				r, err := http.NewRequest("GET", fmt.Sprintf("%s%swait=%d", s.URL, target, i%25), nil)
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Cookie", "visitor="+own)
				if drafts {
					r.Header.Set("Cookie", draft+"; visitor="+own)
				}
				a, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				defer a.Body.Close()
				text, err := io.ReadAll(a.Body)
				if err != nil || a.StatusCode != 200 {
					t.Errorf("%s: %s %v", target, a.Status, err)
				}
				for _, found := range name.FindAllString(string(text)+a.Header.Get("Set-Cookie"), -1) {
					if found != own {
						t.Errorf("%s shows %s to %s", target, found, own)
					}
				}
				if i%4 != 3 && strings.Count(string(text), own) < 2 {
					t.Errorf("%s does not show %s:\n%s", target, own, text)
				}
				if page := i%4 == 3; page && strings.Contains(string(text), `"isPreview":true`) != drafts {
					t.Errorf("%s: drafts %t, but\n%s", target, drafts, text)
				}
			})
		}
		wait.Wait()
		s.clean(t, "/plain", "stamp-plain")
	})
}

// TestStaleUnderLoad: 200 visitors at once at a page that has grown old make it anew
// once, and none of them waits for it.
func TestStaleUnderLoad(t *testing.T) {
	s := run(t, "contract")
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	get := func() (text, state string, took time.Duration) {
		begin := time.Now()
		r, err := client.Get(s.URL + "/isr/slow")
		if err != nil {
			t.Error(err)
			return "", "", 0
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		return string(b), r.Header.Get("X-Nextjs-Cache"), time.Since(begin)
	}
	if text, _, _ := get(); !strings.Contains(text, "runs=<!-- -->1") {
		t.Fatalf("the first page: %s", text)
	}
	time.Sleep(3200 * time.Millisecond)
	var wait sync.WaitGroup
	var mu sync.Mutex
	var slowest time.Duration
	for range 200 {
		wait.Go(func() {
			text, state, took := get()
			mu.Lock()
			slowest = max(slowest, took)
			mu.Unlock()
			if state != "STALE" || !strings.Contains(text, "runs=<!-- -->1") {
				t.Errorf("%s: %.200s", state, text)
			}
		})
	}
	wait.Wait()
	// Making it takes two seconds.
	if slowest > time.Second {
		t.Errorf("somebody waited %v", slowest)
	}
	t.Logf("the slowest of 200 took %v", slowest)
	time.Sleep(2500 * time.Millisecond)
	if text, state, _ := get(); state != "HIT" || !strings.Contains(text, "runs=<!-- -->2") {
		t.Errorf("afterwards %s: %s", state, text)
	}
}
