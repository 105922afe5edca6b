package script

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// slowApp has an API route that takes as long as it is told to.
var slowApp = map[string]string{
	"pages/index.js":    "export default function Home() { return <p>home</p>; }\n",
	"pages/api/slow.js": "export default async function handler(req, res) {\n  await new Promise((done) => setTimeout(done, Number(req.query.ms)));\n  res.json({ waited: req.query.ms });\n}\n",
}

// TestSupervision is about what `onward start` outlives, and how it ends.
func TestSupervision(t *testing.T) {
	app, onward := builtApp(t, slowApp)
	start := func(t *testing.T, flags ...string) *supervised {
		f := onward
		if len(flags) > 0 {
			// sh appends the flags to those that the rig gives.
			f.Command = []string{"/bin/sh", "-c", `exec "$0" "$@" ` + strings.Join(flags, " "), onward.Command[0]}
		}
		s, err := app.Start(context.Background(), f, "/")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return &supervised{s}
	}
	t.Run("a killed serving process is replaced", func(t *testing.T) { killedUnderLoad(t, start(t)) })
	t.Run("SIGTERM drains", func(t *testing.T) { drains(t, start(t), syscall.SIGTERM, 143) })
	t.Run("SIGINT drains", func(t *testing.T) { drains(t, start(t), syscall.SIGINT, 130) })
	t.Run("a killed supervisor leaves nothing behind", func(t *testing.T) { diesWithSupervisor(t, start(t)) })
	t.Run("an idle connection is closed in time", func(t *testing.T) { closesIdle(t, start(t, "--keepAliveTimeout", "400")) })
}

type supervised struct{ *rig.Server }

// child is the serving process.
func (s *supervised) child(t *testing.T) int {
	t.Helper()
	for range 500 {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.PID()))
		for _, task := range tasks {
			text, _ := os.ReadFile(task)
			if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				return pid
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("there is no serving process")
	return 0
}

func (s *supervised) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(s.PID(), signal); err != nil {
		t.Fatal(err)
	}
}

// killedUnderLoad kills the serving process while clients ask. Requests inside it
// are lost; but no connection is refused, and all goes on.
func killedUnderLoad(t *testing.T, s *supervised) {
	var served, refused atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
			for ctx.Err() == nil {
				r, err := client.Get(s.URL + "/")
				switch {
				case errors.Is(err, syscall.ECONNREFUSED):
					refused.Add(1)
				case err == nil:
					r.Body.Close()
					if r.StatusCode == http.StatusOK {
						served.Add(1)
					}
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	defer clients.Wait()
	defer stop()
	for range 2 {
		first := s.child(t)
		if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		second := first
		for end := time.Now().Add(5 * time.Second); second == first && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
			second = s.child(t)
		}
		before := served.Load()
		for end := time.Now().Add(10 * time.Second); served.Load() < before+50; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("nothing is served after the serving process was killed\n%s", s.Log())
			}
		}
	}
	if n := refused.Load(); n > 0 {
		t.Errorf("%d connections were refused", n)
	}
	if !strings.Contains(s.Log(), "the serving process ended unexpectedly (signal: killed)") {
		t.Errorf("the log does not tell what happened:\n%s", s.Log())
	}
}

// drains: a request under way gets its answer, nobody new is let in, further
// signals change nothing, and the exit code tells of the signal.
func drains(t *testing.T, s *supervised, signal syscall.Signal, code int) {
	answer := make(chan error, 1)
	go func() {
		r, err := http.Get(s.URL + "/api/slow?ms=1500")
		if err != nil {
			answer <- err
			return
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err == nil && (r.StatusCode != http.StatusOK || string(body) != `{"waited":"1500"}`) {
			err = fmt.Errorf("%s %s", r.Status, body)
		}
		answer <- err
	}()
	time.Sleep(400 * time.Millisecond)
	s.signal(t, signal)
	time.Sleep(100 * time.Millisecond)
	s.signal(t, signal)
	time.Sleep(100 * time.Millisecond)
	select {
	case <-s.Exited():
		t.Fatalf("it ended with a request under way\n%s", s.Log())
	default:
	}
	if c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://")); err == nil {
		c.Close()
		t.Error("a new connection is accepted while it drains")
	}
	if err := <-answer; err != nil {
		t.Errorf("the request under way: %v", err)
	}
	select {
	case <-s.Exited():
	case <-time.After(5 * time.Second):
		t.Fatal("it does not end after the last answer")
	}
	if got := s.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
}

// diesWithSupervisor: without a supervisor the serving process ends, and the port is
// free for the next one.
func diesWithSupervisor(t *testing.T, s *supervised) {
	child := s.child(t)
	s.signal(t, syscall.SIGKILL)
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err == nil {
			c.Close()
		}
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
		// Whoever inherited it may take its time to bury it.
		alive := len(stat) > 0 && !strings.Contains(string(stat), ") Z ")
		if !alive && errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the serving process is alive: %v; connecting: %v", alive, err)
		}
	}
}

// closesIdle: with --keepAliveTimeout 400 a connection serves again after a short
// pause, and is closed after a long one.
func closesIdle(t *testing.T, s *supervised) {
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	for range 2 {
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("Keep-Alive"); !strings.HasPrefix(got, "timeout=") {
			t.Errorf("Keep-Alive: %q", got)
		}
		time.Sleep(100 * time.Millisecond)
	}
	idle := time.Now()
	_ = c.SetReadDeadline(idle.Add(3 * time.Second))
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("reading from the idle connection: %v, want EOF", err)
	}
	if passed := time.Since(idle); passed < 150*time.Millisecond || passed > 2*time.Second {
		t.Errorf("closed after %v, want about 300 ms", passed)
	}
}
