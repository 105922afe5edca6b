package compile

import (
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// processScript runs before everything else in apps that use the global `process`
// for more than the variables that are inlined. It is as much of process as
// packages written for bundlers expect.
const processScript = `(()=>{var f=()=>{},g=globalThis;g.process??={title:"browser",browser:!0,env:{},argv:[],version:"",versions:{},platform:"browser",` +
	`release:{name:"browser"},nextTick:(c,...a)=>queueMicrotask(()=>c(...a)),cwd:()=>"/",umask:()=>0,hrtime:()=>[0,0],emitWarning:f,` +
	`on:f,once:f,off:f,addListener:f,removeListener:f,removeAllListeners:f,emit:f,listeners:()=>[]}})();` + "\n"

// usesProcess reports whether a module may read the global `process` beyond what
// is inlined. A mention in a comment counts; that costs one small script.
func usesProcess(text string) bool {
	for rest := text; ; {
		i := strings.Index(rest, "process")
		if i < 0 {
			return false
		}
		after := rest[i+len("process"):]
		var before byte
		if i > 0 {
			before = rest[i-1]
		}
		rest = after
		if before == '.' || before == '"' || before == '\'' || before == '/' || isIdentByte(before) || before == '$' ||
			after != "" && (isIdentByte(after[0]) && after[0] != '-' || after[0] == '"' || after[0] == '\'' || after[0] == ':') {
			continue
		}
		if strings.HasPrefix(after, ".env.NODE_ENV") || strings.HasPrefix(after, ".env.NEXT_PUBLIC_") || strings.HasPrefix(after, ".browser") {
			continue
		}
		return true
	}
}

// browserPackages are the npm packages that bundlers put in place of Node.js
// modules in the browser, in the order in which they are looked for. A package of
// the module's own name comes before them; after them come the copies that the
// package next brings.
var browserPackages = map[string][]string{
	"assert":         {"assert"},
	"buffer":         {"buffer"},
	"constants":      {"constants-browserify"},
	"crypto":         {"crypto-browserify"},
	"domain":         {"domain-browser"},
	"events":         {"events"},
	"http":           {"stream-http"},
	"https":          {"https-browserify"},
	"os":             {"os-browserify"},
	"path":           {"path-browserify"},
	"process":        {"process"},
	"punycode":       {"punycode"},
	"querystring":    {"querystring-es3", "querystring"},
	"stream":         {"stream-browserify", "readable-stream"},
	"string_decoder": {"string_decoder"},
	"sys":            {"util"},
	"timers":         {"timers-browserify"},
	"tty":            {"tty-browserify"},
	"url":            {"url"},
	"util":           {"util"},
	"vm":             {"vm-browserify"},
	"zlib":           {"browserify-zlib"},
}

// ownPolyfills are Node.js modules of the platform that run in a browser as they
// are.
var ownPolyfills = map[string]struct{ file, export string }{
	"path":        {"platform/node/path.ts", "pathModule"},
	"querystring": {"platform/node/querystring.ts", "querystringModule"},
}

// polyfills finds what stands for Node.js modules in browser code. What nothing
// stands for is left unresolved: esbuild reports it with the importer's place,
// unless a require in try allows for it.
func (n *nextModules) polyfills(dir string) api.Plugin {
	return api.Plugin{Name: "polyfills", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: builtinFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if _, again := args.PluginData.(resolvedAlready); again {
				return api.OnResolveResult{}, nil
			}
			return n.polyfill(pb, args, dir), nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: "onward-polyfill"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			p := ownPolyfills[args.Path]
			text := "module.exports = require(" + quoteJS("./"+p.file) + ")." + p.export + ";\n"
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS, ResolveDir: dir}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: `^\./`, Namespace: "onward-polyfill"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, "./"), Namespace: runtimeNamespace, SideEffects: api.SideEffectsFalse}, nil
		})
	}}
}

func (n *nextModules) polyfill(pb api.PluginBuild, args api.OnResolveArgs, dir string) api.OnResolveResult {
	name := strings.TrimPrefix(args.Path, "node:")
	from := args.ResolveDir
	if from == "" {
		from = dir
	}
	for _, c := range append([]string{name}, browserPackages[name]...) {
		if findPackage(from, packageName(c)) == "" {
			continue
		}
		r := pb.Resolve(c, api.ResolveOptions{ResolveDir: from, Importer: args.Importer, Kind: args.Kind, PluginData: resolvedAlready{}})
		if len(r.Errors) == 0 {
			return api.OnResolveResult{Path: r.Path, Namespace: r.Namespace, External: r.External}
		}
	}
	if p, ok := ownPolyfills[name]; ok {
		if _, err := fs.Stat(n.files, p.file); err == nil {
			return api.OnResolveResult{Path: name, Namespace: "onward-polyfill", SideEffects: api.SideEffectsFalse}
		}
	}
	if next := findPackage(from, "next"); next != "" {
		// The package brings them for its own bundler.
		for _, c := range browserPackages[name] {
			folder := filepath.Join(next, "dist", "compiled", c)
			r := pb.Resolve(filepath.ToSlash(folder), api.ResolveOptions{ResolveDir: from, Importer: args.Importer, Kind: args.Kind, PluginData: resolvedAlready{}})
			if len(r.Errors) == 0 {
				return api.OnResolveResult{Path: r.Path, Namespace: r.Namespace, SideEffects: api.SideEffectsFalse}
			}
		}
	}
	return api.OnResolveResult{}
}
