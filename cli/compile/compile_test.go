package compile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
	"golang.org/x/tools/txtar"
)

// TestFixtures compiles every testdata/*.txtar. The files of an archive are an
// app. Two of them are not: `want` is the expected outcome, and `check` lists
// what outputs must hold:
//
//	has <glob> <text>     every output that matches has the text
//	lacks <glob> <text>   no output that matches has it
//	env NAME=value        an environment variable of the build
//	engine <name>         the engine that is asked for
//	config env NAME=value an entry of config.env
//	config {...}          other fields of config.Config, as JSON
//
// ONWARD_UPDATE=1 rewrites `want`.
func TestFixtures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f := newFixture(t, archive)
			got := f.run(t)
			if os.Getenv("ONWARD_UPDATE") != "" {
				f.update(t, file, archive, got)
				return
			}
			if got != f.want {
				t.Errorf("outcome differs; got:\n%s\nwant:\n%s", got, f.want)
			}
		})
	}
}

// fixture is one app on disk.
type fixture struct {
	dir    string
	want   string
	checks []string
	opt    Options
	result *Result
}

func newFixture(t testing.TB, archive *txtar.Archive) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir()}
	f.opt = Options{
		Dir:     f.dir,
		Config:  &config.Config{},
		Env:     map[string]string{},
		OutDir:  filepath.Join(f.dir, ".next.new"),
		BuildID: "test",
		Runtime: standInRuntime,
	}
	writeFiles(t, f.dir, standInPackages)
	for _, file := range archive.Files {
		switch file.Name {
		case "want":
			f.want = string(file.Data)
		case "check":
			for line := range strings.Lines(string(file.Data)) {
				if line = strings.TrimSpace(line); line != "" {
					f.directive(t, line)
				}
			}
		default:
			writeFiles(t, f.dir, map[string]string{file.Name: string(file.Data)})
		}
	}
	pages, _, err := route.Scan(os.DirFS(f.dir), []string{"tsx", "ts", "jsx", "js"})
	if err != nil {
		t.Fatal(err)
	}
	f.opt.Pages = pages
	if f.opt.Middleware, _, err = route.FindMiddleware(os.DirFS(f.dir), []string{"tsx", "ts", "jsx", "js"}); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) directive(t testing.TB, line string) {
	t.Helper()
	if fields, ok := strings.CutPrefix(line, "config {"); ok {
		if err := json.Unmarshal([]byte("{"+fields), f.opt.Config); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	} else if name, ok := strings.CutPrefix(line, "engine "); ok {
		f.opt.Engine = name
	} else if kv, ok := strings.CutPrefix(line, "env "); ok {
		k, v, _ := strings.Cut(kv, "=")
		f.opt.Env[k] = v
	} else if kv, ok := strings.CutPrefix(line, "config env "); ok {
		k, v, _ := strings.Cut(kv, "=")
		f.opt.Config.Env = map[string]string{k: v}
	} else {
		f.checks = append(f.checks, line)
	}
}

