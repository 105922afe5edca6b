package rules

import (
	"fmt"
	"strings"

	"github.com/onwardjs/onward/internal/route"
)

// Target is where a rule leads for one request.
type Target struct {
	// Scheme ("https:") and Host (with port) of a target outside the app; both empty
	// within it.
	Scheme, Host string
	// Path is percent-encoded and begins with a slash. Within the app it has the base
	// path, and the locale where the rule has one.
	Path string
	// Query is the request's with what the destination adds to it.
	Query route.Values
	// Hash with its '#', or empty.
	Hash string
	// Keys are the keys of Query that the rule may have set.
	Keys []string
}

// External: the target is not part of the app.
func (t *Target) External() bool { return t.Scheme != "" }

// Destination is a compiled destination.
type Destination struct {
	scheme string // with colon; empty within the app
	// opaque: there is no "//" after the scheme, as in "mailto:".
	opaque bool
	host   template
	port   string // with colon
	path   template
	hash   template
	query  []queryTemplate
	// used are the params that path and host name.
	used map[string]bool
}

type queryTemplate struct {
	key    string
	values []text
	list   bool
}

// CompileDestination reads a destination: a path, or a URL.
func CompileDestination(destination string) (*Destination, error) {
	d := &Destination{used: map[string]bool{}}
	rest := destination
	if !strings.HasPrefix(rest, "/") {
		scheme, after, ok := strings.Cut(rest, ":")
		if !ok || scheme == "" || strings.ContainsAny(scheme, "/?#") {
			return nil, fmt.Errorf("%q is neither a path nor a URL", destination)
		}
		d.scheme = strings.ToLower(scheme) + ":"
		rest, ok = strings.CutPrefix(after, "//")
		d.opaque = !ok
		if ok {
			end := strings.IndexAny(rest, "/?#")
			if end < 0 {
				end = len(rest)
			}
			authority := rest[:end]
			rest = rest[end:]
			if at := strings.LastIndexByte(authority, '@'); at >= 0 {
				authority = authority[at+1:]
			}
			if i := strings.LastIndexByte(authority, ':'); i >= 0 && i+1 < len(authority) && strings.Trim(authority[i+1:], "0123456789") == "" {
				authority, d.port = authority[:i], authority[i:]
			}
			if d.scheme == "http:" && d.port == ":80" || d.scheme == "https:" && d.port == ":443" {
				d.port = ""
			}
			host, err := hostTemplate(authority)
			if err != nil {
				return nil, err
			}
			d.host = host
		}
	}
	rest, hash, hasHash := strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")
	if path == "" && !d.opaque {
		path = "/"
	}
	var err error
	if d.path, err = compileTemplate(encodeBare(path)); err != nil {
		return nil, err
	}
	if hasHash {
		if d.hash, err = compileTemplate(encodeBare(hash)); err != nil {
			return nil, err
		}
	}
	for _, v := range route.ParseQuery(query) {
		q := queryTemplate{key: v.Key, list: v.IsList, values: []text{newText(v.Single)}}
		if v.IsList {
			q.values = nil
			for _, item := range v.List {
				q.values = append(q.values, newText(item))
			}
		}
		d.query = append(d.query, q)
	}
	for _, t := range []template{d.path, d.hash, d.host} {
		for _, name := range t.names() {
			d.used[name] = true
		}
	}
	return d, nil
}

// hostTemplate reads a host, which may have params.
func hostTemplate(host string) (template, error) {
	if strings.HasPrefix(host, "[") {
		return template{{text: strings.ToLower(host)}}, nil
	}
	t, err := compileTemplate(host)
	if err != nil {
		return nil, err
	}
	for i := range t {
		t[i].text = strings.ToLower(t[i].text)
	}
	return t, nil
}

// Names are the params that path, host and query use.
func (d *Destination) Names() []string {
	var names []string
	for _, t := range []template{d.path, d.hash, d.host} {
		names = append(names, t.names()...)
	}
	return names
}

// External: the destination is not part of the app.
func (d *Destination) External() bool { return d.scheme != "" }

