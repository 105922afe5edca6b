package enginetest

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
)

// abuses are scripts that try to take the process with them.
const abuses = asJob + `
const never = () => new Promise(() => {});
const hoard = [];
globalThis.hoard = hoard;
const cases = {
  endlessLoop() { for (;;); },
  endlessHotLoop() { let n = 0; const f = (i) => (i ^ 0x55) + 1; for (let i = 0; ; i++) n = f(n); },
  endlessAfterAwait: async () => { await sleep(1); for (;;); },
  endlessInTimer() { setTimeout(() => { for (;;); }, 1); return never(); },
  endlessInCatch() { for (;;) { try { throw 1; } catch { } finally { continue; } } },
  regex() { return /^(a+)+$/.test("a".repeat(64) + "!"); },
  sort() { return Array.from({ length: 1e5 }, (_, i) => i).sort(() => { for (;;); }); },
  promiseBomb() { const again = () => { Promise.resolve().then(again); }; again(); return never(); },
  promiseFlood: async () => { for (;;) await null; },
  tickBomb() { const again = () => o.nextTick(again); again(); return never(); },
  heapBomb() { for (;;) hoard.push(new Array(1000).fill({})); },
  heapBombAfterAwait: async () => { await sleep(1); for (;;) hoard.push({ a: [1, 2, 3], b: "x".repeat(10) + hoard.length }); },
  stringBomb() { let s = "x"; for (;;) { s += s + Math.random(); hoard.push(s.split("")); } },
  mapBomb() { const m = new Map(); for (let i = 0; ; i++) m.set(i, { i }); },
  bufferBomb() { for (;;) hoard.push(new Uint8Array(1 << 20).fill(1)); },
  bufferGiant() { return new Uint8Array(2 ** 32).length; },
  wasmBomb() { const m = new WebAssembly.Memory({ initial: 1 }); for (;;) hoard.push(new WebAssembly.Memory({ initial: 1024 })); },
  giantString() { return "x".repeat(2 ** 30).length; },
  deepRecursion() { const f = () => 1 + f(); return f(); },
  deepJSON() { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return JSON.stringify(a).length; },
  deepParse() { return JSON.parse("[".repeat(1e6) + "]".repeat(1e6)).length; },
  rejected: async () => { throw new Error("rejected"); },
  stray() { Promise.reject(new Error("stray")); return "fine"; },
  throwInTimer() { setTimeout(() => { throw new Error("timer"); }, 1); return never(); },
  silent: never,
  proxyLoop() { const p = new Proxy({}, { get: (t, k, r) => r[k] }); return p.x; },
  generatorLoop() { const g = (function* () { for (;;) yield 1; })(); let n = 0; for (const x of g) n += x; return n; },
  atomicsWait() { Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0); },
  postFlood(_, job) { job.head("{}"); const s = "x".repeat(1 << 20); for (;;) job.write(s); },
};
answer("abuse", (name, job) => cases[name](name, job));
answer("fine", (n) => n);
`

