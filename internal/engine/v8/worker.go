//go:build cgo && !onward_nov8

package v8

// #include <stdlib.h>
// #include "binding.h"
import "C"

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
)

// state is where a worker is in its life.
type state uint8

const (
	starting state = iota // its isolate boots; Jobs may already wait in it
	ready                 // turns Jobs
	draining              // finishes the Jobs inside and takes no new ones
	lost                  // its isolate is unusable
	dead                  // gone
)

func (s state) String() string {
	return [...]string{"starting", "ready", "draining", "lost", "dead"}[s]
}

// turnBudget is how long one call into V8 goes on with a batch before what
// JavaScript has posted is handed out.
const turnBudget = 200 * time.Microsecond

// worker owns one isolate. Its goroutine turns the event loop: it hands the
// messages that others appended to inbox to JavaScript, a batch at a time, and
// delivers what JavaScript posted.
type worker struct {
	pool   *Pool
	token  uintptr
	ctx    context.Context // ends with the worker
	cancel context.CancelFunc

	// Only the loop goroutine uses these.
	iso    *C.ow_isolate
	shared *C.ow_shared
	spare  []byte
	wake   *time.Timer
	booted bool
	born   time.Time

	mu       sync.Mutex
	cond     sync.Cond
	inbox    []byte
	state    state
	turning  bool // the loop goroutine is inside V8
	poked    bool // V8 has tasks for the isolate
	collect  bool // the heap shall be collected
	calls    map[uint32]*call
	ops      map[uint32]*operation
	lastID   uint32
	bootErr  error
	up       chan struct{} // closed when state leaves starting
	gone     chan struct{} // closed when the worker is dead
	requests []func(*C.ow_isolate)

	handle  *C.ow_isolate // iso, for terminate; nil before and after
	settled bool          // its Jobs are decided on

	waiting atomic.Int32 // Jobs in inbox that have not begun
	turns   atomic.Uint64
	stuck   atomic.Bool                 // its turn does not end: it gets no Jobs
	shown   atomic.Pointer[C.ow_shared] // shared, for the watch; nil when disposed of
}

func newWorker(p *Pool) *worker {
	w := &worker{
		pool:  p,
		calls: map[uint32]*call{},
		ops:   map[uint32]*operation{},
		up:    make(chan struct{}),
		gone:  make(chan struct{}),
		born:  time.Now(),
	}
	w.cond.L = &w.mu
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.token = newToken(w)
	return w
}

// send queues one message for JavaScript. Text and body are copied.
func (w *worker) send(kind byte, id uint32, n float64, text, body []byte) {
	w.mu.Lock()
	if w.state < lost {
		w.inbox = appendMessage(w.inbox, kind, id, n, text, nil, body)
		w.cond.Signal()
	}
	w.mu.Unlock()
}

// poke wakes the loop for tasks of V8.
func (w *worker) poke() {
	w.mu.Lock()
	w.poked = true
	w.cond.Signal()
	w.mu.Unlock()
}

// enter hands a Job over; false when the worker takes none.
func (w *worker) enter(c *call) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state > ready {
		return false
	}
	w.lastID++
	c.mu.Lock()
	c.id, c.w = w.lastID, w
	var streams float64
	if c.job.Stream != nil {
		streams = 1
		if c.body == nil {
			c.body = newBodySource()
		}
	}
	over := c.over
	c.mu.Unlock()
	if over {
		w.pool.begun(1)
		return true
	}
	w.calls[c.id] = c
	w.waiting.Add(1)
	w.inbox = appendMessage(w.inbox, inJob, c.id, streams, []byte(c.job.Name+"\n"), c.job.Input, c.job.Body)
	w.cond.Signal()
	return true
}

// evict takes the Jobs out of the inbox that have not begun. They stay counted
// as waiting.
func (w *worker) evict() []*call {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.settled {
		return nil
	}
	var out []*call
	jobs(w.inbox, func(id uint32, at int) bool {
		if c := w.calls[id]; c != nil {
			delete(w.calls, id)
			out = append(out, c)
			w.inbox[at] = inNothing
			w.waiting.Add(-1)
		}
		return true
	})
	return out
}

