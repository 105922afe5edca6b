package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
)

type routesFile struct {
	Version       int      `json:"version"`
	Pages404      bool     `json:"pages404"`
	AppType       string   `json:"appType"`
	CaseSensitive bool     `json:"caseSensitive"`
	BasePath      string   `json:"basePath"`
	Redirects     []any    `json:"redirects"` // of slashRedirect, then Rule
	Headers       []Rule   `json:"headers"`
	OnMatch       []object `json:"onMatchHeaders"`
	Rewrites      struct {
		BeforeFiles []Rule `json:"beforeFiles"`
		AfterFiles  []Rule `json:"afterFiles"`
		Fallback    []Rule `json:"fallback"`
	} `json:"rewrites"`
	DynamicRoutes  []pageRoute       `json:"dynamicRoutes"`
	StaticRoutes   []pageRoute       `json:"staticRoutes"`
	DataRoutes     []dataRoute       `json:"dataRoutes"`
	I18n           *i18nRoutes       `json:"i18n,omitempty"`
	RSC            rscNames          `json:"rsc"`
	RewriteHeaders map[string]string `json:"rewriteHeaders"`
}

type pageRoute struct {
	Page      string            `json:"page"`
	Regex     string            `json:"regex"`
	RouteKeys map[string]string `json:"routeKeys"`
	Named     string            `json:"namedRegex"`
}

type dataRoute struct {
	Page      string            `json:"page"`
	RouteKeys map[string]string `json:"routeKeys,omitempty"`
	Regex     string            `json:"dataRouteRegex"`
	Named     string            `json:"namedDataRouteRegex,omitempty"`
}

type i18nRoutes struct {
	Locales         []string `json:"locales"`
	DefaultLocale   string   `json:"defaultLocale"`
	Domains         any      `json:"domains,omitempty"`
	LocaleDetection *bool    `json:"localeDetection,omitempty"`
}

// rscNames are the header names of the App Router, which deployment tools expect
// in every build.
type rscNames struct {
	Header                 string `json:"header"`
	VaryHeader             string `json:"varyHeader"`
	PrefetchHeader         string `json:"prefetchHeader"`
	DidPostponeHeader      string `json:"didPostponeHeader"`
	ContentTypeHeader      string `json:"contentTypeHeader"`
	Suffix                 string `json:"suffix"`
	PrefetchSegmentHeader  string `json:"prefetchSegmentHeader"`
	PrefetchSegmentSuffix  string `json:"prefetchSegmentSuffix"`
	PrefetchSegmentDir     string `json:"prefetchSegmentDirSuffix"`
	ClientParamParsing     bool   `json:"clientParamParsing"`
	DynamicRSCPrerendering bool   `json:"dynamicRSCPrerender"`
}

type slashRedirect struct {
	Source      string   `json:"source"`
	Destination string   `json:"destination"`
	BasePath    *bool    `json:"basePath,omitempty"`
	Locale      *bool    `json:"locale,omitempty"` // false with i18n
	Internal    bool     `json:"internal"`
	Priority    bool     `json:"priority"`
	Missing     []object `json:"missing,omitempty"`
	StatusCode  int      `json:"statusCode"`
	Regex       string   `json:"regex"`
}

// slashRedirects describe the redirect that adds or removes a trailing slash in
// the terms of redirects().
func slashRedirects(m *Manifest) []any {
	out := []any{}
	c := m.Config
	if c.SkipTrailingSlashRedirect {
		return out
	}
	add := func(source, destination, regex string, missing ...object) *slashRedirect {
		r := &slashRedirect{Source: source, Destination: destination, Internal: true, Priority: true,
			Missing: missing, StatusCode: 308, Regex: regex}
		if c.I18n != nil {
			r.Locale = new(bool)
		}
		out = append(out, r)
		return r
	}
	base, noBase := route.EscapeRegex(c.BasePath), false
	if c.TrailingSlash {
		const exempt = `(?!\.well-known(?:/.*)?)`
		const fileName, otherName = `(?:[^/]+/)*[^/]+\.\w+`, `(?:[^/]+/)*[^/\.]+`
		if c.BasePath != "" {
			add(c.BasePath, c.BasePath+"/", "^"+base+"$").BasePath = &noBase
		}
		add("/:file("+exempt+fileName+")/", "/:file", "^(?:/("+exempt+fileName+"))/$", object{"type": "header", "key": "x-nextjs-data"})
		add("/:notfile("+exempt+otherName+")", "/:notfile/", "^(?:/("+exempt+otherName+"))$")
		return out
	}
	if c.BasePath != "" {
		add(c.BasePath+"/", c.BasePath, "^"+base+"/$").BasePath = &noBase
	}
	add("/:path+/", "/:path+", "^(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))/$")
	return out
}

