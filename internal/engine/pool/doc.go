// Package pool is what all engines have in common: a bounded set of workers, the
// Jobs on their way through them, the messages on the border to JavaScript and
// the operations that JavaScript asks of Go.
//
// An engine adds a Machine: what runs the JavaScript of one worker. The pool
// hands Jobs to workers by putting messages into their inbox; the Machine brings
// them to JavaScript and hands what JavaScript posted to Worker.Deliver.
//
// A script may do to its machine what it likes: run for ever, fill its heap, end
// its process. The Machine then reports the loss, the worker's Jobs are settled,
// and the pool makes a new worker.
package pool
