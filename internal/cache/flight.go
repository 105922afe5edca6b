package cache

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// flight is one Make under way.
type flight struct {
	turn  uint64
	heard bool
	// ready closes when entry and err are there; over when they are stored, and
	// nothing of the flight goes on.
	ready, over chan struct{}
	entry       *Entry
	err         error
	// hurry ends waiting for another process.
	hurry     chan struct{}
	hurryOnce sync.Once
	landOnce  sync.Once
}

func (f *flight) land(e *Entry, err error) {
	f.landOnce.Do(func() {
		f.entry, f.err = e, err
		close(f.ready)
	})
}

func (f *flight) hasten() { f.hurryOnce.Do(func() { close(f.hurry) }) }

// patience is how long a process waits for another that makes the same entry,
// before it makes it itself. A lock outlives its holder no longer than that.
const patience = 5 * time.Second

// join waits for the Make of key, starting it when there is none that will do.
func (c *Cache) join(ctx context.Context, key Key, old *Entry, make Make, reason Reason) (*Entry, error) {
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
			f = c.start(key, old, make, reason, true)
			since = 0 // mine
		}
		c.mu.Unlock()
		will := reason != ReasonOnDemand || f.turn > since
		end := f.ready
		if !will {
			f.hasten()
			end = f.over
		}
		select {
		case <-end:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if will {
			return f.entry, f.err
		}
		c.mu.Lock()
	}
}

// refresh starts a Make that nobody waits for.
func (c *Cache) refresh(key Key, old *Entry, make Make) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] == nil && c.fresh(key) == nil {
		c.start(key, old, make, ReasonStale, false)
	}
}

// fresh returns the entry in memory that needs not be made anew.
func (c *Cache) fresh(key Key) *Entry {
	found, ok := c.memory.get(key)
	now := c.options.Now().UnixMilli()
	if !ok || found.suspect || found.staleAt != 0 && now >= found.staleAt || found.entry.expired(now) {
		return nil
	}
	return found.entry
}

// start runs a Make. old is what there is now, if anything. heard: a caller waits,
// and hears of a failure. c.mu is held.
func (c *Cache) start(key Key, old *Entry, make Make, reason Reason, heard bool) *flight {
	c.turn++
	f := &flight{turn: c.turn, heard: heard, ready: signal(), over: signal(), hurry: signal()}
	c.flights[key] = f
	c.busy.Go(func() {
		c.run(f, key, old, make, reason)
		c.mu.Lock()
		delete(c.flights, key)
		c.mu.Unlock()
		close(f.over)
	})
	return f
}

func signal() chan struct{} { return make(chan struct{}) }

// run makes and stores an entry. Readers go on as soon as it is made; who asked
// for it on demand goes on when others can see it, too.
func (c *Cache) run(f *flight, key Key, old *Entry, make Make, reason Reason) {
	var turn Turn
	if c.shared != nil {
		var ok bool
		alone := reason != ReasonOnDemand
		if turn, ok = c.shared.Begin(c.done, key, alone); !ok {
			e := c.await(f, key)
			if e == nil && !f.heard {
				e = old // which is shown until the other process has made it, or the next reader tries
			}
			if e != nil {
				f.land(e, nil)
				return
			}
			turn, _ = c.shared.Begin(c.done, key, false)
		} else if e := c.finished(key, old, alone); e != nil {
			c.shared.Abandon(c.done, key, turn)
			f.land(e, nil)
			return
		}
	}
	e, err := c.call(key, make, reason)
	if err != nil {
		if c.shared != nil {
			c.shared.Abandon(c.done, key, turn)
		}
		c.failed(key, old, err, f.heard)
		f.land(nil, err)
		return
	}
	c.options.Trace("set", key)
	e.order = turn.Order
	c.remember(key, e)
	if reason != ReasonOnDemand {
		f.land(e, nil)
	}
	c.keep(key, e, turn)
	f.land(e, nil)
}

// finished returns what another process has stored between our look and our turn.
func (c *Cache) finished(key Key, old *Entry, alone bool) *Entry {
	if !alone {
		return nil
	}
	e, err := c.shared.Get(c.done, key)
	now := c.options.Now().UnixMilli()
	if err != nil || e == nil || old != nil && !e.newer(old) || e.expired(now) || e.stales() != 0 && now >= e.stales() {
		return nil
	}
	c.remember(key, e)
	return e
}

// await waits for the process that makes the entry now, and returns what it has
// made; nil when it takes too long.
func (c *Cache) await(f *flight, key Key) *Entry {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-f.hurry:
	case <-timer.C:
	case <-c.done.Done():
	}
	e, state := c.Find(key)
	if state != Hit {
		return nil
	}
	return e
}

// call runs the Make.
func (c *Cache) call(key Key, make Make, reason Reason) (e *Entry, err error) {
	defer func() {
		if p := recover(); p != nil {
			e, err = nil, fmt.Errorf("cache: making %s panicked: %v\n%s", key.Path, p, debug.Stack())
		}
	}()
	if e, err = make(c.done, reason); err != nil {
		return nil, err
	}
	if e.GeneratedAt == 0 {
		e.GeneratedAt = c.options.Now().UnixMilli()
	}
	return e, nil
}

