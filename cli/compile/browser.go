package compile

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/route"
)

const (
	mainEntry  = "onward-main"
	mainModule = "browser/main.tsx"
)

// browserGraph bundles every page for the browser as ES modules that share
// chunks.
func (b *build) browserGraph(ctx context.Context) error {
	var pages []route.Page
	for _, p := range b.pages() {
		if !p.API && p.Route != "/_document" {
			pages = append(pages, p)
		}
	}
	entries := []api.EntryPoint{{InputPath: mainEntry, OutputPath: "static/chunks/main"}}
	preludes, err := b.preludes()
	if err != nil {
		return err
	}
	for _, p := range preludes {
		entries = append(entries, api.EntryPoint{InputPath: preludeNamespace + ":" + p.name, OutputPath: "static/chunks/" + p.name})
	}
	for _, p := range pages {
		entries = append(entries, api.EntryPoint{InputPath: pageNamespace + ":" + p.Route, OutputPath: "static/chunks/pages/" + pagePath(p.Route)})
	}
	client, err := json.Marshal(b.clientConfig())
	if err != nil {
		return err
	}
	sourcemap := api.SourceMapNone
	if b.sourceMaps() {
		sourcemap = api.SourceMapLinked
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:       b.dir,
		EntryPointsAdvanced: entries,
		Bundle:              true,
		Splitting:           true,
		Format:              api.FormatESModule,
		Platform:            api.PlatformBrowser,
		Outdir:              b.opt.OutDir,
		EntryNames:          "[dir]/[name]-[hash]" + b.nameEnd(),
		ChunkNames:          "static/chunks/[hash]" + b.nameEnd(),
		AssetNames:          b.assetNames(),
		PublicPath:          b.assetPrefix() + "/_next/",
		Engines:             targets(b.dir),
		JSX:                 api.JSXAutomatic,
		Tsconfig:            b.tsconfig,
		Define:              b.defines(true),
		MinifySyntax:        true,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   !b.opt.KeepNames,
		LegalComments:       api.LegalCommentsNone,
		Sourcemap:           sourcemap,
		Metafile:            true,
		LogLevel:            api.LogLevelSilent,
		LogLimit:            0,
		ResolveExtensions:   b.resolveExtensions(),
		Loader:              loaders,
		Plugins: []api.Plugin{
			b.aliasPlugin(true),
			b.pagePlugin(pages, b.browserEntry),
			b.mainPlugin(),
			preludePlugin(preludes),
			b.next.browser(b.dir, string(client)),
			b.next.polyfills(b.dir),
			b.styledJSXPlugin(true),
			b.styles.plugin(true),
			b.contexts.plugin(),
			b.assets.plugin(),
			b.workerPlugin(),
			b.wasmPlugin(true),
			b.fonts.plugin(true),
			b.source.plugin(true),
		},
	})
	b.report.addAll(result, true)
	if len(result.Errors) > 0 || ctx.Err() != nil {
		return nil
	}
	meta, err := parseMetafile(result.Metafile, b.opt.OutDir)
	if err != nil {
		return err
	}
	for _, name := range []string{"next/image.tsx", "next/legacy/image.tsx"} {
		if _, used := meta.Inputs[runtimeNamespace+":"+name]; used {
			b.result.NextImage = true
		}
	}
	l := &linked{prefix: b.assetPrefix() + "/_next/", files: map[string]*linkedFile{}}
	styles := map[string]string{}
	sourceMaps := map[string][]byte{}
	for _, f := range result.OutputFiles {
		name := b.outName(f.Path)
		switch path.Ext(name) {
		case ".css":
			styles[name] = b.styleName(f.Contents)
			b.out.write(styles[name], f.Contents)
		case ".js":
			l.files[name] = &linkedFile{path: name, code: f.Contents}
		case ".map":
			sourceMaps[name] = f.Contents
		default:
			b.out.write(name, f.Contents)
		}
	}
	for name, f := range l.files {
		o := meta.Outputs[name]
		f.entry, f.css = o.EntryPoint, styles[o.CSSBundle]
		for _, i := range o.Imports {
			if !i.External {
				f.addImport(fileImport{i.Path, i.Kind == "dynamic-import"})
			}
		}
		f.inputs = slices.Sorted(maps.Keys(o.Inputs))
	}
	if !b.sourceMaps() { // a merged file has no map
		if err := l.merge(l.entries(alwaysLoaded), l.entries(isPageEntry), l.entries(isPrelude)); err != nil {
			return err
		}
	}
	l.loadStyles()
	l.name()
	for _, f := range l.files {
		if m := sourceMaps[f.path+".map"]; m != nil {
			f.code = bytes.Replace(f.code, []byte("//# sourceMappingURL="+path.Base(f.path)), []byte("//# sourceMappingURL="+path.Base(f.final)), 1)
			b.out.write(f.final+".map", m)
		}
		b.out.write(f.final, f.code)
	}
	b.describePages(l, meta)
	for i := len(preludes) - 1; i >= 0; i-- {
		for _, f := range l.files {
			if f.entry == preludeNamespace+":"+preludes[i].name {
				b.result.MainScripts = append([]string{f.final}, b.result.MainScripts...)
				for _, p := range l.static(f.path) {
					if !slices.Contains(b.result.MainPreload, l.files[p].final) {
						b.result.MainPreload = append(b.result.MainPreload, l.files[p].final)
					}
				}
			}
		}
	}
	if b.source.process.Load() {
		name := "static/chunks/process-" + hex.EncodeToString(b.sum([]byte(processScript))[:4]) + ".js"
		b.out.write(name, []byte(processScript))
		b.result.MainScripts = append([]string{name}, b.result.MainScripts...)
	}
	return nil
}

