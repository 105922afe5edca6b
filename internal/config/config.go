// Package config reads what the user set: next.config.* and .env files. What
// comes out is one immutable Config. Evaluating a JavaScript config file is the
// caller's business (a function passed to Load), so that this package and the
// server need no compiler.
package config

import "encoding/json"

// Config is next.config after defaults, for the Pages Router. Field names follow
// the option names of next.config; the JSON form lies in the build's manifest.
// It is not changed after Load.
type Config struct {
	// File is the config file, relative to the project ("next.config.mjs",
	// "../next.config.js"); empty when there is none.
	File string `json:"configFile,omitempty"`

	// BasePath has a leading and no trailing slash, or is empty.
	BasePath string `json:"basePath"`
	// AssetPrefix has no trailing slash. It equals BasePath when only that is
	// set.
	AssetPrefix   string `json:"assetPrefix"`
	TrailingSlash bool   `json:"trailingSlash"`
	DistDir       string `json:"distDir"` // relative to the project; default ".next"
	// PageExtensions without leading dot; default tsx, ts, jsx, js.
	PageExtensions  []string `json:"pageExtensions"`
	PoweredByHeader bool     `json:"poweredByHeader"`
	GenerateEtags   bool     `json:"generateEtags"`
	Compress        bool     `json:"compress"`
	CleanDistDir    bool     `json:"cleanDistDir"`
	ReactStrictMode bool     `json:"reactStrictMode"` // default false for pages
	// CrossOrigin is "anonymous", "use-credentials" or empty.
	CrossOrigin string            `json:"crossOrigin,omitempty"`
	Env         map[string]string `json:"env,omitempty"`
	// ExpireTime in seconds; default 31536000.
	ExpireTime int `json:"expireTime"`
	// CacheMaxMemorySize in bytes; default 52428800; 0 turns memory off.
	CacheMaxMemorySize int64 `json:"cacheMaxMemorySize"`
	// CacheHandler is the module of the user's cache, absolute or relative to the
	// project; empty for none.
	CacheHandler string `json:"cacheHandler,omitempty"`
	// BuildID is what generateBuildId returned, trimmed; empty for the
	// default.
	BuildID string `json:"buildId,omitempty"`
	// OutputHashSalt changes the names of browser files: outputHashSalt, and
	// NEXT_HASH_SALT of the environment after it.
	OutputHashSalt              string   `json:"outputHashSalt,omitempty"`
	ProductionBrowserSourceMaps bool     `json:"productionBrowserSourceMaps,omitempty"`
	SkipTrailingSlashRedirect   bool     `json:"skipTrailingSlashRedirect,omitempty"`
	SkipProxyURLNormalize       bool     `json:"skipProxyUrlNormalize,omitempty"`
	StaticPageGenerationTimeout int      `json:"staticPageGenerationTimeout"` // seconds, default 60
	TranspilePackages           []string `json:"transpilePackages,omitempty"`
	ServerExternalPackages      []string `json:"serverExternalPackages,omitempty"`
	// DeploymentID is deploymentId, or NEXT_DEPLOYMENT_ID of the environment.
	DeploymentID              string `json:"deploymentId,omitempty"`
	UseFileSystemPublicRoutes bool   `json:"useFileSystemPublicRoutes"`
	// Output is "", "standalone" or "export".
	Output string `json:"output,omitempty"`
	// ExportDir is where output "export" puts its files, relative to the project:
	// what distDir says, which is then not the build's own folder, or "out".
	ExportDir string `json:"exportDir,omitempty"`
	// ExportPathMap: the config file has that function; Evaluate calls it on its
	// own, since it needs to know the pages.
	ExportPathMap bool `json:"exportPathMap,omitempty"`
	// TraceIncludes and TraceExcludes map globs of routes to globs of files: what
	// outputFileTracingIncludes adds to a route's trace, and what
	// outputFileTracingExcludes takes out of it.
	TraceIncludes map[string][]string `json:"traceIncludes,omitempty"`
	TraceExcludes map[string][]string `json:"traceExcludes,omitempty"`
	// TraceRoot is outputFileTracingRoot relative to the project ("../.."); empty:
	// the project.
	TraceRoot  string     `json:"traceRoot,omitempty"`
	TypeScript TypeScript `json:"typescript,omitzero"`
	Compiler   Compiler   `json:"compiler,omitzero"`
	Sass       Sass       `json:"sass,omitzero"`
	// ResolveAlias and ResolveExtensions are those of the turbopack option.
	// BrowserAlias counts before ResolveAlias in browser code. An empty target
	// is an empty module.
	ResolveAlias      map[string]string `json:"resolveAlias,omitempty"`
	BrowserAlias      map[string]string `json:"browserAlias,omitempty"`
	ResolveExtensions []string          `json:"resolveExtensions,omitempty"`
	// LoaderRules are turbopack.rules, and those that the webpack option adds.
	LoaderRules       []LoaderRule `json:"loaderRules,omitempty"`
	AllowedDevOrigins []string     `json:"allowedDevOrigins,omitempty"`
	// PollInterval of watchOptions in milliseconds; 0: no polling.
	PollInterval int `json:"pollIntervalMs,omitempty"`

	// Of experimental.
	IsrFlushToDisk     bool `json:"isrFlushToDisk"`
	MultiZoneDraftMode bool `json:"multiZoneDraftMode,omitempty"`
	LargePageDataBytes int  `json:"largePageDataBytes"` // default 128000
	ScrollRestoration  bool `json:"scrollRestoration,omitempty"`
	// ProxyClientMaxBodySize is how much of a request body, in bytes, middleware
	// may read; default 10485760.
	ProxyClientMaxBodySize int64 `json:"proxyClientMaxBodySize"`
	CaseSensitiveRoutes    bool  `json:"caseSensitiveRoutes,omitempty"`
	// ProxyTimeout is how many milliseconds a server that rewrites lead to may be
	// silent; default 30000, 0 means for ever.
	ProxyTimeout       int  `json:"proxyTimeout"`
	PrerenderEarlyExit bool `json:"prerenderEarlyExit"`
	// Cpus is experimental.cpus; 0 means cores-1.
	Cpus int `json:"cpus,omitempty"`
	// StaticGenerationMaxConcurrency is how many pages one worker prerenders
	// at once; 0: default.
	StaticGenerationMaxConcurrency int `json:"staticGenerationMaxConcurrency,omitempty"`
	// StaticGenerationRetryCount is how often a page is tried; 0: default.
	StaticGenerationRetryCount int `json:"staticGenerationRetryCount,omitempty"`
	// Experiments are the experimental options that were set, by name, with
	// their value as JSON, for the build's banner.
	Experiments []Experiment `json:"experiments,omitempty"`

	Redirects []Redirect   `json:"redirects,omitempty"`
	Rewrites  Rewrites     `json:"rewrites,omitzero"`
	Headers   []HeaderRule `json:"headers,omitempty"`
	I18n      *I18n        `json:"i18n,omitempty"`
	Images    Images       `json:"images"`

	Dev Dev `json:"-"`
}

