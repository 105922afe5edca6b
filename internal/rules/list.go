package rules

import "strings"

// list is rules in order, with an index that leaves out those whose source begins in
// another way.
type list struct {
	rules []rule
	// by has, for a segment at depth, the rules that may match a path with it there;
	// rest are those for all others. Both are in order and complete.
	by    map[string][]int32
	rest  []int32
	depth int
}

// indexed is the number of rules from which on an index is worth its lookup.
const indexed = 4

// index makes the index of segments after the first depth ones.
func (l *list) index(depth int) {
	l.depth, l.by, l.rest = depth, nil, nil
	if len(l.rules) < indexed {
		return
	}
	keys := make([]string, len(l.rules))
	l.by = map[string][]int32{}
	for i := range l.rules {
		if key, ok := l.rules[i].source.segment(depth); ok {
			keys[i] = strings.ToLower(key)
			l.by[keys[i]] = nil
		}
	}
	for i := range l.rules {
		if keys[i] != "" {
			l.by[keys[i]] = append(l.by[keys[i]], int32(i))
			continue
		}
		l.rest = append(l.rest, int32(i))
		for key := range l.by {
			l.by[key] = append(l.by[key], int32(i))
		}
	}
}

// each calls f with the rules that may match a path, from the one with number from on,
// until f returns false.
func (l *list) each(path string, from int, f func(i int, r *rule) bool) {
	if l.by == nil {
		for i := from; i < len(l.rules); i++ {
			if !f(i, &l.rules[i]) {
				return
			}
		}
		return
	}
	candidates, ok := l.by[lower(segment(path, l.depth))]
	if !ok {
		candidates = l.rest
	}
	for _, i := range candidates {
		if int(i) >= from && !f(int(i), &l.rules[i]) {
			return
		}
	}
}

// segment is the part of a path after n slashes and one more.
func segment(path string, n int) string {
	for ; n >= 0; n-- {
		i := strings.IndexByte(path, '/')
		if i < 0 {
			return ""
		}
		path = path[i+1:]
	}
	if i := strings.IndexByte(path, '/'); i >= 0 {
		path = path[:i]
	}
	return path
}

// lower is strings.ToLower without work for what is in lower case already.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(s)
		}
	}
	return s
}

// segment is the segment that every path matching the source has after its first n;
// ok is false when it is not the same for all.
func (s *Source) segment(n int) (text string, ok bool) {
	// What is sure of the path so far: whole segments, params among them as "".
	var sure []string
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.isParam {
			// Only a param that is always one whole segment leaves the count sure.
			next := i+1 < len(s.tokens)
			if t.prefix != "/" || t.suffix != "" || t.modifier != 0 || strings.ContainsAny(t.pattern, "/.[(\\*+?{") && t.pattern != `[^\/]+?` ||
				next && !strings.HasPrefix(s.tokens[i+1].text, "/") && s.tokens[i+1].prefix != "/" {
				break
			}
			sure = append(sure, "")
			continue
		}
		if !strings.HasPrefix(t.text, "/") {
			break
		}
		parts := strings.Split(t.text[1:], "/")
		if i+1 < len(s.tokens) && s.tokens[i+1].prefix != "/" {
			parts = parts[:len(parts)-1] // more text of the last one follows
			sure = append(sure, parts...)
			break
		}
		sure = append(sure, parts...)
	}
	if n >= len(sure) || sure[n] == "" {
		return "", false
	}
	return sure[n], true
}
