package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/pool"
)

// Pool is an engine whose workers are Node.js processes.
type Pool struct {
	*pool.Pool
	program Program
	// script is the file that a process runs; folder, when not empty, is a
	// folder made for it.
	script, folder string
	watch          watch
	closing        sync.Once
}

var _ engine.Engine = (*Pool)(nil)

// New makes an engine over the Node.js that program is (see Find). Nothing is
// started before the first Job or Warm. Snapshot and code caches of opts are of no
// use to it.
func New(opts engine.Options, table *host.Table, program Program) (engine.Engine, error) {
	if len(opts.Runtime) == 0 && opts.Script == "" {
		return nil, errors.New("node: no runtime script was given")
	}
	p := &Pool{program: program, script: opts.Script}
	if p.script == "" {
		if err := p.store(opts.Runtime); err != nil {
			return nil, fmt.Errorf("node: storing the runtime script: %w", err)
		}
	}
	opts.Runtime, opts.Snapshot = nil, nil
	if opts.Debug != nil {
		// A process that a debugger has stopped looks like one that hangs.
		opts.TurnLimit = debugTurn
	}
	p.Pool = pool.New(opts, table, func(w *pool.Worker) pool.Machine { return newProcess(p, w) }, p.watch.arm)
	p.watch.pool = p
	return p, nil
}

// store writes the runtime script to a folder that nobody else can write to.
func (p *Pool) store(script []byte) error {
	folder, err := os.MkdirTemp("", "onward-node-")
	if err != nil {
		return err
	}
	p.folder = folder
	p.script = filepath.Join(folder, "runtime.js")
	return os.WriteFile(p.script, append(slices.Clip(script), sourceName...), 0o600)
}

// sourceName gives the runtime the name in stack traces that it has in V8, too.
const sourceName = "\n//# sourceURL=onward:runtime\n"

// memoryLimit is how much a whole process may take before it is stopped: its heap,
// its buffers, and what Node.js and native code take for themselves.
func (p *Pool) memoryLimit() uint64 {
	const own = 192 << 20
	return uint64(p.Opts.HeapLimit + p.Opts.BufferLimit + own)
}

// Close implements engine.Engine.
func (p *Pool) Close() error {
	var err error
	p.closing.Do(func() {
		p.Shut()
		if p.folder != "" {
			err = os.RemoveAll(p.folder)
		}
	})
	return err
}

const (
	// unwind is how long a killed process may take to be gone.
	unwind = 2 * time.Second
	// debugTurn is how long a process may be silent that a debugger may have stopped.
	debugTurn = 24 * time.Hour
	// bootLimit is how long a process may take to start.
	bootLimit = 30 * time.Second
)
