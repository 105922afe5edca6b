package cache

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var key = Key{Route: "/posts/[slug]", Path: "/posts/a"}

// clock is a hand-driven time.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.ms.Load()) }

func page(text string, revalidate int) *Entry {
	return &Entry{HTML: NewBody([]byte(text)), Data: NewBody([]byte("{" + text + "}")), Revalidate: revalidate}
}

func text(e *Entry) string {
	if e == nil {
		return "nothing"
	}
	return string(e.HTML.Plain.Bytes)
}

// counted makes pages "1", "2" ... and counts them.
func counted(n *atomic.Int64, revalidate int) Make {
	return func(context.Context, Reason) (*Entry, error) {
		return page(fmt.Sprint(n.Add(1)), revalidate), nil
	}
}

func newCache(t *testing.T, o Options) (*Cache, *clock) {
	t.Helper()
	c := &clock{}
	c.ms.Store(1_000_000)
	o.Now = c.now
	if o.MemoryLimit == 0 {
		o.MemoryLimit = 1 << 20
	}
	cache := New(o)
	t.Cleanup(cache.Close)
	return cache, c
}

func get(t *testing.T, c *Cache, make Make) (string, State) {
	t.Helper()
	e, state, err := c.Get(t.Context(), key, make)
	if err != nil {
		t.Fatal(err)
	}
	return text(e), state
}

func TestStaleWhileRevalidate(t *testing.T) {
	c, now := newCache(t, Options{})
	var n atomic.Int64
	for _, step := range []struct {
		wait  int64 // ms before asking
		text  string
		state State
	}{
		{0, "1", Miss},
		{0, "1", Hit},
		{1999, "1", Hit},
		{1, "1", Stale},
		{0, "2", Hit},
		{5000, "2", Stale},
		{0, "3", Hit},
	} {
		now.ms.Add(step.wait)
		got, state := get(t, c, counted(&n, 2))
		if got != step.text || state != step.state {
			t.Fatalf("after %d ms: %s %v, want %s %v", step.wait, got, state, step.text, step.state)
		}
		c.Wait(t.Context())
	}
}

// TestAgeOfSeed: the build's pages age from the build on.
func TestAgeOfSeed(t *testing.T) {
	seed := page("built", 10)
	seed.GeneratedAt = 1_000_000 - 10_000
	c, _ := newCache(t, Options{Seed: func(Key) (*Entry, error) { return seed, nil }})
	var n atomic.Int64
	if got, state := get(t, c, counted(&n, 10)); got != "built" || state != Stale {
		t.Errorf("%s %v, want the build's page, stale", got, state)
	}
	c.Wait(t.Context())
	if got, state := get(t, c, counted(&n, 10)); got != "1" || state != Hit {
		t.Errorf("%s %v, want the new page", got, state)
	}
}

func TestSingleFlight(t *testing.T) {
	c, _ := newCache(t, Options{})
	var n atomic.Int64
	release := make(chan struct{})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			e, _, err := c.Get(context.Background(), key, func(context.Context, Reason) (*Entry, error) {
				n.Add(1)
				<-release
				return page("once", 0), nil
			})
			if err != nil || text(e) != "once" {
				t.Errorf("%s %v", text(e), err)
			}
		})
	}
	close(release)
	group.Wait()
	if n.Load() != 1 {
		t.Errorf("made %d times", n.Load())
	}
}

// TestCallerLeaves: a caller that goes away does not end the Make that others wait
// for.
func TestCallerLeaves(t *testing.T) {
	c, _ := newCache(t, Options{})
	release, started := make(chan struct{}), make(chan struct{})
	slow := func(ctx context.Context, _ Reason) (*Entry, error) {
		close(started)
		<-release
		return page("made", 0), ctx.Err()
	}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, _, err := c.Get(ctx, key, slow)
		left <- err
	}()
	<-started
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that left got %v", err)
	}
	close(release)
	c.Wait(t.Context())
	if e, state := c.Find(key); text(e) != "made" || state != Hit {
		t.Errorf("%s %v", text(e), state)
	}
}

// TestFailure: the old page stays, and the next attempt waits.
func TestFailure(t *testing.T) {
	for _, limit := range []int64{1 << 20, 1} { // with memory, and with a store alone
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			var reports atomic.Int64
			c, now := newCache(t, Options{
				MemoryLimit: limit,
				Store:       NewDisk(t.TempDir(), "b", 1<<20),
				Report:      func(Key, error) { reports.Add(1) },
			})
			var n atomic.Int64
			fail := func(context.Context, Reason) (*Entry, error) {
				n.Add(1)
				return nil, errors.New("no data")
			}
			get(t, c, counted(&atomic.Int64{}, 1))
			c.Wait(t.Context()) // until it is on disk
			for _, step := range []struct{ wait, made int64 }{
				{1000, 1}, // stale: one attempt
				{1000, 1}, // within three seconds: none
				{1999, 1},
				{1, 2}, // then the next
			} {
				now.ms.Add(step.wait)
				if got, _ := get(t, c, fail); got != "1" {
					t.Fatalf("the old page is gone: %s", got)
				}
				c.Wait(t.Context())
				if n.Load() != step.made {
					t.Fatalf("%d attempts, want %d", n.Load(), step.made)
				}
			}
			if reports.Load() != 2 {
				t.Errorf("%d reports, want one for each failure", reports.Load())
			}
		})
	}
}

