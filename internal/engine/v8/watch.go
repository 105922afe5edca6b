//go:build cgo && !onward_nov8

package v8

// #include "binding.h"
import "C"

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/pool"
)

const (
	// watchEvery is how often busy workers are looked at.
	watchEvery = 50 * time.Millisecond
	// stuckAfter is how long a turn takes before its worker gets no more Jobs
	// and those that wait in it go to others.
	stuckAfter = 150 * time.Millisecond
	// insistAfter is how long a turn has to say where it is before it is stopped
	// without.
	insistAfter = 250 * time.Millisecond
	// unwind is how long a terminated turn may take to end before its worker
	// is abandoned with its thread.
	unwind = 2 * time.Second
	// idleAfter is how long a worker does nothing before its heap is
	// collected and memory returned.
	idleAfter = time.Second
	// recycleAt is the share of the heap limit above which a worker is
	// replaced when a full collection left that much: it leaks.
	recycleAt = 0.7
	// recycleAfter is the least age of a worker that is replaced for that, so
	// that an app which needs its memory is not started over and over.
	recycleAfter = time.Minute
)

// watch looks at the workers while any is busy: it ends turns that take too
// long and collects the heaps of those that have become idle. It sleeps when
// there is nothing to look at, so an idle server does not wake up.
type watch struct {
	pool  *Pool
	armed atomic.Bool
	mu    sync.Mutex
	seen  map[*worker]*sight
}

// sight is what the watch remembers of one worker.
type sight struct {
	turnStart int64     // as published by C++
	since     time.Time // when that value was first seen
	killed    time.Time // when the turn was terminated
	turns     uint64
	idleSince time.Time
	collected bool
}

// arm makes sure that the watch runs.
func (t *watch) arm() {
	if t.armed.Load() || t.armed.Swap(true) {
		return
	}
	time.AfterFunc(watchEvery, t.look)
}

func (t *watch) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []*worker
	for _, w := range t.pool.Workers() {
		list = append(list, w.Machine().(*worker))
	}
	now := time.Now()
	seen := make(map[*worker]*sight, len(list))
	awake := false
	for _, w := range list {
		s := t.seen[w]
		if s == nil {
			s = &sight{turns: ^uint64(0)}
		}
		seen[w] = s
		if t.one(w, s, now) {
			awake = true
		}
	}
	t.seen = seen
	if awake {
		time.AfterFunc(watchEvery, t.look)
		return
	}
	t.armed.Store(false)
	// A Job that came in between found the watch armed.
	for _, w := range list {
		if w.busy() {
			t.arm()
			return
		}
	}
}

func (w *worker) busy() bool {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return w.State < pool.Lost && (w.Turning || len(w.Inbox) > 0 || w.State == pool.Starting)
}

// one looks at one worker and reports whether to look again.
func (t *watch) one(w *worker, s *sight, now time.Time) bool {
	shared := w.shown.Load()
	if shared == nil {
		return w.busy()
	}
	start := atomic.LoadInt64((*int64)(unsafe.Pointer(&shared.turn_start)))
	if start != 0 {
		s.idleSince, s.collected = time.Time{}, false
		switch {
		case start != s.turnStart, w.paused(shared):
			s.turnStart, s.since, s.killed = start, now, time.Time{}
		case s.killed.IsZero() && now.Sub(s.since) >= t.pool.Opts.TurnLimit-watchEvery:
			s.killed = now
			w.interrupt(start)
		case s.killed.IsZero() && now.Sub(s.since) >= stuckAfter:
			t.pool.Relieve(w.Worker)
		case !s.killed.IsZero() && now.Sub(s.killed) >= unwind:
			w.abandon(engine.Timeout)
		case !s.killed.IsZero() && now.Sub(s.killed) >= insistAfter:
			w.interrupt(0)
		}
		return true
	}
	s.turnStart = 0
	if n := w.turns.Load(); n != s.turns {
		s.turns, s.idleSince, s.collected = n, now, false
		return true
	}
	if w.busy() {
		return true
	}
	if s.collected {
		return false
	}
	if now.Sub(s.idleSince) >= idleAfter {
		if t.pool.Surplus(w.Worker) {
			w.Drain()
			return true
		}
		s.collected = true
		w.Mu.Lock()
		w.collect = true
		w.Cond.Signal()
		w.Mu.Unlock()
	}
	return true
}

// leaks tells that the last full collection left too much.
func (w *worker) leaks() bool {
	p := w.pool
	if p.Opts.Debug != nil {
		return false // a debugger wants to know the worker
	}
	return float64(w.HeapUsed()) > recycleAt*float64(p.Opts.HeapLimit) && time.Since(w.Born) >= p.recycleAfter
}

// interrupt stops the message that began at start, or whatever runs when start
// is 0. The isolate is lost from then on.
func (w *worker) interrupt(start int64) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	// The loop goroutine takes handle away before it frees the isolate.
	switch {
	case w.handle == nil:
	case start == 0:
		C.ow_terminate(w.handle)
	default:
		C.ow_interrupt(w.handle, C.int64_t(start))
	}
}

// Stop implements pool.Machine.
func (w *worker) Stop() {
	w.endDebugging()
	w.interrupt(0)
}
