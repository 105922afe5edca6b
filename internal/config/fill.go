package config

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	deploymentIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)
	// buildIDPattern leaves out what a URL path would encode.
	buildIDPattern = regexp.MustCompile(`^[A-Za-z0-9_.~!$&'()*+,;=:@/-]+$`)
)

// fill puts the user's options over the defaults in c.
func (r *reader) fill(c *Config) {
	r.paths(c)
	take(r, "trailingSlash", &c.TrailingSlash)
	take(r, "poweredByHeader", &c.PoweredByHeader)
	take(r, "generateEtags", &c.GenerateEtags)
	take(r, "compress", &c.Compress)
	take(r, "cleanDistDir", &c.CleanDistDir)
	take(r, "reactStrictMode", &c.ReactStrictMode)
	take(r, "crossOrigin", &c.CrossOrigin)
	take(r, "productionBrowserSourceMaps", &c.ProductionBrowserSourceMaps)
	take(r, "outputHashSalt", &c.OutputHashSalt)
	c.OutputHashSalt += os.Getenv("NEXT_HASH_SALT")
	take(r, "skipTrailingSlashRedirect", &c.SkipTrailingSlashRedirect)
	take(r, "skipProxyUrlNormalize", &c.SkipProxyURLNormalize)
	take(r, "useFileSystemPublicRoutes", &c.UseFileSystemPublicRoutes)
	take(r, "typescript.ignoreBuildErrors", &c.TypeScript.IgnoreBuildErrors)
	take(r, "typescript.tsconfigPath", &c.TypeScript.TsconfigPath)
	take(r, "experimental.isrFlushToDisk", &c.IsrFlushToDisk)
	take(r, "experimental.multiZoneDraftMode", &c.MultiZoneDraftMode)
	if c.CacheHandler = os.Getenv("NEXT_CACHE_HANDLER_PATH"); r.get("cacheHandler") != nil {
		take(r, "cacheHandler", &c.CacheHandler)
	}
	take(r, "experimental.scrollRestoration", &c.ScrollRestoration)
	r.proxyBody(c)
	take(r, "experimental.caseSensitiveRoutes", &c.CaseSensitiveRoutes)
	r.proxyTimeout(c)
	take(r, "experimental.prerenderEarlyExit", &c.PrerenderEarlyExit)
	takeInt(r, "expireTime", &c.ExpireTime)
	takeInt(r, "cacheMaxMemorySize", &c.CacheMaxMemorySize)
	takeInt(r, "staticPageGenerationTimeout", &c.StaticPageGenerationTimeout)
	takeInt(r, "watchOptions.pollIntervalMs", &c.PollInterval)
	takeInt(r, "experimental.largePageDataBytes", &c.LargePageDataBytes)
	takeInt(r, "experimental.cpus", &c.Cpus)
	takeInt(r, "experimental.staticGenerationMaxConcurrency", &c.StaticGenerationMaxConcurrency)
	takeInt(r, "experimental.staticGenerationRetryCount", &c.StaticGenerationRetryCount)
	takeList(r, "transpilePackages", &c.TranspilePackages)
	takeList(r, "serverExternalPackages", &c.ServerExternalPackages)
	takeList(r, "allowedDevOrigins", &c.AllowedDevOrigins)
	takeList(r, "turbopack.resolveExtensions", &c.ResolveExtensions)
	r.aliases(c)
	r.loaderRules(c)
	r.compiler(c)
	r.env(c)
	r.output(c)
	r.buildID(c)
	r.rules(c)
	r.i18n(c)
	r.images(c)
	r.experiments(c)
	r.development(c)

	for _, name := range c.TranspilePackages {
		if slices.Contains(c.ServerExternalPackages, name) {
			r.fatal("A package is either compiled into the build or left outside it. Keep one of the two.",
				"%q is in both transpilePackages and serverExternalPackages", name)
		}
	}
}