// Resolve gives a destination the params of a match. With appendParams, as rewrites
// do, all params go to the query too, unless path or host use one of them. The locale
// that i18n puts in front is not one of them.
func (d *Destination) Resolve(r *Request, params route.Values, appendParams bool) (Target, error) {
	t := Target{Scheme: d.scheme}
	var room [128]byte
	path, err := d.path.append(room[:0], params)
	if err != nil {
		return Target{}, err
	}
	t.Path = string(path)
	if d.scheme != "" && !d.opaque {
		host, err := d.hostFor(params)
		if err != nil {
			return Target{}, err
		}
		t.Host = host + d.port
		t.Scheme += "//"
	}
	if d.hash != nil {
		hash, err := d.hash.append([]byte{'#'}, params)
		if err != nil {
			return Target{}, err
		}
		t.Hash = string(hash)
	}
	t.Query = append(make(route.Values, 0, len(r.Query)+len(d.query)+len(params)), r.Query...)
	for i := range d.query {
		v, err := d.query[i].with(params)
		if err != nil {
			return Target{}, err
		}
		t.Query = set(t.Query, v)
		t.Keys = append(t.Keys, v.Key)
	}
	used := false
	for i := range params {
		used = used || d.used[params[i].Key] && params[i].Key != localeParam
	}
	for i := range params {
		key := params[i].Key
		if key == localeParam {
			continue
		}
		if appendParams && !used && !d.sets(key) {
			t.Query = set(t.Query, params[i])
		}
		t.Keys = append(t.Keys, key)
	}
	return t, nil
}

// hostFor writes the host. What comes from the request is encoded, so that it cannot
// end the name or begin another part of the URL.
func (d *Destination) hostFor(params route.Values) (string, error) {
	if len(d.host) == 1 && !d.host[0].isParam {
		return d.host[0].text, nil
	}
	safe := make(route.Values, len(params))
	for i, v := range params {
		safe[i] = route.Value{Key: v.Key, Single: string(route.AppendComponent(nil, v.Single)), IsList: v.IsList}
		for _, item := range v.List {
			safe[i].List = append(safe[i].List, string(route.AppendComponent(nil, item)))
		}
	}
	host, err := d.host.append(nil, safe)
	return string(host), err
}

func (d *Destination) sets(key string) bool {
	for i := range d.query {
		if d.query[i].key == key {
			return true
		}
	}
	return false
}

func (q *queryTemplate) with(params route.Values) (route.Value, error) {
	v := route.Value{Key: q.key, IsList: q.list}
	for _, value := range q.values {
		s, err := value.with(params)
		if err != nil {
			return v, err
		}
		if !q.list {
			v.Single = s
			return v, nil
		}
		v.List = append(v.List, s)
	}
	return v, nil
}

const upperHex = "0123456789ABCDEF"

// encodeBare percent-encodes what a URL may not have bare. Characters that mean
// something in a template stay.
func encodeBare(s string) string {
	return encode(s, func(c byte) bool { return c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>`{}", c) >= 0 })
}

func encode(s string, bad func(byte) bool) string {
	at := 0
	for at < len(s) && !bad(s[at]) {
		at++
	}
	if at == len(s) {
		return s
	}
	b := append(make([]byte, 0, len(s)+16), s[:at]...)
	for ; at < len(s); at++ {
		if c := s[at]; bad(c) {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// Location writes a target as a redirect has it. Keys and values that the client sent
// are encoded, those that come from the rule stand as it wrote them; whatever could
// end the header or reach another host does not.
func (t *Target) Location(r *Request) string {
	var b []byte
	path := t.Path
	if t.External() {
		b = append(append(b, t.Scheme...), t.Host...)
	} else {
		path = oneSlash(path)
	}
	b = append(b, encode(path, func(c byte) bool { return c == '?' || c == '#' || unsafe(c) })...)
	for i, pair := 0, byte('?'); i < len(t.Query); i++ {
		v := &t.Query[i]
		items := v.List
		if !v.IsList {
			items = []string{v.Single}
		}
		for _, item := range items {
			b = append(b, pair)
			pair = '&'
			b = appendSent(b, r.Query, v.Key)
			b = append(b, '=')
			b = appendSent(b, r.Query, item)
		}
	}
	b = append(b, encode(t.Hash, unsafe)...)
	return string(b)
}

// oneSlash makes a path begin with exactly one slash, and have no two in a row: two
// would begin a host.
func oneSlash(path string) string {
	if strings.HasPrefix(path, "/") && !strings.Contains(path, "//") && strings.IndexByte(path, '\\') < 0 {
		return path
	}
	b := []byte{'/'}
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '\\' {
			c = '/'
		}
		if c != '/' || b[len(b)-1] != '/' {
			b = append(b, c)
		}
	}
	return string(b)
}

// unsafe: the byte may not stand in a Location.
func unsafe(c byte) bool { return c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>`{}|\\^", c) >= 0 }

// appendSent appends a key or value of a query: encoded when the client sent it, else
// as it is as far as that is safe.
func appendSent(b []byte, sent route.Values, s string) []byte {
	for i := range sent {
		v := &sent[i]
		found := v.Key == s || !v.IsList && v.Single == s
		for _, item := range v.List {
			found = found || item == s
		}
		if found {
			return route.AppendComponent(b, s)
		}
	}
	return append(b, encode(s, func(c byte) bool { return c == '#' || unsafe(c) })...)
}
