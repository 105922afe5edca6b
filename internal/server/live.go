package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// Live is what a server has in development: pages are compiled when they are asked
// for and made for each request, nothing is kept, and mistakes are shown. The stages
// of a request are the same.
type Live interface {
	// Page makes a page or API route ready to run and says what it is. It is asked
	// before each render. Mistakes of the app are diag.Errors.
	Page(ctx context.Context, route string) (manifest.Page, error)
	// Middleware makes the middleware ready to run.
	Middleware(ctx context.Context) error
	// Serve answers what only development has: files that the compiler makes,
	// /_next/webpack-hmr, /__nextjs_*. path is decoded and within the base path.
	// False: it is none of its business, and nothing has been written.
	Serve(w http.ResponseWriter, r *http.Request, path string) bool
	// Report hears of each failure of a request once, in place of the log.
	Report(r *http.Request, err error)
	// Document is the HTML that shows err in place of the page that was asked for.
	Document(r *http.Request, err error) []byte
}

// liveStore is the Cache-Control of pages and data in development, whatever user code
// says.
var liveStore = []string{"no-store"}

// live serves an app in development.
type live struct {
	Live
	// files are those below /_next/static/development/, by name.
	files map[string][]byte
	// public is the folder; it may come and go.
	public string
}

func newLive(o *Options) *live {
	if o.Live == nil {
		return nil
	}
	return &live{Live: o.Live, files: manifest.DevelopmentFiles(o.Manifest), public: filepath.Join(o.Dir, "public")}
}

// serveLive answers what only development has. It comes before the rules and the
// middleware of the app, so that mistakes in those can be shown and mended.
func (s *Server) serveLive(q *request) bool {
	if q.nowhere && s.assetPath == "" {
		return false
	}
	path, ok := q.match.FilePath()
	if !ok {
		return false
	}
	if s.assetPath != "" {
		full := path
		if !q.nowhere {
			full = s.parse.BasePath + path
		}
		if rest, ok := strings.CutPrefix(full, s.assetPath); ok && strings.HasPrefix(rest, "/_next/") {
			path = rest
		} else if q.nowhere {
			return false
		}
	}
	if !strings.HasPrefix(path, "/_next/") && !strings.HasPrefix(path, "/__nextjs") {
		return false
	}
	if name, ok := strings.CutPrefix(path, staticPrefix+manifest.DevelopmentID+"/"); ok {
		if data := s.live.files[name]; data != nil && reads(q.r.Method) {
			s.sendLiveFile(q, name, data)
			return true
		}
	}
	if strings.HasPrefix(path, "/_next/data/") || path == s.images.path {
		return false
	}
	if strings.HasPrefix(path, staticPrefix) && !reads(q.r.Method) {
		s.fail(q, errFileMethod)
		return true
	}
	return s.live.Serve(q.w, q.r, path)
}

func (s *Server) sendLiveFile(q *request, name string, data []byte) {
	h := q.w.Header()
	if strings.HasSuffix(name, ".json") {
		h["Content-Type"] = jsonType
		s.sendRaw(q, http.StatusOK, data)
		return
	}
	h["Cache-Control"] = []string{"no-cache, must-revalidate"}
	h["Etag"] = []string{cache.Tag(data)}
	if matches(q.r.Header, h["Etag"][0]) {
		q.head(http.StatusNotModified)
		return
	}
	h["Content-Type"] = []string{typeOf(name)}
	s.sendRaw(q, http.StatusOK, data)
}

// prepare has the page of a request compiled, and completes what is known of it.
func (s *Server) prepare(q *request) error {
	p, err := s.livePage(q.r.Context(), q.page)
	if err != nil {
		return err
	}
	q.page = p
	return nil
}

func (s *Server) livePage(ctx context.Context, known *page) (*page, error) {
	made, err := s.live.Page(ctx, known.Route)
	if err != nil {
		return nil, err
	}
	return &page{Page: made, dynamic: known.dynamic, matched: known.matched}, nil
}

// liveStatic renders a page without data as the build would.
func (s *Server) liveStatic(q *request) error {
	if q.match.Form == route.Data {
		s.tellMatched(q)
	}
	if q.r.Method == http.MethodOptions {
		s.plain(q, http.StatusBadRequest, "", false)
		return nil
	}
	job := s.staticJob(q, q.page.Route)
	if q.page.Edge && q.match.Form == route.Data {
		job.Form = "data"
	}
	made, err := s.renderLive(q, &job)
	if err != nil {
		return err
	}
	return s.sendPage(q, made)
}