func TestAbuse(t *testing.T) {
	runtime := bundle(t, abuses)
	const thrown, ok = engine.Thrown, engine.Kind(255)
	// A process has more room than its heap: what is not touched costs nothing.
	inProcess := map[string]engine.Kind{"bufferGiant": ok, "wasmBomb": engine.Timeout, "deepParse": engine.OutOfMemory}
	for _, c := range []struct {
		name string
		want engine.Kind
	}{
		{"endlessLoop", engine.Timeout}, {"endlessHotLoop", engine.Timeout}, {"endlessAfterAwait", engine.Timeout},
		{"endlessInTimer", engine.Timeout}, {"endlessInCatch", engine.Timeout}, {"regex", engine.Timeout},
		{"sort", engine.Timeout}, {"promiseBomb", engine.Timeout}, {"promiseFlood", engine.Timeout},
		{"tickBomb", engine.Timeout}, {"generatorLoop", engine.Timeout}, {"atomicsWait", engine.Timeout},
		{"silent", engine.Timeout},
		{"heapBomb", engine.OutOfMemory}, {"heapBombAfterAwait", engine.OutOfMemory}, {"stringBomb", engine.OutOfMemory},
		{"mapBomb", engine.OutOfMemory}, {"bufferBomb", engine.OutOfMemory}, {"bufferGiant", engine.OutOfMemory},
		{"giantString", thrown}, {"deepRecursion", thrown}, {"deepJSON", thrown}, {"deepParse", ok},
		{"rejected", thrown}, {"throwInTimer", thrown}, {"proxyLoop", thrown}, {"stray", ok}, {"postFlood", ok},
		{"wasmBomb", engine.OutOfMemory},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if kind, differs := inProcess[c.name]; differs && underTest == "node" {
				c.want = kind
			}
			opts := engine.Options{
				Runtime: runtime, Workers: 1, HeapLimit: 32 << 20, BufferLimit: 32 << 20,
				TurnLimit: 10 * time.Second, JobTimeout: 15 * time.Second,
			}
			if c.want == engine.Timeout {
				opts.TurnLimit, opts.JobTimeout = 200*time.Millisecond, time.Second
			}
			r := start(t, "", opts, nil, nil)
			r.must("fine", 0)
			_, err := r.do("abuse", c.name)
			kind, failed := engine.KindOf(err)
			switch {
			case c.want == ok && failed:
				t.Errorf("got %v, want an answer", err)
			case c.want != ok && (!failed || kind != c.want):
				t.Errorf("got %v (%v), want %v", err, kind, c.want)
			}
			// What was stopped says where it was.
			var stopped *engine.Error
			if where := map[string]string{"endlessLoop": "at endlessLoop (", "sort": "at ", "heapBomb": "at heapBomb ("}[c.name]; where != "" && underTest == "v8" {
				if !errors.As(err, &stopped) || !strings.Contains(stopped.Stack, where) {
					t.Errorf("the stack of %v has no %q", err, where)
				}
			}
			for i := range 20 {
				if got, err := r.do("fine", i); err != nil {
					t.Fatalf("a Job after it failed: %s %v", got, err)
				}
			}
		})
	}
}

// A Job that is stopped takes those that interleave with it, as Crashed, but
// not those that had not begun.
func TestLossIsSharedOnlyInside(t *testing.T) {
	r := start(t, abuses, engine.Options{Workers: 1, TurnLimit: 300 * time.Millisecond}, nil, nil)
	r.must("fine", 0)
	ctx := context.Background()
	kinds := make(chan engine.Kind, 1)
	go func() {
		_, err := r.do("abuse", "silent")
		k, _ := engine.KindOf(err)
		kinds <- k
	}()
	time.Sleep(20 * time.Millisecond)
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := r.do("abuse", "endlessLoop")
		if k, _ := engine.KindOf(err); k != engine.Timeout {
			t.Errorf("the guilty Job got %v", err)
		}
	})
	time.Sleep(20 * time.Millisecond)
	for i := range 50 {
		wg.Go(func() {
			if _, err := r.Do(ctx, &engine.Job{Name: "fine", Input: []byte("1")}); err != nil {
				t.Errorf("Job %d that had not begun: %v", i, err)
			}
		})
	}
	if k := <-kinds; k != engine.Crashed {
		t.Errorf("the Job inside got %v", k)
	}
	wg.Wait()
	if n := r.Stats().Replaced; n != 1 {
		t.Errorf("%d workers were replaced", n)
	}
}

