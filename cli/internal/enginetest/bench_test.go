package enginetest

import (
	"context"
	"testing"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/v8"
)

const benched = asJob + `
const ascii = "<li class=\"row\">item</li>".repeat(800), wide = ascii + "—👍";
handle("echo", (job) => job.reply("{}", job.input));
handle("ascii", (job) => job.reply("{}", ascii.slice(1) + "x"));
handle("wide", (job) => job.reply("{}", wide.slice(1) + "x"));
handle("await", async (job) => { await null; job.reply("{}"); });
handle("operation", async (job) => { await o.hostAsync("nap", ""); job.reply("{}"); });
handle("sync", (job) => { o.hostCall("upper", "x"); job.reply("{}"); });
handle("timer", async (job) => { clearTimeout(setTimeout(() => {}, 1000)); job.reply("{}"); });
handle("immediate", (job) => { setImmediate(() => job.reply("{}")); });
`

// BenchmarkJob is what the border costs beside the JavaScript itself.
func BenchmarkJob(b *testing.B) {
	r := start(b, benched, engine.Options{}, testTable(), nil)
	for _, name := range []string{"echo", "ascii", "wide", "await", "operation", "sync", "timer", "immediate"} {
		job := &engine.Job{Name: name, Input: []byte(`{"route":"/","query":{"a":"1"}}`)}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Do(context.Background(), job); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/parallel", func(b *testing.B) {
			b.SetParallelism(25)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := r.Do(context.Background(), job); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkStart is the time from New to the first answer.
func BenchmarkStart(b *testing.B) {
	script := bundle(b, benched)
	snapshot, err := v8.BuildSnapshot(script, "runtime.js")
	if err != nil {
		b.Fatal(err)
	}
	for name, opts := range map[string]engine.Options{
		"script": {Runtime: script}, "snapshot": {Runtime: script, Snapshot: snapshot},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e, err := v8.New(opts, nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := e.Do(context.Background(), &engine.Job{Name: "echo"}); err != nil {
					b.Fatal(err)
				}
				_ = e.Close()
			}
		})
	}
}
