package cache

import (
	"context"
	"errors"
	"io"
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
	// Expired: too old to be shown, so whoever asks waits for a new one.
	Expired
)

func (s State) String() string {
	return [...]string{"HIT", "STALE", "MISS", "REVALIDATED", "EXPIRED"}[s]
}

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
// is (nil, nil). Its methods are called by many goroutines at once, and must end
// in reasonable time: a reader may be waiting.
type Store interface {
	Get(ctx context.Context, key Key) (*Entry, error)
	Set(ctx context.Context, key Key, e *Entry) error
}

// Shared is a Store that other processes read and write at the same time.
type Shared interface {
	Store
	// Begin is called before a Make. Of those who ask for it alone, one process
	// at a time has the turn; the others are told no. A store that cannot be
	// reached lets everybody go on.
	Begin(ctx context.Context, key Key, alone bool) (turn Turn, ok bool)
	// Commit is Set for what was made in a turn. It fails with ErrSuperseded when
	// the store holds what was made in a later turn.
	Commit(ctx context.Context, key Key, e *Entry, turn Turn) error
	// Abandon gives a turn back without a result.
	Abandon(ctx context.Context, key Key, turn Turn)
	// Watch calls changed for each entry that another process has stored, and lost
	// when it may have missed some. It is called once, before anything else.
	Watch(changed func(Key), lost func())
}

// Turn is the right to make an entry, in the order that the store gives. The zero
// Turn is that of a store out of reach.
type Turn struct {
	// Order grows with the time of Begin.
	Order int64
	// Lock names the holder; empty when the turn is not held alone.
	Lock string
}

// ErrSuperseded tells that a later turn has stored its result already.
var ErrSuperseded = errors.New("cache: superseded by a later generation")

// Options configure a Cache.
type Options struct {
	// MemoryLimit in bytes; 0 keeps nothing in memory.
	MemoryLimit int64
	// Store outlives the process; nil: none. When it is Shared, other processes
	// see what is stored, and memory follows what they store.
	Store Store
	// Seed returns what the build made for a key, nil when it made nothing.
	Seed func(key Key) (*Entry, error)
	// Report hears of failures that no request hears of: of regenerations in
	// the background, and of the store.
	Report func(key Key, err error)
	// Trace hears what happens to a key, in a word; nil: nobody does.
	Trace func(event string, key Key)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Cache finds entries and makes them. It is safe for use by many goroutines.
type Cache struct {
	options Options
	shared  Shared // nil when the store is this process's own
	memory  *memory
	// done ends the Makes that run when the cache is closed.
	done   context.Context
	cancel context.CancelFunc
	busy   sync.WaitGroup

	mu      sync.Mutex
	flights map[Key]*flight
	loads   map[Key]*load
	turn    uint64
	// retry remembers failed keys when there is no memory to postpone in.
	retry map[Key]time.Time
}

// New makes a Cache.
func New(o Options) *Cache {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Report == nil {
		o.Report = func(Key, error) {}
	}
	if o.Trace == nil {
		o.Trace = func(string, Key) {}
	}
	c := &Cache{
		options: o, memory: newMemory(o.MemoryLimit),
		flights: map[Key]*flight{}, loads: map[Key]*load{}, retry: map[Key]time.Time{},
	}
	c.done, c.cancel = context.WithCancel(context.Background())
	if c.shared, _ = o.Store.(Shared); c.shared != nil {
		c.shared.Watch(c.changed, c.memory.suspectAll)
	}
	return c
}

// Close ends what is being made, waits for it, and closes the store.
func (c *Cache) Close() {
	c.cancel()
	c.busy.Wait()
	if store, ok := c.options.Store.(io.Closer); ok {
		if err := store.Close(); err != nil {
			c.options.Report(Key{}, err)
		}
	}
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

// Find returns what is stored for key, without making anything. state is Hit,
// Stale or Expired; a nil entry means there is none.
func (c *Cache) Find(key Key) (*Entry, State) {
	now := c.options.Now().UnixMilli()
	found, ok := c.memory.get(key)
	if !ok || found.suspect {
		if found = c.load(key, found); found.entry == nil {
			c.options.Trace("miss", key)
			return nil, Miss
		}
	}
	switch {
	case found.entry.expired(now):
		c.options.Trace("expired", key)
		return found.entry, Expired
	case found.staleAt != 0 && now >= found.staleAt:
		c.options.Trace("stale", key)
		return found.entry, Stale
	}
	c.options.Trace("hit", key)
	return found.entry, Hit
}

// Get returns the entry of key: a fresh one at once; a stale one at once too, and
// makes it anew in the background; none, or an expired one, is made while the
// caller waits. The error is that of the Make, or ctx's.
func (c *Cache) Get(ctx context.Context, key Key, make Make) (*Entry, State, error) {
	e, state := c.Find(key)
	return c.Complete(ctx, key, e, state, make)
}

// Complete goes on where Find has left off: it is Get for a caller that has looked
// already.
func (c *Cache) Complete(ctx context.Context, key Key, found *Entry, state State, make Make) (*Entry, State, error) {
	switch state {
	case Miss:
		e, err := c.join(ctx, key, nil, make, ReasonStale)
		return e, Miss, err
	case Expired:
		e, err := c.join(ctx, key, found, make, ReasonStale)
		return e, Hit, err
	case Stale:
		c.refresh(key, found, make)
	}
	return found, state, nil
}

// Revalidate makes the entry anew even when it is fresh. old is what Find has found,
// and stays if that fails. A Make that was already under way does not count: it may
// have read what has changed since. When it returns, processes that share the store
// have been told.
func (c *Cache) Revalidate(ctx context.Context, key Key, old *Entry, make Make) (*Entry, error) {
	return c.join(ctx, key, old, make, ReasonOnDemand)
}
