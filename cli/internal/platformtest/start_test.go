package platformtest

import (
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/v8"
)

// TestSnapshot: the platform can be kept in a start-up snapshot, and what
// belongs to a start of the program is filled in afterwards.
func TestSnapshot(t *testing.T) {
	if !v8.Available {
		t.Fatal("built without V8: these tests need cgo")
	}
	script, err := bundled()
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := v8.BuildSnapshot(script, "platform")
	if err != nil {
		t.Fatal(err)
	}
	e, err := v8.New(engine.Options{Runtime: script, Snapshot: snapshot, Workers: 1, Env: map[string]string{"A": "fresh"}, Dir: "/", Boot: []byte("{}")}, host.Default(host.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{engine: e}
	t.Cleanup(func() { _ = e.Close() })
	got := strings.Join(r.run(t, `
		print(process.env.A, process.cwd(), crypto.randomUUID() !== crypto.randomUUID());
		print(performance.timeOrigin > Date.now() - 60000, performance.now() < 60000);
		print(await new Response(new Blob(["x"]).stream().pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip"))).text());
		print(require("crypto").createHash("md5").update("x").digest("hex"), require("fs").existsSync("/"), new URLPattern({ pathname: "/a/:b" }).test("http://x/a/1"));
	`, nil), "\n")
	want := "fresh / true\ntrue true\nx\n9dd4e461268c8034f5c8564e155c67a6 true true"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// BenchmarkColdStart: a worker without a snapshot.
func BenchmarkColdStart(b *testing.B) {
	for b.Loop() {
		r := start(b, nil)
		r.run(b, `print(1)`, nil)
		_ = r.engine.Close()
	}
}
