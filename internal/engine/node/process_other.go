//go:build !unix

package node

import (
	"errors"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/pool"
)

// process cannot be started where files are not inherited.
type process struct{ *pool.Worker }

func newProcess(_ *Pool, w *pool.Worker) *process { return &process{w} }

func (m *process) Run() {
	err := errors.New("the Node engine does not run on this system yet; use V8")
	m.Mu.Lock()
	m.BootErr = err
	m.Mu.Unlock()
	m.Settle(engine.Crashed, err.Error(), nil)
	m.End()
}

func (*process) Stop()            {}
func (*process) HeapUsed() uint64 { return 0 }

// look has nothing to look at.
func (*process) look() bool { return false }
