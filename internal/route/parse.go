package route

import (
	"bytes"
	"slices"
	"strings"
)

// Options is what Parse must know of the build. The zero value is an app at the
// root with default settings and no data URLs.
type Options struct {
	// BasePath with a leading and without a trailing slash; empty for none.
	BasePath string
	// BuildID that data URLs must carry.
	BuildID string
	// TrailingSlash: URLs end in a slash.
	TrailingSlash bool
	// SkipTrailingSlashRedirect turns off the redirect to the other form.
	SkipTrailingSlashRedirect bool
	// Locales and DefaultLocale of i18n; no locales: no i18n.
	Locales       []string
	DefaultLocale string
	// FileLocales are the app's default locale and those of its domains. Files can
	// be asked for below these ("/en/logo.png"), below no other.
	FileLocales []string
}

// Outcome is what a request's URL asks for.
type Outcome uint8

const (
	// Proceed: go on with the Match.
	Proceed Outcome = iota
	// Redirect permanently (308) to Verdict.Location.
	Redirect
	// NotFound: no page or file can have this URL (outside basePath, another
	// build's data). Answer with the 404 page.
	NotFound
	// BadRequest: answer with 400.
	BadRequest
)

// Verdict is an Outcome and, for Redirect, where to: a path with query that
// starts with exactly one slash, so never another host. It is the value of both
// Location and the response body.
type Verdict struct {
	Outcome  Outcome
	Location string
}

const dataPrefix = "/_next/data/"

// Parse turns the target of a request line into a Match. It decides what needs no
// page: malformed targets, the redirects that collapse slashes and add or remove
// the last one, the base path, the form, the locale. The Match is filled as far
// as Parse came, whatever the verdict, so that an error page can tell the URL.
//
// A path is cleaned as browsers clean it ("." and ".." are resolved, also when
// encoded), so RawPath never has such segments; a param can still decode to
// "../x", because an encoded slash belongs to its segment.
func Parse(target string, o *Options) (Match, Verdict) {
	target, ok := originForm(target)
	if !ok {
		return Match{Path: "/", RawPath: "/"}, Verdict{Outcome: BadRequest}
	}
	path, query, hasQuery := strings.Cut(target, "?")
	m := Match{RawQuery: query, Locale: o.DefaultLocale}

	if strings.Contains(path, "//") || strings.IndexByte(path, '\\') >= 0 {
		m.setPath(path)
		to := cleanPath(collapse(path))
		if hasQuery {
			to += "?" + query
		}
		return m, Verdict{Redirect, to}
	}
	path = cleanPath(path)
	m.Query = ParseQuery(query)
	location, moved := "", false
	if !o.SkipTrailingSlashRedirect {
		if location, moved = slashRedirect(withoutDefault(path, o), o); moved {
			location = withQuery(location, query)
		}
	}
	m, verdict := parsePath(m, path, o)
	if moved {
		verdict = Verdict{Redirect, location}
	}
	return m, verdict
}

// parsePath goes on with a clean path.
func parsePath(m Match, path string, o *Options) (Match, Verdict) {
	if len(path) > 1 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
		m.TrailingSlash, m.slashed = true, o.TrailingSlash
	}
	if o.BasePath != "" {
		inside, ok := strings.CutPrefix(path, o.BasePath)
		if !ok || inside != "" && inside[0] != '/' {
			if locale, _, ok := cutLocale(path, o.Locales); ok {
				m.Locale, m.LocaleNamed = locale, true // of the 404 page
			}
			m.setPath(path)
			return m, Verdict{Outcome: NotFound}
		}
		path = inside
		if path == "" {
			path = "/"
		}
	}
	if strings.HasPrefix(path, dataPrefix) {
		return parseData(m, path, o)
	}
	if locale, rest, ok := cutLocale(path, o.Locales); ok {
		m.Locale, m.LocaleNamed = locale, true
		m.prefix = path[:1+len(segmentAt(path, 1))]
		m.filesBelow = slices.Contains(o.FileLocales, locale)
		path = rest
	}
	m.setPath(path)
	return m, Verdict{}
}

