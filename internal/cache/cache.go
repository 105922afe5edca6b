package cache

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// State says how an Entry was found; String gives the value of x-nextjs-cache.
type State uint8

const (
	// Hit: fresh.
	Hit State = iota
	// Stale: past its time; it is being made anew in the background.
	Stale
	// Miss: made just now.
	Miss
	// Revalidated: made just now because somebody asked for that.
	Revalidated
)

func (s State) String() string { return [...]string{"HIT", "STALE", "MISS", "REVALIDATED"}[s] }

// Reason tells a Make why it runs: getStaticProps's revalidateReason.
type Reason string

const (
	ReasonStale    Reason = "stale"
	ReasonOnDemand Reason = "on-demand"
)

// Make makes an Entry. It is called once at a time for each Key, and its ctx does
// not end with the request that caused it.
type Make func(ctx context.Context, reason Reason) (*Entry, error)

// Store keeps entries beyond the life of the process. An entry that is not there
// is (nil, nil).
type Store interface {
	Get(key Key) (*Entry, error)
	Set(key Key, e *Entry) error
}

// Options configure a Cache.
type Options struct {
	// MemoryLimit in bytes; 0 keeps nothing in memory.
	MemoryLimit int64
	// Store outlives the process; nil: none.
	Store Store
	// Seed returns what the build made for a key, nil when it made nothing.
	Seed func(key Key) (*Entry, error)
	// Report hears of failures that no request hears of: of regenerations in
	// the background, and of the store.
	Report func(key Key, err error)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Cache finds entries and makes them. It is safe for use by many goroutines.
type Cache struct {
	options Options
	memory  *memory
	// done ends the Makes that run when the cache is closed.
	done   context.Context
	cancel context.CancelFunc
	busy   sync.WaitGroup

	mu      sync.Mutex
	flights map[Key]*flight
	turn    uint64
	// retry remembers failed keys when there is no memory to postpone in.
	retry map[Key]time.Time
}

// flight is one Make under way.
type flight struct {
	turn  uint64
	ready chan struct{}
	entry *Entry
	err   error
}

// New makes a Cache.
func New(o Options) *Cache {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Report == nil {
		o.Report = func(Key, error) {}
	}
	c := &Cache{options: o, memory: newMemory(o.MemoryLimit), flights: map[Key]*flight{}, retry: map[Key]time.Time{}}
	c.done, c.cancel = context.WithCancel(context.Background())
	return c
}

// Close ends what is being made and waits for it.
func (c *Cache) Close() {
	c.cancel()
	c.busy.Wait()
}

// Wait waits until nothing is being made any more, or ctx ends.
func (c *Cache) Wait(ctx context.Context) {
	idle := make(chan struct{})
	go func() {
		c.busy.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// Find returns what is stored for key, without making anything. state is Hit or
// Stale; a nil entry means there is none.
func (c *Cache) Find(key Key) (*Entry, State) {
	now := c.options.Now()
	e, fresh := c.memory.get(key, now.UnixMilli())
	if e == nil {
		if e = c.load(key); e == nil {
			return nil, Miss
		}
		staleAt := e.expires()
		c.mu.Lock()
		if until, ok := c.retry[key]; ok && staleAt != 0 {
			staleAt = until.UnixMilli()
		}
		c.mu.Unlock()
		c.memory.put(key, e, staleAt)
		fresh = staleAt == 0 || now.UnixMilli() < staleAt
	}
	if fresh {
		return e, Hit
	}
	return e, Stale
}

// load reads the store and the build's output; the later generation wins.
func (c *Cache) load(key Key) *Entry {
	var found *Entry
	if c.options.Store != nil {
		e, err := c.options.Store.Get(key)
		if err != nil {
			c.options.Report(key, err)
		}
		found = e
	}
	if c.options.Seed != nil {
		e, err := c.options.Seed(key)
		if err != nil {
			c.options.Report(key, err)
		}
		if e != nil && (found == nil || found.GeneratedAt < e.GeneratedAt) {
			found = e
		}
	}
	return found
}

// Get returns the entry of key: a fresh one at once; a stale one at once too, and
// makes it anew in the background; none is made while the caller waits. The error
// is that of the Make, or ctx's.
func (c *Cache) Get(ctx context.Context, key Key, make Make) (*Entry, State, error) {
	e, state := c.Find(key)
	switch {
	case e == nil:
		e, err := c.join(ctx, key, make, ReasonStale)
		return e, Miss, err
	case state == Stale:
		c.refresh(key, make)
	}
	return e, state, nil
}

// Revalidate makes the entry anew even when it is fresh. A Make that was already
// under way does not count: it may have read what has changed since.
func (c *Cache) Revalidate(ctx context.Context, key Key, make Make) (*Entry, error) {
	return c.join(ctx, key, make, ReasonOnDemand)
}

// join waits for the Make of key, starting it when there is none that will do.
func (c *Cache) join(ctx context.Context, key Key, make Make, reason Reason) (*Entry, error) {
	c.mu.Lock()
	since := c.turn
	for {
		f := c.flights[key]
		if f == nil && reason != ReasonOnDemand {
			// It may have been made since the caller looked.
			if e := c.fresh(key); e != nil {
				c.mu.Unlock()
				return e, nil
			}
		}
		if f == nil {
			f = c.start(key, make, reason)
			since = 0 // mine
		}
		c.mu.Unlock()
		select {
		case <-f.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if reason != ReasonOnDemand || f.turn > since {
			return f.entry, f.err
		}
		c.mu.Lock()
	}
}

// refresh starts a Make that nobody waits for.
func (c *Cache) refresh(key Key, make Make) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] == nil && c.fresh(key) == nil {
		c.start(key, make, ReasonStale)
	}
}

// fresh returns the entry in memory that needs not be made anew.
func (c *Cache) fresh(key Key) *Entry {
	if e, fresh := c.memory.get(key, c.options.Now().UnixMilli()); fresh {
		return e
	}
	return nil
}

// start runs a Make. c.mu is held.
func (c *Cache) start(key Key, make Make, reason Reason) *flight {
	c.turn++
	f := &flight{turn: c.turn, ready: newSignal()}
	c.flights[key] = f
	c.busy.Go(func() {
		f.entry, f.err = c.run(key, make, reason)
		c.mu.Lock()
		delete(c.flights, key)
		c.mu.Unlock()
		close(f.ready)
	})
	return f
}

func newSignal() chan struct{} { return make(chan struct{}) }

func (c *Cache) run(key Key, make Make, reason Reason) (e *Entry, err error) {
	defer func() {
		if p := recover(); p != nil {
			e, err = nil, fmt.Errorf("cache: making %s panicked: %v\n%s", key.Path, p, debug.Stack())
		}
		if err != nil {
			c.failed(key, err)
		}
	}()
	if e, err = make(c.done, reason); err != nil {
		return nil, err
	}
	if e.GeneratedAt == 0 {
		e.GeneratedAt = c.options.Now().UnixMilli()
	}
	c.memory.put(key, e, e.expires())
	c.mu.Lock()
	delete(c.retry, key)
	c.mu.Unlock()
	if c.options.Store != nil {
		// The answer does not depend on the disk.
		if err := c.options.Store.Set(key, e); err != nil {
			c.options.Report(key, err)
		}
	}
	return e, nil
}

// failed keeps the old entry, if any, and puts the next attempt off.
func (c *Cache) failed(key Key, err error) {
	if c.done.Err() != nil {
		return
	}
	old, _ := c.Find(key)
	if old == nil {
		return // whoever waits hears of it
	}
	c.options.Report(key, err)
	until := c.options.Now().Add(retryAfter(old.Revalidate))
	c.memory.postpone(key, until)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.retry) >= maxRetries {
		clear(c.retry)
	}
	c.retry[key] = until
}

// maxRetries bounds the memory of failures; forgetting one costs a Make too many.
const maxRetries = 4096