// staticJob is the Job that makes a page without data, as at build: its router knows
// neither query nor params.
func (s *Server) staticJob(q *request, pageRoute string) render.PageJob {
	return render.PageJob{
		Route: pageRoute, Mode: render.ModeAuto, Form: "html", Request: s.requestOf(q), Path: pageRoute,
		AsPath: (&route.Match{RawPath: pageRoute, TrailingSlash: s.parse.TrailingSlash}).AsPath(),
		Locale: q.match.Locale, DefaultLocale: q.tongue.preset, OnDomain: s.onDomain(q),
	}
}

func (s *Server) renderLive(q *request, job *render.PageJob) (*render.Page, error) {
	e, err := s.Engine()
	if err != nil {
		return nil, err
	}
	return render.RenderPage(q.r.Context(), e, job, render.Body{})
}

// liveGenerated runs getStaticProps, and getStaticPaths before it, for this request.
func (s *Server) liveGenerated(q *request) error {
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
	if p.dynamic {
		listed, fallback, err := s.livePaths(q)
		switch {
		case err != nil:
			return err
		case listed:
		case fallback == manifest.FallbackFalse:
			if s.locales != nil && s.guard == nil {
				m.Locale, m.Form = q.tongue.preset, route.HTML
			}
			return errNotFound
		case fallback == manifest.FallbackTrue && m.Form == route.HTML && !q.onDemand && !isCrawler(q.r.UserAgent()):
			return s.liveShell(q)
		}
	}
	job := s.pageJob(key, m)
	job.Request, job.Reason = s.requestOf(q), string(cache.ReasonStale)
	state := cache.Hit
	if q.onDemand {
		job.Reason, state = string(cache.ReasonOnDemand), cache.Revalidated
	}
	if m.Form == route.Data {
		job.Form = "data"
	}
	made, err := s.renderLive(q, &job)
	if err != nil {
		return err
	}
	entry, err := s.entryOf(key, made)
	if err != nil {
		return err
	}
	if entry.Kind == cache.Page && m.Form == route.Data {
		entry.Data = entry.HTML // the only body of a Job for data
	}
	return s.sendEntry(q, entry, state)
}

// livePaths runs getStaticPaths and tells whether it names the path of the request.
func (s *Server) livePaths(q *request) (listed bool, fallback manifest.Fallback, err error) {
	job := render.PathsJob{Route: q.page.Route}
	if s.locales != nil {
		job.Locales, job.DefaultLocale = s.locales.Locales, s.locales.DefaultLocale
	}
	e, err := s.Engine()
	if err != nil {
		return false, "", err
	}
	var reply render.PathsReply
	if err := render.Ask(q.r.Context(), e, render.JobPaths, &job, &reply); err != nil {
		return false, "", err
	}
	switch string(reply.Fallback) {
	case "true":
		fallback = manifest.FallbackTrue
	case `"blocking"`:
		fallback = manifest.FallbackBlocking
	case "false":
		fallback = manifest.FallbackFalse
	default:
		return false, "", fmt.Errorf("server: unknown fallback %s of %s", reply.Fallback, q.page.Route)
	}
	for _, path := range reply.Paths {
		locale := path.Locale
		if locale == "" && s.locales != nil {
			locale = s.locales.DefaultLocale
		}
		if concrete, _ := route.Canonical(path.Path); concrete == q.match.Path && locale == q.match.Locale {
			return true, fallback, nil
		}
	}
	return false, fallback, nil
}

// liveShell answers with the HTML that has yet to fetch its data.
func (s *Server) liveShell(q *request) error {
	job := s.staticJob(q, q.page.Route)
	job.Mode = render.ModeFallback
	made, err := s.renderLive(q, &job)
	if err != nil {
		return err
	}
	q.w.Header()["X-Nextjs-Cache"] = cacheStates[cache.Miss]
	return s.sendPage(q, made)
}

