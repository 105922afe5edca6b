package build

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

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
