//go:build cgo && !onward_nov8

package v8

// #include <stdlib.h>
// #include "binding.h"
import "C"

import (
	"bytes"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/pool"
)

// turnBudget is how long one call into V8 goes on with a batch before what
// JavaScript has posted is handed out.
const turnBudget = 200 * time.Microsecond

// worker is a Machine that owns one isolate. Its goroutine turns the event loop:
// it hands the messages that others appended to the inbox to JavaScript, a batch
// at a time, and delivers what JavaScript posted.
type worker struct {
	*pool.Worker
	pool  *Pool
	token uintptr

	// Only the loop goroutine uses these.
	iso    *C.ow_isolate
	shared *C.ow_shared
	spare  []byte
	wake   *time.Timer

	// Guarded by Mu of the pool's worker.
	poked    bool       // V8 has tasks for the isolate
	collect  bool       // the heap shall be collected
	debugged bool       // a debugger wants something
	debug    *debugging // nil: debuggers cannot attach
	requests []func(*C.ow_isolate)
	handle   *C.ow_isolate // iso, for terminate; nil before and after

	turns atomic.Uint64
	shown atomic.Pointer[C.ow_shared] // shared, for the watch; nil when disposed of
}

var _ pool.Machine = (*worker)(nil)

func newWorker(p *Pool, base *pool.Worker) *worker {
	w := &worker{Worker: base, pool: p}
	w.token = newToken(w)
	return w
}

// poke wakes the loop for tasks of V8.
func (w *worker) poke() {
	w.Mu.Lock()
	w.poked = true
	w.Cond.Signal()
	w.Mu.Unlock()
}

// Run implements pool.Machine.
func (w *worker) Run() {
	if err := w.boot(); err != nil {
		w.Mu.Lock()
		w.BootErr = err
		w.Mu.Unlock()
		w.bury(engine.Crashed, nil)
		return
	}
	for {
		w.Mu.Lock()
		for len(w.Inbox) == 0 && !w.poked && !w.collect && !w.debugged && len(w.requests) == 0 && !w.Finished() {
			w.Cond.Wait()
			if len(w.Inbox) > 0 {
				// Requests that are about to hand in Jobs do so first: one call into
				// V8 is enough for all.
				w.Mu.Unlock()
				runtime.Gosched()
				w.Mu.Lock()
			}
		}
		if w.Finished() {
			kind := engine.Aborted
			if w.BootErr != nil {
				kind = engine.Crashed
			}
			w.Mu.Unlock()
			w.bury(kind, nil)
			return
		}
		batch := w.Inbox
		w.Inbox = w.spare[:0]
		poked, collect, debugged, requests := w.poked, w.collect, w.debugged, w.requests
		w.poked, w.collect, w.debugged, w.requests = false, false, false, nil
		w.Turning = len(batch) > 0 || poked || debugged
		w.Mu.Unlock()
		for _, f := range requests {
			f(w.iso)
		}
		if debugged && !w.drainDebugger() {
			return
		}
		if poked {
			C.ow_pump(w.iso)
		}
		if poked || debugged {
			// Promises that the tasks settled are followed up by a turn.
			batch = pool.AppendMessage(batch, pool.InWake, 0, 0, nil, nil, nil)
		}
		if len(batch) > 0 && !w.work(batch) {
			return
		}
		if cap(batch) <= 1<<20 {
			w.spare = batch
		} else {
			w.spare = nil
		}
		if collect {
			C.ow_collect(w.iso)
			if w.leaks() {
				w.Drain()
			}
		}
	}
}

// work turns one batch; false when the worker has ended.
func (w *worker) work(batch []byte) bool {
	pool.EachJob(batch, func(id uint32, at int) bool { w.TakeBack(id, batch[at:]); return true })
	for rest := batch; len(rest) > 0; {
		// The first message begins now; the others when the turn reaches them.
		first, _, _ := pool.NextMessage(rest)
		if first.Kind == pool.InJob && w.TakeBack(first.ID, rest) {
			first.Kind = pool.InNothing
		}
		if first.Kind == pool.InJob {
			w.Begun(1)
		}
		C.ow_turn(w.iso, (*C.uint8_t)(unsafe.Pointer(&rest[0])), C.size_t(len(rest)), C.int64_t(turnBudget))
		w.turns.Add(1)
		done := rest[:w.shared.consumed]
		rest = rest[w.shared.consumed:]
		n := pool.CountJobs(done)
		if first.Kind == pool.InJob {
			n--
		}
		w.Begun(n)
		if len(rest) == 0 {
			w.Mu.Lock()
			w.Turning = false
			w.Mu.Unlock()
		}
		if w.Stuck() && w.shared.state == C.OW_ALIVE {
			w.Unstick()
		}
		w.deliver(unsafe.Slice((*byte)(unsafe.Pointer(w.shared.out)), int(w.shared.out_len)))
		if w.shared.state != C.OW_ALIVE {
			w.failTurn(rest)
			return false
		}
		if w.shared.buffer_full != 0 || w.leaks() {
			w.Drain()
		}
		if atomic.LoadInt32((*int32)(unsafe.Pointer(&w.shared.pending))) != 0 {
			w.poke()
		}
	}
	return true
}

