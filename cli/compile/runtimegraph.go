package compile

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// runtimeScript is what every worker runs first, and nodeScript what it runs where
// it is a Node.js process.
const (
	runtimeScript = "server/runtime.js"
	// .cjs, as the package.json of the app may say that .js files are ES modules.
	nodeScript = "server/runtime-node.cjs"
)

// platformScript is the platform with its npm parts, bundled when Onward itself
// was built, and nodePlatform what takes its place where Node.js is below;
// builtinFolder is where modules that hand out node: modules appear to lie.
const (
	platformScript = "dist/platform.js"
	nodePlatform   = "dist/node.js"
	builtinFolder  = "builtin/"
)

// runtimeFormat changes when the options below do, so that old cache entries
// are not found.
const runtimeFormat = "2 esbuild 0.28.2"

// runtimeGraph writes server/runtime.js and server/runtime-node.cjs: platform, server
// runtime, next/* and the app's React in one classic script.
func (b *build) runtimeGraph(ctx context.Context) error {
	b.result.RuntimeScript, b.result.NodeScript = runtimeScript, nodeScript
	return cmp.Or(b.runtimeFor(runtimeScript, platformScript, serverEngines), ctx.Err(), b.runtimeFor(nodeScript, nodePlatform, nodeEngines))
}

// runtimeFor writes the script that runs on a platform. The same inputs make the
// same script, so it is kept in the cache folder.
func (b *build) runtimeFor(script, platform string, engines []api.Engine) error {
	cached := ""
	// The app's own image loader may import anything: then the script is made anew.
	if b.opt.CacheDir != "" && b.next.imageLoader == "" {
		key, err := b.runtimeKey()
		if err != nil {
			return err
		}
		cached = filepath.Join(b.opt.CacheDir, strings.TrimSuffix(path.Base(script), ".js"), key+".js")
		if data, err := os.ReadFile(cached); err == nil {
			b.writeRuntime(script, data)
			return nil
		}
	}
	if m := b.reactMissing(); m != nil {
		if script == runtimeScript {
			b.report.add(m)
		}
		return nil
	}
	data, err := b.bundleRuntime(script, platform, engines)
	if err != nil || data == nil {
		return err
	}
	b.writeRuntime(script, data)
	if cached == "" {
		return nil
	}
	return storeCached(cached, data)
}

// runtimeText is the script that runs on a platform in development, from the cache
// folder when it is there.
func (b *build) runtimeText(script, platform string, engines []api.Engine) ([]byte, error) {
	cached := ""
	if b.opt.CacheDir != "" && b.next.imageLoader == "" {
		key, err := b.runtimeKey()
		if err != nil {
			return nil, err
		}
		cached = filepath.Join(b.opt.CacheDir, "dev-"+strings.TrimSuffix(path.Base(script), ".js"), key+".js")
		if data, err := os.ReadFile(cached); err == nil {
			return data, nil
		}
	}
	data, err := b.bundleRuntime(script, platform, engines)
	if list := b.report.errors(); err == nil && data == nil {
		return nil, list
	}
	if err == nil && cached != "" {
		// The cache only saves time: without room for it things go on.
		_ = storeCached(cached, data)
	}
	return data, err
}

