package resolve

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// project writes files and gives a resolver for them; the folder is free of links.
func project(t *testing.T, files map[string]string) (string, *Resolver) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	options := targets["browser"].options
	options.Dir = dir
	return dir, New(options)
}

// ask resolves an import of the project's folder and shows the answer relative to it.
func ask(t *testing.T, r *Resolver, dir, specifier string) string {
	t.Helper()
	result, err := r.Resolve(specifier, dir, Import)
	if err != nil {
		return "none"
	}
	rel, err := filepath.Rel(dir, result.Path)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// TestForget changes a project and tells the resolver: each import must then lead
// where a new resolver finds it.
func TestForget(t *testing.T) {
	remove := func(t *testing.T, dir, name string) {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link := func(t *testing.T, dir, name, target string) {
		if err := os.Symlink(filepath.Join(dir, target), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		name          string
		files         map[string]string
		specifier     string
		change        func(t *testing.T, dir string)
		tell          []string
		before, after string
		same          bool // Forget says that nothing leads elsewhere
	}{
		{name: "file appears", specifier: "./a", before: "none", after: "a.ts", tell: []string{"a.ts"},
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a.ts"), "") }},
		{name: "file vanishes", files: map[string]string{"a.ts": ""}, specifier: "./a", before: "a.ts", after: "none", tell: []string{"a.ts"},
			change: func(t *testing.T, dir string) { remove(t, dir, "a.ts") }},
		{name: "better file appears", files: map[string]string{"a.ts": ""}, specifier: "./a", before: "a.ts", after: "a.js", tell: []string{"a.js"},
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a.js"), "") }},
		{name: "other text", files: map[string]string{"a.ts": ""}, specifier: "./a", before: "a.ts", after: "a.ts", tell: []string{"a.ts"}, same: true,
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a.ts"), "1") }},
		{name: "folders appear with a file", specifier: "./x/y/z", before: "none", after: "x/y/z.ts", tell: []string{"x/y/z.ts"},
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "x/y/z.ts"), "") }},
		{name: "only the folder is told", specifier: "./x/y/z", before: "none", after: "x/y/z.ts", tell: []string{"x"},
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "x/y/z.ts"), "") }},
		{name: "folder vanishes", files: map[string]string{"x/y/z.ts": ""}, specifier: "./x/y/z", before: "x/y/z.ts", after: "none", tell: []string{"x"},
			change: func(t *testing.T, dir string) { remove(t, dir, "x") }},
		{name: "folder is renamed", files: map[string]string{"x/index.ts": ""}, specifier: "./z", before: "none", after: "z/index.ts", tell: []string{"x", "z"},
			change: func(t *testing.T, dir string) {
				if err := os.Rename(filepath.Join(dir, "x"), filepath.Join(dir, "z")); err != nil {
					t.Fatal(err)
				}
			}},
		{name: "file becomes a folder", files: map[string]string{"a": ""}, specifier: "./a", before: "a", after: "a/index.ts", tell: []string{"a"},
			change: func(t *testing.T, dir string) {
				remove(t, dir, "a")
				write(t, filepath.Join(dir, "a/index.ts"), "")
			}},
		{name: "package is installed", specifier: "pkg", before: "none", after: "node_modules/pkg/index.js", tell: []string{"node_modules"},
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "node_modules/pkg/index.js"), "") }},
		{name: "package is told by its manifest", files: map[string]string{"node_modules/other/index.js": ""}, specifier: "pkg", before: "none",
			after: "node_modules/pkg/main.js", tell: []string{"node_modules/pkg/package.json"},
			change: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "node_modules/pkg/package.json"), `{"main": "main.js"}`)
				write(t, filepath.Join(dir, "node_modules/pkg/main.js"), "")
			}},
		{name: "manifest changes", files: map[string]string{"package.json": `{"imports": {"#a": "./a.ts"}}`, "a.ts": "", "b.ts": ""}, specifier: "#a", before: "a.ts",
			after: "b.ts", tell: []string{"package.json"},
			change: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "package.json"), `{"imports": {"#a": "./b.ts"}}`)
			}},
		{name: "tsconfig appears", files: map[string]string{"lib/a.ts": ""}, specifier: "@/a", before: "none", after: "lib/a.ts", tell: []string{"tsconfig.json"},
			change: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "tsconfig.json"), `{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}`)
			}},
		{name: "extended configuration changes", files: map[string]string{
			"tsconfig.json": `{"extends": "./base.json"}`, "base.json": `{}`, "lib/a.ts": "",
		}, specifier: "@/a", before: "none", after: "lib/a.ts", tell: []string{"base.json"},
			change: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "base.json"), `{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}`)
			}},
		{name: "extended configuration appears", files: map[string]string{"tsconfig.json": `{"extends": "./base.json"}`, "lib/a.ts": ""},
			specifier: "@/a", before: "none", after: "lib/a.ts", tell: []string{"base.json"},
			change: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "base.json"), `{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}`)
			}},
		{name: "link appears", files: map[string]string{"lib/a.ts": ""}, specifier: "./ln/a", before: "none", after: "lib/a.ts", tell: []string{"ln"},
			change: func(t *testing.T, dir string) { link(t, dir, "ln", "lib") }},
		{name: "link leads elsewhere", files: map[string]string{"one/a.ts": "", "two/a.ts": "", "ln": ""}, specifier: "./ln/a", before: "none", after: "two/a.ts", tell: []string{"ln"},
			change: func(t *testing.T, dir string) {
				remove(t, dir, "ln")
				link(t, dir, "ln", "two")
			}},
		{name: "file appears behind a link", files: map[string]string{"packages/ui/index.ts": "", "node_modules/x/index.js": ""}, specifier: "ui/src/card", before: "none",
			after: "packages/ui/src/card.tsx", tell: []string{"packages/ui/src/card.tsx"},
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "packages/ui/src/card.tsx"), "") }},
		{name: "everything", specifier: "./a", before: "none", after: "a.ts",
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a.ts"), "") }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, r := project(t, c.files)
			if strings.Contains(c.name, "behind a link") {
				link(t, dir, "node_modules/ui", "packages/ui")
			}
			if got := ask(t, r, dir, c.specifier); got != c.before {
				t.Fatalf("before: got %s, want %s", got, c.before)
			}
			c.change(t, dir)
			var tell []string
			for _, name := range c.tell {
				tell = append(tell, filepath.Join(dir, name))
			}
			if changed := r.Forget(tell); changed == c.same {
				t.Errorf("Forget says %t", changed)
			}
			if got := ask(t, r, dir, c.specifier); got != c.after {
				t.Errorf("after: got %s, want %s", got, c.after)
			}
		})
	}
}

