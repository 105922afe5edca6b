package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/config"
)

// proxied starts the sample app with rewrites to another server.
func proxied(t *testing.T, upstream http.Handler, patience int) (here, there *httptest.Server) {
	t.Helper()
	there = httptest.NewServer(upstream)
	t.Cleanup(there.Close)
	m := sample()
	m.Config.ProxyTimeout = patience
	m.Config.Rewrites.AfterFiles = []config.Rewrite{
		{Match: config.Match{Source: "/up/:path*"}, Destination: there.URL + "/:path*?k=1"},
		{Match: config.Match{Source: "/zone/:host"}, Destination: "http://:host.invalid/"},
		{Match: config.Match{Source: "/down"}, Destination: "http://127.0.0.1:1/"},
	}
	m.Config.Headers = []config.HeaderRule{{Match: config.Match{Source: "/:p*"}, Headers: []config.Header{{Key: "X-Rule", Value: "1"}}}}
	a := start(t, m, sampleFiles, pages)
	here = httptest.NewServer(a)
	t.Cleanup(here.Close)
	return here, there
}

// sent sends bytes to a server and returns the answer to a request of the method.
func sent(t *testing.T, server *httptest.Server, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestForward(t *testing.T) {
	here, there := proxied(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["Set-Cookie"] = []string{"a=1", "b=2"}
		w.Header().Set("Keep-Alive", "timeout=99")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s %d %v %q host=%s\n", r.Method, r.RequestURI, r.ContentLength, r.TransferEncoding, body, r.Host)
		for _, name := range []string{"X-Mine", "X-Listed", "X-Forwarded-Host", "X-Middleware-Next", "User-Agent", "Te", "Expect", "Proxy-Authorization"} {
			fmt.Fprintf(w, "%s=%q\n", name, r.Header[name])
		}
	}), 1000)
	up := there.Listener.Addr().String()
	for _, tt := range []struct {
		name, request string
		want          []string
	}{
		{"headers", "GET /up/a%2Fb/c?q=%20 HTTP/1.1\r\nHost: app.test\r\nX-Mine: 1\r\nConnection: x-listed\r\nX-Listed: 1\r\nX-Forwarded-Host: evil\r\nX-Middleware-Next: 1\r\nTE: gzip\r\nProxy-Authorization: x\r\n\r\n",
			[]string{`GET /a%2Fb/c?q=%20&k=1 0 [] "" host=` + up, `X-Mine=["1"]`, `X-Listed=[]`, `X-Forwarded-Host=["app.test"]`, `X-Middleware-Next=[]`,
				`User-Agent=[]`, `Te=[]`, `Proxy-Authorization=[]`}},
		{"body", "POST /up/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", []string{`POST /x?k=1 5 [] "hello"`}},
		{"chunks", "DELETE /up/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", []string{`DELETE /x?k=1 -1 [chunked] "hello"`}},
		{"no body", "DELETE /up/x HTTP/1.1\r\nHost: a\r\n\r\n", []string{`DELETE /x?k=1 0 [] ""`}},
		{"both lengths", "POST /up/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", []string{`POST /x?k=1 -1 [chunked] "hello"`}},
		{"expect", "POST /up/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", nil},
		{"another host", "GET http://127.0.0.1:1/up/x HTTP/1.1\r\nHost: a\r\n\r\n", []string{`GET /x?k=1 0 [] "" host=` + up}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := sent(t, here, tt.request)
			if tt.want == nil {
				if r.StatusCode != http.StatusContinue {
					t.Errorf("status %d", r.StatusCode)
				}
				return
			}
			body, _ := io.ReadAll(r.Body)
			for _, line := range tt.want {
				if !strings.Contains(string(body), line) {
					t.Errorf("%s is missing in\n%s", line, body)
				}
			}
			if r.StatusCode != http.StatusTeapot || !slices.Equal(r.Header["Set-Cookie"], []string{"a=1", "b=2"}) || r.Header["Keep-Alive"] != nil && r.Header.Get("Keep-Alive") == "timeout=99" {
				t.Errorf("%d %v", r.StatusCode, r.Header)
			}
			if r.Header["X-Rule"] != nil {
				t.Error("another server's answer has a header of headers()")
			}
		})
	}
}

