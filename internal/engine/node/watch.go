package node

import (
	"sync/atomic"
	"time"
)

// watchEvery is how often busy processes are looked at.
const watchEvery = 50 * time.Millisecond

// watch looks at the processes while any is busy: it pings them, ends those that do
// not answer or take too much memory, and has the heaps of idle ones collected. It
// sleeps when there is nothing to look at.
type watch struct {
	pool  *Pool
	armed atomic.Bool
}

// arm makes sure that the watch runs.
func (t *watch) arm() {
	if t.armed.Load() || t.armed.Swap(true) {
		return
	}
	time.AfterFunc(watchEvery, t.look)
}

func (t *watch) look() {
	awake := false
	workers := t.pool.Workers()
	for _, w := range workers {
		if w.Machine().(*process).look() {
			awake = true
		}
	}
	if awake {
		time.AfterFunc(watchEvery, t.look)
		return
	}
	t.armed.Store(false)
	// A Job that came in between found the watch armed.
	for _, w := range workers {
		if w.Inside() > 0 {
			t.arm()
			return
		}
	}
}
