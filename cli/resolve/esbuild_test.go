package resolve

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// The targets of cli/compile.
var targets = map[string]struct {
	options Options
	build   api.BuildOptions
}{
	"browser": {
		Options{Extensions: extensions, Browser: true},
		api.BuildOptions{Platform: api.PlatformBrowser},
	},
	"server": {
		Options{Extensions: extensions, Conditions: []string{"node"}, MainFields: []string{"main", "module"}},
		api.BuildOptions{Platform: api.PlatformNeutral, Conditions: []string{"node"}, MainFields: []string{"main", "module"}},
	},
}

var extensions = []string{".js", ".mjs", ".tsx", ".ts", ".jsx", ".json", ".wasm", ".css"}

// answer is a result as text that two resolvers can be compared by.
func answer(r Result, err error) string {
	if err != nil {
		return "none"
	}
	text := r.Path
	if r.External {
		return "external " + text
	}
	if r.Disabled {
		text = "disabled " + text
	}
	return fmt.Sprintf("%s%s effects=%t", text, r.Suffix, r.SideEffects)
}

type question struct {
	From, Specifier string
	Kind            Kind
}

var kinds = map[Kind]api.ResolveKind{
	Import: api.ResolveJSImportStatement, Require: api.ResolveJSRequireCall, DynamicImport: api.ResolveJSDynamicImport,
	CSSImport: api.ResolveCSSImportRule, CSSURL: api.ResolveCSSURLToken,
}

// askEsbuild answers questions with esbuild's own resolver.
func askEsbuild(t testing.TB, dir string, build api.BuildOptions, list []question) []string {
	t.Helper()
	answers := make([]string, len(list))
	build.AbsWorkingDir = dir
	build.EntryPoints = []string{"entry"}
	build.Bundle = true
	build.LogLevel = api.LogLevelSilent
	build.ResolveExtensions = extensions
	build.Plugins = []api.Plugin{{Name: "ask", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: "^entry$"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if args.Kind != api.ResolveEntryPoint {
				return api.OnResolveResult{}, nil
			}
			for i, q := range list {
				r := pb.Resolve(q.Specifier, api.ResolveOptions{ResolveDir: q.From, Kind: kinds[q.Kind], Importer: filepath.Join(q.From, "x.js")})
				switch {
				case len(r.Errors) > 0:
					answers[i] = "none"
				case r.External:
					answers[i] = "external " + r.Path
				default:
					answers[i] = fmt.Sprintf("%s%s effects=%t", r.Path, r.Suffix, r.SideEffects)
				}
			}
			return api.OnResolveResult{Path: "entry", Namespace: "done"}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: ".", Namespace: "done"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			text := ""
			return api.OnLoadResult{Contents: &text}, nil
		})
	}}}
	api.Build(build)
	return answers
}

// installed lists questions about every package in a folder node_modules.
func installed(t testing.TB, modules string) []question {
	t.Helper()
	dir := filepath.Dir(modules)
	var list []question
	ask := func(from, specifier string) {
		for _, kind := range []Kind{Import, Require} {
			list = append(list, question{from, specifier, kind})
		}
	}
	manifests, _ := filepath.Glob(filepath.Join(modules, "*", "package.json"))
	scoped, _ := filepath.Glob(filepath.Join(modules, "@*", "*", "package.json"))
	for _, file := range append(manifests, scoped...) {
		at := filepath.Dir(file)
		name, _ := filepath.Rel(modules, at)
		name = filepath.ToSlash(name)
		ask(dir, name)
		var m struct {
			Exports      map[string]any
			Dependencies map[string]string
		}
		data, _ := os.ReadFile(file)
		_ = json.Unmarshal(data, &m) // exports may be a string: no subpaths then
		for sub := range m.Exports {
			ask(dir, name+strings.TrimPrefix(strings.ReplaceAll(sub, "*", "index"), "."))
			ask(dir, name+strings.TrimPrefix(strings.ReplaceAll(sub, "*", "index.js"), "."))
		}
		for dep := range m.Dependencies {
			ask(at, dep)
		}
		ask(at, name)
		files, _ := os.ReadDir(at)
		for _, f := range files {
			if stem := strings.TrimSuffix(f.Name(), filepath.Ext(f.Name())); stem != "" {
				ask(at, "./"+stem)
				ask(dir, name+"/"+f.Name())
			}
		}
	}
	return list
}

// TestInstalledPackages compares with esbuild over the packages of the runtime, or
// those in the folder that ONWARD_RESOLVE_MODULES names.
func TestInstalledPackages(t *testing.T) {
	modules := os.Getenv("ONWARD_RESOLVE_MODULES")
	if modules == "" {
		modules = filepath.Join("..", "..", "runtime", "node_modules")
	}
	modules, err := filepath.Abs(modules)
	if err != nil {
		t.Fatal(err)
	}
	list := installed(t, modules)
	if len(list) == 0 {
		t.Fatalf("no packages in %s: run make", modules)
	}
	for name, target := range targets {
		t.Run(name, func(t *testing.T) {
			target.options.Dir = filepath.Dir(modules)
			r := New(target.options)
			bad := 0
			for i, want := range askEsbuild(t, filepath.Dir(modules), target.build, list) {
				q := list[i]
				got, err := r.Resolve(q.Specifier, q.From, q.Kind)
				if text := strings.TrimPrefix(answer(got, err), "disabled "); text != want {
					if bad++; bad < 20 {
						t.Errorf("%s from %s (%d)\n got %s\nwant %s", q.Specifier, q.From, q.Kind, text, want)
					}
				}
			}
			t.Logf("%d imports, %d differ", len(list), bad)
		})
	}
}
