package server

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
)

const (
	none     = "private, no-cache, no-store, max-age=0, must-revalidate"
	htmlKind = "text/html; charset=utf-8"
)

// exchanges are requests to the sample app and what must come back. The names are
// the rows of the behaviour tables.
var exchanges = []struct{ name, request, want string }{
	{"P025 auto static", "GET /", "200\nContent-Type: " + htmlKind + "\nCache-Control: -\nX-Nextjs-Cache: -\nX-Powered-By: Next.js\nEtag: *\nVary: Accept-Encoding\nContent-Length: 7\n\n<p>home"},
	{"P026 auto static dynamic", "GET /auto/7?x=1", "200\nCache-Control: -\n\n<p>auto"},
	{"P027 ssg", "GET /plain", "200\nCache-Control: s-maxage=31536000\nX-Nextjs-Cache: HIT\nX-Powered-By: Next.js\n\n<p>plain"},
	{"P028 isr", "GET /isr", "200\nCache-Control: s-maxage=2, stale-while-revalidate=31535998\nX-Nextjs-Cache: HIT\n\n<p>isr 0"},
	{"P029 ssr", "GET /ssr", "200\nCache-Control: " + none + "\nX-Powered-By: Next.js\nEtag: *\nX-Nextjs-Cache: -\n\n…\"route\":\"/ssr\""},
	{"P030 user cache-control", "GET /ssr?do=cache", "200\nCache-Control: public, max-age=7"},
	{"P031 unknown", "GET /nowhere", "404\nCache-Control: " + none + "\nContent-Type: " + htmlKind + "\n\n<p>not here"},
	{"P031 direct", "GET /404", "404\nCache-Control: -\nContent-Type: " + htmlKind + "\n\n<p>not here"},
	{"P012 500 without a page", "GET /500", "404\n\n<p>not here"},
	{"P010 special", "GET /_error", "404\n\n<p>not here"},
	{"P032 sub-resource", "GET /nowhere.png\nSec-Fetch-Dest: image", "404\nContent-Type: text/plain; charset=utf-8\nX-Powered-By: -\n\nNot Found"},
	{"P032 document", "GET /nowhere\nSec-Fetch-Dest: iframe", "404\nContent-Type: " + htmlKind},
	{"P033 missing asset", "GET /_next/static/chunks/none.js", "404\nContent-Type: text/plain; charset=utf-8\nCache-Control: " + none + "\n\nNot Found"},
	{"P033 other _next", "GET /_next/other", "404\nContent-Type: " + htmlKind},
	{"P034 thrown", "GET /ssr?do=throw", "500\nCache-Control: " + none + "\nContent-Type: " + htmlKind + "\n\n<p>error 500 ssr failed"},
	{"P034 thrown twice", "GET /ssr?do=throw&error=throws", "500\nContent-Type: " + htmlKind + "\n\n<p>prerendered 500"},
	{"P034 timeout", "GET /ssr?do=timeout", "500\n\n…error 500"},
	{"P034 overload", "GET /ssr?do=overload", "503\nRetry-After: 1\n\n…error 503"},
	{"P034 malformed reply", "GET /ssr?do=bad", "500\n\n…error 500"},
	{"P037 any", "GET /about\nIf-None-Match: *", "304\nContent-Type: -\nContent-Length: -\nEtag: *\nX-Powered-By: Next.js\n\n"},
	{"P037 ssg any", "GET /plain\nIf-None-Match: *", "304\nCache-Control: s-maxage=31536000\nX-Nextjs-Cache: HIT"},
	{"P037 ssr any", "GET /ssr\nIf-None-Match: \"x\", *", "304\nCache-Control: " + none},
	{"P037 no-cache", "GET /about\nIf-None-Match: *\nCache-Control: no-cache", "200"},
	{"P038 range on html", "GET /about\nRange: bytes=0-1", "200\nAccept-Ranges: -"},
	{"P039 head", "HEAD /plain", "200\nContent-Length: 8\nCache-Control: s-maxage=31536000\n\n"},
	{"P040 post static", "POST /about", "405\nAllow: GET | HEAD\nContent-Type: -\n\nMethod Not Allowed"},
	{"P040 form to static", "POST /about\nContent-Type: application/x-www-form-urlencoded\n\na=1", "200\nContent-Type: " + htmlKind},
	{"P040 form to ssg", "POST /plain\nContent-Type: multipart/form-data; boundary=x\n\n", "200\nX-Nextjs-Cache: HIT"},
	{"P040 text to static", "POST /about\nContent-Type: text/plain\n\na=1", "405"},
	{"P040 options ssg", "OPTIONS /plain", "405\nAllow: GET | HEAD\n\nMethod Not Allowed"},
	{"P040 post blocking", "POST /blocking/new", "405\n\nMethod Not Allowed"},
	{"P041 post ssr", "POST /ssr\n\na=1", "200\n\n…\"method\":\"POST\""},
	{"P041 options ssr", "OPTIONS /ssr", "400\nContent-Type: -\n\n"},
	{"P042 post file", "POST /file.txt", "405\nAllow: GET | HEAD\nCache-Control: " + none + "\nContent-Type: " + htmlKind + "\n\n<p>error 405"},
	{"P042 options file", "OPTIONS /file.txt", "400\nAllow: GET | HEAD\nCache-Control: " + none + "\nContent-Type: -\n\n"},
	{"P044 shell", "GET /lazy/new?x=1", "200\nCache-Control: " + none + "\nX-Nextjs-Cache: MISS\n\n<p>loading"},
	{"P044 built", "GET /lazy/built", "200\nX-Nextjs-Cache: HIT\nCache-Control: s-maxage=31536000\n\n<p>post a"},
	{"P161 crawler", "GET /lazy/bot\nUser-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)", "200\nX-Nextjs-Cache: MISS\nCache-Control: s-maxage=600, stale-while-revalidate=31535400\n\n<p>bot /lazy/bot /lazy/bot map[id:bot] true"},
	{"P051 moved", "GET /blocking/moved", "307\nLocation: /about\nRefresh: -\nCache-Control: s-maxage=31536000\nX-Nextjs-Cache: MISS\nX-Powered-By: -\nContent-Type: -\n\n/about"},
	{"P052 gone", "GET /blocking/gone-soon", "404\nCache-Control: s-maxage=60, stale-while-revalidate=31535940\nContent-Type: " + htmlKind + "\n\n<p>not here"},
	{"P052 gone at build", "GET /posts/gone", "404\nCache-Control: s-maxage=31536000\nX-Nextjs-Cache: HIT"},
	{"P065 unknown", "GET /posts/none", "404\nCache-Control: " + none + "\nX-Nextjs-Cache: -\n\n<p>not here"},
	{"P067 blocking", "GET /blocking/a%20b?x=1", "200\nX-Nextjs-Cache: MISS\n\n<p>a b /blocking/a%20b /blocking/a b map[id:a b] true"},
	{"P067 throw", "GET /blocking/throw", "500\nCache-Control: " + none + "\nX-Nextjs-Cache: -\n\n<p>error 500 generating failed"},
	{"P069 encoded", "GET /posts/%61", "200\nX-Nextjs-Cache: HIT\n\n<p>post a"},
	{"P069 space", "GET /posts/b%20c", "200\nX-Nextjs-Cache: HIT"},
	{"P072 resolved", "GET /ssr/7?q=1&id=8", "200\n\n…\"params\":{\"id\":\"7\"}"},
	{"P076 redirect", "GET /ssr?do=redirect", "307\nLocation: /about\nSet-Cookie: m=1\nCache-Control: " + none + "\nX-Powered-By: -\n\n/about"},
	{"P076 permanent", "GET /ssr?do=forever", "308\nLocation: /about?\xe9=1\nRefresh: 0;url=/about?\xe9=1\n\n/about?é=1"},
	{"P077 not found", "GET /ssr?do=notfound", "404\nSet-Cookie: gone=1\nCache-Control: " + none + "\n\n<p>not here"},
	{"P079 ended", "GET /ssr?do=end", "418\nContent-Type: text/x-ended\nCache-Control: -\nX-Powered-By: -\nEtag: -\n\nended"},
	{"P081 cookies", "GET /ssr?do=cookies", "202\nSet-Cookie: a=1 | b=2"},
	{"H header injection", "GET /ssr?do=split", "200\nX-Injected: -\nX-A: 1X-Injected: 2"},
	{"P138 data", "GET /_next/data/B1/plain.json", "200\nContent-Type: application/json; charset=utf-8\nCache-Control: s-maxage=31536000\nX-Powered-By: -\nEtag: *\nX-Nextjs-Matched-Path: -\n\n" + `{"pageProps":{},"__N_SSG":true}`},
	{"P144 matched path", "GET /_next/data/B1/posts/a.json?slug=a", "200\nX-Nextjs-Matched-Path: /posts/[slug]\n\n…\"slug\":\"a\""},
	{"P138 ssr data", "GET /_next/data/B1/ssr.json", "200\nContent-Type: application/json; charset=utf-8\nCache-Control: " + none + "\n\n…__N_SSP"},
	{"P139 redirect data", "GET /_next/data/B1/ssr.json?do=redirect", "200\nContent-Type: application/json; charset=utf-8\nLocation: -\nEtag: -\n\n…__N_REDIRECT"},
	{"P140 not found data", "GET /_next/data/B1/ssr.json?do=notfound", "404\nContent-Type: -\n\n{\"notFound\":true}"},
	{"P140 ssg not found data", "GET /_next/data/B1/blocking/gone.json", "404\n\n{\"notFound\":true}"},
	{"P139 ssg redirect data", "GET /_next/data/B1/blocking/moved.json", "200\nEtag: -\n\n…__N_REDIRECT"},
	{"P141 static data", "GET /_next/data/B1/about.json", "404\nContent-Type: " + htmlKind},
	{"P141 wrong build", "GET /_next/data/B2/plain.json", "404\nContent-Type: " + htmlKind},
	{"P143 gip data", "GET /_next/data/B1/gip.json", "404\nContent-Type: " + htmlKind},
	{"P142 data error", "GET /_next/data/B1/ssr.json?do=throw", "500\nContent-Type: " + htmlKind},
	{"P138 post data", "POST /_next/data/B1/plain.json", "405"},
	{"P145 spoofed", "GET /ssr\nX-Nextjs-Data: 1\nX-Middleware-Subrequest: a:a:a", "200\n\n…\"data\":\"\""},
	{"A internal headers", "GET /ssr\nX-Middleware-Subrequest: a:a:a", "200\n\n…\"sub\":\"\""},
	{"A resume", "GET /about\nNext-Resume: 1\nX-Invoke-Path: /ssr\nX-Matched-Path: /ssr", "200\n\n…<p>about"},
	{"A revalidate with a wrong id", "GET /plain\nX-Prerender-Revalidate: 00000000000000000000000000000000", "200\nX-Nextjs-Cache: HIT"},
	{"H003 forwarded", "GET /ssr\nX-Forwarded-Proto: https", "200\n\n…\"proto\":\"https\""},
	{"P148 data slash", "GET /_next/data/B1/plain.json/", "308\nLocation: /_next/data/B1/plain.json"},
	{"P227 slash", "GET /about/?x=1", "308\nLocation: /about?x=1\nRefresh: 0;url=/about?x=1\nContent-Type: -\nCache-Control: -\n\n/about?x=1"},
	{"P227 double", "GET //about", "308\nLocation: /about"},
	{"H open redirect", "GET //evil.example/", "308\nLocation: /evil.example/"},
	{"H open redirect backslash", "GET /\\evil.example", "308\nLocation: /evil.example"},
	{"B absolute form", "GET http://other.example/about", "200\n\n…<p>about"},
	{"P228 malformed", "GET /%E0%A4%A", "404\n\n<p>not here"},
	{"P228 malformed param", "GET /ssr/%E0%A4%A", "400\nContent-Type: " + htmlKind + "\n\n<p>error 400"},
	{"H009 raw bytes", "GET /ssr/\xc3\xa9", "400\nConnection: close\nContent-Type: -\n\n"},
	{"P228 nul", "GET /file.txt%00.png", "404\n\n<p>not here"},
	{"P279 dot dot", "GET /..%2fsecret.txt", "404\n\n<p>not here"},
	{"P279 dot dot static", "GET /_next/static/%2e%2e%2fBUILD_ID", "404\n\nNot Found"},
	{"P279 dot dot deep", "GET /_next/static/../BUILD_ID", "404\n\n<p>not here"},
	{"P279 backslash", "GET /..%5csecret.txt", "404\n\n<p>not here"},
	{"P279 build output", "GET /_next/static/../../secret.txt", "404"},
	{"P280 folder", "GET /_next/static/chunks", "404\n\nNot Found"},

	{"P184 api", "PUT /api/echo?a=1&a=2\n\nhello", "200\nContent-Type: application/json; charset=utf-8\nCache-Control: -\nX-Powered-By: -\n\n" + `{"body":"hello","method":"PUT","query":{"a":["1","2"]},"url":"/api/echo?a=1\u0026a=2"}`},
	{"P182 api throw", "GET /api/echo?do=throw", "500\nContent-Type: -\n\nInternal Server Error"},
	{"P179 api text", "GET /api/echo?do=text\nAccept-Encoding: gzip", "200\nContent-Type: -\nContent-Encoding: -\nVary: -\n\n…plain text"},
	{"P179 api no content", "GET /api/echo?do=empty", "204\nContent-Length: -\n\n"},
	{"P177 bad status", "GET /api/echo?do=weird", "500"},
	{"P181 api stream", "GET /api/echo?do=stream", "200\nContent-Type: text/event-stream\nContent-Length: -\n\npart 0\npart 1\npart 2"},
	{"P141 api data", "GET /_next/data/B1/api/echo.json", "404\nContent-Type: " + htmlKind},

	{"H016 br", "GET /about\nAccept-Encoding: gzip, deflate, br", "200\nContent-Encoding: br\nVary: Accept-Encoding"},
	{"H016 gzip", "GET /about\nAccept-Encoding: gzip", "200\nContent-Encoding: gzip"},
	{"H016 deflate", "GET /about\nAccept-Encoding: deflate", "200\nContent-Encoding: deflate"},
	{"H016 star", "GET /about\nAccept-Encoding: *", "200\nContent-Encoding: gzip"},
	{"H016 q=0", "GET /about\nAccept-Encoding: gzip;q=0, identity", "200\nContent-Encoding: -"},
	{"H016 ssr", "GET /ssr?do=big\nAccept-Encoding: br, gzip", "200\nContent-Encoding: gzip\nVary: Accept-Encoding"},
	{"H017 small", "GET /\nAccept-Encoding: gzip", "200\nContent-Encoding: -\nVary: Accept-Encoding"},
	{"H018 head", "HEAD /about\nAccept-Encoding: gzip", "200\nContent-Encoding: -\nVary: Accept-Encoding\n\n"},
	{"H018 image", "GET /photo.png\nAccept-Encoding: gzip", "200\nContent-Encoding: -\nVary: -"},
	{"H021 stream", "GET /api/echo?do=stream\nAccept-Encoding: gzip", "200\nContent-Encoding: gzip"},
}

