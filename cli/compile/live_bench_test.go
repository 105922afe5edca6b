package compile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// manyModules is an app whose page reaches n components of some fifty lines.
func manyModules(n int) *txtar.Archive {
	a := &txtar.Archive{}
	add := func(name, text string) {
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	const fan = 20
	for i := range n - 1 {
		text := "import { useEffect, useState } from \"react\";\n"
		body := ""
		for c := i*fan + 1; c <= i*fan+fan && c < n-1; c++ {
			text += fmt.Sprintf("import { Part%d } from \"./part%d\";\n", c, c)
			body += fmt.Sprintf("      <Part%d label=\"x\" />\n", c)
		}
		text += fmt.Sprintf("\ninterface Props {\n  label: string;\n  size?: number;\n}\n\nconst sizes: Record<string, number> = { small: 10, medium: 20, large: %d };\n\n", i)
		text += fmt.Sprintf("export function Part%d({ label, size = 3 }: Props) {\n  const [count, setCount] = useState(0);\n  useEffect(() => {\n    if (count > 3) console.log(label);\n  }, [count, label]);\n", i)
		for k := range 12 {
			text += fmt.Sprintf("  const value%d = sizes[label] ?? count + %d * size;\n", k, k)
		}
		text += "  return (\n    <section className=\"part\">\n      <h2 onClick={() => setCount(count + 1)}>{label} {value3}</h2>\n      <p>{value1 > 2 ? <b>{value2}</b> : <i>{count}</i>}</p>\n" + body + "    </section>\n  );\n}\n"
		add(fmt.Sprintf("components/part%d.tsx", i), text)
	}
	add("pages/index.tsx", "import { Part0 } from \"../components/part0\";\nexport default function Home() {\n  return <Part0 label=\"home\" />;\n}\n")
	return a
}

func newLiveFixture(t testing.TB, archive *txtar.Archive) (*fixture, *Live) {
	t.Helper()
	f := newFixture(t, archive)
	f.opt.Dev = true
	f.opt.OutDir = filepath.Join(f.dir, ".next", "dev")
	f.opt.BuildID = "development"
	l, err := NewLive(f.opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return f, l
}

// cpuTime is what this process has used so far: what a busy machine cannot falsify.
func cpuTime(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLiveNeed compiles a page of many modules for one target:
//
//	go test ./compile -bench Live -benchtime 3x
func BenchmarkLiveNeed(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		archive := manyModules(n)
		for _, t := range []Target{Browser, Server} {
			b.Run(fmt.Sprint(n, []string{"-browser", "-server"}[t]), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					_, l := newLiveFixture(b, archive)
					runtime.GC()
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					used := cpuTime(b)
					b.StartTimer()
					if err := l.Need(context.Background(), t, "/"); err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
					b.ReportMetric(float64((cpuTime(b) - used).Milliseconds()), "cpu-ms/op")
					runtime.GC()
					runtime.ReadMemStats(&after)
					b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "heap-B/module")
					b.StartTimer()
				}
			})
		}
	}
}

// BenchmarkLiveChange edits one module of many.
func BenchmarkLiveChange(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f, l := newLiveFixture(b, manyModules(n))
			for _, t := range []Target{Browser, Server} {
				if err := l.Need(context.Background(), t, "/"); err != nil {
					b.Fatal(err)
				}
			}
			file := filepath.Join(f.dir, "components", "part7.tsx")
			text, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			i := 0
			for b.Loop() {
				b.StopTimer()
				i++
				if err := os.WriteFile(file, fmt.Appendf(text, "\nexport const edited = %d;\n", i), 0o644); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if c := l.Change(context.Background(), []string{file}); len(c.Modules) != 1 {
					b.Fatalf("%d modules changed", len(c.Modules))
				}
			}
		})
	}
}
