package pool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
)

const (
	// spillAt is how many Jobs may wait for a busy worker before another one
	// is started.
	spillAt = 2
	// maxInside bounds the Jobs that interleave in one worker.
	maxInside = 512
	// maxSolo bounds the workers beyond the others that run Jobs alone.
	maxSolo = 2
	// debugTime is how long a Job may take where somebody looks at it step by step.
	debugTime = 24 * time.Hour
	// closeGrace is how long machines get to end when the pool closes.
	closeGrace = 5 * time.Second
)

// Pool is all of an engine but its machines.
type Pool struct {
	// Opts has no zero numbers left. Neither it nor Table and Env change.
	Opts  engine.Options
	Table *host.Table
	Env   host.Env

	spawn func(*Worker) Machine
	arm   func()

	waiting  atomic.Int64 // Jobs accepted and not begun
	replaced atomic.Uint64
	queued   atomic.Int32 // len(queue)

	mu       sync.Mutex
	workers  []*Worker // starting, ready; in order of preference
	retiring []*Worker // draining
	queue    []*call   // Jobs no worker has room for
	closed   bool
	failures int       // starts that failed in a row
	notUntil time.Time // no start before
	lastErr  error
}

// New makes a pool whose workers run on what spawn makes; nothing is started
// before the first Job or Warm. arm is called for every Job and makes sure that
// somebody watches the workers while they are busy. table may be nil.
func New(opts engine.Options, table *host.Table, spawn func(*Worker) Machine, arm func()) *Pool {
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
	if opts.Debug != nil {
		opts.Workers, opts.Relief, opts.JobTimeout = 1, 0, debugTime
	}
	return &Pool{Opts: opts, Table: table, Env: host.Env{Dir: opts.Dir, Vars: opts.Env}, spawn: spawn, arm: arm}
}

// Workers are those that take Jobs and those that finish theirs.
func (p *Pool) Workers() []*Worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(append([]*Worker(nil), p.workers...), p.retiring...)
}

// LoadModule asks the embedder for a module. One that does not exist is (nil, nil).
func (p *Pool) LoadModule(path string) (m *engine.Module, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("loading %q panicked: %v", path, r)
		}
	}()
	if p.Opts.Load == nil {
		return nil, nil
	}
	m, err = p.Opts.Load(path)
	// require tries names one after the other; a folder is not a module.
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	return m, err
}

