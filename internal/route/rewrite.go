package route

import (
	"slices"
	"strings"
)

// Rewritten returns what is served when m is rewritten to another URL of the app.
// path is percent-encoded and within the base path; it may name a locale, else m's
// stays. The path of a data URL makes the form Data, any other keeps m's. query
// takes the place of m's. ok is false when no page or file can have the URL.
//
// What user code sees of the client's URL (AsPath, RequestURL) stays that of m; for
// the page's own there is ResolvedURLFor.
func (m *Match) Rewritten(path string, query Values, o *Options) (out Match, ok bool) {
	inner := *o
	inner.BasePath, inner.SkipTrailingSlashRedirect = "", true
	path = collapse("/" + escapeBare(strings.TrimPrefix(path, "/")))
	out, verdict := Parse(path, &inner)
	if out.Form == HTML {
		if _, _, named := cutLocale(path, o.Locales); !named {
			out.Locale = m.Locale
		}
		out.Form, out.BuildID = m.Form, m.BuildID
	}
	out.apisBelow = true
	out.Query, out.RawQuery = query, string(query.AppendQuery(nil))
	return out, verdict.Outcome == Proceed
}

// ResolvedURLFor is ResolvedURL of a page that asked was rewritten to: the page's
// path with the query that the client sent.
func (m *Match) ResolvedURLFor(asked *Match) string {
	bare := *m
	bare.Query, bare.Merged, bare.repeated, bare.slashed = nil, nil, nil, asked.slashed
	path := bare.ResolvedURL()
	if len(asked.Query) == 0 {
		return path
	}
	return string(asked.Query.AppendQuery(append([]byte(path), '?')))
}

// escapeBare percent-encodes what may not stand bare in a request target, and what
// would end its path.
func escapeBare(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > ' ' && c < 0x7F && c != '?' && c != '#' {
			if b != nil {
				b = append(b, c)
			}
			continue
		}
		if b == nil {
			b = append(make([]byte, 0, len(s)+8), s[:i]...)
		}
		b = append(b, '%', upperHex[c>>4], upperHex[c&15])
	}
	if b == nil {
		return s
	}
	return string(b)
}

// DataPath is the path of the data URL that m was parsed from, within the base path.
func (m *Match) DataPath() string {
	page := m.RawPath
	switch {
	case page == "/" && !m.LocaleNamed:
		page = "/index"
	case page == "/":
		page = ""
	case page == "/index", strings.HasPrefix(page, "/index/"):
		page = "/index" + page
	}
	if m.LocaleNamed {
		page = "/" + m.Locale + page
	}
	return dataPrefix + m.BuildID + page + ".json"
}

// QueryOf is the query that user code sees of the URL that was rewritten to m. Keys
// that the rewrite or the params of the page have set are left out where they only
// repeat that; an API route sees none of them.
func (m *Match) QueryOf(asked *Match, keys []string) Values {
	if len(asked.Query) == 0 {
		return nil
	}
	if m.entry != nil {
		keys = append(keys[:len(keys):len(keys)], m.entry.names...)
	}
	out := make(Values, 0, len(asked.Query))
	for _, v := range asked.Query {
		if slices.Contains(keys, v.Key) {
			now, _ := m.Merged.Get(v.Key)
			if m.entry != nil && m.entry.api || sameStrings(now, v) {
				continue
			}
		}
		out = append(out, v)
	}
	return out
}
