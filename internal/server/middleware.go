package server

import (
	"cmp"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// guard is the app's middleware (or proxy), made ready for requests. What is here
// holds for every request; what one request leads to is in verdict.
type guard struct {
	matchers *matchers
	// raw: the function sees the URL as the client sent it (skipProxyUrlNormalize).
	raw bool
	// bodyLimit is how much of a request body it may read.
	bodyLimit int64
}

func newGuard(m *manifest.Manifest) (*guard, error) {
	if m.Middleware == nil {
		return nil, nil
	}
	list, err := newMatchers(m)
	if err != nil {
		return nil, err
	}
	return &guard{
		matchers: list, raw: m.Config.SkipProxyURLNormalize, bodyLimit: m.Config.ProxyClientMaxBodySize,
	}, nil
}

// middleware runs the app's middleware when it covers the request, and does what it
// says. A request that revalidates a page does not meet it.
func (s *Server) middleware(q *request) (bool, error) {
	g := s.guard
	if q.onDemand || !g.covers(s, q) {
		return false, nil
	}
	if s.live != nil {
		if err := s.live.Middleware(q.r.Context()); err != nil {
			return false, err
		}
	}
	e, err := s.Engine()
	if err != nil {
		return false, err
	}
	body, replay, err := g.body(s, q)
	if err != nil {
		return false, err
	}
	job := render.WebJob{URL: s.guardURL(q), Request: s.webRequest(q)}
	answer, err := render.CallMiddleware(q.r.Context(), e, &job, body)
	if replay != nil {
		q.r.Body = replay.rest()
		replay.warnCut(s, q)
	}
	if err == nil && answer == nil {
		return false, nil
	}
	var done bool
	if err == nil {
		done, err = s.follow(q, answer)
	}
	if err != nil {
		// The error page is told nothing of the page that was not reached, and goes
		// without the headers of that URL.
		q.dropExtra()
		q.match.Query, q.match.Merged = nil, nil
	}
	return done, err
}

// webRequest is the request without the URL that Node.js code sees.
func (s *Server) webRequest(q *request) *render.Request {
	return &render.Request{HTTP: q.r, Host: s.options.Hostname, Port: s.options.Port, Data: s.guard != nil && q.asked.Form == route.Data}
}

// guardURL is the URL that the function sees: with base path and locale, without
// what marks a data request.
func (s *Server) guardURL(q *request) string {
	m := &q.match
	b := make([]byte, 0, 64+len(s.site.authority)+len(m.RawPath)+len(m.RawQuery))
	b = append(append(b, scheme(q.r)...), s.site.authority...)
	if s.guard.raw {
		target := q.r.RequestURI
		if target == "" || target[0] != '/' {
			target = q.r.URL.RequestURI()
		}
		return string(append(b, target...))
	}
	b = s.site.appendPath(b, m, q.outside())
	query := m.Query.Without("_rsc") // a mark of the App Router's client
	if len(query) > 0 {
		b = query.AppendQuery(append(b, '?'))
	}
	return string(b)
}

// Headers of a middleware's answer that are not the client's.
var (
	headerNext     = "X-Middleware-Next"
	headerRewrite  = "X-Middleware-Rewrite"
	headerOverride = "X-Middleware-Override-Headers"
	// headerRequest is the prefix of the values that go with headerOverride.
	headerRequest = "X-Middleware-Request-"
)

// keptBack are headers that the transport decides, or that mean something to the
// framework only.
var keptBack = map[string]bool{
	"Accept-Encoding": true, "Keepalive": true, "Keep-Alive": true, "Content-Encoding": true, "Transfer-Encoding": true,
	"Connection": true, "Expect": true, "Content-Length": true, "Upgrade": true, "Trailer": true,
	"X-Middleware-Redirect": true, "X-Middleware-Refresh": true, "X-Middleware-Set-Cookie": true,
	headerNext: true, headerRewrite: true, headerOverride: true, "Location": true,
}

// verdict is an answer of the middleware, read.
type verdict struct {
	next      bool
	rewrite   string
	location  string
	overrides string
	// request are the new values of the headers that overrides names.
	request map[string]string
	// response are the headers for the client: name, value, name, value ...
	response []string
}

func readVerdict(flat []string) verdict {
	var v verdict
	for i := 0; i+1 < len(flat); i += 2 {
		name, value := textproto.CanonicalMIMEHeaderKey(flat[i]), flat[i+1]
		switch name {
		case headerNext:
			v.next = true
		case headerRewrite:
			v.rewrite = value
		case headerOverride:
			v.overrides = value
		case "Location":
			v.location = value
		default:
			if rest, ok := strings.CutPrefix(name, headerRequest); ok && rest != "" {
				if v.request == nil {
					v.request = map[string]string{}
				}
				v.request[rest] = value
			} else if !keptBack[name] && value != "" {
				v.response = append(v.response, name, value)
			}
		}
	}
	return v
}

// follow does what the answer says: go on (perhaps with another URL, other headers),
// redirect, or answer.
func (s *Server) follow(q *request, answer *render.Answer) (bool, error) {
	v := readVerdict(answer.Headers)
	if v.overrides != "" {
		overrideHeaders(q.r, &v)
	} else {
		// Without that list these are headers like any other.
		for name, value := range v.request {
			v.response = append(v.response, headerRequest+name, value)
		}
	}
	url := cmp.Or(v.location, v.rewrite)
	var to target
	if url != "" {
		var ok bool
		if to, ok = s.site.read(q, url); !ok {
			closeStream(answer)
			return false, relativeURL(s.manifest.Middleware.Source, url)
		}
	}
	for i := 0; i < len(v.response); i += 2 {
		s.guardHeader(q, v.response[i], v.response[i+1])
	}
	if v.location != "" {
		return true, s.followLocation(q, answer, to, url)
	}
	if v.rewrite != "" {
		closeStream(answer)
		q.status = answer.Status
		return s.followRewrite(q, to, url)
	}
	if v.next {
		closeStream(answer)
		q.status = answer.Status
		return false, nil
	}
	return true, s.sendAnswer(q, answer)
}

// relativeURL is how code fails that gives a URL without a host: an error of the app,
// as one that it throws.
func relativeURL(source, url string) error {
	return &engine.Error{Kind: engine.Thrown, Name: "TypeError",
		Message: fmt.Sprintf("%s: %q is not an absolute URL; write new URL(%q, request.url)", source, url, url)}
}

func closeStream(a *render.Answer) {
	if a.Stream != nil {
		a.Stream.Close()
	}
}

// guardHeader puts a header of the middleware into the response, and into the
// request, where Next.js shows it to pages too.
func (s *Server) guardHeader(q *request, name, value string) {
	h := q.w.Header()
	value = headerBytes(value)
	if name == "Set-Cookie" {
		q.unrule(name)
		h[name] = append(h[name][:len(h[name]):len(h[name])], value)
		return
	}
	line := []string{value}
	h[name] = line
	if name != "Host" && name != "Cookie" {
		q.r.Header[name] = line[:1:1]
	}
}

// overrideHeaders replaces the request's headers by those that the answer names.
func overrideHeaders(r *http.Request, v *verdict) {
	keep := make(map[string]bool, 16)
	for name := range strings.SplitSeq(v.overrides, ",") {
		name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
		keep[name] = true
		value, ok := v.request[name]
		switch {
		case name == "" || name == "Content-Length" || name == "Transfer-Encoding" || internalHeaders[name]:
		case name == "Host":
			if ok {
				r.Host = headerBytes(value)
			}
		case !ok:
			delete(r.Header, name)
		default:
			if old := r.Header[name]; len(old) != 1 || old[0] != value {
				r.Header[name] = []string{headerBytes(value)}
			}
		}
	}
	for name := range r.Header {
		if !keep[name] {
			delete(r.Header, name)
		}
	}
}

// followRewrite makes t what is served, which url spells.
func (s *Server) followRewrite(q *request, t target, url string) (bool, error) {
	h := q.w.Header()
	if !t.own {
		h[headerRewrite] = []string{headerBytes(url)}
		if q.match.Form == route.Data {
			h["X-Nextjs-Rewrite"] = h[headerRewrite]
		}
		q.extra = nil // the headers of headers() go with the answer, unlike those of rewrites()
		return true, s.forward(q, url)
	}
	shown := s.site.spell(q, t, true)
	if i := strings.IndexByte(shown, '#'); i >= 0 {
		shown = shown[:i]
	}
	h[headerRewrite] = []string{headerBytes(shown)}
	if q.match.Form == route.Data {
		h["X-Nextjs-Rewrite"] = h[headerRewrite]
	}
	path, inside := strings.CutPrefix(t.path, s.site.config.BasePath)
	if !inside || path != "" && path[0] != '/' {
		path = t.path
	}
	if s.locales != nil && path != "" {
		// A URL without locale means the default one, not that of the request.
		q.match.Locale = q.tongue.preset
	}
	s.rewrite(q, path, route.ParseQuery(t.query))
	if !inside {
		q.nowhere = true
	}
	return false, nil
}

// followLocation answers with a Location: as a redirect when the status is one.
func (s *Server) followLocation(q *request, answer *render.Answer, t target, url string) error {
	if t.own {
		url = s.site.spell(q, t, false)
	}
	switch answer.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		q.w.Header()["Location"] = []string{headerBytes(url)}
		return s.sendAnswer(q, answer)
	}
	closeStream(answer)
	if q.match.Form == route.Data {
		q.w.Header()["X-Nextjs-Redirect"] = []string{headerBytes(url)}
		s.plain(q, answer.Status, "", false)
		return nil
	}
	s.redirect(q, answer.Status, url)
	return nil
}

