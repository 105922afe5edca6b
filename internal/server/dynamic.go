package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// whole is the size up to which a request body goes to JavaScript in one piece.
const whole = 64 << 10

// bodyTime is how long a client may take to send that piece.
const bodyTime = 5 * time.Minute

// page renders a page for this request.
func (s *Server) page(q *request) error {
	m := &q.match
	if m.Form == route.Data && !q.page.SSP && s.guard == nil && !q.page.Edge && s.live == nil {
		return errNotFound
	}
	if q.r.Method == http.MethodOptions {
		s.plain(q, http.StatusBadRequest, "", false)
		return nil
	}
	form := "html"
	if m.Form == route.Data {
		s.tellMatched(q)
		if q.page.SSP || q.page.Edge {
			form = "data"
		}
	}
	job := render.PageJob{
		Route: m.Route, Mode: render.ModeRequest, Form: form, Request: s.requestOf(q), Path: m.Path, AsPath: q.asked.AsPath(),
		ResolvedURL: q.resolvedURL(), Locale: m.Locale, DefaultLocale: q.tongue.preset, OnDomain: s.onDomain(q), Query: m.Merged.AppendJSON(nil),
	}
	job.Edge = q.page.Edge
	if q.page.dynamic {
		job.Params = m.Params.AppendJSON(nil)
	}
	s.readPreview(q)
	job.Preview, job.PreviewData = q.preview.on && q.page.SSP, q.preview.data
	e, err := s.Engine()
	if err != nil {
		return err
	}
	body, err := bodyOf(q)
	if err != nil {
		return err
	}
	made, err := render.RenderPage(q.r.Context(), e, &job, body)
	if err != nil {
		return err
	}
	return s.sendPage(q, made)
}

// sendPage writes what a render for this request gave.
func (s *Server) sendPage(q *request, made *render.Page) error {
	h := q.w.Header()
	s.deployed(q)
	q.addHeaders(made.Headers)
	if made.Kind == render.KindEnded {
		s.sendRaw(q, made.Status, made.Body)
		return nil
	}
	if h["Cache-Control"] == nil && !q.page.Edge {
		h["Cache-Control"] = noStore
	}
	data := q.match.Form == route.Data && (q.page.SSP || q.page.Edge)
	switch made.Kind {
	case render.KindNotFound:
		if data {
			s.plain(q, http.StatusNotFound, `{"notFound":true}`, false)
			return nil
		}
		return errNotFound
	case render.KindRedirect:
		if made.Redirect == nil {
			return fmt.Errorf("server: %s: a redirect without a destination", q.match.Route)
		}
		if data {
			s.sendUntagged(q, http.StatusOK, cache.NewBody(made.Body), jsonType)
			return nil
		}
		skip := made.Redirect.BasePath != nil && !*made.Redirect.BasePath
		s.redirect(q, made.Redirect.StatusCode, s.based(made.Redirect.Destination, skip))
		return nil
	}
	kind := htmlType
	if data {
		kind = jsonType
	}
	if q.page.Edge {
		s.sendUntagged(q, made.Status, cache.NewBody(made.Body), kind)
		return nil
	}
	s.sendOnce(q, made.Status, made.Body, kind)
	return nil
}

// renderErrorPage renders an error page for this request; false when that failed
// too. p is _error, or the app's own 404 or 500 page when _app has a
// getInitialProps, which has to see each request.
func (s *Server) renderErrorPage(q *request, p *page, status int, cause error) bool {
	if p == nil {
		return false
	}
	if s.live != nil {
		made, err := s.livePage(q.r.Context(), p)
		if err != nil {
			s.failLive(q, err)
			return true
		}
		p = made
	}
	e, err := s.Engine()
	if err != nil {
		s.report(q, err)
		return false
	}
	m := &q.match
	job := render.PageJob{
		Route: p.Route, Mode: render.ModeRequest, Form: "html", Request: s.requestOf(q), Path: q.asked.Path, AsPath: q.asked.AsPath(),
		Locale: m.Locale, DefaultLocale: q.tongue.preset, OnDomain: s.onDomain(q), StatusCode: status,
	}
	if p.Kind != manifest.Special {
		job.Path = p.Route
		job.AsPath = (&route.Match{RawPath: p.Route, TrailingSlash: q.asked.TrailingSlash, Query: m.Query}).AsPath()
	}
	// Its query is that of the URL, without the params of the page that failed.
	job.Query = m.Query.AppendJSON(nil)
	if s.live != nil && q.rewritten {
		job.Query = q.asked.Query.AppendJSON(nil)
	}
	if cause != nil {
		job.Err = pageError(cause, status)
		if m.Form == route.Data {
			job.Query = m.Merged.AppendJSON(nil) // where they stand in the URL's query, too
		}
	}
	made, err := render.RenderPage(q.r.Context(), e, &job, render.Body{})
	if err != nil {
		if s.live != nil {
			s.failLive(q, err)
			return true
		}
		if q.r.Context().Err() == nil {
			s.report(q, fmt.Errorf("the error page failed: %w", err))
		}
		return false
	}
	q.addHeaders(made.Headers)
	switch made.Kind {
	case render.KindEnded:
		s.sendRaw(q, made.Status, made.Body)
	case render.KindPage:
		s.sendOnce(q, made.Status, made.Body, htmlType)
	default:
		return false
	}
	return true
}