// TestManyFilesAtOnce is a git checkout.
func TestManyFilesAtOnce(t *testing.T) {
	dir, r := project(t, map[string]string{"a.ts": ""})
	if got := ask(t, r, dir, "./new-1999"); got != "none" {
		t.Fatal(got)
	}
	var files []string
	for i := range 2 * manyFiles {
		files = append(files, filepath.Join(dir, fmt.Sprintf("new-%d.ts", i)))
	}
	write(t, files[len(files)-1], "")
	r.Forget(files)
	if got := ask(t, r, dir, "./new-1999"); got != "new-1999.ts" {
		t.Fatal(got)
	}
}

// TestBound fills the cache beyond its limit: it must start afresh and go on.
func TestBound(t *testing.T) {
	dir, r := project(t, map[string]string{"a.ts": ""})
	ask(t, r, dir, "./a")
	r.names.Store(maxNames + 1)
	if got := ask(t, r, dir, "./a"); got != "a.ts" || r.names.Load() > 1000 {
		t.Fatal(got, r.names.Load())
	}
}

// TestConcurrent asks from many goroutines while files come and go.
func TestConcurrent(t *testing.T) {
	dir, r := project(t, map[string]string{"lib/a.ts": "", "node_modules/pkg/index.js": "", "packages/ui/index.ts": ""})
	if err := os.Symlink(filepath.Join(dir, "packages/ui"), filepath.Join(dir, "node_modules/ui")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range 300 {
				for specifier, want := range map[string]string{"./lib/a": "lib/a.ts", "pkg": "node_modules/pkg/index.js", "ui": "packages/ui/index.ts"} {
					if got := ask(t, r, dir, specifier); got != want {
						t.Errorf("%s: got %s", specifier, got)
					}
				}
				if i%100 == 0 {
					r.Forget(nil)
				}
				r.Forget([]string{filepath.Join(dir, "lib/a.ts"), filepath.Join(dir, "packages/ui/index.ts")})
			}
		})
	}
	wg.Wait()
}