// Rule is an entry of redirects, rewrites or headers in its final form.
type Rule struct {
	// Source has base path and locale in front, as has Destination when it is within
	// the app.
	Source      string             `json:"source"`
	Destination string             `json:"destination,omitempty"`
	BasePath    *bool              `json:"basePath,omitempty"` // false or absent
	Locale      *bool              `json:"locale,omitempty"`   // false or absent
	Has         []config.Condition `json:"has,omitempty"`
	Missing     []config.Condition `json:"missing,omitempty"`
	StatusCode  int                `json:"statusCode,omitempty"` // of a redirect
	Headers     []config.Header    `json:"headers,omitempty"`
	// Regex is Source as a regular expression of JavaScript.
	Regex string `json:"regex"`
}

// Rules are all rules of an app, each kind in the order in which they are tried.
type Rules struct {
	Redirects, Headers                []Rule
	BeforeFiles, AfterFiles, Fallback []Rule
}

func routesManifest(m *Manifest, rules *Rules) (*routesFile, error) {
	f := &routesFile{
		Version: 3, AppType: "pages", CaseSensitive: m.Config.CaseSensitiveRoutes, BasePath: m.Config.BasePath,
		Redirects: slashRedirects(m), Headers: append([]Rule{}, rules.Headers...), OnMatch: []object{},
		DynamicRoutes: []pageRoute{}, StaticRoutes: []pageRoute{}, DataRoutes: []dataRoute{},
		RSC: rscNames{
			Header:                "rsc",
			VaryHeader:            "rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch",
			PrefetchHeader:        "next-router-prefetch",
			DidPostponeHeader:     "x-nextjs-postponed",
			ContentTypeHeader:     "text/x-component",
			Suffix:                ".rsc",
			PrefetchSegmentHeader: "next-router-segment-prefetch",
			PrefetchSegmentSuffix: ".segment.rsc",
			PrefetchSegmentDir:    ".segments",
		},
		RewriteHeaders: map[string]string{"pathHeader": "x-nextjs-rewritten-path", "queryHeader": "x-nextjs-rewritten-query"},
	}
	for _, r := range rules.Redirects {
		f.Redirects = append(f.Redirects, r)
	}
	f.Rewrites.BeforeFiles = append([]Rule{}, rules.BeforeFiles...)
	f.Rewrites.AfterFiles = append([]Rule{}, rules.AfterFiles...)
	f.Rewrites.Fallback = append([]Rule{}, rules.Fallback...)
	if c := m.Config.I18n; c != nil {
		f.I18n = &i18nRoutes{Locales: c.Locales, DefaultLocale: c.DefaultLocale}
		if len(c.Domains) > 0 {
			f.I18n.Domains = c.Domains
		}
		if c.NoDetection {
			f.I18n.LocaleDetection = new(bool)
		}
	}
	pages := make(map[string]*Page, len(m.Pages))
	for i := range m.Pages {
		p := &m.Pages[i]
		if p.Route == "/404" {
			f.Pages404 = true
		}
		// The error pages that come from _error are no routes.
		if p.Kind == Special || p.Module == "" && (p.Route == "/404" || p.Route == "/500") {
			continue
		}
		pages[p.Route] = p
	}
	build := "^/_next/data/" + route.EscapeRegex(m.BuildID)
	for _, r := range route.SortPages(slices.Collect(maps.Keys(pages))) {
		pattern, err := route.Regex(r)
		if err != nil {
			return nil, fmt.Errorf("manifest: %w", err)
		}
		entry := pageRoute{r, pattern.Regex, pattern.Keys, pattern.Named}
		dynamic := route.Dynamic(r)
		if dynamic {
			f.DynamicRoutes = append(f.DynamicRoutes, entry)
		} else {
			f.StaticRoutes = append(f.StaticRoutes, entry)
		}
		if p := pages[r]; p.Kind == SSG || p.SSP {
			// Of a page without params the reference leaves dashes as they are.
			plain := strings.ReplaceAll(route.EscapeRegex(route.PagePath(r)), `\-`, "-")
			d := dataRoute{Page: r, Regex: build + "/" + plain + `\.json$`}
			if dynamic {
				d.Regex = build + pattern.DataRegex + `\.json$`
				d.RouteKeys, d.Named = pattern.Keys, build+pattern.NamedData+`\.json$`
			}
			f.DataRoutes = append(f.DataRoutes, d)
		}
	}
	return f, nil
}

