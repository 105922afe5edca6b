package cache

import (
	"container/list"
	"sync"
)

// memory is a least-recently-used map bounded by bytes.
type memory struct {
	mu    sync.Mutex
	limit int64
	used  int64
	order *list.List // of *place, most recent first
	slots map[Key]*place
}

// slot is an entry in memory.
type slot struct {
	entry *Entry
	// staleAt in Unix milliseconds, 0: never.
	staleAt int64
	// suspect: the store may hold a later one.
	suspect bool
	// unsaved: the store could not be told of it.
	unsaved bool
}

// place is where a slot lies.
type place struct {
	slot
	key  Key
	size int64
	at   *list.Element
}

func newMemory(limit int64) *memory {
	return &memory{limit: limit, order: list.New(), slots: map[Key]*place{}}
}

// get returns what is there.
func (m *memory) get(key Key) (slot, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.slots[key]
	if p == nil {
		return slot{}, false
	}
	if m.order.Front() != p.at {
		m.order.MoveToFront(p.at)
	}
	return p.slot, true
}

// put stores s. An entry greater than the whole memory is left to the store.
func (m *memory) put(key Key, s slot) {
	size := s.entry.size()
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.slots[key]; p != nil {
		m.remove(p)
	}
	if size > m.limit {
		return
	}
	p := &place{slot: s, key: key, size: size}
	p.at = m.order.PushFront(p)
	m.slots[key] = p
	m.used += size
	for m.used > m.limit {
		m.remove(m.order.Back().Value.(*place))
	}
}

// unsaved marks an entry, if it is still there, as one that only memory has. The
// next reader tries to store it.
func (m *memory) unsaved(key Key, e *Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.slots[key]; p != nil && p.entry == e {
		p.unsaved, p.suspect = true, true
	}
}

// suspect makes the next reader ask the store.
func (m *memory) suspect(key Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.slots[key]; p != nil {
		p.suspect = true
	}
}

// suspectAll does so for everything that is there.
func (m *memory) suspectAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.slots {
		p.suspect = true
	}
}

func (m *memory) remove(p *place) {
	m.order.Remove(p.at)
	delete(m.slots, p.key)
	m.used -= p.size
}
