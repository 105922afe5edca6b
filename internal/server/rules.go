package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
	"github.com/onwardjs/onward/internal/rules"
)

// routing is the rules of next.config made ready for requests.
type routing struct {
	rules.Set
	basePath string
	// locales: paths have a locale in front when rules see them.
	locales bool
	// normal: rules see data requests under the path of their page, as they do when
	// the app has middleware.
	normal bool
}

func newRouting(m *manifest.Manifest) *routing {
	// Rules that cannot be used have ended the build.
	set, _ := rules.Compile(m.Config)
	return &routing{Set: *set, basePath: m.Config.BasePath, locales: m.Config.I18n != nil}
}

// before are the stages ahead of the middleware; a stage without rules is left out.
func (rt *routing) before() []stage {
	if rt.Headers.Empty() && rt.Redirects.Empty() {
		return nil
	}
	return []stage{(*Server).headersAndRedirects}
}

// after are the stages that follow the middleware.
func (rt *routing) after() []stage {
	if rt.BeforeFiles.Empty() {
		return nil
	}
	return []stage{(*Server).beforeFiles}
}

// steps are what resolve does, one after the other, until something answers.
func (rt *routing) steps() []stage {
	steps := []stage{(*Server).exact}
	if !rt.AfterFiles.Empty() {
		steps = append(steps, (*Server).afterFiles)
	}
	steps = append(steps, (*Server).dynamic)
	if !rt.Fallback.Empty() {
		steps = append(steps, (*Server).fallback)
	}
	return steps
}

// ruleRequest is what rules see of the request: the URL as rewrites have left it.
func (s *Server) ruleRequest(q *request) *rules.Request {
	return &rules.Request{Path: s.routing.path(q), Query: q.match.Query, HTTP: q.r}
}

// path is the path that sources are compared with.
func (rt *routing) path(q *request) string {
	m := &q.match
	switch {
	case m.Form == route.Data && (q.nowhere || !rt.normal):
		if q.nowhere {
			return rt.basePath + m.RawPath
		}
		return rt.basePath + m.DataPath()
	case q.nowhere:
		return m.RawPath // outside the base path
	}
	path := m.RawPath
	if m.TrailingSlash && path != "/" {
		path += "/"
	}
	if rt.locales && !strings.HasPrefix(path, "/_next/") {
		if path == "/" {
			path = ""
		}
		return rt.basePath + "/" + m.Locale + path
	}
	if path == "/" && rt.basePath != "" {
		if m.TrailingSlash {
			return rt.basePath + "/"
		}
		return rt.basePath
	}
	return rt.basePath + path
}

// headersAndRedirects sets the headers that headers() gives the URL, and answers with
// the first redirect of redirects() that it meets. A redirect goes without the headers.
func (s *Server) headersAndRedirects(q *request) (bool, error) {
	r := s.ruleRequest(q)
	headers, err := s.routing.Headers.Find(r)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errRule, err)
	}
	location, status, err := s.routing.Redirects.Find(r)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errRule, err)
	}
	if status != 0 {
		s.redirect(q, status, location)
		return true, nil
	}
	h := q.w.Header()
	for _, header := range headers {
		for i, line := range header.Lines {
			header.Lines[i] = headerBytes(line)
		}
		if ownHeader(header.Name) {
			h[header.Name] = header.Lines
		}
	}
	q.extra = headers
	return false, nil
}

// ownHeader: the header is not one of those that the transport decides about.
func ownHeader(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Upgrade", "Trailer", "Date":
		return false
	}
	return true
}

// ruled: the header of the response is the one that headers() has set.
func (q *request) ruled(name string) bool {
	now := q.w.Header()[name]
	for _, header := range q.extra {
		if header.Name == name {
			return len(now) > 0 && &now[0] == &header.Lines[0]
		}
	}
	return false
}

// unrule takes a header of headers() back, unless something else has set it anew.
func (q *request) unrule(name string) {
	if q.ruled(name) {
		delete(q.w.Header(), name)
	}
}

// dropHeaders takes back what has been put into the response so far: what another
// server answers to a rewrite goes without it.
func (q *request) dropHeaders() {
	for name := range q.w.Header() {
		if name != "Connection" && name != "Keep-Alive" {
			delete(q.w.Header(), name)
		}
	}
	q.extra = nil
}

// dropExtra takes all headers of headers() back.
func (q *request) dropExtra() {
	for _, header := range q.extra {
		q.unrule(header.Name)
	}
	q.extra = nil
}

// beforeFiles applies those rewrites that go before files and pages, one after the
// other.
func (s *Server) beforeFiles(q *request) (bool, error) {
	return s.rewriteBy(q, &s.routing.BeforeFiles, nil)
}

// afterFiles applies those that go after files and pages without params.
func (s *Server) afterFiles(q *request) (bool, error) {
	return s.rewriteBy(q, &s.routing.AfterFiles, (*Server).lookUp)
}

// fallback applies those for what nothing else answers to.
func (s *Server) fallback(q *request) (bool, error) {
	return s.rewriteBy(q, &s.routing.Fallback, (*Server).lookUp)
}

// rewriteBy applies the rewrites that match, in their order, each to what the one
// before has made. After each, check looks whether something answers to the new URL:
// done means that it has been answered, as means outside targets, and a page in q.page
// ends the search.
func (s *Server) rewriteBy(q *request, list *rules.Rewrites, check stage) (done bool, err error) {
	for from := 0; ; {
		r := s.ruleRequest(q)
		target, next, err := list.Next(r, from)
		if err != nil {
			return false, fmt.Errorf("%w: %w", errRule, err)
		}
		if next == 0 {
			return false, nil
		}
		from = next
		if target.External() {
			target.Hash = ""
			q.dropHeaders()
			return true, s.forward(q, target.Location(r))
		}
		path, inside := strings.CutPrefix(target.Path, s.routing.basePath)
		inside = inside && (path == "" || path[0] == '/')
		if !inside {
			path = target.Path
		}
		s.rewrite(q, path, target.Query)
		q.rewriteKeys = append(q.rewriteKeys, target.Keys...)
		q.nowhere = q.nowhere || !inside
		if check == nil {
			continue
		}
		if done, err := check(s, q); done || err != nil || q.page != nil {
			return done, err
		}
	}
}

// lookUp is the check of afterFiles and fallback: a file, a page, or a page with
// params.
func (s *Server) lookUp(q *request) (bool, error) {
	if done, err := s.exact(q); done || err != nil || q.page != nil {
		return done, err
	}
	return s.dynamic(q)
}

// upgrades: the client asks for another protocol on its connection.
func upgrades(r *http.Request) bool {
	if r.Header["Upgrade"] == nil {
		return false
	}
	for _, line := range r.Header["Connection"] {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.Trim(part, " \t"), "upgrade") {
				return true
			}
		}
	}
	return false
}

// assetPath is the path of assetPrefix that /_next is served below as well; empty for
// none, and for the base path, where it is anyway.
func assetPath(c *config.Config) string {
	path := c.AssetPrefix
	if !strings.HasPrefix(path, "/") {
		u, err := url.Parse(path)
		if err != nil {
			return ""
		}
		path = u.Path
	}
	if path = strings.TrimSuffix(path, "/"); path == c.BasePath {
		return ""
	}
	return path
}
