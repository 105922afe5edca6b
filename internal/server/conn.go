package server

import (
	"context"
	"io"
	"net"
	"sync"
)

// connListener accepts connections as conn.
type connListener struct{ net.Listener }

func (l connListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		return &conn{TCPConn: tcp}, nil
	}
	return c, nil
}

// conn is one connection. It does two things that net/http has no way to do: it
// puts texts of our choice into status lines (reason.go), and it sends answers in
// one piece. net/http would send what fits into its buffer of 4 KB with the head,
// and then the rest: twice the work for the system on both sides.
//
// net/http finishes an answer before it reads the next request, and writes from
// the goroutine that runs the handler, so there is nothing to lock.
type conn struct {
	*net.TCPConn
	status int
	reason string
	// follows is a number of bytes that are sure to be written from now on.
	follows int
	// held is the beginning of an answer, waiting for more; nil when nothing waits.
	held *[]byte
	// pieces is room for what one call hands to the system.
	pieces [2][]byte
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	if own, ok := c.(*conn); ok {
		return context.WithValue(ctx, connKey{}, own)
	}
	return ctx
}

// connOf is the connection that the request came on; nil when it is not ours.
func (q *request) connOf() *conn {
	c, _ := q.r.Context().Value(connKey{}).(*conn)
	return c
}

const (
	// worthHolding is the least length of a body that does not go out with the
	// head anyway.
	worthHolding = 3 << 10
	// maxHeld is the most that waits. net/http writes 4 KB at a time.
	maxHeld = 4 << 10
)

var heldBuffers = sync.Pool{New: func() any {
	b := make([]byte, 0, maxHeld)
	return &b
}}

// body writes a body that is all of the answer; its head is to be set already.
func (q *request) body(b []byte) {
	c := q.connOf()
	if c == nil || len(b) < worthHolding {
		_, _ = q.w.Write(b) // a failure means that the client has gone
		return
	}
	c.follows = len(b)
	if _, err := q.w.Write(b); err != nil {
		c.follows = 0
	}
}

// Write passes p on. The first bytes of an answer come in one piece.
func (c *conn) Write(p []byte) (int, error) {
	out := p
	if c.reason != "" {
		out = c.withReason(p)
	}
	follows := c.follows
	c.follows = 0
	switch {
	case c.held != nil:
		n, err := c.release(out)
		return written(n, out, p), err
	case len(p) < follows && len(out) <= maxHeld:
		// This cannot be all, so another Write is certain to come.
		c.held = heldBuffers.Get().(*[]byte)
		*c.held = append((*c.held)[:0], out...)
		return len(p), nil
	}
	n, err := c.TCPConn.Write(out)
	return written(n, out, p), err
}

// written is how many bytes of p went out when n of out did: the caller counts its
// own.
func written(n int, out, p []byte) int { return max(min(n-len(out)+len(p), len(p)), 0) }

// release sends what is held and p, and returns how much of p has gone out.
func (c *conn) release(p []byte) (int, error) {
	held := c.held
	c.held = nil
	c.pieces = [2][]byte{*held, p}
	pieces := net.Buffers(c.pieces[:])
	n, err := pieces.WriteTo(c.TCPConn)
	c.pieces = [2][]byte{}
	before := len(*held)
	heldBuffers.Put(held)
	return max(int(n)-before, 0), err
}

// ReadFrom sends a file as the system does it best.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	c.follows = 0
	if c.held != nil {
		if _, err := c.release(nil); err != nil {
			return 0, err
		}
	}
	return c.TCPConn.ReadFrom(r)
}
