// Package ssrtest runs the server runtime in the engine: fixture pages are
// compiled to CommonJS, Jobs are sent as the server sends them, and the answers
// are held against testdata/answers.txt. The expected markup was compared with
// what Next.js renders for the same pages when it was recorded.
//
// ONWARD_UPDATE=1 go test ./internal/ssrtest writes the file anew.
package ssrtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/v8"
)

const runtimeFolder = "../../../runtime"

// runtime is the script every worker runs first, bundled once for all tests:
// the platform, the server runtime and React in one.
var runtime = sync.OnceValues(func() ([]byte, error) { return bundleRuntime("production") })

func bundleRuntime(mode string) ([]byte, error) {
	dir, err := filepath.Abs(runtimeFolder)
	if err != nil {
		return nil, err
	}
	entry := `import "./dist/platform.js"; import "./server/entry";`
	return bundle(api.BuildOptions{
		Stdin:      &api.StdinOptions{Contents: entry, ResolveDir: dir, Sourcefile: "runtime.ts", Loader: api.LoaderTS},
		Format:     api.FormatIIFE,
		Platform:   api.PlatformNeutral,
		Conditions: []string{"node", "import", "module"},
		MainFields: []string{"module", "main"},
		Plugins:    []api.Plugin{onePlatform},
		External:   []string{"styled-jsx"}, // the compiler links the app's; no page here asks for it
		Define:     map[string]string{"process.env.NODE_ENV": `"` + mode + `"`},
	})
}

// platform is the platform with its npm parts, as `make runtime` bundles it.
const platform = "./dist/platform.js"

