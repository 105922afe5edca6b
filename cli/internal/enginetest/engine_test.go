// Package enginetest runs the engine with the JavaScript half of its loop, as
// runtime/platform writes it, bundled on the spot. The tests lie in this module
// because the one that holds the engine has no compiler.
package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/node"
	"github.com/onwardjs/onward/internal/engine/v8"
)

// underTest is the engine that the tests run on: every test runs on both.
var underTest string

func TestMain(m *testing.M) {
	code := 0
	for _, underTest = range []string{"v8", "node"} {
		fmt.Println("engine", underTest)
		code = max(code, m.Run())
	}
	os.Exit(code)
}

// loopSource is what every test script can import from.
const loopSource = `
export * from "./loop";
export * from "./als";
export * from "./timers";
export * from "./module";
`

// nodeSource comes first where Node.js is below.
const nodeSource = `import "../node/index";`

// bundle compiles a test's script together with the platform's loop.
func bundle(t testing.TB, script string) []byte {
	t.Helper()
	platform, err := filepath.Abs("../../../runtime/platform")
	if err != nil {
		t.Fatal(err)
	}
	r := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: script, ResolveDir: platform, Sourcefile: "test.ts", Loader: api.LoaderTS},
		Bundle: true, Format: api.FormatIIFE, Target: api.ESNext, Write: false, LogLevel: api.LogLevelSilent,
		Plugins: []api.Plugin{{Name: "platform", Setup: func(b api.PluginBuild) {
			b.OnResolve(api.OnResolveOptions{Filter: "^onward$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: "onward", Namespace: "platform"}, nil
			})
			if underTest == "node" {
				compile.StandIns(b)
			}
			b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "platform"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
				source := loopSource
				if underTest == "node" {
					source = nodeSource + source
				}
				return api.OnLoadResult{Contents: &source, ResolveDir: platform, Loader: api.LoaderTS}, nil
			})
		}}},
	})
	for _, m := range r.Errors {
		t.Fatalf("bundle: %s (%+v)", m.Text, m.Location)
	}
	return r.OutputFiles[0].Contents
}

// rig is an engine under test with what it logged.
type rig struct {
	engine.Engine
	t  testing.TB
	mu sync.Mutex
	// log has one "level text" per console message.
	log []string
}

func (r *rig) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.log, "\n")
}

// start makes an engine whose runtime is script. modules are served by Load.
func start(t testing.TB, script string, opts engine.Options, table *host.Table, modules map[string]string) *rig {
	t.Helper()
	r := &rig{t: t}
	if opts.Runtime == nil {
		opts.Runtime = bundle(t, script)
	}
	if opts.Workers == 0 {
		opts.Workers = 1
	}
	if opts.Load == nil {
		opts.Load = func(path string) (*engine.Module, error) {
			if source, ok := modules[path]; ok {
				return &engine.Module{Source: []byte(source)}, nil
			}
			return nil, &fs.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
		}
	}
	opts.Console = func(level, text string) {
		r.mu.Lock()
		r.log = append(r.log, level+" "+text)
		r.mu.Unlock()
	}
	e, err := newEngine(opts, table)
	if err != nil {
		t.Fatal(err)
	}
	r.Engine = e
	t.Cleanup(func() { _ = e.Close() })
	return r
}

func newEngine(opts engine.Options, table *host.Table) (engine.Engine, error) {
	if underTest == "v8" {
		return v8.New(opts, table)
	}
	program, err := node.Find(context.Background())
	if err != nil {
		return nil, err
	}
	return node.New(opts, table, program)
}

// do runs a Job and returns its meta.
func (r *rig) do(name string, input any) (string, error) {
	b, err := json.Marshal(input)
	if err != nil {
		r.t.Fatal(err)
	}
	reply, err := r.Do(context.Background(), &engine.Job{Name: name, Input: b})
	if err != nil {
		return "", err
	}
	return string(reply.Meta), nil
}

// must is do for Jobs that succeed.
func (r *rig) must(name string, input any) string {
	r.t.Helper()
	meta, err := r.do(name, input)
	if err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
	return meta
}

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }
