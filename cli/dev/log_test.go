package dev

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
)

func TestRequestLog(t *testing.T) {
	for _, c := range []struct {
		name   string
		config config.Dev
		url    string
		status int
		// page: code of the app ran.
		page bool
		want string
	}{
		{"page", config.Dev{}, "/a?b=1", 200, true, `^ GET /a\?b=1 200 in \d+\S+ \(onward: \S+, application-code: \S+\)\n$`},
		{"not found", config.Dev{}, "/a", 404, true, `^ GET /a 404 in `},
		{"file", config.Dev{}, "/_next/static/x.js", 200, false, `^$`},
		{"off", config.Dev{NoRequests: true}, "/a", 200, true, `^$`},
		{"ignored", config.Dev{IgnoreRequests: []string{`/api/(health|ready)`}}, "/api/health", 200, true, `^$`},
		{"ignored, letter case", config.Dev{IgnoreRequests: []string{`(?i)^/API`}}, "/api/x", 200, true, `^$`},
		{"not ignored", config.Dev{IgnoreRequests: []string{`^/api`}}, "/a/api", 200, true, `^ GET /a/api 200`},
		{"hostile", config.Dev{}, "/%1b%5b2J\x7f", 200, true, `^ GET /%1b%5b2J 200`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, failures bytes.Buffer
			l := newRequestLog(&journal{out: &out, err: &failures}, &c.config)
			r := httptest.NewRequest("GET", "/", nil)
			r.RequestURI = c.url
			l.serve(httptest.NewRecorder(), withTiming(r, 1), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.page {
					timingOf(r.Context()).logged.Store(true)
				}
				w.WriteHeader(c.status)
			}))
			if !regexp.MustCompile(c.want).MatchString(out.String()) || failures.Len() > 0 {
				t.Errorf("%q, %q", out.String(), failures.String())
			}
		})
	}
}

func TestLogFileHasWhatTheTerminalHas(t *testing.T) {
	dir := t.TempDir()
	var out, failures bytes.Buffer
	j := &journal{out: &out, err: &failures, style: diag.Style{Color: true}}
	j.open(dir)
	if _, err := j.Write([]byte("\x1b[32m✓\x1b[0m ready\n")); err != nil {
		t.Fatal(err)
	}
	j.report(diag.Errorf("x", "broken"))
	j.close()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(logFile)))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^\d{4}-\S+ ✓ ready\n\d{4}-\S+ ⨯ broken\n$`).Match(text) {
		t.Errorf("%q", text)
	}
	if !strings.Contains(out.String(), "\x1b[32m") || !strings.Contains(failures.String(), "broken") {
		t.Errorf("terminal: %q, %q", out.String(), failures.String())
	}
}

// TestLogFileThatCannotBe: the terminal goes on, and hears of it once.
func TestLogFileThatCannotBe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var out, failures bytes.Buffer
	j := &journal{out: &out, err: &failures}
	j.open(dir)
	j.open(dir)
	if _, err := j.Write([]byte("ready\n")); err != nil || out.String() != "ready\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	if n := strings.Count(failures.String(), "the log file cannot be written"); n != 1 {
		t.Errorf("said %d times: %s", n, failures.String())
	}
}
