package server

import (
	"net/url"
	"strings"
	"sync"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
	"github.com/onwardjs/onward/internal/rules"
)

// matchers decide which requests a middleware sees; none: all.
type matchers struct {
	list []*rules.Matcher
	// known remembers which matchers cover a path, since a busy site is asked for the
	// same paths again and again. It is thrown away when it is full.
	mu    sync.RWMutex
	known map[string]coverage
}

// coverage is what the matchers say of a path: surely, or only (maybe) when a request
// meets the conditions of those.
type coverage struct {
	surely bool
	maybe  []*rules.Matcher
}

// knownPaths bounds the memory of matchers: clients choose the paths.
const (
	knownPaths = 2048
	knownLen   = 256
)

func newMatchers(m *manifest.Manifest) (*matchers, error) {
	out := &matchers{known: map[string]coverage{}}
	o := rules.MatcherOptions{BasePath: m.Config.BasePath, Locales: m.Config.I18n != nil}
	for _, one := range m.Middleware.Matchers {
		matcher, err := rules.CompileMatcher(one.Match, o)
		if err != nil {
			return nil, diag.Errorf("bad-build", "the matcher of %s cannot be served: %v", m.Middleware.Source, err).
				WithHint("run `onward build` again")
		}
		out.list = append(out.list, matcher)
	}
	return out, nil
}

// cover tells what the matchers say of a path.
func (m *matchers) cover(path string) coverage {
	m.mu.RLock()
	c, ok := m.known[path]
	m.mu.RUnlock()
	if ok {
		return c
	}
	for _, one := range m.list {
		if !one.Covers(path) {
			continue
		}
		if !one.Conditional() {
			c = coverage{surely: true}
			break
		}
		c.maybe = append(c.maybe, one)
	}
	if len(path) <= knownLen {
		m.mu.Lock()
		if len(m.known) >= knownPaths {
			clear(m.known)
		}
		m.known[path] = c
		m.mu.Unlock()
	}
	return c
}

// covers tells whether the middleware sees the request. Its path is tried as it was
// sent, decoded, and as pages are looked up, so that no spelling leads past it.
func (g *guard) covers(s *Server, q *request) bool {
	if len(g.matchers.list) == 0 {
		return true
	}
	m := &q.match
	if q.misspelt() {
		return false
	}
	var path string
	if m.Locale == "" && s.site.config.BasePath == "" && !m.TrailingSlash && m.Form == route.HTML {
		path = m.RawPath
	} else {
		path = string(s.site.appendPath(nil, m, q.outside()))
	}
	if g.meets(q, path) {
		return true
	}
	if decoded, err := url.PathUnescape(path); err == nil && decoded != path && g.meets(q, decoded) {
		return true
	}
	if m.Path == m.RawPath {
		return false
	}
	canonical := *m
	canonical.RawPath = m.Path
	return g.meets(q, string(s.site.appendPath(nil, &canonical, q.outside())))
}

// misspelt: the URL begins as those of data requests do and does not end so. Nothing
// answers to it.
func (q *request) misspelt() bool {
	m := &q.asked
	return m.Form == route.Data && strings.HasPrefix(m.RawPath, "/_next/data/") && !strings.HasSuffix(m.RawPath, ".json")
}

func (g *guard) meets(q *request, path string) bool {
	c := g.matchers.cover(path)
	if c.surely {
		return true
	}
	if len(c.maybe) == 0 {
		return false
	}
	r := rules.Request{Path: path, Query: q.match.Query, HTTP: q.r}
	for _, one := range c.maybe {
		if one.Meets(&r) {
			return true
		}
	}
	return false
}
