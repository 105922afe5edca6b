package compile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
)

// serverEngines is what the embedded V8 runs without help.
var serverEngines = []api.Engine{{Name: api.EngineChrome, Version: "130"}}

// browserEngines is Next.js's baseline.
var browserEngines = []api.Engine{
	{Name: api.EngineChrome, Version: "111"},
	{Name: api.EngineEdge, Version: "111"},
	{Name: api.EngineFirefox, Version: "111"},
	{Name: api.EngineSafari, Version: "16.4"},
}

// identifier is what esbuild's define accepts between dots.
var identifier = regexp.MustCompile(`^[A-Za-z_$][\w$]*$`)

// defines are the constants of a graph: NODE_ENV, NEXT_PUBLIC_* and config.env
// in both.
func (b *build) defines(browser bool) map[string]string {
	d := map[string]string{
		"process.env.NODE_ENV": b.mode(),
		"process.browser":      strconv.FormatBool(browser),
		"global":               "globalThis",
	}
	for k, v := range b.opt.Env {
		if strings.HasPrefix(k, "NEXT_PUBLIC_") && identifier.MatchString(k) {
			d["process.env."+k] = quoteJS(v)
		}
	}
	for k, v := range b.opt.Config.Env {
		if identifier.MatchString(k) {
			d["process.env."+k] = quoteJS(v)
		}
	}
	b.defineConstants(d, b.opt.Config.Compiler.Define)
	if !browser {
		b.defineConstants(d, b.opt.Config.Compiler.DefineServer)
	}
	if id := b.opt.Config.DeploymentID; id != "" {
		d["process.env.NEXT_DEPLOYMENT_ID"] = quoteJS(id)
	}
	d["process.env.__NEXT_TRAILING_SLASH"] = strconv.FormatBool(b.opt.Config.TrailingSlash)
	if !browser {
		d["process.env.NEXT_RUNTIME"] = `"nodejs"`
		return d
	}
	// What the app does not use is not compiled into its router.
	d["process.env.__NEXT_HAS_REWRITES"] = strconv.FormatBool(b.opt.Config.Rewrites.Len() > 0)
	d["process.env.__ONWARD_HAS_MIDDLEWARE"] = strconv.FormatBool(b.opt.Middleware != nil)
	d["process.env.NEXT_RUNTIME"] = `""`
	d["__dirname"] = `"/"`
	d["__filename"] = `"/index.js"`
	return d
}

// mode is NODE_ENV as JavaScript.
func (b *build) mode() string {
	if b.opt.Dev {
		return `"development"`
	}
	return `"production"`
}

// defineConstants adds those of compiler.define, whose values are JavaScript
// already.
func (b *build) defineConstants(d, constants map[string]string) {
	for name, value := range constants {
		if !slices.ContainsFunc(strings.Split(name, "."), func(part string) bool { return !identifier.MatchString(part) }) {
			d[name] = value
			continue
		}
		m := diag.Errorf("config-define", "compiler.define: %q cannot be replaced; the build goes on without it", name).
			WithHint("use a name, or names with dots between them: MY_FLAG, process.env.MY_FLAG")
		m.Severity, m.File = diag.Warning, b.opt.Config.File
		b.report.add(m)
	}
}

// clientConfigName stands in the runtime's source where the browser needs the
// object that clientConfig returns. Defining it would make esbuild import the
// object into every module.
const clientConfigName = "process.env.__ONWARD_CLIENT_CONFIG"