// liveErrorPage sends the app's own 404 or 500 page, rendered for this request.
func (s *Server) liveErrorPage(q *request, known *page, status int, cause error) bool {
	p, err := s.livePage(q.r.Context(), known)
	if err != nil {
		s.failLive(q, err)
		return true
	}
	kind := htmlType
	var job render.PageJob
	switch p.Kind {
	case manifest.Static:
		job = s.staticJob(q, p.Route)
	case manifest.SSG:
		job = s.pageJob(cache.Key{Route: p.Route, Path: p.Route, Locale: q.match.Locale}, nil)
		job.Request, job.Reason = s.requestOf(q), string(cache.ReasonStale)
		q.w.Header()["X-Nextjs-Cache"] = cacheStates[cache.Hit]
		if q.match.Form == route.Data && status == http.StatusNotFound || isDataPath(&q.match) {
			job.Form, kind = "data", jsonType
		}
	default:
		return s.renderErrorPage(q, p, status, cause)
	}
	job.StatusCode = status
	made, err := s.renderLive(q, &job)
	if err != nil {
		s.failLive(q, err)
		return true
	}
	if made.Kind != render.KindPage {
		return false
	}
	q.addHeaders(made.Headers)
	s.sendOnce(q, status, made.Body, kind)
	return true
}

// liveNotFound is a request for /404 itself.
func (s *Server) liveNotFound(q *request) error {
	p, err := s.livePage(q.r.Context(), s.notFoundPage)
	if err != nil {
		return err
	}
	if q.match.Form == route.Data && p.Kind == manifest.SSG {
		q.page = p
		return s.liveGenerated(q)
	}
	s.errorDocument(q, http.StatusNotFound, nil)
	return nil
}

// failLive reports a failure and answers with the document that shows it.
func (s *Server) failLive(q *request, err error) {
	if gone(q, err) {
		return
	}
	s.report(q, err)
	h := q.w.Header()
	for _, name := range []string{"Etag", "Content-Encoding", "Content-Length", "Location", "X-Nextjs-Cache"} {
		delete(h, name)
	}
	q.reason, q.status = "", 0
	h["Content-Type"] = htmlType
	s.sendOnce(q, http.StatusInternalServerError, s.live.Document(q.r, err), htmlType)
}

// gone: the request failed because nobody waits for an answer.
func gone(q *request, err error) bool {
	if q.r.Context().Err() == nil {
		return false
	}
	kind, isEngine := engine.KindOf(err)
	return !isEngine || kind == engine.Aborted
}

// publicFile is a file of public/ as it is now, with its folder, whose root is to be
// closed. fs.ErrNotExist: there is none.
func (l *live) publicFile(path string) (*files, *asset, error) {
	root, err := os.OpenRoot(l.public)
	if err != nil {
		return nil, nil, notThere(err)
	}
	folder := newFiles(root)
	a, err := folder.get(strings.TrimPrefix(path, "/"))
	if err != nil {
		root.Close()
		return nil, nil, err
	}
	return folder, a, nil
}

// liveFile answers with a file of public/.
func (s *Server) liveFile(q *request) (bool, error) {
	path, ok := q.match.FilePath()
	if !ok || path == "/" || strings.HasPrefix(path, "/_next/") {
		return false, nil
	}
	folder, a, err := s.live.publicFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer folder.root.Close()
	return true, s.sendFile(q, folder, a, publicMaxAge)
}

// liveImage is the original of an image: one that the compiler has from an import, or
// a file of public/, whose folder is to be closed.
func (s *Server) liveImage(q *request, path string) (*files, *asset, error) {
	if !strings.HasPrefix(path, staticPrefix) {
		folder, a, err := s.live.publicFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, nil // a page may answer
		}
		return folder, a, err
	}
	r, err := http.NewRequestWithContext(q.r.Context(), http.MethodGet, "/", nil)
	if err != nil {
		return nil, nil, err
	}
	w := &capture{status: status{header: http.Header{}}}
	if !s.live.Serve(w, r, path) || w.code != http.StatusOK {
		return nil, nil, fs.ErrNotExist
	}
	a := &asset{name: path, size: int64(len(w.body)), etag: []string{cache.Tag(w.body)}, body: cache.NewBody(w.body)}
	return nil, a, nil
}

// capture keeps an answer.
type capture struct {
	status
	body []byte
}

func (w *capture) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, b...)
	return len(b), nil
}
