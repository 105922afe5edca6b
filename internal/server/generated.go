package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// prerendered returns what the build made for a key.
func (s *Server) prerendered(key cache.Key) (manifest.Prerendered, bool) {
	p, ok := s.manifest.Prerendered[manifest.Key(key.Locale, key.Path)]
	return p, ok && p.Route == key.Route
}

// seed reads the build's entry of a key.
func (s *Server) seed(key cache.Key) (*cache.Entry, error) {
	p, ok := s.prerendered(key)
	if !ok {
		return nil, nil
	}
	e := &cache.Entry{
		Status: p.Status, Headers: p.Headers, Revalidate: p.Revalidate, GeneratedAt: s.manifest.BuiltAt,
	}
	if e.Revalidate > 0 {
		e.Expire = s.expireTime()
	}
	if p.NotFound {
		e.Kind = cache.NotFound
		return e, nil
	}
	html, err := s.distFiles.read(p.HTML)
	if err != nil {
		return nil, err
	}
	data, err := s.distFiles.read(p.Data)
	if err != nil {
		return nil, err
	}
	e.HTML, e.Data = cache.NewBody(html), cache.NewBody(data)
	return e, nil
}

// generated answers from the cache of pages with getStaticProps.
func (s *Server) generated(q *request) error {
	if s.live != nil {
		return s.liveGenerated(q)
	}
	p, m := q.page, &q.match
	if !readable(q.r) {
		return errMethod
	}
	if m.Form == route.Data {
		s.tellMatched(q)
	}
	if s.readPreview(q); q.preview.on {
		return s.draft(q)
	}
	key := s.keyOf(p, m)
	admitted := s.admitted(p, key)
	if !admitted && p.Fallback == manifest.FallbackFalse {
		if s.locales != nil && s.guard == nil {
			// The 404 page is that of the default locale, and a document always.
			m.Locale, m.Form = q.tongue.preset, route.HTML
		}
		return errNotFound
	}
	// The first look is all that a hit costs.
	e, state := s.cache.Find(key)
	switch {
	case e == nil && q.onDemand && q.onlyGenerated:
		q.w.Header()["X-Nextjs-Cache"] = cacheStates[cache.Revalidated]
		s.plain(q, http.StatusNotFound, "This page could not be found", false)
		return nil
	case e == nil && !admitted && p.Fallback == manifest.FallbackTrue && m.Form == route.HTML && !isCrawler(q.r.UserAgent()):
		return s.shell(q)
	case q.onDemand:
		made, err := s.cache.Revalidate(q.r.Context(), key, e, s.makePage(key, m))
		if err != nil {
			return err
		}
		return s.sendEntry(q, made, cache.Revalidated)
	case e != nil && state == cache.Hit:
		return s.sendEntry(q, e, state)
	}
	e, state, err := s.cache.Complete(q.r.Context(), key, e, state, s.makePage(key, m))
	if err != nil {
		return err
	}
	return s.sendEntry(q, e, state)
}

// admitted tells whether getStaticPaths, or the lack of params, has said that the
// page exists.
func (s *Server) admitted(p *page, key cache.Key) bool {
	if !p.dynamic {
		return true
	}
	_, ok := s.prerendered(key)
	return ok
}

// shell answers with the HTML that has yet to fetch its data.
func (s *Server) shell(q *request) error {
	a, err := s.distFiles.get(q.page.file(q.match.Locale))
	if err != nil {
		return err
	}
	h := q.w.Header()
	h["Cache-Control"] = noStore
	h["X-Nextjs-Cache"] = cacheStates[cache.Miss]
	if q.onDemand {
		h["X-Nextjs-Cache"] = cacheStates[cache.Revalidated]
	}
	s.send(q, http.StatusOK, a.body, htmlType)
	return nil
}

// keyOf is what a page answers for: its route, the path and the locale, and nothing
// else of the request.
func (s *Server) keyOf(p *page, m *route.Match) cache.Key {
	return cache.Key{Route: p.Route, Path: m.Path, Locale: m.Locale}
}