// inside is how many Jobs the worker holds.
func (w *worker) inside() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.calls)
}

// run is the worker's goroutine, from start to end.
func (w *worker) run() {
	if err := w.boot(); err != nil {
		w.mu.Lock()
		w.bootErr = err
		w.mu.Unlock()
		w.bury(engine.Crashed, nil)
		return
	}
	for {
		w.mu.Lock()
		for len(w.inbox) == 0 && !w.poked && !w.collect && len(w.requests) == 0 && !w.finished() {
			w.cond.Wait()
		}
		if w.finished() {
			kind := engine.Aborted
			if w.bootErr != nil {
				kind = engine.Crashed
			}
			w.mu.Unlock()
			w.bury(kind, nil)
			return
		}
		batch := w.inbox
		w.inbox = w.spare[:0]
		poked, collect, requests := w.poked, w.collect, w.requests
		w.poked, w.collect, w.requests = false, false, nil
		w.turning = len(batch) > 0 || poked
		w.mu.Unlock()
		for _, f := range requests {
			f(w.iso)
		}
		if poked {
			C.ow_pump(w.iso)
			// Promises that the tasks settled are followed up by a turn.
			batch = appendMessage(batch, inWake, 0, 0, nil, nil, nil)
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
				w.drain()
			}
		}
	}
}

// finished: a draining worker without Jobs has nothing left to do. The lock is held.
func (w *worker) finished() bool {
	return w.state == lost || w.state == draining && len(w.calls) == 0
}

// work turns one batch; false when the worker has ended.
func (w *worker) work(batch []byte) bool {
	jobs(batch, func(id uint32, at int) bool { w.takeBack(id, batch[at:]); return true })
	for rest := batch; len(rest) > 0; {
		// The first message begins now; the others when the turn reaches them.
		first, _, _ := nextMessage(rest)
		if first.kind == inJob && w.takeBack(first.id, rest) {
			first.kind = inNothing
		}
		if first.kind == inJob {
			w.begun(1)
		}
		C.ow_turn(w.iso, (*C.uint8_t)(unsafe.Pointer(&rest[0])), C.size_t(len(rest)), C.int64_t(turnBudget))
		w.turns.Add(1)
		done := rest[:w.shared.consumed]
		rest = rest[w.shared.consumed:]
		n := countJobs(done)
		if first.kind == inJob {
			n--
		}
		w.begun(n)
		if len(rest) == 0 {
			w.mu.Lock()
			w.turning = false
			w.mu.Unlock()
		}
		if w.stuck.Load() && w.shared.state == C.OW_ALIVE {
			w.stuck.Store(false) // it came to an end after all
			w.pool.left(w)
		}
		w.deliver(unsafe.Slice((*byte)(unsafe.Pointer(w.shared.out)), int(w.shared.out_len)))
		if w.shared.state != C.OW_ALIVE {
			w.failTurn(rest)
			return false
		}
		if w.shared.buffer_full != 0 || w.leaks() {
			w.drain()
		}
		if atomic.LoadInt32((*int32)(unsafe.Pointer(&w.shared.pending))) != 0 {
			w.poke()
		}
	}
	return true
}

// takeBack removes a Job whose caller has gone before it began from the batch
// that starts with its message.
func (w *worker) takeBack(id uint32, batch []byte) bool {
	c := w.find(id)
	if c != nil {
		c.mu.Lock()
		over := c.over
		c.mu.Unlock()
		if !over {
			return false
		}
		w.take(id)
	}
	batch[0] = inNothing
	w.begun(1)
	return true
}

// begun counts n Jobs that no longer wait.
func (w *worker) begun(n int) {
	if n > 0 {
		w.waiting.Add(int32(-n))
		w.pool.begun(n)
	}
}

