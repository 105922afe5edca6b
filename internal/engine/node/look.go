//go:build unix

package node

import (
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/pool"
)

const (
	// stuckAfter is how long a ping is without an answer before the process gets
	// no more Jobs and those kept back go to others.
	stuckAfter = 150 * time.Millisecond
	// idleAfter is how long a process has nothing to do before its heap is
	// collected.
	idleAfter = time.Second
	// recycleAt is the share of its heap above which an idle process is
	// replaced: it leaks.
	recycleAt = 0.7
	// recycleAfter is the least age of a process that is replaced for that.
	recycleAfter = time.Minute
)

// sight is what the watch remembers of one process. Only the watch uses it.
type sight struct {
	idleSince time.Time
	collected bool
}

// look looks at one process and reports whether to look again. The watch calls it
// from one goroutine at a time.
func (m *process) look() bool {
	m.Mu.Lock()
	state := m.State
	m.Mu.Unlock()
	pid := int(m.pid.Load())
	if pid == 0 || state == pool.Starting {
		return state < pool.Lost
	}
	if state >= pool.Lost {
		return false
	}
	if resident(pid) > m.pool.memoryLimit() {
		m.kill(engine.OutOfMemory)
		return true
	}
	now := time.Now()
	busy := m.Inside() > 0
	if at := m.pinged.Load(); at != 0 {
		switch silent := now.Sub(time.Unix(0, at)); {
		case silent >= m.pool.Opts.TurnLimit:
			m.kill(engine.Timeout)
		case silent >= stuckAfter && busy:
			m.pool.Relieve(m.Worker)
		}
		return true
	}
	if busy {
		m.sight = sight{}
		m.pinged.Store(now.UnixNano())
		m.Send(pool.InPing, 0, 0, nil, nil)
		return true
	}
	if m.sight.collected {
		m.recycle()
		return false
	}
	if m.sight.idleSince.IsZero() {
		m.sight.idleSince = now
	}
	if now.Sub(m.sight.idleSince) < idleAfter {
		return true
	}
	if m.pool.Surplus(m.Worker) {
		m.Drain()
		return true
	}
	// The pong behind it tells what the collection left.
	m.sight.collected = true
	m.Send(pool.InCollect, 0, 0, nil, nil)
	m.pinged.Store(now.UnixNano())
	m.Send(pool.InPing, 0, 0, nil, nil)
	return true
}

// recycle replaces a process that a full collection left with too much.
func (m *process) recycle() {
	if float64(m.HeapUsed()) > recycleAt*float64(m.pool.Opts.HeapLimit) && time.Since(m.Born) >= recycleAfter {
		m.Drain()
	}
}