func TestForwardFails(t *testing.T) {
	here, _ := proxied(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/silent":
			<-r.Context().Done()
		case "/stalls":
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/lasts":
			for range 4 {
				io.WriteString(w, "more ")
				w.(http.Flusher).Flush()
				time.Sleep(60 * time.Millisecond)
			}
		}
	}), 150)
	for path, want := range map[string]string{
		"/down": "Internal Server Error", "/up/silent": "Internal Server Error", "/zone/evil.test%2f": "<p>error 500",
		"/zone/127.0.0.1:1%23": "<p>error 500", "/up/lasts": "more more more more ",
	} {
		r, err := http.Get(here.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if string(body) != want || (r.StatusCode == 200) != (path == "/up/lasts") || r.Header["X-Rule"] != nil {
			t.Errorf("%s: %d %q %v", path, r.StatusCode, body, r.Header)
		}
	}
	r, err := http.Get(here.URL + "/up/stalls")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err == nil {
		t.Errorf("a body cut short looks whole: %q", body)
	}
}

// upgradable changes to a protocol that sends lines back.
func upgradable(seen *atomic.Value) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.RequestURI + " " + r.Host + " " + r.Header.Get("Upgrade"))
		if r.Header.Get("Upgrade") != "lines" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: lines\r\nX-Own: 1\r\n\r\nhello\n")
		for {
			line, err := buffered.ReadString('\n')
			if err != nil || line == "end\n" {
				return
			}
			io.WriteString(conn, "echo "+line)
		}
	}
}

func TestTunnel(t *testing.T) {
	var seen atomic.Value
	here, there := proxied(t, upgradable(&seen), 100)
	for _, target := range []string{"/up/ws", "http://127.0.0.1:1/up/ws"} {
		conn, err := net.Dial("tcp", here.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		// The first line comes before the other server has agreed.
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: lines\r\n\r\nearly\n", target)
		in := bufio.NewReader(conn)
		r, err := http.ReadResponse(in, nil)
		if err != nil || r.StatusCode != http.StatusSwitchingProtocols || r.Header.Get("Upgrade") != "lines" || r.Header.Get("X-Own") != "1" {
			t.Fatalf("%v %v", r, err)
		}
		if got := seen.Load().(string); got != "/ws?k=1 "+there.Listener.Addr().String()+" lines" {
			t.Errorf("the other server saw %s", got)
		}
		for _, want := range []string{"hello\n", "echo early\n"} {
			if line, err := in.ReadString('\n'); line != want {
				t.Fatalf("%q %v, want %q", line, err, want)
			}
		}
		time.Sleep(200 * time.Millisecond) // longer than the other server may be silent before an answer
		fmt.Fprint(conn, "late\nend\n")
		if line, err := in.ReadString('\n'); line != "echo late\n" {
			t.Fatalf("%q %v", line, err)
		}
		if _, err := in.ReadByte(); err != io.EOF {
			t.Errorf("the tunnel stays open: %v", err)
		}
	}
}

// A page that is no proxy never gets a tunnel, and what a client sends after its head
// is no second request in disguise.
func TestNoTunnel(t *testing.T) {
	var seen atomic.Value
	here, _ := proxied(t, upgradable(&seen), 1000)
	r := sent(t, here, "GET /about HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n")
	if r.StatusCode != http.StatusOK || seen.Load() != nil {
		t.Errorf("%d, the other server saw %v", r.StatusCode, seen.Load())
	}
	if r := sent(t, here, "GET /up/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a refused upgrade: %d", r.StatusCode)
	}
}

// Closing the server ends its tunnels.
func TestTunnelsEnd(t *testing.T) {
	var seen atomic.Value
	there := httptest.NewServer(upgradable(&seen))
	defer there.Close()
	m := sample()
	m.Config.Rewrites.AfterFiles = []config.Rewrite{{Match: config.Match{Source: "/ws"}, Destination: there.URL + "/"}}
	a := start(t, m, sampleFiles, pages)
	here := httptest.NewServer(a)
	conn, err := net.Dial("tcp", here.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprint(conn, "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n")
	in := bufio.NewReader(conn)
	if r, err := http.ReadResponse(in, nil); err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %v", r, err)
	}
	a.forwarder.close()
	if _, err := io.ReadAll(in); err != nil {
		t.Errorf("the tunnel stays open: %v", err)
	}
	here.Close()
}