// clientConfig is what the browser side of next/* knows of next.config; the
// server gets the same object at start.
func (b *build) clientConfig() map[string]any {
	c := b.opt.Config
	images := map[string]any{
		"deviceSizes":         c.Images.DeviceSizes,
		"imageSizes":          c.Images.ImageSizes,
		"qualities":           c.Images.Qualities,
		"path":                c.Images.Path,
		"loader":              c.Images.Loader,
		"dangerouslyAllowSVG": c.Images.DangerouslyAllowSVG,
		"unoptimized":         c.Images.Unoptimized,
	}
	if b.opt.Dev {
		// What the endpoint refuses is told where the image is.
		images["domains"], images["remotePatterns"], images["localPatterns"] = c.Images.Domains, c.Images.RemotePatterns, c.Images.LocalPatterns
	}
	m := map[string]any{
		"basePath":        c.BasePath,
		"assetPrefix":     c.AssetPrefix,
		"trailingSlash":   c.TrailingSlash,
		"reactStrictMode": c.ReactStrictMode,
		"images":          images,
	}
	if c.CrossOrigin != "" {
		m["crossOrigin"] = c.CrossOrigin
	}
	if c.I18n != nil {
		m["i18n"] = c.I18n
	}
	if c.ScrollRestoration {
		m["scrollRestoration"] = true
	}
	if c.DeploymentID != "" {
		m["deploymentId"] = c.DeploymentID
	}
	for name, value := range ClientExperiments(c) {
		m[name] = value
	}
	return m
}

// ClientExperiments are the experimental options that matter to next/* modules alone,
// with their values as JSON.
func ClientExperiments(c *config.Config) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, e := range c.Experiments {
		if slices.Contains(clientExperiments, e.Name) {
			out[e.Name] = e.Value
		}
	}
	return out
}

var clientExperiments = []string{"linkNoTouchStart", "manualClientBasePath", "nextScriptWorkers", "optimisticClientCache", "proxyPrefetch", "webVitalsAttribution"}

// targets reads the browsers of the app (browserslist) as far as they are named
// with versions ("chrome 120", "safari >= 17"); anything else, queries such as
// "> 1%" included, leaves the baseline.
func targets(dir string) []api.Engine {
	list := browserslist(dir)
	var out []api.Engine
	for _, q := range list {
		m := versionQuery.FindStringSubmatch(strings.ToLower(strings.TrimSpace(q)))
		if m == nil {
			return browserEngines
		}
		name, ok := engineNames[m[1]]
		if !ok {
			return browserEngines
		}
		out = append(out, api.Engine{Name: name, Version: m[2]})
	}
	if len(out) == 0 {
		return browserEngines
	}
	return out
}

// browserslist is the list in package.json, or in .browserslistrc.
func browserslist(dir string) []string {
	var pkg struct {
		Browserslist json.RawMessage `json:"browserslist"`
	}
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil || json.Unmarshal(data, &pkg) != nil || len(pkg.Browserslist) == 0 {
		return browserslistFile(filepath.Join(dir, ".browserslistrc"))
	}
	var list []string
	var byEnv map[string][]string
	var one string
	switch {
	case json.Unmarshal(pkg.Browserslist, &list) == nil:
		return list
	case json.Unmarshal(pkg.Browserslist, &byEnv) == nil:
		return byEnv["production"]
	case json.Unmarshal(pkg.Browserslist, &one) == nil:
		return strings.Split(one, ",")
	}
	return nil
}

// browserslistFile reads queries line by line: those before the first section, and
// those of the section [production], which take their place.
func browserslistFile(name string) []string {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	var common, production []string
	section := ""
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case section == "":
			common = append(common, strings.Split(line, ",")...)
		case slices.Contains(strings.Fields(section), "production"):
			production = append(production, strings.Split(line, ",")...)
		}
	}
	if len(production) > 0 {
		return production
	}
	return common
}

// engineNames are browserslist's names of the browsers esbuild knows.
var engineNames = map[string]api.EngineName{
	"chrome": api.EngineChrome, "edge": api.EngineEdge, "firefox": api.EngineFirefox, "safari": api.EngineSafari,
	"ios": api.EngineIOS, "ios_saf": api.EngineIOS, "opera": api.EngineOpera,
}

var versionQuery = regexp.MustCompile(`^([a-z_]+)\s*(?:>=)?\s*(\d+(?:\.\d+)*)$`)

// quoteJS is text as a JavaScript (and JSON) string literal.
func quoteJS(text string) string {
	data, _ := json.Marshal(text) // a string always marshals
	return string(data)
}
