// Package config reads what the user set: next.config.* and .env files. What
// comes out is one immutable Config. Evaluating a JavaScript config file is the
// caller's business (a function passed to Load), so that this package and the
// server need no compiler.
package config

// Config is next.config after defaults, for the Pages Router. Field names follow
// the option names of next.config; the JSON form lies in the build's manifest.
type Config struct {
	BasePath        string            `json:"basePath"`
	AssetPrefix     string            `json:"assetPrefix"`
	TrailingSlash   bool              `json:"trailingSlash"`
	DistDir         string            `json:"distDir"`
	PageExtensions  []string          `json:"pageExtensions"`
	PoweredByHeader bool              `json:"poweredByHeader"`
	GenerateEtags   bool              `json:"generateEtags"`
	Compress        bool              `json:"compress"`
	CleanDistDir    bool              `json:"cleanDistDir"`
	ReactStrictMode bool              `json:"reactStrictMode"`
	CrossOrigin     string            `json:"crossOrigin,omitempty"`
	Env             map[string]string `json:"env,omitempty"`
	// ExpireTime in seconds; default 31536000.
	ExpireTime int `json:"expireTime"`
	// CacheMaxMemorySize in bytes; default 52428800; 0 turns memory off.
	CacheMaxMemorySize int64 `json:"cacheMaxMemorySize"`
	// BuildID is what generateBuildId returned; empty for the default.
	BuildID                     string   `json:"buildId,omitempty"`
	ProductionBrowserSourceMaps bool     `json:"productionBrowserSourceMaps,omitempty"`
	SkipTrailingSlashRedirect   bool     `json:"skipTrailingSlashRedirect,omitempty"`
	StaticPageGenerationTimeout int      `json:"staticPageGenerationTimeout"` // seconds, default 60
	TranspilePackages           []string `json:"transpilePackages,omitempty"`
	ServerExternalPackages      []string `json:"serverExternalPackages,omitempty"`
	DeploymentID                string   `json:"deploymentId,omitempty"`
	IsrFlushToDisk              bool     `json:"isrFlushToDisk"`
	LargePageDataBytes          int      `json:"largePageDataBytes"`
	// Cpus is experimental.cpus; 0 means cores-1.
	Cpus   int    `json:"cpus,omitempty"`
	Images Images `json:"images"`
}

// Images is the images option after defaults.
type Images struct {
	DeviceSizes           []int           `json:"deviceSizes"`
	ImageSizes            []int           `json:"imageSizes"`
	Qualities             []int           `json:"qualities"`
	Formats               []string        `json:"formats"`
	Path                  string          `json:"path"`
	Loader                string          `json:"loader"`
	LoaderFile            string          `json:"loaderFile,omitempty"`
	Unoptimized           bool            `json:"unoptimized"`
	Domains               []string        `json:"domains"`
	RemotePatterns        []RemotePattern `json:"remotePatterns"`
	LocalPatterns         []LocalPattern  `json:"localPatterns,omitempty"`
	MinimumCacheTTL       int             `json:"minimumCacheTTL"`
	DangerouslyAllowSVG   bool            `json:"dangerouslyAllowSVG"`
	DangerouslyAllowLocal bool            `json:"dangerouslyAllowLocalIP"`
	ContentSecurityPolicy string          `json:"contentSecurityPolicy"`
	ContentDisposition    string          `json:"contentDispositionType"`
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