// pageJob is the Job that makes the page of key. It takes from m only what the key
// stands for, so that nothing of one request gets into what all will see; a nil m
// is a page without params.
func (s *Server) pageJob(key cache.Key, m *route.Match) render.PageJob {
	job := render.PageJob{
		Route: key.Route, Mode: render.ModeSSG, Form: "html", Path: key.Path, Locale: key.Locale,
	}
	if s.locales != nil {
		// As at build: the page is for visitors of every domain.
		job.DefaultLocale, job.OnDomain = s.locales.DefaultLocale, len(s.locales.Domains) > 0
	}
	if m == nil {
		m = &route.Match{RawPath: key.Path}
	}
	job.AsPath = m.PageURL(s.parse.TrailingSlash)
	if strings.Contains(key.Route, "/[") {
		job.Params = m.Params.AppendJSON(nil)
		job.Query = job.Params
	}
	return job
}

// makePage returns the function that makes the entry of key anew.
func (s *Server) makePage(key cache.Key, m *route.Match) cache.Make {
	job := s.pageJob(key, m)
	return func(ctx context.Context, reason cache.Reason) (*cache.Entry, error) {
		job := job
		job.Reason = string(reason)
		e, err := s.Engine()
		if err != nil {
			return nil, err
		}
		made, err := render.RenderPage(ctx, e, &job, render.Body{})
		if err != nil {
			return nil, err
		}
		return s.entryOf(key, made)
	}
}

func (s *Server) entryOf(key cache.Key, made *render.Page) (*cache.Entry, error) {
	e := &cache.Entry{Headers: made.Headers}
	if e.Revalidate, _ = made.RevalidateSeconds(); e.Revalidate > 0 {
		e.Expire = s.expireTime()
	}
	switch made.Kind {
	case render.KindPage:
		e.Kind, e.Status = cache.Page, made.Status
		e.HTML, e.Data = cache.NewBody(made.Body), cache.NewBody([]byte(made.Data))
	case render.KindNotFound:
		e.Kind = cache.NotFound
	case render.KindRedirect:
		if made.Redirect == nil {
			return nil, fmt.Errorf("server: %s: a redirect without a destination", key.Path)
		}
		e.Kind = cache.Redirect
		e.Destination, e.RedirectStatus = made.Redirect.Destination, made.Redirect.StatusCode
		e.NoBasePath = made.Redirect.BasePath != nil && !*made.Redirect.BasePath
		e.Data = cache.NewBody(made.Body)
	default:
		return nil, fmt.Errorf("server: %s: getStaticProps ended in %q, which cannot be kept", key.Path, made.Kind)
	}
	return e, nil
}

// sendEntry writes a cached answer in the form that was asked for.
func (s *Server) sendEntry(q *request, e *cache.Entry, state cache.State) error {
	h := q.w.Header()
	s.deployed(q)
	if len(e.Headers) > 0 {
		q.addHeaders(e.Headers)
	}
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = lifetime(e)
	}
	h["X-Nextjs-Cache"] = cacheStates[state]
	data := q.match.Form == route.Data
	switch e.Kind {
	case cache.NotFound:
		if data {
			s.plain(q, http.StatusNotFound, `{"notFound":true}`, false)
			return nil
		}
		return errNotFound
	case cache.Redirect:
		if data {
			s.sendUntagged(q, http.StatusOK, e.Data, jsonType)
			return nil
		}
		s.redirect(q, e.RedirectStatus, s.based(e.Destination, e.NoBasePath))
		return nil
	}
	switch {
	case s.live == nil:
	case q.preview.on:
		h["Cache-Control"] = noStore
	default:
		h["Cache-Control"] = liveStore
	}
	status := e.Status
	if status == 0 {
		status = http.StatusOK
	}
	if data {
		s.send(q, status, e.Data, jsonType)
	} else {
		s.send(q, status, e.HTML, htmlType)
	}
	return nil
}

// based puts the base path before a destination within the app.
func (s *Server) based(destination string, not bool) string {
	if not || s.parse.BasePath == "" || !strings.HasPrefix(destination, "/") {
		return destination
	}
	return s.parse.BasePath + destination
}

var forever = []string{"s-maxage=31536000"}

// lifetime is the Cache-Control of an entry: how long it is fresh, and how long
// after that it may be shown while a new one is made.
func lifetime(e *cache.Entry) []string {
	if e.Revalidate <= 0 {
		return forever
	}
	v := strconv.AppendInt(append(make([]byte, 0, 64), "s-maxage="...), int64(e.Revalidate), 10)
	if stale := e.Expire - e.Revalidate; stale > 0 {
		v = strconv.AppendInt(append(v, ", stale-while-revalidate="...), int64(stale), 10)
	}
	return []string{string(v)}
}
