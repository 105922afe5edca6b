package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// ErrUnreachable tells that a store is away for now. It has been reported already.
var ErrUnreachable = errors.New("cache: the store is out of reach")

// probeEvery is how often a lost server is asked whether it is back.
const probeEvery = time.Second

// reach knows whether a server answers. Nobody but a probe in the background waits
// for one that does not.
type reach struct {
	name  string
	log   *slog.Logger
	probe func(ctx context.Context) error
	away  atomic.Bool

	mu       sync.Mutex
	returned func()
	done     chan struct{}
	closed   bool
	busy     sync.WaitGroup
}

func newReach(name string, log *slog.Logger, probe func(ctx context.Context) error) *reach {
	return &reach{name: name, log: log, probe: probe, returned: func() {}, done: signal()}
}

// ok: the server answered when it was last asked.
func (r *reach) ok() bool { return !r.away.Load() }

// onReturn is called when the server is back.
func (r *reach) onReturn(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.returned = f
}

// lost hears of a failure. The first one is reported and begins the probing.
func (r *reach) lost(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || !r.away.CompareAndSwap(false, true) {
		return
	}
	r.log.Warn(fmt.Sprintf("the cache at %s cannot be reached (%v): pages come from memory and from the build until it is back", r.name, err))
	r.busy.Go(r.await)
}

func (r *reach) await() {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		select {
		case <-r.done:
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
		err := r.probe(ctx)
		cancel()
		if err != nil {
			continue
		}
		r.mu.Lock()
		returned := r.returned
		r.away.Store(false)
		r.mu.Unlock()
		returned()
		r.log.Info(fmt.Sprintf("the cache at %s is back", r.name))
		return
	}
}

func (r *reach) close() {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.done)
	}
	r.mu.Unlock()
	r.busy.Wait()
}