func TestExchanges(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	for _, c := range exchanges {
		t.Run(c.name, func(t *testing.T) {
			check(t, strings.ReplaceAll(c.request, "\n", " ⏎ "), a.ask(c.request), c.want)
		})
	}
}

// TestSettings: config options that change headers.
func TestSettings(t *testing.T) {
	m := sample()
	m.Config.PoweredByHeader, m.Config.GenerateEtags, m.Config.Compress = false, false, false
	m.Config.BasePath, m.Config.TrailingSlash, m.Config.ExpireTime = "/docs", true, 1
	a := start(t, m, sampleFiles, pages)
	for _, c := range []struct{ request, want string }{
		{"GET /docs/about/\nAccept-Encoding: gzip\nIf-None-Match: *", "200\nX-Powered-By: -\nEtag: -\nVary: -\nContent-Encoding: -"},
		{"GET /docs/about", "308\nLocation: /docs/about/"},
		{"GET /about/", "404"},
		{"GET /_next/static/chunks/main-1.js", "404\n\nNot Found"},
		{"GET /docs/_next/static/chunks/main-1.js", "200\nVary: -\nEtag: -"},
		{"GET /docs/file.txt", "200\n\na public file"},
		{"GET /docs/isr/", "200\nCache-Control: s-maxage=2"},
		{"GET /docs/ssr/?do=redirect", "307\nLocation: /docs/about"},
		{"GET /docs/ssr/?do=forever", "308\nLocation: /about?\xe9=1"},
	} {
		check(t, c.request, a.ask(c.request), c.want)
	}
}