// TestDualPackage tells which file require of a package means beside import.
func TestDualPackage(t *testing.T) {
	dir, r := project(t, map[string]string{
		"node_modules/dual/package.json": `{"main": "main.js", "module": "module.js"}`,
		"node_modules/dual/main.js":      "", "node_modules/dual/module.js": "",
		"node_modules/esm/package.json": `{"type": "module", "main": "main.js"}`,
		"node_modules/esm/main.js":      "", "node_modules/esm/x.cjs": "", "a.mjs": "", "a.ts": "",
	})
	got, err := r.Resolve("dual", dir, Import)
	if err != nil || filepath.Base(got.Path) != "module.js" || filepath.Base(got.Main) != "main.js" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = r.Resolve("dual", dir, Require); err != nil || filepath.Base(got.Path) != "main.js" || got.Main != "" {
		t.Errorf("%+v, %v", got, err)
	}
	for specifier, esm := range map[string]bool{"esm": true, "esm/x.cjs": false, "dual": false, "./a.mjs": true, "./a.ts": false} {
		if got, err := r.Resolve(specifier, dir, Import); err != nil || got.ESM != esm {
			t.Errorf("%s: %+v, %v", specifier, got, err)
		}
	}
}

// TestDisabled tells modules that browsers get empty.
func TestDisabled(t *testing.T) {
	dir, r := project(t, map[string]string{
		"package.json": `{"browser": {"fs": false, "./a.ts": false, "pkg": false}}`, "a.ts": "", "node_modules/pkg/index.js": "",
	})
	for specifier, want := range map[string]string{"fs": "fs", "./a": filepath.Join(dir, "a"), "pkg": filepath.Join(dir, "node_modules/pkg/index.js")} {
		if got, err := r.Resolve(specifier, dir, Require); err != nil || !got.Disabled || got.Path != want {
			t.Errorf("%s: %+v, %v", specifier, got, err)
		}
	}
}

// TestErrors shows what users read when an import leads nowhere.
func TestErrors(t *testing.T) {
	dir, r := project(t, map[string]string{
		"components/Card.tsx": "", "components/button.tsx": "",
		"node_modules/pkg/package.json":     "{\n\t\"exports\": {\n\t\t\".\": {\"deno\": \"./a.js\"},\n\t\t\"./b\": \"./b.js\",\n\t\t\"./off\": null\n\t}\n}",
		"node_modules/unbuilt/package.json": `{"main": "dist/index.js"}`,
		"node_modules/cut/package.json":     `{"main": `,
		"node_modules/cut/index.js":         "",
	})
	cases := []struct{ specifier, note, hint string }{
		{"./components/card", "", "the name is Card.tsx: letter case matters"},
		{"./components/buton", "", `did you mean "./components/button"?`},
		{"./components/nothing-like-it", "", ""},
		{"./gone/card", "", ""},
		{"pkg", `node_modules/pkg/package.json:3: the package pkg exports . only for "deno"; here hold "browser", "default", "import", "module"`, ""},
		{"pkg/b", "node_modules/pkg/package.json:4: it stands for ./b.js, which is missing in the package", ""},
		{"pkg/off", "node_modules/pkg/package.json:5: the package pkg forbids to import ./off", ""},
		{"pkg/c", "node_modules/pkg/package.json:2: the package pkg does not export ./c", ""},
		{"unbuilt", "node_modules/unbuilt/package.json:0: its main is dist/index.js, which is missing: the package may not be built or installed whole", ""},
		{"cut", "node_modules/cut/package.json:0: this package.json cannot be read: it is not valid JSON", ""},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.specifier, "/", " "), func(t *testing.T) {
			_, err := r.Resolve(c.specifier, dir, Import)
			e, ok := err.(*Error)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if want := fmt.Sprintf("Could not resolve %q", c.specifier); e.Error() != want {
				t.Errorf("got %s, want %s", e, want)
			}
			note := ""
			for _, n := range e.Notes {
				rel, _ := filepath.Rel(dir, n.File)
				note += fmt.Sprintf("%s:%d: %s", filepath.ToSlash(rel), n.Line, n.Text)
			}
			if note != c.note {
				t.Errorf("note: got %s\nwant %s", note, c.note)
			}
			if near := Near(c.specifier, dir); e.Hint != c.hint || near != c.hint {
				t.Errorf("hint: got %q and %q, want %q", e.Hint, near, c.hint)
			}
		})
	}
}
