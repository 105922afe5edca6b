package security

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// served are pages and routes that must still answer after an attack.
var served = []string{"/about", "/ssr", "/api/json"}

func TestHostileRequests(t *testing.T) { onEachEngine(t, "contract", nil, hostileRequests) }

func hostileRequests(t *testing.T, server *target) {
	get := func(target string, headers ...string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + strings.Join(headers, "") + "\r\n"
	}
	post := func(target, headers, body string) string {
		return "POST " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + headers + "\r\n" + body
	}
	cases := []struct {
		name, text string
		// want lists acceptable statuses; 0 is hanging up.
		want []int
	}{
		{"no request at all", "\r\n\r\n\r\n", []int{400, 0}},
		{"not HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", []int{400, 0}},
		{"NUL in the target", get("/a\x00b"), []int{400, 404}},
		{"encoded NUL", get("/a%00b"), []int{400, 404}},
		{"encoded NUL in a file", get("/file.txt%00"), []int{400, 404}},
		{"bad percent", get("/%zz"), []int{400, 404}},
		{"cut percent", get("/about%"), []int{400, 404}},
		{"bad UTF-8", get("/%ff%fe"), []int{400, 404}},
		{"overlong UTF-8", get("/%c0%ae%c0%ae/package.json"), []int{400, 404}},
		{"dot-dot", get("/../../../../etc/passwd"), []int{400, 404}},
		{"dot-dot encoded", get("/%2e%2e/%2e%2e/etc/passwd"), []int{400, 404}},
		{"dot-dot double encoded", get("/%252e%252e/etc/passwd"), []int{400, 404}},
		{"dot-dot slash encoded", get("/..%2f..%2fetc%2fpasswd"), []int{400, 404}},
		{"dot-dot backslash", get("/..\\..\\etc\\passwd"), []int{308, 400, 404}},
		{"dot-dot below static", get("/_next/static/../../package.json"), []int{400, 404}},
		{"dot-dot encoded below static", get("/_next/static/%2e%2e/server/runtime.js"), []int{400, 404}},
		{"server code", get("/_next/server/pages/ssr.js"), []int{404}},
		{"manifest", get("/_next/onward-manifest.json"), []int{404}},
		{"image of a secret", get("/_next/image?url=%2F..%2F.env&w=64&q=75"), []int{400, 404}},
		{"image of loopback", get("/_next/image?url=http%3A%2F%2F127.0.0.1%2Fx.png&w=64&q=75"), []int{400}},
		{"image of a file URL", get("/_next/image?url=file%3A%2F%2F%2Fetc%2Fpasswd&w=64&q=75"), []int{400}},
		{"absolute target", get("http://127.0.0.1:1/about"), []int{200, 400, 404}},
		{"target without slash", get("about"), []int{400, 404}},
		{"asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{200, 204, 400, 404}},
		{"CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{400, 404, 405, 501}},
		{"TRACE", "TRACE /about HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{400, 404, 405}},
		{"odd method", "B@D /about HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{400, 405}},
		{"no Host", "GET /about HTTP/1.1\r\nConnection: close\r\n\r\n", []int{400}},
		{"two Hosts", "GET /about HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", []int{400}},
		{"bad Host", "GET /about HTTP/1.1\r\nHost: a b<script>\r\nConnection: close\r\n\r\n", []int{400}},
		{"huge target", get("/" + strings.Repeat("a", 2<<20)), []int{400, 414, 431, 0}},
		{"huge header", get("/about", "X-A: "+strings.Repeat("a", 2<<20)+"\r\n"), []int{400, 431, 0}},
		{"many headers", get("/about", strings.Repeat("X-A: b\r\n", 200_000)), []int{400, 431, 0}},
		{"huge cookie", get("/ssr", "Cookie: "+strings.Repeat("a=1; ", 400_000)+"\r\n"), []int{400, 431, 0}},
		{"header without colon", get("/about", "X-A\r\n"), []int{400}},
		{"folded header", get("/about", "X-A: b\r\n c\r\n"), []int{200, 400}},
		{"long query", get("/ssr?" + strings.Repeat("a=1&", 3000)), []int{200, 414, 431}},
		{"prototype keys", get("/ssr?__proto__=1&constructor=2&toString=3"), []int{200}},
		{"prototype in JSON", post("/api/echo", "Content-Type: application/json\r\nContent-Length: 27\r\n", `{"__proto__":{"polluted":1}}`[:27]), []int{200, 400}},
		{"huge body", post("/api/echo", "Content-Type: application/json\r\nContent-Length: 9000000\r\n", strings.Repeat("[", 9_000_000)), []int{413}},
		{"deep JSON", post("/api/echo", "Content-Type: application/json\r\nContent-Length: 400000\r\n", strings.Repeat("[", 400_000)), []int{400}},
		{"lying length", post("/api/echo", "Content-Length: -5\r\n", ""), []int{400}},
		{"two lengths", post("/api/echo", "Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), []int{400}},
		{"length and chunks", post("/api/echo", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), []int{200, 400}},
		{"bad chunk", post("/api/echo", "Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n"), []int{400}},
		{"unknown coding", post("/api/echo", "Transfer-Encoding: gzip\r\n", "x"), []int{400, 501}},
		{"body on a static page", post("/about", "Content-Length: 9000000\r\n", strings.Repeat("x", 9_000_000)), []int{405, 413}},
		{"huge range list", get("/large.txt", "Range: bytes="+strings.Repeat("0-1,", 10_000)+"0-1\r\n"), []int{200, 206, 416, 431}},
		{"etag list", get("/about", "If-None-Match: "+strings.Repeat(`"a",`, 5_000)+"\r\n"), []int{200, 431}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := 0
			if a := server.raw(t, c.text); a != nil {
				got = a.StatusCode
			}
			if !slices.Contains(c.want, got) {
				t.Errorf("status %d, want one of %v", got, c.want)
			}
		})
	}
	server.alive(t, served...)
}

// Half-open and slow clients do not keep others from being served.
func TestSlowClients(t *testing.T) { onEachEngine(t, "contract", nil, slowClients) }

func slowClients(t *testing.T, server *target) {
	host := server.host()
	for i := range 200 {
		conn, err := net.DialTimeout("tcp", host, 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		switch i % 3 {
		case 0:
			fmt.Fprint(conn, "GET /about HT")
		case 1:
			fmt.Fprint(conn, "POST /api/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nslow")
		case 2:
			fmt.Fprint(conn, "GET /api/respond?do=big HTTP/1.1\r\nHost: h\r\n\r\n")
		}
	}
	server.alive(t, served...)
}

// 1,000 interleaved requests never see each other's data.
func TestRequestsAreKeptApart(t *testing.T) { onEachEngine(t, "contract", nil, keptApart) }

func keptApart(t *testing.T, server *target) {
	client := &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 50, MaxConnsPerHost: 50}}
	var wait sync.WaitGroup
	wrong := make(chan string, 1000)
	for i := range 1000 {
		wait.Go(func() {
			r, err := client.Get(fmt.Sprintf("%s/platform?wait=%d&id=visitor-%d-", server.URL, i%20, i))
			if err != nil {
				wrong <- err.Error()
				return
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			if own := fmt.Sprintf("visitor-%d-", i); err != nil || r.StatusCode != 200 || strings.Count(string(body), "visitor-") != 3 || strings.Count(string(body), own) != 3 {
				wrong <- fmt.Sprintf("%d: %s %v %s", i, r.Status, err, body)
			}
		})
	}
	wait.Wait()
	close(wrong)
	for text := range wrong {
		t.Fatal(text)
	}
}
