package route

import (
	"fmt"
	"strings"
)

// kind of one segment of a pattern.
type kind uint8

const (
	literal  kind = iota // about
	single               // [id]
	catchAll             // [...id]
	optional             // [[...id]]
)

// segment of a pattern: its text, or the name of its param.
type segment struct {
	kind kind
	text string
}

// Dynamic reports whether a route has a param.
func Dynamic(route string) bool {
	for part := range strings.SplitSeq(route, "/") {
		if len(part) > 2 && part[0] == '[' && part[len(part)-1] == ']' {
			return true
		}
	}
	return false
}

// IsAPI reports whether a route is an API route.
func IsAPI(route string) bool {
	return route == "/api" || strings.HasPrefix(route, "/api/")
}

// parse splits a pattern. The error says what is wrong with it, in words that
// follow the name of a file or route.
func parse(route string) ([]segment, error) {
	if route == "/" {
		return nil, nil
	}
	if !strings.HasPrefix(route, "/") {
		return nil, fmt.Errorf("does not start with a slash")
	}
	parts := strings.Split(route[1:], "/")
	segs := make([]segment, 0, len(parts))
	for i, part := range parts {
		seg, err := parseSegment(part)
		if err != nil {
			return nil, err
		}
		for _, earlier := range segs {
			if earlier.kind == literal || seg.kind == literal {
				continue
			}
			if earlier.text == seg.text {
				return nil, fmt.Errorf("uses the param name %q twice", seg.text)
			}
			if paramLetters(earlier.text) == paramLetters(seg.text) {
				return nil, fmt.Errorf("uses the param names %q and %q, which differ only in characters that are no letters, digits or underscores", earlier.text, seg.text)
			}
		}
		if i < len(parts)-1 && (seg.kind == catchAll || seg.kind == optional) {
			return nil, fmt.Errorf("has a segment after %q: a catch-all must come last", part)
		}
		segs = append(segs, seg)
	}
	return segs, nil
}

func parseSegment(part string) (segment, error) {
	if part == "" {
		return segment{}, fmt.Errorf("has an empty segment")
	}
	if part[0] != '[' || part[len(part)-1] != ']' || len(part) < 2 {
		return segment{literal, part}, nil
	}
	name, k := part[1:len(part)-1], single
	if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") {
		name, k = name[1:len(name)-1], optional
	}
	if strings.HasPrefix(name, "…") {
		return segment{}, fmt.Errorf("has %q with the single character '…': write three dots", part)
	}
	if rest, ok := strings.CutPrefix(name, "..."); ok {
		name = rest
		if k == single {
			k = catchAll
		}
	} else if k == optional {
		return segment{}, fmt.Errorf("has %q: only a catch-all can be optional, as in %q", part, "[[..."+name+"]]")
	}
	switch {
	case name == "":
		return segment{}, fmt.Errorf("has %q, a param without a name", part)
	case strings.ContainsAny(name, "[]"):
		return segment{}, fmt.Errorf("has %q: a param name cannot contain brackets", part)
	case strings.HasPrefix(name, "."):
		return segment{}, fmt.Errorf("has %q: a param name cannot start with a dot", part)
	}
	return segment{k, name}, nil
}

// paramLetters drops what JavaScript's \W matches.
func paramLetters(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (isAlnum(byte(r)) || r == '_') {
			return r
		}
		return -1
	}, name)
}

// Pattern is what routes-manifest.json says about a route, beside its name.
type Pattern struct {
	// Regex matches a path, Named does so with named groups; both allow one
	// trailing slash.
	Regex, Named string
	// DataRegex and NamedData match what stands between the build id and
	// ".json" of the route's data URLs, with a leading slash. No anchors.
	DataRegex, NamedData string
	// Keys maps each group name to the name of the param with the prefix that
	// marks params ("nxtPid"). It is not nil.
	Keys map[string]string
}

// paramPrefix marks a route param among query keys.
const paramPrefix = "nxtP"

// Regex returns the JavaScript regular expressions of a route.
func Regex(route string) (Pattern, error) {
	segs, err := parse(route)
	if err != nil {
		return Pattern{}, fmt.Errorf("route: %q %w", route, err)
	}
	p := Pattern{Keys: map[string]string{}}
	var plain, named strings.Builder
	nextSafe := 0
	for _, s := range segs {
		if s.kind == literal {
			lit := "/" + escapeRegex(s.text)
			plain.WriteString(lit)
			named.WriteString(lit)
			continue
		}
		key := paramPrefix + paramLetters(s.text)
		if len(key) > 30 {
			nextSafe++
			key = safeKey(nextSafe)
		}
		p.Keys[key] = paramPrefix + s.text
		switch s.kind {
		case single:
			plain.WriteString("/([^/]+?)")
			named.WriteString("/(?<" + key + ">[^/]+?)")
		case catchAll:
			plain.WriteString("/(.+?)")
			named.WriteString("/(?<" + key + ">.+?)")
		case optional:
			plain.WriteString("(?:/(.+?))?")
			named.WriteString("(?:/(?<" + key + ">.+?))?")
		}
	}
	p.DataRegex, p.NamedData = plain.String(), named.String()
	if len(segs) == 0 {
		p.DataRegex, p.NamedData = "/index", "/index"
		plain.WriteByte('/')
		named.WriteByte('/')
	} else if segs[0] == (segment{literal, "index"}) {
		p.DataRegex, p.NamedData = "/index"+p.DataRegex, "/index"+p.NamedData
	}
	p.Regex = "^" + plain.String() + "(?:/)?$"
	p.Named = "^" + named.String() + "(?:/)?$"
	return p, nil
}

// safeKey numbers group names whose own is too long: a, b, … z, aa, ba, …
func safeKey(n int) string {
	key := ""
	for n > 0 {
		key += string(rune('a' + (n-1)%26))
		n = (n - 1) / 26
	}
	return key
}

// escapeRegex escapes what a JavaScript regular expression would read as syntax.
func escapeRegex(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(`|\{}()[]^$+*?.-`, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// EscapeRegex returns s as a JavaScript regular expression that matches it.
func EscapeRegex(s string) string { return escapeRegex(s) }

// PagePath is where a page's files lie below server/pages, and what its data URL
// names, without extension and leading slash: the route, but "index" for "/" and
// with one more "index" in front of a route that begins with /index.
func PagePath(route string) string {
	switch {
	case route == "/":
		return "index"
	case route == "/index", strings.HasPrefix(route, "/index/"):
		return "index" + route
	}
	return strings.TrimPrefix(route, "/")
}
