package pool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/onwardjs/onward/internal/engine/host"
)

// maxOperations bounds the asynchronous host operations of one worker.
const maxOperations = 4096

// operation is one asynchronous host call under way.
type operation struct {
	w      *Worker
	id     uint32
	cancel context.CancelFunc

	mu     sync.Mutex
	cond   sync.Cond
	unread int  // bytes sent to JavaScript that it has not taken
	gone   bool // ctx ended

	in     [][]byte // what JavaScript streams in
	inSize int64    // bytes in it
	inEnd  bool
	inTake int // bytes read from in and not yet credited
}

// startOperation runs what Out.Op asks for on a goroutine of its own.
func (w *Worker) startOperation(id uint32, text, body []byte, streams bool) {
	name, args, _ := bytes.Cut(text, []byte("\n"))
	fn := w.Pool.Table.Async[string(name)]
	if fn == nil {
		w.Send(InFailure, id, 0, Failure(&host.Error{
			Code: "ERR_UNKNOWN_OPERATION", Message: fmt.Sprintf("host operation %q does not exist", name)}), nil)
		return
	}
	ctx, cancel := context.WithCancel(w.Context)
	op := &operation{w: w, id: id, cancel: cancel, inEnd: !streams}
	op.cond.L = &op.mu
	w.Mu.Lock()
	full := len(w.ops) >= maxOperations
	if !full {
		w.ops[id] = op
	}
	w.Mu.Unlock()
	if full {
		cancel()
		w.Send(InFailure, id, 0, Failure(&host.Error{
			Code: "EAGAIN", Message: fmt.Sprintf("%s: more than %d operations are under way", name, maxOperations)}), nil)
		return
	}
	context.AfterFunc(ctx, op.end)
	c := &host.Call{Text: string(args), Send: op.send, Recv: op}
	if body != nil {
		c.Body = bytes.Clone(body)
	}
	opName := string(name)
	go func() {
		v, err := runOperation(ctx, opName, fn, &w.Pool.Env, c)
		w.Mu.Lock()
		delete(w.ops, id)
		w.Mu.Unlock()
		cancelled := ctx.Err() != nil
		cancel()
		switch {
		case err != nil && cancelled:
			w.Send(InFailure, id, 0, Failure(&host.Error{Code: "ABORT_ERR", Message: "The operation was aborted"}), nil)
		case err != nil:
			w.Send(InFailure, id, 0, Failure(err), nil)
		case v.Body != nil:
			w.Send(InResult, id, 0, nil, v.Body)
		default:
			w.Send(InResult, id, 0, nonNil(v.Text), nil)
		}
	}()
}

func nonNil(s string) []byte {
	if s == "" {
		return []byte{}
	}
	return []byte(s)
}

func runOperation(ctx context.Context, name string, fn host.AsyncFunc, env *host.Env, c *host.Call) (v host.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("host operation %q panicked: %v", name, r)
		}
	}()
	return fn(ctx, env, c)
}

func (o *operation) end() {
	o.mu.Lock()
	o.gone = true
	o.cond.Broadcast()
	o.mu.Unlock()
}

var errGone = errors.New("the operation was cancelled")

// send is host.Call.Send.
func (o *operation) send(text string, chunk []byte) error {
	size := len(text) + len(chunk)
	o.mu.Lock()
	for o.unread > 0 && o.unread+size > window && !o.gone {
		o.cond.Wait()
	}
	if o.gone {
		o.mu.Unlock()
		return errGone
	}
	o.unread += size
	o.mu.Unlock()
	var t []byte
	if text != "" || chunk == nil {
		t = nonNil(text)
	}
	o.w.Send(InData, o.id, 0, t, chunk)
	return nil
}

// taken is what Out.OpPull reports.
func (o *operation) taken(n int) {
	o.mu.Lock()
	o.unread = max(0, o.unread-n)
	o.cond.Broadcast()
	o.mu.Unlock()
}

func (o *operation) feed(b []byte, end bool) {
	o.mu.Lock()
	if len(b) > 0 && !o.inEnd {
		o.in = append(o.in, b)
		o.inSize += int64(len(b))
	}
	o.inEnd = o.inEnd || end
	// A script that streams in without ever waiting.
	flooded := o.inSize > o.w.Pool.Opts.BufferLimit
	o.cond.Broadcast()
	o.mu.Unlock()
	if flooded {
		o.cancel()
	}
}

// Read is host.Call.Recv.
func (o *operation) Read(p []byte) (int, error) {
	o.mu.Lock()
	for len(o.in) == 0 && !o.inEnd && !o.gone {
		o.cond.Wait()
	}
	if o.gone {
		o.mu.Unlock()
		return 0, errGone
	}
	if len(o.in) == 0 {
		o.mu.Unlock()
		return 0, io.EOF
	}
	n := copy(p, o.in[0])
	if n == len(o.in[0]) {
		o.in = o.in[1:]
	} else {
		o.in[0] = o.in[0][n:]
	}
	o.inTake += n
	o.inSize -= int64(n)
	credit := 0
	if o.inTake >= window/8 || len(o.in) == 0 {
		credit, o.inTake = o.inTake, 0
	}
	o.mu.Unlock()
	if credit > 0 {
		o.w.Send(InOpCredit, o.id, float64(credit), nil, nil)
	}
	return n, nil
}
