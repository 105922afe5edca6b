// Package render asks the server runtime for pages and API answers. A Match and
// a request go in; out comes a Page or a Response, still to be sent. It knows the
// Jobs of runtime/server/protocol.ts and nothing of caching or HTTP headers that
// the framework adds.
package render

import (
	"encoding/json"

	"github.com/onwardjs/onward/internal/route"
)

// Names of the Jobs.
const (
	JobPage       = "page"
	JobAPI        = "api"
	JobCollect    = "collect"
	JobPaths      = "paths"
	JobWarm       = "warm"
	JobMiddleware = "middleware"
	JobEdge       = "edge"
)

// Modes of a PageJob.
const (
	// ModeRequest renders for one request: getServerSideProps,
	// getInitialProps, error pages, draft mode.
	ModeRequest = "request"
	// ModeAuto is automatic static optimization, at build.
	ModeAuto = "auto"
	// ModeSSG runs getStaticProps, at build or to revalidate.
	ModeSSG = "ssg"
	// ModeFallback renders the shell of fallback: true.
	ModeFallback = "fallback"
)

// PageJob is the input of the Job "page"; empty fields are left out of its JSON.
type PageJob struct {
	Route string
	// Mode is one of the Mode constants.
	Mode string
	// Form is "html" or "data".
	Form string
	// Reason getStaticProps runs: "build", "stale" or "on-demand".
	Reason string
	// Request is absent at build.
	Request *Request
	// Path is concrete and decoded; AsPath is as the browser has it, with query.
	Path, AsPath, ResolvedURL string
	// Query and Params are JSON objects of strings and lists; no Query is {}.
	Query, Params json.RawMessage
	// Locale and DefaultLocale are empty without i18n. OnDomain: the request was
	// sent to a domain of i18n, or for a locale that has one.
	Locale, DefaultLocale string
	OnDomain              bool
	// Preview is draft mode; PreviewData is JSON.
	Preview     bool
	PreviewData json.RawMessage
	// Edge: the page is of the edge runtime.
	Edge bool
	// StatusCode and Err belong to error pages.
	StatusCode int
	Err        *PageError
}

// PageError is what an error page may know of the failure.
type PageError struct {
	Name       string `json:"name"`
	Message    string `json:"message"`
	Stack      string `json:"stack,omitempty"`
	StatusCode int    `json:"statusCode,omitempty"`
}

// MarshalJSON makes PageJob usable with encoding/json.
func (j PageJob) MarshalJSON() ([]byte, error) { return j.AppendJSON(nil), nil }

// AppendJSON appends the Job's input.
func (j *PageJob) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"route":`...)
	dst = route.AppendJSONString(dst, j.Route)
	dst = appendMember(dst, `,"mode":`, j.Mode)
	dst = appendMember(dst, `,"form":`, j.Form)
	dst = appendOptional(dst, `,"reason":`, j.Reason)
	if j.Request != nil {
		dst = append(dst, `,"req":`...)
		dst = j.Request.appendJSON(dst)
	}
	dst = appendMember(dst, `,"path":`, j.Path)
	dst = appendMember(dst, `,"asPath":`, j.AsPath)
	dst = appendOptional(dst, `,"resolvedUrl":`, j.ResolvedURL)
	dst = append(dst, `,"query":`...)
	if len(j.Query) > 0 {
		dst = append(dst, j.Query...)
	} else {
		dst = append(dst, '{', '}')
	}
	dst = appendRaw(dst, `,"params":`, j.Params)
	dst = appendOptional(dst, `,"locale":`, j.Locale)
	dst = appendOptional(dst, `,"defaultLocale":`, j.DefaultLocale)
	if j.OnDomain {
		dst = append(dst, `,"onDomain":true`...)
	}
	if j.Preview {
		dst = append(dst, `,"preview":true`...)
		dst = appendRaw(dst, `,"previewData":`, j.PreviewData)
	}
	if j.Edge {
		dst = append(dst, `,"edge":true`...)
	}
	if j.StatusCode != 0 {
		dst = append(dst, `,"statusCode":`...)
		dst = appendInt(dst, j.StatusCode)
	}
	if e := j.Err; e != nil {
		dst = appendMember(dst, `,"err":{"name":`, e.Name)
		dst = appendMember(dst, `,"message":`, e.Message)
		dst = appendOptional(dst, `,"stack":`, e.Stack)
		if e.StatusCode != 0 {
			dst = append(dst, `,"statusCode":`...)
			dst = appendInt(dst, e.StatusCode)
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// APIJob is the input of the Job "api".
type APIJob struct {
	Route         string
	Request       *Request
	Query, Params json.RawMessage
	Preview       bool
	PreviewData   json.RawMessage
	// PreviewClear: the route's answer removes the preview cookies, once it has
	// looked at them.
	PreviewClear bool
	// Keys is the JSON of previewKeys.
	Keys json.RawMessage
}

// AppendJSON appends the Job's input.
func (j *APIJob) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"route":`...)
	dst = route.AppendJSONString(dst, j.Route)
	dst = append(dst, `,"req":`...)
	dst = j.Request.appendJSON(dst)
	dst = append(dst, `,"query":`...)
	if len(j.Query) > 0 {
		dst = append(dst, j.Query...)
	} else {
		dst = append(dst, '{', '}')
	}
	dst = appendRaw(dst, `,"params":`, j.Params)
	if j.Preview {
		dst = append(dst, `,"preview":true`...)
		dst = appendRaw(dst, `,"previewData":`, j.PreviewData)
	}
	if j.PreviewClear {
		dst = append(dst, `,"previewClear":true`...)
	}
	dst = appendRaw(dst, `,"previewKeys":`, j.Keys)
	return append(dst, '}')
}

// CollectJob is the input of the Job "collect".
type CollectJob struct {
	Route string `json:"route"`
}

// PageFacts is the answer to "collect": what a module exports.
type PageFacts struct {
	Route string `json:"route"`
	// ValidDefault: the default export is a component, or a function for API
	// routes.
	ValidDefault bool `json:"validDefault"`
	Gsp          bool `json:"gsp"`
	Gssp         bool `json:"gssp"`
	Gip          bool `json:"gip"`
	StaticPaths  bool `json:"staticPaths"`
	// Config is `export const config`.
	Config json.RawMessage `json:"config"`
	// CustomGip: /_app or /_document has a getInitialProps of its own.
	CustomGip bool `json:"customGip"`
	// Errors are broken contracts, in words for the user.
	Errors []string `json:"errors"`
}

// PathsJob is the input of the Job "paths".
type PathsJob struct {
	Route         string   `json:"route"`
	Locales       []string `json:"locales,omitempty"`
	DefaultLocale string   `json:"defaultLocale,omitempty"`
}

// PathsReply is the answer to "paths".
type PathsReply struct {
	// Fallback is JSON: false, true or "blocking".
	Fallback json.RawMessage `json:"fallback"`
	Paths    []StaticPath    `json:"paths"`
}

// StaticPath is one path that getStaticPaths named.
type StaticPath struct {
	// Path is concrete and encoded, without locale.
	Path   string          `json:"path"`
	Params json.RawMessage `json:"params"`
	Locale string          `json:"locale,omitempty"`
}

// WarmJob is the input of the Job "warm".
type WarmJob struct {
	Routes []string `json:"routes"`
}

func appendMember(dst []byte, name, value string) []byte {
	return route.AppendJSONString(append(dst, name...), value)
}

func appendOptional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendMember(dst, name, value)
}

func appendRaw(dst []byte, name string, value json.RawMessage) []byte {
	if len(value) == 0 {
		return dst
	}
	return append(append(dst, name...), value...)
}
