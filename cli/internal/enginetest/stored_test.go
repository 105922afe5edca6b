package enginetest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/v8"
)

const frozen = asJob + `
const started = new Map([["at", "build"]]);
class Greeter { #name; constructor(n) { this.#name = n; } greet() { return "hello " + this.#name; } }
const greeter = new Greeter("snapshot");
const als = new AsyncLocalStorage();
let document;
o.onBoot((b) => { document = b; });
answer("look", async () => {
  await sleep(1);
  return [started.get("at"), greeter.greet(), document, als.run(1, () => als.getStore()), typeof WebAssembly.compile,
    new Intl.NumberFormat("de-DE").format(1234.5), o.hostCall("upper", "x"), new Error("e").stack.includes("runtime")];
});
`

func TestSnapshot(t *testing.T) {
	if underTest != "v8" {
		return // only V8 stores anything
	}
	script := bundle(t, frozen)
	snapshot, err := v8.BuildSnapshot(script, "runtime.js")
	if err != nil {
		t.Fatal(err)
	}
	const want = `["build","hello snapshot",{"a":1},1,"function","1.234,5","X",true]`
	// nothing in place of Runtime shows that the snapshot alone carries everything.
	for name, opts := range map[string]engine.Options{
		"script":             {Runtime: script},
		"snapshot":           {Runtime: script, Snapshot: snapshot},
		"snapshot alone":     {Snapshot: snapshot, Runtime: []byte{}},
		"stale snapshot":     {Runtime: append(bytes.Clone(script), '\n'), Snapshot: snapshot},
		"damaged snapshot":   {Runtime: script, Snapshot: flip(snapshot, len(snapshot)/2)},
		"truncated snapshot": {Runtime: script, Snapshot: snapshot[:len(snapshot)-100]},
		"foreign snapshot":   {Runtime: script, Snapshot: flip(snapshot, 5)},
		"garbage snapshot":   {Runtime: script, Snapshot: []byte("garbage")},
	} {
		t.Run(name, func(t *testing.T) {
			opts.Boot = []byte(`{"a":1}`)
			opts.Workers = 2
			r := start(t, "", opts, testTable(), nil)
			if err := r.Warm(context.Background(), 2); err != nil {
				t.Fatal(err)
			}
			if got := r.must("look", nil); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if log, set := r.logged(), opts.Snapshot != nil; set && strings.HasPrefix(name, "snapshot") == strings.Contains(log, "snapshot cannot be used") {
				t.Errorf("log: %s", log)
			}
		})
	}
	if _, err := v8.New(engine.Options{Snapshot: flip(snapshot, 99)}, nil); !contains(err, "damaged") {
		t.Errorf("a damaged snapshot without a script gave %v", err)
	}
	if _, err := v8.BuildSnapshot([]byte(`throw new TypeError("at build")`), "x.js"); !contains(err, "TypeError: at build (x.js:1:1)") {
		t.Errorf("a script that throws gave %v", err)
	}
}

// V8's serialiser aborts on some of these when left alone.
func TestSnapshotOfSharedRegExps(t *testing.T) {
	if underTest != "v8" {
		return // only V8 stores anything
	}
	for depth := 20; depth < 30; depth++ {
		script := fmt.Sprintf(`
const make = () => /abc/g;
let x = { a: make(), b: make(), c: /q(r)s/.exec("qrs") && /q(r)s/, d: /q(r)s/ };
for (let i = 0; i < %d; i++) x = { x };
globalThis.kept = x;
globalThis.__dispatch = (kind, id) => {
  if (kind === 1) return __native.post(1, 0);
  let o = kept;
  while (o.x) o = o.x;
  __native.post(2, id, "{}", [o.a.test("xabc"), o.b.source, o.c.test("qrs"), o.d.flags].join());
};`, depth)
		snapshot, err := v8.BuildSnapshot([]byte(script), "x.js")
		if err != nil {
			// Refused, as it must be where no walk avoids it; the process lives.
			if !contains(err, "could not serialise the heap") {
				t.Errorf("depth %d: %v", depth, err)
			}
			continue
		}
		r := start(t, "", engine.Options{Runtime: []byte(script), Snapshot: snapshot}, nil, nil)
		reply, err := r.Do(context.Background(), &engine.Job{Name: "x"})
		if err != nil || string(reply.Body) != "true,abc,true," {
			t.Errorf("depth %d: %v %v", depth, reply, err)
		}
	}
}

func flip(b []byte, at int) []byte {
	c := bytes.Clone(b)
	c[at] ^= 1
	return c
}

func TestCodeCache(t *testing.T) {
	if underTest != "v8" {
		return // only V8 stores anything
	}
	const path = "/app/page.js"
	source := []byte(`exports.run = (n) => { const f = (x) => x < 2 ? x : f(x - 1) + f(x - 2); return f(n); };` + strings.Repeat("\n// padding", 200))
	script := bundle(t, asJob+`answer("run", () => o.require("/app/page.js").run(10));`)
	runWith := func(cache []byte, src []byte) *rig {
		r := start(t, "", engine.Options{Runtime: script, Load: func(p string) (*engine.Module, error) {
			if p != path {
				return nil, &fs.PathError{Op: "open", Path: p, Err: os.ErrNotExist}
			}
			return &engine.Module{Source: src, Cache: cache}, nil
		}}, nil, nil)
		if got := r.must("run", nil); got != "55" {
			t.Errorf("got %s", got)
		}
		return r
	}
	type cacher interface {
		CodeCache(ctx context.Context, path string) ([]byte, error)
	}
	r := runWith(nil, source)
	cache, err := r.Engine.(cacher).CodeCache(context.Background(), path)
	if err != nil || len(cache) == 0 {
		t.Fatalf("%d bytes, %v", len(cache), err)
	}
	if none, err := r.Engine.(cacher).CodeCache(context.Background(), "/app/other.js"); none != nil || err != nil {
		t.Errorf("a module that did not run gave %d bytes, %v", len(none), err)
	}
	runWith(cache, source)
	for name, bad := range map[string][]byte{
		"damaged": flip(cache, len(cache)-10), "truncated": cache[:len(cache)/2], "foreign": flip(cache, 5), "garbage": []byte("x"),
	} {
		t.Run(name, func(t *testing.T) { runWith(bad, source) })
	}
	// V8 itself compares only the length of the source.
	other := bytes.Replace(source, []byte("x < 2 ? x"), []byte("x < 2 ? 1"), 1)
	r = start(t, "", engine.Options{Runtime: script, Load: func(p string) (*engine.Module, error) {
		return &engine.Module{Source: other, Cache: cache}, nil
	}}, nil, nil)
	if got := r.must("run", nil); got != "89" {
		t.Errorf("a cache of another source was used: %s", got)
	}
}
