package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/diag"
)

func TestFind(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  string // path below the root; "!" an error that has the rest
	}{
		{"none", nil, ""},
		{"js", []string{"app/next.config.js"}, "app/next.config.js"},
		{"order", []string{"app/next.config.mts", "app/next.config.ts", "app/next.config.mjs"}, "app/next.config.mjs"},
		{"parent", []string{"next.config.ts"}, "next.config.ts"},
		{"nearest", []string{"next.config.js", "app/next.config.mts"}, "app/next.config.mts"},
		{"foreign", []string{"app/next.config.cjs"}, "!next.config.cjs is not read"},
		{"foreign beside ours", []string{"app/next.config.json", "app/next.config.js"}, "app/next.config.js"},
		{"folder of that name", []string{"app/next.config.js/x"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.Mkdir(filepath.Join(root, "app"), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, f := range tt.files {
				write(t, filepath.Join(root, f), "")
			}
			got, err := Find(filepath.Join(root, "app"))
			if part, isErr := strings.CutPrefix(tt.want, "!"); isErr {
				wantMessage(t, err, part, "hint")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got != "" {
				rel, _ := filepath.Rel(root, got)
				got = filepath.ToSlash(rel)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	never := func(string, string) ([]byte, error) { t.Error("evaluated without a file"); return nil, nil }
	c, warnings, err := Load(dir, PhaseBuild, nil, never)
	if err != nil || len(warnings) > 0 || !reflect.DeepEqual(c, Default()) {
		t.Fatalf("without a file: %+v %v %v", c, warnings, err)
	}
	write(t, filepath.Join(dir, "next.config.mjs"), "")
	c, _, err = Load(dir, PhaseBuild, nil, func(file, phase string) ([]byte, error) {
		if filepath.Base(file) != "next.config.mjs" || phase != PhaseBuild {
			t.Errorf("evaluated %q in %q", file, phase)
		}
		return []byte(`{"trailingSlash":true}`), nil
	})
	if err != nil || !c.TrailingSlash || c.File != "next.config.mjs" {
		t.Fatalf("%+v %v", c, err)
	}
	boom := errors.New("boom")
	if _, _, err = Load(dir, PhaseBuild, nil, func(string, string) ([]byte, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Error(err)
	}
}

func parse(t *testing.T, js string) (*Config, []*diag.Message, error) {
	t.Helper()
	return Parse(t.TempDir(), "next.config.js", []byte(js))
}

func TestValues(t *testing.T) {
	// One option of each group, and what it leads to.
	tests := []struct {
		js   string
		want func(*Config) any
		is   any
	}{
		{`{"basePath":"/docs"}`, func(c *Config) any { return [3]string{c.BasePath, c.AssetPrefix, c.Images.Path} }, [3]string{"/docs", "/docs", "/docs/_next/image"}},
		{`{"assetPrefix":"https://cdn.x/","basePath":"/a"}`, func(c *Config) any { return c.AssetPrefix }, "https://cdn.x"},
		{`{"trailingSlash":true}`, func(c *Config) any { return c.Images.Path }, "/_next/image/"},
		{`{"distDir":" build "}`, func(c *Config) any { return c.DistDir }, "build"},
		{`{"pageExtensions":["page.tsx",".mdx"]}`, func(c *Config) any { return c.PageExtensions }, []string{"page.tsx", "mdx"}},
		{`{"generateEtags":false,"poweredByHeader":false,"compress":false,"cleanDistDir":false}`, func(c *Config) any { return c.GenerateEtags || c.PoweredByHeader || c.Compress || c.CleanDistDir }, false},
		{`{"reactStrictMode":null,"i18n":null,"webpack":null}`, func(c *Config) any { return c.ReactStrictMode }, false},
		{`{"generateBuildId":" abc\n"}`, func(c *Config) any { return c.BuildID }, "abc"},
		{`{"generateBuildId":"feature/x-1.2"}`, func(c *Config) any { return c.BuildID }, "feature/x-1.2"},
		{`{"generateBuildId":null}`, func(c *Config) any { return c.BuildID }, ""},
		{`{"expireTime":3600,"cacheMaxMemorySize":0,"staticPageGenerationTimeout":5}`, func(c *Config) any {
			return [3]int{c.ExpireTime, int(c.CacheMaxMemorySize), c.StaticPageGenerationTimeout}
		}, [3]int{3600, 0, 5}},
		{`{"env":{"A":"1"}}`, func(c *Config) any { return c.Env["A"] }, "1"},
		{`{"env":{"A":1,"B":false,"C":"2"},"compiler":{"define":{"D":"3"}}}`, func(c *Config) any { return []map[string]string{c.Env, c.Compiler.Define} },
			[]map[string]string{{"C": "2"}, {"process.env.A": "1", "process.env.B": "false", "D": `"3"`}}},
		{`{"compiler":{"define":{"V":"x","N":1},"defineServer":{"S":true}}}`, func(c *Config) any { return c.Compiler },
			Compiler{Define: map[string]string{"V": `"x"`, "N": "1"}, DefineServer: map[string]string{"S": "true"}}},
		{`{"compiler":{"removeConsole":{"exclude":["error"]},"reactRemoveProperties":true,"styledComponents":{"ssr":true},"emotion":true}}`, func(c *Config) any { return c.Compiler },
			Compiler{RemoveConsole: true, KeepConsole: []string{"error"}, RemoveProperties: []string{"^data-test"}, StyledComponents: true, Emotion: true}},
		{`{"compiler":{"removeConsole":false,"reactRemoveProperties":{"properties":["^x$"]},"emotion":false}}`, func(c *Config) any { return c.Compiler }, Compiler{RemoveProperties: []string{"^x$"}}},
		{`{"sassOptions":{"includePaths":["styles"],"additionalData":"$a: 1;","silenceDeprecations":["x"]}}`, func(c *Config) any { return c.Sass },
			Sass{IncludePaths: []string{"styles"}, AdditionalData: "$a: 1;"}},
		{`{"turbopack":{"resolveAlias":{"a":"b","c":["d","e"],"f":false}}}`, func(c *Config) any { return c.ResolveAlias }, map[string]string{"a": "b", "c": "d", "f": ""}},
		{`{"turbopack":{"resolveAlias":{"a":{"browser":"b"},"c":{"browser":false,"default":"d"}}}}`, func(c *Config) any { return []any{c.ResolveAlias, c.BrowserAlias} },
			[]any{map[string]string{"c": "d"}, map[string]string{"a": "b", "c": ""}}},
		{`{"turbopack":{"rules":{"*.svg":["a",{"loader":"b","options":{"x":1}}]}}}`, func(c *Config) any { return c.LoaderRules },
			[]LoaderRule{{Glob: "*.svg", Loaders: []Loader{{Name: "a"}, {"b", []byte(`{"x":1}`)}}}}},
		{`{"turbopack":{"rules":{"{*,own}":[{"loaders":["a"],"as":"*.tsx","condition":{"path":{"$regexp":"\\.mdx?$"}}}]}}}`, func(c *Config) any { return c.LoaderRules },
			[]LoaderRule{{Glob: "{*,own}", Path: `\.mdx?$`, Loaders: []Loader{{Name: "a"}}, As: "*.tsx"}}},
		{`{"experimental":{"cpus":2,"isrFlushToDisk":false}}`, func(c *Config) any { return [2]any{c.Cpus, c.IsrFlushToDisk} }, [2]any{2, false}},
		{`{"logging":{"incomingRequests":{"ignore":[{"$regexp":"/api/health"}]},"browserToTerminal":true},"devIndicators":{"position":"top-left"}}`, func(c *Config) any { return c.Dev },
			Dev{IgnoreRequests: []string{"/api/health"}, BrowserLogs: "all", Indicator: "top-left"}},
		{`{"logging":false,"devIndicators":false,"experimental":{"lockDistDir":false}}`, func(c *Config) any { return c.Dev }, Dev{NoRequests: true, BrowserLogs: "none", NoLock: true}},
		{`{"logging":{"incomingRequests":false,"browserToTerminal":"error"}}`, func(c *Config) any { return c.Dev }, Dev{NoRequests: true, BrowserLogs: "error", Indicator: "bottom-left"}},
		{`{"experimental":{"swrDelta":7}}`, func(c *Config) any { return c.ExpireTime }, 7},
		{`{"images":{"localPatterns":[]}}`, func(c *Config) any { return len(c.Images.LocalPatterns) }, 2},
		{`{"images":{"remotePatterns":[{"$url":"https://a.b/x/**?q=1"},{"protocol":"https:","hostname":"*.c.d"}]}}`, func(c *Config) any {
			p := c.Images.RemotePatterns
			return [6]string{p[0].Protocol, p[0].Hostname, p[0].Pathname, *p[0].Search, p[1].Protocol, p[1].Hostname}
		}, [6]string{"https", "a.b", "/x/**", "?q=1", "https", "*.c.d"}},
		{`{"assetPrefix":"https://cdn.x:8443","images":{"remotePatterns":[]}}`, func(c *Config) any {
			p := c.Images.RemotePatterns[0]
			return p.Hostname + *p.Port
		}, "cdn.x8443"},
		{`{"images":{"maximumDiskCacheSize":0,"minimumCacheTTL":60,"maximumRedirects":0,"maximumResponseBody":1000}}`, func(c *Config) any {
			return [4]int64{*c.Images.MaximumDiskCacheSize, int64(c.Images.MinimumCacheTTL), int64(c.Images.MaximumRedirects), c.Images.MaximumResponseBody}
		}, [4]int64{0, 60, 0, 1000}},
		{`{"images":{"dangerouslyAllowSVG":true,"dangerouslyAllowLocalIP":true,"contentSecurityPolicy":"default-src 'none'","contentDispositionType":"inline"}}`, func(c *Config) any {
			return []any{c.Images.DangerouslyAllowSVG, c.Images.DangerouslyAllowLocal, c.Images.ContentSecurityPolicy, c.Images.ContentDisposition}
		}, []any{true, true, "default-src 'none'", "inline"}},
		{`{"outputFileTracingRoot":"../.."}`, func(c *Config) any { return c.TraceRoot }, "../.."},
		{`{"images":{"loader":"imgix","path":"https://x.imgix.net"}}`, func(c *Config) any { return c.Images.Path }, "https://x.imgix.net/"},
		{`{"redirects":[{"source":"/a","destination":"/b","permanent":true,"has":[{"type":"host","value":"x"}]}]}`, func(c *Config) any { return c.Redirects[0].StatusCode }, 308},
		{`{"rewrites":[{"source":"/a","destination":"/b"}]}`, func(c *Config) any { return c.Rewrites.AfterFiles[0].Destination }, "/b"},
		{`{"rewrites":{"fallback":[{"source":"/a","destination":"https://b","basePath":false}]}}`, func(c *Config) any { return c.Rewrites.Fallback[0].NoBasePath }, true},
		{`{"headers":[{"source":"/a","headers":[{"key":"X","value":"y"}]}]}`, func(c *Config) any { return c.Headers[0].Headers[0] }, Header{"X", "y"}},
		{`{"i18n":{"locales":["fr","en"],"defaultLocale":"en","localeDetection":false}}`, func(c *Config) any { return *c.I18n },
			I18n{Locales: []string{"en", "fr"}, DefaultLocale: "en", NoDetection: true}},
	}
	for _, tt := range tests {
		c, _, err := parse(t, tt.js)
		if err != nil {
			t.Errorf("%s: %v", tt.js, err)
			continue
		}
		if got := tt.want(c); !reflect.DeepEqual(got, tt.is) {
			t.Errorf("%s: got %v, want %v", tt.js, got, tt.is)
		}
	}
}

func TestFatal(t *testing.T) {
	tests := []struct{ js, want string }{
		{`[]`, "must be an object"},
		{`{"basePath":"/"}`, `basePath must not be "/"`},
		{`{"basePath":"a"}`, "basePath must start with a slash"},
		{`{"basePath":"/a/"}`, "basePath must not end with a slash"},
		{`{"basePath":1}`, "basePath must be a string, not 1"},
		{`{"assetPrefix":true}`, "assetPrefix must be a string"},
		{`{"distDir":""}`, "distDir must not be empty"},
		{`{"distDir":"public"}`, "distDir must not be"},
		{`{"pageExtensions":[]}`, "pageExtensions must not be empty"},
		{`{"pageExtensions":["a",1]}`, "pageExtensions must be an array of strings"},
		{`{"env":{"NODE_ENV":"x"}}`, `env must not set "NODE_ENV"`},
		{`{"env":{"__x":"x"}}`, `env must not set "__x"`},
		{`{"compiler":{"reactRemoveProperties":{"properties":["("]}}}`, `compiler.reactRemoveProperties has "("`},
		{`{"env":"A"}`, "env must be an object of strings"},
		{`{"env":{"A":[]}}`, "env.A cannot be inserted"},
		{`{"images":{"device":1}}`, `"images.device" is not an option`},
		{`{"env":{"A":"1"},"compiler":{"define":{"process.env.A":"2"}}}`, `"A" is in both env and compiler.define`},
		{`{"output":"static"}`, "output must be"},
		{`{"output":"export","i18n":{"locales":["en"],"defaultLocale":"en"}}`, "i18n does not go with output"},
		{`{"generateBuildId":1}`, "generateBuildId must return a string, not 1"},
		{`{"generateBuildId":{"$function":true}}`, "not a function"},
		{`{"generateBuildId":"../b"}`, "cannot be a build id"},
		{`{"generateBuildId":""}`, "cannot be a build id"},
		{`{"generateBuildId":"a b"}`, "cannot be a build id"},
		{`{"generateBuildId":"/a"}`, "cannot be a build id"},
		{`{"deploymentId":"a b"}`, "deploymentId has other characters"},
		{`{"target":"serverless"}`, `"target" is no longer supported`},
		{`{"experimental":{"ppr":true}}`, `"experimental.ppr" is no longer supported`},
		{`{"transpilePackages":["a"],"serverExternalPackages":["a"]}`, `"a" is in both`},
		{`{"skipMiddlewareUrlNormalize":true,"skipProxyUrlNormalize":true}`, "both are set"},
		{`{"i18n":[]}`, "i18n must be an object"},
		{`{"i18n":{"locales":["en"],"defaultLocale":"fr"}}`, "not in i18n.locales"},
		{`{"i18n":{"locales":["en","EN"],"defaultLocale":"en"}}`, `has "EN" twice`},
		{`{"i18n":{"locales":"en","defaultLocale":"en"}}`, "i18n.locales must be an array"},
		{`{"i18n":{"locales":["en"],"defaultLocale":"en","domains":[{"domain":"a.b:1","defaultLocale":"en"}]}}`, `has the domain "a.b:1"`},
		{`{"i18n":{"locales":["en"],"defaultLocale":"en","domains":[{"domain":"a.b"}]}}`, "needs domain and defaultLocale"},
		{`{"i18n":{"locales":["en",1],"defaultLocale":"en"}}`, "has 1, which is no locale name"},
		{`{"i18n":{"locales":["en",".."],"defaultLocale":"en"}}`, `has "..", which is no locale name`},
		{`{"i18n":{"locales":["en","_next"],"defaultLocale":"en"}}`, `has "_next", which is no locale name`},
		{`{"i18n":{"locales":[],"defaultLocale":"en"}}`, "i18n.locales must be an array of locale names"},
		{`{"i18n":{"locales":["en"],"defaultLocale":"en","localeDetection":"off"}}`, "i18n.localeDetection must be false"},
		{`{"i18n":{"locales":["en"],"defaultLocale":"en","domains":{}}}`, "i18n.domains is not valid"},
		{`{"i18n":{"locales":["en"],"defaultLocale":"en","domains":[{"domain":"a.b","defaultLocale":"fr"}]}}`, `the domain a.b has the locale "fr"`},
		{`{"i18n":{"locales":["en","fr"],"defaultLocale":"en","domains":[{"domain":"a.b","defaultLocale":"fr"},{"domain":"b.c","defaultLocale":"fr"}]}}`, "the domains a.b and b.c have the same defaultLocale"},
		{`{"i18n":{"locales":["en","fr","nl"],"defaultLocale":"en","domains":[{"domain":"a.b","defaultLocale":"fr","locales":["nl"]},{"domain":"b.c","defaultLocale":"en","locales":["nl"]}]}}`, `both have the locale "nl"`},
		{`{"images":1}`, `"images" must be an object`},
		{`{"images":{"deviceSizes":[0]}}`, "images.deviceSizes has 0"},
		{`{"images":{"deviceSizes":["1"]}}`, `"images.deviceSizes" must be an array of whole numbers`},
		{`{"images":{"qualities":[]}}`, "images.qualities must not be empty"},
		{`{"images":{"formats":["image/png"]}}`, `images.formats has "image/png"`},
		{`{"images":{"remotePatterns":[{"hostname":"a","protocol":"ftp"}]}}`, `protocol "ftp"`},
		{`{"images":{"remotePatterns":[{"pathname":"/a"}]}}`, "has no hostname"},
		{`{"images":{"remotePatterns":[{"hostname":"a","host":"b"}]}}`, `unknown field "host"`},
		{`{"images":{"loader":"imgix"}}`, "needs images.path"},
		{`{"images":{"loaderFile":"./nope.js"}}`, "does not exist"},
		{`{"images":{"maximumRedirects":21}}`, "at most 20"},
		{`{"images":{"maximumResponseBody":0}}`, "maximumResponseBody must be 1 or more"},
		{`{"images":{"imageSizes":[10001]}}`, "images.imageSizes has 10001"},
		{`{"images":{"imageSizes":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26]}}`, "images.imageSizes has 26 entries"},
		{`{"images":{"qualities":[101]}}`, "images.qualities has 101"},
		{`{"images":{"localPatterns":[{"path":"/a"}]}}`, "images.localPatterns is not valid"},
		{`{"images":{"minimumCacheTTL":-1}}`, `"images.minimumCacheTTL" must be a whole number`},
		{`{"images":{"contentDispositionType":"none"}}`, `"images.contentDispositionType" must be`},
		{`{"images":{"loader":"other"}}`, `"images.loader" must be`},
		{`{"images":{"unoptimized":"yes"}}`, `"images.unoptimized" must be true or false`},
		{`{"images":{"dangerouslyAllowSVG":1}}`, `"images.dangerouslyAllowSVG" must be`},
		{`{"images":{"domains":[1]}}`, `"images.domains" must be an array of strings`},
		{`{"redirects":{}}`, "redirects must return an array"},
		{`{"redirects":[{"source":"a","destination":"/b","permanent":true}]}`, "source must start with a slash"},
		{`{"redirects":[{"source":"/a","destination":"/b"}]}`, "needs permanent"},
		{`{"redirects":[{"source":"/a","destination":"/b","statusCode":200}]}`, "statusCode must be 301"},
		{`{"redirects":[{"source":"/a","permanent":false}]}`, "has no destination"},
		{`{"redirects":[{"source":"/a","destination":"/b","permanent":true,"x":1}]}`, `unknown field "x"`},
		{`{"rewrites":[{"source":"/a","destination":"b"}]}`, "destination must start with"},
		{`{"headers":[{"source":"/a","headers":[{"key":"X"}]}]}`, "header without key or value"},
		{`{"headers":[{"source":"/a","headers":[{"key":"X","value":"y"}],"has":[{"type":"ip"}]}]}`, "type must be header"},
	}
	for _, tt := range tests {
		_, _, err := parse(t, tt.js)
		var errs diag.Errors
		if !errors.As(err, &errs) {
			t.Errorf("%s: got %v", tt.js, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %q, want %q", tt.js, err, tt.want)
		}
		for _, m := range errs {
			if m.Hint == "" || m.File == "" {
				t.Errorf("%s: no hint or file: %q", tt.js, m.Text)
			}
		}
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		js   string
		want []string // in text or detail of one warning each, in order
	}{
		{`{}`, nil},
		{`{"foo":1,"images":{},"experimental":{"bar":2,"cpus":1}}`, []string{"\"experimental.bar\" is not an option\n\"foo\" is not an option"}},
		{`{"trailingSlash":"yes"}`, []string{`"trailingSlash" must be true or false, not the string "yes"; it is ignored`}},
		{`{"env":{"A":1}}`, []string{`"env.A" must be a string, not 1`}},
		{`{"experimental":{"ppr":false}}`, nil},
		{`{"i18n":{"locales":["en"],"defaultLocale":"en","domains":[{"domain":"a.b","defaultLocale":"en","extra":1}]}}`, []string{`"i18n.domains[0].extra" is not an option`}},
		{`{"crossOrigin":"x"}`, []string{`"crossOrigin" must be "anonymous" or "use-credentials"`}},
		{`{"webpack":{"$function":true}}`, []string{`"webpack" is not supported`}},
		{`{"redirects":[],"rewrites":{"beforeFiles":[]},"headers":[],"i18n":null,"cacheComponents":false}`, nil},
		{`{"i18n":{"locales":["en"],"defaultLocale":"en"}}`, nil},
		{`{"output":"standalone"}`, nil},
		{`{"output":"export"}`, nil},
		{`{"experimental":{"swrDelta":1}}`, []string{`"experimental.swrDelta" is now called "expireTime"`}},
		{`{"eslint":{"ignoreDuringBuilds":true}}`, []string{`"eslint" has no effect any more`}},
		{`{"images":{"domains":["a.b"]}}`, []string{`"images.domains" is deprecated`}},
		{`{"compiler":{"relay":{"src":"."},"styledJsx":true}}`, []string{`"compiler.relay" is not supported yet`}},
		{`{"experimental":{"optimizePackageImports":["a"],"serverActions":{"bodySizeLimit":"2mb"}}}`, nil},
		{`{"turbopack":{"resolveAlias":{"a":1}}}`, []string{"turbopack.resolveAlias[\"a\"] must be a string"}},
		{`{"turbopack":{"rules":{"*.svg":{"loaders":["a"],"type":"asset"}}}}`, []string{"has the option type"}},
		{`{"turbopack":{"rules":{"*.svg":{"loaders":[{"loader":"a","options":{"f":{"$function":true}}}]}}}}`, []string{"a function as an option"}},
		{`{"turbopack":{"rules":{"*.svg":{"loaders":["a"],"condition":"browser"}}}}`, []string{"has the condition browser"}},
	}
	for _, tt := range tests {
		_, warnings, err := parse(t, tt.js)
		if err != nil {
			t.Errorf("%s: %v", tt.js, err)
			continue
		}
		if len(warnings) != len(tt.want) {
			t.Errorf("%s: %d warnings, want %d: %v", tt.js, len(warnings), len(tt.want), warnings)
			continue
		}
		for i, w := range warnings {
			if !strings.Contains(w.Text+"\n"+w.Detail, tt.want[i]) || w.Severity != diag.Warning || w.Hint == "" {
				t.Errorf("%s: got %q %q (hint %q), want %q", tt.js, w.Text, w.Detail, w.Hint, tt.want[i])
			}
		}
	}
}

// TestMoved: every option that has another name now counts under the old one, with
// a warning (G007).
func TestMoved(t *testing.T) {
	for from, to := range map[string]string{
		"experimental.typedRoutes":                       "typedRoutes",
		"experimental.reactCompiler":                     "reactCompiler",
		"experimental.cacheComponents":                   "cacheComponents",
		"experimental.cacheLife":                         "cacheLife",
		"experimental.cacheHandlers":                     "cacheHandlers",
		"experimental.adapterPath":                       "adapterPath",
		"experimental.serverComponentsExternalPackages":  "serverExternalPackages",
		"experimental.bundlePagesExternals":              "bundlePagesRouterDependencies",
		"experimental.swrDelta":                          "expireTime",
		"experimental.relay":                             "compiler.relay",
		"experimental.styledComponents":                  "compiler.styledComponents",
		"experimental.emotion":                           "compiler.emotion",
		"experimental.removeConsole":                     "compiler.removeConsole",
		"experimental.reactRemoveProperties":             "compiler.reactRemoveProperties",
		"experimental.outputFileTracingRoot":             "outputFileTracingRoot",
		"experimental.outputFileTracingIncludes":         "outputFileTracingIncludes",
		"experimental.outputFileTracingExcludes":         "outputFileTracingExcludes",
		"experimental.middlewarePrefetch":                "experimental.proxyPrefetch",
		"experimental.middlewareClientMaxBodySize":       "experimental.proxyClientMaxBodySize",
		"experimental.externalMiddlewareRewritesResolve": "experimental.externalProxyRewritesResolve",
		"skipMiddlewareUrlNormalize":                     "skipProxyUrlNormalize",
	} {
		r := &reader{dir: t.TempDir(), file: "next.config.js", user: map[string]any{}}
		r.set(from, "value")
		r.retire()
		want := fmt.Sprintf("the option %q is now called %q", from, to)
		if r.get(to) != "value" || r.get(from) != nil || len(r.warnings) != 1 || r.warnings[0].Text != want {
			t.Errorf("%s: %v, warnings %v", from, r.user, r.warnings)
		}
	}
}

// TestEveryOption: what Next.js takes is no unknown option, and either has its effect,
// has none to have, or is told to be missing.
func TestEveryOption(t *testing.T) {
	for _, js := range []string{
		`{"adapterPath":"./a.js"}`, `{"agentRules":false}`, `{"allowedDevOrigins":["*.a.b"]}`, `{"bundlePagesRouterDependencies":true}`,
		`{"compiler":{"relay":{"src":"."}}}`, `{"compiler":{"runAfterProductionCompile":{"$function":true}}}`, `{"compiler":{"styledJsx":{"useLightningcss":true}}}`,
		`{"deprecated":{"looseRouteMatching":true}}`, `{"devIndicators":false}`, `{"devIndicators":{"position":"top-left"}}`,
		`{"enablePrerenderSourceMaps":true}`, `{"excludeDefaultMomentLocales":false}`, `{"htmlLimitedBots":{"$regexp":"bot"}}`,
		`{"httpAgentOptions":{"keepAlive":false}}`, `{"instrumentationClientInject":["./a.js"]}`, `{"logging":false}`,
		`{"logging":{"fetches":{"fullUrl":true}}}`, `{"modularizeImports":{"a":{"transform":"a/{{member}}"}}}`,
		`{"onDemandEntries":{"maxInactiveAge":1,"pagesBufferLength":2}}`, `{"outputHashSalt":"a"}`, `{"reactCompiler":true}`,
		`{"reactProductionProfiling":true}`, `{"supportsImmutableAssets":true}`, `{"typedRoutes":true}`, `{"watchOptions":{"pollIntervalMs":100}}`,
		`{"images":{"disableStaticImages":true}}`, `{"images":{"customCacheHandler":true}}`,
		`{"experimental":{"clientRouterFilter":false,"clientRouterFilterRedirects":true,"clientRouterFilterAllowedRate":0.1}}`,
		`{"experimental":{"proxyPrefetch":"strict","externalProxyRewritesResolve":true,"allowedRevalidateHeaderKeys":["a"]}}`,
		`{"experimental":{"optimizeCss":true}}`, `{"experimental":{"nextScriptWorkers":true}}`, `{"experimental":{"disableOptimizedLoading":true}}`,
		`{"experimental":{"optimizePackageImports":["a"],"craCompat":true,"externalDir":true,"esmExternals":"loose","fullySpecified":true,"fallbackNodePolyfills":false}}`,
		`{"experimental":{"extensionAlias":{".js":[".ts"]}}}`, `{"experimental":{"clientTraceMetadata":["a"]}}`,
		`{"experimental":{"serverMinification":false,"serverSourceMaps":true,"optimizeServerReact":true}}`,
		`{"experimental":{"cpus":1,"workerThreads":true,"memoryBasedWorkersCount":true,"staticGenerationMinPagesPerWorker":5}}`,
		`{"experimental":{"imgOptConcurrency":1,"imgOptTimeoutInSeconds":1,"imgOptMaxInputPixels":1,"imgOptSequentialRead":true,"imgOptOperationCache":true,"imgOptMozjpeg":false}}`,
		`{"experimental":{"preloadEntriesOnStart":false,"useSkewCookie":true,"runtimeServerDeploymentId":true}}`, `{"experimental":{"mdxRs":true}}`,
		`{"experimental":{"swcPlugins":[["a",{}]]}}`, `{"experimental":{"swcEnvOptions":{},"forceSwcTransforms":true,"swcTraceProfiling":true}}`,
		`{"experimental":{"cssChunking":"strict","useLightningcss":true,"lightningCssFeatures":{},"disablePostcssPresetEnv":true}}`,
		`{"experimental":{"urlImports":["https://a.b"]}}`, `{"experimental":{"typedEnv":true,"strictRouteTypes":true,"useTypeScriptCli":true}}`,
		`{"experimental":{"devMemoryThresholdRestart":true,"lockDistDir":false,"mcpServer":true,"slowModuleDetection":{}}}`,
		`{"experimental":{"turbopackMinify":false,"turbopackSourceMaps":true,"turbopackModuleIds":"named","turbopackScopeHoisting":true}}`,
		`{"experimental":{"webpackBuildWorker":true,"webpackMemoryOptimizations":true,"parallelServerCompiles":true,"parallelServerBuildTraces":true,"gzipSize":true}}`,
		`{"experimental":{"agentUpgrade":true,"collapseAdapterRoutes":true,"reportSystemEnvInlining":"warn","testProxy":true,"defaultTestRunner":"playwright","useWasmBinary":true}}`,
	} {
		_, warnings, err := parse(t, js)
		if err != nil {
			t.Errorf("%s: %v", js, err)
		}
		for _, w := range warnings {
			if w.Code == "config-options" {
				t.Errorf("%s: %s", js, w.Detail)
			}
		}
	}
}

func TestDeploymentIDFromEnvironment(t *testing.T) {
	t.Setenv("NEXT_DEPLOYMENT_ID", "d-1")
	if c, _, err := parse(t, `{"deploymentId":"x"}`); err != nil || c.DeploymentID != "d-1" {
		t.Error(c, err)
	}
}

func TestHandlerFromEnvironment(t *testing.T) {
	t.Setenv("NEXT_CACHE_HANDLER_PATH", "./shared.js")
	for js, want := range map[string]string{`{}`: "./shared.js", `{"cacheHandler":"./own.js"}`: "./own.js"} {
		if c, _, err := parse(t, js); err != nil || c.CacheHandler != want {
			t.Errorf("%s: %v, %v", js, c, err)
		}
	}
}

// The manifest carries the Config as JSON.
func TestConfigJSON(t *testing.T) {
	c, _, err := parse(t, `{"basePath":"/a","redirects":[{"source":"/a","destination":"/b","permanent":true}],"experimental":{"cpus":3},"images":{"maximumDiskCacheSize":0}}`)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Config
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	c.Dev = Dev{} // is no part of a build
	if !reflect.DeepEqual(c, &back) {
		t.Errorf("got %+v\nwant %+v", &back, c)
	}
}

func TestOptionTable(t *testing.T) {
	var all []string
	for _, o := range slices.Concat(options, experiments) {
		all = append(all, o.path)
		if o.effect >= later && o.hint == "" {
			t.Errorf("%s has no hint", o.path)
		}
	}
	for _, o := range experiments {
		if slices.Contains(acceptedExperiments, o.path) && o.path != "middlewareClientMaxBodySize" {
			t.Errorf("experimental.%s is listed twice", o.path)
		}
	}
	slices.Sort(all)
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] {
			t.Errorf("%s is listed twice", all[i])
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{}`, `{"images":{"remotePatterns":[null]}}`, `{"i18n":{"locales":[null]}}`, `{"redirects":[null,1]}`, `{"experimental":[]}`} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, js string) {
		c, _, err := Parse(dir, "next.config.js", []byte(js))
		if (c == nil) == (err == nil) {
			t.Fatal("neither a config nor an error, or both")
		}
	})
}

func TestExport(t *testing.T) {
	for _, tt := range []struct{ js, dist, export string }{
		{`{"output":"export"}`, ".next", "out"},
		{`{"output":"export","distDir":"docs"}`, ".next", "docs"},
		{`{"distDir":"build"}`, "build", ""},
	} {
		c, _, err := parse(t, tt.js)
		if err != nil || c.DistDir != tt.dist || c.ExportDir != tt.export {
			t.Errorf("%s: distDir %q, export to %q, %v; want %q, %q", tt.js, c.DistDir, c.ExportDir, err, tt.dist, tt.export)
		}
	}
	_, warnings, err := parse(t, `{"output":"export","headers":[{"source":"/a","headers":[{"key":"X","value":"y"}]}],"redirects":[]}`)
	if err != nil || !slices.ContainsFunc(warnings, func(m *diag.Message) bool { return m.Text == `headers will not work with output: "export"` }) {
		t.Errorf("no warning about headers: %v %v", warnings, err)
	}
}

func TestSetOverFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "next.config.js"), "")
	evaluate := func(string, string) ([]byte, error) { return []byte(`{"output":"standalone","compress":false}`), nil }
	c, _, err := Load(dir, PhaseBuild, map[string]any{"output": "export"}, evaluate)
	if err != nil || c.Output != "export" || c.Compress {
		t.Errorf("got %+v, %v", c, err)
	}
	t.Setenv("NEXT_PRIVATE_STANDALONE", "1")
	if c, _, err := Load(t.TempDir(), PhaseBuild, nil, evaluate); err != nil || c.Output != "standalone" {
		t.Errorf("NEXT_PRIVATE_STANDALONE: output %q, %v", c.Output, err)
	}
}