// parseData reads "/_next/data/<build>/<page>.json". Home is "index", and pages
// whose route begins with /index have one more "index" in front.
func parseData(m Match, path string, o *Options) (Match, Verdict) {
	m.Form = Data
	// The build's own id first: it may contain slashes.
	rest := path[len(dataPrefix):]
	page, ok := strings.CutPrefix(rest, o.BuildID+"/")
	if m.BuildID = o.BuildID; !ok || o.BuildID == "" {
		m.BuildID, page, _ = strings.Cut(rest, "/")
		ok = false
	}
	page, isJSON := strings.CutSuffix(page, ".json")
	page = "/" + page
	if len(o.Locales) > 0 {
		// The locale counts for the 404 page even when nothing else is right.
		locale, below, named := cutLocale(page, o.Locales)
		ok = ok && named
		if named {
			m.Locale, m.LocaleNamed, page = locale, true, below
		}
	} else if page == "/" {
		ok = false
	}
	if !ok || !isJSON {
		m.setPath(path)
		return m, Verdict{Outcome: NotFound}
	}
	switch {
	case page == "/index":
		page = "/"
	case page == "/index/index", strings.HasPrefix(page, "/index/index/"):
		page = page[len("/index"):]
	}
	m.setPath(page)
	return m, Verdict{}
}

func (m *Match) setPath(raw string) {
	m.RawPath = raw
	var ok bool
	if m.Path, ok = Canonical(raw); !ok {
		m.Malformed = true
	}
}

// originForm checks a request target and reduces it to path and query. An
// absolute target (as sent to proxies) loses scheme and host: which host is
// meant is no business of routing. Fragments, which no client sends, are cut.
func originForm(target string) (string, bool) {
	for i := 0; i < len(target); i++ {
		if c := target[i]; c <= ' ' || c >= 0x7F {
			return "", false
		}
	}
	if i := strings.IndexByte(target, '#'); i >= 0 {
		target = target[:i]
	}
	if target == "" {
		return "", false
	}
	if target[0] == '/' {
		return target, true
	}
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", false
	}
	i := strings.IndexAny(rest, "/?")
	switch {
	case i == 0 || rest == "":
		return "", false // no host
	case i < 0:
		return "/", true
	case rest[i] == '?':
		return "/" + rest[i:], true
	}
	return rest[i:], true
}

// collapse makes every run of slashes and backslashes one slash.
func collapse(path string) string {
	b := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '\\' {
			c = '/'
		}
		if c == '/' && len(b) > 0 && b[len(b)-1] == '/' {
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// cleanPath resolves dot segments and encodes what may not stand bare in a
// path, as the WHATWG URL parser does. A path that is clean comes back as it is.
func cleanPath(path string) string {
	dirty := false
	for i := 0; i < len(path) && !dirty; i++ {
		switch c := path[i]; c {
		case '"', '<', '>', '`', '{', '}':
			dirty = true
		case '/':
			dirty = dotSegment(segmentAt(path, i+1)) > 0
		}
	}
	if !dirty {
		return path
	}
	out := make([]byte, 0, len(path)+8)
	for i := 0; i < len(path); {
		seg := segmentAt(path, i+1)
		last := i+1+len(seg) >= len(path)
		switch dotSegment(seg) {
		case 0:
			out = append(out, '/')
			for j := 0; j < len(seg); j++ {
				if c := seg[j]; strings.IndexByte("\"<>`{}", c) >= 0 {
					out = append(out, '%', upperHex[c>>4], upperHex[c&15])
				} else {
					out = append(out, c)
				}
			}
		case 2:
			for len(out) > 0 {
				c := out[len(out)-1]
				out = out[:len(out)-1]
				if c == '/' {
					break
				}
			}
			fallthrough
		case 1:
			if last {
				out = append(out, '/')
			}
		}
		i += 1 + len(seg)
	}
	return string(out)
}

func segmentAt(path string, i int) string {
	s := path[i:]
	if j := strings.IndexByte(s, '/'); j >= 0 {
		return s[:j]
	}
	return s
}

// dotSegment counts the dots of "." and "..", each bare or as %2e; 0 for any
// other segment.
func dotSegment(s string) int {
	dots := 0
	for s != "" && dots < 3 {
		switch {
		case s[0] == '.':
			s = s[1:]
		case len(s) >= 3 && s[0] == '%' && s[1] == '2' && (s[2] == 'e' || s[2] == 'E'):
			s = s[3:]
		default:
			return 0
		}
		dots++
	}
	if s != "" || dots > 2 {
		return 0
	}
	return dots
}

// slashRedirect gives the other form of path where the settings ask for it. With
// trailing slashes on, a path whose last segment looks like a file has none, and
// /.well-known is left alone.
func slashRedirect(path string, o *Options) (string, bool) {
	if path == "/" {
		return "", false
	}
	slash := path[len(path)-1] == '/'
	if !o.TrailingSlash {
		if slash {
			return path[:len(path)-1], true
		}
		return "", false
	}
	if o.BasePath == "" && strings.HasPrefix(path, "/.well-known") {
		return "", false
	}
	bare := strings.TrimSuffix(path, "/")
	last := bare[strings.LastIndexByte(bare, '/')+1:]
	switch {
	case !slash && strings.IndexByte(last, '.') < 0:
		return path + "/", true
	case slash && fileLike(last):
		return bare, true
	}
	return "", false
}

// fileLike: the name ends in an extension of letters, digits and underscores.
func fileLike(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	return dot > 0 && dot < len(name)-1 && paramLetters(name[dot+1:]) == name[dot+1:]
}

// withQuery appends a query in the spelling that the trailing slash redirect
// gives it: decoded and encoded again, with "%20" for a space.
func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	out := append(make([]byte, 0, len(path)+len(query)+8), path...)
	out = append(out, '?')
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		out = appendPair(out, formDecode(key), formDecode(value), AppendComponent)
	}
	return strings.TrimSuffix(string(out), "?")
}