// boot makes the isolate and waits for the runtime's Ready.
func (w *worker) boot() error {
	p := w.pool
	name := C.CString(runtimeName)
	defer C.free(unsafe.Pointer(name))
	o := (*C.ow_options)(C.calloc(1, C.sizeof_ow_options))
	defer C.free(unsafe.Pointer(o))
	o.token = C.uintptr_t(w.token)
	o.heap_limit = C.size_t(p.Opts.HeapLimit)
	o.buffer_limit = C.size_t(p.Opts.BufferLimit)
	o.name = name
	if p.snapshot.len > 0 {
		o.snapshot, o.snapshot_len = p.snapshot.data, p.snapshot.len
	} else {
		script := buffer(p.Opts.Runtime)
		defer C.free(unsafe.Pointer(script.data))
		o.script, o.script_len = script.data, script.len
	}
	var problem *C.char
	w.iso = C.ow_new(o, &problem)
	if w.iso == nil {
		defer C.free(unsafe.Pointer(problem))
		return fmt.Errorf("the runtime script failed: %s", C.GoString(problem))
	}
	w.shared = C.ow_state(w.iso)
	w.shown.Store(w.shared)
	w.Boot()
	w.Mu.Lock()
	w.handle = w.iso
	w.Mu.Unlock()
	w.startDebugging()
	return nil
}

// deliver works off what JavaScript posted. The bytes are only valid now.
func (w *worker) deliver(out []byte) {
	for {
		m, rest, ok := pool.NextMessage(out)
		if !ok {
			return
		}
		out = rest
		switch {
		case m.Kind == pool.OutWake:
			w.setWake(m.N)
		case m.Kind == pool.OutFail && w.refusedBuffer(m.Text):
			w.FailAs(engine.OutOfMemory, m.ID, m.Text)
		default:
			w.Deliver(m.Clone())
		}
	}
}

// refusedBuffer tells that a failure is a refused ArrayBuffer: memory at its
// limit.
func (w *worker) refusedBuffer(failure []byte) bool {
	return w.shared.buffer_full != 0 && bytes.HasPrefix(failure, []byte(`{"name":"RangeError","message":"Array buffer allocation failed"`))
}

func (w *worker) setWake(ms float64) {
	if ms < 0 {
		if w.wake != nil {
			w.wake.Stop()
		}
		return
	}
	d := time.Duration(ms * float64(time.Millisecond))
	if w.wake == nil {
		w.wake = time.AfterFunc(d, func() { w.Send(pool.InWake, 0, 0, nil, nil) })
		return
	}
	w.wake.Reset(d)
}

// failTurn ends the worker after its isolate was lost in a turn. rest is what
// the turn did not reach.
func (w *worker) failTurn(rest []byte) {
	kind := engine.Timeout
	switch w.shared.state {
	case C.OW_HEAP_LIMIT, C.OW_BUFFER_LIMIT:
		kind = engine.OutOfMemory
	}
	w.Mu.Lock()
	if w.State == pool.Lost {
		kind = engine.Aborted // closed meanwhile
	}
	w.Mu.Unlock()
	culprit := uint32(w.shared.culprit)
	w.StoppedAt = C.GoString(C.ow_stopped_at(w.iso))
	w.bury(kind, func(id uint32) pool.Fate {
		switch {
		case id == culprit:
			return pool.Guilty
		case pool.Unreached(id, rest):
			return pool.Untouched
		}
		return pool.Bystander
	})
}

// bury ends the worker: settles its Jobs and frees the isolate. Only the loop
// goroutine calls it.
func (w *worker) bury(kind engine.Kind, judge func(id uint32) pool.Fate) {
	w.Settle(kind, w.pool.Reason(kind), judge)
	w.endDebugging()
	if w.wake != nil {
		w.wake.Stop()
	}
	w.Mu.Lock()
	w.handle = nil
	w.Mu.Unlock()
	w.shown.Store(nil)
	if w.iso != nil {
		C.ow_dispose(w.iso)
		w.iso = nil
	}
	w.end()
}

// abandon gives a worker up whose thread may never come back. Its isolate and
// what belongs to it are leaked, unless the thread does come back.
func (w *worker) abandon(kind engine.Kind) {
	w.Settle(kind, w.pool.Reason(kind), nil)
	w.endDebugging()
	w.end()
}

func (w *worker) end() {
	workers.Delete(w.token)
	w.End()
}

// HeapUsed implements pool.Machine: what the last full collection left.
func (w *worker) HeapUsed() uint64 {
	shared := w.shown.Load()
	if shared == nil {
		return 0
	}
	return uint64(atomic.LoadInt64((*int64)(unsafe.Pointer(&shared.heap_used))))
}
