package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
)

func tsProject(t *testing.T, tsconfig string) *Project {
	t.Helper()
	p := &Project{ProjectOptions: ProjectOptions{Dir: t.TempDir()}, Config: &config.Config{DistDir: ".next"}}
	p.Pages = []route.Page{{Route: "/", File: "pages/index.tsx"}}
	write(t, p.Dir, "node_modules/next/package.json", `{"name": "next", "version": "16.4.6"}`)
	if tsconfig != "" {
		write(t, p.Dir, "tsconfig.json", tsconfig)
	}
	return p
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPrepareTypeScript(t *testing.T) {
	p := tsProject(t, "")
	p.Pages[0].File = "pages/index.jsx"
	if lines, err := p.PrepareTypeScript(); err != nil || len(lines) > 0 {
		t.Fatal("an app of JavaScript:", lines, err)
	}
	if _, err := os.Stat(filepath.Join(p.Dir, "next-env.d.ts")); err == nil {
		t.Error("an app of JavaScript got a next-env.d.ts")
	}
	p.Pages = append(p.Pages, route.Page{Route: "/new", File: "pages/new.ts"})
	write(t, p.Dir, "node_modules/next/package.json", "{}")
	lines, err := p.PrepareTypeScript()
	if err != nil || len(lines) != 2 || !strings.Contains(lines[0], "tsconfig.json is new") || !strings.Contains(lines[1], "typescript @types/react @types/node") {
		t.Fatal(lines, err)
	}
	if env := read(t, p.Dir, "next-env.d.ts"); !strings.Contains(env, `import "./.next/types/routes.d.ts";`) || !strings.Contains(env, "next/image-types/global") {
		t.Error(env)
	}
	if text := read(t, p.Dir, ".next/types/routes.d.ts"); !strings.Contains(text, `"/new"`) {
		t.Error(text)
	}
	if lines, err := p.PrepareTypeScript(); err != nil || len(lines) > 0 {
		t.Error("twice:", lines, err)
	}

	// What refers to the same things is left alone; what does not is written anew.
	const theirs = "/// <reference types=\"next\" />\n/// <reference types=\"next/image-types/global\" />\nimport \"./.next/types/routes.d.ts\";\n\n// theirs\n"
	for _, c := range []struct{ before, after string }{{theirs, theirs}, {"/// <reference types=\"next\" />\n", ""}} {
		write(t, p.Dir, "next-env.d.ts", c.before)
		if _, err := p.PrepareTypeScript(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, p.Dir, "next-env.d.ts"); (got == theirs) != (c.after == theirs) || got == c.before && c.after == "" {
			t.Errorf("%q became %q", c.before, got)
		}
	}
	p.Config.Images.DisableStaticImages = true
	if err := os.Remove(filepath.Join(p.Dir, "next-env.d.ts")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.PrepareTypeScript(); err != nil || strings.Contains(read(t, p.Dir, "next-env.d.ts"), "image-types") {
		t.Error("types of images, which the app has turned off", err)
	}
}

// TestTypesOfNext: an app without the package next gets the types of next/* from
// Onward, until the package is there.
func TestTypesOfNext(t *testing.T) {
	p := &Project{ProjectOptions: ProjectOptions{Dir: t.TempDir()}, Config: &config.Config{DistDir: ".next"}}
	write(t, p.Dir, "tsconfig.json", "{}")
	prepare := func() string {
		if _, err := p.PrepareTypeScript(); err != nil {
			t.Fatal(err)
		}
		return read(t, p.Dir, "next-env.d.ts")
	}
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(p.Dir, name))
		return err == nil
	}
	const own, images = `/// <reference path="./.next/types/next/index.d.ts" />`, `/// <reference path="./.next/types/next/images.d.ts" />`
	if env := prepare(); !strings.Contains(env, own) || !strings.Contains(env, images) || strings.Contains(env, `types="next"`) {
		t.Error(env)
	}
	index := read(t, p.Dir, ".next/types/next/index.d.ts")
	for line := range strings.Lines(index) {
		if name, ok := strings.CutPrefix(line, `/// <reference path="./`); ok {
			if name, _, _ = strings.Cut(name, `"`); !exists(".next/types/next/" + name) {
				t.Errorf("index.d.ts refers to %s, which is missing", name)
			}
		}
	}
	if text := read(t, p.Dir, ".next/types/next/font/google.d.ts"); !strings.Contains(text, "export const Inter: Variable;") {
		t.Error("no Inter in next/font/google")
	}

	write(t, p.Dir, "node_modules/next/package.json", "{}")
	if env := prepare(); strings.Contains(env, own) || exists(".next/types/next") {
		t.Error("types of Onward hide those of the package next:", env)
	}

	if err := os.RemoveAll(filepath.Join(p.Dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	p.Config.Images.DisableStaticImages = true
	if env := prepare(); !strings.Contains(env, own) || strings.Contains(env, images) || exists(".next/types/next/images.d.ts") {
		t.Error("types of images, which the app has turned off:", env)
	}
}

func TestCompleteTsconfig(t *testing.T) {
	const all = `"target": "es5", "lib": [], "allowJs": false, "skipLibCheck": false, "strict": true, "noEmit": false, "incremental": false`
	cases := []struct {
		name, in, version string
		set               string // options that change, in their order
	}{
		{"nothing but a comment", `{ /* mine */ }`, "5.9.3", "target lib allowJs skipLibCheck strict noEmit incremental module esModuleInterop moduleResolution resolveJsonModule isolatedModules jsx include"},
		{"complete", `{"compilerOptions": {` + all + `, "module": "ESNext", "esModuleInterop": true, "moduleResolution": "Bundler", "resolveJsonModule": true, "isolatedModules": true, "jsx": "react-jsx"}, "include": []}`, "5.9.3", ""},
		{"required ones are changed, others are not", `{"compilerOptions": {` + all + `, "module": "es2015", "esModuleInterop": false, "moduleResolution": "node", "resolveJsonModule": true, "isolatedModules": true, "jsx": "preserve"}, "include": []}`, "5.9.3", "module esModuleInterop moduleResolution jsx"},
		{"preserve implies others", `{"compilerOptions": {` + all + `, "module": "preserve", "isolatedModules": true, "jsx": "react-jsx"}, "include": []}`, "5.9.3", ""},
		{"so do verbatim modules", `{"compilerOptions": {` + all + `, "module": "preserve", "verbatimModuleSyntax": true, "jsx": "react-jsx"}, "include": []}`, "", ""},
		{"an old TypeScript", `{"compilerOptions": {` + all + `, "module": "esnext", "esModuleInterop": true, "resolveJsonModule": true, "isolatedModules": true, "jsx": "react-jsx"}, "include": []}`, "4.9.5", "moduleResolution"},
		{"one that extends", `{"extends": "./base.json"}`, "5.9.3", ""},
		{"one that refers", `{"references": [{"path": "a"}]}`, "5.9.3", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text, lines, err := completeTsconfig(c.in, c.version)
			if err != nil {
				t.Fatal(err)
			}
			var set []string
			for _, l := range lines {
				set = append(set, strings.Fields(l)[0])
			}
			if got := strings.Join(set, " "); got != c.set {
				t.Errorf("set %s, want %s", got, c.set)
			}
			if _, ok := transform.LooseJSON(text); !ok || c.set == "" && text != c.in {
				t.Error(text)
			}
			if again, lines, err := completeTsconfig(text, c.version); err != nil || len(lines) > 0 || again != text {
				t.Error("not complete yet:", lines, err)
			}
		})
	}
	const mine = "{\n  // why\n  \"compilerOptions\": {\n    \"strict\": true, // on\n    \"paths\": { \"@/*\": [\"./*\"] } // alias\n  }\n}\n"
	text, _, err := completeTsconfig(mine, "")
	if err != nil || !strings.Contains(text, "  // why\n") || !strings.Contains(text, "\"strict\": true, // on\n    \"paths\": { \"@/*\": [\"./*\"] }, // alias\n    \"target\": \"ES2017\",\n") {
		t.Error(text, err)
	}
	for _, bad := range []string{"{", "[]", `{"compilerOptions": 1}`, "nonsense", "\xff"} {
		if text, _, err := completeTsconfig(bad, ""); err == nil {
			t.Errorf("%q became %q", bad, text)
		}
	}
	p := tsProject(t, "{ broken")
	if _, err := p.PrepareTypeScript(); err == nil || read(t, p.Dir, "tsconfig.json") != "{ broken" {
		t.Error("a broken tsconfig.json:", err)
	}
}
