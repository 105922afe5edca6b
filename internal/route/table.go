package route

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Lookup's ways to fail.
var (
	// ErrNotFound: no route answers to the path.
	ErrNotFound = errors.New("route: not found")
	// ErrMalformed: a dynamic route does, but a param of it has
	// percent-encoding that decodes to nothing.
	ErrMalformed = errors.New("route: malformed percent-encoding")
)

// Table finds the route of a path. It is immutable.
//
// Routes without params are a map. The others are a tree whose levels are
// segments; at each level a literal goes before [x], that before [...x], that
// before [[...x]], and a branch that leads nowhere is left for the next, which
// is Next.js's order of precedence. A tree node is visited at most once per
// lookup, so no path costs more than the number of routes.
type Table struct {
	exact map[string]*entry
	// encoded has the routes whose own spelling cannot stand in a URL
	// ("/café"), percent-encoded.
	encoded map[string]*entry
	root    node
	sorted  []string
}

type entry struct {
	route    string
	segments []segment
	names    []string
	api      bool
}

type node struct {
	literal  map[string]*node
	single   *node
	entry    *entry // the pattern that ends here
	catchAll *entry
	optional *entry
}

// NewTable makes a table of patterns. Special pages (/_app, /_document, /_error)
// are left out. The error names a pattern that is none, or two that conflict.
func NewTable(routes []string) (*Table, error) {
	t := &Table{exact: make(map[string]*entry, len(routes))}
	for _, r := range routes {
		if (Page{Route: r}).Special() {
			continue
		}
		if err := t.add(r); err != nil {
			return nil, fmt.Errorf("route: %w", err)
		}
	}
	t.sorted = t.order()
	return t, nil
}

// conflict is two patterns that cannot be told apart.
type conflict struct {
	a, b string
	why  string
}

func (c *conflict) Error() string { return fmt.Sprintf("%q and %q %s", c.a, c.b, c.why) }

func (t *Table) add(route string) error {
	segs, err := parse(route)
	if err != nil {
		return fmt.Errorf("%q %w", route, err)
	}
	e := &entry{route: route, segments: segs, api: IsAPI(route)}
	for _, s := range segs {
		if s.kind != literal {
			e.names = append(e.names, s.text)
		}
	}
	if len(e.names) == 0 {
		if t.exact[route] != nil {
			return &conflict{route, route, "are the same route"}
		}
		t.exact[route] = e
		if enc := encodePath(route); enc != route {
			if t.encoded == nil {
				t.encoded = map[string]*entry{}
			}
			t.encoded[enc] = e
		}
		return nil
	}
	n := &t.root
	for _, s := range segs {
		switch s.kind {
		case literal:
			key := encodePath(s.text)
			next := n.literal[key]
			if next == nil {
				if n.literal == nil {
					n.literal = map[string]*node{}
				}
				next = &node{}
				n.literal[key] = next
			}
			n = next
		case single:
			if n.single == nil {
				n.single = &node{}
			}
			n = n.single
		case catchAll:
			if n.catchAll != nil {
				return &conflict{n.catchAll.route, route, "match the same paths"}
			}
			n.catchAll = e
			return nil
		case optional:
			if n.optional != nil {
				return &conflict{n.optional.route, route, "match the same paths"}
			}
			n.optional = e
			return nil
		}
	}
	if n.entry != nil {
		return &conflict{n.entry.route, route, "match the same paths"}
	}
	n.entry = e
	return nil
}

// Routes returns all patterns in order of precedence: those without params by
// name, then the dynamic ones as Lookup tries them. The caller must not change
// it.
func (t *Table) Routes() []string { return t.sorted }

func (t *Table) order() []string {
	out := make([]string, 0, len(t.exact))
	for r := range t.exact {
		out = append(out, r)
	}
	slices.Sort(out)
	return t.root.appendOrder(out)
}

