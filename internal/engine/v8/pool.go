//go:build cgo && !onward_nov8

package v8

// #include <stdlib.h>
// #include "binding.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/pool"
)

// Available reports whether this program was built with V8.
const Available = true

// runtimeName is the runtime script's name in stack traces.
const runtimeName = "onward:runtime"

// Pool is an engine whose workers are V8 isolates of this process.
type Pool struct {
	*pool.Pool
	snapshot blob
	// recycleAfter is the constant, but in tests.
	recycleAfter time.Duration
	watch        watch
}

var _ engine.Engine = (*Pool)(nil)

// blob is a snapshot in C memory.
type blob struct {
	data *C.uint8_t
	len  C.size_t
}

// New makes an engine over V8. Nothing is started before the first Job or Warm.
// A Snapshot that was not made by this program from this Runtime is set aside
// with a warning, and Runtime runs instead.
func New(opts engine.Options, table *host.Table) (engine.Engine, error) {
	if len(opts.Runtime) == 0 && len(opts.Snapshot) == 0 {
		return nil, errors.New("v8: neither a runtime script nor a snapshot was given")
	}
	p := &Pool{recycleAfter: recycleAfter}
	p.watch.pool = p
	p.Pool = pool.New(opts, table, func(w *pool.Worker) pool.Machine { return newWorker(p, w) }, p.watch.arm)
	if len(opts.Snapshot) > 0 {
		raw, err := openSnapshot(opts.Snapshot, opts.Runtime)
		switch {
		case err == nil:
			p.snapshot = blob(buffer(raw))
			p.Opts.Runtime = nil // the snapshot has it
		case len(opts.Runtime) == 0:
			return nil, err
		default:
			p.Console(3, fmt.Sprintf("%v; the runtime script runs instead, which starts slower", err))
		}
		p.Opts.Snapshot = nil
	}
	start()
	return p, nil
}

// Close implements engine.Engine.
func (p *Pool) Close() error {
	if p.Shut() && p.snapshot.data != nil {
		C.free(unsafe.Pointer(p.snapshot.data))
		p.snapshot = blob{}
	}
	return nil
}

// CodeCache returns the code cache of a module that a worker has run, to be
// stored beside it and handed back in engine.Module.Cache. It is nil when no
// worker has compiled the module.
func (p *Pool) CodeCache(ctx context.Context, path string) ([]byte, error) {
	for _, w := range p.Workers() {
		cache, err := w.Machine().(*worker).codeCache(ctx, path)
		if cache != nil || err != nil {
			return cache, err
		}
	}
	return nil, nil
}
