package resolve

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
)

// BenchmarkResolve asks for 1,000 modules of an app, each with an alias, a
// relative path, a package and a JSX runtime. The first pass of cold reads all
// folders.
func BenchmarkResolve(b *testing.B) {
	dir := b.TempDir()
	write(b, filepath.Join(dir, "package.json"), `{"name": "app"}`)
	write(b, filepath.Join(dir, "tsconfig.json"), `{"compilerOptions": {"paths": {"@/*": ["./*"]}}}`)
	write(b, filepath.Join(dir, "node_modules/react/package.json"), `{"name": "react", "exports": {".": {"react-server": "./server.js", "default": "./index.js"}, "./jsx-runtime": "./jsx-runtime.js"}}`)
	write(b, filepath.Join(dir, "node_modules/react/index.js"), "")
	write(b, filepath.Join(dir, "node_modules/react/jsx-runtime.js"), "")
	for i := range 300 {
		write(b, filepath.Join(dir, fmt.Sprintf("node_modules/package-%d/package.json", i)), `{"main": "lib/index.js", "sideEffects": false}`)
		write(b, filepath.Join(dir, fmt.Sprintf("node_modules/package-%d/lib/index.js", i)), "")
	}
	var list []question
	for i := range 1000 {
		at := filepath.Join(dir, fmt.Sprintf("components/group-%d", i/20))
		write(b, filepath.Join(at, fmt.Sprintf("card-%d.tsx", i)), "")
		list = append(list,
			question{at, fmt.Sprintf("./card-%d", i), Import},
			question{at, fmt.Sprintf("@/components/group-%d/card-%d", i/20, i), Import},
			question{at, fmt.Sprintf("package-%d", i%300), Import},
			question{at, "react/jsx-runtime", Import},
		)
	}
	options := targets["browser"].options
	options.Dir = dir
	ask := func(b *testing.B, r *Resolver) {
		for _, q := range list {
			if _, err := r.Resolve(q.Specifier, q.From, q.Kind); err != nil {
				b.Fatal(err, q)
			}
		}
	}
	b.Run("cold", func(b *testing.B) {
		for range b.N {
			ask(b, New(options))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/import")
	})
	b.Run("warm", func(b *testing.B) {
		r := New(options)
		ask(b, r)
		b.ResetTimer()
		for range b.N {
			ask(b, r)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/import")
	})
	b.Run("memory", func(b *testing.B) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := New(options)
		ask(b, r)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1024, "KB")
		runtime.KeepAlive(r)
	})
}
