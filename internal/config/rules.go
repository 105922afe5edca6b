package config

// Condition is one entry of has or missing: what a request must have, or must
// not have.
type Condition struct {
	Type  string `json:"type"` // header, cookie, query, host
	Key   string `json:"key,omitempty"`
	Value string `json:"value,omitempty"`
}

// Match is what redirects, rewrites and headers have in common.
type Match struct {
	Source  string      `json:"source"`
	Has     []Condition `json:"has,omitempty"`
	Missing []Condition `json:"missing,omitempty"`
	// NoBasePath and NoLocale: basePath: false and locale: false.
	NoBasePath bool `json:"noBasePath,omitempty"`
	NoLocale   bool `json:"noLocale,omitempty"`
}

// Redirect is one entry of redirects().
type Redirect struct {
	Match
	Destination string `json:"destination"`
	StatusCode  int    `json:"statusCode"`
}

// Rewrite is one entry of rewrites().
type Rewrite struct {
	Match
	Destination string `json:"destination"`
}

// Rewrites in their three places. A plain array is AfterFiles.
type Rewrites struct {
	BeforeFiles []Rewrite `json:"beforeFiles,omitempty"`
	AfterFiles  []Rewrite `json:"afterFiles,omitempty"`
	Fallback    []Rewrite `json:"fallback,omitempty"`
}

// Len counts all rewrites.
func (r Rewrites) Len() int { return len(r.BeforeFiles) + len(r.AfterFiles) + len(r.Fallback) }

// Header is one header of a rule.
type Header struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// HeaderRule is one entry of headers().
type HeaderRule struct {
	Match
	Headers []Header `json:"headers"`
}

// I18n is the i18n option. The default locale comes first in Locales.
type I18n struct {
	Locales       []string `json:"locales"`
	DefaultLocale string   `json:"defaultLocale"`
	Domains       []Domain `json:"domains,omitempty"`
	// NoDetection: localeDetection: false.
	NoDetection bool `json:"noDetection,omitempty"`
}

// Domain gives a host its default locale.
type Domain struct {
	Domain        string   `json:"domain"`
	DefaultLocale string   `json:"defaultLocale"`
	Locales       []string `json:"locales,omitempty"`
	HTTP          bool     `json:"http,omitempty"`
}
