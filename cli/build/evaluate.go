package build

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/node"
	"github.com/onwardjs/onward/internal/engine/v8"
)

// evaluator runs a next.config file and returns the configuration it describes.
type evaluator struct {
	ctx     context.Context
	dir     string
	env     map[string]string
	runtime fs.FS
	console func(level, text string)
	// exportArguments, when set, make the answer that of exportPathMap called with
	// them, a JSON array.
	exportArguments json.RawMessage
}

// evaluate bundles the file with what it imports and runs it in the engine. A
// file that needs more of Node.js than the engine has is run by Node.js, when
// that is installed: config files often load build plugins.
func (e *evaluator) evaluate(file, phase string) ([]byte, error) {
	defaults, err := json.Marshal(config.Default())
	if err != nil {
		return nil, err
	}
	if e.env["TURBOPACK"] == "" {
		// Plugins give loaders as turbopack.rules where this is set.
		e.env = maps.Clone(e.env)
		e.env["TURBOPACK"] = "auto"
	}
	code, err := e.bundle(file)
	if err != nil {
		return nil, err
	}
	if !v8.Available {
		program, err := node.Find(e.ctx)
		if err != nil {
			return nil, err
		}
		return e.inNode(program.Path, file, code, phase, defaults)
	}
	answer, err := e.inEngine(file, code, phase, defaults)
	if err == nil && bytes.Contains(answer, []byte(`"webpack":{"$function":true}`)) {
		// The hook may name loaders, which lie in packages that Node.js finds.
		if path, lookErr := exec.LookPath("node"); lookErr == nil {
			return e.inNode(path, file, code, phase, defaults)
		}
	}
	var failed *engine.Error
	if errors.As(err, &failed) {
		if strings.Contains(failed.Message, "Cannot find module") || strings.Contains(failed.Message, "not supported") {
			if path, lookErr := exec.LookPath("node"); lookErr == nil {
				return e.inNode(path, file, code, phase, defaults)
			}
		}
		return nil, configFailed(e.dir, file, failed.Name, failed.Message, failed.Stack)
	}
	return answer, err
}

// exportContext is what exportPathMap is told beside the usual map.
type exportContext struct {
	Dev     bool    `json:"dev"`
	Dir     string  `json:"dir"`
	OutDir  *string `json:"outDir"` // null in development
	DistDir string  `json:"distDir"`
	BuildID string  `json:"buildId"`
}

// exportPathMap calls that function of the config file with the usual map.
func (e *evaluator) exportPathMap(usual any, context exportContext, phase string) ([]byte, error) {
	arguments, err := json.Marshal([]any{usual, context})
	if err != nil {
		return nil, err
	}
	file, err := config.Find(e.dir)
	if err != nil {
		return nil, err
	}
	again := *e
	again.exportArguments = arguments
	return again.evaluate(file, phase)
}

func configFailed(dir, file, name, message, stack string) error {
	rel, err := filepath.Rel(dir, file)
	if err != nil {
		rel = file
	}
	m := diag.Errorf("config", "%s failed: %s", filepath.Base(file), strings.TrimPrefix(name+": "+message, ": ")).
		WithHint("the file is run once at the start of each build; make it return a configuration object")
	m.File = filepath.ToSlash(rel)
	for line := range strings.Lines(stack) {
		if strings.Contains(line, filepath.Base(file)) {
			m.Detail += strings.TrimSpace(line) + "\n"
		}
	}
	return m
}

func (e *evaluator) bundle(file string) ([]byte, error) {
	options := api.BuildOptions{
		AbsWorkingDir:  e.dir,
		EntryPoints:    []string{file},
		Bundle:         true,
		Format:         api.FormatCommonJS,
		Platform:       api.PlatformNode,
		Target:         api.ES2023,
		Outfile:        file,
		AllowOverwrite: true,
		Sourcemap:      api.SourceMapNone,
		LogLevel:       api.LogLevelSilent,
		External:       []string{"next/constants", "*.node", "webpack", "typescript"},
		Define: map[string]string{
			"import.meta.url":      `__onward_config_url`,
			"import.meta.dirname":  `__dirname`,
			"import.meta.filename": `__filename`,
		},
		Banner:    map[string]string{"js": `const __onward_config_url = require("node:url").pathToFileURL(__filename).href;`},
		Supported: map[string]bool{"top-level-await": true},
	}
	result := api.Build(options)
	if slices.ContainsFunc(result.Errors, func(m api.Message) bool { return strings.HasPrefix(m.Text, "Top-level await") }) {
		options.Format = api.FormatESModule
		if result = api.Build(options); len(result.Errors) == 0 {
			if code, ok := transform.AsyncCommonJS(string(result.OutputFiles[0].Contents)); ok {
				return []byte(code), nil
			}
		}
	}
	if len(result.Errors) > 0 {
		return nil, compile.Messages(e.dir, result.Errors)
	}
	return result.OutputFiles[0].Contents, nil
}