// withoutDefault takes the default locale out of a path: where a redirect is due, it
// leads to the shorter form.
func withoutDefault(path string, o *Options) string {
	if len(o.Locales) == 0 {
		return path
	}
	inside, base := path, ""
	if o.BasePath != "" {
		if rest, ok := strings.CutPrefix(path, o.BasePath); ok && rest != "" && rest[0] == '/' {
			inside, base = rest, o.BasePath
		}
	}
	locale, rest, ok := cutLocale(inside, o.Locales)
	if !ok || locale != o.DefaultLocale {
		return path
	}
	if rest == "/" && base != "" && !(o.TrailingSlash && path[len(path)-1] == '/') {
		return base
	}
	return base + rest
}

func cutLocale(path string, locales []string) (locale, rest string, ok bool) {
	if len(locales) == 0 {
		return "", path, false
	}
	seg := segmentAt(path, 1)
	for _, l := range locales {
		if strings.EqualFold(l, seg) {
			rest = path[1+len(seg):]
			if rest == "" {
				rest = "/"
			}
			return l, rest, true
		}
	}
	return "", path, false
}

// Canonical decodes a percent-encoded path into the spelling of Match.Path: each
// path has exactly one, and two paths that reach a page with different params
// never share it. ok is false, and the path comes back as it is, when it cannot
// be decoded.
func Canonical(rawPath string) (path string, ok bool) {
	if strings.IndexByte(rawPath, '%') < 0 {
		return rawPath, true
	}
	plain, ok := decodeComponent(rawPath)
	if !ok {
		return rawPath, false
	}
	// Only decoded delimiters differ from a plain decoding, and they are rare.
	delimiters := 0
	for i := 0; i+2 < len(rawPath); i++ {
		if rawPath[i] == '%' && isDelimiter(unhex(rawPath[i+1])<<4|unhex(rawPath[i+2])) {
			delimiters++
		}
	}
	if delimiters == 0 {
		return plain, true
	}
	b := make([]byte, 0, len(rawPath))
	for i := 0; i < len(rawPath); i++ {
		c := rawPath[i]
		if c != '%' {
			b = append(b, c)
			continue
		}
		c = unhex(rawPath[i+1])<<4 | unhex(rawPath[i+2])
		i += 2
		if isDelimiter(c) {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b), true
}

func isDelimiter(c byte) bool {
	return c == '/' || c == '#' || c == '?' || c == '\\' || c == '%'
}

// FilePath returns the path fully decoded, as files in public/ and
// _next/static are asked for. A locale in front belongs to it, unless it is a
// default one. ok is false when the path can name no file: it is malformed, or
// decoding brought up a NUL, a backslash or a dot segment.
func (m *Match) FilePath() (path string, ok bool) {
	if m.Malformed {
		return "", false
	}
	raw := m.RawPath
	if m.prefix != "" && !m.filesBelow {
		raw = m.LocalePath()
	}
	if strings.IndexByte(raw, '%') < 0 {
		return raw, true
	}
	path, _ = decodeComponent(raw)
	if strings.ContainsAny(path, "\x00\\") {
		return "", false
	}
	for part := range strings.SplitSeq(path[1:], "/") {
		if part == "." || part == ".." {
			return "", false
		}
	}
	return path, true
}

// LocalePath is RawPath with the locale in front as the client wrote it
// ("/fr/about", "/FR"); RawPath itself when the path names none.
func (m *Match) LocalePath() string {
	if m.prefix != "" && m.RawPath == "/" {
		return m.prefix
	}
	return m.prefix + m.RawPath
}

// encodePath percent-encodes what browsers encode in a path.
func encodePath(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		if !pathByte(s[i]) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	b := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); i++ {
		if c := s[i]; pathByte(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(b)
}

func pathByte(c byte) bool {
	return c > ' ' && c < 0x7F && strings.IndexByte("\"#<>?`{}\\%", c) < 0
}

// upperEscapes spells the hex digits of escapes in capitals.
func upperEscapes(s string) string {
	var b []byte
	for i := 0; i+2 < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		for j := i + 1; j <= i+2; j++ {
			if c := s[j]; c >= 'a' && c <= 'f' {
				if b == nil {
					b = []byte(s)
				}
				b[j] = c - 'a' + 'A'
			}
		}
	}
	if b == nil {
		return s
	}
	return string(b)
}

// AsPath is what router.asPath shows on the server: the path as the browser has
// it, with the query as URLSearchParams spells it.
func (m *Match) AsPath() string { return m.withURLQuery(m.appendSlash([]byte(m.RawPath)), false) }

// ResolvedURL is getServerSideProps's resolvedUrl: the route with its params
// encoded, and the query.
func (m *Match) ResolvedURL() string {
	if m.entry == nil {
		return m.AsPath()
	}
	return m.withURLQuery(addSlash(m.entry.appendPath(nil, m.Params), m.slashed), false)
}

// PageURL is the path that a page made from the Match alone has for everybody: the
// route with its params encoded. slash: the app's URLs end in one; those whose last
// segment has a dot never do.
func (m *Match) PageURL(slash bool) string {
	path := []byte(m.RawPath)
	if m.entry != nil {
		path = m.entry.appendPath(nil, m.Params)
	}
	last := path[bytes.LastIndexByte(path, '/')+1:]
	return string(addSlash(path, slash && bytes.IndexByte(last, '.') < 0))
}

// RequestURL is the req.url that page and API code sees: without base path and
// locale, the query spelled anew, and for a data request the data URL.
//
// With i18n a data request has the URL of its page, as cutting off the locale has
// taken it apart.
func (m *Match) RequestURL() string {
	if m.Form != Data || m.LocaleNamed {
		return m.withURLQuery(m.appendSlash([]byte(m.RawPath)), m.entry != nil && m.entry.api)
	}
	page := m.RawPath
	switch {
	case page == "/":
		page = "/index"
	case page == "/index", strings.HasPrefix(page, "/index/"):
		page = "/index" + page
	}
	return m.withURLQuery([]byte(dataPrefix+m.BuildID+page+".json"), false)
}

func (m *Match) appendSlash(path []byte) []byte { return addSlash(path, m.TrailingSlash) }

func addSlash(path []byte, add bool) []byte {
	if add && len(path) > 1 {
		path = append(path, '/')
	}
	return path
}

// withURLQuery appends the query without the keys that only repeat a param:
// for pages, those with the param's own value or of an optional catch-all that
// took nothing; for API routes, all.
func (m *Match) withURLQuery(path []byte, api bool) string {
	if len(m.Query) == 0 && len(m.repeated) == 0 {
		return string(path)
	}
	path = append(path, '?')
	for i := range m.Merged {
		v := m.Merged[i]
		if had, ok := m.repeatedValue(v.Key); ok {
			if param, _ := m.Params.Get(v.Key); api || sameStrings(had, param) {
				continue
			}
			v = had
		} else if m.Query.index(v.Key) < 0 || m.absentParam(v.Key) {
			continue
		}
		path = Values{v}.AppendQuery(path)
	}
	if m.Merged == nil { // no page was found
		path = m.Query.AppendQuery(path)
	}
	return strings.TrimSuffix(string(path), "?")
}

func (m *Match) repeatedValue(key string) (Value, bool) {
	if m.repeated == nil {
		return Value{}, false
	}
	return m.repeated.Get(key)
}

// absentParam: key names a param of the route that this path has not.
func (m *Match) absentParam(key string) bool {
	if m.entry == nil {
		return false
	}
	for _, name := range m.entry.names {
		if name == key {
			return m.Params.index(key) < 0
		}
	}
	return false
}