// proxyBody reads how much of a request body middleware may see.
func (r *reader) proxyBody(c *Config) {
	v := r.get("experimental.proxyClientMaxBodySize")
	if v == nil {
		return
	}
	n, ok := parseSize(v)
	if !ok {
		r.fatal(`Write bytes, or a size such as "10mb".`, "experimental.proxyClientMaxBodySize must be a size above 0, not %s", describe(v))
		return
	}
	c.ProxyClientMaxBodySize = n
}

// take copies a value whose type check has passed.
func take[T any](r *reader, path string, into *T) {
	if v, ok := r.get(path).(T); ok {
		*into = v
	}
}

func takeInt[T int | int64](r *reader, path string, into *T) {
	v, ok := r.get(path).(float64)
	if !ok {
		return
	}
	const most = 1 << 52 // what a float64 holds exactly, and far from overflow
	*into = T(min(max(v, -most), most))
}

func takeList(r *reader, path string, into *[]string) {
	if v, ok := r.get(path).([]any); ok && texts.ok(v) {
		*into = (*into)[:0:0]
		for _, item := range v {
			*into = append(*into, item.(string))
		}
	}
}

// paths reads the options that shape URLs and folders.
func (r *reader) paths(c *Config) {
	switch v := r.get("basePath").(type) {
	case nil:
	case string:
		switch {
		case v == "":
		case v == "/":
			r.fatal(`For an app at the root, remove it or set it to "".`, `basePath must not be "/"`)
		case !strings.HasPrefix(v, "/"):
			r.fatal("For example: basePath: \"/docs\".", "basePath must start with a slash: %q", v)
		case strings.HasSuffix(v, "/"):
			r.fatal("Remove the last slash.", "basePath must not end with a slash: %q", v)
		default:
			c.BasePath = v
		}
	default:
		r.fatal("For example: basePath: \"/docs\".", "basePath must be a string, not %s", describe(v))
	}
	switch v := r.get("assetPrefix").(type) {
	case nil:
	case string:
		c.AssetPrefix = strings.TrimSuffix(v, "/")
	default:
		r.fatal("For example: assetPrefix: \"https://cdn.example.com\".", "assetPrefix must be a string, not %s", describe(v))
	}
	if c.AssetPrefix == "" {
		c.AssetPrefix = c.BasePath
	}
	switch v := r.get("distDir").(type) {
	case nil:
	case string:
		switch dir := strings.TrimSpace(v); dir {
		case "":
			r.fatal("Remove it to have \".next\".", "distDir must not be empty")
		case "public":
			r.fatal("public/ holds the files served as they are. Choose another folder.", `distDir must not be "public"`)
		default:
			c.DistDir = dir
		}
	default:
		r.fatal("For example: distDir: \"build\".", "distDir must be a string, not %s", describe(v))
	}
	if v := r.get("pageExtensions"); v != nil {
		list, ok := v.([]any)
		switch {
		case !ok || !texts.ok(v):
			r.fatal("For example: pageExtensions: [\"page.tsx\", \"page.ts\"].", "pageExtensions must be an array of strings, not %s", describe(v))
		case len(list) == 0:
			r.fatal("Remove it to have tsx, ts, jsx and js.", "pageExtensions must not be empty")
		default:
			takeList(r, "pageExtensions", &c.PageExtensions)
			for i, ext := range c.PageExtensions {
				if ext = strings.TrimPrefix(ext, "."); ext == "" || strings.ContainsAny(ext, "/\\") {
					r.fatal("List extensions without a leading dot, like \"mdx\".", "pageExtensions has %q, which is no extension", c.PageExtensions[i])
				} else {
					c.PageExtensions[i] = ext
				}
			}
		}
	}
}

