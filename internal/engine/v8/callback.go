//go:build cgo && !onward_nov8

package v8

// #include "binding.h"
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"syscall"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
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

// failure is the JSON object that becomes a JavaScript Error.
func failure(err error) []byte {
	var he *host.Error
	fields := map[string]any{}
	if errors.As(err, &he) {
		if len(he.Detail) > 0 {
			_ = json.Unmarshal(he.Detail, &fields) // properties that cannot be read are left out
		}
		if he.Code != "" {
			fields["code"] = he.Code
		}
	}
	fields["message"] = err.Error()
	b, _ := json.Marshal(fields)
	return b
}

//export ow_go_call
func ow_go_call(token C.uintptr_t, op *C.uint8_t, opLen C.size_t, text *C.uint8_t, textLen C.size_t, body *C.uint8_t, bodyLen C.size_t, answer *C.ow_answer) {
	v, err := callSync(workerOf(token), string(view(op, opLen)), string(view(text, textLen)), view(body, bodyLen))
	switch {
	case err != nil:
		answer.kind = C.OW_ANSWER_ERROR
		answer.text = buffer(failure(err))
	case v.Body != nil:
		answer.kind = C.OW_ANSWER_BODY
		answer.body = buffer(v.Body)
	default:
		answer.kind = C.OW_ANSWER_TEXT
		answer.text = buffer(v.Text)
	}
}

func callSync(w *worker, op, text string, body []byte) (v host.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("host operation %q panicked: %v", op, r)
		}
	}()
	if w == nil {
		return v, errors.New("the worker is gone")
	}
	fn := w.pool.table.Sync[op]
	if fn == nil {
		return v, &host.Error{Code: "ERR_UNKNOWN_OPERATION", Message: fmt.Sprintf("host operation %q does not exist", op)}
	}
	return fn(&w.pool.env, text, body)
}

//export ow_go_load
func ow_go_load(token C.uintptr_t, path *C.uint8_t, pathLen C.size_t, answer *C.ow_answer) {
	w := workerOf(token)
	m, err := loadModule(w, string(view(path, pathLen)))
	switch {
	case err != nil:
		answer.kind = C.OW_ANSWER_ERROR
		answer.text = buffer(failure(err))
	case m == nil:
		answer.kind = C.OW_ANSWER_NONE
	default:
		answer.kind = C.OW_ANSWER_TEXT
		answer.text = buffer(m.Source)
		answer.body = buffer(openCache(m.Cache, m.Source))
	}
}

// loadModule asks the embedder. A module that does not exist is (nil, nil).
func loadModule(w *worker, path string) (m *engine.Module, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("loading %q panicked: %v", path, r)
		}
	}()
	if w == nil || w.pool.opts.Load == nil {
		return nil, nil
	}
	m, err = w.pool.opts.Load(path)
	// require tries names one after the other; a folder is not a module.
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	return m, err
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
