package server

import (
	"net/http"
	"strings"

	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
)

// resolve finds what answers to the path. A file has been answered when it returns
// true, a page is in q.page when it returns false.
func (s *Server) resolve(q *request) (bool, error) {
	for _, step := range s.steps {
		if done, err := step(s, q); done || err != nil || q.page != nil {
			return done, err
		}
	}
	return false, errNotFound
}

// exact answers with what has exactly this path: the image endpoint, a file, or (in
// q.page) a page without params.
func (s *Server) exact(q *request) (bool, error) {
	if q.nowhere {
		return s.prefixed(q)
	}
	if done, err := s.asset(q); done || err != nil {
		return done, err
	}
	if !s.reaches(q) {
		return false, nil
	}
	if s.table.Exact(&q.match).Outcome == route.Proceed {
		s.found(q)
	}
	return false, nil
}

// asset answers with the image endpoint or a file.
func (s *Server) asset(q *request) (bool, error) {
	if done, err := s.image(q); done || err != nil {
		return done, err
	}
	if done, err := s.file(q); done || err != nil {
		return done, err
	}
	return s.prefixed(q)
}

// prefixed answers below the path of assetPrefix, where /_next is served too: a CDN
// that asks for its files has it in front.
func (s *Server) prefixed(q *request) (bool, error) {
	if s.assetPath == "" {
		return false, nil
	}
	path := q.match.RawPath
	if !q.nowhere {
		path = s.parse.BasePath + path
	}
	rest, ok := strings.CutPrefix(path, s.assetPath)
	if !ok || !strings.HasPrefix(rest, staticPrefix) && rest != s.images.path {
		return false, nil
	}
	inner, verdict := route.Parse(rest, &route.Options{SkipTrailingSlashRedirect: true})
	if verdict.Outcome != route.Proceed {
		return false, nil
	}
	inner.Query, inner.Locale = q.match.Query, q.match.Locale
	outer := q.match
	q.match = inner
	if done, err := s.image(q); done || err != nil {
		return done, err
	}
	if done, err := s.file(q); done || err != nil {
		return done, err
	}
	if strings.HasPrefix(rest, staticPrefix) {
		return false, errNotFound
	}
	q.match = outer
	return false, nil
}

// reaches tells whether pages have URLs of their own: without
// useFileSystemPublicRoutes only rewrites lead to them.
func (s *Server) reaches(q *request) bool {
	return q.rewritten || s.manifest.Config.UseFileSystemPublicRoutes
}

// dynamic looks for a page with params, which goes to q.page.
func (s *Server) dynamic(q *request) (bool, error) {
	if q.nowhere || !s.reaches(q) {
		return false, nil
	}
	switch s.table.Dynamic(&q.match).Outcome {
	case route.Proceed:
		s.found(q)
	case route.BadRequest:
		return false, errBadParam
	}
	return false, nil
}

// found takes the page that q.match has been completed with.
func (s *Server) found(q *request) {
	q.page = s.pages[q.match.Route]
	if !q.rewritten {
		q.asked = q.match // params tell which keys of the query are theirs
		return
	}
	q.asked.Query = q.match.QueryOf(&q.asked, q.rewriteKeys)
}

// rewrite makes another URL of the app what is served. path is percent-encoded and
// within the base path; it may name a locale. query takes the place of the one that
// pages see as theirs. Targets outside the app are for forward.
func (s *Server) rewrite(q *request, path string, query route.Values) {
	m, ok := q.match.Rewritten(path, query, &s.parse)
	q.match, q.rewritten, q.nowhere, q.page = m, true, !ok, nil
}

// render hands the request to the kind of its page.
func (s *Server) render(q *request) (bool, error) {
	if s.live != nil && q.page != s.notFoundPage && q.page != s.errorPage {
		if err := s.prepare(q); err != nil {
			return false, err
		}
	}
	p := q.page
	switch {
	case p == s.notFoundPage:
		return true, s.directNotFound(q)
	case p == s.errorPage:
		return true, s.directError(q)
	}
	if q.prefetch && (p.Kind == manifest.Static || p.Kind == manifest.SSR) {
		s.skip(q)
		return true, nil
	}
	switch p.Kind {
	case manifest.Static:
		return true, s.static(q)
	case manifest.SSG:
		return true, s.generated(q)
	case manifest.SSR:
		return true, s.page(q)
	case manifest.API:
		if p.Edge {
			return true, s.edge(q)
		}
		return true, s.api(q)
	}
	return false, nil
}

// static answers with HTML made at build.
func (s *Server) static(q *request) error {
	if s.live != nil {
		return s.liveStatic(q)
	}
	if q.match.Form == route.Data {
		if s.guard == nil && !q.page.Edge {
			return errNotFound
		}
		s.tellMatched(q)
	}
	if !readable(q.r) {
		return errMethod
	}
	a, err := s.distFiles.get(q.page.file(q.match.Locale))
	if err != nil {
		return err
	}
	s.send(q, 200, a.body, htmlType)
	return nil
}

// reads: the method asks for a document and changes nothing.
func reads(method string) bool { return method == "GET" || method == "HEAD" }

// readable tells whether a page made before the request may answer it. That
// includes a form sent by the browser itself, as when an API route answers a
// form with a 307 to a page.
func readable(r *http.Request) bool {
	if reads(r.Method) {
		return true
	}
	kind := r.Header.Get("Content-Type")
	return r.Method == http.MethodPost && (kind == "application/x-www-form-urlencoded" || strings.HasPrefix(kind, "multipart/form-data"))
}

// crawlers are words in the User-Agent of programs that read pages without running
// scripts or that must not be shown a page without its content. Compared in lower
// case.
var crawlers = []string{
	"googlebot", "-google", "google-", "chrome-lighthouse", "slurp", "duckduckbot", "baiduspider", "yandex", "sogou",
	"bitlybot", "tumblr", "vkshare", "quora link preview", "redditbot", "ia_archiver", "bingbot", "bingpreview",
	"applebot", "facebookexternalhit", "facebookcatalog", "twitterbot", "linkedinbot", "slackbot", "discordbot",
	"whatsapp", "skypeuripreview", "yeti", "googleweblight",
}

func isCrawler(agent string) bool {
	agent = strings.ToLower(agent)
	for _, word := range crawlers {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}
