package compile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/resolve"
	"github.com/onwardjs/onward/internal/diag"
)

// runtimeNamespace holds modules of the runtime folder, by their path in it.
const runtimeNamespace = "onward"

// nextModules knows which next/* imports exist and which Node.js modules the
// platform has.
type nextModules struct {
	files    fs.FS
	byImport map[string]string // "next/link" → "next/link.tsx"
	// builtins maps a supported Node.js module to its export names; nil when
	// the runtime has no list, and then nothing is refused.
	builtins map[string][]string
	// imageLoader is the file of images.loaderFile, absolute; empty: none.
	imageLoader string
	// private is told of imports in the app's own code that the installed
	// package next answers; nil: nobody is.
	private func(specifier string)
}

// imageLoaderModule is the module of the runtime that images.loaderFile replaces.
const imageLoaderModule = "next/custom-loader.ts"

func findNextModules(files fs.FS) (*nextModules, error) {
	n := &nextModules{files: files, byImport: map[string]string{}}
	err := fs.WalkDir(files, "next", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		ext := path.Ext(p)
		if d.IsDir() || ext != ".ts" && ext != ".tsx" || strings.HasSuffix(p, ".d.ts") || strings.Contains(p, ".test.") {
			return nil
		}
		if name := strings.TrimSuffix(p, ext); publicNext[name] || name == privateModule {
			n.byImport[name] = p
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	data, err := fs.ReadFile(files, "platform/builtins.json")
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return nil, err
	}
	var list struct {
		Modules map[string][]string `json:"modules"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("compile: platform/builtins.json: %w", err)
	}
	n.builtins = list.Modules
	return n, nil
}

// canonical strips what users may write behind a next/* name.
func canonical(name string) string {
	name = strings.TrimSuffix(name, "/")
	name = strings.TrimSuffix(name, ".js")
	return strings.TrimSuffix(name, "/index")
}

// typesOnly are next imports that carry no code.
func typesOnly(name string) bool { return name == "next" || strings.HasPrefix(name, "next/types") }

func (n *nextModules) unknown(name string) *diag.Message {
	m := diag.Errorf("unknown-next-module", "'%s' is not a module that Onward has", name)
	if strings.HasPrefix(name, "next/dist/") {
		return m.WithHint("next/dist is private to Next.js; import the public module instead")
	}
	if publicNext[canonical(name)] {
		return m.WithHint("Next.js has it, but Onward does not support it yet; docs/compat.md lists what is")
	}
	if near := nearest(name, n.public()); near != "" {
		return m.WithHint("did you mean '%s'?", near)
	}
	return m.WithHint("available: %s", strings.Join(n.public(), ", "))
}

// public lists the imports that exist.
func (n *nextModules) public() []string {
	names := slices.Sorted(maps.Keys(n.byImport))
	return slices.DeleteFunc(names, func(name string) bool { return name == privateModule })
}

// publicNext are the imports that Next.js documents and that apply to the Pages
// Router; other files of runtime/next are private to it.
var publicNext = map[string]bool{
	"next/app": true, "next/document": true, "next/dynamic": true, "next/error": true, "next/form": true,
	"next/head": true, "next/image": true, "next/legacy/image": true, "next/link": true, "next/navigation": true,
	"next/router": true, "next/script": true, "next/compat/router": true, "next/constants": true, "next/web-vitals": true,
	"next/server": true, "next/font/google": true, "next/font/local": true, "next/cache": true, "next/headers": true,
	"next/og": true,
}

// nearest returns the candidate within two edits of name, if there is one.
func nearest(name string, candidates []string) string {
	best, bestDistance := "", 3
	for _, c := range candidates {
		if d := resolve.Distance(name, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// reactModules matches imports of React.
var reactModules = regexp.MustCompile(`^(react|react-dom)(/[\w./-]+)?$`)

// sharedReact are those that the server runtime provides, so that pages, next/*
// and the renderer share one copy (runtime/server/registry.ts). The others hold no
// state and are large: they go into the pages that ask for them.
var sharedReact = map[string]bool{
	"react": true, "react/jsx-runtime": true, "react/jsx-dev-runtime": true, "react/compiler-runtime": true,
	"react/package.json": true, "react-dom": true, "react-dom/package.json": true, "react-dom/server": true,
	"react-dom/server.node": true, "react-dom/server.edge": true, "react-dom/server.browser": true,
}

// server makes what the runtime provides external. Everything else is left to
// esbuild.
func (n *nextModules) server() api.Plugin {
	return api.Plugin{Name: "next-server", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^next($|/)`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			name, other := n.nextImport(args)
			if other != nil {
				return *other, nil
			}
			return api.OnResolveResult{Path: name, External: true, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: reactModules.String()}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			name := strings.TrimSuffix(args.Path, ".js")
			if !sharedReact[name] {
				return api.OnResolveResult{}, nil
			}
			return api.OnResolveResult{Path: name, External: true, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: builtinFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			name := strings.TrimPrefix(args.Path, "node:")
			if n.builtins == nil || n.builtins[name] != nil {
				return api.OnResolveResult{Path: name, External: true, SideEffects: api.SideEffectsFalse}, nil
			}
			if hasStandIn(args.Importer, name) {
				return api.OnResolveResult{Path: name, Namespace: standInNamespace, SideEffects: api.SideEffectsFalse}, nil
			}
			// Not refused here: an npm package of the same name may be meant,
			// and a require inside try is allowed to fail.
			return api.OnResolveResult{}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: standInNamespace}, loadStandIn)
		emptyModules(pb)
	}}
}