// TestErrorPages: where 404 and 500 come from.
func TestErrorPages(t *testing.T) {
	t.Run("pages of the app", func(t *testing.T) {
		m := sample()
		files := cloneFiles()
		for i := range m.Pages {
			switch m.Pages[i].Route {
			case "/404":
				m.Pages[i] = manifest.Page{Route: "/404", Kind: manifest.SSG, Module: "server/pages/404.js"}
			case "/500":
				m.Pages[i].Module = "server/pages/500.js"
			}
		}
		m.Prerendered["/404"] = manifest.Prerendered{Route: "/404", HTML: "server/pages/404.html", Data: "server/pages/404.json"}
		files[".next/server/pages/404.json"] = `{"pageProps":{"own":true}}`
		a := start(t, m, files, pages)
		for _, c := range []struct{ request, want string }{
			{"GET /nowhere", "404\nX-Nextjs-Cache: HIT\nCache-Control: " + none + "\n\n<p>not here"},
			{"GET /404", "404\nX-Nextjs-Cache: HIT\nCache-Control: " + none},
			{"GET /_next/data/B1/404.json", "200\nX-Nextjs-Cache: HIT\nCache-Control: " + none + "\n\n{\"pageProps\":{\"own\":true}}"},
			{"GET /_next/data/B1/nowhere.json", "404\nX-Nextjs-Cache: HIT\nContent-Type: application/json; charset=utf-8\n\n{\"pageProps\":{\"own\":true}}"},
			{"GET /_next/data/other/plain.json", "404\nContent-Type: application/json; charset=utf-8"},
			{"GET /_next/data", "404\nContent-Type: application/json; charset=utf-8"},
			{"GET /_next/data/B1/../../nowhere", "404\nContent-Type: " + htmlKind},
			{"GET /blocking/gone", "404\nX-Nextjs-Cache: HIT\nCache-Control: s-maxage=31536000"},
			{"GET /500", "500\nCache-Control: -\n\n<p>prerendered 500"},
			{"GET /ssr?do=throw", "500\nCache-Control: " + none + "\n\n<p>prerendered 500"},
		} {
			check(t, c.request, a.ask(c.request), c.want)
		}
	})
	t.Run("pages that see each request", func(t *testing.T) {
		m := sample()
		for i := range m.Pages {
			switch m.Pages[i].Route {
			case "/404", "/500":
				m.Pages[i] = manifest.Page{Route: m.Pages[i].Route, Kind: manifest.SSR, Module: "server/pages/x.js"}
			}
		}
		a := start(t, m, sampleFiles, func(ctx context.Context, in *input, job *engine.Job) (*engine.Reply, error) {
			if in.Route == "/404" || in.Route == "/500" {
				return reply(map[string]any{"kind": "page", "status": in.StatusCode}, "<p>own "+in.Route+" "+in.Path+" "+in.AsPath)
			}
			return pages(ctx, in, job)
		})
		for _, c := range []struct{ request, want string }{
			{"GET /nowhere?a=1", "404\nCache-Control: " + none + "\nX-Nextjs-Cache: -\n\n<p>own /404 /404 /404?a=1"},
			{"GET /404", "404\nCache-Control: " + none + "\n\n<p>own /404 /404 /404"},
			{"GET /_next/data/B1/404.json", "404\nContent-Type: " + htmlKind},
			{"GET /500", "500\nCache-Control: " + none + "\n\n<p>own /500 /500 /500"},
			{"GET /ssr?do=throw", "500\n\n…<p>own /500"},
		} {
			check(t, c.request, a.ask(c.request), c.want)
		}
	})
	t.Run("nothing prerendered", func(t *testing.T) {
		m := sample()
		m.Pages = m.Pages[:len(m.Pages)-2] // no 404, no 500
		a := start(t, m, sampleFiles, pages)
		for _, c := range []struct{ request, want string }{
			{"GET /nowhere", "404\nCache-Control: " + none + "\n\n<p>error 404"},
			{"GET /404", "404\nCache-Control: " + none + "\n\n<p>error 404"},
			{"GET /ssr?do=throw&error=throws", "500\nContent-Type: text/plain; charset=utf-8\n\nInternal Server Error"},
		} {
			check(t, c.request, a.ask(c.request), c.want)
		}
	})
	t.Run("engine that does not start", func(t *testing.T) {
		a := start(t, sample(), sampleFiles, func(context.Context, *input, *engine.Job) (*engine.Reply, error) {
			return nil, &engine.Error{Kind: engine.Crashed, Message: "no worker"}
		})
		check(t, "GET /ssr", a.ask("GET /ssr"), "500\n\n<p>prerendered 500")
		check(t, "GET /about", a.ask("GET /about"), "200")
		check(t, "GET /api/echo", a.ask("GET /api/echo"), "500\n\nInternal Server Error")
	})
}

