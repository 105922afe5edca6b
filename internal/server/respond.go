package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
)

// Failures that are answers of their own. Any other error is a 500.
var (
	errNotFound  = errors.New("server: not found")
	errMalformed = errors.New("server: malformed request target")
	errBadParam  = errors.New("server: malformed percent-encoding in a param")
	// errMethod: a page that only reads, asked to do something else.
	errMethod = errors.New("server: method not allowed")
	// errFileMethod: the same of a file.
	errRule = errors.New("server: a rule of next.config cannot be applied")
	// errTarget: a rewrite leads to what is no server.
	errTarget     = errors.New("server: a rewrite leads to no http or https URL")
	errFileMethod = errors.New("server: method not allowed on a file")
)

// Values of response headers, shared by all responses.
var (
	htmlType  = []string{"text/html; charset=utf-8"}
	jsonType  = []string{"application/json; charset=utf-8"}
	plainType = []string{"text/plain; charset=utf-8"}
	bareText  = []string{"text/plain"}
	noStore   = []string{"private, no-cache, no-store, max-age=0, must-revalidate"}
	powered   = []string{"Next.js"}
	varyCode  = []string{"Accept-Encoding"}
	allowRead = []string{"GET", "HEAD"}

	cacheStates = [...][]string{
		cache.Hit: {"HIT"}, cache.Stale: {"STALE"}, cache.Miss: {"MISS"}, cache.Revalidated: {"REVALIDATED"},
	}
)

// fail turns an error into a response and a line in the log. It is the only place
// that does.
func (s *Server) fail(q *request, err error) {
	if q.begun {
		// The head has gone out; all that can be told is that something is missing.
		if q.r.Context().Err() == nil {
			s.report(q, err)
		}
		panic(http.ErrAbortHandler)
	}
	h := q.w.Header()
	switch {
	case errors.Is(err, errNotFound):
		if q.page == nil {
			q.unrule("Cache-Control") // no cache may keep that there is nothing
		}
		s.notFound(q)
	case errors.Is(err, errRule):
		s.report(q, err)
		q.dropExtra()
		h["Cache-Control"] = noStore
		if s.live != nil {
			s.plain(q, http.StatusInternalServerError, "Internal Server Error", false)
			return
		}
		s.sendOnce(q, http.StatusInternalServerError, []byte("Internal Server Error"), bareText)
	case errors.Is(err, errTarget):
		s.report(q, err)
		s.errorDocument(q, http.StatusInternalServerError, nil)
	case errors.Is(err, errMethod):
		h["Allow"] = allowRead
		s.plain(q, http.StatusMethodNotAllowed, "Method Not Allowed", false)
	case errors.Is(err, errFileMethod):
		h["Allow"] = allowRead
		q.unrule("Cache-Control")
		if q.r.Method == http.MethodOptions {
			h["Cache-Control"] = noStore
			s.plain(q, http.StatusBadRequest, "", false)
			return
		}
		s.errorDocument(q, http.StatusMethodNotAllowed, nil)
	case errors.Is(err, errMalformed):
		s.plain(q, http.StatusBadRequest, "", false)
	case errors.Is(err, errBadParam):
		s.errorDocument(q, http.StatusBadRequest, nil)
	case errors.Is(err, context.Canceled) && q.r.Context().Err() != nil:
		// Nobody is there to hear an answer.
	default:
		if kind, ok := engine.KindOf(err); ok && kind == engine.Aborted && q.r.Context().Err() != nil {
			return
		}
		if s.live != nil {
			s.failLive(q, err)
			return
		}
		s.report(q, err)
		s.serverError(q, err)
	}
}

// report logs a failure once, with the JavaScript stack when there is one.
func (s *Server) report(q *request, err error) {
	if s.live != nil {
		s.live.Report(q.r, err)
		return
	}
	var failed *engine.Error
	if errors.As(err, &failed) && failed.Stack != "" {
		trace := failed.Stack
		if s.options.Stacks != nil {
			trace, _, _ = s.options.Stacks.Map(trace)
		}
		s.log.Error(failed.Error(), "method", q.r.Method, "path", q.asked.RawPath, "stack", trace)
		return
	}
	s.log.Error(err.Error(), "method", q.r.Method, "path", q.asked.RawPath)
}

func (s *Server) serverError(q *request, err error) {
	status := http.StatusInternalServerError
	if kind, ok := engine.KindOf(err); ok && kind == engine.Overloaded {
		status = http.StatusServiceUnavailable
		q.w.Header()["Retry-After"] = []string{"1"}
	}
	if q.page != nil && q.page.Kind == manifest.API && !q.page.Edge {
		s.plain(q, status, http.StatusText(status), false)
		return
	}
	s.errorDocument(q, status, err)
}

