//go:build cgo && !onward_nov8

package v8

// #include "binding.h"
import "C"

import (
	"errors"
	"sync"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/pool"
)

// workers finds the worker that C++ names by its token. cgo needs a way back
// from a number to a Go value; a token that is gone finds nothing.
var (
	workers   sync.Map // uintptr → *worker
	tokenLock sync.Mutex
	lastToken uintptr
)

func newToken(w *worker) uintptr {
	tokenLock.Lock()
	lastToken++
	t := lastToken
	tokenLock.Unlock()
	workers.Store(t, w)
	return t
}

func workerOf(token C.uintptr_t) *worker {
	w, _ := workers.Load(uintptr(token))
	worker, _ := w.(*worker)
	return worker
}

func view(p *C.uint8_t, n C.size_t) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), int(n))
}

func buffer[T string | []byte](b T) C.ow_buffer {
	if len(b) == 0 {
		return C.ow_buffer{}
	}
	p := C.malloc(C.size_t(len(b)))
	copy(unsafe.Slice((*byte)(p), len(b)), b)
	return C.ow_buffer{data: (*C.uint8_t)(p), len: C.size_t(len(b))}
}

var errGone = errors.New("the worker is gone")

//export ow_go_call
func ow_go_call(token C.uintptr_t, op *C.uint8_t, opLen C.size_t, text *C.uint8_t, textLen C.size_t, body *C.uint8_t, bodyLen C.size_t, answer *C.ow_answer) {
	var v host.Value
	err := errGone
	if w := workerOf(token); w != nil {
		v, err = w.pool.CallSync(string(view(op, opLen)), string(view(text, textLen)), view(body, bodyLen))
	}
	switch {
	case err != nil:
		answer.kind = C.OW_ANSWER_ERROR
		answer.text = buffer(pool.Failure(err))
	case v.Body != nil:
		answer.kind = C.OW_ANSWER_BODY
		answer.body = buffer(v.Body)
	default:
		answer.kind = C.OW_ANSWER_TEXT
		answer.text = buffer(v.Text)
	}
}

//export ow_go_load
func ow_go_load(token C.uintptr_t, path *C.uint8_t, pathLen C.size_t, answer *C.ow_answer) {
	var m *engine.Module
	var err error
	if w := workerOf(token); w != nil {
		m, err = w.pool.LoadModule(string(view(path, pathLen)))
	}
	switch {
	case err != nil:
		answer.kind = C.OW_ANSWER_ERROR
		answer.text = buffer(pool.Failure(err))
	case m == nil:
		answer.kind = C.OW_ANSWER_NONE
	default:
		answer.kind = C.OW_ANSWER_TEXT
		answer.text = buffer(m.Source)
		answer.body = buffer(openCache(m.Cache, m.Source))
	}
}

//export ow_go_lost
func ow_go_lost(token C.uintptr_t) {
	if w := workerOf(token); w != nil {
		// Not on this thread: it may be one of V8's own, and it is about to park.
		go w.abandon(engine.OutOfMemory)
	}
}

//export ow_go_wake
func ow_go_wake(token C.uintptr_t) {
	if w := workerOf(token); w != nil {
		w.poke()
	}
}
