package security

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// Class I: the development server, which holds source code and opens editors. Any
// page that a developer visits can send it requests; a name whose owner points it at
// 127.0.0.1 makes them same-origin.

// devConfig allows two families of hosts.
const devConfig = "module.exports = { allowedDevOrigins: [\"*.trusted.example\", \"**.deep.example\"] };\n"

// runDev starts the development server of a fixture app.
func runDev(t *testing.T, name string) *target {
	t.Helper()
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), name), onward)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Remove() })
	if err := app.Write("next.config.js", devConfig); err != nil {
		t.Fatal(err)
	}
	server, err := app.Dev(ctx, onward)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		for _, word := range []string{"panic:", "goroutine ", "SIGSEGV", "Fatal error"} {
			if strings.Contains(server.Log(), word) {
				t.Errorf("the server's log holds %q:\n%s", word, server.Log())
			}
		}
	})
	return &target{server, app}
}

// upgrade are the headers that ask for a WebSocket.
const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// devRequest sends a request as it stands and tells the status; 0: no answer. Host
// is that of the server unless a header says otherwise.
func (s *target) devRequest(t *testing.T, start string, headers ...string) (status int, body string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.host(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	text := start + " HTTP/1.1\r\n"
	if !strings.Contains(strings.Join(headers, "\n"), "Host: ") {
		text += "Host: " + s.host() + "\r\n"
	}
	if strings.Contains(start, "webpack-hmr") {
		text += upgrade
	} else {
		text += "Connection: close\r\n"
	}
	if strings.HasPrefix(start, "POST") {
		text += "Content-Type: application/json\r\nContent-Length: 14\r\n"
	}
	for _, h := range headers {
		text += h + "\r\n"
	}
	text += "\r\n"
	if strings.HasPrefix(start, "POST") {
		text += `{"stack":"at"}`
	}
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(start, " ")
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return 0, ""
	}
	defer r.Body.Close()
	if r.StatusCode == http.StatusSwitchingProtocols {
		return r.StatusCode, ""
	}
	buf := make([]byte, 4096)
	n, _ := bufio.NewReader(r.Body).Read(buf)
	return r.StatusCode, string(buf[:n])
}

