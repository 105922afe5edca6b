// Package v8 runs Jobs in V8 isolates inside this process.
//
// What comes in are engine.Jobs; each becomes a message to a worker. A worker
// owns one isolate and has one goroutine that turns its event loop: the
// messages that other goroutines appended to its inbox go to JavaScript in one
// call, and the messages that JavaScript posted come back from it. The messages
// and their numbers are those of runtime/platform/native.d.ts; the JavaScript
// half of the loop is runtime/platform/loop.ts.
//
// A script may do to its isolate what it likes: run for ever, fill its heap,
// allocate buffers without end. The isolate is then stopped, its Jobs fail, and
// the pool makes a new one. What cannot be stopped is abandoned with its thread.
package v8