func writeFiles(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// run compiles and describes the outcome: the messages, or the files that each
// page loads, without hashes.
func (f *fixture) run(t *testing.T) string {
	t.Helper()
	result, err := Run(context.Background(), f.opt)
	var out strings.Builder
	if err != nil {
		var list diag.Errors
		if !errors.As(err, &list) {
			t.Fatal(err)
		}
		for _, m := range list {
			out.WriteString(diag.Format(m, diag.Style{}))
		}
		return out.String()
	}
	f.result = result
	for _, m := range result.Warnings {
		out.WriteString(diag.Format(m, diag.Style{}))
	}
	if result.Engine != EngineV8 {
		fmt.Fprintf(&out, "engine %s: %s\n", result.Engine, result.EngineReason)
	}
	for _, s := range result.MainScripts {
		fmt.Fprintf(&out, "main %s\n", anonymous(s))
	}
	for _, r := range slices.Sorted(maps.Keys(result.Pages)) {
		p := result.Pages[r]
		fmt.Fprintf(&out, "%s %s\n", r, p.Module)
		for _, s := range p.Scripts {
			fmt.Fprintf(&out, "  script %s\n", anonymous(s))
		}
		for _, s := range p.Styles {
			fmt.Fprintf(&out, "  style %s\n", anonymous(s))
		}
		for _, s := range p.Fonts {
			fmt.Fprintf(&out, "  font %s\n", s)
		}
		for _, id := range slices.Sorted(maps.Keys(p.Dynamic)) {
			fmt.Fprintf(&out, "  dynamic %s: %d scripts, %d styles\n", id, len(p.Dynamic[id].Scripts), len(p.Dynamic[id].Styles))
		}
		if e := p.Facts.Exports; len(e) > 0 {
			fmt.Fprintf(&out, "  exports %s\n", strings.Join(e, " "))
		}
		if p.Facts.Config != nil {
			fmt.Fprintf(&out, "  config %v\n", p.Facts.Config)
		}
	}
	if m := result.Middleware; m != nil {
		fmt.Fprintf(&out, "middleware %s of %s, edge %v, regions %v\n", m.Module, m.Source, m.Edge, m.Regions)
		for _, one := range m.Matchers {
			fmt.Fprintf(&out, "  matcher %+v\n", one)
		}
	}
	f.check(t)
	return out.String()
}

var hashes = regexp.MustCompile(`[a-z2-7]{8}\.js|[0-9a-f]{16}\.css`)

func anonymous(p string) string {
	return hashes.ReplaceAllStringFunc(p, func(s string) string { return "HASH" + path.Ext(s) })
}

func (f *fixture) check(t *testing.T) {
	t.Helper()
	for _, line := range f.checks {
		verb, rest, _ := strings.Cut(line, " ")
		pattern, text, _ := strings.Cut(rest, " ")
		matched := false
		for _, file := range f.result.Files {
			if ok, err := path.Match(pattern, file.Path); err != nil {
				t.Fatal(err)
			} else if !ok {
				continue
			}
			matched = true
			data, err := os.ReadFile(filepath.Join(f.opt.OutDir, file.Path))
			if err != nil {
				t.Fatal(err)
			}
			switch has := strings.Contains(string(data), text); {
			case verb == "has" && !has:
				t.Errorf("%s lacks %s:\n%s", file.Path, text, data)
			case verb == "lacks" && has:
				t.Errorf("%s has %s:\n%s", file.Path, text, data)
			}
		}
		if !matched {
			var names []string
			for _, file := range f.result.Files {
				names = append(names, file.Path)
			}
			t.Errorf("no output matches %s; there are:\n%s", pattern, strings.Join(names, "\n"))
		}
	}
}

func (f *fixture) update(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	archive.Files = slices.DeleteFunc(archive.Files, func(x txtar.File) bool { return x.Name == "want" })
	archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// standInRuntime has the shape of the runtime folder and nothing of its weight.
var standInRuntime = func() fs.FS {
	m := fstest.MapFS{
		"browser/main.tsx":       {Data: []byte(`import { hydrateRoot } from "react-dom/client"; self.main = [hydrateRoot, process.env.__ONWARD_CLIENT_CONFIG];`)},
		"server/entry.ts":        {Data: []byte(`import { handle } from "../platform/index"; import * as React from "react"; import image from "../next/image"; handle([React, image]);`)},
		"dist/platform.js":       {Data: []byte(`export const handle = (x) => { globalThis.handled = x; };`)},
		"dist/node.js":           {Data: []byte(`export const handle = (x) => { globalThis.handled = x; };`)},
		"dist/dev.js":            {Data: []byte(`self.__onward = {};`)},
		"node/index.ts":          {Data: []byte(``)},
		"platform/builtins.json": {Data: []byte(`{"modules": {"fs": [], "path": []}}`)},
	}
	for _, name := range []string{"app", "document", "error", "link", "head", "image", "router"} {
		m["next/"+name+".tsx"] = &fstest.MapFile{Data: []byte("export default function " + name + "(props) { return props.children; }")}
	}
	m["next/dynamic.tsx"] = &fstest.MapFile{Data: []byte("export default function dynamic(loader, options) { return [loader, options]; }")}
	m["next/image.tsx"] = &fstest.MapFile{Data: []byte(`import loader from "./custom-loader"; export default (props) => loader(props);`)}
	m["next/custom-loader.ts"] = &fstest.MapFile{Data: []byte(`export default undefined;`)}
	m["next/private.ts"] = &fstest.MapFile{Data: []byte("export const RouterContext = {};")}
	m["next/url.ts"] = &fstest.MapFile{Data: []byte("export const secret = 1;")}
	return m
}()

// standInPackages are npm packages that every fixture has.
var standInPackages = map[string]string{
	"node_modules/react/package.json":       `{"name": "react", "version": "19.0.0", "main": "index.js"}`,
	"node_modules/react/index.js":           `exports.useState = (x) => [x]; exports.version = "stand-in";`,
	"node_modules/react/jsx-runtime.js":     `exports.jsx = exports.jsxs = (type, props) => ({ type, props }); exports.Fragment = "fragment";`,
	"node_modules/react/jsx-dev-runtime.js": `exports.jsxDEV = (type, props) => ({ type, props }); exports.Fragment = "fragment";`,
	"node_modules/react-dom/package.json":   `{"name": "react-dom", "version": "19.0.0", "main": "index.js"}`,
	"node_modules/react-dom/index.js":       `exports.version = "stand-in";`,
	"node_modules/react-dom/client.js":      `exports.hydrateRoot = () => {};`,
}
