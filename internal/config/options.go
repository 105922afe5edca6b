package config

import (
	"fmt"
	"math"
	"strings"
)

// effect says what an option does in Onward.
type effect uint8

const (
	works    effect = iota // it is honoured
	accepted               // it is checked, and has nothing to change here
	later                  // it has an effect in Next.js that is not there yet: warn
	never                  // Onward cannot do it by design: warn
)

// option is one key of next.config. A dot leads into an object; an object whose
// keys are not listed takes any.
type option struct {
	path   string
	want   check
	effect effect
	// hint goes with the warning of later and never.
	hint string
}

// check says whether a JSON value has the right shape, and which that is.
type check struct {
	text string
	ok   func(any) bool
}

var (
	boolean = check{"true or false", is[bool]}
	text    = check{"a string", is[string]}
	number  = check{"a number", is[float64]}
	natural = check{"a whole number, 0 or more", func(v any) bool { n, ok := v.(float64); return ok && n >= 0 && n == math.Trunc(n) }}
	object  = check{"an object", func(v any) bool {
		m, ok := v.(map[string]any)
		return ok && m["$function"] == nil && m["$regexp"] == nil
	}}
	array    = check{"an array", is[[]any]}
	texts    = check{"an array of strings", func(v any) bool { return each(v, is[string]) }}
	naturals = check{"an array of whole numbers", func(v any) bool { return each(v, natural.ok) }}
	function = check{"a function", func(v any) bool { return marked(v, "$function") }}
	regex    = check{"a regular expression", func(v any) bool { return marked(v, "$regexp") }}
	anything = check{"anything", func(any) bool { return true }}
	literals = check{"an object of strings, numbers and booleans", func(v any) bool {
		return values(v, func(x any) bool { return is[string](x) || is[float64](x) || is[bool](x) })
	}}
	textMap = check{"an object of strings", func(v any) bool { return values(v, is[string]) }}
	listMap = check{"an object of arrays of strings", func(v any) bool { return values(v, texts.ok) }}
)

func is[T any](v any) bool { _, ok := v.(T); return ok }

func marked(v any, key string) bool {
	m, ok := v.(map[string]any)
	return ok && m[key] != nil
}

func each(v any, ok func(any) bool) bool {
	list, isList := v.([]any)
	for _, item := range list {
		if !ok(item) {
			return false
		}
	}
	return isList
}

func values(v any, ok func(any) bool) bool {
	m, isMap := v.(map[string]any)
	for _, item := range m {
		if item != nil && !ok(item) {
			return false
		}
	}
	return isMap
}

func either(a check, more ...check) check {
	names := []string{a.text}
	for _, c := range more {
		names = append(names, c.text)
	}
	return check{strings.Join(names, " or "), func(v any) bool {
		for _, c := range append([]check{a}, more...) {
			if c.ok(v) {
				return true
			}
		}
		return false
	}}
}

func oneOf(choices ...any) check {
	var names []string
	for _, c := range choices {
		names = append(names, fmt.Sprintf("%#v", c))
	}
	return check{strings.Join(names, " or "), func(v any) bool {
		for _, c := range choices {
			if v == c {
				return true
			}
		}
		return false
	}}
}

// active says whether a value of an option that is not supported asks for
// something: an empty list of redirects does not.
func active(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		for _, item := range v {
			if active(item) {
				return true
			}
		}
		return false
	}
	return true
}

const (
	asIfUnset = "The build goes on as if it were not set."
	appOnly   = "It belongs to the App Router, which this version does not serve."
)

