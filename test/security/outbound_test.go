package security

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Class B: the server is made to call somebody, or to trust what a client says
// about hosts.

// recorder is a server of somebody else that notes each request.
type recorder struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	dialled  int
}

func newRecorder(t *testing.T) *recorder {
	r := &recorder{}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(q.Body, 1<<20))
		r.mu.Lock()
		r.requests, r.bodies = append(r.requests, q), append(r.bodies, string(body))
		r.mu.Unlock()
		fmt.Fprintf(w, "upstream %s %s", q.Method, q.URL.Path)
	}))
	r.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			r.mu.Lock()
			r.dialled++
			r.mu.Unlock()
		}
	}
	r.Start()
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) host() string { return strings.TrimPrefix(r.URL, "http://") }

func (r *recorder) last(t *testing.T) *http.Request {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.requests) == 0 {
		t.Fatal("nobody asked the other host")
	}
	return r.requests[len(r.requests)-1]
}

// calls tells how many connections and requests came.
func (r *recorder) calls() (connections, requests int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dialled, len(r.requests)
}

// Whatever a client says, the server calls nobody but the upstream that the
// config names.
func TestNobodyElseIsCalled(t *testing.T) {
	upstream, other := newRecorder(t), newRecorder(t)
	at := other.host()
	cases := []struct {
		name, method, target string
		headers              []string
	}{
		{"CVE-2024-34351 Host", "GET", "/go?to=/public", []string{"Host: " + at}},
		{"CVE-2024-34351 Host, revalidation", "POST", "/api/revalidate", []string{"Host: " + at}},
		{"CVE-2026-64649 forwarded host", "POST", "/api/revalidate", []string{"x-forwarded-host: " + at, "x-forwarded-proto: http"}},
		{"CVE-2026-64649 action", "POST", "/public", []string{"next-action: 0", "Host: " + at, "Origin: http://" + at}},
		{"CVE-2025-57822 Location", "GET", "/reflect", []string{"location: http://" + at + "/"}},
		{"CVE-2025-57822 rewrite", "GET", "/reflect", []string{"x-middleware-rewrite: http://" + at + "/"}},
		{"CVE-2025-57822 refresh", "GET", "/reflect", []string{"x-nextjs-rewrite: http://" + at + "/", "x-middleware-next: 1"}},
		{"CVE-2026-44578 absolute target", "GET", "http://" + at + "/public", nil},
		{"CVE-2026-44578 absolute target of a rewrite", "GET", "http://" + at + "/upstream/x", nil},
		{"CVE-2026-44578 upgrade", "GET", "http://" + at + "/socket", []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="}},
		{"CVE-2026-44578 upgrade of a rewrite", "GET", "http://" + at + "/upstream/x", []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="}},
		{"CVE-2026-64645 host with a slash", "GET", "/tenant/x", []string{"x-tenant: " + at + "/"}},
		{"CVE-2026-64645 host with user info", "GET", "/tenant/x", []string{"x-tenant: a@" + at + "/"}},
		{"CVE-2026-64645 host with a fragment", "GET", "/tenant/x", []string{"x-tenant: " + at + "#"}},
		{"CVE-2026-64645 host with a query", "GET", "/tenant/x", []string{"x-tenant: " + at + "?"}},
		{"CVE-2026-64645 host with a backslash", "GET", "/tenant/x", []string{"x-tenant: " + at + "\\"}},
		{"CVE-2026-64645 host from the path", "GET", "/host/" + at + "/", nil},
		{"CVE-2026-64645 host from the path, encoded", "GET", "/host/" + strings.ReplaceAll(at, ":", "%3a") + "%2f", nil},
		{"CVE-2026-64645 host from the path, fragment", "GET", "/host/" + at + "%23", nil},
		{"CVE-2026-94483 image", "GET", "/_next/image?url=" + strings.NewReplacer(":", "%3A", "/", "%2F").Replace("http://"+at+"/a.png") + "&w=64&q=75", nil},
		{"image with a foreign host", "GET", "/_next/image?url=%2F%2F" + strings.ReplaceAll(at, ":", "%3A") + "%2Fa.png&w=64&q=75", nil},
		{"rewrite that leaves its host", "GET", "/upstream/@" + at + "/", nil},
		{"rewrite that leaves its host, encoded", "GET", "/upstream/%2f%2f" + at + "/", nil},
		{"rewrite with dots", "GET", "/upstream/..//" + at + "/", nil},
	}
	onEachEngine(t, "guarded", []string{"UPSTREAM=" + upstream.host()}, func(t *testing.T, s *target) {
		if a := s.get(t, "/upstream/there"); a == nil || a.text != "upstream GET /there" {
			t.Fatalf("the upstream that is allowed: %+v", a)
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				before, _ := other.calls()
				a := s.send(t, c.method, c.target, "", c.headers...)
				if after, _ := other.calls(); after != before {
					t.Errorf("the attacker's host was called")
				}
				if a != nil && strings.Contains(a.text, "upstream") && !strings.Contains(c.target, "/upstream") && !strings.Contains(c.target, "/tenant") {
					t.Errorf("an upstream answered: %s", a.text)
				}
			})
		}
		s.alive(t, "/public", "/upstream/x")
	})
}