// compiler reads compiler.define and compiler.defineServer. As in Next.js a
// string is inserted as a string literal.
func (r *reader) compiler(c *Config) {
	read := func(path string) map[string]string {
		m, _ := r.get(path).(map[string]any)
		if len(m) == 0 {
			return nil
		}
		out := make(map[string]string, len(m))
		for k, v := range m {
			b, err := json.Marshal(v)
			if err != nil {
				r.fatal("Use strings, numbers and booleans.", "%s[%q] cannot be written as JavaScript: %v", path, k, err)
				continue
			}
			out[k] = string(b)
		}
		return out
	}
	r.appCode(c)
	c.Compiler.Define, c.Compiler.DefineServer = read("compiler.define"), read("compiler.defineServer")
	env, _ := r.get("env").(map[string]any)
	for _, m := range []map[string]string{c.Compiler.Define, c.Compiler.DefineServer} {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if name, ok := strings.CutPrefix(k, "process.env."); ok && env[name] != nil {
				r.fatal("Set it in one place.", "%q is in both env and compiler.define", name)
			}
		}
	}
}

// appCode reads the options of compiler that change the app's own code, and
// sassOptions.
func (r *reader) appCode(c *Config) {
	on := func(path string) bool { v := r.get(path); return v == true || isObject(v) }
	c.Compiler.RemoveConsole = on("compiler.removeConsole")
	takeList(r, "compiler.removeConsole.exclude", &c.Compiler.KeepConsole)
	if on("compiler.reactRemoveProperties") {
		c.Compiler.RemoveProperties = []string{"^data-test"}
		takeList(r, "compiler.reactRemoveProperties.properties", &c.Compiler.RemoveProperties)
		for _, p := range c.Compiler.RemoveProperties {
			if _, err := regexp.Compile(p); err != nil {
				r.fatal("Each is a regular expression, like \"^data-custom$\".", "compiler.reactRemoveProperties has %q: %v", p, err)
			}
		}
	}
	c.Compiler.StyledComponents = on("compiler.styledComponents")
	c.Compiler.Emotion = on("compiler.emotion")
	takeList(r, "sassOptions.includePaths", &c.Sass.IncludePaths)
	if len(c.Sass.IncludePaths) == 0 {
		takeList(r, "sassOptions.loadPaths", &c.Sass.IncludePaths)
	}
	take(r, "sassOptions.additionalData", &c.Sass.AdditionalData)
	if c.Sass.AdditionalData == "" {
		take(r, "sassOptions.prependData", &c.Sass.AdditionalData)
	}
	take(r, "sassOptions.implementation", &c.Sass.Implementation)
}

func isObject(v any) bool { _, ok := v.(map[string]any); return ok }

func (r *reader) env(c *Config) {
	v := r.get("env")
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	if !ok {
		r.fatal("Its values are inserted as strings: env: { NAME: \"value\" }.", "env must be an object of strings, not %s", describe(v))
		return
	}
	c.Env = make(map[string]string, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if strings.HasPrefix(key, "__") || strings.HasPrefix(key, "NODE_") || key == "NEXT_RUNTIME" {
			r.fatal("Choose another name.", "env must not set %q: names that start with __ or NODE_, and NEXT_RUNTIME, are reserved", key)
			continue
		}
		if s, ok := m[key].(string); ok {
			c.Env[key] = s
			continue
		}
		// What is no string is inserted as what it is; check has warned.
		literal, err := json.Marshal(m[key])
		if err != nil || !literals.ok(map[string]any{key: m[key]}) {
			r.fatal("Use a string.", "env.%s cannot be inserted: it is %s", key, describe(m[key]))
			continue
		}
		if c.Compiler.Define == nil {
			c.Compiler.Define = map[string]string{}
		}
		c.Compiler.Define["process.env."+key] = string(literal)
	}
}

