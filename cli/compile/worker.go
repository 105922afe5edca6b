package compile

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// workerNamespace holds the scripts of web workers; the import is the URL of the
// bundle.
const workerNamespace = "onward-worker"

// namedInBrowser is named, and bundles the scripts that workers start with.
func (b *build) namedInBrowser(importer string) func(specifier string, worker bool) string {
	files := b.assets.named(importer)
	return func(specifier string, worker bool) string {
		full := filepath.Join(filepath.Dir(importer), filepath.FromSlash(specifier))
		if worker && strings.HasPrefix(specifier, ".") && sourcePattern.MatchString(full) {
			if info, err := os.Stat(full); err == nil && info.Mode().IsRegular() {
				return workerNamespace + ":" + filepath.ToSlash(full)
			}
		}
		return files(specifier, worker)
	}
}

// workerPlugin bundles the scripts that workers start with; around are the workers
// in whose bundle that happens.
func (b *build) workerPlugin(around ...string) api.Plugin {
	return api.Plugin{Name: "worker", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + workerNamespace + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, workerNamespace+":"), Namespace: workerNamespace, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: workerNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			if slices.Contains(around, args.Path) {
				return refuseLoad(diag.Errorf("worker", "the worker %s starts itself", b.report.show(args.Path)).
					WithHint("a bundle cannot hold its own name: start it with new Worker(location.href)")), nil
			}
			name, result := b.worker(args.Path, around)
			text := quoteJS(b.assetPrefix() + "/_next/" + name)
			out := api.OnLoadResult{Contents: &text, Loader: api.LoaderJSON}
			if b.opt.Dev {
				// The module answers for the whole bundle: it is made anew when a file of
				// it changes.
				out.Errors, out.WatchFiles = result.Errors, b.bundled(result.Metafile)
			} else {
				b.report.addAll(result, true)
			}
			return out, nil
		})
	}}
}

// bundled lists the files that a bundle was made of, absolute paths.
func (b *build) bundled(metafile string) []string {
	var meta struct {
		Inputs map[string]struct{} `json:"inputs"`
	}
	if json.Unmarshal([]byte(metafile), &meta) != nil {
		return nil
	}
	var list []string
	for name := range meta.Inputs {
		if strings.HasPrefix(name, "onward") && strings.Contains(name, ":") {
			continue
		}
		full := filepath.FromSlash(name)
		if !filepath.IsAbs(full) {
			full = filepath.Join(b.dir, full)
		}
		list = append(list, full)
	}
	slices.Sort(list)
	return list
}

// worker bundles the script of a worker, with all that it imports, into one file
// that a classic worker and a module worker run alike, and returns its path.
func (b *build) worker(file string, around []string) (string, api.BuildResult) {
	options := api.BuildOptions{
		AbsWorkingDir:     b.dir,
		EntryPoints:       []string{file},
		Bundle:            true,
		Format:            api.FormatIIFE,
		Platform:          api.PlatformBrowser,
		Outdir:            b.opt.OutDir,
		AssetNames:        b.assetNames(),
		PublicPath:        b.assetPrefix() + "/_next/",
		Engines:           targets(b.dir),
		JSX:               api.JSXAutomatic,
		Tsconfig:          b.tsconfig,
		Define:            b.defines(true),
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: !b.opt.KeepNames,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
		ResolveExtensions: b.resolveExtensions(),
		Loader:            loaders,
		Plugins: []api.Plugin{
			b.aliasPlugin(true),
			b.assets.plugin(),
			b.workerPlugin(append(slices.Clone(around), file)...),
			b.wasmPlugin(true),
			b.source.plugin(true),
		},
	}
	if b.opt.Dev {
		options.Metafile = true
		options.MinifySyntax, options.MinifyWhitespace, options.MinifyIdentifiers = false, false, false
		options.TsconfigRaw = b.liveTsconfig()
		// Modules are edited for Fast Refresh, which is not there.
		options.Banner = map[string]string{"js": "self.$RefreshReg$ = () => {}; self.$RefreshSig$ = () => (type) => type;"}
	}
	result := api.Build(options)
	script := ""
	for _, f := range result.OutputFiles {
		if name := b.outName(f.Path); path.Ext(name) == ".js" {
			script = b.assets.emit(strings.TrimSuffix(file, filepath.Ext(file))+".js", f.Contents)
		} else {
			b.out.write(name, f.Contents)
		}
	}
	return script, result
}
