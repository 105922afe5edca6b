// Package host is what JavaScript may ask of Go: files, fetch, hashing,
// compression, name look-ups. Each operation has a name and is either
// synchronous (answered at once on the worker's own thread, so it must be
// quick) or asynchronous (run on a goroutine of its own, answered later).
// Arguments come as one text, JSON by convention, and at most one byte body;
// answers go back the same way.
package host

import (
	"context"
	"io"
)

// Value is an answer to JavaScript. JavaScript sees Body as a Uint8Array when
// it is not nil, else Text as a string.
type Value struct {
	Text string
	Body []byte
}

// Error is a failure that JavaScript sees as an Error with this code
// ("ENOENT"), message, and the extra properties of Detail (a JSON object).
type Error struct {
	Code    string
	Message string
	Detail  []byte
}

func (e *Error) Error() string { return e.Message }

// Env is what a worker's host operations share.
type Env struct {
	// Dir is process.cwd().
	Dir string
	// Vars is process.env as it was at start.
	Vars map[string]string
}

// SyncFunc answers a synchronous call. body is only valid during the call.
type SyncFunc func(env *Env, text string, body []byte) (Value, error)

// Call is one asynchronous operation under way.
type Call struct {
	Text string
	Body []byte
	// Send streams a chunk to JavaScript before the final answer; it blocks
	// while more than 256 KB wait unread and fails when ctx ends.
	Send func(text string, chunk []byte) error
	// Recv reads what JavaScript streams into the operation (a request body).
	// It ends with io.EOF.
	Recv io.Reader
}

// AsyncFunc runs an operation. ctx ends when JavaScript cancels it or the
// worker goes away.
type AsyncFunc func(ctx context.Context, env *Env, call *Call) (Value, error)

// Table names the operations of one engine. It is built once, before the
// engine starts, and never changes afterwards.
type Table struct {
	Sync  map[string]SyncFunc
	Async map[string]AsyncFunc
}