func isPageEntry(entry string) bool { return strings.HasPrefix(entry, pageNamespace+":") }

// alwaysLoaded are the entries that every page runs.
func alwaysLoaded(entry string) bool {
	return entry == runtimeNamespace+":"+mainModule || entry == pageNamespace+":/_app"
}

// entries lists the files of the entries that are wanted, sorted.
func (l *linked) entries(want func(entry string) bool) []string {
	var list []string
	for p, f := range l.files {
		if f.entry != "" && want(f.entry) {
			list = append(list, p)
		}
	}
	slices.Sort(list)
	return list
}

// describePages fills in what the browser loads for each page.
func (b *build) describePages(l *linked, meta *metafile) {
	final := func(list []string) []string {
		out := make([]string, len(list))
		for i, p := range list {
			out[i] = l.files[p].final
		}
		return out
	}
	ids := l.dynamicIDs(meta, b.source)
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, f := range l.files {
		if f.entry == runtimeNamespace+":"+mainModule {
			b.result.MainScripts = []string{f.final}
			b.result.MainPreload = final(l.static(name))
		}
		pattern, isPage := strings.CutPrefix(f.entry, pageNamespace+":")
		if !isPage {
			continue
		}
		p := b.result.Pages[pattern]
		p.Scripts = []string{f.final}
		p.Preload = final(l.static(name))
		if f.css != "" {
			p.Styles = []string{f.css}
		}
		var inputs []string
		for _, part := range append([]string{name}, l.static(name)...) {
			inputs = append(inputs, l.files[part].inputs...)
		}
		if files, found := b.fonts.preloads(inputs); found {
			p.Fonts = append([]string{}, files...)
		}
		for _, reached := range l.all(name) {
			for id, target := range ids[reached] {
				if p.Dynamic == nil {
					p.Dynamic = map[string]Assets{}
				}
				a := Assets{Scripts: final(append([]string{target}, l.static(target)...))}
				if css := l.files[target].css; css != "" {
					a.Styles = []string{css}
				}
				p.Dynamic[id] = a
			}
		}
	}
}

// dynamicIDs finds, for every file, the next/dynamic ids of the modules in it and
// the file that each loads.
func (l *linked) dynamicIDs(meta *metafile, s *sources) map[string]map[string]string {
	entries := map[string]string{}
	for p, f := range l.files {
		if f.entry != "" {
			entries[f.entry] = p
		}
	}
	ids := map[string]map[string]string{}
	for p, f := range l.files {
		for _, input := range f.inputs {
			if !s.dynamic(input) {
				continue
			}
			id := s.dynamicID(filepath.Join(s.b.dir, filepath.FromSlash(input)))
			for _, i := range meta.Inputs[input].Imports {
				if target := entries[i.Path]; i.Kind == "dynamic-import" && target != "" {
					if ids[p] == nil {
						ids[p] = map[string]string{}
					}
					ids[p][id(i.Original)] = target
				}
			}
		}
	}
	return ids
}

func (b *build) browserEntry(p route.Page) string {
	return "import * as page from " + quoteJS(b.pageModule(p)) + ";\n" +
		"(self.__NEXT_P = self.__NEXT_P || []).push([" + quoteJS(p.Route) + ", () => page]);\n"
}

func (b *build) mainPlugin() api.Plugin {
	return api.Plugin{Name: "main", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + mainEntry + `$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: mainModule, Namespace: runtimeNamespace}, nil
		})
	}}
}

// assetPrefix is what stands before /_next in URLs.
func (b *build) assetPrefix() string {
	if b.opt.Config.AssetPrefix != "" {
		return strings.TrimSuffix(b.opt.Config.AssetPrefix, "/")
	}
	return b.opt.Config.BasePath
}

// styleName is the path of a style sheet with this content.
func (b *build) styleName(css []byte) string {
	return "static/css/" + hex.EncodeToString(b.sum(css)[:8]) + ".css"
}