type configInput struct {
	File     string          `json:"file"`
	Phase    string          `json:"phase"`
	Defaults json.RawMessage `json:"defaults"`
	// ExportArguments: see evaluator.
	ExportArguments json.RawMessage `json:"exportArguments,omitempty"`
}

func (e *evaluator) inEngine(file string, code []byte, phase string, defaults []byte) ([]byte, error) {
	script, err := fs.ReadFile(e.runtime, "dist/evaluate.js")
	if err != nil {
		return nil, incompleteBinary(err)
	}
	pool, err := v8.New(engine.Options{
		Runtime: script,
		Boot:    []byte("{}"),
		Load: func(path string) (*engine.Module, error) {
			if path == file {
				return &engine.Module{Source: code}, nil
			}
			return nil, fs.ErrNotExist
		},
		Workers:    1,
		JobTimeout: time.Minute,
		Env:        e.env,
		Dir:        e.dir,
		Console:    e.console,
	}, host.Default(host.Options{}))
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	input, err := json.Marshal(configInput{file, phase, defaults, e.exportArguments})
	if err != nil {
		return nil, err
	}
	reply, err := pool.Do(e.ctx, &engine.Job{Name: "config", Input: input})
	if err != nil {
		return nil, err
	}
	return reply.Meta, nil
}

//go:embed webpackhook.js
var webpackHook string

// nodeDriver does in Node.js what runtime/build/evaluate.ts does in the engine.
const nodeDriver = `
const { file, phase, defaults, exportArguments } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const seen = new Set();
function portable(v) {
  if (typeof v === "function") return { $function: true };
  if (typeof v === "bigint") return String(v);
  if (v === null || typeof v !== "object") return v;
  if (v instanceof RegExp) return { $regexp: (v.flags.includes("i") ? "(?i)" : "") + v.source };
  if (v instanceof URL) return { $url: v.href };
  if (seen.has(v)) return undefined;
  seen.add(v);
  const out = Array.isArray(v) ? v.map((x) => portable(x) ?? null) : Object.fromEntries(Object.entries(v).map(([k, x]) => [k, portable(x)]));
  seen.delete(v);
  return out;
}
(async () => {
  let c = await import(require("url").pathToFileURL(file));
  for (let i = 0; i < 3 && c && typeof c === "object" && "default" in c; i++) c = await c.default;
  if (typeof c === "function") c = await c(phase, { defaultConfig: defaults });
  c = exportArguments ? await c.exportPathMap(...exportArguments) : { ...c };
  if (!exportArguments) takeFromWebpack(c, process.cwd());
  if (!exportArguments) for (const k of ["redirects", "rewrites", "headers", "generateBuildId"]) if (typeof c[k] === "function") c[k] = await c[k]();
  require("fs").writeSync(3, JSON.stringify(portable(c)));
})().catch((e) => { console.error(e); process.exit(1); });
`

func (e *evaluator) inNode(node, file string, code []byte, phase string, defaults []byte) ([]byte, error) {
	if ext := filepath.Ext(file); ext == ".ts" || ext == ".mts" {
		plain, err := e.plainConfig(file)
		if err != nil {
			return nil, err
		}
		defer os.Remove(plain)
		file = plain
	}
	input, err := json.Marshal(configInput{file, phase, defaults, e.exportArguments})
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.CommandContext(e.ctx, node, "-e", webpackHook+nodeDriver)
	cmd.Dir = e.dir
	cmd.Stdin = bytes.NewReader(input)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	cmd.ExtraFiles = []*os.File{write}
	for k, v := range e.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	if err := cmd.Start(); err != nil {
		write.Close()
		return nil, err
	}
	write.Close()
	var answer bytes.Buffer
	_, copyErr := answer.ReadFrom(read)
	if err := cmd.Wait(); err != nil {
		return nil, configFailed(e.dir, file, "", strings.TrimSpace(complaints.String()), "")
	}
	return answer.Bytes(), copyErr
}

// plainConfig writes a TypeScript config beside itself as JavaScript that Node.js
// runs, packages left to Node.js.
func (e *evaluator) plainConfig(file string) (string, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: e.dir,
		EntryPoints:   []string{file},
		Bundle:        true,
		Packages:      api.PackagesExternal,
		Format:        api.FormatESModule,
		Platform:      api.PlatformNode,
		Target:        api.ES2022,
		LogLevel:      api.LogLevelSilent,
		Banner: map[string]string{"js": `import { createRequire as __onwardRequire } from "node:module";` +
			`const require = __onwardRequire(import.meta.url), __filename = require("node:url").fileURLToPath(import.meta.url), __dirname = require("node:path").dirname(__filename);`},
	})
	if len(result.Errors) > 0 {
		return "", compile.Messages(e.dir, result.Errors)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".next.config-*.mjs")
	if err != nil {
		return "", err
	}
	_, err = f.Write(result.OutputFiles[0].Contents)
	if err := cmp.Or(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

func incompleteBinary(err error) error {
	return diag.Errorf("incomplete", "this onward was built without its JavaScript runtime (%v)", err).
		WithHint("build it with `make build`, which bundles the runtime first")
}
