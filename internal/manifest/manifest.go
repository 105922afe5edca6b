// Package manifest is where build and serve meet: the built app as data. A
// build writes it once, whole; the server reads it once at start. Beside it lie
// the manifests that tools of the Next.js world read (build-manifest.json,
// routes-manifest.json, prerender-manifest.json ...): they are written from the
// same Manifest and never read back.
package manifest

import (
	"encoding/json"

	"github.com/onwardjs/onward/internal/config"
)

// Version of the format. A server refuses any other.
const Version = 1

// File is the manifest's name in the output folder.
const File = "onward-manifest.json"

// Manifest is one build.
type Manifest struct {
	Version int    `json:"version"`
	BuildID string `json:"buildId"`
	// BuiltAt is Unix milliseconds; ISR ages count from it.
	BuiltAt int64          `json:"builtAt"`
	Config  *config.Config `json:"config"`
	// Pages in order of precedence is not promised; route.NewTable sorts.
	// Special pages (/_app, /_document, /_error, /404, /500) are among them
	// when they exist, built-in ones included.
	Pages []Page `json:"pages"`
	// Prerendered holds every concrete path made at build, by its Key.
	Prerendered map[string]Prerendered `json:"prerendered"`
	// Middleware is nil when the app has none.
	Middleware *Middleware `json:"middleware,omitempty"`
	// Instrumentation is the module that workers register when they start; empty:
	// none.
	Instrumentation string `json:"instrumentation,omitempty"`
	// Public lists the files of public/ as URL paths ("/favicon.ico").
	Public  []string `json:"public"`
	Preview Preview  `json:"preview"`
	Runtime Runtime  `json:"runtime"`
	// Boot is handed to every worker, with dir and distDir filled in at start
	// (runtime/server/protocol.ts, Boot; page files relative to the output
	// folder).
	Boot json.RawMessage `json:"boot"`
}

// Middleware is the app's middleware or proxy.
type Middleware struct {
	// Module is the server module, relative to the output folder; Source its file,
	// relative to the project.
	Module string `json:"module"`
	Source string `json:"source"`
	Proxy  bool   `json:"proxy,omitempty"`
	// Edge: it is compiled for the edge runtime.
	Edge bool `json:"edge,omitempty"`
	// Matchers say which requests it sees; none: all of them.
	Matchers []Matcher `json:"matchers,omitempty"`
	Regions  []string  `json:"regions,omitempty"`
}

// Matcher is one entry of config.matcher.
type Matcher struct {
	config.Match
	// Regexp is the regular expression that a path must match, data requests and all.
	Regexp string `json:"regexp"`
}

// Kind of a page.
type Kind string

const (
	// Static: HTML made at build, no data (automatic static optimization).
	Static Kind = "static"
	// SSG: getStaticProps.
	SSG Kind = "ssg"
	// SSR: getServerSideProps or getInitialProps, per request.
	SSR Kind = "ssr"
	// API: an API route.
	API Kind = "api"
	// Special: _app, _document and _error, which no URL reaches.
	Special Kind = "special"
)

// Fallback of a dynamic SSG page.
type Fallback string

const (
	FallbackNone     Fallback = "" // not a dynamic SSG page
	FallbackFalse    Fallback = "false"
	FallbackTrue     Fallback = "true"
	FallbackBlocking Fallback = "blocking"
)

// Page is one route.
type Page struct {
	Route string `json:"route"`
	Kind  Kind   `json:"kind"`
	// Module is the server module, relative to the output folder
	// ("server/pages/posts/[slug].js"); empty when HTML is all there is.
	Module string `json:"module,omitempty"`
	// HTML is the file of a Static page ("server/pages/about.html").
	HTML     string   `json:"html,omitempty"`
	Fallback Fallback `json:"fallback,omitempty"`
	// FallbackHTML is the shell of Fallback "true".
	FallbackHTML string `json:"fallbackHtml,omitempty"`
	// Localized takes the place of HTML and FallbackHTML with i18n: locale →
	// file ("server/pages/fr/about.html").
	Localized map[string]string `json:"localized,omitempty"`
	// SSP: the page has getServerSideProps (so it has data URLs).
	SSP bool `json:"ssp,omitempty"`
	// Edge: a route of the edge runtime.
	Edge bool `json:"edge,omitempty"`
	// MaxDuration, in seconds, and Regions of its config matter to hosts only.
	MaxDuration int      `json:"maxDuration,omitempty"`
	Regions     []string `json:"regions,omitempty"`
	// API limits, from `export const config`.
	API APIConfig `json:"api,omitzero"`
}

// APIConfig is config.api of an API route.
type APIConfig struct {
	// BodyLimit in bytes; 0 means the default of 1 MB; -1: bodyParser false.
	BodyLimit int64 `json:"bodyLimit,omitempty"`
	// BodyLimitText as the user wrote it ("1kb"), for the 413 message.
	BodyLimitText string `json:"bodyLimitText,omitempty"`
}

// Key is what Prerendered has a path under: the path in the spelling of
// route.Match.Path ("/posts/a"), and with i18n its locale in front, the default
// one too ("/fr/posts/a", "/fr" for the home page).
func Key(locale, path string) string {
	switch {
	case locale == "":
		return path
	case path == "/":
		return "/" + locale
	}
	return "/" + locale + path
}

// Prerendered is one path made at build.
type Prerendered struct {
	Route string `json:"route"`
	// HTML and Data are files relative to the output folder; empty for a
	// cached notFound or redirect.
	HTML string `json:"html,omitempty"`
	Data string `json:"data,omitempty"`
	// Revalidate in seconds; 0 means never.
	Revalidate int  `json:"revalidate,omitempty"`
	NotFound   bool `json:"notFound,omitempty"`
	// Headers and Status set by the page's data function, if any.
	Status  int      `json:"status,omitempty"`
	Headers []string `json:"headers,omitempty"`
}

// Preview holds the keys of preview and draft mode: id is 32 hex digits, the
// keys 64, made anew by each build.
type Preview struct {
	ID         string `json:"previewModeId"`
	Signing    string `json:"previewModeSigningKey"`
	Encryption string `json:"previewModeEncryptionKey"`
}

// Runtime is the JavaScript that runs the app.
type Runtime struct {
	// Script and Snapshot are files relative to the output folder. Snapshot
	// is empty when the build made none.
	Script   string `json:"script"`
	Snapshot string `json:"snapshot,omitempty"`
	// EngineID is the engine build that made Snapshot and the code caches;
	// another one ignores them.
	EngineID string `json:"engineId,omitempty"`
	// NodeScript is Script for Node.js.
	NodeScript string `json:"nodeScript,omitempty"`
	// Engine is what the build was made for, "v8" or "node"; a build for Node.js
	// runs in nothing else. Reason says why it is Node.js; empty: it was asked for.
	Engine string `json:"engine,omitempty"`
	Reason string `json:"engineReason,omitempty"`
}