// onePlatform leads everything to that one copy: the server runtime, which names
// its source, and React, which asks for node: modules.
var onePlatform = api.Plugin{Name: "platform", Setup: func(b api.PluginBuild) {
	b.OnResolve(api.OnResolveOptions{Filter: `^\.\./platform/index$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
		p, err := filepath.Abs(filepath.Join(runtimeFolder, platform))
		return api.OnResolveResult{Path: p}, err
	})
	b.OnResolve(api.OnResolveOptions{Filter: `^(async_hooks|crypto|stream|util)$`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: a.Path, Namespace: "builtin"}, nil
	})
	b.OnLoad(api.OnLoadOptions{Filter: ".", Namespace: "builtin"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		dir, err := filepath.Abs(runtimeFolder)
		text := fmt.Sprintf(`module.exports = require(%q).require(%q);`, platform, a.Path)
		return api.OnLoadResult{Contents: &text, ResolveDir: dir, Loader: api.LoaderJS}, err
	})
}}

func bundle(o api.BuildOptions) ([]byte, error) {
	o.Bundle = true
	o.Target = api.ES2023
	o.JSX = api.JSXAutomatic
	o.LogLevel = api.LogLevelSilent
	if o.Define == nil {
		o.Define = map[string]string{"process.env.NODE_ENV": `"production"`}
	}
	r := api.Build(o)
	if len(r.Errors) > 0 {
		m := r.Errors[0]
		if m.Location != nil {
			return nil, fmt.Errorf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text)
		}
		return nil, fmt.Errorf("%s", m.Text)
	}
	return r.OutputFiles[0].Contents, nil
}

// pages compiles every file below testdata/dir/pages: route → module source.
func pages(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	root := filepath.Join("testdata", dir, "pages")
	modules := map[string][]byte{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		route := "/" + strings.TrimSuffix(filepath.ToSlash(rel), filepath.Ext(rel))
		if route == "/index" {
			route = "/"
		}
		code, err := bundle(api.BuildOptions{
			EntryPoints: []string{p},
			Format:      api.FormatCommonJS,
			Loader:      map[string]api.Loader{".js": api.LoaderJSX},
			External:    []string{"react", "react/*", "react-dom", "react-dom/*", "next/*", "async_hooks", "stream"},
		})
		modules[route] = code
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return modules
}

// app is an engine with one fixture app in it.
type app struct {
	engine.Engine
	t   testing.TB
	mu  sync.Mutex
	log []string
}

// snapshot is the runtime as a start-up snapshot, made once for all tests.
var snapshot = sync.OnceValues(func() ([]byte, error) {
	script, err := runtime()
	if err != nil {
		return nil, err
	}
	return v8.BuildSnapshot(script, "runtime.js")
})

// start runs the fixture app of testdata/dir from a snapshot, as a built app
// does. boot overrides members of Boot.
func start(t testing.TB, dir string, table *host.Table, boot map[string]any) *app {
	t.Helper()
	shot, err := snapshot()
	if err != nil && v8.Available {
		t.Fatal(err)
	}
	return startFrom(t, shot, dir, table, boot)
}

// startFrom is start with a given snapshot; nil runs the script itself.
func startFrom(t testing.TB, shot []byte, dir string, table *host.Table, boot map[string]any) *app {
	t.Helper()
	if !v8.Available {
		t.Fatal("built without V8: these tests need cgo")
	}
	script, err := runtime()
	if err != nil {
		t.Fatalf("%v\n(the npm packages of the runtime have to be installed: make runtime)", err)
	}
	modules := pages(t, dir)
	bootPages := map[string]any{}
	for _, route := range []string{"/_app", "/_document", "/_error"} {
		bootPages[route] = map[string]any{"file": "", "scripts": []string{}, "preload": []string{}, "styles": []string{}}
	}
	files := map[string][]byte{}
	for route, code := range modules {
		file := "/app/.next/server/pages" + strings.TrimSuffix(route, "/") + "/page.js"
		files[file] = code
		scripts := []string{}
		if !strings.HasPrefix(route, "/api/") {
			scripts = append(scripts, "static/chunks/pages"+strings.TrimSuffix(strings.Replace(route+"/", "//", "/index/", 1), "/")+".js")
		}
		bootPages[route] = map[string]any{"file": file, "scripts": scripts, "preload": []string{}, "styles": []string{}}
	}
	document := map[string]any{
		"buildId": "build", "dir": "/app", "distDir": "/app/.next", "dev": false,
		"assetPrefix": "", "basePath": "", "trailingSlash": false, "reactStrictMode": false,
		"images":      map[string]any{"deviceSizes": []int{640}, "imageSizes": []int{16}, "path": "/_next/image", "loader": "default", "qualities": []int{75}},
		"pages":       bootPages,
		"mainScripts": []string{"static/chunks/main.js"}, "manifestScripts": []string{}, "polyfills": []string{},
		"largePageDataBytes": 128_000,
	}
	maps.Copy(document, boot)
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if table == nil {
		table = host.Default(host.Options{})
	}
	a := &app{t: t}
	a.Engine, err = v8.New(engine.Options{
		Runtime:  script,
		Snapshot: shot,
		Boot:     text,
		Workers:  1,
		Load: func(path string) (*engine.Module, error) {
			if code, ok := files[path]; ok {
				return &engine.Module{Source: code}, nil
			}
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		},
		Console: func(level, text string) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.log = append(a.log, level+" "+strings.SplitN(text, "\n", 2)[0])
		},
	}, table)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// takeLog empties the console's log.
func (a *app) takeLog() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	log := a.log
	a.log = nil
	return log
}

func (a *app) do(name string, input string, body []byte) (*engine.Reply, error) {
	return a.Do(context.Background(), &engine.Job{Name: name, Input: []byte(input), Body: body})
}

// fill completes a Job's input with what every Job of its kind has.
func fill(t testing.TB, name, input string) string {
	t.Helper()
	var in map[string]any
	if err := json.Unmarshal([]byte(input), &in); err != nil {
		t.Fatalf("%s: %v", input, err)
	}
	set := func(key string, value any) {
		if _, ok := in[key]; !ok {
			in[key] = value
		}
	}
	if url, ok := in["url"].(string); ok {
		delete(in, "url")
		headers, _ := in["headers"].([]any)
		delete(in, "headers")
		method, _ := in["method"].(string)
		delete(in, "method")
		if method == "" {
			method = "GET"
		}
		if headers == nil {
			headers = []any{}
		}
		in["req"] = map[string]any{"method": method, "url": url, "headers": headers, "remoteAddress": "127.0.0.1", "httpVersion": "1.1"}
		set("asPath", url)
		path, _, _ := strings.Cut(url, "?")
		set("path", path)
		set("resolvedUrl", url)
	}
	set("query", map[string]any{})
	switch name {
	case "page":
		set("form", "html")
		set("mode", "request")
		set("path", in["route"])
		set("asPath", in["path"])
	case "api":
		set("previewKeys", map[string]any{"id": strings.Repeat("1", 32), "signing": strings.Repeat("2", 64), "encryption": strings.Repeat("3", 64)})
	}
	out, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestAnswers runs the Jobs of testdata/*/jobs.txt. A line is: title, Job and input,
// and perhaps a body, with " | " between.
func TestAnswers(t *testing.T) {
	folders, err := filepath.Glob("testdata/*/jobs.txt")
	if err != nil || len(folders) == 0 {
		t.Fatal("no jobs: ", err)
	}
	for _, jobs := range folders {
		dir := filepath.Dir(jobs)
		t.Run(filepath.Base(dir), func(t *testing.T) { answers(t, dir) })
	}
}

func answers(t *testing.T, dir string) {
	list, err := os.ReadFile(filepath.Join(dir, "jobs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "answers.txt")
	recorded, err := os.ReadFile(file)
	if err != nil && os.Getenv("ONWARD_UPDATE") == "" {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, part := range strings.Split(string(recorded), "\n=== ")[min(1, len(recorded)):] {
		title, rest, _ := strings.Cut(part, "\n")
		want[title] = strings.TrimSuffix(rest, "\n")
	}
	a := start(t, filepath.Base(dir), nil, nil)
	var out strings.Builder
	for line := range strings.Lines(string(list)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) < 3 {
			t.Fatalf("bad line: %s", line)
		}
		title, name := parts[0], parts[1]
		var body []byte
		if len(parts) > 3 {
			body = []byte(parts[3])
		}
		t.Run(title, func(t *testing.T) {
			got := a.answer(t, name, fill(t, name, parts[2]), body)
			fmt.Fprintf(&out, "\n=== %s\n%s\n", title, got)
			if os.Getenv("ONWARD_UPDATE") == "" && got != want[title] {
				t.Errorf("answer differs\n got: %s\nwant: %s", got, want[title])
			}
		})
	}
	if os.Getenv("ONWARD_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var previewData = regexp.MustCompile(`__next_preview_data=[\w.-]+;`)

// answer runs a Job and writes down everything it said.
func (a *app) answer(t testing.TB, name, input string, body []byte) string {
	t.Helper()
	a.takeLog()
	reply, err := a.do(name, input, body)
	if err != nil {
		var lines []string
		if e, ok := err.(*engine.Error); ok {
			lines = append(lines, fmt.Sprintf("error %s: %s", e.Name, e.Message))
		} else {
			lines = append(lines, "error "+err.Error())
		}
		return strings.Join(append(lines, a.takeLog()...), "\n")
	}
	// Sealed with a fresh nonce each time; TestPreviewData opens it.
	text := previewData.ReplaceAllString(string(reply.Meta), "__next_preview_data=(sealed);")
	if reply.Stream != nil {
		text += "\n(stream)"
		var b strings.Builder
		buffer := make([]byte, 4096)
		for {
			n, err := reply.Stream.Read(buffer)
			b.Write(buffer[:n])
			if err != nil {
				break
			}
		}
		reply.Stream.Close()
		text += b.String()
	} else if len(reply.Body) > 0 {
		text += "\n" + string(reply.Body)
	}
	log := a.takeLog()
	slices.Sort(log)
	for _, l := range log {
		text += "\nconsole " + l
	}
	return text
}