type prerenderFile struct {
	Version        int                         `json:"version"`
	Routes         map[string]prerenderRoute   `json:"routes"`
	DynamicRoutes  map[string]prerenderDynamic `json:"dynamicRoutes"`
	NotFoundRoutes []string                    `json:"notFoundRoutes"`
	Preview        Preview                     `json:"preview"`
}

type prerenderRoute struct {
	RouteType     string   `json:"routeType,omitempty"`
	Response      string   `json:"response,omitempty"`
	Compute       string   `json:"compute,omitempty"`
	Revalidate    any      `json:"initialRevalidateSeconds"` // number or false
	Expire        int      `json:"initialExpireSeconds,omitempty"`
	InitialStatus int      `json:"initialStatus,omitempty"`
	SrcRoute      *string  `json:"srcRoute"`
	DataRoute     string   `json:"dataRoute"`
	AllowHeader   []string `json:"allowHeader"`
}

type prerenderDynamic struct {
	RouteRegex     string   `json:"routeRegex"`
	DataRoute      string   `json:"dataRoute"`
	Fallback       any      `json:"fallback"` // false, null or a file name
	RouteType      string   `json:"routeType,omitempty"`
	Response       string   `json:"response,omitempty"`
	Compute        string   `json:"compute,omitempty"`
	DataRouteRegex string   `json:"dataRouteRegex"`
	AllowHeader    []string `json:"allowHeader"`
}

// prerenderHeaders are the request headers that a prerendered page may depend on.
var prerenderHeaders = []string{
	"host", "x-matched-path", "x-prerender-revalidate", "x-prerender-revalidate-if-generated",
	"x-next-revalidated-tags", "x-next-revalidate-tag-token",
}

func prerenderManifest(m *Manifest) prerenderFile {
	f := prerenderFile{
		Version: 4, Routes: map[string]prerenderRoute{}, DynamicRoutes: map[string]prerenderDynamic{},
		NotFoundRoutes: []string{}, Preview: m.Preview,
	}
	data := "/_next/data/" + m.BuildID + "/"
	for path, p := range m.Prerendered {
		if p.NotFound {
			f.NotFoundRoutes = append(f.NotFoundRoutes, path)
			if m.Config.I18n == nil {
				continue
			}
		}
		r := prerenderRoute{
			Revalidate: false, InitialStatus: p.Status,
			DataRoute: data + route.PagePath(path) + ".json", AllowHeader: prerenderHeaders,
		}
		if !p.NotFound {
			r.RouteType, r.Response, r.Compute = "page", "complete", "static"
		}
		if p.Status == 200 {
			r.InitialStatus = 0
		}
		if p.Revalidate > 0 {
			r.Revalidate, r.Expire = p.Revalidate, m.Config.ExpireTime
		}
		if route.Dynamic(p.Route) {
			r.SrcRoute = &p.Route
		}
		f.Routes[path] = r
	}
	slices.Sort(f.NotFoundRoutes)
	for i := range m.Pages {
		p := &m.Pages[i]
		if p.Kind != SSG || !route.Dynamic(p.Route) {
			continue
		}
		pattern, err := route.Regex(p.Route)
		if err != nil {
			continue // routesManifest reports it
		}
		d := prerenderDynamic{
			RouteRegex: pattern.Regex, DataRoute: data + route.PagePath(p.Route) + ".json", Fallback: false,
			DataRouteRegex: "^/_next/data/" + route.EscapeRegex(m.BuildID) + pattern.DataRegex + `\.json$`,
			AllowHeader:    prerenderHeaders,
		}
		switch p.Fallback {
		case FallbackTrue:
			d.Fallback, d.RouteType, d.Response = "/"+route.PagePath(p.Route)+".html", "fallback", "initial"
			d.Compute = "static"
		case FallbackBlocking:
			d.Fallback, d.RouteType, d.Response, d.Compute = nil, "page", "empty", "blocking"
		}
		f.DynamicRoutes[p.Route] = d
	}
	return f
}
