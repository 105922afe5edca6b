// Package platformtest runs the Web and Node.js platform inside the engine and
// compares what it prints with what Node.js printed for the same snippets.
package platformtest

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/v8"
)

// runner evaluates a snippet: the body of an async function that gets require
// and print. The answer is a JSON list of the printed lines; a throw is a line too.
const runner = `
import { handle, require } from "./index";
const AsyncFunction = (async () => {}).constructor as new (...names: string[]) => (...args: unknown[]) => Promise<unknown>;
handle("run", async (job) => {
  const { code, arg } = JSON.parse(job.input) as { code: string; arg: unknown };
  const util = require("util") as { inspect(v: unknown): string };
  const lines: string[] = [];
  const print = (...values: unknown[]): void => void lines.push(values.map((v) => (typeof v === "string" ? v : util.inspect(v))).join(" "));
  try {
    await new AsyncFunction("require", "print", "arg", code)(require, print, arg);
  } catch (error) {
    const e = error as { name?: string; code?: string; message?: string };
    lines.push("threw " + (e && e.message !== undefined ? e.name + (e.code === undefined ? "" : " [" + e.code + "]") + ": " + e.message : String(error)));
  }
  job.reply(JSON.stringify(lines));
});
`

var bundled = sync.OnceValues(func() ([]byte, error) {
	runtimeDir, err := filepath.Abs("../../../runtime")
	if err != nil {
		return nil, err
	}
	in := func(p string) string { return filepath.Join(runtimeDir, "platform", filepath.FromSlash(p)) }
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: runtimeDir,
		Stdin:         &api.StdinOptions{Contents: runner, ResolveDir: filepath.Join(runtimeDir, "platform"), Sourcefile: "runner.ts", Loader: api.LoaderTS},
		Bundle:        true, Format: api.FormatIIFE, Target: api.ES2023, Platform: api.PlatformNeutral,
		MainFields: []string{"module", "main"}, Conditions: []string{"import", "module", "default"},
		TsconfigRaw: `{"compilerOptions":{"target":"es2023","verbatimModuleSyntax":true}}`,
		Alias: map[string]string{
			"abort-controller": in("web/abort.ts"), "buffer": in("node/buffer.ts"), "events": in("node/events.ts"),
			"qs": in("node/qs.ts"), "string_decoder": in("node/string-decoder.ts"),
		},
		LogLevel: api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		return nil, &bundleError{r.Errors[0]}
	}
	return r.OutputFiles[0].Contents, nil
})

type bundleError struct{ m api.Message }

func (e *bundleError) Error() string {
	if l := e.m.Location; l != nil {
		return l.File + ": " + e.m.Text
	}
	return e.m.Text
}

// rig is an engine with the platform, and what it logged.
type rig struct {
	engine engine.Engine
	mu     sync.Mutex
	log    []string
}

func start(t testing.TB, env map[string]string) *rig {
	t.Helper()
	if !v8.Available {
		t.Fatal("built without V8: these tests need cgo")
	}
	script, err := bundled()
	if err != nil {
		if strings.Contains(err.Error(), "node_modules") || strings.Contains(err.Error(), "Could not resolve \"web-streams-polyfill\"") {
			t.Fatalf("%v\nrun `make runtime` first: it installs the npm parts", err)
		}
		t.Fatal(err)
	}
	r := &rig{}
	r.engine, err = v8.New(engine.Options{
		Runtime: script, Workers: 1, Env: env, Dir: t.TempDir(), Boot: []byte("{}"),
		Load: func(path string) (*engine.Module, error) {
			return nil, &fs.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
		},
		Console: func(level, text string) {
			r.mu.Lock()
			r.log = append(r.log, level+" "+text)
			r.mu.Unlock()
		},
	}, host.Default(host.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.engine.Close() })
	return r
}

// run evaluates code and returns what it printed.
func (r *rig) run(t testing.TB, code string, arg any) []string {
	t.Helper()
	input, err := json.Marshal(map[string]any{"code": code, "arg": arg})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := r.engine.Do(context.Background(), &engine.Job{Name: "run", Input: input})
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(r.log, "\n"))
	}
	var lines []string
	if err := json.Unmarshal(reply.Meta, &lines); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestGlobalsAndModules(t *testing.T) {
	r := start(t, map[string]string{"A": "1"})
	t.Log(r.run(t, `
		print(process.env.A, process.version, process.cwd().length > 1);
		print(Buffer.from("héllo").toString("base64"), new URL("http://é.com/a b?x#y").href);
		print({a:1,b:[1,2,{c:new Map([[1,2]])}]}, Promise.resolve(4), new Proxy({a:1},{}));
		print(await new Response("x").text(), await new Response(new Blob(["ab"]).stream()).text());
		const {Readable} = require("stream"); const out=[]; for await (const c of Readable.from(["a","b"])) out.push(c); print(out);
		print(crypto.randomUUID().length, structuredClone(new Map([[1,{a:2}]])));
		print(require("path").join("a","..","b"), require("util").format("%s %d %j", "x", 4, {a:1}));
	`, nil))
	t.Log(r.log)
}