// options are all keys of next.config in Next.js 16.4.6 outside experimental.
var options = []option{
	{"adapterPath", text, later, asIfUnset},
	{"agentRules", boolean, accepted, ""},
	{"allowedDevOrigins", texts, works, ""},
	{"assetPrefix", text, works, ""},
	{"basePath", text, works, ""},
	{"bundlePagesRouterDependencies", boolean, accepted, ""},
	{"cacheComponents", boolean, later, appOnly},
	{"cacheHandler", text, works, ""},
	{"cacheHandlers", textMap, later, appOnly},
	{"cacheLife", object, accepted, ""},
	{"cacheMaxMemorySize", natural, works, ""},
	{"cleanDistDir", boolean, works, ""},
	{"compiler", object, works, ""},
	{"compiler.define", literals, works, ""},
	{"compiler.defineServer", literals, works, ""},
	{"compiler.emotion", either(boolean, object), works, ""},
	{"compiler.reactRemoveProperties", either(boolean, object), works, ""},
	{"compiler.relay", object, later, asIfUnset},
	{"compiler.removeConsole", either(boolean, object), works, ""},
	{"compiler.runAfterProductionCompile", function, later, "It is not called."},
	{"compiler.styledComponents", either(boolean, object), works, ""},
	{"compiler.styledJsx", either(boolean, object), accepted, ""},
	{"compress", boolean, works, ""},
	{"configOrigin", text, accepted, ""},
	{"crossOrigin", oneOf("anonymous", "use-credentials"), works, ""},
	{"deploymentId", text, works, ""},
	{"deprecated", object, accepted, ""},
	{"deprecated.looseRouteMatching", oneOf(true), accepted, ""},
	{"devIndicators", either(oneOf(false), object), works, ""},
	{"devIndicators.appIsrStatus", boolean, accepted, ""},
	{"devIndicators.buildActivity", boolean, accepted, ""},
	{"devIndicators.buildActivityPosition", text, accepted, ""},
	{"devIndicators.position", oneOf("bottom-left", "bottom-right", "top-left", "top-right"), works, ""},
	{"distDir", text, works, ""},
	{"enablePrerenderSourceMaps", boolean, accepted, ""},
	{"env", textMap, works, ""},
	{"excludeDefaultMomentLocales", boolean, accepted, ""},
	{"experimental", object, works, ""},
	{"expireTime", natural, works, ""},
	{"exportPathMap", function, works, ""},
	{"generateBuildId", either(text, function), works, ""},
	{"generateEtags", boolean, works, ""},
	{"headers", either(array, function), works, ""},
	{"htmlLimitedBots", regex, accepted, ""},
	{"httpAgentOptions", object, accepted, ""},
	{"httpAgentOptions.keepAlive", boolean, accepted, ""},
	{"i18n", object, works, ""},
	{"images", object, works, ""},
	{"instrumentationClientInject", texts, later, asIfUnset},
	{"logging", either(oneOf(false), object), works, ""},
	{"modularizeImports", object, accepted, ""},
	{"onDemandEntries", object, accepted, ""},
	{"onDemandEntries.maxInactiveAge", number, accepted, ""},
	{"onDemandEntries.pagesBufferLength", number, accepted, ""},
	{"output", oneOf("standalone", "export"), works, ""},
	{"outputFileTracingExcludes", listMap, works, ""},
	{"outputFileTracingIncludes", listMap, works, ""},
	{"outputFileTracingRoot", text, works, ""},
	{"outputHashSalt", text, works, ""},
	{"pageExtensions", texts, works, ""},
	{"partialPrefetching", boolean, later, appOnly},
	{"poweredByHeader", boolean, works, ""},
	{"productionBrowserSourceMaps", boolean, works, ""},
	{"reactCompiler", either(boolean, object), later, "Components are built without it; they behave the same."},
	{"reactMaxHeadersLength", natural, accepted, ""},
	{"reactProductionProfiling", boolean, later, asIfUnset},
	{"reactStrictMode", boolean, works, ""},
	{"redirects", either(array, function), works, ""},
	{"rewrites", either(array, object, function), works, ""},
	{"sassOptions", object, works, ""},
	{"serverExternalPackages", texts, works, ""},
	{"skipMiddlewareUrlNormalize", boolean, works, ""},
	{"skipProxyUrlNormalize", boolean, works, ""},
	{"skipTrailingSlashRedirect", boolean, works, ""},
	{"staticPageGenerationTimeout", number, works, ""},
	{"supportsImmutableAssets", boolean, accepted, ""},
	{"target", text, accepted, ""},
	{"trailingSlash", boolean, works, ""},
	{"transpilePackages", texts, works, ""},
	{"turbopack", object, works, ""},
	{"turbopack.chunkLoadingGlobal", text, accepted, ""},
	{"turbopack.conditions", object, later, asIfUnset},
	{"turbopack.debugIds", boolean, accepted, ""},
	{"turbopack.ignoreIssue", anything, accepted, ""},
	{"turbopack.resolveAlias", object, works, ""},
	{"turbopack.resolveExtensions", texts, works, ""},
	{"turbopack.root", text, accepted, ""},
	{"turbopack.rules", object, works, ""},
	{"typedRoutes", boolean, accepted, ""},
	{"typescript", object, works, ""},
	{"typescript.ignoreBuildErrors", boolean, works, ""},
	{"typescript.tsconfigPath", text, works, ""},
	{"useFileSystemPublicRoutes", boolean, works, ""},
	{"watchOptions", object, works, ""},
	{"watchOptions.pollIntervalMs", number, works, ""},
	{"webpack", anything, never, "Onward does not run webpack. Of the hook count aliases, constants of DefinePlugin, and loaders for files that are neither scripts nor styles; turbopack.resolveAlias and turbopack.rules say the same without webpack."},

	{"i18n.defaultLocale", text, works, ""},
	{"i18n.domains", array, works, ""},
	{"i18n.localeDetection", boolean, works, ""},
	{"i18n.locales", texts, works, ""},

	{"images.contentDispositionType", oneOf("inline", "attachment"), works, ""},
	{"images.contentSecurityPolicy", text, works, ""},
	{"images.customCacheHandler", boolean, later, asIfUnset},
	{"images.dangerouslyAllowLocalIP", boolean, works, ""},
	{"images.dangerouslyAllowSVG", boolean, works, ""},
	{"images.deviceSizes", naturals, works, ""},
	{"images.disableStaticImages", boolean, accepted, ""},
	{"images.domains", texts, works, ""},
	{"images.formats", texts, works, ""},
	{"images.imageSizes", naturals, works, ""},
	{"images.loader", oneOf("default", "imgix", "cloudinary", "akamai", "custom"), works, ""},
	{"images.loaderFile", text, works, ""},
	{"images.localPatterns", array, works, ""},
	{"images.maximumDiskCacheSize", natural, works, ""},
	{"images.maximumRedirects", natural, works, ""},
	{"images.maximumResponseBody", natural, works, ""},
	{"images.minimumCacheTTL", natural, works, ""},
	{"images.path", text, works, ""},
	{"images.qualities", naturals, works, ""},
	{"images.remotePatterns", array, works, ""},
	{"images.unoptimized", boolean, works, ""},
}