func pageError(cause error, status int) *render.PageError {
	out := &render.PageError{Name: "Error", Message: cause.Error(), StatusCode: status}
	if e, ok := cause.(*engine.Error); ok {
		out.Message, out.Stack = e.Message, e.Stack
		if e.Name != "" {
			out.Name = e.Name
		}
	}
	return out
}

// api runs an API route and passes its answer on, as it comes.
func (s *Server) api(q *request) error {
	m := &q.match
	job := render.APIJob{
		Route: m.Route, Request: s.requestOf(q), Query: m.Merged.AppendJSON(nil), Keys: s.previewKeys,
	}
	read := s.previewer.read(q.r, s.options.Now())
	job.Preview, job.PreviewData, job.PreviewClear = read.on, read.data, read.clear
	if q.page.dynamic {
		job.Params = m.Params.AppendJSON(nil)
	}
	e, err := s.Engine()
	if err != nil {
		return err
	}
	body, err := bodyOf(q)
	if err != nil {
		return err
	}
	// Ends when the answer has gone out, so that JavaScript hears of a client
	// that left in the middle.
	ctx, cancel := context.WithCancel(q.r.Context())
	defer cancel()
	answer, err := render.CallAPI(ctx, e, &job, body)
	if err != nil {
		return err
	}
	q.addHeaders(answer.Headers)
	q.reason = answer.StatusText
	if answer.Stream == nil {
		s.sendRaw(q, answer.Status, answer.Body)
		return nil
	}
	defer answer.Stream.Close()
	return s.stream(q, answer)
}

// sendRaw writes an answer that user code made: only what transport needs is added.
func (s *Server) sendRaw(q *request, status int, body []byte) {
	h := q.w.Header()
	if h["Content-Type"] == nil {
		h["Content-Type"] = nil
	}
	if s.manifest.Config.Compress && compressible(h) {
		addVary(h)
		if len(body) >= cache.Threshold && q.r.Method != http.MethodHead && h["Content-Encoding"] == nil && !noTransform(h) {
			body = s.pack(q, body)
		}
	}
	if bodyAllowed(status) {
		if q.r.Method != http.MethodHead || len(body) > 0 {
			h["Content-Length"] = []string{strconv.Itoa(len(body))}
		}
	} else {
		body = nil
	}
	q.head(validStatus(status))
	if q.r.Method != http.MethodHead && len(body) > 0 {
		q.body(body)
	}
}

// sendOnce writes a document that is sent only once.
func (s *Server) sendOnce(q *request, status int, body []byte, kind []string) {
	h := q.w.Header()
	if s.live != nil {
		h["Cache-Control"] = liveStore
	}
	if kind[0] == htmlType[0] && s.manifest.Config.PoweredByHeader {
		h["X-Powered-By"] = powered
	}
	if s.manifest.Config.GenerateEtags {
		if h["Etag"] == nil {
			h["Etag"] = []string{cache.Tag(body)}
		}
		if status == http.StatusOK && reads(q.r.Method) && matches(q.r.Header, h["Etag"][0]) {
			delete(h, "Content-Type")
			q.head(http.StatusNotModified)
			return
		}
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = kind
	}
	s.sendRaw(q, status, body)
}

// sendUntagged writes a cached body without its tag.
func (s *Server) sendUntagged(q *request, status int, b *cache.Body, kind []string) {
	q.w.Header()["Content-Type"] = kind
	s.sendRaw(q, status, b.Plain.Bytes)
}