// Do implements engine.Engine.
func (p *Pool) Do(ctx context.Context, job *engine.Job) (*engine.Reply, error) {
	if ctx.Err() != nil {
		return nil, aborted(ctx)
	}
	c := newCall(job)
	timeout := job.Timeout
	if timeout <= 0 || p.Opts.Debug != nil {
		timeout = p.Opts.JobTimeout
	}
	if p.waiting.Load() >= int64(p.Opts.Queue) {
		return nil, &engine.Error{Kind: engine.Overloaded, Message: fmt.Sprintf("%d Jobs are waiting already", p.Opts.Queue)}
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
	p.arm()
	// A worker may stop taking Jobs between being picked and being entered.
	for range len(p.workers) + 1 {
		if w := p.pick(c); w == nil {
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
func (p *Pool) pick(c *call) *Worker {
	if c.alone {
		return p.pickSolo()
	}
	var best *Worker
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

// pickSolo chooses or starts a worker for a Job that has to run by itself. The lock
// is held.
func (p *Pool) pickSolo() *Worker {
	solos := 0
	for _, w := range p.workers {
		if !w.solo {
			continue
		}
		if w.Inside() == 0 && !w.stuck.Load() {
			return w
		}
		solos++
	}
	if solos >= maxSolo {
		return nil
	}
	w := p.start()
	if w != nil {
		w.solo = true
	}
	return w
}

// mayGrow tells whether one more worker may be started: workers that are stuck
// do not count, as far as there is relief. The lock is held.
func (p *Pool) mayGrow() bool {
	stuck, solo := 0, 0
	for _, w := range p.workers {
		switch {
		case w.solo:
			solo++
		case w.stuck.Load():
			stuck++
		}
	}
	return len(p.workers)-solo-min(stuck, p.Opts.Relief) < p.Opts.Workers
}

// Relieve moves the Jobs that wait behind a turn which does not end to other
// workers, as far as the pool has relief for it.
func (p *Pool) Relieve(w *Worker) {
	if p.Opts.Relief <= 0 || w.stuck.Swap(true) {
		return
	}
	for _, c := range w.evict() {
		p.submit(c)
	}
	p.Left()
}

// Surplus tells that w, which is idle, was started as relief that is no longer
// needed.
func (p *Pool) Surplus(w *Worker) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.workers) > p.Opts.Workers && p.workers[0] != w && w.Inside() == 0
}

// start adds a worker; nil while the back-off after failures lasts. The lock
// is held.
func (p *Pool) start() *Worker {
	if p.closed || time.Now().Before(p.notUntil) {
		return nil
	}
	w := newWorker(p)
	w.machine = p.spawn(w)
	p.workers = append(p.workers, w)
	go w.machine.Run()
	return w
}

// started is called when a worker is ready.
func (p *Pool) started() {
	p.mu.Lock()
	p.failures, p.lastErr = 0, nil
	p.mu.Unlock()
	p.Left()
}

// begun counts n Jobs that are no longer waiting.
func (p *Pool) begun(n int) { p.waiting.Add(int64(-n)) }

// Left lets queued Jobs in after one left a worker.
func (p *Pool) Left() {
	if p.queued.Load() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for at := 0; at < len(p.queue); {
		c := p.queue[at]
		if w := p.pick(c); w != nil && w.enter(c) {
			p.queue = slices.Delete(p.queue, at, at+1)
		} else if !c.alone {
			break
		} else {
			at++ // the others need not wait for it
		}
	}
	p.queued.Store(int32(len(p.queue)))
}

// retire keeps a draining worker out of the way of new Jobs.
func (p *Pool) retire(w *Worker) {
	defer p.Left()
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
func (p *Pool) lost(w *Worker, kind engine.Kind, bootErr error) {
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
	p.Left()
}

func without(list []*Worker, w *Worker) []*Worker {
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
	n = min(max(n, 1), p.Opts.Workers)
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
	wait := append([]*Worker(nil), p.workers[:n]...)
	p.mu.Unlock()
	for _, w := range wait {
		select {
		case <-w.up:
		case <-ctx.Done():
			return aborted(ctx)
		}
		w.Mu.Lock()
		err := w.BootErr
		w.Mu.Unlock()
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
	for _, list := range [][]*Worker{p.workers, p.retiring} {
		for _, w := range list {
			w.Mu.Lock()
			if w.State == Ready || w.State == Draining {
				s.Workers++
			}
			s.Running += len(w.calls) - int(w.waiting.Load())
			w.Mu.Unlock()
			s.HeapUsed += w.machine.HeapUsed()
		}
	}
	return s
}

// Shut ends all workers; Jobs still running fail with kind Aborted. It reports
// false when a machine did not come to an end and may still run, and true when it
// had been called before.
func (p *Pool) Shut() (clean bool) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return true
	}
	p.closed = true
	all := append(append([]*Worker(nil), p.workers...), p.retiring...)
	queue := p.queue
	p.queue = nil
	p.queued.Store(0)
	p.mu.Unlock()
	for _, c := range queue {
		p.waiting.Add(-1)
		c.fail(&engine.Error{Kind: engine.Aborted, Message: "the engine was closed"})
	}
	for _, w := range all {
		w.Mu.Lock()
		w.State = max(w.State, Lost)
		w.Cond.Signal()
		w.Mu.Unlock()
		w.machine.Stop()
	}
	grace := time.After(closeGrace)
	clean = true
	for _, w := range all {
		select {
		case <-w.gone:
		case <-grace:
			w.Settle(engine.Aborted, "", nil)
			w.End()
			clean = false
		}
	}
	return clean
}

// Console writes what JavaScript logged.
func (p *Pool) Console(level int, text string) {
	names := [...]string{"debug", "info", "log", "warn", "error"}
	level = min(max(level, 0), len(names)-1)
	if p.Opts.Console != nil {
		p.Opts.Console(names[level], text)
		return
	}
	out := os.Stdout
	if level >= 3 {
		out = os.Stderr
	}
	fmt.Fprintln(out, text)
}