// remember puts an entry that was made just now into memory.
func (c *Cache) remember(key Key, e *Entry) {
	c.mu.Lock()
	if l := c.loads[key]; l != nil {
		l.void = true
	}
	delete(c.retry, key)
	c.memory.put(key, slot{entry: e, staleAt: e.stales()})
	c.mu.Unlock()
}

// keep stores an entry. That it cannot be kept is no reason not to show it.
func (c *Cache) keep(key Key, e *Entry, turn Turn) {
	var err error
	switch {
	case c.shared != nil:
		err = c.shared.Commit(c.done, key, e, turn)
	case c.options.Store != nil:
		err = c.options.Store.Set(c.done, key, e)
	}
	switch {
	case err == nil:
	case errors.Is(err, ErrSuperseded):
		c.changed(key)
	case c.done.Err() != nil:
	default:
		c.memory.unsaved(key, e)
		if !errors.Is(err, ErrUnreachable) {
			c.options.Report(key, err)
		}
	}
}

// failed keeps the old entry, if any, and puts the next attempt off.
func (c *Cache) failed(key Key, old *Entry, err error, heard bool) {
	if c.done.Err() != nil {
		return
	}
	if !heard {
		c.options.Report(key, err)
	}
	if old == nil {
		return
	}
	if there, ok := c.memory.get(key); ok && (there.suspect || there.entry != old) {
		return // it has changed meanwhile
	}
	now := c.options.Now()
	kept := old.postponed(now)
	c.remember(key, kept)
	c.mu.Lock()
	if len(c.retry) >= maxRetries {
		clear(c.retry)
	}
	c.retry[key] = now.Add(time.Duration(kept.Revalidate) * time.Second)
	c.mu.Unlock()
	// Not for other processes: they may fare better.
	if c.shared == nil {
		c.keep(key, kept, Turn{})
	}
}

// maxRetries bounds the memory of failures; forgetting one costs a Make too many.
const maxRetries = 4096

// load is one reading of the store under way.
type load struct {
	ready chan struct{}
	found slot
	// void: the entry changed meanwhile, so what was read is not remembered.
	void bool
}

// load reads the store and the build's output once for all who ask. have is what
// memory holds, if anything, which the store may know to be out of date.
func (c *Cache) load(key Key, have slot) slot {
	c.mu.Lock()
	if l := c.loads[key]; l != nil {
		c.mu.Unlock()
		<-l.ready
		return l.found
	}
	l := &load{ready: signal()}
	c.loads[key] = l
	c.mu.Unlock()
	defer close(l.ready)

	e, sure := c.read(key, have)
	l.found = slot{entry: e}
	if e != nil {
		l.found.staleAt = e.stales()
	}
	c.mu.Lock()
	delete(c.loads, key)
	if until, ok := c.retry[key]; ok && l.found.staleAt != 0 {
		l.found.staleAt = max(l.found.staleAt, until.UnixMilli())
	}
	switch {
	case e == nil || l.void:
	case sure:
		c.memory.put(key, l.found)
	case e == have.entry:
		l.found = have // and is asked for again
	}
	c.mu.Unlock()
	return l.found
}

// read finds the latest entry that memory, the store and the build have. It is
// sure of it unless the store could not be asked.
func (c *Cache) read(key Key, have slot) (e *Entry, sure bool) {
	sure = true
	if c.options.Store != nil {
		var err error
		if e, err = c.options.Store.Get(c.done, key); err != nil {
			sure = false
			if !errors.Is(err, ErrUnreachable) {
				c.options.Report(key, err)
			}
		}
	}
	if have.entry != nil && (e == nil || have.entry.newer(e)) {
		e = have.entry
		if sure && c.shared != nil {
			// The server has lost it, or was away when it was made.
			c.busy.Go(func() { c.save(key, e) })
		}
	}
	if e != nil && e == have.entry || c.options.Seed == nil {
		return e, sure
	}
	seed, err := c.options.Seed(key)
	if err != nil {
		c.options.Report(key, err)
	}
	if seed != nil && (e == nil || e.GeneratedAt < seed.GeneratedAt) {
		e = seed
	}
	return e, sure
}

// save stores what the shared store should have and has not.
func (c *Cache) save(key Key, e *Entry) {
	turn := Turn{Order: e.order}
	if turn.Order == 0 {
		turn, _ = c.shared.Begin(c.done, key, false)
	}
	c.keep(key, e, turn)
}

// changed hears that another process has stored an entry.
func (c *Cache) changed(key Key) {
	c.mu.Lock()
	if l := c.loads[key]; l != nil {
		l.void = true
	}
	f := c.flights[key]
	c.mu.Unlock()
	c.memory.suspect(key)
	if f != nil {
		f.hasten()
	}
}