func cloneFiles() map[string]string {
	out := make(map[string]string, len(sampleFiles))
	for k, v := range sampleFiles {
		out[k] = v
	}
	return out
}

// TestFailuresAreLoggedOnce: one line for a failing request, none for a client that
// left.
func TestFailuresAreLoggedOnce(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	a.ask("GET /ssr?do=throw")
	if n := strings.Count(a.log.String(), "ssr failed"); n < 1 || strings.Count(a.log.String(), "level=ERROR") != 1 {
		t.Errorf("log after one failure:\n%s", a.log.String())
	}
	if !strings.Contains(a.log.String(), "pages/x.js:1:1") {
		t.Error("the stack is not in the log")
	}
}

func TestPanicIsA500(t *testing.T) {
	a := start(t, sample(), sampleFiles, func(_ context.Context, in *input, _ *engine.Job) (*engine.Reply, error) {
		panic("boom " + in.Route)
	})
	check(t, "GET /ssr", a.ask("GET /ssr"), "500\n\nInternal Server Error")
	if !strings.Contains(a.log.String(), "boom /ssr") {
		t.Errorf("the panic is not in the log: %s", a.log.String())
	}
}

// TestBrokenStream: a reply that breaks off must not look complete to the client.
func TestBrokenStream(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	srv := httptest.NewServer(a)
	defer srv.Close()
	res, err := http.Get(srv.URL + "/api/echo?do=breaks")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("the broken stream ended as if it were whole: %q", b)
	}
	if !strings.Contains(a.log.String(), "the worker died") {
		t.Error("the failure is not in the log")
	}
}

