package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
)

// site knows the absolute URLs of the app, as middleware and edge functions see and
// give them. They are built from where the server stands; what a client says of the
// host has no part in it.
type site struct {
	authority string
	config    *config.Config
}

// authority spells the loopback addresses as localhost, which is how NextURL spells
// them.
func authority(hostname string, port int) string {
	switch {
	case hostname == "[::1]", hostname == "::1", isLoopback4(hostname):
		hostname = "localhost"
	case strings.Contains(hostname, ":") && hostname[0] != '[':
		hostname = "[" + hostname + "]"
	}
	if port == 80 {
		return hostname
	}
	return hostname + ":" + strconv.Itoa(port)
}

func isLoopback4(host string) bool {
	rest, ok := strings.CutPrefix(host, "127.")
	return ok && strings.Count(rest, ".") == 2 && strings.Trim(rest, "0123456789.") == ""
}

// scheme is what the client is known to have used: TLS, or what a proxy in front says.
func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https://"
	}
	if proto := r.Header["X-Forwarded-Proto"]; len(proto) > 0 && strings.Contains(proto[0], "https") {
		return "https://"
	}
	return "http://"
}

// appendPath appends the path of m as a browser would have it, with base path and
// locale. A path outside of the base path has neither.
func (a *site) appendPath(b []byte, m *route.Match, outside bool) []byte {
	from := len(b)
	if !outside {
		b = append(b, a.config.BasePath...)
		if m.Locale != "" {
			b = append(append(b, '/'), m.Locale...)
		}
	}
	path, slash := m.RawPath, m.TrailingSlash
	if m.Form == route.Data {
		path, slash = pageOfData(path), a.config.TrailingSlash
	}
	if path != "/" || len(b) == from {
		b = append(b, path...)
	}
	if slash && b[len(b)-1] != '/' {
		b = append(b, '/')
	}
	return b
}

// pageOfData takes the marks of a data request off a path that still has them, as
// that of another build does.
func pageOfData(path string) string {
	rest, ok := strings.CutPrefix(path, "/_next/data/")
	if !ok {
		return path
	}
	_, page, _ := strings.Cut(rest, "/")
	page, ok = strings.CutSuffix(page, ".json")
	switch {
	case !ok:
		return path
	case page == "index":
		return "/"
	}
	return "/" + page
}

// target is a URL that a middleware gave, absolute, taken apart.
type target struct {
	// own: it belongs to this app.
	own bool
	// path and query as in the URL; rest is both with the fragment.
	path, query, rest string
}

// read takes a URL apart that JavaScript has spelled. ok is false when it is not
// absolute.
func (a *site) read(q *request, url string) (t target, ok bool) {
	i := strings.Index(url, "://")
	if i <= 0 {
		return t, false
	}
	after := url[i+3:]
	end := strings.IndexAny(after, "/?#")
	if end < 0 {
		end = len(after)
	}
	host := after[:end]
	name, port, _ := strings.Cut(host, ":")
	if isLoopback4(name) || host == "[::1]" || strings.HasPrefix(host, "[::1]:") {
		if host[0] == '[' {
			port = strings.TrimPrefix(host[5:], ":")
		}
		host = strings.TrimSuffix("localhost:"+port, ":")
	}
	t.own = url[:i+3] == scheme(q.r) && host == a.authority
	t.rest = after[end:]
	if t.rest == "" || t.rest[0] != '/' {
		t.rest = "/" + t.rest
	}
	t.path, _, _ = strings.Cut(t.rest, "#")
	t.path, t.query, _ = strings.Cut(t.path, "?")
	return t, true
}

// spell is an own URL as the client is told it: the locale is left out where it is
// the default one, unless named.
func (a *site) spell(q *request, t target, named bool) string {
	i18n := a.config.I18n
	if i18n == nil {
		return t.rest
	}
	base := a.config.BasePath
	inside, ok := strings.CutPrefix(t.path, base)
	if !ok || inside != "" && inside[0] != '/' {
		return t.rest
	}
	tail := t.rest[len(t.path):]
	locale, below := "", inside
	if first, rest, _ := strings.Cut(strings.TrimPrefix(inside, "/"), "/"); first != "" {
		for _, l := range i18n.Locales {
			if strings.EqualFold(l, first) {
				locale, below = l, "/"+rest
			}
		}
	}
	preset := q.tongue.preset
	if locale == "" {
		locale = preset
	}
	api := below == "/api" || strings.HasPrefix(below, "/api/")
	if api || locale == preset && !named {
		if below == "" || below == "/" && base != "" {
			below = ""
		}
		if base+below == "" {
			below = "/"
		}
		return base + below + tail
	}
	return base + "/" + locale + strings.TrimSuffix(below, "/") + tail
}

// appendShown appends the path of m with its locale, as x-nextjs-matched-path has it.
func (a *site) appendShown(b []byte, m *route.Match) []byte {
	if m.Locale != "" {
		b = append(append(b, '/'), m.Locale...)
		if m.RawPath == "/" {
			return b
		}
	}
	return append(b, m.RawPath...)
}
