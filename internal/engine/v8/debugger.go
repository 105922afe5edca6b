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
	// receive takes the messages of the worker; nil: it has come to no debugger.
	receive func(message []byte)
	// session counts the debuggers that have attached.
	session int
	// gone is what Options.Debug wants called when the worker has ended.
	gone func()
}

// asked is one thing that a debugger wants, an OW_DEBUG_ constant.
type asked struct {
	kind    C.int
	message []byte
	// receive is that of a debugger that attaches.
	receive func(message []byte)
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
	d.mu.Unlock()
	_ = w.ask(session, asked{kind: C.OW_DEBUG_ATTACH, receive: receive}) // what is wrong, send says too
	return func(message []byte) error { return w.ask(session, asked{kind: C.OW_DEBUG_MESSAGE, message: message}) },
		func() { _ = w.ask(session, asked{kind: C.OW_DEBUG_DETACH}) } // there is nobody to detach
}

// ask hands the worker what a debugger wants.
func (w *worker) ask(session int, a asked) error {
	d := w.debug
	d.mu.Lock()
	var err error
	switch {
	case d.ended:
		err = errEnded
	case d.session != session:
		err = errDetached
	case d.bytes+len(a.message) > mostAsked:
		err = errBehind
	default:
		d.asked = append(d.asked, a)
		d.bytes += len(a.message)
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
	// What the worker still says to the debugger before is not for this one.
	if a.kind != C.OW_DEBUG_MESSAGE {
		d.receive = a.receive
	}
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