// sendAnswer writes a Response of user code whose headers are in place.
func (s *Server) sendAnswer(q *request, a *render.Answer) error {
	if a.Stream == nil {
		s.sendRaw(q, a.Status, a.Body)
		return nil
	}
	defer a.Stream.Close()
	return s.stream(q, &a.Response)
}

// nameLocale puts the default locale into the target of a data request that names none.
// An app with middleware answers to both spellings, so that neither leads past it.
func (s *Server) nameLocale(q *request, target string, m *route.Match) (string, bool) {
	if s.locales == nil || m.LocaleNamed {
		return "", false
	}
	before, page, ok := strings.Cut(target, "/_next/data/"+s.manifest.BuildID+"/")
	if !ok || before != s.site.config.BasePath {
		return "", false
	}
	return target[:len(target)-len(page)] + q.tongue.preset + "/" + page, true
}

// outside: the URL lies outside of the base path.
func (q *request) outside() bool { return q.nowhere && q.match.Form == route.HTML && !q.rewritten }

// tellMatched tells the client router which page data belongs to.
func (s *Server) tellMatched(q *request) {
	if q.status != 0 && q.status != http.StatusOK {
		return
	}
	if q.page.matched != nil && (!q.page.Edge || q.page.Kind == manifest.API) {
		q.w.Header()["X-Nextjs-Matched-Path"] = q.page.matchedIn(q.match.Locale)
	}
}

// skip answers a prefetch of the client router: middleware lets the page through, and
// its data is not to be had ahead.
func (s *Server) skip(q *request) {
	h := q.w.Header()
	h["X-Middleware-Skip"] = []string{"1"}
	h["X-Matched-Path"] = []string{q.page.Route}
	h["Cache-Control"] = noStore
	s.plain(q, http.StatusOK, "{}", false)
}

// noData answers a data request that no page has data for, in an app whose
// middleware might have rewritten it: the client router then loads the document.
func (s *Server) noData(q *request) {
	h := q.w.Header()
	h["X-Nextjs-Matched-Path"] = []string{headerBytes(string(s.site.appendShown([]byte(s.site.config.BasePath), &q.match)))}
	h["Content-Type"] = jsonPlain
	s.sendRaw(q, http.StatusNotFound, []byte("{}"))
}

var jsonPlain = []string{"application/json"}
