//go:build unix

package node

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/pool"
)

// prelude is the least that a process must do: speak the protocol and answer Boot
// and Jobs by name. The real one is tested where a compiler is at hand, in cli.
const prelude = `
const fs = require("fs"), net = require("net");
const socket = new net.Socket({ fd: 3, readable: true, writable: true });
const post = (kind, id, text = "", n = 0) => {
  const bytes = Buffer.from(text), whole = Buffer.alloc((24 + bytes.length + 7) & ~7);
  whole.writeUInt8(kind, 0);
  whole.writeUInt8(1, 1);
  whole.writeUInt32LE(id, 4);
  whole.writeDoubleLE(n, 8);
  whole.writeUInt32LE(bytes.length, 16);
  bytes.copy(whole, 24);
  socket.write(whole);
};
const mark = (begun, running) => fs.writeSync(5, Uint8Array.of(begun, begun >> 8, 0, 0, running, running >> 8, 0, 0), 0, 8, 0);
const handlers = {
  echo: (id, input) => post(2, id, input),
  pid: (id) => post(2, id, String(process.pid)),
  env: (id, input) => post(2, id, JSON.stringify([process.env[JSON.parse(input)] ?? null, process.cwd()])),
  print: (id) => { process.stdout.write("one\ntw"); process.stdout.write("o\n", () => { console.error("three"); setTimeout(() => post(2, id, "{}"), 50); }); },
  never() {},
  loop() { for (;;); },
  late() { setTimeout(() => { for (;;); }, 5); },
  garbage() { socket.write(Buffer.alloc(64, 255)); },
  leave() { process.exit(7); },
};
let rest = Buffer.alloc(0);
socket.on("data", (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  while (rest.length >= 24) {
    const size = (24 + rest.readUInt32LE(16) + rest.readUInt32LE(20) + 7) & ~7;
    if (rest.length < size) return;
    const kind = rest[0], id = rest.readUInt32LE(4), text = rest.toString("utf8", 24, 24 + rest.readUInt32LE(16));
    rest = rest.subarray(size);
    if (kind === 1) post(1, 0);
    if (kind === 13) post(15, 0, "", 1000);
    if (kind === 2) setImmediate(() => {
      mark(id, id);
      post(16, id);
      const at = text.indexOf("\n");
      handlers[text.slice(0, at)](id, text.slice(at + 1));
      setImmediate(() => mark(id, 0));
    });
  }
});
socket.on("close", () => process.exit(0));
`

func newPool(t testing.TB, opts engine.Options) *Pool {
	t.Helper()
	if opts.Runtime == nil {
		opts.Runtime = []byte(prelude)
	}
	program, err := Find(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(opts, nil, program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e.(*Pool)
}

func do(p *Pool, job *engine.Job) (string, error) {
	if job.Input == nil {
		job.Input = []byte("null")
	}
	r, err := p.Do(context.Background(), job)
	if err != nil {
		return "", err
	}
	return string(r.Meta), nil
}

func TestEnvironmentAndOutput(t *testing.T) {
	var mu sync.Mutex
	var log []string
	dir := t.TempDir()
	p := newPool(t, engine.Options{
		Workers: 1, Dir: dir, Env: map[string]string{"ONLY": "this", "NODE_CHANNEL_FD": "3"},
		Console: func(level, text string) { mu.Lock(); log = append(log, level+" "+text); mu.Unlock() },
	})
	for name, want := range map[string]string{"ONLY": `"this"`, "NODE_CHANNEL_FD": "null", "HOME": "null"} {
		got, err := do(p, &engine.Job{Name: "env", Input: []byte(`"` + name + `"`)})
		if err != nil || !strings.HasPrefix(got, "["+want+",") {
			t.Errorf("%s: %s %v", name, got, err)
		}
	}
	if _, err := do(p, &engine.Job{Name: "print"}); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(log) // the two streams are read side by side
	if got := strings.Join(log, ", "); got != "error three, log one, log two" {
		t.Errorf("printed: %s", got)
	}
}

// Killed processes cost the Jobs inside that may not run again, and nothing else.
func TestKilledInTheMiddle(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 2, TurnLimit: 5 * time.Second})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	failures, answers := 0, 0
	for i := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				want := fmt.Sprint(i, ".", n)
				got, err := do(p, &engine.Job{Name: "echo", Input: []byte(want), Again: true})
				mu.Lock()
				if err != nil {
					failures++
				} else if answers++; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				mu.Unlock()
			}
		})
	}
	for range 4 {
		time.Sleep(150 * time.Millisecond)
		pid, err := do(p, &engine.Job{Name: "pid", Again: true})
		if err != nil {
			t.Error(err)
			continue
		}
		var n int
		fmt.Sscan(pid, &n)
		if n <= 1 || syscall.Kill(n, syscall.SIGKILL) != nil {
			t.Errorf("no process %q to kill", pid)
		}
	}
	time.Sleep(150 * time.Millisecond)
	close(stop)
	wg.Wait()
	// What was hit as it ran is told apart from what runs again: one a kill.
	if failures > 4 || answers < 50 {
		t.Errorf("%d Jobs failed, %d were answered", failures, answers)
	}
	if s := p.Stats(); s.Replaced != 4 || s.Running != 0 || s.Queued != 0 {
		t.Errorf("%+v", s)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name string
		want engine.Kind
		text string
	}{
		{"loop", engine.Timeout, "without a pause"},
		{"late", engine.Timeout, "without a pause"},
		{"garbage", engine.OutOfMemory, "heap"},
		{"leave", engine.Crashed, "exit status 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPool(t, engine.Options{Workers: 1, TurnLimit: 300 * time.Millisecond, JobTimeout: 5 * time.Second})
			_, err := do(p, &engine.Job{Name: c.name})
			if kind, _ := engine.KindOf(err); kind != c.want || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v", err)
			}
			if got, err := do(p, &engine.Job{Name: "echo", Input: []byte("1")}); got != "1" {
				t.Errorf("afterwards: %s %v", got, err)
			}
		})
	}
}