// notFound answers 404: plain text to requests for parts of a page, else the 404
// page.
func (s *Server) notFound(q *request) {
	h := q.w.Header()
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = noStore
	}
	if s.guard != nil && q.asked.Form == route.Data {
		if !q.misspelt() {
			s.noData(q)
			return
		}
		q.dropExtra()
	}
	if strings.HasPrefix(q.match.RawPath, staticPrefix) || subresource(q.r.Header) {
		s.plain(q, http.StatusNotFound, "Not Found", true)
		return
	}
	s.errorDocument(q, http.StatusNotFound, nil)
}

// subresource: the browser wants a part of a page, for which HTML is of no use.
func subresource(h http.Header) bool {
	dest := h["Sec-Fetch-Dest"]
	if len(dest) == 0 {
		return false
	}
	switch dest[0] {
	case "audio", "audioworklet", "embed", "font", "image", "json", "manifest", "paintworklet", "report", "script",
		"serviceworker", "sharedworker", "style", "track", "video", "worker", "xslt", "webidentity":
		return true
	}
	return false
}

// errorDocument answers with the page for a status: the app's own 404 or 500 page,
// else _error. Whatever goes wrong with that, some answer goes out.
func (s *Server) errorDocument(q *request, status int, cause error) {
	h := q.w.Header()
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = noStore
	}
	switch {
	case status == http.StatusNotFound && s.notFoundPage != nil:
		if s.madeErrorPage(q, s.notFoundPage, status, nil) {
			return
		}
	case status == http.StatusInternalServerError && s.errorPage != nil:
		if s.madeErrorPage(q, s.errorPage, status, cause) {
			return
		}
	}
	if s.renderErrorPage(q, s.pages["/_error"], status, cause) {
		return
	}
	if status >= 500 && s.lastResort != nil && s.madeErrorPage(q, s.lastResort, status, nil) {
		return
	}
	s.plain(q, status, http.StatusText(status), true)
}

// madeErrorPage sends an error page of the app; false when it cannot be had. A page
// that is rendered for each request may know the cause.
func (s *Server) madeErrorPage(q *request, p *page, status int, cause error) bool {
	if s.live != nil {
		return s.liveErrorPage(q, p, status, cause)
	}
	switch p.Kind {
	case manifest.Static:
		a, err := s.distFiles.get(p.file(q.match.Locale))
		if err != nil {
			s.report(q, err)
			return false
		}
		s.send(q, status, a.body, htmlType)
		return true
	case manifest.SSG:
		key := cache.Key{Route: p.Route, Path: p.Route, Locale: q.match.Locale}
		e, state, err := s.cache.Get(q.r.Context(), key, s.makePage(key, nil))
		if err != nil || e.Kind != cache.Page {
			if err != nil && q.r.Context().Err() == nil {
				s.report(q, err)
			}
			return false
		}
		q.w.Header()["X-Nextjs-Cache"] = cacheStates[state]
		s.deployed(q)
		if q.match.Form == route.Data && status == http.StatusNotFound || isDataPath(&q.match) {
			s.send(q, status, e.Data, jsonType)
		} else {
			s.send(q, status, e.HTML, htmlType)
		}
		return true
	case manifest.SSR:
		return s.renderErrorPage(q, p, status, cause)
	}
	return false
}

// isDataPath: the path begins as data URLs do, whether it is one or not. With a
// locale in front it does not.
func isDataPath(m *route.Match) bool {
	rest, ok := strings.CutPrefix(m.LocalePath(), "/_next/data")
	return ok && (rest == "" || rest[0] == '/')
}

// directNotFound is a request for /404 itself.
func (s *Server) directNotFound(q *request) error {
	if s.live != nil {
		return s.liveNotFound(q)
	}
	if s.notFoundPage.Kind == manifest.Static {
		if q.match.Form == route.Data {
			return errNotFound
		}
		a, err := s.distFiles.get(s.notFoundPage.file(q.match.Locale))
		if err != nil {
			return err
		}
		s.send(q, http.StatusNotFound, a.body, htmlType)
		return nil
	}
	q.w.Header()["Cache-Control"] = noStore
	if q.match.Form == route.Data && s.notFoundPage.Kind == manifest.SSG {
		key := cache.Key{Route: "/404", Path: "/404", Locale: q.match.Locale}
		if e, state, err := s.cache.Get(q.r.Context(), key, s.makePage(key, nil)); err == nil && e.Data != nil {
			q.w.Header()["X-Nextjs-Cache"] = cacheStates[state]
			s.send(q, http.StatusOK, e.Data, jsonType)
			return nil
		}
		return errNotFound
	}
	s.errorDocument(q, http.StatusNotFound, nil)
	return nil
}

// directError is a request for the app's own /500.
func (s *Server) directError(q *request) error {
	if q.match.Form == route.Data {
		return errNotFound
	}
	if s.errorPage.Kind != manifest.Static {
		q.w.Header()["Cache-Control"] = noStore
	}
	if !s.madeErrorPage(q, s.errorPage, http.StatusInternalServerError, nil) {
		return errNotFound
	}
	return nil
}