// browser serves next/* from the runtime folder. clientConfig is the JSON that its
// sources get in place of clientConfigName.
func (n *nextModules) browser(dir, clientConfig string) api.Plugin {
	return api.Plugin{Name: "next-browser", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^next($|/)`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			name, other := n.nextImport(args)
			if other != nil {
				return *other, nil
			}
			return api.OnResolveResult{Path: n.byImport[name], Namespace: runtimeNamespace, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: reactModules.String()}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return oneReact(pb, args, dir), nil
		})
		n.serveRuntime(pb, dir, clientConfig)
		emptyModules(pb)
	}}
}

// oneReact gives packages that bring a React of their own, as linked folders of a
// monorepo do, the app's: hooks and contexts work within one copy only.
func oneReact(pb api.PluginBuild, args api.OnResolveArgs, dir string) api.OnResolveResult {
	if _, again := args.PluginData.(resolvedAlready); again || args.ResolveDir == "" {
		return api.OnResolveResult{}
	}
	name := packageName(args.Path)
	if own := findPackage(dir, name); own == "" || findPackage(args.ResolveDir, name) == own {
		return api.OnResolveResult{}
	}
	r := pb.Resolve(args.Path, api.ResolveOptions{ResolveDir: dir, Importer: args.Importer, Kind: args.Kind, PluginData: resolvedAlready{}})
	if len(r.Errors) > 0 {
		return api.OnResolveResult{}
	}
	return api.OnResolveResult{Path: r.Path, Namespace: r.Namespace}
}

// serveRuntime resolves and loads modules of the runtime folder. What they
// import from npm is the app's own copy.
func (n *nextModules) serveRuntime(pb api.PluginBuild, dir, clientConfig string) {
	pb.OnResolve(api.OnResolveOptions{Filter: `^\.`, Namespace: runtimeNamespace}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		p := path.Join(path.Dir(args.Importer), args.Path)
		if p == "platform/index" {
			// The same modules with their npm parts; a second copy of the loop
			// would be a second loop.
			p = platformScript
		}
		for _, c := range []string{p, p + ".ts", p + ".tsx", p + ".js", p + ".json", p + "/index.ts", p + "/index.tsx"} {
			if info, err := fs.Stat(n.files, c); err == nil && !info.IsDir() {
				return api.OnResolveResult{Path: c, Namespace: runtimeNamespace}, nil
			}
		}
		return api.OnResolveResult{}, fmt.Errorf("no file %s in the runtime", p)
	})
	pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: runtimeNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		data, err := fs.ReadFile(n.files, args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		text := strings.ReplaceAll(string(data), clientConfigName, clientConfig)
		if args.Path == imageLoaderModule && n.imageLoader != "" {
			text = "export { default } from " + quoteJS(filepath.ToSlash(n.imageLoader)) + ";\n"
		}
		loader := api.LoaderJS
		switch path.Ext(args.Path) {
		case ".ts":
			loader = api.LoaderTS
		case ".tsx":
			loader = api.LoaderTSX
			text = "/** @jsxImportSource react */ " + text // whatever the app's own is
		case ".json":
			loader = api.LoaderJSON
		}
		return api.OnLoadResult{Contents: &text, Loader: loader, ResolveDir: dir}, nil
	})
}

// emptyModules serves imports that carry no code: types of next, and the marker
// packages that only say where a module may run.
func emptyModules(pb api.PluginBuild) {
	pb.OnResolve(api.OnResolveOptions{Filter: `^(server-only|client-only)$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: args.Path, Namespace: "empty"}, nil
	})
	pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: "empty"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
		text := ""
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
	})
}

func refuse(m *diag.Message) api.OnResolveResult {
	return api.OnResolveResult{Errors: []api.Message{{Text: m.Text, Detail: m}}}
}

// nodeBuiltins are the modules of Node.js, without their subpaths.
var nodeBuiltins = []string{
	"assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram",
	"diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module", "net", "os",
	"path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "sqlite", "stream", "string_decoder",
	"sys", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib",
}

// builtinFilter matches imports of Node.js modules, with node: or without, and
// the subpaths they have (fs/promises).
var builtinFilter = `^(node:.+|(` + strings.Join(nodeBuiltins, "|") + `)(/(promises|posix|win32|strict|web|consumers|types))?)$`

var builtinPattern = regexp.MustCompile(builtinFilter)

func isBuiltin(name string) bool { return builtinPattern.MatchString(name) }
