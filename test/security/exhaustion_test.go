package security

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Class F: one request takes the time or the memory of all.

// patience is how long the answer to a hostile request may take. It is generous,
// as machines that run tests are slow: what is hunted takes minutes or for ever.
const patience = 10 * time.Second

func TestHostileBodiesEnd(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 256 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	flight := func(parts ...string) string {
		var b strings.Builder
		for i, p := range parts {
			fmt.Fprintf(&b, "--b\r\nContent-Disposition: form-data; name=\"%d\"\r\n\r\n%s\r\n", i, p)
		}
		return b.String() + "--b--\r\n"
	}
	form := []string{"Content-Type: multipart/form-data; boundary=b", "next-action: 0123456789abcdef0123456789abcdef01234567"}
	cases := []struct {
		name, path, body string
		headers          []string
	}{
		{"CVE-2025-55184 cycle", "/public", flight(`"$@1"`, `"$@0"`), form},
		{"CVE-2025-67779 cycle with itself", "/public", flight(`"$@0"`), form},
		{"CVE-2026-23864 deep", "/public", flight(strings.Repeat("[", 200_000)), form},
		{"CVE-2026-23869 wide", "/public", flight("[" + strings.Repeat(`"$1",`, 100_000) + "0]"), form},
		{"CVE-2026-23870 bound arguments", "/public", flight(`{"id":"x","bound":"$@1"}`, `[`+strings.Repeat(`"$0",`, 10_000)+`0]`), form},
		{"CVE-2025-55182 prototype", "/public", flight(`{"then":"$1:__proto__:then","_response":{"_prefix":"process.exit()"}}`, `"$@0"`), form},
		{"CVE-2024-56332 unknown action", "/secret/live", flight(`[]`), form},
		{"CVE-2025-59472 resume with a bomb", "/public", bomb.String(), []string{"next-resume: 1", "Content-Encoding: gzip"}},
		{"CVE-2026-27979 resume of an API route", "/api/echo", bomb.String(), []string{"next-resume: 1", "Content-Encoding: gzip", "Content-Type: application/json"}},
		{"JSON bomb", "/api/echo", strings.Repeat(`{"a":`, 100_000), []string{"Content-Type: application/json"}},
		{"form of many keys", "/api/echo", strings.Repeat("a[]=1&", 100_000), []string{"Content-Type: application/x-www-form-urlencoded"}},
		{"form of one key", "/api/echo", strings.Repeat("a=1&", 200_000), []string{"Content-Type: application/x-www-form-urlencoded"}},
	}
	onEachEngine(t, "guarded", nil, func(t *testing.T, s *target) {
		before, err := s.Memory()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				begin := time.Now()
				a := s.send(t, "POST", c.path, c.body, c.headers...)
				if took := time.Since(begin); took > patience {
					t.Errorf("took %v", took)
				}
				if a != nil && strings.Contains(a.text, treasure) {
					t.Error("the guarded page came")
				}
				s.alive(t, "/public")
			})
		}
		after, err := s.Memory()
		if err != nil {
			t.Fatal(err)
		}
		if grown := after.RSS - before.RSS; grown > 200<<20 {
			t.Errorf("the server has grown by %d MB", grown>>20)
		}
	})
}

// CVE-2026-44579: requests whose bodies never come hold nobody up.
func TestWaitingBodiesHoldNobody(t *testing.T) {
	onEachEngine(t, "guarded", nil, func(t *testing.T, s *target) {
		for i := range 100 {
			conn, err := net.DialTimeout("tcp", s.host(), 5*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			path := []string{"/public", "/api/echo", "/open/a", "/secret/live"}[i%4]
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: h\r\nNext-Resume: 1\r\nNext-Action: 0\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", path)
		}
		s.alive(t, "/public", "/open/b", "/api/echo")
	})
}

func TestTargetsThatKill(t *testing.T) {
	targets := []struct{ name, target string }{
		{"CVE-2021-43803 cut escape", "/%"},
		{"CVE-2021-43803 bad escape", "/%E0%A4%A"},
		{"CVE-2021-43803 bad escape in a param", "/open/%E0%A4%A"},
		{"CVE-2021-43803 bad escape in data", "/_next/data/BUILD/open/%E0%A4%A.json"},
		{"CVE-2021-43803 bad escape in a rewrite", "/gone/%E0%A4%A"},
		{"CVE-2021-43803 bad escape in the query", "/open/a?x=%E0%A4%A"},
		{"CVE-2022-21721 locale before _next", "/fr/_next/static/x.js"},
		{"CVE-2022-21721 locale before data", "/fr/_next/data/BUILD/fr.json"},
		{"CVE-2022-21721 locales", "/fr/fr/fr/fr/fr/_next/image"},
		{"CVE-2022-21721 image below a locale", "/en/_next/image?url=%2Ffile.txt&w=64&q=75"},
		{"CVE-2024-39693 many slashes", "/" + strings.Repeat("/", 8000)},
		{"CVE-2024-39693 many dots", strings.Repeat("/..", 4000)},
		{"CVE-2024-39693 many segments", strings.Repeat("/a", 4000)},
		{"many params", "/open/a?" + strings.Repeat("a=1&", 8000)},
		{"one key many times", "/open/a?" + strings.Repeat("id=1&", 8000)},
		{"long locale", "/" + strings.Repeat("f", 8000)},
	}
	onEachEngine(t, "guarded", []string{"VARIANT=locales"}, func(t *testing.T, s *target) {
		build := s.buildID(t)
		for _, c := range targets {
			t.Run(c.name, func(t *testing.T) {
				begin := time.Now()
				a := s.get(t, strings.ReplaceAll(c.target, "BUILD", build), "accept-language: "+strings.Repeat("fr;q=0.1,", 500), "cookie: NEXT_LOCALE=%E0%A4%A")
				if a != nil && a.StatusCode >= 500 {
					t.Errorf("answered %s", a.Status)
				}
				if took := time.Since(begin); took > patience {
					t.Errorf("took %v", took)
				}
			})
		}
		s.alive(t, "/public")
	})
}

// CVE-2022-36046: a rejection that nobody handles ends nothing.
func TestRejectionsEndNothing(t *testing.T) {
	onEachEngine(t, "guarded", nil, func(t *testing.T, s *target) {
		for range 20 {
			if a := s.get(t, "/api/reject"); a == nil || a.StatusCode != 200 {
				t.Fatalf("the route itself: %+v", a)
			}
		}
		time.Sleep(50 * time.Millisecond)
		s.alive(t, "/public", "/open/a", "/api/echo")
		client := &http.Client{Timeout: patience}
		r, err := client.Get(s.URL + "/open/last")
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	})
}
