package dev

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/onwardjs/onward/internal/diag"
)

// origins decides who may have what only development has: source code in scripts and
// maps, messages about errors, the socket that tells of changes. Any page that a
// developer visits can send requests to localhost, and a name that its owner points
// at 127.0.0.1 makes them same-origin; so both where a request comes from and the
// host that it asks for must be known. Pages themselves are open to everybody.
type origins struct {
	// allowed are allowedDevOrigins, and names that belong to this machine.
	allowed []string
	// addresses returns those of this machine.
	addresses func() []netip.Addr
	warn      func(*diag.Message)

	mu     sync.Mutex
	warned map[string]bool
}

// mostWarned bounds how many sources are remembered as warned of.
const mostWarned = 100

// newOrigins makes the guard of a server that listens on hostname, which may be
// empty. allowed is the option allowedDevOrigins.
func newOrigins(allowed []string, hostname string, warn func(*diag.Message)) *origins {
	o := &origins{addresses: localAddresses, warn: warn, warned: map[string]bool{}}
	o.allowed = append(o.allowed, "localhost", "**.localhost")
	if hostname != "" {
		o.allowed = append(o.allowed, strings.Trim(strings.ToLower(hostname), "[]"))
	}
	if name, err := os.Hostname(); err == nil && name != "" {
		name = strings.ToLower(name)
		o.allowed = append(o.allowed, name)
		if !strings.Contains(name, ".") {
			o.allowed = append(o.allowed, name+".local")
		}
	}
	for _, a := range allowed {
		o.allowed = append(o.allowed, strings.ToLower(a))
	}
	return o
}

// guarded says whether a path is of those that are not for everybody. It looks at it
// as it was sent, escapes and all, and at what it means.
func guarded(r *http.Request) bool {
	for _, p := range []string{r.URL.Path, r.RequestURI} {
		p, _, _ = strings.Cut(p, "?")
		if strings.Contains(p, "/__nextjs") {
			return true
		}
		// What style sheets load comes with other headers, and holds no code.
		open := strings.Contains(p, "/_next/image") || strings.Contains(p, "/_next/static/media")
		if strings.Contains(p, "/_next") && !open {
			return true
		}
	}
	return false
}

// admit says whether a request may have what it asks for. Those that may not are
// answered.
func (o *origins) admit(w http.ResponseWriter, r *http.Request) bool {
	if !guarded(r) {
		return true
	}
	reason, source := o.judge(r)
	if reason == "" {
		return true
	}
	o.tell(r, reason, source)
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte("Unauthorized"))
	return false
}

// judge returns why a request is refused, "" when it is not, and the host that would
// have to be allowed, when there is one.
func (o *origins) judge(r *http.Request) (reason, source string) {
	host := hostname(r.Host)
	if !o.own(host) {
		return "for another host", host
	}
	site := r.Header.Get("Sec-Fetch-Site")
	referer := ""
	if u, err := url.Parse(r.Header.Get("Referer")); err == nil {
		referer = strings.ToLower(u.Hostname())
	}
	if list := r.Header["Origin"]; len(list) > 0 {
		if len(list) > 1 || list[0] == "null" {
			return "from an opaque origin", ""
		}
		u, err := url.Parse(list[0])
		if err != nil || u.Hostname() == "" {
			return "from an unknown origin", ""
		}
		if from := strings.ToLower(u.Hostname()); from != host && !o.own(from) {
			return "from another site", from
		}
		return "", ""
	}
	switch {
	case site == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate", site == "" && referer != "":
		// Scripts and styles of another page. These come without Origin.
		if referer == "" {
			return "from another site", ""
		}
		if referer != host && !o.own(referer) {
			return "from another site", referer
		}
	case site == "same-origin", site == "same-site":
	case private(r):
		// Browsers say where these come from, one way or the other.
		return "from an unknown origin", ""
	}
	return "", ""
}

// private says whether a request is for what pages never load as their parts.
func private(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/__nextjs") || strings.HasSuffix(r.URL.Path, "/_next/webpack-hmr") || r.Header.Get("Upgrade") != ""
}

// hostname is a Host header without port and brackets, in lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// own says whether a host name stands for this machine, or is allowed.
func (o *origins) own(host string) bool {
	if host == "" {
		return false
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		// A private address may be that of the machine around this one, which
		// passes its port on: containers know only their own. Nobody can make a
		// name of somebody else's mean an address that is written as digits.
		addr = addr.Unmap().WithZone("")
		if addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() {
			return true
		}
		for _, a := range o.addresses() {
			if a == addr {
				return true
			}
		}
	}
	for _, pattern := range o.allowed {
		if pattern == host || matchesDomain(host, pattern) {
			return true
		}
	}
	return false
}

// matchesDomain matches a host name with a pattern: "*" is one label, "**" at the
// front one or more. A pattern of nothing else, which would match every name, matches
// none.
func matchesDomain(host, pattern string) bool {
	labels, parts := strings.Split(host, "."), strings.Split(pattern, ".")
	if len(parts) == 1 && (parts[0] == "*" || parts[0] == "**") {
		return false
	}
	for len(parts) > 0 {
		part := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		if len(labels) == 0 {
			return false
		}
		label := labels[len(labels)-1]
		labels = labels[:len(labels)-1]
		switch {
		case part == "" || label == "":
			return false
		case part == "**":
			return len(parts) == 0
		case part != "*" && part != label:
			return false
		}
	}
	return len(labels) == 0
}

// tell warns of a refused request, once for each source.
func (o *origins) tell(r *http.Request, reason, source string) {
	o.mu.Lock()
	key := reason + " " + source
	known := o.warned[key]
	if !known && len(o.warned) < mostWarned {
		o.warned[key] = true
	}
	full := !known && len(o.warned) >= mostWarned
	o.mu.Unlock()
	if known || full || o.warn == nil {
		return
	}
	text := fmt.Sprintf("Blocked a request %s for %q, which only development has", reason, printable(r.URL.Path))
	hint := "open the app at the address that was printed at start"
	if source != "" {
		text = fmt.Sprintf("Blocked a request %s (%s) for %q, which only development has", reason, printable(source), printable(r.URL.Path))
		hint = fmt.Sprintf("if you trust that host, add it to next.config: allowedDevOrigins: ['%s']", printable(source))
	}
	m := diag.Errorf("blocked-origin", "%s", text).WithHint("%s", hint)
	m.Severity = diag.Warning
	o.warn(m)
}

// printable makes text from a client fit to print.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}

func localAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, addr.Unmap())
			}
		}
	}
	return out
}
