package render

import (
	"context"
	"net"
	"net/http"
	"strings"

	"github.com/onwardjs/onward/internal/engine"
)

// WebJob is the input of the Jobs "middleware" and "edge", whose code takes a
// Request and returns a Response.
type WebJob struct {
	// Route of an edge API route; empty for middleware.
	Route string
	// URL is absolute, as the code sees it.
	URL     string
	Request *Request
}

// flightHeaders are those of the App Router's client, which middleware is not to
// take for a kind of page.
var flightHeaders = map[string]bool{
	"Rsc": true, "Next-Router-State-Tree": true, "Next-Router-Prefetch": true, "Next-Router-Segment-Prefetch": true, "Next-Hmr-Refresh": true,
}

// AppendJSON appends the Job's input: two documents, a line each. The second, the
// headers, is only read when code looks at them.
func (j *WebJob) AppendJSON(dst []byte) []byte {
	r := j.Request.HTTP
	dst = appendMember(dst, `{"method":`, r.Method)
	dst = appendMember(dst, `,"url":`, j.URL)
	var hidden map[string]bool
	if j.Route == "" {
		hidden = flightHeaders
	} else {
		dst = appendMember(dst, `,"route":`, j.Route)
	}
	address := r.RemoteAddr
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	return j.Request.appendHeaders(append(dst, '}', '\n'), address, hidden)
}

// Answer is a Response that middleware or an edge function returned.
type Answer struct {
	Response
	// Empty: it has no body, which is not the same as an empty one.
	Empty bool
}

// CallMiddleware runs the app's middleware. The Answer is nil when the request goes
// on unchanged. It returns when the head of the answer is known.
func CallMiddleware(ctx context.Context, e engine.Engine, job *WebJob, body Body) (*Answer, error) {
	return callWeb(ctx, e, JobMiddleware, job, body)
}

// CallEdge runs an API route of the edge runtime. It returns when the head of the
// answer is known.
func CallEdge(ctx context.Context, e engine.Engine, job *WebJob, body Body) (*Answer, error) {
	a, err := callWeb(ctx, e, JobEdge, job, body)
	if err == nil && a == nil {
		a = &Answer{Response: Response{Status: http.StatusOK}, Empty: true}
	}
	return a, err
}

func callWeb(ctx context.Context, e engine.Engine, name string, job *WebJob, body Body) (*Answer, error) {
	reply, err := do(ctx, e, name, job.Request.repeatable(), body, job.AppendJSON)
	if err != nil || len(reply.Meta) == 0 {
		return nil, err
	}
	a := &Answer{Response: Response{Status: http.StatusOK, Body: reply.Body, Stream: reply.Stream}}
	if reply.Meta[0] == '\n' {
		// What nearly every request that middleware touches gets: no JSON for it.
		a.Headers, a.Empty = strings.Split(string(reply.Meta[1:]), "\n"), true
		return a, nil
	}
	err = members(reply.Meta, func(name string, value []byte) (err error) {
		switch name {
		case "status":
			a.Status, err = number(value)
		case "statusText":
			a.StatusText, err = text(value)
		case "headers":
			a.Headers, err = texts(value)
		case "empty":
			a.Empty = string(value) == "true"
		}
		return err
	})
	if err != nil {
		if reply.Stream != nil {
			reply.Stream.Close()
		}
		return nil, err
	}
	return a, nil
}

// WarmMiddleware loads the module of the middleware in a worker, so that no request
// waits for that.
func WarmMiddleware(ctx context.Context, e engine.Engine) error {
	_, err := e.Do(ctx, &engine.Job{Name: JobWarm, Input: []byte(`{"routes":[],"middleware":true}`)})
	return err
}
