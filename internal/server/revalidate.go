package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
)

// Revalidate makes the page at a path anew, as res.revalidate does: by a request
// that goes straight to the page, past rules and middleware. onlyGenerated leaves
// pages alone that nobody has asked for yet. The error says which status the
// request had.
func (s *Server) Revalidate(ctx context.Context, path string, onlyGenerated bool) (err error) {
	r := &http.Request{
		Method: http.MethodGet, RequestURI: path, URL: &url.URL{Path: path}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Host: s.options.Hostname,
	}
	w := &status{header: http.Header{}}
	q := &request{w: w, r: r.WithContext(ctx), onDemand: true, onlyGenerated: onlyGenerated}
	defer func() {
		// What ends a connection elsewhere must not end the process here.
		if p := recover(); p != nil {
			err = fmt.Errorf("the page broke off: %v", p)
		}
	}()
	err = s.renderDirectly(q, path)
	if errors.Is(err, errNotFound) && q.page != nil && q.page.dynamic && w.header["X-Nextjs-Cache"] == nil {
		return refused("Internal: NoFallbackError")
	}
	if errors.Is(err, errNotFound) && w.header.Get("X-Nextjs-Cache") == "REVALIDATED" {
		return nil // getStaticProps said so; the 404 page is nobody's here
	}
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.fail(q, err)
	}
	if w.code == http.StatusOK || w.header.Get("X-Nextjs-Cache") == "REVALIDATED" || w.code == http.StatusNotFound && onlyGenerated {
		return nil
	}
	return refused(fmt.Sprintf("Invalid response %d", w.code))
}

// refused is why a page was not made anew, in words that user code may know.
func refused(why string) error { return &host.Error{Code: "ERR_REVALIDATE", Message: why} }

// renderDirectly finds the page of a path and renders it.
func (s *Server) renderDirectly(q *request, path string) error {
	o := s.urlOptions(q)
	match, verdict := route.Parse(path, o)
	if verdict.Outcome == route.Redirect {
		// A path in another spelling means the page it redirects to.
		match, verdict = route.Parse(verdict.Location, o)
	}
	q.asked, q.match = match, match
	if verdict.Outcome != route.Proceed || q.match.Form == route.Data {
		return errNotFound
	}
	switch s.table.Resolve(&q.match).Outcome {
	case route.NotFound:
		return errNotFound
	case route.BadRequest:
		return errBadParam
	}
	if s.found(q); q.page == nil {
		return errNotFound
	}
	if q.page.Kind == manifest.API {
		// There is nothing to make anew, and it might ask for itself without end.
		q.head(http.StatusOK)
		return nil
	}
	_, err := s.render(q)
	return err
}

// status is the part of an answer that says how it went.
type status struct {
	header http.Header
	code   int
}

func (w *status) Header() http.Header { return w.header }

func (w *status) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

func (w *status) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return len(b), nil
}

// revalidateOperation is the host operation "onward.revalidate", behind
// res.revalidate. It takes {"path": string, "onlyGenerated": boolean}, and fails
// when a request for the path would have.
func (s *Server) revalidateOperation(ctx context.Context, _ *host.Env, call *host.Call) (host.Value, error) {
	var in struct {
		Path          string `json:"path"`
		OnlyGenerated bool   `json:"onlyGenerated"`
	}
	if err := json.Unmarshal([]byte(call.Text), &in); err != nil {
		return host.Value{}, fmt.Errorf("server: onward.revalidate: %w", err)
	}
	if err := s.Revalidate(ctx, in.Path, in.OnlyGenerated); err != nil {
		return host.Value{}, refused(err.Error())
	}
	return host.Value{Text: "{}"}, nil
}
