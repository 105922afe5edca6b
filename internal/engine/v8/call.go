//go:build cgo && !onward_nov8

package v8

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	w *worker
	// retried: it was already moved once from a worker that was lost.
	retried bool

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
		w.send(inAbort, id, 0, nil, nil)
	}
}

// place is where the call is: its worker, and its number there.
func (c *call) place() (*worker, uint32) {
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
	e := &engine.Error{Kind: engine.Thrown}
	var f struct {
		Name    string          `json:"name"`
		Message string          `json:"message"`
		Stack   string          `json:"stack"`
		Detail  json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		e.Message = "unreadable failure"
		return e
	}
	e.Name, e.Message, e.Stack, e.Detail = f.Name, f.Message, f.Stack, f.Detail
	return e
}

// replyStream is the body of a streaming reply. Reading grants JavaScript
// credit to write more.
type replyStream struct {
	c      *call
	mu     sync.Mutex
	cond   sync.Cond
	chunks [][]byte
	size   int64 // bytes in chunks
	ended  bool
	closed bool
	err    error
	taken  int    // bytes read and not yet credited
	rest   []byte // of a chunk that Read gave out in part
}

var _ io.WriterTo = (*replyStream)(nil)

func newReplyStream(c *call) *replyStream {
	s := &replyStream{c: c}
	s.cond.L = &s.mu
	return s
}

// push adds a chunk. It reports whether the stream is within limit: a script
// that writes on without waiting for its slow reader is stopped there.
func (s *replyStream) push(b []byte, limit int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.ended {
		return true
	}
	s.chunks = append(s.chunks, b)
	s.size += int64(len(b))
	s.cond.Signal()
	return s.size <= limit
}

func (s *replyStream) end(err *engine.Error) {
	s.mu.Lock()
	s.ended = true
	if err != nil && s.err == nil {
		s.err = err
	}
	s.cond.Broadcast()
	s.mu.Unlock()
}

// next waits for a chunk. What came before a failure is still delivered.
func (s *replyStream) next() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.chunks) == 0 && !s.ended && !s.closed {
		s.cond.Wait()
	}
	switch {
	case s.closed:
		return nil, &engine.Error{Kind: engine.Aborted, Message: "the stream is closed"}
	case len(s.chunks) > 0:
		b := s.chunks[0]
		s.chunks[0] = nil
		s.chunks = s.chunks[1:]
		s.size -= int64(len(b))
		return b, nil
	case s.err != nil:
		return nil, s.err
	}
	return nil, io.EOF
}

// credit tells JavaScript that n more bytes were taken, now and then.
func (s *replyStream) credit(n int) {
	s.mu.Lock()
	s.taken += n
	taken := s.taken
	if taken < window/8 || s.ended {
		s.mu.Unlock()
		return
	}
	s.taken = 0
	s.mu.Unlock()
	if w, id := s.c.place(); w != nil {
		w.send(inCredit, id, float64(taken), nil, nil)
	}
}

// Read must not be called by two goroutines at once.
func (s *replyStream) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(s.rest) == 0 {
		b, err := s.next()
		if err != nil {
			return 0, err
		}
		s.rest = b
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	s.credit(n)
	return n, nil
}

// WriteTo writes chunk by chunk as JavaScript made them.
func (s *replyStream) WriteTo(w io.Writer) (total int64, err error) {
	for {
		b := s.rest
		s.rest = nil
		if len(b) == 0 {
			b, err = s.next()
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := w.Write(b)
		total += int64(n)
		if err != nil {
			return total, err
		}
		s.credit(n)
	}
}

// Close gives the rest up; JavaScript sees its abort signal fire.
func (s *replyStream) Close() error {
	s.mu.Lock()
	s.closed = true
	s.chunks = nil
	s.cond.Broadcast()
	s.mu.Unlock()
	s.c.cancel(&engine.Error{Kind: engine.Aborted, Message: "the stream was closed"})
	return nil
}

// bodySource feeds a Job's Stream to JavaScript as far as it has asked.
type bodySource struct {
	mu      sync.Mutex
	cond    sync.Cond
	credit  int
	started bool
	stopped bool
}

func newBodySource() *bodySource {
	b := &bodySource{}
	b.cond.L = &b.mu
	return b
}

func (b *bodySource) stop() {
	b.mu.Lock()
	b.stopped = true
	b.cond.Broadcast()
	b.mu.Unlock()
}

// pull grants n more bytes and starts reading on first use.
func (b *bodySource) pull(w *worker, id uint32, r io.Reader, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.credit = min(b.credit+n, window)
	b.cond.Signal()
	if !b.started {
		b.started = true
		go b.run(w, id, r)
	}
}

func (b *bodySource) run(w *worker, id uint32, r io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		b.mu.Lock()
		for b.credit <= 0 && !b.stopped {
			b.cond.Wait()
		}
		most := min(b.credit, len(buf))
		stopped := b.stopped
		b.mu.Unlock()
		if stopped {
			return
		}
		n, err := r.Read(buf[:most])
		if n > 0 {
			b.mu.Lock()
			b.credit -= n
			b.mu.Unlock()
			w.send(inBody, id, 0, nil, buf[:n])
		}
		if err == io.EOF {
			w.send(inBodyEnd, id, 0, nil, nil)
			return
		}
		if err != nil {
			w.send(inBodyEnd, id, 0, []byte(err.Error()), nil)
			return
		}
	}
}
