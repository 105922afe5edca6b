// Package engine runs JavaScript for the rest of Onward and knows no word of
// Next.js. What comes in is a Job: the name of a function that the loaded
// runtime registered, a JSON document, and perhaps a body that streams in. What
// goes out is a Reply: a JSON document and a body, whole or streaming.
//
// An Engine owns a bounded set of workers. Many Jobs interleave in one worker,
// as requests do in Node.js; a worker that misbehaves (endless loop, heap bomb)
// costs the Jobs inside it and is replaced.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Engine runs Jobs. Implementations are safe for use by many goroutines.
type Engine interface {
	// Do runs one Job and returns when its head is known. A one-shot reply has
	// its whole Body; a streaming one has Stream, which the caller must Close.
	// Cancelling ctx aborts the Job: its AbortSignal fires inside JavaScript
	// and Do, or the Stream's Read, returns an *Error of kind Aborted.
	//
	// A failure is always an *Error.
	Do(ctx context.Context, job *Job) (*Reply, error)

	// Warm starts workers until n of them are ready (n <= 0: one) so that the
	// first Job does not pay for it.
	Warm(ctx context.Context, n int) error

	// Stats reports what the pool is doing now.
	Stats() Stats

	// Close ends all workers. Jobs still running fail with kind Aborted.
	Close() error
}

// Job is one call into JavaScript.
type Job struct {
	// Name selects the handler: the runtime registers handlers by name with
	// __onward.handle(name, fn).
	Name string
	// Input is a JSON document, handed to the handler as a string it parses.
	Input []byte
	// Body, when not nil, is handed over whole as a Uint8Array.
	Body []byte
	// Stream, when not nil, is read as JavaScript asks for it (never more
	// than 256 KB ahead). Body and Stream exclude each other.
	Stream io.Reader
	// Again allows the Job to be run a second time, in another worker, when
	// the first was lost to another Job before this one had answered. It must
	// have no Stream.
	Again bool
	// Timeout bounds the whole Job up to the end of its body; 0 means the
	// engine's default.
	Timeout time.Duration
}

// Reply is what a Job answered.
type Reply struct {
	// Meta is the JSON document the handler passed with its answer.
	Meta []byte
	// Body is the whole body of a one-shot reply, UTF-8 when JavaScript
	// answered with a string. It belongs to the caller.
	Body []byte
	// Stream carries the body of a streaming reply; nil for one-shot replies.
	// Reading it grants JavaScript credit to produce more.
	Stream io.ReadCloser
}

// Stats is a snapshot of an engine.
type Stats struct {
	Workers  int    // ready workers
	Running  int    // Jobs inside workers
	Queued   int    // Jobs waiting for a worker
	Replaced uint64 // workers thrown away since start
	HeapUsed uint64 // bytes of JavaScript heap in use, all workers
}

// Kind says why a Job failed.
type Kind uint8

const (
	// Thrown: the handler threw or rejected. Name, Message and Stack are set.
	Thrown Kind = iota
	// Timeout: the Job took longer than its time, or one turn of JavaScript
	// ran longer than the engine's turn limit.
	Timeout
	// OutOfMemory: the worker reached its heap or buffer limit.
	OutOfMemory
	// Crashed: the worker was lost to another Job's fault, or died.
	Crashed
	// Overloaded: the queue was full.
	Overloaded
	// Aborted: the caller cancelled, or the engine was closed.
	Aborted
)

func (k Kind) String() string {
	return [...]string{"thrown", "timeout", "out of memory", "crashed", "overloaded", "aborted"}[k]
}

// Error is how a Job fails.
type Error struct {
	Kind Kind
	// Name, Message and Stack are those of the JavaScript error, if any. Where code
	// was stopped, Stack may say where it was.
	Name    string
	Message string
	Stack   string
	// Detail is JSON of further own properties the thrower attached (code,
	// statusCode, digest ...); nil when there are none.
	Detail []byte
	// Cause is what the error says caused it, nil when it says nothing.
	Cause *Error
}

func (e *Error) Error() string {
	if e.Kind == Thrown {
		if e.Name == "" {
			return e.Message
		}
		return e.Name + ": " + e.Message
	}
	if e.Message == "" {
		return "engine: " + e.Kind.String()
	}
	return fmt.Sprintf("engine: %s: %s", e.Kind, e.Message)
}

// KindOf returns the Kind of err and whether err is an *Error.
func KindOf(err error) (Kind, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind, true
	}
	return 0, false
}

// Module is the source of one CommonJS module.
type Module struct {
	Source []byte
	// Cache is V8 code cache made by an earlier run for exactly this source;
	// nil or stale is fine, it only costs time.
	Cache []byte
}

// Options configure an engine. The zero value of each number means its default.
type Options struct {
	// Runtime is the script every worker runs first (platform and server
	// runtime in one). Snapshot, when it fits this binary, replaces it.
	Runtime  []byte
	Snapshot []byte
	// Script is the file that holds Runtime, for engines that run it in another
	// process; empty: those make a file of their own.
	Script string
	// Boot is a JSON document handed to the runtime once per worker, before
	// any Job.
	Boot []byte
	// Load returns the CommonJS module at an absolute slash path that
	// require() resolved to. Nothing outside what Load returns is ever run.
	Load func(path string) (*Module, error)

	// Workers is the greatest number of workers; default cores-1, at least 1.
	Workers int
	// Relief is how many workers may be started beyond Workers while as many
	// are held by a turn that does not end, so that other Jobs go on;
	// default 0.
	Relief int
	// Queue is how many Jobs may wait for a worker; default 1024.
	Queue int
	// HeapLimit bounds a worker's JavaScript heap in bytes; default 512 MB.
	HeapLimit int64
	// BufferLimit bounds its ArrayBuffers in bytes; default 256 MB.
	BufferLimit int64
	// TurnLimit is the longest single turn of the event loop; default 10 s.
	TurnLimit time.Duration
	// JobTimeout is the default time of a Job; default 60 s.
	JobTimeout time.Duration

	// Env is process.env. Dir is process.cwd().
	Env map[string]string
	Dir string
	// Console receives console.* output. level is debug, info, log, warn or
	// error. It may be called from any goroutine; nil means stdout/stderr.
	Console func(level, text string)

	// Debug lets debuggers attach; nil: they cannot. There is one worker then, and
	// Jobs take as long as they take.
	Debug *Debug
}

// Debug says how debuggers reach the workers of an engine.
type Debug struct {
	// Worker is called with each worker that begins, by engines of this process. What
	// it returns is called when the worker ends.
	Worker func(Debuggee) (ended func())
	// Address ("127.0.0.1:9229") is where the debugger of an engine that runs
	// processes of its own listens.
	Address string
}

// Debuggee is a worker that debuggers may attach to.
type Debuggee struct {
	// Attach begins a session of the Chrome DevTools Protocol, and ends the one that
	// was. Messages of the worker go to receive, which must neither block nor keep the
	// worker from going on; send hands it a message, and fails when the session is
	// over. detach ends the session.
	Attach func(receive func(message []byte)) (send func(message []byte) error, detach func())
}