// stream passes a body on as it comes. Each piece is flushed, so that events and
// progress reach the client when they were written.
func (s *Server) stream(q *request, answer *render.Response) error {
	h := q.w.Header()
	if h["Content-Type"] == nil {
		h["Content-Type"] = nil
	}
	status := validStatus(answer.Status)
	out := io.Writer(q.w)
	flush := http.NewResponseController(q.w)
	if s.manifest.Config.Compress && compressible(h) {
		addVary(h)
		if h["Content-Encoding"] == nil && !noTransform(h) && q.r.Method != http.MethodHead && bodyAllowed(status) &&
			(h["Content-Length"] == nil || longEnough(h)) {
			if coding := acceptedLive(q.r.Header["Accept-Encoding"]); coding != cache.Identity {
				w := newPacker(coding, q.w)
				defer w.release()
				h["Content-Encoding"] = []string{coding.String()}
				delete(h, "Content-Length")
				out = w
			}
		}
	}
	q.head(status)
	if q.r.Method == http.MethodHead || !bodyAllowed(status) {
		return nil
	}
	if err := flush.Flush(); err != nil {
		return nil // the client has gone
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		n, err := answer.Stream.Read(*buffer)
		if n > 0 {
			if _, werr := out.Write((*buffer)[:n]); werr != nil {
				return nil
			}
			if p, ok := out.(*packer); ok {
				if werr := p.Flush(); werr != nil {
					return nil
				}
			}
			if werr := flush.Flush(); werr != nil {
				return nil
			}
		}
		if err == io.EOF {
			if p, ok := out.(*packer); ok {
				_ = p.Close()
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var buffers = sync.Pool{New: func() any {
	b := make([]byte, 32<<10)
	return &b
}}

// validStatus keeps net/http from panicking over what user code made up.
func validStatus(status int) int {
	if status < 200 || status > 999 {
		return http.StatusInternalServerError
	}
	return status
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// resolvedURL is getServerSideProps's resolvedUrl.
func (q *request) resolvedURL() string {
	if q.rewritten {
		return q.match.ResolvedURLFor(&q.asked)
	}
	return q.match.ResolvedURL()
}

// requestOf is the request as JavaScript sees it.
func (s *Server) requestOf(q *request) *render.Request {
	return &render.Request{HTTP: q.r, URL: q.asked.RequestURL(), Host: s.options.Hostname, Port: s.options.Port,
		Data: s.guard != nil && q.asked.Form == route.Data}
}

// bodyOf hands a body on: a short one whole, a long one as it comes.
func bodyOf(q *request) (render.Body, error) {
	r := q.r
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return render.Body{}, nil
	}
	if r.ContentLength > whole {
		return render.Body{Stream: r.Body}, nil
	}
	// What is read here holds no worker, but it holds a connection.
	patience := http.NewResponseController(q.w)
	if patience.SetReadDeadline(time.Now().Add(bodyTime)) == nil {
		defer func() { _ = patience.SetReadDeadline(time.Time{}) }()
	}
	if r.ContentLength < 0 {
		return chunkedBody(q)
	}
	b := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, b); err != nil {
		if r.Context().Err() == nil {
			q.w.Header()["Connection"] = connectionClose
			return render.Body{}, errMalformed
		}
		return render.Body{}, r.Context().Err()
	}
	return render.Body{Whole: b}, nil
}

// chunkedBody reads the first piece of a body of unknown length, so that broken
// chunks are answered by us and not by whatever reads the body.
func chunkedBody(q *request) (render.Body, error) {
	first := make([]byte, 4<<10)
	n, err := q.r.Body.Read(first)
	first = first[:n]
	switch {
	case err == io.EOF && n == 0:
		return render.Body{}, nil
	case err == io.EOF:
		return render.Body{Whole: first}, nil
	case err != nil && q.r.Context().Err() != nil:
		return render.Body{}, q.r.Context().Err()
	case err != nil:
		q.w.Header()["Connection"] = connectionClose
		return render.Body{}, errMalformed
	}
	return render.Body{Stream: io.MultiReader(bytes.NewReader(first), q.r.Body)}, nil
}

// previewKeys is previewKeys of protocol.ts as JSON.
func previewKeys(p manifest.Preview) []byte {
	b, err := json.Marshal(struct {
		ID         string `json:"id"`
		Signing    string `json:"signing"`
		Encryption string `json:"encryption"`
	}{p.ID, p.Signing, p.Encryption})
	if err != nil {
		return nil // strings always marshal
	}
	return b
}