// When nobody knows whose code is running in circles, each Job inside runs again by
// itself, and only the guilty one is lost.
func TestSuspectsRunAlone(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 1, TurnLimit: 300 * time.Millisecond, JobTimeout: 3 * time.Second})
	if _, err := do(p, &engine.Job{Name: "echo"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, c := range []struct {
		name  string
		again bool
		want  engine.Kind
	}{{"late", true, engine.Timeout}, {"never", true, engine.Timeout}, {"never", false, engine.Crashed}} {
		wg.Go(func() {
			_, err := do(p, &engine.Job{Name: c.name, Again: c.again})
			kind, _ := engine.KindOf(err)
			if kind != c.want {
				t.Errorf("%s: %v", c.name, err)
			}
			if alone := strings.Contains(fmt.Sprint(err), "no answer within"); c.name == "never" && c.again != alone {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	wg.Wait()
	if n := p.Stats().Replaced; n != 2 {
		t.Errorf("%d processes were lost", n)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 1})
	pid, err := do(p, &engine.Job{Name: "pid"})
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := do(p, &engine.Job{Name: "never"})
		failed <- err
	}()
	time.Sleep(50 * time.Millisecond)
	folder := p.folder
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if kind, _ := engine.KindOf(<-failed); kind != engine.Aborted {
		t.Errorf("the Job inside got %v", kind)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("%s is still there", folder)
	}
	var n int
	fmt.Sscan(pid, &n)
	if syscall.Kill(n, 0) == nil {
		t.Errorf("process %d still runs", n)
	}
}

func TestBrokenRuntime(t *testing.T) {
	p := newPool(t, engine.Options{Workers: 1, Runtime: []byte(`throw new RangeError("at start")`)})
	_, err := do(p, &engine.Job{Name: "x"})
	if kind, _ := engine.KindOf(err); kind != engine.Crashed || !strings.Contains(err.Error(), "RangeError: at start") {
		t.Errorf("got %v", err)
	}
}

// Whatever a process sends, reading ends without taking more memory than it may.
func TestHostileMessages(t *testing.T) {
	good := pool.AppendMessage(nil, pool.OutReply, 3, 0, []byte("{}"), nil, []byte("body"))
	for name, c := range map[string]struct {
		bytes []byte
		want  error
	}{
		"nothing":  {nil, io.EOF},
		"cut":      {good[:len(good)-1], io.ErrUnexpectedEOF},
		"too long": {bytes.Repeat([]byte{0xff}, 24), errTooLarge},
		"good":     {good, nil},
	} {
		m, err := readMessage(bufio.NewReader(bytes.NewReader(c.bytes)), 1<<20)
		if err != c.want || err == nil && (m.ID != 3 || string(m.Body) != "body") {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func BenchmarkJob(b *testing.B) {
	p := newPool(b, engine.Options{Workers: 1})
	job := &engine.Job{Name: "echo", Input: []byte(`{"a":1}`), Again: true}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Do(context.Background(), job); err != nil {
			b.Fatal(err)
		}
	}
}