// TypeScript is the typescript option.
type TypeScript struct {
	IgnoreBuildErrors bool `json:"ignoreBuildErrors,omitempty"`
	// TsconfigPath relative to the project; empty: tsconfig.json.
	TsconfigPath string `json:"tsconfigPath,omitempty"`
}

// Compiler is the compiler option, as far as a build uses it.
type Compiler struct {
	// Define and DefineServer map an expression to the JavaScript literal that
	// replaces it.
	Define       map[string]string `json:"define,omitempty"`
	DefineServer map[string]string `json:"defineServer,omitempty"`
	// RemoveConsole takes console calls out of the app's code, except for
	// KeepConsole.
	RemoveConsole bool     `json:"removeConsole,omitempty"`
	KeepConsole   []string `json:"keepConsole,omitempty"`
	// RemoveProperties are patterns (regular expressions) of JSX attributes to
	// take out of the app's code.
	RemoveProperties []string `json:"removeProperties,omitempty"`
	StyledComponents bool     `json:"styledComponents,omitempty"`
	// Emotion makes @emotion/react the source of the JSX functions, and gives
	// components of @emotion/styled a class by which others select them.
	Emotion bool `json:"emotion,omitempty"`
}

// Sass is the sassOptions option, as far as it is data.
type Sass struct {
	// IncludePaths as the user wrote them; relative ones to the project.
	IncludePaths []string `json:"includePaths,omitempty"`
	// AdditionalData goes before the text of every Sass file.
	AdditionalData string `json:"additionalData,omitempty"`
	// Implementation is the package to use; empty: sass-embedded or sass.
	Implementation string `json:"implementation,omitempty"`
}

