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

// Match is one request's URL, parsed once: Parse fills everything but Route,
// Params and Merged, which Table.Resolve adds when a page answers to the path.
type Match struct {
	// Route is the pattern that matched; empty when none did.
	Route string
	Form  Form
	// Path is the page path, without basePath, locale, trailing slash or data
	// prefix, in the one spelling that caches and Manifest.Prerendered use
	// as key: decoded, but with '/', '#', '?', '\\' and '%' that were encoded
	// inside a segment still encoded ("/posts/a b", "/posts/a%2Fb"). It
	// names no file: see FilePath. When the percent-encoding is Malformed it
	// equals RawPath.
	Path string
	// RawPath is Path before decoding ("/posts/a%20b"), for asPath.
	RawPath string
	// Malformed: RawPath has percent-encoding that decodes to nothing. No
	// file can match it; a dynamic page that would gives BadRequest.
	Malformed bool
	// TrailingSlash: the path ended in a slash that Path has not.
	TrailingSlash bool
	// Params of a dynamic route, decoded, in the order of the pattern; nil
	// otherwise. An optional catch-all that took nothing is absent.
	Params Values
	// Query of the URL in order of appearance, without Params.
	Query Values
	// Merged is what a page sees as its query: the URL's query with Params
	// over it. A param that the URL repeats as a query key (data URLs do)
	// stands where the URL had it, the others follow. Treat as read-only: it
	// may share memory with Query or Params.
	Merged Values
	// RawQuery is the query as sent, without '?'.
	RawQuery string
	// BuildID of a Data request, as sent.
	BuildID string
	// Locale is the locale of the path, or the default one; empty without
	// i18n. When it is not LocaleNamed, the host may change it.
	Locale string
	// LocaleNamed: the path named its locale.
	LocaleNamed bool

	prefix     string // "/fr" as the client wrote it; empty for data requests
	filesBelow bool   // the prefix is no part of the names of files
	apisBelow  bool   // the prefix is a rewrite's: API routes are found behind it
	slashed    bool   // TrailingSlash, and the app's URLs end so
	entry      *entry // of Route
	repeated   Values // query keys that are also params, as the URL had them
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