// experiments are the options under experimental whose type or effect matters
// here; acceptedExperiments lists the rest.
var experiments = []option{
	{"allowedRevalidateHeaderKeys", texts, accepted, ""},
	{"caseSensitiveRoutes", boolean, works, ""},
	{"clientTraceMetadata", texts, later, asIfUnset},
	{"cpus", natural, works, ""},
	{"disableOptimizedLoading", boolean, later, asIfUnset},
	{"esmExternals", anything, accepted, ""},
	{"extensionAlias", object, later, asIfUnset},
	{"isrFlushToDisk", boolean, works, ""},
	{"largePageDataBytes", natural, works, ""},
	{"mdxRs", either(boolean, object), later, asIfUnset},
	{"multiZoneDraftMode", boolean, works, ""},
	{"nextScriptWorkers", boolean, later, `Scripts with strategy="worker" load as "afterInteractive".`},
	{"optimizeCss", either(boolean, object), later, "Stylesheets are linked, not inlined."},
	{"ppr", anything, works, ""},
	{"prerenderEarlyExit", boolean, works, ""},
	{"proxyClientMaxBodySize", either(number, text), works, ""},
	{"middlewareClientMaxBodySize", either(number, text), works, ""},
	{"proxyTimeout", natural, works, ""},
	{"scrollRestoration", boolean, works, ""},
	{"sri", object, later, appOnly},
	{"staticGenerationMaxConcurrency", natural, works, ""},
	{"staticGenerationMinPagesPerWorker", natural, accepted, ""},
	{"staticGenerationRetryCount", natural, works, ""},
	{"swcEnvOptions", anything, never, "Onward compiles without SWC."},
	{"swcPlugins", array, never, "Onward compiles without SWC, so its plugins do not run."},
	{"urlImports", anything, later, asIfUnset},
	{"useCache", boolean, later, appOnly},
	{"webVitalsAttribution", texts, works, ""},
}