// Experiment is one option under experimental.
type Experiment struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
	// Unknown: Next.js has no such option.
	Unknown bool `json:"unknown,omitempty"`
}

// Default is the configuration of a project without a config file.
func Default() *Config {
	return &Config{
		DistDir:                     ".next",
		PageExtensions:              []string{"tsx", "ts", "jsx", "js"},
		PoweredByHeader:             true,
		GenerateEtags:               true,
		Compress:                    true,
		CleanDistDir:                true,
		ExpireTime:                  31536000,
		CacheMaxMemorySize:          52428800,
		ProxyClientMaxBodySize:      10485760,
		ProxyTimeout:                30000,
		StaticPageGenerationTimeout: 60,
		UseFileSystemPublicRoutes:   true,
		IsrFlushToDisk:              true,
		LargePageDataBytes:          128000,
		PrerenderEarlyExit:          true,
		Dev:                         Dev{BrowserLogs: "warn", Indicator: "bottom-left"},
		Images: Images{
			DeviceSizes:           []int{640, 750, 828, 1080, 1200, 1920, 2048, 3840},
			ImageSizes:            []int{32, 48, 64, 96, 128, 256, 384},
			Qualities:             []int{75},
			Formats:               []string{"image/webp"},
			Path:                  defaultImagePath,
			Loader:                "default",
			Domains:               []string{},
			RemotePatterns:        []RemotePattern{},
			LocalPatterns:         []LocalPattern{{Pathname: "**", Search: new(string)}},
			MinimumCacheTTL:       14400,
			MaximumRedirects:      3,
			MaximumResponseBody:   50000000,
			ContentSecurityPolicy: "script-src 'none'; frame-src 'none'; sandbox;",
			ContentDisposition:    "attachment",
		},
	}
}

const defaultImagePath = "/_next/image"

// Images is the images option after defaults. Path includes basePath; LoaderFile is
// relative to the project.
type Images struct {
	DeviceSizes         []int           `json:"deviceSizes"`
	ImageSizes          []int           `json:"imageSizes"`
	Qualities           []int           `json:"qualities"`
	Formats             []string        `json:"formats"`
	Path                string          `json:"path"`
	Loader              string          `json:"loader"`
	LoaderFile          string          `json:"loaderFile"`
	Unoptimized         bool            `json:"unoptimized"`
	Domains             []string        `json:"domains"`
	RemotePatterns      []RemotePattern `json:"remotePatterns"`
	LocalPatterns       []LocalPattern  `json:"localPatterns,omitempty"`
	DisableStaticImages bool            `json:"disableStaticImages"`
	MinimumCacheTTL     int             `json:"minimumCacheTTL"`     // seconds, default 14400
	MaximumRedirects    int             `json:"maximumRedirects"`    // default 3
	MaximumResponseBody int64           `json:"maximumResponseBody"` // bytes, default 50000000
	// MaximumDiskCacheSize in bytes; nil: half of the free disk.
	MaximumDiskCacheSize  *int64 `json:"maximumDiskCacheSize,omitempty"`
	DangerouslyAllowSVG   bool   `json:"dangerouslyAllowSVG"`
	DangerouslyAllowLocal bool   `json:"dangerouslyAllowLocalIP"`
	ContentSecurityPolicy string `json:"contentSecurityPolicy"`
	ContentDisposition    string `json:"contentDispositionType"`
}

// RemotePattern allows one family of remote images.
type RemotePattern struct {
	Protocol string  `json:"protocol,omitempty"`
	Hostname string  `json:"hostname"`
	Port     *string `json:"port,omitempty"`
	Pathname string  `json:"pathname,omitempty"`
	Search   *string `json:"search,omitempty"`
}

// LocalPattern allows one family of local images.
type LocalPattern struct {
	Pathname string  `json:"pathname,omitempty"`
	Search   *string `json:"search,omitempty"`
}
