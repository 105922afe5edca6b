package dev

import (
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/stack"
)

// loadForDebugger is load for an engine that debuggers attach to: the modules carry
// their source maps, so that breakpoints are set in the files of the app.
func (s *site) loadForDebugger(path string) (*engine.Module, error) {
	m, err := s.load(path)
	if err != nil || m == nil {
		return m, err
	}
	return &engine.Module{Source: stack.Inline(m.Source, s.live.ServerMap(path), s.project.Dir)}, nil
}
