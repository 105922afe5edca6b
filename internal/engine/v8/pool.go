//go:build cgo && !onward_nov8

package v8

// #include <stdlib.h>
// #include "binding.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
)

// Available reports whether this program was built with V8.
const Available = true

// runtimeName is the runtime script's name in stack traces.
const runtimeName = "onward:runtime"

const (
	// spillAt is how many Jobs may wait for a busy worker before another one
	// is started.
	spillAt = 2
	// maxInside bounds the Jobs that interleave in one worker.
	maxInside = 512
)

// Pool is an engine whose workers are V8 isolates of this process.
type Pool struct {
	opts     engine.Options
	table    *host.Table
	env      host.Env
	snapshot blob
	// recycleAfter is the constant, but in tests.
	recycleAfter time.Duration

	waiting  atomic.Int64 // Jobs accepted and not begun
	replaced atomic.Uint64
	queued   atomic.Int32 // len(queue)

	mu       sync.Mutex
	workers  []*worker // starting, ready; in order of preference
	retiring []*worker // draining
	queue    []*call   // Jobs no worker has room for
	closed   bool
	failures int       // starts that failed in a row
	notUntil time.Time // no start before
	lastErr  error
	watch    watch
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
	if table == nil {
		table = &host.Table{}
	}
	if opts.Workers <= 0 {
		opts.Workers = max(1, runtime.GOMAXPROCS(0)-1)
	}
	if opts.Queue <= 0 {
		opts.Queue = 1024
	}
	if opts.HeapLimit <= 0 {
		opts.HeapLimit = 512 << 20
	}
	if opts.BufferLimit <= 0 {
		opts.BufferLimit = 256 << 20
	}
	if opts.TurnLimit <= 0 {
		opts.TurnLimit = 10 * time.Second
	}
	if opts.JobTimeout <= 0 {
		opts.JobTimeout = time.Minute
	}
	p := &Pool{opts: opts, table: table, env: host.Env{Dir: opts.Dir, Vars: opts.Env}, recycleAfter: recycleAfter}
	p.watch.pool = p
	if len(opts.Snapshot) > 0 {
		raw, err := openSnapshot(opts.Snapshot, opts.Runtime)
		switch {
		case err == nil:
			p.snapshot = blob(buffer(raw))
			p.opts.Runtime = nil // the snapshot has it
		case len(opts.Runtime) == 0:
			return nil, err
		default:
			p.console(3, fmt.Sprintf("%v; the runtime script runs instead, which starts slower", err))
		}
		p.opts.Snapshot = nil
	}
	start()
	return p, nil
}

// Do implements engine.Engine.
func (p *Pool) Do(ctx context.Context, job *engine.Job) (*engine.Reply, error) {
	if ctx.Err() != nil {
		return nil, aborted(ctx)
	}
	c := newCall(job)
	timeout := job.Timeout
	if timeout <= 0 {
		timeout = p.opts.JobTimeout
	}
	if p.waiting.Load() >= int64(p.opts.Queue) {
		return nil, &engine.Error{Kind: engine.Overloaded, Message: fmt.Sprintf("%d Jobs are waiting already", p.opts.Queue)}
	}
	c.timer = time.AfterFunc(timeout, func() {
		c.cancel(&engine.Error{Kind: engine.Timeout, Message: fmt.Sprintf("no answer within %v", timeout)})
	})
	p.waiting.Add(1)
	p.submit(c)
	select {
	case <-c.head:
	case <-ctx.Done():
		c.cancel(aborted(ctx))
		<-c.head
	}
	c.mu.Lock()
	reply, err := c.reply, c.err
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if reply.Stream != nil {
		c.watch(ctx)
	}
	return reply, nil
}

// submit finds a worker for a call that is counted as waiting.
func (p *Pool) submit(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		p.waiting.Add(-1)
		c.fail(&engine.Error{Kind: engine.Aborted, Message: "the engine is closed"})
		return
	}
	p.watch.arm()
	// A worker may stop taking Jobs between being picked and being entered.
	for range len(p.workers) + 1 {
		if w := p.pick(); w == nil {
			break
		} else if w.enter(c) {
			return
		}
	}
	if len(p.workers) == 0 {
		// Starting is not possible for now: say why instead of waiting for it.
		p.waiting.Add(-1)
		c.fail(p.startFailure())
		return
	}
	p.queue = append(p.queue, c)
	p.queued.Store(int32(len(p.queue)))
}