// boot makes the isolate and waits for the runtime's Ready.
func (w *worker) boot() error {
	p := w.pool
	name := C.CString(runtimeName)
	defer C.free(unsafe.Pointer(name))
	o := (*C.ow_options)(C.calloc(1, C.sizeof_ow_options))
	defer C.free(unsafe.Pointer(o))
	o.token = C.uintptr_t(w.token)
	o.heap_limit = C.size_t(p.opts.HeapLimit)
	o.buffer_limit = C.size_t(p.opts.BufferLimit)
	o.name = name
	if p.snapshot.len > 0 {
		o.snapshot, o.snapshot_len = p.snapshot.data, p.snapshot.len
	} else {
		script := buffer(p.opts.Runtime)
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
	// Boot goes in before the Jobs that may already wait.
	w.mu.Lock()
	boot := p.opts.Boot
	if boot == nil {
		boot = []byte("{}")
	}
	w.inbox = append(appendMessage(nil, inBoot, 0, 0, boot, nil, nil), w.inbox...)
	w.handle = w.iso
	w.mu.Unlock()
	return nil
}

// deliver works off what JavaScript posted. The bytes are only valid now.
func (w *worker) deliver(out []byte) {
	for {
		m, rest, ok := nextMessage(out)
		if !ok {
			return
		}
		out = rest
		switch m.kind {
		case outReady:
			w.ready(string(m.text))
		case outReply:
			if c := w.take(m.id); c != nil {
				c.answer(bytes.Clone(m.text), bytes.Clone(m.body))
			}
		case outHead:
			if c := w.find(m.id); c != nil {
				c.begin(bytes.Clone(m.text))
			}
		case outChunk:
			if c := w.find(m.id); c != nil {
				c.chunk(bytes.Clone(m.body), w.pool.opts.BufferLimit)
			}
		case outEnd:
			if c := w.take(m.id); c != nil {
				c.end()
			}
		case outFail:
			if c := w.take(m.id); c != nil {
				c.fail(w.blame(thrown(m.text)))
			}
		case outPull:
			if c := w.find(m.id); c != nil && c.body != nil {
				c.body.pull(w, m.id, c.job.Stream, int(m.n))
			}
		case outOp:
			w.startOperation(m.id, m.text, m.body, m.n != 0)
		case outOpData:
			if o := w.operation(m.id); o != nil {
				o.feed(bytes.Clone(m.body), false)
			}
		case outOpEnd:
			if o := w.operation(m.id); o != nil {
				o.feed(nil, true)
			}
		case outOpCancel:
			if o := w.operation(m.id); o != nil {
				o.cancel()
			}
		case outOpPull:
			if o := w.operation(m.id); o != nil {
				o.taken(int(m.n))
			}
		case outWake:
			w.setWake(m.n)
		case outConsole:
			w.pool.console(int(m.n), string(m.text))
		}
	}
}

// blame turns a refused ArrayBuffer into what it is: memory at its limit.
func (w *worker) blame(e *engine.Error) *engine.Error {
	if w.shared.buffer_full != 0 && e.Name == "RangeError" && e.Message == "Array buffer allocation failed" {
		e.Kind = engine.OutOfMemory
	}
	return e
}

func (w *worker) find(id uint32) *call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[id]
}

// take removes a call that is done from the worker.
func (w *worker) take(id uint32) *call {
	w.mu.Lock()
	c := w.calls[id]
	delete(w.calls, id)
	w.mu.Unlock()
	if c != nil {
		w.pool.left(w)
	}
	return c
}

func (w *worker) operation(id uint32) *operation {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ops[id]
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
		w.wake = time.AfterFunc(d, func() { w.send(inWake, 0, 0, nil, nil) })
		return
	}
	w.wake.Reset(d)
}

// ready is called when the runtime answered Boot.
func (w *worker) ready(problem string) {
	if w.booted {
		return
	}
	w.booted = true
	w.mu.Lock()
	defer w.mu.Unlock()
	if problem != "" {
		w.bootErr = errors.New(problem)
		w.state = lost
		return
	}
	if w.state == starting {
		w.state = ready
		w.isUp()
	}
	go w.pool.started(w)
}

// drain lets the worker finish what it has and end.
func (w *worker) drain() {
	w.mu.Lock()
	first := w.state == ready
	if first {
		w.state = draining
		w.cond.Signal()
	}
	w.mu.Unlock()
	if first {
		w.pool.retire(w)
	}
}