// Host and forwarding headers do not choose where a redirect leads.
func TestRedirectsStayAtHome(t *testing.T) {
	onEachEngine(t, "guarded", []string{"VARIANT=locales"}, func(t *testing.T, s *target) {
		for _, target := range []string{"/gone/x", "/public/", "//public", "/go?to=/public", "/", "/api/host", "/fr/"} {
			for _, headers := range [][]string{
				{"Host: evil.test"}, {"x-forwarded-host: evil.test"}, {"x-forwarded-host: evil.test", "x-forwarded-proto: https"},
				{"x-forwarded-proto: javascript"}, {"forwarded: host=evil.test"}, {"x-original-host: evil.test"},
				{"Host: evil.test", "accept-language: fr"},
			} {
				a := s.get(t, target, headers...)
				if a == nil {
					t.Fatalf("%s %q: no answer", target, headers)
				}
				if l := a.Header.Get("Location"); strings.Contains(l, "evil.test") || strings.Contains(l, "javascript") {
					t.Errorf("%s %q: sent to %s", target, headers, l)
				}
			}
		}
	})
}

// CVE-2024-34350 and CVE-2026-29057: a body never becomes a second request, on the
// way to an upstream as little as here.
func TestBodiesAreNotRequests(t *testing.T) {
	upstream := newRecorder(t)
	smuggled := "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	chunked := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(smuggled), smuggled)
	cases := []struct{ name, head, body string }{
		{"chunked DELETE", "DELETE /upstream/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", chunked},
		{"chunked OPTIONS", "OPTIONS /upstream/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", chunked},
		{"chunked GET", "GET /upstream/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", chunked},
		{"chunked POST", "POST /upstream/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", chunked},
		{"DELETE with a length", fmt.Sprintf("DELETE /upstream/x HTTP/1.1\r\nContent-Length: %d\r\n", len(smuggled)), smuggled},
		{"length and chunks", fmt.Sprintf("POST /upstream/x HTTP/1.1\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n", len(chunked)+8), chunked},
		{"obscured chunks", "POST /upstream/x HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: xchunked\r\n", chunked},
		{"chunks with a tab", "POST /upstream/x HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding:\tchunked\r\n", chunked},
		{"two lengths", fmt.Sprintf("POST /upstream/x HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: %d\r\n", len(smuggled)), smuggled},
		{"connection names the length", fmt.Sprintf("POST /upstream/x HTTP/1.1\r\nContent-Length: %d\r\nConnection: content-length\r\n", len(smuggled)), smuggled},
		{"page with a body", "GET /public HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", chunked},
	}
	onEachEngine(t, "guarded", []string{"UPSTREAM=" + upstream.host()}, func(t *testing.T, s *target) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				conn, err := net.DialTimeout("tcp", s.host(), 5*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(10 * time.Second))
				go io.WriteString(conn, c.head+"Host: "+s.host()+"\r\n\r\n"+c.body+"GET /file.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
				in := bufio.NewReader(conn)
				for range 4 {
					r, err := http.ReadResponse(in, nil)
					if err != nil {
						break
					}
					text, _ := io.ReadAll(r.Body)
					if strings.Contains(string(text), "smuggled") && !strings.HasPrefix(string(text), "upstream") {
						t.Errorf("the body was read as a request: %s", text)
					}
				}
				upstream.mu.Lock()
				defer upstream.mu.Unlock()
				for i, q := range upstream.requests {
					if strings.Contains(q.URL.Path, "smuggled") || q.URL.Path == "/file.txt" {
						t.Errorf("request %d to the upstream is %s %s", i, q.Method, q.URL.Path)
					}
				}
				upstream.requests, upstream.bodies = nil, nil
			})
		}
		s.alive(t, "/public", "/upstream/x")
	})
}
