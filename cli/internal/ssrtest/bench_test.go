package ssrtest

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// BenchmarkPage measures whole page Jobs: data, React, document, and the way out
// of the engine. The page of 0 rows is what all others cost besides their rows.
func BenchmarkPage(b *testing.B) {
	a := start(b, "plain", nil, nil)
	for _, rows := range []int{0, 50, 1000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			input := fill(b, "page", fmt.Sprintf(`{"route":"/bench","url":"/bench?n=%d","query":{"n":"%d"},"headers":["Host","localhost","User-Agent","x","Accept","*/*"]}`, rows, rows))
			a.repeat(b, "page", input)
		})
	}
}

// BenchmarkStart measures a new worker up to the end of its first page, with and
// without a snapshot.
func BenchmarkStart(b *testing.B) {
	shot, err := snapshot()
	if err != nil {
		b.Fatal(err)
	}
	input := fill(b, "page", `{"route":"/bench","url":"/bench","query":{"n":"10"}}`)
	for name, s := range map[string][]byte{"snapshot": shot, "script": nil} {
		b.Run(name, func(b *testing.B) {
			b.ReportMetric(float64(len(s)), "snapshot-bytes")
			for b.Loop() {
				b.StopTimer()
				a := startFrom(b, s, "one", nil, nil)
				b.StartTimer()
				if _, err := a.do("page", input, nil); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				_ = a.Close()
				b.StartTimer()
			}
		})
	}
}

func BenchmarkAPI(b *testing.B) {
	a := start(b, "plain", nil, nil)
	a.repeat(b, "api", fill(b, "api", `{"route":"/api/echo","url":"/api/echo","query":{"do":"json"},"headers":["Host","localhost","User-Agent","x","Accept","*/*"]}`))
}

func (a *app) repeat(b *testing.B, name, input string) {
	for range 300 {
		if _, err := a.do(name, input, nil); err != nil {
			b.Fatal(err)
		}
	}
	bytes := 0
	before := cpuTime()
	for b.Loop() {
		reply, err := a.do(name, input, nil)
		if err != nil {
			b.Fatal(err)
		}
		bytes += len(reply.Body)
	}
	// Processor time is what a busy machine cannot falsify.
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
	b.SetBytes(int64(bytes / b.N))
}

// cpuTime is what this process has used so far, on all threads.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
