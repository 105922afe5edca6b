package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
)

// asJob wraps a script's body so that what it returns is the Job's answer.
const asJob = `
import * as o from "onward";
const { handle, AsyncLocalStorage, AsyncResource } = o;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const answer = (name, fn) => handle(name, async (job) => {
  const out = await fn(JSON.parse(job.input), job);
  job.reply(JSON.stringify(out) ?? "null");
});
`

func TestOrderOfQueues(t *testing.T) {
	if underTest == "node" {
		return // whether timers or immediates come first is left to chance there
	}
	r := start(t, asJob+`
answer("order", async () => {
  const log = [];
  setTimeout(() => { log.push("timeout 1"); o.nextTick(() => log.push("tick in timeout")); Promise.resolve().then(() => log.push("promise in timeout")); }, 1);
  setTimeout(() => log.push("timeout 2"), 1);
  setImmediate(() => log.push("immediate"));
  Promise.resolve().then(() => { log.push("promise 1"); o.nextTick(() => log.push("tick in promise")); }).then(() => log.push("promise 2"));
  queueMicrotask(() => log.push("microtask"));
  o.nextTick(() => log.push("tick 1"));
  o.nextTick(() => log.push("tick 2"));
  log.push("sync");
  await sleep(20);
  return log;
});`, engine.Options{}, nil, nil)
	// await in the async handler runs before the drain, as a tick would in Node.js's main script.
	want := `["sync","tick 1","tick 2","promise 1","microtask","promise 2","tick in promise","immediate","timeout 1","tick in timeout","promise in timeout","timeout 2"]`
	if got := r.must("order", nil); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTimers(t *testing.T) {
	r := start(t, asJob+`
const cases = {
  async sorted() { const l = []; await Promise.all([30, 5, 20, 10].map((ms) => new Promise((r) => setTimeout(() => { l.push(ms); r(); }, ms)))); return l; },
  async interval() { let n = 0; const t = setInterval(() => { if (++n === 3) clearInterval(t); }, 2); await sleep(40); return n; },
  async cleared() { let ran = false; clearTimeout(setTimeout(() => { ran = true; }, 2)); await sleep(10); return ran; },
  async byNumber() { let ran = false; const id = +setTimeout(() => { ran = true; }, 2); clearTimeout(id); await sleep(10); return [typeof id, ran]; },
  async refresh() { const at = performanceNow(); let d; const t = setTimeout(() => { d = performanceNow() - at; }, 20); await sleep(12); t.refresh(); await sleep(30); return d >= 30; },
  shape() { const t = setTimeout(() => {}, 1e9); const s = [t.hasRef(), t.unref().hasRef(), t.ref() === t, typeof t[Symbol.toPrimitive]()]; t.close(); return s; },
  async argumentsPassed() { return await new Promise((r) => setTimeout((...a) => r(a), 1, "a", 2)); },
  async nested() { let deep = 0; await new Promise((r) => { const f = () => (++deep < 5 ? setTimeout(f, 0) : r()); f(); }); return deep; },
  bad() { try { setTimeout("alert()"); } catch (e) { return [e.name, e.code]; } },
  async immediates() { const l = []; setImmediate(() => { l.push(1); setImmediate(() => l.push(3)); }); setImmediate(() => l.push(2)); clearImmediate(setImmediate(() => l.push("never"))); await sleep(10); return l; },
};
const performanceNow = () => __native.now();
answer("timer", (name) => cases[name]());`, engine.Options{}, nil, nil)
	for name, want := range map[string]string{
		"sorted": `[5,10,20,30]`, "interval": `3`, "cleared": `false`, "byNumber": `["number",false]`,
		"refresh": `true`, "shape": `[true,false,true,"number"]`, "argumentsPassed": `["a",2]`, "nested": `5`,
		"bad": `["TypeError","ERR_INVALID_ARG_TYPE"]`, "immediates": `[1,2,3]`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := r.must("timer", name); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestAsyncContext(t *testing.T) {
	r := start(t, asJob+`
const als = new AsyncLocalStorage(), other = new AsyncLocalStorage({ defaultValue: "d" });
const cases = {
  outside: () => als.getStore() ?? "none",
  defaultValue: () => other.getStore(),
  run: () => [als.run(1, () => als.getStore()), als.getStore() ?? "none"],
  nested: () => als.run(1, () => [als.run(2, () => als.getStore()), als.getStore()]),
  two: () => als.run(1, () => other.run(2, () => [als.getStore(), other.getStore()])),
  await: () => als.run(1, async () => { await sleep(1); await null; return als.getStore(); }),
  then: () => als.run(1, () => sleep(1).then(() => als.getStore())),
  thenOutside: async () => { const p = als.run(1, () => sleep(1)); return p.then(() => als.getStore() ?? "none"); },
  timeout: () => als.run(1, () => new Promise((r) => setTimeout(() => r(als.getStore()), 1))),
  immediate: () => als.run(1, () => new Promise((r) => setImmediate(() => r(als.getStore())))),
  microtask: () => als.run(1, () => new Promise((r) => queueMicrotask(() => r(als.getStore())))),
  tick: () => als.run(1, () => new Promise((r) => o.nextTick(() => r(als.getStore())))),
  exit: () => als.run(1, () => [als.exit(() => als.getStore() ?? "none"), als.getStore()]),
  enterWith: async () => { als.enterWith(7); await sleep(1); return als.getStore(); },
  enterWithInner: async () => { await (async () => { als.enterWith(8); await null; })(); return als.getStore() ?? "none"; },
  thrown: () => { try { als.run(1, () => { throw 0; }); } catch {} return als.getStore() ?? "none"; },
  snapshot: () => { const s = als.run(1, () => AsyncLocalStorage.snapshot()); return als.run(2, () => s((x) => [als.getStore(), x], 3)); },
  bind: () => { const f = als.run(1, () => AsyncLocalStorage.bind((x) => [als.getStore(), x])); return als.run(2, () => f(3)); },
  resource: () => { const a = als.run(1, () => new AsyncResource("T")); return als.run(2, () => a.runInAsyncScope(function (x) { return [als.getStore(), x, this.y]; }, { y: 5 }, 3)); },
  generator: async () => { async function* g() { yield als.getStore(); await sleep(1); yield als.getStore(); } const l = []; await als.run(1, async () => { for await (const v of g()) l.push(v); }); return l; },
  parallel: () => Promise.all([1, 2, 3].map((n) => als.run(n, async () => { await sleep(4 - n); return als.getStore(); }))),
  disable: () => als.run(1, () => { als.disable(); return als.getStore() ?? "none"; }),
  runAfterDisable: () => als.run(4, () => als.getStore()),
  operation: () => als.run(1, async () => { await o.hostAsync("nap", ""); return als.getStore(); }),
};
answer("context", (name) => cases[name]());`, engine.Options{}, testTable(), nil)
	for _, c := range [][2]string{
		{"outside", `"none"`}, {"defaultValue", `"d"`}, {"run", `[1,"none"]`}, {"nested", `[2,1]`}, {"two", `[1,2]`},
		{"await", `1`}, {"then", `1`}, {"thenOutside", `"none"`}, {"timeout", `1`}, {"immediate", `1`}, {"microtask", `1`},
		{"tick", `1`}, {"exit", `["none",1]`}, {"enterWith", `7`}, {"enterWithInner", `8`}, {"thrown", `"none"`}, {"snapshot", `[1,3]`},
		{"bind", `[1,3]`}, {"resource", `[1,3,5]`}, {"generator", `[1,1]`}, {"parallel", `[1,2,3]`}, {"disable", `"none"`},
		{"runAfterDisable", `4`}, {"operation", `1`},
	} {
		if underTest == "node" && c[0] == "defaultValue" {
			continue // Node.js has that option from version 24 on
		}
		t.Run(c[0], func(t *testing.T) {
			if got := r.must("context", c[0]); got != c[1] {
				t.Errorf("got %s, want %s", got, c[1])
			}
		})
	}
}

// testTable has operations that show each way an operation can go.
func testTable() *host.Table {
	return &host.Table{
		Sync: map[string]host.SyncFunc{
			"upper": func(_ *host.Env, text string, _ []byte) (host.Value, error) {
				return host.Value{Text: strings.ToUpper(text)}, nil
			},
			"reverse": func(_ *host.Env, _ string, body []byte) (host.Value, error) {
				out := make([]byte, len(body))
				for i, b := range body {
					out[len(body)-1-i] = b
				}
				return host.Value{Body: out}, nil
			},
			"refuse": func(*host.Env, string, []byte) (host.Value, error) {
				return host.Value{}, &host.Error{Code: "ENOENT", Message: "no such file", Detail: []byte(`{"path":"/x","errno":-2}`)}
			},
			"panic": func(*host.Env, string, []byte) (host.Value, error) { panic("boom") },
		},
		Async: map[string]host.AsyncFunc{
			"nap": func(ctx context.Context, _ *host.Env, c *host.Call) (host.Value, error) {
				return host.Value{Text: "slept" + c.Text}, nil
			},
			"refuse": func(context.Context, *host.Env, *host.Call) (host.Value, error) {
				return host.Value{}, &host.Error{Code: "ENOENT", Message: "no such file"}
			},
			"panic": func(context.Context, *host.Env, *host.Call) (host.Value, error) { panic("boom") },
			"block": func(ctx context.Context, _ *host.Env, c *host.Call) (host.Value, error) {
				<-ctx.Done()
				return host.Value{}, ctx.Err()
			},
			// count sends c.Text chunks of 64 KB.
			"count": func(_ context.Context, _ *host.Env, c *host.Call) (host.Value, error) {
				var n int
				fmt.Sscan(c.Text, &n)
				for i := range n {
					if err := c.Send("", []byte(strings.Repeat(string(rune('a'+i%26)), 64<<10))); err != nil {
						return host.Value{}, err
					}
				}
				return host.Value{Text: "sent"}, nil
			},
			// drink counts what is streamed in.
			"drink": func(_ context.Context, _ *host.Env, c *host.Call) (host.Value, error) {
				n, err := io.Copy(io.Discard, c.Recv)
				return host.Value{Text: fmt.Sprint(n)}, err
			},
		},
	}
}

func TestHostOperations(t *testing.T) {
	r := start(t, asJob+`
const bytes = (s) => __native.encode(s);
const tell = (e) => ({ name: e.name, code: e.code, message: e.message, path: e.path });
const cases = {
  sync: () => o.hostCall("upper", "añb"),
  syncBody: () => __native.decode(o.hostCall("reverse", "", bytes("abc"))),
  syncError: () => { try { o.hostCall("refuse", ""); } catch (e) { return [e instanceof Error, tell(e)]; } },
  syncPanic: () => { try { o.hostCall("panic", ""); } catch (e) { return e.message; } },
  syncUnknown: () => { try { o.hostCall("nothing", ""); } catch (e) { return e.code; } },
  async: async () => (await o.hostAsync("nap", " well")).text,
  asyncError: () => o.hostAsync("refuse", "").catch(tell),
  asyncPanic: () => o.hostAsync("panic", "").catch((e) => e.message),
  asyncUnknown: () => o.hostAsync("nothing", "").catch((e) => e.code),
  cancel: async () => { const s = o.hostStream("block", ""); setTimeout(() => s.cancel(), 2); return s.done.catch((e) => e.code); },
  data: async () => { let n = 0, order = ""; const a = await o.hostAsync("count", "40", undefined, { onData: (_t, c) => { n += c.byteLength; order += String.fromCharCode(c[0]); } }); return [n, order, a.text]; },
  slowData: async () => { let n = 0, most = 0, open = 0; const a = await o.hostAsync("count", "12", undefined, { onData: async (_t, c) => { most = Math.max(most, ++open); await sleep(1); n += c.byteLength; open--; } }); await sleep(20); return [n, most <= 5, a.text]; },
  into: async () => { const s = o.hostStream("drink", ""); let waits = 0; for (let i = 0; i < 64; i++) { const w = s.write(new Uint8Array(32768)); if (w) { waits++; await w; } } s.end(); return [(await s.done).text, waits > 0]; },
};
answer("op", (name) => cases[name]());`, engine.Options{}, testTable(), nil)
	for name, want := range map[string]string{
		"sync": `"AÑB"`, "syncBody": `"cba"`,
		"syncError": `[true,{"name":"Error","code":"ENOENT","message":"no such file","path":"/x"}]`,
		"syncPanic": `"host operation \"panic\" panicked: boom"`, "syncUnknown": `"ERR_UNKNOWN_OPERATION"`,
		"async": `"slept well"`, "asyncError": `{"name":"Error","code":"ENOENT","message":"no such file"}`,
		"asyncPanic": `"host operation \"panic\" panicked: boom"`, "asyncUnknown": `"ERR_UNKNOWN_OPERATION"`,
		"cancel": `"ABORT_ERR"`, "data": `[2621440,"abcdefghijklmnopqrstuvwxyzabcdefghijklmn","sent"]`,
		"slowData": `[786432,true,"sent"]`, "into": `["2097152",true]`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := r.must("op", name); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	r := start(t, asJob+`
class Custom extends Error { constructor(m) { super(m); this.name = "Custom"; this.statusCode = 418; this.nested = { a: 1 }; this.self = this; } }
const cases = {
  sync() { throw new TypeError("no"); },
  async async() { await null; throw new Custom("teapot"); },
  string() { throw "just text"; },
  null() { throw null; },
  hostile() { throw { get message() { throw 1; }, get stack() { throw 2; } }; },
  timer() { setTimeout(() => { throw new Error("late"); }, 1); return new Promise(() => {}); },
  microtask() { queueMicrotask(() => { throw new Error("micro"); }); return new Promise(() => {}); },
  immediate() { setImmediate(() => { throw new Error("imm"); }); return new Promise(() => {}); },
  tick() { o.nextTick(() => { throw new Error("tick"); }); return new Promise(() => {}); },
  unknownJob() {},
};
for (const [name, fn] of Object.entries(cases)) handle(name, fn);
answer("fine", () => "fine");`, engine.Options{}, nil, nil)
	for _, c := range []struct{ job, name, message, detail string }{
		{"sync", "TypeError", "no", ""},
		{"async", "Custom", "teapot", `{"statusCode":418,"nested":{"a":1}}`},
		{"string", "", "just text", `{"thrown":"string"}`},
		{"null", "", "null", `{"thrown":"object"}`},
		{"hostile", "Error", "an error that cannot be read was thrown", ""},
		{"timer", "Error", "late", ""},
		{"microtask", "Error", "micro", ""},
		{"immediate", "Error", "imm", ""},
		{"tick", "Error", "tick", ""},
		{"nothing", "Error", `no handler is registered for Job "nothing"`, ""},
	} {
		t.Run(c.job, func(t *testing.T) {
			_, err := r.do(c.job, nil)
			var e *engine.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind != engine.Thrown || e.Name != c.name || e.Message != c.message || string(e.Detail) != c.detail {
				t.Errorf("got %+v (%s)", e, e.Detail)
			}
			if c.name == "TypeError" && !strings.Contains(e.Stack, "onward:runtime:") {
				t.Errorf("no position in the stack: %s", e.Stack)
			}
			if r.must("fine", nil) != `"fine"` {
				t.Error("the next Job did not run")
			}
		})
	}
	if n := r.Stats().Replaced; n != 0 {
		t.Errorf("%d workers were replaced", n)
	}
}

func TestStrayRejectionIsLoggedAndHandledOneIsNot(t *testing.T) {
	r := start(t, asJob+`
answer("stray", async () => { Promise.reject(new Error("nobody looks")); const p = Promise.reject(new Error("somebody looks")); await null; p.catch(() => {}); await sleep(5); return 1; });`, engine.Options{}, nil, nil)
	r.must("stray", nil)
	if log := r.logged(); !strings.Contains(log, "error Unhandled rejection: Error: nobody looks\n    at ") || strings.Contains(log, "somebody") {
		t.Errorf("log: %s", log)
	}
}

func TestInterleavedJobsKeepTheirState(t *testing.T) {
	r := start(t, asJob+`
const als = new AsyncLocalStorage();
let inside = 0, most = 0;
answer("visit", (n) => als.run({ n }, async () => {
  most = Math.max(most, ++inside);
  const seen = [];
  for (let i = 0; i < 5; i++) {
    if (i % 2) await sleep(Math.random() * 20); else await o.hostAsync("nap", "");
    seen.push(als.getStore().n);
  }
  inside--;
  return seen.every((s) => s === n) ? n : "mixed: " + seen;
}));
answer("most", () => most);`, engine.Options{Queue: 2000}, testTable(), nil)
	const jobs = 1200
	var wg sync.WaitGroup
	failed := make(chan string, jobs)
	for i := range jobs {
		wg.Go(func() {
			got, err := r.do("visit", i)
			if err != nil || got != fmt.Sprint(i) {
				failed <- fmt.Sprintf("Job %d: %s %v", i, got, err)
			}
		})
	}
	wg.Wait()
	close(failed)
	for f := range failed {
		t.Error(f)
	}
	var most int
	_ = json.Unmarshal([]byte(r.must("most", nil)), &most)
	if most < 100 {
		t.Errorf("only %d Jobs interleaved", most)
	}
}

func TestStreamingReply(t *testing.T) {
	r := start(t, asJob+`
handle("stream", async (job) => {
  job.head('{"status":200}');
  let waits = 0;
  for (let i = 0; i < 64; i++) { const w = job.write("é".repeat(16384)); if (w) { waits++; await w; } }
  job.write(new Uint8Array([33]));
  last = waits;
  job.end();
});
let last = -1;
answer("waits", () => last);
handle("breaks", async (job) => { job.head("{}"); job.write("some"); await sleep(1); throw new Error("midway"); });`, engine.Options{}, nil, nil)
	reply, err := r.Do(context.Background(), &engine.Job{Name: "stream", Input: []byte("null")})
	if err != nil {
		t.Fatal(err)
	}
	if string(reply.Meta) != `{"status":200}` || reply.Stream == nil {
		t.Fatalf("got %s", reply.Meta)
	}
	time.Sleep(20 * time.Millisecond)
	if got := r.must("waits", nil); got != "-1" {
		t.Errorf("JavaScript ran ahead of a reader that takes nothing: %s", got)
	}
	b, err := io.ReadAll(reply.Stream)
	if want := strings.Repeat("é", 64*16384) + "!"; err != nil || string(b) != want {
		t.Errorf("got %d bytes, %v; want %d", len(b), err, len(want))
	}
	if got := r.must("waits", nil); got == "0" || got == "-1" {
		t.Errorf("no back-pressure: %s waits", got)
	}

	reply, err = r.Do(context.Background(), &engine.Job{Name: "breaks", Input: []byte("null")})
	if err != nil {
		t.Fatal(err)
	}
	b, err = io.ReadAll(reply.Stream)
	var e *engine.Error
	if string(b) != "some" || !errors.As(err, &e) || e.Message != "midway" {
		t.Errorf("got %q, %v", b, err)
	}
}

// slowReader gives out n bytes in small pieces and counts how far it was read.
type slowReader struct {
	mu   sync.Mutex
	left int
	read int
}

func (s *slowReader) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), s.left, 10_000)
	for i := range n {
		p[i] = 'x'
	}
	s.left -= n
	s.read += n
	return n, nil
}

func TestStreamingBody(t *testing.T) {
	r := start(t, asJob+`
let go;
answer("drink", async (_, job) => { let n = 0; for await (const c of job.stream) n += c.byteLength; return n; });
answer("sip", async (_, job) => { const first = await job.stream.read(); await new Promise((r) => (go = r)); return first.byteLength > 0; });
answer("go", () => go());
answer("broken", async (_, job) => { try { for await (const c of job.stream); } catch (e) { return [e.message, e.code]; } });
answer("whole", (_, job) => [job.body.byteLength, job.stream === undefined]);`, engine.Options{}, nil, nil)
	do := func(name string, body io.Reader) string {
		t.Helper()
		reply, err := r.Do(context.Background(), &engine.Job{Name: name, Input: []byte("null"), Stream: body})
		if err != nil {
			t.Fatal(err)
		}
		return string(reply.Meta)
	}
	if got := do("drink", &slowReader{left: 3_000_000}); got != "3000000" {
		t.Errorf("drink: %s", got)
	}
	body := &slowReader{left: 3_000_000}
	done := make(chan string, 1)
	go func() { done <- do("sip", body) }()
	time.Sleep(30 * time.Millisecond)
	body.mu.Lock()
	if body.read > 512<<10 {
		t.Errorf("%d bytes were read ahead", body.read)
	}
	body.mu.Unlock()
	r.must("go", nil)
	if got := <-done; got != "true" {
		t.Errorf("sip: %s", got)
	}
	if got := do("broken", io.MultiReader(strings.NewReader("abc"), errReader{})); got != `["connection lost","ECONNRESET"]` {
		t.Errorf("broken: %s", got)
	}
	reply, err := r.Do(context.Background(), &engine.Job{Name: "whole", Input: []byte("null"), Body: []byte("12345")})
	if err != nil || string(reply.Meta) != "[5,true]" {
		t.Errorf("whole: %v %v", reply, err)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("connection lost") }

func TestAbort(t *testing.T) {
	r := start(t, asJob+`
const seen = [];
handle("wait", (job) => { job.onAbort(() => seen.push("abort " + job.input)); return new Promise(() => {}); });
handle("pour", async (job) => { job.head("{}"); job.onAbort(() => seen.push("abort pour")); try { for (;;) { await job.write("x".repeat(65536)); } } catch (e) { seen.push(e.name); } });
answer("seen", async () => { await sleep(5); return seen; });`, engine.Options{}, nil, nil)
	r.must("seen", nil) // from now on a Job begins at once
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	_, err := r.Do(ctx, &engine.Job{Name: "wait", Input: []byte("1")})
	if kind, _ := engine.KindOf(err); kind != engine.Timeout {
		t.Errorf("a passed deadline gave %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, cancel)
	_, err = r.Do(ctx, &engine.Job{Name: "wait", Input: []byte("2")})
	if kind, _ := engine.KindOf(err); kind != engine.Aborted {
		t.Errorf("a cancelled context gave %v", err)
	}
	_, err = r.Do(context.Background(), &engine.Job{Name: "wait", Input: []byte("3"), Timeout: 200 * time.Millisecond})
	if kind, _ := engine.KindOf(err); kind != engine.Timeout {
		t.Errorf("a Job without answer gave %v", err)
	}
	reply, err := r.Do(context.Background(), &engine.Job{Name: "pour", Input: []byte("4")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(reply.Stream, make([]byte, 1000)); err != nil {
		t.Error(err)
	}
	reply.Stream.Close()
	// A caller hears that its time is over before JavaScript does.
	want := `["abort 1","abort 2","abort 3","abort pour","AbortError"]`
	for late := time.Now().Add(5 * time.Second); ; {
		var seen []string
		got := r.must("seen", nil)
		if err := json.Unmarshal([]byte(got), &seen); err != nil {
			t.Fatal(err)
		}
		slices.Sort(seen)
		sorted, _ := json.Marshal(seen)
		running := r.Stats().Running
		if string(sorted) == `["AbortError","abort 1","abort 2","abort 3","abort pour"]` && running == 0 {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("got %s, want %s in any order; %d Jobs are still inside", got, want, running)
		}
	}
}

func TestModules(t *testing.T) {
	r := start(t, asJob+`
o.registerModule("react", () => ({ version: "x" }));
o.registerModule("fs", () => ({ isFs: true }));
const cases = {
  file: () => o.require("/app/a.js").value,
  extension: () => o.require("/app/a").value,
  same: () => o.require("/app/a") === o.require("/app/a.js"),
  relative: () => o.require("/app/sub/b.js"),
  index: () => o.require("/app/sub"),
  json: () => o.require("/app/data.json"),
  cycle: () => o.require("/app/cycle1.js"),
  builtin: () => [o.require("fs") === o.require("node:fs"), o.require("/app/usesreact.js")],
  missing: () => { try { o.require("/app/needsmissing.js"); } catch (e) { return [e.code, e.message, e.requireStack]; } },
  missingPackage: () => { try { o.require("left-pad"); } catch (e) { return [e.code, e.message]; } },
  syntax: () => { try { o.require("/app/syntax.js"); } catch (e) { return [e.name, e.stack.split("\n")[0]]; } },
  throws: () => { const l = []; for (let i = 0; i < 2; i++) try { o.require("/app/throws.js"); } catch (e) { l.push(e.message, /at .*\/app\/throws\.js:2:\d+/.test(e.stack)); } return l; },
  resolve: () => o.createRequire("/app/sub/x.js").resolve("../a"),
  locals: () => o.require("/app/locals.js"),
};
answer("module", (name) => cases[name]());`, engine.Options{}, nil, map[string]string{
		"/app/a.js":            `exports.value = 1;`,
		"/app/sub/b.js":        `module.exports = [require("../a").value, require("./../data").n];`,
		"/app/sub/index.js":    `module.exports = "index";`,
		"/app/data.json":       `{"n": 5}`,
		"/app/cycle1.js":       `exports.early = 1; exports.other = require("./cycle2"); exports.late = 2;`,
		"/app/cycle2.js":       `const c = require("./cycle1"); exports.saw = Object.keys(c);`,
		"/app/usesreact.js":    `module.exports = require("react").version;`,
		"/app/needsmissing.js": `require("./gone");`,
		"/app/syntax.js":       `const a = ;`,
		"/app/throws.js":       "\nthrow new Error('at load');",
		"/app/locals.js":       `module.exports = [__filename, __dirname, module.id, typeof require.resolve, this === exports];`,
	})
	for name, want := range map[string]string{
		"file": `1`, "extension": `1`, "same": `true`, "relative": `[1,5]`, "index": `"index"`, "json": `{"n":5}`,
		"cycle": `{"early":1,"other":{"saw":["early"]},"late":2}`, "builtin": `[true,"x"]`,
		"missing":        `["MODULE_NOT_FOUND","Cannot find module './gone'\nRequire stack:\n- /app/needsmissing.js",["/app/needsmissing.js"]]`,
		"missingPackage": `["MODULE_NOT_FOUND","Cannot find module 'left-pad'"]`,
		"syntax":         `["SyntaxError","/app/syntax.js:1"]`,
		"throws":         `["at load",true,"at load",true]`, "resolve": `"/app/a.js"`,
		"locals": `["/app/locals.js","/app","/app/locals.js","function",true]`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := r.must("module", name); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// Compilation ends on a thread of V8, which has to wake the loop.
func TestWebAssembly(t *testing.T) {
	r := start(t, asJob+`
const code = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11]);
answer("add", async () => {
  const { instance } = await WebAssembly.instantiate(code);
  const module = await WebAssembly.compile(code);
  return [instance.exports.add(2, 3), (await WebAssembly.instantiate(module)).exports.add(4, 5)];
});
answer("weak", async () => { const r = new FinalizationRegistry(() => {}); r.register({}, 1); return new WeakRef({}) !== undefined; });`, engine.Options{JobTimeout: 5 * time.Second}, nil, nil)
	if got := r.must("add", nil); got != "[5,9]" {
		t.Errorf("got %s", got)
	}
	if got := r.must("weak", nil); got != "true" {
		t.Errorf("got %s", got)
	}
}