func TestPostponed(t *testing.T) {
	for revalidate, want := range map[int]int{0: 3, 1: 3, 3: 3, 10: 10, 30: 30, 3600: 30} {
		old := page("old", revalidate)
		old.Expire = 10
		kept := old.postponed(time.UnixMilli(5000))
		if kept.Revalidate != want || kept.Expire != max(10, want+3) || kept.GeneratedAt != 5000 || kept.HTML != old.HTML {
			t.Errorf("revalidate %d: %+v", revalidate, kept)
		}
	}
}

// TestExpired: past its expiry nobody gets the old page; if making it anew fails,
// whoever waits hears of it and the old page is back.
func TestExpired(t *testing.T) {
	c, now := newCache(t, Options{})
	var n atomic.Int64
	make := func(ctx context.Context, r Reason) (*Entry, error) {
		e, err := counted(&n, 2)(ctx, r)
		e.Expire = 10
		return e, err
	}
	get(t, c, make)
	now.ms.Add(10_000)
	if got, state := get(t, c, make); got != "1" || state != Stale {
		t.Errorf("%s %v", got, state)
	}
	c.Wait(t.Context())
	now.ms.Add(10_001)
	if got, state := get(t, c, make); got != "3" || state != Hit {
		t.Errorf("%s %v, want a new page", got, state)
	}
	now.ms.Add(10_001)
	fail := errors.New("no data")
	if _, _, err := c.Get(t.Context(), key, func(context.Context, Reason) (*Entry, error) { return nil, fail }); !errors.Is(err, fail) {
		t.Error(err)
	}
	if got, state := get(t, c, make); got != "3" || state != Hit {
		t.Errorf("%s %v, want the old page", got, state)
	}
}

// TestFirstFailure: the callers hear of it, and the next one tries again.
func TestFirstFailure(t *testing.T) {
	c, _ := newCache(t, Options{Report: func(Key, error) { t.Error("reported twice: the caller has the error") }})
	want := errors.New("no data")
	if _, _, err := c.Get(t.Context(), key, func(context.Context, Reason) (*Entry, error) { return nil, want }); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
	if _, _, err := c.Get(t.Context(), key, func(context.Context, Reason) (*Entry, error) { panic("bug") }); err == nil {
		t.Error("a panic was lost")
	}
	if got, state := get(t, c, counted(&atomic.Int64{}, 0)); got != "1" || state != Miss {
		t.Errorf("%s %v", got, state)
	}
}

// TestRevalidate: on demand a fresh page is made anew, and a Make that began before
// the call does not answer it.
func TestRevalidate(t *testing.T) {
	c, _ := newCache(t, Options{})
	var n atomic.Int64
	get(t, c, counted(&n, 0))
	e, err := c.Revalidate(t.Context(), key, nil, func(_ context.Context, r Reason) (*Entry, error) {
		if r != ReasonOnDemand {
			t.Errorf("reason %q", r)
		}
		return page(fmt.Sprint(n.Add(1)), 0), nil
	})
	if err != nil || text(e) != "2" {
		t.Fatal(text(e), err)
	}

	started, release := make(chan struct{}), make(chan struct{})
	first := make(chan struct{})
	go func() {
		defer close(first)
		_, _ = c.Revalidate(context.Background(), key, nil, func(context.Context, Reason) (*Entry, error) {
			close(started)
			<-release
			return page("old data", 0), nil
		})
	}()
	<-started
	second := make(chan string)
	go func() {
		e, _ := c.Revalidate(context.Background(), key, nil, func(context.Context, Reason) (*Entry, error) { return page("new data", 0), nil })
		second <- text(e)
	}()
	time.Sleep(5 * time.Millisecond)
	close(release)
	<-first
	if got := <-second; got != "new data" {
		t.Errorf("the second caller got %q", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c, _ := newCache(t, Options{MemoryLimit: 64 << 10})
	for i := range 200 {
		k := Key{Route: "/x/[id]", Path: fmt.Sprint("/x/", i)}
		if _, _, err := c.Get(t.Context(), k, func(context.Context, Reason) (*Entry, error) {
			return page(strings.Repeat("z", 2000), 0), nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if c.memory.used > c.memory.limit || len(c.memory.slots) == 0 || len(c.memory.slots) != c.memory.order.Len() {
		t.Errorf("%d bytes of %d, %d slots, %d in order", c.memory.used, c.memory.limit, len(c.memory.slots), c.memory.order.Len())
	}
	if e, _ := c.Find(Key{Route: "/x/[id]", Path: "/x/199"}); e == nil {
		t.Error("the latest entry is gone")
	}
	if e, _ := c.Find(Key{Route: "/x/[id]", Path: "/x/0"}); e != nil {
		t.Error("the oldest entry is still there")
	}
}

func TestVariants(t *testing.T) {
	long := NewBody([]byte(strings.Repeat("a line of text\n", 200)))
	for _, e := range []Encoding{Gzip, Brotli, Deflate} {
		v := long.Variant(e)
		if v.Encoding[0] != e.String() || len(v.Bytes) >= len(long.Plain.Bytes) || v.Length[0] != fmt.Sprint(len(v.Bytes)) {
			t.Errorf("%v: %v, %d bytes", e, v.Encoding, len(v.Bytes))
		}
		if long.Variant(e) != v {
			t.Errorf("%v is made twice", e)
		}
	}
	short := NewBody([]byte("short"))
	if v := short.Variant(Gzip); v != &short.Plain {
		t.Error("a short body is compressed")
	}
	if a, b := Tag([]byte("a")), Tag([]byte("b")); a == b || a[0] != '"' || !strings.HasSuffix(a, `"`) {
		t.Errorf("tags %s %s", a, b)
	}
}
