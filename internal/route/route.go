// Package route turns files into routes and URLs into matches. At build it
// scans pages/ by Next.js's file conventions; at run time it parses each request
// URL once, into a Match that every later stage reads and nobody parses again.
package route

// Page is one route found by Scan.
type Page struct {
	// Route is the pattern: "/", "/posts/[slug]", "/api/hello", "/_app".
	Route string
	// File is the source, a slash path relative to the project
	// ("pages/posts/[slug].tsx"). Empty for pages Onward supplies itself.
	File string
	// API: the file lies under pages/api.
	API bool
}

// Special reports whether the route is one no URL reaches: /_app, /_document,
// /_error.
func (p Page) Special() bool {
	return p.Route == "/_app" || p.Route == "/_document" || p.Route == "/_error"
}

// Form is how the client asked for a page.
type Form uint8

const (
	// HTML: a document.
	HTML Form = iota
	// Data: /_next/data/<build>/<path>.json.
	Data
)

// Match is one request's URL, parsed once.
type Match struct {
	// Route is the pattern that matched; empty when none did.
	Route string
	Form  Form
	// Path is the page path that was looked up: decoded once, without
	// basePath, locale, trailing slash or data prefix ("/posts/a b").
	Path string
	// RawPath is Path before decoding ("/posts/a%20b"), for asPath and
	// resolvedUrl.
	RawPath string
	// Params of a dynamic route, in the order of the pattern; nil otherwise.
	Params Values
	// Query of the URL in order of appearance, without Params.
	Query Values
	// RawQuery is the query as sent, without '?'.
	RawQuery string
	// BuildID of a Data request.
	BuildID string
	Locale  string
}

// Value is one key with what it stands for: a single string, or a list (a
// repeated query key, a catch-all param).
type Value struct {
	Key    string
	Single string
	List   []string
	IsList bool
}

// Values keeps keys in order; keys are unique.
type Values []Value