// send writes a document with its tag, or 304 when the client has it.
func (s *Server) send(q *request, status int, b *cache.Body, kind []string) {
	h := q.w.Header()
	if len(kind) > 0 && kind[0] == htmlType[0] && s.manifest.Config.PoweredByHeader {
		h["X-Powered-By"] = powered
	}
	if s.manifest.Config.GenerateEtags {
		h["Etag"] = b.ETag
		if status == http.StatusOK && reads(q.r.Method) && matches(q.r.Header, b.ETag[0]) {
			q.head(http.StatusNotModified)
			return
		}
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = kind
	}
	v := &b.Plain
	if s.manifest.Config.Compress && compressible(h) {
		addVary(h)
		if len(b.Plain.Bytes) >= cache.Threshold && q.r.Method != http.MethodHead {
			v = b.Variant(accepted(q.r.Header["Accept-Encoding"]))
		}
	}
	s.write(q, status, v)
}

func (s *Server) write(q *request, status int, v *cache.Variant) {
	h := q.w.Header()
	if v.Encoding != nil {
		h["Content-Encoding"] = v.Encoding
	}
	h["Content-Length"] = v.Length
	q.head(status)
	if q.r.Method != http.MethodHead {
		q.body(v.Bytes)
	}
}

// plain writes a short text. Without typed it has no Content-Type, as some answers
// of the reference have none.
func (s *Server) plain(q *request, status int, text string, typed bool) {
	h := q.w.Header()
	h["Content-Type"] = nil // keeps net/http from guessing
	if typed {
		h["Content-Type"] = plainType
		if s.manifest.Config.Compress {
			addVary(h)
		}
	}
	if text != "" || q.r.Method != http.MethodHead {
		h["Content-Length"] = []string{strconv.Itoa(len(text))}
	}
	q.head(status)
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write([]byte(text))
	}
}

// redirect answers with a Location; the body repeats it.
func (s *Server) redirect(q *request, status int, location string) {
	h := q.w.Header()
	h["Location"] = []string{headerBytes(location)}
	if status == http.StatusPermanentRedirect {
		h["Refresh"] = []string{"0;url=" + headerBytes(location)}
	}
	s.plain(q, status, location, false)
}

// matches: If-None-Match names the tag, and the client does not insist on a new
// answer.
func matches(h http.Header, tag string) bool {
	given := h["If-None-Match"]
	if len(given) == 0 || noCache(h) {
		return false
	}
	for _, list := range given {
		for part := range strings.SplitSeq(list, ",") {
			part = strings.TrimPrefix(strings.Trim(part, " \t"), "W/")
			if part == tag || part == "*" {
				return true
			}
		}
	}
	return false
}

func noCache(h http.Header) bool {
	for _, v := range h["Cache-Control"] {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.Trim(part, " \t"), "no-cache") {
				return true
			}
		}
	}
	return false
}

// addHeaders puts headers of user code into the response. Its cookies take the place
// of those of headers().
func (q *request) addHeaders(flat []string) {
	for i := 0; len(q.extra) > 0 && i+1 < len(flat); i += 2 {
		if strings.EqualFold(flat[i], "set-cookie") {
			q.unrule("Set-Cookie")
			break
		}
	}
	addHeaders(q.w.Header(), flat)
}

// addHeaders puts headers of user code into the response, in place of those that
// middleware has set; cookies of both are sent. Those of the connection are not its
// business. Repeated names become repeated lines.
func addHeaders(h http.Header, flat []string) {
	for i := 0; i+1 < len(flat); i += 2 {
		if name := textproto.CanonicalMIMEHeaderKey(flat[i]); name != "Set-Cookie" && name != "Connection" {
			delete(h, name)
		}
	}
	for i := 0; i+1 < len(flat); i += 2 {
		name := textproto.CanonicalMIMEHeaderKey(flat[i])
		switch name {
		case "Transfer-Encoding", "Keep-Alive", "Upgrade", "Trailer", "":
			continue
		case "Connection":
			if strings.EqualFold(flat[i+1], "close") {
				h["Connection"] = connectionClose
				delete(h, "Keep-Alive")
			}
			continue
		}
		h[name] = append(h[name][:len(h[name]):len(h[name])], headerBytes(flat[i+1]))
	}
}

// headerBytes writes a JavaScript string as Node.js puts it into a header: one
// byte for each character up to U+00FF. What lies beyond is percent-encoded, and
// what would end the line is dropped.
func headerBytes(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || s[i] < ' ' && s[i] != '\t' || s[i] == 0x7F {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r < ' ' && r != '\t' || r == 0x7F:
		case r <= 0xFF:
			b = append(b, byte(r))
		default:
			for _, c := range []byte(string(r)) {
				b = fmt.Appendf(b, "%%%02X", c)
			}
		}
	}
	return string(b)
}