func (n *node) appendOrder(out []string) []string {
	if n.entry != nil {
		out = append(out, n.entry.route)
	}
	keys := make([]string, 0, len(n.literal))
	for k := range n.literal {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		out = n.literal[k].appendOrder(out)
	}
	if n.single != nil {
		out = n.single.appendOrder(out)
	}
	if n.catchAll != nil {
		out = append(out, n.catchAll.route)
	}
	if n.optional != nil {
		out = append(out, n.optional.route)
	}
	return out
}

// Lookup finds the route of a path as it stands in a URL: percent-encoded, with
// a leading slash, without query and without trailing slash. The error is
// ErrNotFound or ErrMalformed (route is then set). Literals match in the
// spelling a browser gives them; params are decoded by decodeURIComponent's
// rules.
func (t *Table) Lookup(rawPath string) (route string, params Values, err error) {
	e, params, err := t.lookup(rawPath)
	if e == nil {
		return "", nil, err
	}
	return e.route, params, err
}

func (t *Table) lookup(rawPath string) (*entry, Values, error) {
	if e := t.lookupExact(rawPath); e != nil {
		return e, nil, nil
	}
	return t.lookupDynamic(rawPath)
}

func (t *Table) lookupExact(rawPath string) *entry {
	if e := t.exact[rawPath]; e != nil {
		return e
	}
	if t.encoded != nil && strings.IndexByte(rawPath, '%') >= 0 {
		return t.encoded[upperEscapes(rawPath)]
	}
	return nil
}

func (t *Table) lookupDynamic(rawPath string) (*entry, Values, error) {
	if rawPath == "" || rawPath[0] != '/' {
		return nil, nil, ErrNotFound
	}
	path := rawPath
	if path == "/" {
		path = ""
	}
	var room [8]string
	e, taken := t.root.find(path, room[:0])
	if e == nil {
		return nil, nil, ErrNotFound
	}
	params, ok := e.params(taken)
	if !ok {
		return e, nil, ErrMalformed
	}
	return e, params, nil
}

// find walks path, which is empty or starts with a slash. taken collects the raw
// text of params; a catch-all takes the rest without its leading slash.
func (n *node) find(path string, taken []string) (*entry, []string) {
	if path == "" {
		if n.entry != nil {
			return n.entry, taken
		}
		return n.optional, append(taken, "")
	}
	seg, rest := path[1:], ""
	if i := strings.IndexByte(seg, '/'); i >= 0 {
		seg, rest = seg[:i], seg[i:]
	}
	if seg == "" {
		return nil, nil
	}
	if n.literal != nil {
		next := n.literal[seg]
		if next == nil && strings.IndexByte(seg, '%') >= 0 {
			next = n.literal[upperEscapes(seg)]
		}
		if next != nil {
			if e, got := next.find(rest, taken); e != nil {
				return e, got
			}
		}
	}
	if n.single != nil {
		if e, got := n.single.find(rest, append(taken, seg)); e != nil {
			return e, got
		}
	}
	tail := n.catchAll
	if tail == nil {
		tail = n.optional
	}
	if tail == nil || strings.HasSuffix(path, "/") || strings.Contains(path, "//") {
		return nil, nil
	}
	return tail, append(taken, path[1:])
}

// params decodes what find took.
func (e *entry) params(taken []string) (Values, bool) {
	out := make(Values, 0, len(e.names))
	i := 0
	for _, s := range e.segments {
		if s.kind == literal {
			continue
		}
		raw := taken[i]
		i++
		if s.kind == single {
			text, ok := decodeComponent(raw)
			if !ok {
				return nil, false
			}
			out = append(out, Value{Key: s.text, Single: text})
			continue
		}
		if raw == "" {
			continue // an optional catch-all that took nothing
		}
		list := make([]string, 0, strings.Count(raw, "/")+1)
		for part := range strings.SplitSeq(raw, "/") {
			text, ok := decodeComponent(part)
			if !ok {
				return nil, false
			}
			list = append(list, text)
		}
		out = append(out, Value{Key: s.text, List: list, IsList: true})
	}
	return out, true
}

