package render

import (
	"context"
	"encoding/json"
	"io"
	"sync"

	"github.com/onwardjs/onward/internal/engine"
)

// Page is what a "page" Job gave: its reply and the bytes that go with it (HTML,
// data JSON, or what user code wrote).
type Page struct {
	*PageReply
	Body []byte
}

// Response is an API route's answer. Stream is nil when Body is all of it;
// otherwise the caller must Close it.
type Response struct {
	Status     int
	StatusText string
	// Headers is flat: name, value, name, value ...
	Headers []string
	Body    []byte
	Stream  io.ReadCloser
}

// Body is a request's body on its way to JavaScript: Whole or Stream, or neither.
type Body struct {
	Whole  []byte
	Stream io.Reader
}

var inputs = sync.Pool{New: func() any { return new([]byte) }}

// keep is the greatest input buffer worth pooling.
const keep = 64 << 10

func do(ctx context.Context, e engine.Engine, name string, again bool, body Body, input func([]byte) []byte) (*engine.Reply, error) {
	buffer := inputs.Get().(*[]byte)
	*buffer = input((*buffer)[:0])
	reply, err := e.Do(ctx, &engine.Job{Name: name, Input: *buffer, Body: body.Whole, Stream: body.Stream, Again: again})
	// A Job that was aborted may still lie in a queue with its input.
	if err == nil && cap(*buffer) <= keep {
		inputs.Put(buffer)
	}
	return reply, err
}

// RenderPage runs one "page" Job. Failures are *engine.Error.
func RenderPage(ctx context.Context, e engine.Engine, job *PageJob, body Body) (*Page, error) {
	reply, err := do(ctx, e, JobPage, job.Request == nil || job.Request.repeatable(), body, job.AppendJSON)
	if err != nil {
		return nil, err
	}
	if reply.Stream != nil {
		// Pages come whole; a stream would be a runtime of another version.
		reply.Stream.Close()
		return nil, errMeta
	}
	head, err := parsePageReply(reply.Meta)
	if err != nil {
		return nil, err
	}
	return &Page{head, reply.Body}, nil
}

// CallAPI runs one "api" Job. It returns when the head of the answer is known.
func CallAPI(ctx context.Context, e engine.Engine, job *APIJob, body Body) (*Response, error) {
	reply, err := do(ctx, e, JobAPI, job.Request.repeatable(), body, job.AppendJSON)
	if err != nil {
		return nil, err
	}
	head, err := parseAPIHead(reply.Meta)
	if err != nil {
		if reply.Stream != nil {
			reply.Stream.Close()
		}
		return nil, err
	}
	return &Response{head.status, head.statusText, head.headers, reply.Body, reply.Stream}, nil
}

// Ask runs a Job whose input and answer are JSON documents ("collect", "paths").
// Failures are *engine.Error.
func Ask(ctx context.Context, e engine.Engine, name string, input, answer any) error {
	in, err := json.Marshal(input)
	if err != nil {
		return err
	}
	reply, err := e.Do(ctx, &engine.Job{Name: name, Input: in})
	if err != nil {
		return err
	}
	if reply.Stream != nil {
		reply.Stream.Close()
		return errMeta
	}
	return json.Unmarshal(reply.Meta, answer)
}

// Warm loads the modules of pages in a worker, so that no request waits for that.
func Warm(ctx context.Context, e engine.Engine, routes []string) error {
	if len(routes) == 0 {
		return nil
	}
	input, err := json.Marshal(WarmJob{routes})
	if err != nil {
		return err
	}
	reply, err := e.Do(ctx, &engine.Job{Name: JobWarm, Input: input})
	if err == nil && reply.Stream != nil {
		err = reply.Stream.Close()
	}
	return err
}