// output reads what kind of output the build makes, and what options of others
// mean for it.
func (r *reader) output(c *Config) {
	c.ExportPathMap = function.ok(r.get("exportPathMap"))
	c.TraceIncludes, c.TraceExcludes = r.globs("outputFileTracingIncludes"), r.globs("outputFileTracingExcludes")
	if root, ok := r.get("outputFileTracingRoot").(string); ok && root != "" {
		rel, err := filepath.Rel(r.dir, root)
		if err != nil || !filepath.IsAbs(root) {
			rel = filepath.FromSlash(root)
			r.warn("config-trace-root", fmt.Sprintf("outputFileTracingRoot should be an absolute path; %q is taken from the project folder", root), `Use path.join(__dirname, "../..").`)
		}
		c.TraceRoot = filepath.ToSlash(rel)
	}
	v := r.get("output")
	if v == nil && os.Getenv("NEXT_PRIVATE_STANDALONE") != "" {
		v = "standalone"
	}
	if v == nil {
		return
	}
	s, _ := v.(string)
	switch s {
	case "standalone":
	case "export":
		r.exported(c)
	default:
		r.fatal("Remove it for an ordinary build.", `output must be "standalone" or "export", not %s`, describe(v))
		return
	}
	c.Output = s
}

// exported looks at options that need a server, which an export has not.
func (r *reader) exported(c *Config) {
	c.ExportDir = "out"
	if usual := Default().DistDir; c.DistDir != usual {
		c.ExportDir, c.DistDir = c.DistDir, usual
	}
	if r.get("i18n") != nil {
		r.fatal("Exported files have no server to choose a locale. Remove one of the two.", `i18n does not go with output: "export"`)
	}
	var ignored []string
	for _, name := range []string{"rewrites", "redirects", "headers"} {
		if active(r.get(name)) {
			ignored = append(ignored, name)
		}
	}
	if len(ignored) > 0 {
		r.warn("export-rules", fmt.Sprintf(`%s will not work with output: "export"`, strings.Join(ignored, ", ")),
			"Exported files have no server that could apply them. Set them up where the files are served.")
	}
}

// globs reads an object of lists of globs.
func (r *reader) globs(path string) map[string][]string {
	m, _ := r.get(path).(map[string]any)
	if len(m) == 0 {
		return nil
	}
	out := make(map[string][]string, len(m))
	for key := range m {
		list, _ := m[key].([]any)
		for _, item := range list {
			if s, ok := item.(string); ok {
				out[key] = append(out[key], s)
			}
		}
	}
	return out
}

func (r *reader) buildID(c *Config) {
	switch v := r.get("generateBuildId").(type) {
	case nil:
	case string:
		c.BuildID = strings.TrimSpace(v)
		if c.BuildID == "." || !fs.ValidPath(c.BuildID) || !buildIDPattern.MatchString(c.BuildID) {
			r.fatal("The build id is a folder's name and a part of URLs. Return letters, digits, dashes, or null for the default.",
				"generateBuildId returned %q, which cannot be a build id", v)
		}
	default:
		r.fatal("Return a string, or null for the default.", "generateBuildId must return a string, not %s", describe(v))
	}
	switch v := r.get("deploymentId").(type) {
	case nil:
	case string:
		c.DeploymentID = v
	default:
		r.fatal("It is a string of letters, digits, - and _.", "deploymentId must be a string, not %s", describe(v))
	}
	if id := os.Getenv("NEXT_DEPLOYMENT_ID"); id != "" {
		c.DeploymentID = id
	}
	if !deploymentIDPattern.MatchString(c.DeploymentID) {
		r.fatal("Use letters, digits, - and _ only.", "deploymentId has other characters: %q", c.DeploymentID)
	}
}

// experiments lists what the user set under experimental.
func (r *reader) experiments(c *Config) {
	m, _ := r.get("experimental").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if b, err := json.Marshal(m[name]); err == nil {
			_, isKnown := known["experimental."+name]
			c.Experiments = append(c.Experiments, Experiment{Name: name, Value: b, Unknown: !isKnown})
		}
	}
}