func TestDevelopmentServer(t *testing.T) {
	s := runDev(t, "guarded")
	s.alive(t, "/public")
	own := "Origin: " + s.URL
	port := strconv.Itoa(s.Port())

	const (
		socket = "GET /_next/webpack-hmr"
		script = "GET /_next/static/chunks/main.js"
		source = "GET /_next/static/chunks/pages/public.js"
		origin = "GET /_next/static/chunks/pages/public.js.map"
		stacks = "POST /__nextjs_original-stack-frames"
		editor = "GET /__nextjs_launch-editor?file=pages/nowhere.js&line1=1&column1=1"
	)
	everything := []string{socket, script, source, origin, stacks, editor}

	t.Run("what the app's own pages ask for is answered", func(t *testing.T) {
		for _, start := range everything {
			status, _ := s.devRequest(t, start, own)
			switch {
			case start == socket && status != http.StatusSwitchingProtocols, start != socket && start != editor && status != 200, status == 403:
				t.Errorf("%s: %d", start, status)
			}
		}
	})

	attacks := []struct {
		name    string
		headers []string
		// starts are what is attacked; nil: everything.
		starts []string
	}{
		{"CVE-2025-48068 foreign Origin", []string{"Origin: http://evil.example"}, nil},
		{"CVE-2025-48068 foreign Origin that begins like ours", []string{"Origin: http://127.0.0.1.evil.example:" + port}, nil},
		{"CVE-2025-48068 foreign Origin with a user like us", []string{"Origin: http://127.0.0.1:" + port + "@evil.example"}, nil},
		{"CVE-2025-48068 script tag of another site", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Referer: https://evil.example/"}, []string{script, source, origin, editor}},
		{"CVE-2025-48068 script tag without a referrer", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, []string{script, source, origin, editor}},
		{"CVE-2025-48068 Host of a rebound name", []string{"Host: evil.example:" + port, "Origin: http://evil.example:" + port}, nil},
		{"CVE-2025-48068 Host of a rebound name, same-origin", []string{"Host: evil.example:" + port, "Sec-Fetch-Site: same-origin"}, nil},
		{"CVE-2025-48068 public address of somebody else", []string{"Host: 198.51.100.7:" + port, "Origin: http://198.51.100.7:" + port}, nil},
		{"CVE-2026-27977 Origin null", []string{"Origin: null"}, nil},
		{"CVE-2026-27977 Origin null beside a good one", []string{"Origin: null", own}, nil},
		{"CVE-2026-27977 no Origin", nil, []string{socket, stacks, editor}},
		{"CVE-2026-27977 empty Origin", []string{"Origin: "}, nil},
		{"CVE-2026-27977 two Origins", []string{own, "Origin: http://evil.example"}, nil},
		{"allowedDevOrigins: one star is one label", []string{"Origin: https://a.b.trusted.example"}, nil},
		{"allowedDevOrigins: one star is no nothing", []string{"Origin: https://trusted.example"}, nil},
		{"allowedDevOrigins: two stars are something", []string{"Origin: https://deep.example"}, nil},
		{"allowedDevOrigins: the end of a label", []string{"Origin: https://nottrusted.example"}, nil},
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			starts := a.starts
			if starts == nil {
				starts = everything
			}
			for _, start := range starts {
				status, body := s.devRequest(t, start, a.headers...)
				if status != http.StatusForbidden && status != http.StatusBadRequest {
					t.Errorf("%s: %d %.80q", start, status, body)
				}
			}
		})
	}

	t.Run("CVE-2025-48068 other spellings of what is guarded", func(t *testing.T) {
		for _, start := range []string{
			"GET /_ne%78t/static/chunks/main.js", "GET //_next/static/chunks/main.js", "GET /x/../_next/static/chunks/main.js",
			"GET /_next/static/media/../chunks/main.js", "GET /_next/static/media/%2e%2e/chunks/main.js", "GET /_next/static/media/..%2fchunks/main.js",
			"GET /_next/static/chunks/main.js?/_next/image", "GET /_next/image/../static/chunks/main.js", "GET /_next/static/chunks/main.js/_next/image",
			"GET http://127.0.0.1:" + port + "/_next/static/chunks/main.js", "HEAD /_next/static/chunks/main.js",
		} {
			if status, body := s.devRequest(t, start, "Origin: http://evil.example"); status == 200 && strings.Contains(body, "onward") {
				t.Errorf("%s: %d %.80q", start, status, body)
			}
		}
	})

	t.Run("CVE-2026-94486 there is no endpoint for logs and metadata", func(t *testing.T) {
		for _, start := range []string{"GET /_next/mcp", "POST /_next/mcp", "GET /__nextjs_server_status", "GET /__nextjs_devtools_config", "POST /__nextjs_restart_dev"} {
			for _, origin := range []string{own, "Origin: http://evil.example", "Origin: null"} {
				if status, body := s.devRequest(t, start, origin); status >= 200 && status < 400 {
					t.Errorf("%s from %s: %d %.80q", start, origin, status, body)
				}
			}
		}
	})

	t.Run("files outside of the app are nobody's", func(t *testing.T) {
		for _, start := range []string{
			"GET /__nextjs_launch-editor?file=/etc/passwd&line1=1", "GET /__nextjs_launch-editor?file=../../../etc/passwd&line1=1",
			"GET /__nextjs_launch-editor?file=-x&line1=1", "GET /_next/static/chunks/lazy/..%2f..%2f..%2fetc%2fpasswd.js",
			"GET /_next/static/css/..%2fpackage.json.css", "GET /_next/static/media/..%2f..%2fnext.config.js",
		} {
			if status, body := s.devRequest(t, start, own); status < 400 || strings.Contains(body, "root:") {
				t.Errorf("%s: %d %.80q", start, status, body)
			}
		}
	})

	t.Run("friends are let in", func(t *testing.T) {
		for _, headers := range [][]string{
			{"Host: localhost:" + port, "Origin: http://localhost:" + port},
			{"Host: app.localhost:" + port, "Origin: http://app.localhost:" + port},
			{"Host: [::1]:" + port, "Origin: http://[::1]:" + port},
			{"Host: 192.168.7.9:" + port, "Origin: http://192.168.7.9:" + port},
			{"Origin: https://a.trusted.example"},
			{"Host: a.trusted.example", "Origin: https://a.trusted.example"},
			{"Origin: https://a.b.deep.example"},
		} {
			if status, body := s.devRequest(t, socket, headers...); status != http.StatusSwitchingProtocols {
				t.Errorf("%v: %d %.80q", headers, status, body)
			}
		}
	})

	t.Run("pages are for everybody", func(t *testing.T) {
		if status, _ := s.devRequest(t, "GET /public", "Host: evil.example:"+port, "Origin: http://evil.example"); status != 200 {
			t.Errorf("status %d", status)
		}
	})

	t.Run("the terminal names the option", func(t *testing.T) {
		log := rig.Plain(s.Log())
		if !strings.Contains(log, "evil.example") || !strings.Contains(log, "allowedDevOrigins") {
			t.Errorf("it does not:\n%s", log)
		}
		if n := strings.Count(log, "'evil.example'"); n > 3 {
			t.Errorf("it names the same host %d times", n)
		}
	})

	t.Run("hostile messages on the socket", func(t *testing.T) {
		for _, frame := range []string{
			"\x81\x85\x00\x00\x00\x00hello", "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", "\x81\xfe\xff\xff\x00\x00\x00\x00" + strings.Repeat("{", 70_000),
			"\xff\xff\xff\xff", "\x81\x05plain",
		} {
			conn, err := net.DialTimeout("tcp", s.host(), 5*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(5 * time.Second))
			conn.Write([]byte(socket + " HTTP/1.1\r\nHost: " + s.host() + "\r\n" + upgrade + own + "\r\n\r\n" + frame))
			bufio.NewReader(conn).ReadString('\n')
			conn.Close()
		}
		s.alive(t, "/public")
	})
}
