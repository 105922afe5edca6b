package dev

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/diag"
)

func TestOrigins(t *testing.T) {
	const (
		script = "/_next/static/chunks/main.js"
		socket = "/_next/webpack-hmr"
		stacks = "/__nextjs_original-stack-frames"
		local  = "localhost:3000"
	)
	for _, c := range []struct {
		name, host, path string
		headers          string // "Name: value" lines
		allowed          string // allowedDevOrigins
		want             bool
	}{
		{"own script", local, script, "", "", true},
		{"own socket", local, socket, "Origin: http://localhost:3000\nUpgrade: websocket", "", true},
		{"socket of the loopback address", "127.0.0.1:3000", socket, "Origin: http://127.0.0.1:3000", "", true},
		{"socket over IPv6", "[::1]:3000", socket, "Origin: http://[::1]:3000", "", true},
		{"socket of a name under localhost", "a.localhost:3000", socket, "Origin: http://a.localhost:3000", "", true},
		{"socket over the LAN", "192.168.1.5:3000", socket, "Origin: http://192.168.1.5:3000", "", true},
		{"socket at a public address of this machine", "203.0.113.9:3000", socket, "Origin: http://203.0.113.9:3000", "", true},
		{"another local server", local, script, "Origin: http://localhost:4000", "", true},
		{"a page", "evil.example", "/", "Origin: http://evil.example", "", true},
		{"an API route", local, "/api/x", "Origin: null", "", true},
		{"image", local, "/_next/image?url=x", "Origin: http://evil.example", "", true},
		{"font", local, "/_next/static/media/a.woff2", "Origin: http://evil.example", "", true},

		{"socket, foreign origin", local, socket, "Origin: http://evil.example", "", false},
		{"socket, null origin", local, socket, "Origin: null", "", false},
		{"socket, two origins", local, socket, "Origin: http://localhost:3000\nOrigin: http://evil.example", "", false},
		{"socket, no origin", local, socket, "Upgrade: websocket", "", false},
		{"socket, not a URL", local, socket, "Origin: localhost", "", false},
		{"socket, lookalike", local, socket, "Origin: http://localhost.evil.example", "", false},
		{"socket, user in front", local, socket, "Origin: http://localhost@evil.example", "", false},
		{"socket, foreign host", "evil.example:3000", socket, "Origin: http://evil.example:3000", "", false},
		{"socket, foreign address", "198.51.100.1:3000", socket, "Origin: http://198.51.100.1:3000", "", false},
		{"socket, no host", "", socket, "Origin: http://localhost:3000", "", false},
		{"script, foreign host", "evil.example:3000", script, "", "", false},
		{"script, foreign origin", local, script, "Origin: https://evil.example", "", false},
		{"script, null origin", local, script, "Origin: null", "", false},
		{"script tag of another site", local, script, "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nReferer: https://evil.example/x", "", false},
		{"script tag without a referrer", local, script, "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors", "", false},
		{"script tag over plain http", "192.168.1.5:3000", script, "Referer: http://evil.example/", "", false},
		{"script of our page over plain http", "192.168.1.5:3000", script, "Referer: http://192.168.1.5:3000/about", "", true},
		{"script of our page", local, script, "Sec-Fetch-Site: same-origin\nSec-Fetch-Mode: no-cors\nReferer: http://localhost:3000/", "", true},
		{"opened in a tab", local, script, "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate", "", true},
		{"stacks", local, stacks, "Origin: http://localhost:3000", "", true},
		{"stacks, foreign origin", local, stacks, "Origin: http://evil.example", "", false},
		{"stacks, null origin", local, stacks, "Origin: null", "", false},
		{"stacks, no origin", local, stacks, "", "", false},
		{"stacks, same origin by fetch metadata", local, stacks, "Sec-Fetch-Site: same-origin", "", true},
		{"editor, by referrer", "192.168.1.5:3000", "/__nextjs_launch-editor?file=x", "Referer: http://192.168.1.5:3000/", "", true},
		{"below a base path", local, "/docs" + script, "Origin: http://evil.example", "", false},
		{"escaped", local, "/_ne%78t/static/chunks/main.js", "Origin: http://evil.example", "", false},
		{"data", local, "/_next/data/development/index.json", "Origin: http://evil.example", "", false},

		{"allowed", "my.example", socket, "Origin: https://my.example", "my.example", true},
		{"allowed, other case", "My.Example", socket, "Origin: https://MY.example", "mY.example", true},
		{"allowed, star", "a.my.example", socket, "Origin: https://a.my.example", "*.my.example", true},
		{"star is one label", "a.b.my.example", socket, "Origin: https://a.b.my.example", "*.my.example", false},
		{"star is no nothing", "my.example", socket, "Origin: https://my.example", "*.my.example", false},
		{"two stars", "a.b.my.example", socket, "Origin: https://a.b.my.example", "**.my.example", true},
		{"two stars are something", "my.example", socket, "Origin: https://my.example", "**.my.example", false},
		{"star alone", "evil.example", socket, "Origin: https://evil.example", "*", false},
		{"two stars alone", "evil.example", socket, "Origin: https://evil.example", "**", false},
		{"allowed origin, our host", local, script, "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nReferer: https://my.example/", "my.example", true},
		{"allowed, suffix", local, socket, "Origin: https://notmy.example", "my.example", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var told []*diag.Message
			var allowed []string
			if c.allowed != "" {
				allowed = []string{c.allowed}
			}
			o := newOrigins(allowed, "", func(m *diag.Message) { told = append(told, m) })
			o.addresses = func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("203.0.113.9")} }
			for range 2 {
				r := httptest.NewRequest("GET", c.path, nil)
				r.Host = c.host
				for line := range strings.SplitSeq(c.headers, "\n") {
					if name, value, ok := strings.Cut(line, ": "); ok {
						r.Header.Add(name, value)
					}
				}
				w := httptest.NewRecorder()
				if got := o.admit(w, r); got != c.want {
					t.Fatalf("admitted: %v", got)
				}
				if !c.want && (w.Code != http.StatusForbidden || w.Body.String() != "Unauthorized") {
					t.Errorf("answer: %d %q", w.Code, w.Body)
				}
			}
			switch {
			case c.want && len(told) > 0:
				t.Errorf("warned: %v", told)
			case !c.want && len(told) != 1:
				t.Errorf("warned %d times", len(told))
			}
		})
	}
}

func TestOriginWarningsAreBoundedAndClean(t *testing.T) {
	var told []string
	o := newOrigins(nil, "", func(m *diag.Message) { told = append(told, diag.Format(m, diag.Style{})) })
	for i := range 1000 {
		r := httptest.NewRequest("GET", "/_next/x", nil)
		r.Host = "localhost"
		r.Header.Set("Origin", "http://evil"+strings.Repeat("x", i))
		o.admit(httptest.NewRecorder(), r)
	}
	if len(told) > mostWarned {
		t.Errorf("%d warnings", len(told))
	}
	r := httptest.NewRequest("GET", "/_next/%1b%5b2J", nil)
	r.Host = "evil\x1b[2J.example"
	o = newOrigins(nil, "", func(m *diag.Message) { told = []string{diag.Format(m, diag.Style{})} })
	o.admit(httptest.NewRecorder(), r)
	if strings.ContainsRune(told[0], 0x1b) {
		t.Errorf("%q", told[0])
	}
}
