package server

import (
	"bytes"
	"context"
	"net"
	"strconv"
)

// The text of a status line means nothing to browsers, but user code may set it
// (res.statusMessage), API routes tell there what is wrong with a body, and people
// read it. net/http has no way to choose it, so the connection puts it in place as
// the status line passes.

// reasonListener accepts connections that can do that.
type reasonListener struct{ net.Listener }

func (l reasonListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		return &reasonConn{TCPConn: tcp}, nil
	}
	return c, nil
}

// reasonConn is one connection. net/http finishes an answer before it reads the
// next request, and writes from the goroutine that runs the handler, so there is
// nothing to lock.
type reasonConn struct {
	*net.TCPConn // with its ReadFrom, which sends files
	status       int
	reason       string
}

type reasonKey struct{}

func withReasons(ctx context.Context, c net.Conn) context.Context {
	if rc, ok := c.(*reasonConn); ok {
		return context.WithValue(ctx, reasonKey{}, rc)
	}
	return ctx
}

// Write passes p on. The first bytes of an answer come in one piece.
func (c *reasonConn) Write(p []byte) (int, error) {
	if c.reason == "" {
		return c.TCPConn.Write(p)
	}
	const code = len("HTTP/1.1 ")
	end := bytes.Index(p, []byte("\r\n"))
	if end < code+3 || !bytes.HasPrefix(p, []byte("HTTP/1.")) || string(p[code:code+3]) != strconv.Itoa(c.status) {
		return c.TCPConn.Write(p) // an interim answer
	}
	out := make([]byte, 0, len(p)+len(c.reason))
	out = append(append(out, p[:code+3]...), ' ')
	out = append(append(out, c.reason...), p[end:]...)
	c.reason = ""
	n, err := c.TCPConn.Write(out)
	// The caller counts its own bytes.
	return max(min(n-len(out)+len(p), len(p)), 0), err
}

// reasons are the texts that Node.js has and Go has otherwise.
var reasons = map[int]string{
	413: "Payload Too Large",
	414: "URI Too Long",
	416: "Range Not Satisfiable",
	418: "I'm a Teapot",
	509: "Bandwidth Limit Exceeded",
}

// head starts the answer.
func (q *request) head(status int) {
	q.begun = true
	reason := q.reason
	if reason == "" && status >= 400 {
		reason = reasons[status]
	}
	if reason != "" && q.r.ProtoMajor == 1 {
		if c, ok := q.r.Context().Value(reasonKey{}).(*reasonConn); ok {
			c.status, c.reason = status, headerBytes(reason[:min(len(reason), 256)])
		}
	}
	q.w.WriteHeader(status)
}
