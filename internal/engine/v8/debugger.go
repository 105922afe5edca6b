//go:build cgo && !onward_nov8

package v8

// #include "binding.h"
import "C"

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
)

// mostAsked bounds the bytes that a debugger may have asked for and that JavaScript
// has not come to.
const mostAsked = 64 << 20

// debugging carries the messages between a debugger and a worker.
type debugging struct {
	mu    sync.Mutex
	cond  sync.Cond
	asked []asked
	bytes int
	// ended: the worker is gone, or about to be.
	ended bool
	// receive takes the messages of the worker; nil: no debugger is attached.
	// session counts those that were.
	receive func(message []byte)
	session int
	// gone is what Options.Debug wants called when the worker has ended.
	gone func()
}

// asked is one thing that a debugger wants, an OW_DEBUG_ constant.
type asked struct {
	kind    C.int
	message []byte
}

func newDebugging() *debugging {
	d := &debugging{}
	d.cond.L = &d.mu
	return d
}

var (
	errEnded    = errors.New("the worker has ended")
	errDetached = errors.New("another debugger has attached")
	errBehind   = errors.New("the worker does not come to what it was asked for")
)

// startDebugging lets debuggers attach.
func (w *worker) startDebugging() {
	debug := w.pool.Opts.Debug
	if debug == nil || debug.Worker == nil {
		return
	}
	d := newDebugging()
	w.Mu.Lock()
	w.debug = d
	w.Mu.Unlock()
	C.ow_debug_start(w.iso)
	gone := debug.Worker(engine.Debuggee{Attach: w.attach})
	d.mu.Lock()
	d.gone = gone
	ended := d.ended
	d.mu.Unlock()
	if ended {
		w.endDebugging()
	}
}

// attach implements engine.Debuggee.Attach.
func (w *worker) attach(receive func([]byte)) (send func([]byte) error, detach func()) {
	d := w.debug
	d.mu.Lock()
	d.session++
	session := d.session
	d.receive = receive
	d.mu.Unlock()
	w.ask(session, C.OW_DEBUG_ATTACH, nil) // fails when the worker has ended, which send says too
	send = func(message []byte) error { return w.ask(session, C.OW_DEBUG_MESSAGE, message) }
	return send, func() {
		if w.ask(session, C.OW_DEBUG_DETACH, nil) == nil {
			d.mu.Lock()
			if d.session == session {
				d.receive = nil
			}
			d.mu.Unlock()
		}
	}
}

// ask hands the worker what a debugger wants.
func (w *worker) ask(session int, kind C.int, message []byte) error {
	d := w.debug
	d.mu.Lock()
	var err error
	switch {
	case d.ended:
		err = errEnded
	case d.session != session:
		err = errDetached
	case d.bytes+len(message) > mostAsked:
		err = errBehind
	default:
		d.asked = append(d.asked, asked{kind, message})
		d.bytes += len(message)
		d.cond.Signal()
	}
	d.mu.Unlock()
	if err != nil {
		return err
	}
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.debugged = true
	w.Cond.Signal()
	if w.handle != nil && w.Turning {
		C.ow_debug_interrupt(w.handle)
	}
	return nil
}

// drainDebugger does what the debugger asks for; false when the worker has ended.
func (w *worker) drainDebugger() bool {
	C.ow_debug_drain(w.iso)
	w.deliver(unsafe.Slice((*byte)(unsafe.Pointer(w.shared.out)), int(w.shared.out_len)))
	if w.shared.state != C.OW_ALIVE {
		w.failTurn(nil)
		return false
	}
	return true
}

// paused reports whether a debugger has stopped the script.
func (w *worker) paused(shared *C.ow_shared) bool {
	return atomic.LoadInt32((*int32)(unsafe.Pointer(&shared.paused))) != 0
}

// endDebugging lets go of a script that a debugger has stopped. It may be called
// more than once.
func (w *worker) endDebugging() {
	w.Mu.Lock()
	d := w.debug
	w.Mu.Unlock()
	if d == nil {
		return
	}
	d.mu.Lock()
	d.ended = true
	d.receive = nil
	gone := d.gone
	d.gone = nil
	d.cond.Broadcast()
	d.mu.Unlock()
	if gone != nil {
		gone()
	}
}

// next is the next thing that the debugger wants; wait: as soon as there is one.
func (d *debugging) next(wait bool) (asked, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for wait && len(d.asked) == 0 && !d.ended {
		d.cond.Wait()
	}
	if len(d.asked) == 0 || d.ended {
		return asked{}, false
	}
	a := d.asked[0]
	d.asked[0] = asked{}
	d.asked = d.asked[1:]
	d.bytes -= len(a.message)
	return a, true
}

//export ow_go_debug_next
func ow_go_debug_next(token C.uintptr_t, wait C.int, message *C.ow_buffer) C.int {
	w := workerOf(token)
	if w == nil || w.debug == nil {
		return C.OW_DEBUG_NOTHING
	}
	a, ok := w.debug.next(wait != 0)
	if !ok {
		return C.OW_DEBUG_NOTHING
	}
	*message = buffer(a.message)
	return a.kind
}

//export ow_go_debug_send
func ow_go_debug_send(token C.uintptr_t, message *C.uint8_t, n C.size_t) {
	w := workerOf(token)
	if w == nil || w.debug == nil {
		return
	}
	w.debug.mu.Lock()
	receive := w.debug.receive
	w.debug.mu.Unlock()
	if receive != nil {
		receive(append([]byte(nil), view(message, n)...))
	}
}
