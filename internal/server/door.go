package server

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/onwardjs/onward/internal/route"
)

// door parses the URL, drops headers that only Next.js's own parts send each other,
// and answers what needs no page: malformed targets and slashes to be cleaned up.
func (s *Server) door(q *request) (bool, error) {
	r := q.r
	if keep := s.keepAlive.Load(); keep != nil && r.ProtoMajor == 1 && !r.Close {
		h := q.w.Header()
		h["Connection"], h["Keep-Alive"] = connectionKeep, *keep
	}
	if r.Header["X-Prerender-Revalidate"] != nil {
		s.readRevalidation(q)
	}
	prefetch := r.Header["X-Middleware-Prefetch"]
	stripInternal(r.Header)
	if s.guard != nil && prefetch != nil {
		// The client router's question whether middleware lets a page through.
		r.Header["X-Middleware-Prefetch"], q.prefetch = prefetch, true
	}
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	options := s.urlOptions(q)
	match, verdict := route.Parse(target, options)
	if verdict.Outcome == route.NotFound && s.guard != nil && match.Form == route.Data {
		if full, ok := s.nameLocale(q, target, &match); ok {
			match, verdict = route.Parse(full, options)
		}
	}
	q.asked, q.match = match, match
	q.nowhere = verdict.Outcome == route.NotFound
	if s.live != nil && verdict.Outcome != route.BadRequest && s.serveLive(q) {
		return true, nil
	}
	switch verdict.Outcome {
	case route.Redirect:
		// Who is sent to another locale need not be sent to another slash first.
		if s.locales != nil {
			if done, err := s.locale(q); done || err != nil {
				return done, err
			}
		}
		s.redirect(q, http.StatusPermanentRedirect, verdict.Location)
		return true, nil
	case route.BadRequest:
		h := q.w.Header()
		h["Connection"] = connectionClose
		delete(h, "Keep-Alive")
		return false, errMalformed
	}
	return false, nil
}

var (
	connectionKeep  = []string{"keep-alive"}
	connectionClose = []string{"close"}
)

// readRevalidation lets a request with the build's preview id revalidate what it
// asks for.
func (s *Server) readRevalidation(q *request) {
	id := q.r.Header.Get("X-Prerender-Revalidate")
	if s.manifest.Preview.ID == "" || subtle.ConstantTimeCompare([]byte(id), []byte(s.manifest.Preview.ID)) != 1 {
		return
	}
	q.onDemand = true
	q.onlyGenerated = q.r.Header["X-Prerender-Revalidate-If-Generated"] != nil
}

// internalHeaders are those that parts of Next.js send each other. From outside
// they mean nothing, whatever they say.
var internalHeaders = map[string]bool{
	"X-Matched-Path":                      true,
	"X-Nextjs-Data":                       true,
	"X-Now-Route-Matches":                 true,
	"X-Next-Resume-State-Length":          true,
	"X-Next-Cache-Tags":                   true,
	"X-Next-Revalidated-Tags":             true,
	"X-Next-Revalidate-Tag-Token":         true,
	"X-Prerender-Revalidate":              true,
	"X-Prerender-Revalidate-If-Generated": true,
	"X-Prerender-Bypass-Mode":             true,
	"X-Nextjs-Rewrite":                    true,
	"X-Nextjs-Redirect":                   true,
	"Next-Resume":                         true,
}

// stripInternal removes them, and the families X-Middleware-* and X-Invoke-*.
func stripInternal(h http.Header) {
	for name := range h {
		if name[0] != 'X' && name[0] != 'N' {
			continue
		}
		if strings.HasPrefix(name, "X-Middleware-") || strings.HasPrefix(name, "X-Invoke-") || internalHeaders[name] {
			delete(h, name)
		}
	}
}
