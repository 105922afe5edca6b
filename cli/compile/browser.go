package compile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/route"
)

const mainEntry = "onward-main"

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
		EntryNames:          "[dir]/[name]-[hash]",
		ChunkNames:          "static/chunks/[hash]",
		AssetNames:          assetNames,
		PublicPath:          b.assetPrefix() + "/_next/",
		Engines:             targets(b.dir),
		JSX:                 api.JSXAutomatic,
		Tsconfig:            b.tsconfig,
		Define:              b.defines(true),
		MinifySyntax:        true,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		LegalComments:       api.LegalCommentsNone,
		Sourcemap:           sourcemap,
		Metafile:            true,
		LogLevel:            api.LogLevelSilent,
		LogLimit:            0,
		ResolveExtensions:   resolveExtensions,
		Loader:              loaders,
		Plugins: []api.Plugin{
			b.pagePlugin(pages, b.browserEntry),
			b.mainPlugin(),
			b.next.browser(b.dir, string(client)),
			b.styles.plugin(true),
			b.assets.plugin(),
			b.source.plugin(true),
		},
	})
	b.report.addAll(result)
	if len(result.Errors) > 0 || ctx.Err() != nil {
		return nil
	}
	meta, err := parseMetafile(result.Metafile, b.opt.OutDir)
	if err != nil {
		return err
	}
	styles := map[string]string{}
	for _, f := range result.OutputFiles {
		name := b.outName(f.Path)
		if strings.HasSuffix(name, ".css") {
			styles[name] = styleName(f.Contents)
			name = styles[name]
		}
		b.out.write(name, f.Contents)
	}
	for file, o := range meta.Outputs {
		switch name, isPage := strings.CutPrefix(o.EntryPoint, pageNamespace+":"); {
		case isPage:
			b.mu.Lock()
			p := b.result.Pages[name]
			p.Scripts = []string{file}
			p.Preload = meta.static(file)
			if o.CSSBundle != "" {
				p.Styles = []string{styles[o.CSSBundle]}
			}
			b.mu.Unlock()
		case o.EntryPoint == runtimeNamespace+":browser/main.ts":
			b.result.MainScripts = []string{file}
			b.result.MainPreload = meta.static(file)
		}
	}
	return nil
}

func (b *build) browserEntry(p route.Page) string {
	return "import * as page from " + quoteJS(b.pageModule(p)) + ";\n" +
		"(self.__NEXT_P = self.__NEXT_P || []).push([" + quoteJS(p.Route) + ", () => page]);\n"
}

func (b *build) mainPlugin() api.Plugin {
	return api.Plugin{Name: "main", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + mainEntry + `$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: "browser/main.ts", Namespace: runtimeNamespace}, nil
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
func styleName(css []byte) string {
	sum := sha256.Sum256(css)
	return "static/css/" + hex.EncodeToString(sum[:8]) + ".css"
}