// Turns that do not end hold nobody up while there is relief, not even the Jobs
// that came in behind them, and those inside run again where they may.
func TestRelief(t *testing.T) {
	const limit = 2 * time.Second
	r := start(t, abuses+`
let ran = 0;
answer("slow", async () => { ran++; await sleep(700); return ran; });`, engine.Options{Workers: 1, Relief: 2, TurnLimit: limit}, nil, nil)
	r.must("fine", 0)
	began := time.Now()
	var wg sync.WaitGroup
	inside := make(chan error, 2)
	for _, again := range []bool{true, false} {
		go func() {
			_, err := r.Do(context.Background(), &engine.Job{Name: "slow", Input: []byte("1"), Again: again})
			inside <- err
		}()
	}
	time.Sleep(20 * time.Millisecond)
	for range 2 {
		wg.Go(func() {
			_, err := r.do("abuse", "endlessLoop")
			if k, _ := engine.KindOf(err); k != engine.Timeout {
				t.Errorf("an endless Job got %v", err)
			}
		})
		time.Sleep(300 * time.Millisecond)
	}
	for i := range 30 {
		if _, err := r.do("fine", i); err != nil {
			t.Errorf("Job %d: %v", i, err)
		}
	}
	if d := time.Since(began); d > limit-200*time.Millisecond {
		t.Errorf("other Jobs waited %v for turns that do not end", d)
	}
	wg.Wait()
	failed := 0
	for range 2 {
		if err := <-inside; err != nil {
			failed++
			if k, _ := engine.KindOf(err); k != engine.Crashed {
				t.Errorf("a Job inside got %v", err)
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d of the two Jobs inside failed; one may run again", failed)
	}
	for range 60 { // the relief goes home
		if r.Stats().Workers == 1 {
			return
		}
		time.Sleep(50 * time.Millisecond)
		r.must("fine", 1)
	}
	t.Errorf("%d workers are left", r.Stats().Workers)
}

// A script that writes faster than its reader takes, and never waits.
func TestFloodedReplyIsCut(t *testing.T) {
	r := start(t, asJob+`
handle("flood", async (job) => { job.head("{}"); for (let i = 0; i < 100 && !job.aborted; i++) { job.write("x".repeat(1 << 20)); await sleep(1); } job.end(); });
answer("fine", (n) => n);`, engine.Options{BufferLimit: 8 << 20}, nil, nil)
	reply, err := r.Do(context.Background(), &engine.Job{Name: "flood", Input: []byte("1")})
	if err != nil {
		t.Fatal(err)
	}
	// Nobody reads until it has been cut, however slow the machine is.
	for end := time.Now().Add(20 * time.Second); r.Stats().Running > 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	n, err := io.Copy(io.Discard, reply.Stream)
	if k, _ := engine.KindOf(err); k != engine.OutOfMemory || n > 16<<20 {
		t.Errorf("got %d bytes, %v", n, err)
	}
	r.must("fine", 1)
}

func TestOverload(t *testing.T) {
	r := start(t, abuses, engine.Options{Workers: 1, Queue: 8, TurnLimit: 5 * time.Second}, nil, nil)
	r.must("fine", 0)
	release := make(chan struct{})
	go func() {
		_, _ = r.do("abuse", "regex")
		close(release)
	}()
	time.Sleep(20 * time.Millisecond)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[engine.Kind]int{}
	for range 20 {
		wg.Go(func() {
			_, err := r.Do(context.Background(), &engine.Job{Name: "fine", Input: []byte("1"), Timeout: 100 * time.Millisecond})
			k, _ := engine.KindOf(err)
			mu.Lock()
			got[k]++
			mu.Unlock()
		})
	}
	wg.Wait()
	waiting := 8
	if underTest == "node" {
		waiting-- // that a Job has begun is told when its first turn ends
	}
	if got[engine.Timeout] != waiting || got[engine.Overloaded] != 20-waiting {
		t.Errorf("got %v", got)
	}
	_ = r.Close()
	<-release
}

func TestRuntimeThatDoesNotStart(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"throws":     {`throw new Error("at start");`, "Error: at start\n    at "},
		"syntax":     {"", "Unexpected token"},
		"boot fails": {asJob + `o.onBoot(() => { throw new Error("no boot"); });`, "no boot"},
	} {
		t.Run(name, func(t *testing.T) {
			opts := engine.Options{}
			if c.script == "" {
				opts.Runtime = []byte("const a = ;")
			}
			r := start(t, c.script, opts, nil, nil)
			_, err := r.do("x", nil)
			if k, _ := engine.KindOf(err); k != engine.Crashed || !contains(err, c.want) {
				t.Errorf("Do: %v", err)
			}
			if err := r.Warm(context.Background(), 1); !contains(err, c.want) {
				t.Errorf("Warm: %v", err)
			}
		})
	}
}
