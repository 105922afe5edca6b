package dev

import (
	"os"
	"runtime/debug"
	"time"
)

// frugal makes garbage collection more frequent than usual, unless the user has
// chosen: compiling leaves much behind that is needed once, and collecting a heap of
// this size costs little.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

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
