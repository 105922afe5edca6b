//go:build cgo && !onward_nov8

package v8

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
)

// prelude is the least a runtime must do: answer Boot and Jobs by name. What
// the real one does beyond is tested where a compiler is at hand, in cli.
const prelude = `
const n = __native, kept = [];
const handlers = {
  echo: (id, input) => n.post(2, id, "{}", input),
  spin: (id, input) => { const until = n.now() + Number(input); while (n.now() < until); n.post(2, id, "{}"); },
  keep: (id, input) => { for (let i = 0; i < 1e5; i++) kept.push({ i, a: [i] }); n.post(2, id, "{}"); },
  never: () => {},
};
globalThis.__dispatch = (kind, id, text, body, num) => {
  if (kind === 1) return n.post(1, 0);
  if (kind === 2) {
    const at = text.indexOf("\n");
    handlers[text.slice(0, at)](id, text.slice(at + 1), body);
  }
};
`

func newPool(t testing.TB, opts engine.Options) *Pool {
	t.Helper()
	opts.Runtime = []byte(prelude)
	e, err := New(opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e.(*Pool)
}

func do(t testing.TB, p *Pool, name, input string) string {
	t.Helper()
	r, err := p.Do(context.Background(), &engine.Job{Name: name, Input: []byte(input)})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(r.Body)
}

func TestTextOfEveryWidthComesBack(t *testing.T) {
	p := newPool(t, engine.Options{})
	for _, text := range []string{
		"", "plain", "ünï", "€uro", "👍 pair", "mixed ascii run then 世界 and ascii again", "\x00\x01", "\u00ff", "a\u0100",
	} {
		if got := do(t, p, "echo", text); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestPackAndSpill(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 3})
	for range 50 {
		do(t, p, "echo", "1")
	}
	if s := p.Stats(); s.Workers != 1 {
		t.Errorf("%d workers for Jobs that come one by one", s.Workers)
	}
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() { do(t, p, "spin", "30") })
	}
	wg.Wait()
	if s := p.Stats(); s.Workers != 3 || s.Running != 0 || s.Queued != 0 {
		t.Errorf("after a burst: %+v", s)
	}
}

func TestLeakingWorkerIsReplacedBetweenJobs(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 1, HeapLimit: 32 << 20})
	p.recycleAfter = 0
	for i := range 20 {
		if p.Stats().Replaced > 0 {
			return
		}
		do(t, p, "keep", "")
		if i > 3 {
			time.Sleep(idleAfter / 4) // the idle collection notices it, too
		}
	}
	t.Errorf("not replaced: %+v", p.Stats())
}

func TestJobWhoseCallerHasGoneIsNotBegun(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 1})
	do(t, p, "echo", "1")
	var wg sync.WaitGroup
	wg.Go(func() { do(t, p, "spin", "100") })
	time.Sleep(20 * time.Millisecond)
	for range 10 {
		wg.Go(func() {
			_, err := p.Do(context.Background(), &engine.Job{Name: "spin", Input: []byte("1000"), Timeout: 30 * time.Millisecond})
			if kind, _ := engine.KindOf(err); kind != engine.Timeout {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	begin := time.Now()
	do(t, p, "echo", "1")
	if d := time.Since(begin); d > 900*time.Millisecond {
		t.Errorf("the next Job waited %v for Jobs nobody wanted", d)
	}
	if s := p.Stats(); s.Running != 0 || s.Queued != 0 {
		t.Errorf("%+v", s)
	}
}

func TestCloseFailsWhatRuns(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 1})
	do(t, p, "echo", "1")
	errs := make(chan error, 2)
	for _, job := range []*engine.Job{{Name: "never"}, {Name: "spin", Input: []byte("60000")}} {
		go func() {
			_, err := p.Do(context.Background(), job)
			errs <- err
		}()
		time.Sleep(10 * time.Millisecond)
	}
	_ = p.Close()
	for range 2 {
		if kind, _ := engine.KindOf(<-errs); kind != engine.Aborted {
			t.Errorf("got %v", kind)
		}
	}
	if _, err := p.Do(context.Background(), &engine.Job{Name: "echo"}); err == nil {
		t.Error("a closed engine answered")
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkJob(b *testing.B) {
	p := newPool(b, engine.Options{})
	job := &engine.Job{Name: "echo", Input: []byte(`{"a":1}`)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Do(context.Background(), job); err != nil {
			b.Fatal(err)
		}
	}
}
