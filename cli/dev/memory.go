package dev

import (
	"runtime/debug"
	"time"
)

// settleTime is how long after the first page the server does what can wait.
const settleTime = 2 * time.Second

// settle does what the first page need not wait for: it makes the snapshot that the
// next start takes its engine from, and gives back the memory that starting took.
func (s *site) settle() {
	s.background.run(func() {
		select {
		case <-s.ending.Done():
			return
		case <-time.After(settleTime):
		}
		s.engine.mu.Lock()
		freeze := s.engine.freeze
		s.engine.freeze = nil
		s.engine.mu.Unlock()
		if freeze != nil {
			freeze()
		}
		debug.FreeOSMemory()
	})
}