// acceptedExperiments have nothing to change in a Pages Router app served by
// Onward: they tune Next.js's own bundler, tools, dev server or App Router.
var acceptedExperiments = strings.Fields(`
after agentFeedback agentUpgrade allowDevelopmentBuild appNavFailHandling authInterrupts blockingSSR
browserDebugInfoInTerminal cachedNavigations clientParamParsingOrigins clientRouterFilter
clientRouterFilterAllowedRate clientRouterFilterRedirects coldCacheBadge collapseAdapterRoutes
concurrentRouterQueue craCompat cssChunking defaultTestRunner deferredEntries devMemoryThresholdRestart
devValidationWorker disablePostcssPresetEnv disableResumeDataCacheCompression durableUseCacheEntries
dynamicOnHover explicitParallelRouteChildren exposeRuntimeErrorsToHMR exposeTestingApiInProductionBuild
externalDir externalMiddlewareRewritesResolve externalProxyRewritesResolve fallbackNodePolyfills
fetchCacheKeyPrefix forceSwcTransforms fullySpecified gestureTransition globalNotFound gzipSize
hideLogsAfterAbort imgOptConcurrency imgOptMaxInputPixels imgOptMozjpeg imgOptOperationCache
imgOptSequentialRead imgOptTimeoutInSeconds inlineCss instantInsights
instrumentationClientRouterTransitionEvents instrumentationHook lightningCssFeatures linkNoTouchStart
lockDistDir manualClientBasePath maxPostponedStateSize mcpServer memoryBasedWorkersCount
middlewarePrefetch onBeforeDeferredEntries optimisticClientCache optimisticRouting
optimizePackageImports optimizeServerReact outputHashSalt parallelRouteMetadata parallelServerBuildTraces
parallelServerCompiles prefetchInlining preloadEntriesOnStart proxyPrefetch
reactBrowserBailout reactDebugChannel removeUncaughtErrorAndRejectionListeners reportSystemEnvInlining
requestInsights rootParams runtimeServerDeploymentId serverActions serverComponentsHmrCache
serverComponentsHmrCancellation serverMinification serverSourceMaps slowModuleDetection staleTimes
strictRouteMatching strictRouteTypes supportsImmutableAssets swcTraceProfiling taint testProxy
transitionIndicator trustHostHeader turbopackAdditionalRoots turbopackChunking turbopackCjsScopeHoisting
turbopackCjsTreeShaking turbopackClientSideNestedAsyncChunking turbopackCrossModuleConstants
turbopackFileSystemCacheForBuild turbopackFileSystemCacheForDev turbopackGc turbopackImportTypeBytes
turbopackInferModuleSideEffects turbopackInputSourceMaps turbopackLazyDynamicImports
turbopackLazyDynamicImportsSSR turbopackLocalPostcssConfig turbopackMangleExportNames
turbopackMangleViaMaterializedNamespaceObject turbopackMemoryEviction turbopackMinify
turbopackModuleFragments turbopackModuleIds turbopackPluginRuntimeStrategy turbopackRemoveUnusedExports
turbopackRemoveUnusedImports turbopackRustReactCompiler turbopackScopeHoisting
turbopackSeedCacheFromWorktree turbopackServerFastRefresh turbopackServerSideNestedAsyncChunking
turbopackSharedRuntime turbopackSourceMaps turbopackStaleOutputMaxAge turbopackUseBuiltinBabel
turbopackUseBuiltinSass turbopackWorkerAssetPrefix typedEnv useCacheStaticRootParamTracking
useCacheTimeout useLightningcss useOffline useSkewCookie useTypeScriptCli useWasmBinary
validateRSCRequestHeaders varyParams webpackBuildWorker webpackMemoryOptimizations workerThreads
`)

