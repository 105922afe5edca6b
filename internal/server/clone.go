package server

import (
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/onwardjs/onward/internal/render"
)

// clone is a request body that middleware may read and that pages read again: what
// the first has read is kept for the second, up to a limit.
type clone struct {
	mu     sync.Mutex
	body   io.ReadCloser
	kept   []byte
	err    error // of body, io.EOF included
	limit  int64
	cut    bool // the reader has come to the limit
	handed bool // the body has been handed on
}

// Read is for middleware.
func (c *clone) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch room := c.limit - int64(len(c.kept)); {
	case c.err != nil:
		return 0, c.err
	case c.handed:
		return 0, io.EOF
	case room <= 0:
		c.cut = true
		return 0, io.EOF
	case int64(len(p)) > room:
		p = p[:room]
	}
	n, err := c.body.Read(p)
	c.kept, c.err = append(c.kept, p[:n]...), err
	return n, err
}

// rest is the body from its beginning, for those after middleware.
func (c *clone) rest() io.ReadCloser { return &replay{clone: c} }

type replay struct {
	clone *clone
	at    int
}

func (r *replay) Read(p []byte) (int, error) {
	c := r.clone
	// A read of middleware that is still under way ends first: what it gets belongs
	// to the body.
	c.mu.Lock()
	defer c.mu.Unlock()
	c.handed = true
	if r.at < len(c.kept) {
		n := copy(p, c.kept[r.at:])
		r.at += n
		return n, nil
	}
	if c.err != nil {
		return 0, c.err
	}
	c.kept = nil
	r.at = 0
	n, err := c.body.Read(p)
	c.err = err
	return n, err
}

func (r *replay) Close() error { return r.clone.body.Close() }

// body is what middleware gets of the request's body. With a clone, that has to take
// the body's place afterwards.
func (g *guard) body(s *Server, q *request) (render.Body, *clone, error) {
	r := q.r
	if reads(r.Method) || r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return render.Body{}, nil, nil
	}
	c := &clone{body: r.Body, limit: g.bodyLimit}
	if r.ContentLength < 0 || r.ContentLength > whole {
		return render.Body{Stream: c}, c, nil
	}
	r.Body = c.rest()
	body, err := bodyOf(q)
	if err != nil {
		return render.Body{}, nil, err
	}
	c.kept, c.err = body.Whole, io.EOF
	if int64(len(body.Whole)) > g.bodyLimit {
		body.Whole = body.Whole[:g.bodyLimit]
		c.cut = true
	}
	return body, c, nil
}

// warnCut tells once a request that middleware has not seen all of its body.
func (c *clone) warnCut(s *Server, q *request) {
	c.mu.Lock()
	cut := c.cut
	c.mu.Unlock()
	if cut {
		s.log.Warn(fmt.Sprintf("the body of %s %s is longer than the %d bytes that %s is shown; set experimental.proxyClientMaxBodySize",
			q.r.Method, q.asked.RawPath, c.limit, s.manifest.Middleware.Source))
	}
}
