package pool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/engine"
)

// window is how many bytes one side sends ahead of what the other has taken.
const window = 256 << 10

// call is one Job under way. It is settled once: by the answer, by a failure,
// by its timer or by its caller.
type call struct {
	job *engine.Job
	id  uint32
	// w is set when the call enters a worker, under the pool's lock.
	w *Worker
	// retried: it was already moved once from a worker that was lost.
	retried bool
	// alone: it may be what the first worker was lost to, so it gets one of its
	// own.
	alone bool

	timer *time.Timer
	head  chan struct{} // closed when reply or err is known

	mu      sync.Mutex
	settled bool // head is closed
	over    bool // nothing more will come
	reply   *engine.Reply
	err     *engine.Error
	stream  *replyStream
	body    *bodySource
	unhook  func() bool // stops watching the caller's context
}

func newCall(job *engine.Job) *call {
	return &call{job: job, head: make(chan struct{})}
}

// answer settles the call with a whole reply.
func (c *call) answer(meta, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.settled {
		return
	}
	c.reply = &engine.Reply{Meta: meta, Body: body}
	c.finishLocked()
}

// finishLocked ends the call. The lock is held.
func (c *call) finishLocked() {
	c.over = true
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.unhook != nil {
		c.unhook()
	}
	if c.body != nil {
		c.body.stop()
	}
	if !c.settled {
		c.settled = true
		close(c.head)
	}
}

// begin settles the call with a streaming reply.
func (c *call) begin(meta []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.settled {
		return
	}
	c.stream = newReplyStream(c)
	c.reply = &engine.Reply{Meta: meta, Stream: c.stream}
	c.settled = true
	close(c.head)
}

// fail ends the call with err, whether or not its head went out. It reports
// whether the call was still running.
func (c *call) fail(err *engine.Error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return false
	}
	if c.stream != nil {
		c.stream.end(err)
	} else {
		c.err = err
	}
	c.finishLocked()
	return true
}

// end finishes a streaming reply.
func (c *call) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.stream == nil {
		return
	}
	c.stream.end(nil)
	c.finishLocked()
}

// chunk adds to a streaming reply, of which limit bytes may wait to be read.
func (c *call) chunk(b []byte, limit int64) {
	c.mu.Lock()
	s := c.stream
	c.mu.Unlock()
	if s != nil && !s.push(b, limit) {
		c.cancel(&engine.Error{Kind: engine.OutOfMemory,
			Message: fmt.Sprintf("the answer has %d MB that its reader did not take yet", limit>>20)})
	}
}

// watch ties a streaming call to its caller's context.
func (c *call) watch(ctx context.Context) {
	if ctx.Done() == nil {
		return
	}
	unhook := context.AfterFunc(ctx, func() { c.cancel(aborted(ctx)) })
	c.mu.Lock()
	c.unhook = unhook
	over := c.over
	c.mu.Unlock()
	if over {
		unhook()
	}
}

// cancel fails the call from outside and tells JavaScript.
func (c *call) cancel(err *engine.Error) {
	if !c.fail(err) {
		return
	}
	if w, id := c.place(); w != nil {
		w.Send(InAbort, id, 0, nil, nil)
	}
}

// place is where the call is: its worker, and its number there.
func (c *call) place() (*Worker, uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.w, c.id
}

// mayRepeat tells whether running the Job a second time is allowed and would
// not be seen.
func (c *call) mayRepeat() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.job.Again && c.job.Stream == nil && !c.settled
}

func aborted(ctx context.Context) *engine.Error {
	e := &engine.Error{Kind: engine.Aborted, Message: "the caller cancelled"}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		e = &engine.Error{Kind: engine.Timeout, Message: "the caller's deadline passed"}
	}
	return e
}

// thrown reads the JSON of Out.Fail.
func thrown(text []byte) *engine.Error {
	var f failure
	if err := json.Unmarshal(text, &f); err != nil {
		return &engine.Error{Kind: engine.Thrown, Message: "unreadable failure"}
	}
	return f.thrown()
}

type failure struct {
	Name    string          `json:"name"`
	Message string          `json:"message"`
	Stack   string          `json:"stack"`
	Detail  json.RawMessage `json:"detail"`
	Cause   *failure        `json:"cause"`
}

func (f *failure) thrown() *engine.Error {
	e := &engine.Error{Kind: engine.Thrown, Name: f.Name, Message: f.Message, Stack: f.Stack, Detail: f.Detail}
	if f.Cause != nil {
		e.Cause = f.Cause.thrown()
	}
	return e
}