// TestClientAbort: a client that leaves ends the Job, and is no failure to log.
func TestClientAbort(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	srv := httptest.NewServer(a)
	defer srv.Close()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/api/echo?do=wait", nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if res, err := http.DefaultClient.Do(r); err == nil {
			res.Body.Close()
		}
	}()
	for a.engine.jobs.Load() == 0 {
		select {
		case <-done:
			t.Fatal("the request ended before it was cancelled")
		default:
		}
	}
	cancel()
	<-done
	srv.Close() // waits for the handler
	if log := a.log.String(); log != "" {
		t.Errorf("log: %s", log)
	}
}

// TestTags: a tag goes by what the answer says, before it is compressed, and in a 304
// too; a client may name it in a list, or as a weak one.
func TestTags(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	for _, target := range []string{"/about", "/plain", "/ssr", "/_next/data/B1/plain.json", "/_next/data/B1/ssr.json", "/nowhere"} {
		first := a.ask("GET " + target)
		tag := first.Header.Get("Etag")
		if len(tag) < 8 || tag[0] != '"' || tag[len(tag)-1] != '"' {
			t.Errorf("P036 %s: tag %q", target, tag)
		}
		if packed := a.ask("GET " + target + "\nAccept-Encoding: gzip").Header.Get("Etag"); packed != tag {
			t.Errorf("P036 %s: tag %s, compressed %s", target, tag, packed)
		}
		same := "304\nEtag: " + tag + "\nContent-Type: -\nContent-Length: -\n\n"
		if first.StatusCode == 404 {
			same = "404" // only what succeeds may be unchanged
		}
		for given, want := range map[string]string{
			tag: same, "W/" + tag: same, `"a", W/"b", ` + tag: same, `"a"`: "", strings.Trim(tag, `"`): "", "W/" + tag + "x": "",
		} {
			if want == "" {
				want = strconv.Itoa(first.StatusCode)
			}
			check(t, "P037 "+target+" "+given, a.ask("GET "+target+"\nIf-None-Match: "+given), want)
		}
	}
	if a.ask("GET /about").Header.Get("Etag") == a.ask("GET /plain").Header.Get("Etag") {
		t.Error("P036: two pages have the same tag")
	}
}

