package pool

import (
	"io"
	"sync"

	"github.com/onwardjs/onward/internal/engine"
)

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
		w.Send(InCredit, id, float64(taken), nil, nil)
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
func (b *bodySource) pull(w *Worker, id uint32, r io.Reader, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.credit = min(b.credit+n, window)
	b.cond.Signal()
	if !b.started {
		b.started = true
		go b.run(w, id, r)
	}
}

func (b *bodySource) run(w *Worker, id uint32, r io.Reader) {
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
			w.Send(InBody, id, 0, nil, buf[:n])
		}
		if err == io.EOF {
			w.Send(InBodyEnd, id, 0, nil, nil)
			return
		}
		if err != nil {
			w.Send(InBodyEnd, id, 0, []byte(err.Error()), nil)
			return
		}
	}
}
