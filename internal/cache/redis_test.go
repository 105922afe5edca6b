package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// redisServer is a real server on a loopback port of its own.
type redisServer struct {
	t    *testing.T
	port string
	cmd  *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &redisServer{t: t, port: strconv.Itoa(l.Addr().(*net.TCPAddr).Port)}
	l.Close()
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *redisServer) start() {
	s.t.Helper()
	s.cmd = exec.Command("redis-server", "--port", s.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--requirepass", "secret", "--dir", s.t.TempDir())
	if err := s.cmd.Start(); err != nil {
		s.t.Fatalf("a redis-server is needed, `make packages` installs it: %v", err)
	}
	for range 200 {
		if c, err := net.Dial("tcp", "127.0.0.1:"+s.port); err == nil {
			c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatal("redis-server does not listen")
}

func (s *redisServer) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

func (s *redisServer) url() string { return "redis://:secret@127.0.0.1:" + s.port + "/1?prefix=test" }

// logged collects what a store reports.
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(p))
	return len(p), nil
}

func (l *logged) count(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// process is a cache on the server, as one of several processes has it.
func (s *redisServer) process(log *logged, o Options) *Cache {
	s.t.Helper()
	if log == nil {
		log = &logged{}
	}
	store, err := OpenRedis(s.url(), "build", slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		s.t.Fatal(err)
	}
	o.Store, o.MemoryLimit = store, 1<<20
	c := New(o)
	s.t.Cleanup(c.Close)
	return c
}

// eventually waits for what other processes tell.
func eventually(t *testing.T, limit time.Duration, what string, f func() bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for !f() {
		if time.Since(begin) > limit {
			t.Fatalf("%s: not within %v", what, limit)
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(begin)
}

func made(text string, revalidate int) Make {
	return func(context.Context, Reason) (*Entry, error) { return page(text, revalidate), nil }
}

func forbidden(t *testing.T) Make {
	return func(context.Context, Reason) (*Entry, error) {
		t.Error("made again")
		return nil, errors.New("made again")
	}
}

// TestSharedPages: what one process makes, the others have, and they learn of what
// is made anew.
func TestSharedPages(t *testing.T) {
	s := startRedis(t)
	a, b, c := s.process(nil, Options{}), s.process(nil, Options{}), s.process(nil, Options{})
	if got, state := get(t, a, made("first", 0)); got != "first" || state != Miss {
		t.Fatal(got, state)
	}
	a.Wait(t.Context())
	for _, other := range []*Cache{b, c} {
		if got, state := get(t, other, forbidden(t)); got != "first" || state != Hit {
			t.Fatal(got, state)
		}
	}
	for i := range 20 {
		text := fmt.Sprint("new ", i)
		if _, err := a.Revalidate(t.Context(), key, nil, made(text, 0)); err != nil {
			t.Fatal(err)
		}
		for _, other := range []*Cache{b, c} {
			eventually(t, 200*time.Millisecond, "a change seen by the others", func() bool {
				e, _ := other.Find(key)
				return e != nil && string(e.HTML.Plain.Bytes) == text
			})
		}
	}
}

// TestOneMakes: of several processes that find a page stale, or missing, one makes
// it.
func TestOneMakes(t *testing.T) {
	s := startRedis(t)
	var caches []*Cache
	for range 3 {
		caches = append(caches, s.process(nil, Options{}))
	}
	var n atomic.Int64
	slow := func(context.Context, Reason) (*Entry, error) {
		n.Add(1)
		time.Sleep(100 * time.Millisecond)
		return page("made", 1), nil
	}
	all := func(want State) {
		var wait sync.WaitGroup
		for _, c := range caches {
			for range 20 {
				wait.Go(func() {
					begin := time.Now()
					e, state, err := c.Get(context.Background(), key, slow)
					if err != nil || text(e) != "made" || state != want {
						t.Errorf("%s %v %v, want %v", text(e), state, err, want)
					}
					if want == Stale && time.Since(begin) > 90*time.Millisecond {
						t.Errorf("a reader of a stale page waited %v", time.Since(begin))
					}
				})
			}
		}
		wait.Wait()
		for _, c := range caches {
			c.Wait(t.Context())
		}
	}
	all(Miss)
	if n.Load() != 1 {
		t.Errorf("missing: made %d times", n.Load())
	}
	time.Sleep(1100 * time.Millisecond)
	all(Stale)
	if n.Load() != 2 {
		t.Errorf("stale: made %d times", n.Load()-1)
	}
}

// TestLaterTurnWins: a Make that began before another process made the page on
// demand does not overwrite it.
func TestLaterTurnWins(t *testing.T) {
	s := startRedis(t)
	a, b := s.process(nil, Options{}), s.process(nil, Options{})
	begun, release := signal(), signal()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		_, _ = b.Revalidate(context.Background(), key, nil, func(context.Context, Reason) (*Entry, error) {
			close(begun)
			<-release
			return page("old data", 0), nil
		})
	}()
	<-begun
	if _, err := a.Revalidate(t.Context(), key, nil, made("new data", 0)); err != nil {
		t.Fatal(err)
	}
	close(release)
	<-finished
	for _, c := range []*Cache{a, b} {
		if e, _ := c.Find(key); text(e) != "new data" {
			t.Errorf("%s", text(e))
		}
	}
}

// TestHolderFails: the lock of a process whose Make failed is free at once.
func TestHolderFails(t *testing.T) {
	s := startRedis(t)
	a, b := s.process(nil, Options{}), s.process(nil, Options{})
	begun, release := signal(), signal()
	go func() {
		_, _, _ = a.Get(context.Background(), key, func(context.Context, Reason) (*Entry, error) {
			close(begun)
			<-release
			return nil, errors.New("no data")
		})
	}()
	<-begun
	time.AfterFunc(50*time.Millisecond, func() { close(release) })
	start := time.Now()
	if got, _ := get(t, b, made("mine", 0)); got != "mine" || time.Since(start) > 2*time.Second {
		t.Errorf("%s after %v", got, time.Since(start))
	}
}

// TestOutage: without the server pages come from memory and the build at once, the
// outage is told once, and what was made meanwhile reaches the others afterwards.
func TestOutage(t *testing.T) {
	s := startRedis(t)
	log := &logged{}
	seed := page("built", 0)
	seed.GeneratedAt = 1
	a := s.process(log, Options{Seed: func(k Key) (*Entry, error) {
		if k.Path == "/built" {
			return seed, nil
		}
		return nil, nil
	}})
	b := s.process(nil, Options{})
	get(t, a, made("kept", 0))
	a.Wait(t.Context())
	s.stop()

	begin := time.Now()
	for i := range 1000 {
		if got, _ := get(t, a, forbidden(t)); got != "kept" {
			t.Fatal(got)
		}
		if e, _ := a.Find(Key{Route: "/built", Path: "/built"}); text(e) != "built" {
			t.Fatal(text(e))
		}
		other := Key{Route: "/x/[id]", Path: fmt.Sprint("/x/", i)}
		if _, _, err := a.Get(t.Context(), other, made("x", 0)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("1000 rounds took %v", took)
	}
	if _, err := a.Revalidate(t.Context(), key, nil, made("made in the outage", 0)); err != nil {
		t.Fatal(err)
	}
	a.Wait(t.Context())
	if n := log.count("cannot be reached"); n != 1 {
		t.Errorf("told %d times: %v", n, log.lines)
	}
	if log.count("secret") != 0 {
		t.Error("the password is in the log")
	}

	s.start()
	eventually(t, 5*time.Second, "the return", func() bool { return log.count("level=INFO") == 1 })
	if got, _ := get(t, a, forbidden(t)); got != "made in the outage" {
		t.Error(got)
	}
	eventually(t, 5*time.Second, "what was made in the outage", func() bool {
		e, _ := b.Find(key)
		return text(e) == "made in the outage"
	})
}

// TestHungServer: a server that accepts and says nothing costs the first readers a
// moment, and the rest nothing.
func TestHungServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	store, err := OpenRedis("redis://"+l.Addr().String(), "build", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c := New(Options{MemoryLimit: 1 << 20, Store: store})
	defer c.Close()
	begin := time.Now()
	for i := range 200 {
		k := Key{Route: "/x/[id]", Path: fmt.Sprint("/x/", i)}
		if _, _, err := c.Get(t.Context(), k, made("x", 0)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("200 pages took %v", took)
	}
}

// TestForeignBytes: what others have written into the server is no entry.
func TestForeignBytes(t *testing.T) {
	s := startRedis(t)
	c := s.process(nil, Options{})
	store := c.options.Store.(*Redis)
	ctx := t.Context()
	good, err := encode(Key{Route: "/other"}, page("other", 0))
	if err != nil {
		t.Fatal(err)
	}
	for name, fields := range map[string][]any{
		"not ours":    {"order", "1", "entry", "\x00\xff"},
		"another key": {"order", "1", "entry", good},
		"no order":    {"entry", good},
		"bad order":   {"order", "x", "entry", good},
	} {
		if err := store.client.HSet(ctx, store.entryKey(key), fields...).Err(); err != nil {
			t.Fatal(err)
		}
		if e, err := store.Get(ctx, key); e != nil || err != nil {
			t.Errorf("%s: %v %v", name, e, err)
		}
	}
	store.client.Del(ctx, store.entryKey(key))
	store.client.Set(ctx, store.entryKey(key), "a string", 0)
	if _, err := store.Get(ctx, key); err == nil || errors.Is(err, ErrUnreachable) {
		t.Errorf("a key of another type: %v", err)
	}
	for _, message := range []string{"", "x", "x {", "x []", `x {"Route":1}`, strings.Repeat("a", 1<<16)} {
		store.client.Publish(ctx, store.channel(), message)
	}
	store.client.Del(ctx, store.entryKey(key))
	if got, _ := get(t, c, made("fine", 0)); got != "fine" {
		t.Error(got)
	}
}

// TestSweep: builds that nobody has served for a week are removed, and nothing else.
func TestSweep(t *testing.T) {
	s := startRedis(t)
	open := func(build string) *Redis {
		r, err := OpenRedis(s.url(), build, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	old, current := open("old"), open("current")
	ctx, now := t.Context(), time.Now()
	for _, r := range []*Redis{old, current} {
		if err := r.Set(ctx, key, page("x", 0)); err != nil {
			t.Fatal(err)
		}
	}
	current.client.Set(ctx, "unrelated", "1", 0)
	if err := old.sweep(ctx, now.Add(-buildLife-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := current.sweep(ctx, now); err != nil {
		t.Fatal(err)
	}
	if e, err := old.Get(ctx, key); e != nil || err != nil {
		t.Errorf("the old build is still there: %v %v", e, err)
	}
	if e, err := current.Get(ctx, key); e == nil || err != nil {
		t.Errorf("the current build is gone: %v", err)
	}
	if current.client.Exists(ctx, "unrelated").Val() != 1 {
		t.Error("a key of others is gone")
	}
}

func TestRedisURL(t *testing.T) {
	for address, want := range map[string]string{
		"redis://h:1234/2":                    "h:1234 2 onward",
		"redis://u:p@h?prefix=shop":           "h:6379 0 shop",
		"rediss://h/1?prefix=a&db=3":          "",
		"unix:///run/redis.sock?db=1&prefix=": "/run/redis.sock 1 onward",
		"http://h":                            "",
		"redis://h?nonsense=1":                "",
		"redis://user:secret@h:x/1":           "",
		"":                                    "",
	} {
		o, prefix, err := RedisURL(address)
		got := ""
		if err == nil {
			got = fmt.Sprint(o.Addr, " ", o.DB, " ", prefix)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the password: %v", address, err)
		}
		if got != want && want != "" || want == "" && err == nil && !strings.HasPrefix(address, "rediss") {
			t.Errorf("%s: %q %v, want %q", address, got, err, want)
		}
	}
}

// TestUnixSocket: the server may be reached over a socket file.
func TestUnixSocket(t *testing.T) {
	socket := filepath.Join(os.TempDir(), fmt.Sprintf("onward-redis-%d.sock", os.Getpid()))
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatalf("a redis-server is needed, `make packages` installs it: %v", err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.Remove(socket)
	}()
	eventually(t, 5*time.Second, "the socket", func() bool { _, err := os.Stat(socket); return err == nil })
	r, err := OpenRedis("unix://"+socket, "build", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Set(t.Context(), key, page("x", 0)); err != nil {
		t.Fatal(err)
	}
	if e, err := r.Get(t.Context(), key); text(e) != "x" {
		t.Error(text(e), err)
	}
}
