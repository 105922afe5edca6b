package script

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// TestSharedCache: three processes of one build share their pages through Redis.
// What res.revalidate makes in one of them, the others show within 200 ms; without
// Redis they go on, and with it back they agree again.
func TestSharedCache(t *testing.T) {
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	redis := startRedis(t)
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), "isr"), onward)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Remove() })
	app.Env = append(app.Env, "ONWARD_CACHE=redis://:secret@127.0.0.1:"+redis.port+"/?prefix=shop")
	if _, err := app.Build(ctx, onward); err != nil {
		t.Fatal(err)
	}
	var servers []*rig.Server
	for range 3 {
		s, err := app.Start(ctx, onward, "/")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		servers = append(servers, s)
	}

	t.Run("a page made by one is there for all", func(t *testing.T) {
		first := stampOf(t, servers[0], "/block/shared")
		for _, s := range servers[1:] {
			if got := stampOf(t, s, "/block/shared"); got != first {
				t.Errorf("%s, want %s", got, first)
			}
		}
	})

	t.Run("revalidation is seen by all within 200 ms", func(t *testing.T) {
		var took []time.Duration
		for i := range 30 {
			from := servers[i%3]
			revalidate(t, from, "/plain")
			begin := time.Now()
			want := stampOf(t, from, "/plain")
			for _, s := range servers {
				for stampOf(t, s, "/plain") != want {
					if time.Since(begin) > 200*time.Millisecond {
						t.Fatalf("round %d: a process still shows the old page after %v", i, time.Since(begin))
					}
					time.Sleep(time.Millisecond)
				}
			}
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		t.Logf("30 revalidations were seen by all three after %v (median), %v (worst)", took[15], took[29])
	})

	t.Run("without Redis all go on", func(t *testing.T) {
		before := stampOf(t, servers[0], "/plain")
		redis.stop()
		begin := time.Now()
		for range 50 {
			for _, s := range servers {
				if got := stampOf(t, s, "/plain"); got != before {
					t.Fatalf("%s, want %s", got, before)
				}
				stampOf(t, s, "/posts/built")
			}
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("300 requests took %v", took)
		}
		revalidate(t, servers[0], "/plain")
		made := stampOf(t, servers[0], "/plain")
		if made == before {
			t.Error("res.revalidate had no effect")
		}

		redis.start(t)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			same := 0
			for _, s := range servers {
				if stampOf(t, s, "/plain") == made {
					same++
				}
			}
			if same == 3 {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("20 s after Redis came back %d of 3 show the latest page", same)
			}
		}
		for _, s := range servers {
			if n := strings.Count(s.Log(), "cannot be reached"); n > 2 {
				t.Errorf("the outage was told %d times:\n%s", n, s.Log())
			}
			if strings.Contains(s.Log(), "secret") {
				t.Errorf("the log shows the password:\n%s", s.Log())
			}
		}
	})
}

var stamp = regexp.MustCompile(`stamp-\w+-\d+`)

// stampOf is the stamp of the page that a server shows.
func stampOf(t *testing.T, s *rig.Server, path string) string {
	t.Helper()
	text := fetch(t, s, path)
	found := stamp.FindString(text)
	if found == "" {
		t.Fatalf("%s has no stamp:\n%s", path, text)
	}
	return found
}

func revalidate(t *testing.T, s *rig.Server, path string) {
	t.Helper()
	if text := fetch(t, s, "/api/revalidate?path="+url.QueryEscape(path)); !strings.Contains(text, `"revalidated":true`) {
		t.Fatalf("revalidating %s: %s", path, text)
	}
}

func fetch(t *testing.T, s *rig.Server, path string) string {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	r, err := client.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// redisServer is a real server on a loopback port of its own.
type redisServer struct {
	port string
	dir  string
	cmd  *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	port, err := rig.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s := &redisServer{port: strconv.Itoa(port), dir: t.TempDir()}
	s.start(t)
	t.Cleanup(s.stop)
	return s
}

func (s *redisServer) start(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command("redis-server", "--port", s.port, "--bind", "127.0.0.1", "--save", "", "--requirepass", "secret", "--dir", s.dir)
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("a redis-server is needed, `make packages` installs it: %v", err)
	}
	for range 500 {
		if c, err := net.Dial("tcp", "127.0.0.1:"+s.port); err == nil {
			c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("redis-server does not listen on %s", s.port)
}

func (s *redisServer) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}
