package cache

import (
	"container/list"
	"sync"
	"time"
)

// memory is a least-recently-used map bounded by bytes.
type memory struct {
	mu    sync.Mutex
	limit int64
	used  int64
	order *list.List // of *slot, most recent first
	slots map[Key]*slot
}

// slot is an entry in memory.
type slot struct {
	key   Key
	entry *Entry
	size  int64
	at    *list.Element
	// staleAt in Unix milliseconds, 0: never. A failed regeneration moves it.
	staleAt int64
}

func newMemory(limit int64) *memory {
	return &memory{limit: limit, order: list.New(), slots: map[Key]*slot{}}
}

// get returns the entry and whether it is fresh.
func (m *memory) get(key Key, now int64) (e *Entry, fresh bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.slots[key]
	if s == nil {
		return nil, false
	}
	if m.order.Front() != s.at {
		m.order.MoveToFront(s.at)
	}
	return s.entry, s.staleAt == 0 || now < s.staleAt
}

// put stores e, unless what is there was generated later. An entry greater than
// the whole memory is left to the disk.
func (m *memory) put(key Key, e *Entry, staleAt int64) {
	size := e.size()
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.slots[key]; s != nil {
		if s.entry.GeneratedAt > e.GeneratedAt {
			return
		}
		m.remove(s)
	}
	if size > m.limit {
		return
	}
	s := &slot{key: key, entry: e, size: size, staleAt: staleAt}
	s.at = m.order.PushFront(s)
	m.slots[key] = s
	m.used += size
	for m.used > m.limit {
		m.remove(m.order.Back().Value.(*slot))
	}
}

// postpone makes the entry count as fresh until then.
func (m *memory) postpone(key Key, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.slots[key]; s != nil {
		s.staleAt = until.UnixMilli()
	}
}

func (m *memory) remove(s *slot) {
	m.order.Remove(s.at)
	delete(m.slots, s.key)
	m.used -= s.size
}
