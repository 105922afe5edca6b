package build

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/node"
	"github.com/onwardjs/onward/internal/engine/v8"
	"github.com/onwardjs/onward/internal/manifest"
)

// engineWanted is what the user wants, as far as this program has it.
func (b *build) engineWanted() string {
	wanted := cmp.Or(b.Engine, compile.EngineAuto)
	if wanted == compile.EngineAuto && !v8.Available {
		return compile.EngineNode
	}
	return wanted
}

// runtime says what runs the app's code, and with what snapshot.
func (b *build) runtime() (manifest.Runtime, []byte, error) {
	rt := manifest.Runtime{
		Script: b.compiled.RuntimeScript, NodeScript: b.compiled.NodeScript,
		Engine: b.compiled.Engine, Reason: b.compiled.EngineReason,
	}
	if rt.Engine == compile.EngineNode {
		return rt, nil, nil
	}
	rt.EngineID = v8.ID()
	snapshot, err := b.frozen.wait()
	if err != nil {
		// V8 cannot freeze every heap; the server then starts from the script.
		b.warn([]*diag.Message{{Severity: diag.Warning, Code: "no-snapshot",
			Text: "the JavaScript runtime could not be frozen, so workers start a few milliseconds slower", Detail: err.Error()}})
		return rt, nil, nil
	}
	rt.Snapshot = "server/runtime.snapshot"
	if err := os.WriteFile(filepath.Join(b.output.staging, rt.Snapshot), snapshot, 0o644); err != nil {
		return rt, nil, cannotWrite(err)
	}
	return rt, snapshot, nil
}

// newEngine makes the engine that the build runs the app's code in: the one it
// will be served with.
func (b *build) newEngine(ctx context.Context, o engine.Options) (engine.Engine, error) {
	if b.compiled.Engine == compile.EngineNode {
		program, err := node.Find(ctx)
		if err != nil {
			if reason := b.compiled.EngineReason; reason != "" {
				b.warn([]*diag.Message{{Severity: diag.Warning, Code: "node-engine", Text: "the app needs the Node engine: " + reason}})
			}
			return nil, err
		}
		o.Snapshot = nil
		o.Script = filepath.Join(b.output.staging, filepath.FromSlash(b.compiled.NodeScript))
		return node.New(o, nil, program)
	}
	o.Runtime = b.frozen.script
	return v8.New(o, host.Default(host.Options{}))
}

// DevelopmentEngine says what StartDevelopment starts. Project, Boot, Load and the
// script of the engine are required.
type DevelopmentEngine struct {
	Project *Project
	// Name is compile.EngineV8 or compile.EngineNode.
	Name string
	// Runtime is the script for it, Snapshot the kept snapshot of that for V8, if any,
	// and CacheDir where that is from.
	Runtime, Snapshot []byte
	CacheDir          string
	// Boot is the boot document, complete.
	Boot []byte
	// Load gives the compiled modules, and LiveFile.
	Load func(path string) (*engine.Module, error)
	// Console receives what the app logs.
	Console func(level, text string)
	// Operations are those of the server.
	Operations map[string]host.AsyncFunc
	// Port is process.env.PORT; 0: not set.
	Port int
	// Debug lets debuggers attach; nil: they cannot.
	Debug *engine.Debug
}

const (
	// developmentRelief is how many endless loops leave other requests a worker.
	developmentRelief = 2
	// developmentTurn and developmentJob are longer than in production: who waits can
	// see why.
	developmentTurn = 30 * time.Second
	developmentJob  = 10 * time.Minute
	developmentHeap = 2 << 30
)

// StartDevelopment starts the engine of a development server. It has one worker, so
// that what modules keep in memory is the same for every request, as in one process of
// Node.js.
func StartDevelopment(ctx context.Context, d DevelopmentEngine) (engine.Engine, error) {
	env := maps.Clone(d.Project.Env.Vars)
	if d.Port > 0 {
		env["PORT"] = strconv.Itoa(d.Port)
	}
	o := engine.Options{
		Runtime: d.Runtime, Snapshot: d.Snapshot, Boot: d.Boot, Load: d.Load,
		Workers: 1, Relief: developmentRelief, HeapLimit: developmentHeap, BufferLimit: developmentHeap,
		TurnLimit: developmentTurn, JobTimeout: developmentJob,
		Env: env, Dir: d.Project.Dir, Console: d.Console, Debug: d.Debug,
	}
	if d.Name == compile.EngineNode {
		program, err := node.Find(ctx)
		if err != nil {
			return nil, err
		}
		o.Snapshot = nil
		return node.New(o, &host.Table{Async: d.Operations}, program)
	}
	table := host.Default(host.Options{})
	maps.Copy(table.Async, d.Operations)
	e, err := v8.New(o, table)
	if err != nil || d.Snapshot == nil {
		return e, err
	}
	survived := trySnapshot(d.CacheDir, d.Runtime)
	go func() {
		_ = e.Warm(ctx, 1) // what is wrong, requests will say
		survived()
	}()
	return e, nil
}