func (p *Pool) startFailure() *engine.Error {
	text := "no worker could be started"
	if p.lastErr != nil {
		text = p.lastErr.Error()
	}
	return &engine.Error{Kind: engine.Crashed, Message: text}
}

// pick chooses the first worker that is not busy; when all are, the one with
// the fewest Jobs waiting, after starting one more if there may be. The lock
// is held.
func (p *Pool) pick() *worker {
	var best *worker
	var bestWaiting int32
	for _, w := range p.workers {
		waiting, room, idle := w.load()
		if !room {
			continue
		}
		if idle {
			return w
		}
		if best == nil || waiting < bestWaiting {
			best, bestWaiting = w, waiting
		}
	}
	if p.mayGrow() && (best == nil || bestWaiting >= spillAt) {
		if w := p.start(); w != nil && best == nil {
			best = w
		}
	}
	return best
}

// mayGrow tells whether one more worker may be started: workers that are stuck
// do not count, as far as there is relief. The lock is held.
func (p *Pool) mayGrow() bool {
	stuck := 0
	for _, w := range p.workers {
		if w.stuck.Load() {
			stuck++
		}
	}
	return len(p.workers)-min(stuck, p.opts.Relief) < p.opts.Workers
}

// relieve moves the Jobs that wait behind a turn which does not end to other
// workers, as far as the pool has relief for it.
func (p *Pool) relieve(w *worker) {
	if p.opts.Relief <= 0 || w.stuck.Swap(true) {
		return
	}
	for _, c := range w.evict() {
		p.submit(c)
	}
	p.left(w)
}

// surplus tells that w, which is idle, was started as relief that is no longer
// needed.
func (p *Pool) surplus(w *worker) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.workers) > p.opts.Workers && p.workers[0] != w && w.inside() == 0
}

// load tells how many Jobs wait in w, whether it takes one more, and whether
// it would begin it at once.
func (w *worker) load() (waiting int32, room, idle bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	waiting = w.waiting.Load()
	room = w.state <= ready && len(w.calls) < maxInside && !w.stuck.Load()
	idle = room && w.state == ready && !w.turning && len(w.inbox) == 0
	return waiting, room, idle
}

// start adds a worker; nil while the back-off after failures lasts. The lock
// is held.
func (p *Pool) start() *worker {
	if p.closed || time.Now().Before(p.notUntil) {
		return nil
	}
	w := newWorker(p)
	p.workers = append(p.workers, w)
	go w.run()
	return w
}

// started is called when w is ready.
func (p *Pool) started(w *worker) {
	p.mu.Lock()
	p.failures, p.lastErr = 0, nil
	p.mu.Unlock()
	p.left(w)
}

// begun counts n Jobs that are no longer waiting.
func (p *Pool) begun(n int) { p.waiting.Add(int64(-n)) }

// left lets queued Jobs in after one left a worker.
func (p *Pool) left(*worker) {
	if p.queued.Load() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) > 0 {
		w := p.pick()
		if w == nil || !w.enter(p.queue[0]) {
			break
		}
		p.queue[0] = nil
		p.queue = p.queue[1:]
	}
	p.queued.Store(int32(len(p.queue)))
}

// retire keeps a draining worker out of the way of new Jobs.
func (p *Pool) retire(w *worker) {
	defer p.left(w)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers = without(p.workers, w)
	p.retiring = append(p.retiring, w)
	p.replaced.Add(1)
	if len(p.workers) == 0 {
		p.start()
	}
}