func TestLargeBodyStreams(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	body := strings.Repeat("y", whole+1)
	check(t, "large", a.ask("POST /api/echo\n\n"+body), "200\n\n…\"body\":\"streamed 65537\"")
}

// FuzzDoor: whatever comes in, an answer goes out, and no file from outside the
// folders.
func FuzzDoor(f *testing.F) {
	for _, c := range exchanges {
		_, target, _ := strings.Cut(strings.Split(c.request, "\n")[0], " ")
		f.Add(target, "x-test", "1")
	}
	f.Add("/_next/image?url=%2F..%2F..%2Fsecret.txt&w=640&q=75", "range", "bytes=-1")
	f.Add("/_next/static/..%2f..%2f..%2fsecret.txt", "if-none-match", "W/\"")
	a := start(f, sample(), sampleFiles, pages)
	f.Fuzz(func(t *testing.T, target, name, value string) {
		if target == "" || strings.Contains(target, "do=wait") {
			return
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.RequestURI = target
		r.Header.Set(name, value)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		res := w.Result()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode < 200 || strings.Contains(string(b), "secret") && !strings.Contains(target, "secret") {
			t.Errorf("GET %q: %d %.200q", target, res.StatusCode, b)
		}
		if strings.TrimSpace(string(b)) == "secret" {
			t.Errorf("GET %q gave away a file from outside", target)
		}
		if to := res.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") {
			t.Errorf("GET %q redirects to %q", target, to)
		}
	})
}