// failTurn ends the worker after its isolate was lost in a turn. rest is what
// the turn did not reach.
func (w *worker) failTurn(rest []byte) {
	kind := engine.Timeout
	switch w.shared.state {
	case C.OW_HEAP_LIMIT, C.OW_BUFFER_LIMIT:
		kind = engine.OutOfMemory
	}
	w.mu.Lock()
	if w.state == lost {
		kind = engine.Aborted // closed meanwhile
	}
	w.mu.Unlock()
	culprit := uint32(w.shared.culprit)
	w.bury(kind, func(c *call) fate {
		switch {
		case c.id == culprit:
			return guilty
		case unreached(c.id, rest):
			return untouched
		}
		return bystander
	})
}

func unreached(id uint32, rest []byte) (found bool) {
	jobs(rest, func(j uint32, _ int) bool { found = j == id; return !found })
	return found
}

// fate is what the loss of a worker means for one of its Jobs.
type fate uint8

const (
	guilty    fate = iota // its code ran: it gets the kind of the loss
	bystander             // it was inside: it is lost too, as Crashed
	untouched             // it had not begun: another worker takes it
)

// bury ends the worker: settles its Jobs and frees the isolate. Only the loop
// goroutine calls it.
func (w *worker) bury(kind engine.Kind, judge func(*call) fate) {
	w.settle(kind, judge)
	if w.wake != nil {
		w.wake.Stop()
	}
	w.mu.Lock()
	w.handle = nil
	w.mu.Unlock()
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
	w.settle(kind, nil)
	w.end()
}

// end marks the worker as gone; it may be called twice.
func (w *worker) end() {
	workers.Delete(w.token)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state != dead {
		w.state = dead
		close(w.gone)
	}
}

// settle takes the worker out of the pool and decides on its Jobs, once.
// judge nil means that all of them are guilty.
func (w *worker) settle(kind engine.Kind, judge func(*call) fate) {
	w.mu.Lock()
	if w.settled {
		w.mu.Unlock()
		return
	}
	w.settled = true
	w.state = max(w.state, lost)
	calls, ops, inbox, bootErr := w.calls, w.ops, w.inbox, w.bootErr
	w.calls, w.ops, w.inbox = map[uint32]*call{}, map[uint32]*operation{}, nil
	w.isUp()
	w.mu.Unlock()
	w.cancel()
	for _, o := range ops {
		o.cancel()
	}
	w.pool.begun(int(w.waiting.Swap(0)))
	var again []*call
	for _, c := range calls {
		f := guilty
		if judge != nil {
			f = judge(c)
		}
		if f == bystander && unreached(c.id, inbox) {
			f = untouched
		}
		switch {
		case kind == engine.Aborted:
			c.fail(&engine.Error{Kind: kind, Message: "the engine was closed"})
		case (f == untouched || f == bystander && c.mayRepeat()) && !c.retried:
			c.retried = true
			again = append(again, c)
		case f == guilty:
			c.fail(&engine.Error{Kind: kind, Message: w.reason(kind)})
		default:
			c.fail(&engine.Error{Kind: engine.Crashed, Message: "the worker was lost to another Job: " + w.reason(kind)})
		}
	}
	w.pool.lost(w, kind, bootErr)
	for _, c := range again {
		w.pool.waiting.Add(1)
		w.pool.submit(c)
	}
}

// isUp ends the wait of Warm. The lock is held.
func (w *worker) isUp() {
	select {
	case <-w.up:
	default:
		close(w.up)
	}
}

// reason says in words why the worker was lost.
func (w *worker) reason(kind engine.Kind) string {
	w.mu.Lock()
	bootErr := w.bootErr
	w.mu.Unlock()
	if bootErr != nil {
		return bootErr.Error()
	}
	switch kind {
	case engine.Timeout:
		return fmt.Sprintf("JavaScript ran longer than %v without a pause", w.pool.opts.TurnLimit)
	case engine.OutOfMemory:
		return fmt.Sprintf("JavaScript used more than its %d MB of heap or %d MB of buffers",
			w.pool.opts.HeapLimit>>20, w.pool.opts.BufferLimit>>20)
	}
	return "the worker was lost"
}