// appendPath writes the concrete path of params, percent-encoded.
func (e *entry) appendPath(dst []byte, params Values) []byte {
	start := len(dst)
	for _, s := range e.segments {
		if s.kind == literal {
			dst = append(dst, '/')
			dst = append(dst, encodePath(s.text)...)
			continue
		}
		v, ok := params.Get(s.text)
		if !ok {
			continue
		}
		for _, item := range v.strings() {
			dst = append(dst, '/')
			dst = AppendComponent(dst, item)
		}
	}
	if len(dst) == start {
		dst = append(dst, '/')
	}
	return dst
}

// Resolve completes m with the page that answers to its path: Route, Params,
// Query and Merged. Beside Proceed the verdict is NotFound, or BadRequest when
// a dynamic page would answer but a param cannot be decoded.
func (t *Table) Resolve(m *Match) Verdict {
	if v := t.Exact(m); v.Outcome == Proceed {
		return v
	}
	return t.Dynamic(m)
}

// Exact is Resolve for pages without params alone. Rewrites come between it and
// Dynamic.
func (t *Table) Exact(m *Match) Verdict {
	return m.complete(t.lookupExact(m.RawPath), nil, nil)
}

// Dynamic is Resolve for pages with params alone.
func (t *Table) Dynamic(m *Match) Verdict {
	return m.complete(t.lookupDynamic(m.RawPath))
}

func (m *Match) complete(e *entry, params Values, err error) Verdict {
	p := m.RawPath
	switch {
	case e == nil || e.api && m.Form == Data || m.prefix != "" && !m.apisBelow && IsAPI(p):
		return Verdict{Outcome: NotFound}
	case strings.HasPrefix(p, "/_") && (strings.HasPrefix(p, "/_next/static/") || (Page{Route: p}).Special()):
		// A missing asset is not found even where a catch-all takes every path:
		// browsers must not get a page for a script.
		return Verdict{Outcome: NotFound}
	case err != nil:
		return Verdict{Outcome: BadRequest}
	}
	m.Route, m.entry, m.Params = e.route, e, params
	m.merge()
	return Verdict{}
}

// merge splits the URL's query into what params hide and the rest.
func (m *Match) merge() {
	all := m.Query
	if len(m.Params) == 0 || len(all) == 0 {
		m.Merged = all
		if len(all) == 0 {
			m.Merged = m.Params
		}
		return
	}
	merged := make(Values, 0, len(all)+len(m.Params))
	rest := all
	for i := range all {
		v, hidden := m.Params.Get(all[i].Key)
		if !hidden {
			merged = append(merged, all[i])
			if m.repeated != nil {
				rest = append(rest, all[i])
			}
			continue
		}
		merged = append(merged, v)
		if m.repeated == nil {
			rest = append(make(Values, 0, len(all)), all[:i]...)
		}
		m.repeated = append(m.repeated, all[i])
	}
	m.Query = rest
	for i := range m.Params {
		if merged.index(m.Params[i].Key) < 0 {
			merged = append(merged, m.Params[i])
		}
	}
	m.Merged = merged
}

// SortPages puts routes in the order Next.js lists them in _buildManifest.js: a
// route before those below it, literals by name, then [x], [...x], [[...x]]. It
// keeps every route, those with patterns it cannot read last.
func SortPages(routes []string) []string {
	type item struct {
		route string
		segs  []segment
		bad   bool
	}
	items := make([]item, len(routes))
	for i, r := range routes {
		segs, err := parse(r)
		items[i] = item{r, segs, err != nil}
	}
	slices.SortStableFunc(items, func(a, b item) int {
		if a.bad != b.bad {
			if a.bad {
				return 1
			}
			return -1
		}
		for i := 0; i < len(a.segs) && i < len(b.segs); i++ {
			x, y := a.segs[i], b.segs[i]
			if x.kind != y.kind {
				return int(x.kind) - int(y.kind)
			}
			if c := strings.Compare(x.text, y.text); c != 0 {
				return c
			}
		}
		return len(a.segs) - len(b.segs)
	})
	out := make([]string, len(items))
	for i := range items {
		out[i] = items[i].route
	}
	return out
}