// lost forgets a worker and replaces it, with a growing pause while starting fails.
func (p *Pool) lost(w *worker, kind engine.Kind, bootErr error) {
	p.mu.Lock()
	p.workers = without(p.workers, w)
	p.retiring = without(p.retiring, w)
	if kind != engine.Aborted {
		p.replaced.Add(1)
	}
	var stranded []*call
	if bootErr != nil {
		p.lastErr = bootErr
		p.notUntil = time.Now().Add(min(100*time.Millisecond<<min(p.failures, 7), 10*time.Second))
		p.failures++
	} else if len(p.workers) == 0 && kind != engine.Aborted {
		p.start()
	}
	if len(p.workers) == 0 {
		stranded, p.queue = p.queue, nil
		p.queued.Store(0)
	}
	err := p.startFailure()
	p.mu.Unlock()
	for _, c := range stranded {
		p.waiting.Add(-1)
		c.fail(err)
	}
	p.left(nil)
}

func without(list []*worker, w *worker) []*worker {
	out := list[:0:0]
	for _, x := range list {
		if x != w {
			out = append(out, x)
		}
	}
	return out
}

// Warm implements engine.Engine.
func (p *Pool) Warm(ctx context.Context, n int) error {
	n = min(max(n, 1), p.opts.Workers)
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return &engine.Error{Kind: engine.Aborted, Message: "the engine is closed"}
	}
	for len(p.workers) < n {
		if p.start() == nil {
			err := p.startFailure()
			p.mu.Unlock()
			return err
		}
	}
	wait := append([]*worker(nil), p.workers[:n]...)
	p.mu.Unlock()
	for _, w := range wait {
		select {
		case <-w.up:
		case <-ctx.Done():
			return aborted(ctx)
		}
		w.mu.Lock()
		err := w.bootErr
		w.mu.Unlock()
		if err != nil {
			return &engine.Error{Kind: engine.Crashed, Message: err.Error()}
		}
	}
	return nil
}

// Stats implements engine.Engine.
func (p *Pool) Stats() engine.Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := engine.Stats{Replaced: p.replaced.Load(), Queued: int(max(0, p.waiting.Load()))}
	for _, list := range [][]*worker{p.workers, p.retiring} {
		for _, w := range list {
			w.mu.Lock()
			if w.state == ready || w.state == draining {
				s.Workers++
			}
			s.Running += len(w.calls) - int(w.waiting.Load())
			w.mu.Unlock()
			s.HeapUsed += w.heapUsed()
		}
	}
	return s
}

// heapUsed is what the last full collection left.
func (w *worker) heapUsed() uint64 {
	shared := w.shown.Load()
	if shared == nil {
		return 0
	}
	return uint64(atomic.LoadInt64((*int64)(unsafe.Pointer(&shared.heap_used))))
}

// Close implements engine.Engine.
func (p *Pool) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	all := append(append([]*worker(nil), p.workers...), p.retiring...)
	queue := p.queue
	p.queue = nil
	p.queued.Store(0)
	p.mu.Unlock()
	for _, c := range queue {
		p.waiting.Add(-1)
		c.fail(&engine.Error{Kind: engine.Aborted, Message: "the engine was closed"})
	}
	for _, w := range all {
		w.stop()
	}
	grace := time.After(5 * time.Second)
	clean := true
	for _, w := range all {
		select {
		case <-w.gone:
		case <-grace:
			w.abandon(engine.Aborted)
			clean = false
		}
	}
	if clean && p.snapshot.data != nil {
		C.free(unsafe.Pointer(p.snapshot.data))
		p.snapshot = blob{}
	}
	return nil
}

// console writes what JavaScript logged.
func (p *Pool) console(level int, text string) {
	names := [...]string{"debug", "info", "log", "warn", "error"}
	level = min(max(level, 0), len(names)-1)
	if p.opts.Console != nil {
		p.opts.Console(names[level], text)
		return
	}
	out := os.Stdout
	if level >= 3 {
		out = os.Stderr
	}
	fmt.Fprintln(out, text)
}

// CodeCache returns the code cache of a module that a worker has run, to be
// stored beside it and handed back in engine.Module.Cache. It is nil when no
// worker has compiled the module.
func (p *Pool) CodeCache(ctx context.Context, path string) ([]byte, error) {
	p.mu.Lock()
	list := append([]*worker(nil), p.workers...)
	p.mu.Unlock()
	for _, w := range list {
		cache, err := w.codeCache(ctx, path)
		if cache != nil || err != nil {
			return cache, err
		}
	}
	return nil, nil
}