// moved are options that got another name. The old one still counts, with a
// warning, unless both are set.
var moved = []struct{ from, to string }{
	{"experimental.bundlePagesExternals", "bundlePagesRouterDependencies"},
	{"experimental.serverComponentsExternalPackages", "serverExternalPackages"},
	{"experimental.relay", "compiler.relay"},
	{"experimental.styledComponents", "compiler.styledComponents"},
	{"experimental.emotion", "compiler.emotion"},
	{"experimental.reactRemoveProperties", "compiler.reactRemoveProperties"},
	{"experimental.removeConsole", "compiler.removeConsole"},
	{"experimental.swrDelta", "expireTime"},
	{"experimental.typedRoutes", "typedRoutes"},
	{"experimental.outputFileTracingRoot", "outputFileTracingRoot"},
	{"experimental.outputFileTracingIncludes", "outputFileTracingIncludes"},
	{"experimental.outputFileTracingExcludes", "outputFileTracingExcludes"},
	{"experimental.reactCompiler", "reactCompiler"},
	{"experimental.enablePrerenderSourceMaps", "enablePrerenderSourceMaps"},
	{"experimental.cacheComponents", "cacheComponents"},
	{"experimental.cacheLife", "cacheLife"},
	{"experimental.cacheHandlers", "cacheHandlers"},
	{"experimental.adapterPath", "adapterPath"},
	{"experimental.transpilePackages", "transpilePackages"},
	{"experimental.skipMiddlewareUrlNormalize", "skipProxyUrlNormalize"},
	{"experimental.skipTrailingSlashRedirect", "skipTrailingSlashRedirect"},
	{"experimental.turbo", "turbopack"},
	{"skipMiddlewareUrlNormalize", "skipProxyUrlNormalize"},
	{"experimental.middlewarePrefetch", "experimental.proxyPrefetch"},
	{"experimental.middlewareClientMaxBodySize", "experimental.proxyClientMaxBodySize"},
	{"experimental.externalMiddlewareRewritesResolve", "experimental.externalProxyRewritesResolve"},
}

// removed are options that do nothing any more, with what to tell. Fatal ones
// stop the build, as in Next.js.
var removed = []struct {
	path  string
	fatal bool
	hint  string
}{
	{"amp", false, "AMP is gone since Next.js 16. Remove the option."},
	{"eslint", false, "Linting is no part of a build any more. Remove the option."},
	{"experimental.after", false, "after() needs no option. Remove it."},
	{"experimental.instrumentationHook", false, "Instrumentation needs no option. Remove it."},
	{"experimental.ppr", true, "It became a part of cacheComponents. Remove it."},
	{"experimental.rootParams", false, "next/root-params needs no option. Remove it."},
	{"publicRuntimeConfig", false, "It is gone since Next.js 16. Use environment variables with the prefix NEXT_PUBLIC_."},
	{"serverRuntimeConfig", false, "It is gone since Next.js 16. Use environment variables."},
	{"swcMinify", false, "Output is always minified. Remove the option."},
	{"target", true, "It is gone since Next.js 13. Remove it; output: \"standalone\" makes a small server."},
}