// bundleRuntime bundles the script; nil after mistakes, which are in the report.
func (b *build) bundleRuntime(script, platform string, engines []api.Engine) ([]byte, error) {
	var entry strings.Builder
	for _, f := range []string{platform, "server/entry.ts"} {
		if _, err := fs.Stat(b.opt.Runtime, f); err != nil {
			return nil, diag.Errorf("incomplete-runtime", "the runtime has no file %s", f).
				WithHint("the program was built without its JavaScript: run `make build`")
		}
		entry.WriteString("import " + quoteJS("./"+f) + ";\n")
	}
	text := entry.String()
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:    b.dir,
		EntryPoints:      []string{"onward-runtime"},
		Bundle:           true,
		Format:           api.FormatIIFE,
		Platform:         api.PlatformNeutral,
		Conditions:       []string{"node"},
		MainFields:       []string{"main", "module"},
		Outfile:          filepath.Join(b.opt.OutDir, filepath.FromSlash(script)),
		Engines:          engines,
		JSX:              api.JSXAutomatic,
		TsconfigRaw:      `{"compilerOptions":{"jsx":"react-jsx"}}`,
		Define:           b.runtimeDefines(),
		MinifySyntax:     !b.opt.Dev,
		MinifyWhitespace: true,
		KeepNames:        false,
		LegalComments:    api.LegalCommentsNone,
		LogLevel:         api.LogLevelSilent,
		LogLimit:         0,
		Plugins: []api.Plugin{{Name: "runtime", Setup: func(pb api.PluginBuild) {
			pb.OnResolve(api.OnResolveOptions{Filter: `^onward-runtime$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: "entry", Namespace: runtimeNamespace}, nil
			})
			pb.OnLoad(api.OnLoadOptions{Filter: `^entry$`, Namespace: runtimeNamespace}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
				return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS, ResolveDir: b.dir}, nil
			})
			b.leaveOut(pb, platform)
			// The platform is bundled already, with its npm parts, and there
			// must be one copy of it.
			pb.OnResolve(api.OnResolveOptions{Filter: `/platform/index$`, Namespace: runtimeNamespace}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: platform, Namespace: runtimeNamespace}, nil
			})
			pb.OnResolve(api.OnResolveOptions{Filter: builtinFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				if args.Importer == nodePlatform {
					return api.OnResolveResult{Path: args.Path, External: true}, nil
				}
				// React's server builds ask for util, crypto and stream; the
				// registry has them when the code runs.
				return api.OnResolveResult{Path: builtinFolder + strings.TrimPrefix(args.Path, "node:"), Namespace: runtimeNamespace}, nil
			})
			pb.OnLoad(api.OnLoadOptions{Filter: `^` + builtinFolder, Namespace: runtimeNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				text := "module.exports = require(" + quoteJS("./"+strings.Repeat("../", strings.Count(args.Path, "/"))+platform) + ").require(" +
					quoteJS(strings.TrimPrefix(args.Path, builtinFolder)) + ");"
				return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
			})
			pb.OnResolve(api.OnResolveOptions{Filter: styledJSXFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				// Without the package the require stays and fails when it runs,
				// which is never: no page can ask for it.
				folder := findStyledJSX(b.dir)
				if folder == "" {
					return api.OnResolveResult{Path: args.Path, External: true}, nil
				}
				return api.OnResolveResult{Path: filepath.Join(folder, "index.js")}, nil
			})
			emptyModules(pb)
			b.next.serveRuntime(pb, b.dir, "globalThis.__ONWARD_CLIENT_CONFIG")
		}}},
	})
	b.report.addAll(result, false)
	if len(result.Errors) > 0 {
		return nil, nil
	}
	data := result.OutputFiles[0].Contents
	if script == nodeScript {
		data = append(data, sourceName...)
	}
	return data, nil
}

// leaveOut keeps modules out of the script that can be loaded when somebody asks for
// them, which in development is hardly ever: reading them would cost more than the
// rest of the script.
func (b *build) leaveOut(pb api.PluginBuild, platform string) {
	for name, place := range b.opt.later {
		pb.OnResolve(api.OnResolveOptions{Filter: "^" + regexp.QuoteMeta(name) + "$", Namespace: runtimeNamespace}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: laterFolder + name, Namespace: runtimeNamespace}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: "^" + regexp.QuoteMeta(laterFolder+name) + "$", Namespace: runtimeNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			text := "module.exports = require(" + quoteJS("./"+strings.Repeat("../", strings.Count(args.Path, "/"))+platform) + ").require(" + quoteJS(place) + ");"
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
	}
}

// laterFolder is where the modules that leaveOut names appear to lie.
const laterFolder = "later/"

// sourceName gives the runtime the name in stack traces that it has in V8, too.
const sourceName = "\n//# sourceURL=onward:runtime\n"

func (b *build) writeRuntime(name string, script []byte) {
	b.out.write(name, script)
	if name == runtimeScript && b.opt.OnRuntime != nil {
		b.opt.OnRuntime(name, script)
	}
}

// runtimeDefines are the constants of the runtime. The app's are among them only
// where code of the app is.
func (b *build) runtimeDefines() map[string]string {
	d := map[string]string{"process.env.NODE_ENV": b.mode(), "process.env.NEXT_RUNTIME": `"nodejs"`}
	if b.next.imageLoader != "" {
		for name, value := range b.defines(false) {
			if strings.HasPrefix(name, "process.env.") {
				d[name] = value
			}
		}
	}
	return d
}

// storeCached puts data at path whole or not at all, and forgets older runtimes
// in the same folder.
func storeCached(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, _ := filepath.Glob(filepath.Join(dir, "*.js"))
	temp, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if _, err := temp.Write(data); err != nil {
		temp.Close()
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	for _, o := range old {
		if o != path {
			os.Remove(o)
		}
	}
	return nil
}

// runtimeKey hashes what goes into the runtime script.
func (b *build) runtimeKey() (string, error) {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(b.opt.later)) {
		h.Write([]byte(name + "\x00" + b.opt.later[name] + "\x00"))
	}
	h.Write([]byte(runtimeFormat + "\x00" + b.mode() + "\x00" + b.dir + "\x00"))
	for _, dir := range []string{"dist", "next", "node", "platform", "server"} {
		err := fs.WalkDir(b.opt.Runtime, dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(b.opt.Runtime, p)
			h.Write([]byte(p + "\x00"))
			h.Write(data)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	for _, name := range []string{"react", "react-dom", "scheduler", "styled-jsx"} {
		folder := findPackage(b.dir, name)
		if name == "styled-jsx" {
			folder = findStyledJSX(b.dir)
		}
		data, err := os.ReadFile(filepath.Join(folder, "package.json"))
		if folder == "" || err != nil {
			continue
		}
		h.Write([]byte(folder + "\x00"))
		h.Write(data)
		files, err := os.ReadDir(filepath.Join(folder, "cjs"))
		if err != nil {
			continue
		}
		// A patched package keeps its version: sizes and times tell.
		for _, f := range files {
			if info, err := f.Info(); err == nil && strings.Contains(f.Name(), strings.Trim(b.mode(), `"`)) {
				h.Write([]byte(f.Name() + info.ModTime().String()))
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), nil
}

func (b *build) reactMissing() *diag.Message {
	var missing []string
	for _, name := range []string{"react", "react-dom"} {
		if findPackage(b.dir, name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	names := strings.Join(missing, " ")
	return diag.Errorf("react-missing", "the app's packages are not installed: no %s in node_modules", strings.ReplaceAll(names, " ", " and ")).
		WithHint("run `npm install`, or `npm install %s` when package.json does not list it", names)
}

// findPackage looks for an installed package from dir upwards; "" when there is
// none.
func findPackage(dir, name string) string {
	for {
		p := filepath.Join(dir, "node_modules", filepath.FromSlash(name))
		if _, err := os.Stat(filepath.Join(p, "package.json")); err == nil {
			return p
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
