package server

import (
	"context"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/engine/host"
)

// background counts the work that JavaScript goes on with after it has answered
// (event.waitUntil, after), so that a server that closes lets it end.
type background struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // made by end; closed when nothing runs any more
}

const (
	// backgroundTime is how long the server takes account of one piece of work.
	backgroundTime = time.Minute
	// backgroundMost is how many pieces it counts.
	backgroundMost = 4096
	// backgroundGrace is how long a server that closes waits.
	backgroundGrace = 10 * time.Second
)

// operation lasts as long as the work: JavaScript cancels it when that has ended.
func (b *background) operation(ctx context.Context, _ *host.Env, _ *host.Call) (host.Value, error) {
	if !b.begin() {
		return host.Value{}, nil
	}
	defer b.finish()
	limit := time.NewTimer(backgroundTime)
	defer limit.Stop()
	select {
	case <-ctx.Done():
	case <-limit.C:
	}
	return host.Value{}, nil
}

func (b *background) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running >= backgroundMost {
		return false
	}
	b.running++
	return true
}

func (b *background) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	if b.running == 0 && b.idle != nil {
		close(b.idle)
		b.idle = nil
	}
}

// end waits until all work has ended, for a while.
func (b *background) end() {
	b.mu.Lock()
	if b.running == 0 {
		b.mu.Unlock()
		return
	}
	idle := make(chan struct{})
	b.idle = idle
	b.mu.Unlock()
	grace := time.NewTimer(backgroundGrace)
	defer grace.Stop()
	select {
	case <-idle:
	case <-grace.C:
	}
}
