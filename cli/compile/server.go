package compile

import (
	"context"
	"encoding/json"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
	"github.com/onwardjs/onward/internal/stack"
)

const pageNamespace = "onward-page"

// serverGraph bundles every page and API route for the engine, and middleware.
// API routes and middleware of the edge runtime make a graph of their own: packages
// give them other files, and process.env.NEXT_RUNTIME differs.
func (b *build) serverGraph(ctx context.Context) error {
	var node, edge []route.Page
	for _, p := range b.pages() {
		if b.edge[p.Route] {
			edge = append(edge, p)
		} else {
			node = append(node, p)
		}
	}
	if m := b.result.Middleware; m != nil {
		guard := route.Page{Route: middlewareRoute, File: m.Source, API: true}
		if m.Edge {
			edge = append(edge, guard)
		} else {
			node = append(node, guard)
		}
	}
	if b.opt.Hooks != "" {
		node = append(node, route.Page{Route: instrumentationRoute, File: b.opt.Hooks, API: true})
		b.result.Instrumentation = serverFile(instrumentationRoute)
	}
	if file := b.opt.Config.CacheHandler; file != "" {
		node = append(node, route.Page{Route: cacheHandlerRoute, File: b.cacheHandlerFile(file), API: true})
	}
	if err := b.bundleServer(ctx, node, false); err != nil || ctx.Err() != nil {
		return err
	}
	b.modulesByPath()
	if len(edge) == 0 {
		return nil
	}
	return b.bundleServer(ctx, edge, true)
}

// serverFile is the server module of a route.
func serverFile(pattern string) string {
	switch pattern {
	case middlewareRoute:
		return middlewareModule
	case cacheHandlerRoute:
		return cacheHandlerModule
	case instrumentationRoute:
		return "server/instrumentation.js"
	}
	return "server/pages/" + pagePath(pattern) + ".js"
}

// instrumentationRoute names the instrumentation file among the entries. No page
// has it, since it does not begin with a slash.
const instrumentationRoute = "instrumentation"

// cacheHandlerRoute names the user's cache handler among the entries. No page has
// it, since it does not begin with a slash.
const cacheHandlerRoute = "cache-handler"

// cacheHandlerModule is where it goes: render.CacheModule.
const cacheHandlerModule = "server/cache-handler.js"

// cacheHandlerFile is the file that cacheHandler names, relative to the project.
func (b *build) cacheHandlerFile(name string) string {
	name = filepath.FromSlash(strings.TrimPrefix(name, "file://"))
	if !filepath.IsAbs(name) {
		return filepath.ToSlash(name)
	}
	if rel, err := filepath.Rel(b.dir, name); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(name)
}

// bundleServer bundles the pages of one runtime. esbuild splits only ES modules, so
// the bundle is made as ES modules first and each file is then converted to
// CommonJS, which keeps live bindings.
func (b *build) bundleServer(ctx context.Context, pages []route.Page, edge bool) error {
	var entries []api.EntryPoint
	for _, p := range pages {
		entries = append(entries, api.EntryPoint{InputPath: pageNamespace + ":" + p.Route, OutputPath: strings.TrimSuffix(serverFile(p.Route), ".js")})
	}
	conditions, defines := []string{"node"}, b.defines(false)
	if edge {
		conditions = edgeConditions
		defines["process.env.NEXT_RUNTIME"] = `"edge"`
	}
	options := api.BuildOptions{
		AbsWorkingDir:       b.dir,
		EntryPointsAdvanced: entries,
		Bundle:              true,
		Splitting:           true,
		Format:              api.FormatESModule,
		Platform:            api.PlatformNeutral,
		Conditions:          conditions,
		MainFields:          []string{"main", "module"},
		Outdir:              b.opt.OutDir,
		ChunkNames:          "server/chunks/[hash]",
		AssetNames:          b.assetNames(),
		Engines:             b.needs.engines(),
		JSX:                 api.JSXAutomatic,
		Tsconfig:            b.tsconfig,
		Define:              defines,
		MinifySyntax:        true,
		LegalComments:       api.LegalCommentsNone,
		Sourcemap:           api.SourceMapExternal,
		SourcesContent:      api.SourcesContentExclude,
		Metafile:            true,
		LogLevel:            api.LogLevelSilent,
		LogLimit:            0,
		ResolveExtensions:   b.resolveExtensions(),
		Loader:              loaders,
		Plugins: []api.Plugin{
			b.aliasPlugin(false),
			b.pagePlugin(pages, b.serverEntry),
			b.next.server(),
			b.styledJSXPlugin(false),
			b.styles.plugin(false),
			b.contexts.plugin(),
			b.assets.plugin(),
			b.wasmPlugin(false),
			b.fonts.plugin(false),
			b.source.plugin(false),
		},
	}
	if !edge {
		options.Plugins = slices.Insert(options.Plugins, 2, b.needs.plugin())
	}
	result := api.Build(options)
	for !edge && b.needs.learn(result.Errors) {
		options.Engines = b.needs.engines()
		result = api.Build(options)
	}
	b.report.addAll(result, false)
	if len(result.Errors) > 0 || ctx.Err() != nil {
		return nil
	}
	meta, err := parseMetafile(result.Metafile, b.opt.OutDir)
	if err != nil {
		return err
	}
	if err := b.writeServer(ctx, result.OutputFiles); err != nil {
		return err
	}
	b.reportNoDefault(pages, result.Warnings)
	for _, p := range pages {
		file := serverFile(p.Route)
		if p.Route == middlewareRoute || p.Route == cacheHandlerRoute || p.Route == instrumentationRoute {
			if err := b.writeTrace(file, meta); err != nil {
				return err
			}
			continue
		}
		facts, known := b.source.factsOf(p)
		if o := meta.Outputs[file]; o != nil && !known {
			facts.Exports = o.Exports
		}
		b.mu.Lock()
		b.result.Pages[p.Route].Module = file
		b.result.Pages[p.Route].Outside = b.needs.places(meta.external(file))
		b.result.Pages[p.Route].Facts = facts
		b.mu.Unlock()
		if err := b.writeTrace(file, meta); err != nil {
			return err
		}
	}
	return nil
}

// reportNoDefault turns esbuild's warning that a page's entry reads a default
// export which is not there into an error about the page. API routes are left to
// the run: they may assign module.exports in ways that only running shows.
func (b *build) reportNoDefault(pages []route.Page, warnings []api.Message) {
	missing := map[string]bool{}
	for _, w := range warnings {
		if w.ID == "import-is-undefined" && w.Location != nil {
			if r, ok := strings.CutPrefix(w.Location.File, pageNamespace+":"); ok {
				missing[r] = true
			}
		}
	}
	for _, p := range pages {
		if missing[p.Route] && !p.API {
			b.report.add(noDefault(p.Route, p.File))
		}
	}
}

func noDefault(pattern, file string) *diag.Message {
	m := diag.Errorf("no-default-export", "the page %s has no default export", pattern).
		WithHint("export a React component: export default function Page() { ... }; a file that is no page belongs outside the pages folder")
	m.File = file
	return m
}

// resolveExtensions is the order in which an import without extension is
// completed.
var resolveExtensions = []string{".js", ".mjs", ".tsx", ".ts", ".jsx", ".json", ".wasm", ".css"}

// resolveExtensions of this app: turbopack.resolveExtensions, in that order, in
// place of the usual ones.
func (b *build) resolveExtensions() []string {
	if list := b.opt.Config.ResolveExtensions; len(list) > 0 {
		return list
	}
	return resolveExtensions
}

// loaders by file ending; scripts and styles come from plugins.
var loaders = func() map[string]api.Loader {
	m := map[string]api.Loader{}
	for _, ext := range fileLoaders {
		m[ext] = api.LoaderFile
	}
	return m
}()

// pagePlugin makes one virtual entry per page; entry returns its source.
func (b *build) pagePlugin(pages []route.Page, entry func(route.Page) string) api.Plugin {
	byRoute := make(map[string]route.Page, len(pages))
	for _, p := range pages {
		byRoute[p.Route] = p
	}
	return api.Plugin{Name: "pages", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + pageNamespace + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, pageNamespace+":"), Namespace: pageNamespace}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: pageNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			text := entry(byRoute[args.Path])
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS, ResolveDir: b.dir}, nil
		})
	}}
}

func (b *build) serverEntry(p route.Page) string {
	if p.Route == middlewareRoute {
		return b.middlewareEntry()
	}
	from := quoteJS(b.pageModule(p))
	// `export *` leaves the default out, and a page may lack one: naming it
	// must not be an error here, but a message of our own.
	code := "export * from " + from + ";\nimport * as page from " + from + ";\nexport default page.default;\n"
	if p.File != "" {
		// A module that is also required somewhere becomes a function that its
		// importers call, with all that it imports. So modules run in the order of
		// their imports; else those that pages share would run first, being in
		// chunks. This requires nothing: the name is never set.
		code += "globalThis.__ONWARD_NEVER && require(" + from + ");\n"
	}
	return code
}

// pageModule is what an entry imports: the page's file, or the module of next/*
// that stands in for it.
func (b *build) pageModule(p route.Page) string {
	if p.File == "" {
		return "next/" + strings.TrimPrefix(p.Route, "/_")
	}
	return filepath.ToSlash(filepath.Join(b.dir, filepath.FromSlash(p.File)))
}

// writeServer converts the bundled ES modules to CommonJS on all cores.
func (b *build) writeServer(ctx context.Context, files []api.OutputFile) error {
	maps := map[string][]byte{} // by the path of the module
	for _, f := range files {
		if module, ok := strings.CutSuffix(f.Path, ".map"); ok {
			maps[module] = f.Contents
		}
	}
	work := make(chan api.OutputFile)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range work {
				b.writeCommonJS(f, maps[f.Path])
			}
		})
	}
	for _, f := range files {
		if ctx.Err() == nil && path.Ext(f.Path) != ".map" {
			work <- f
		}
	}
	close(work)
	wg.Wait()
	return nil
}

func (b *build) writeCommonJS(f api.OutputFile, sourceMap []byte) {
	name := b.outName(f.Path)
	if !strings.HasSuffix(name, ".js") {
		b.out.write(name, f.Contents)
		return
	}
	result := api.Transform(string(f.Contents), api.TransformOptions{
		Format:   api.FormatCommonJS,
		Platform: api.PlatformNeutral,
		Engines:  b.needs.engines(),
		// import() becomes a promise of require(): the engine loads CommonJS only.
		Supported:      map[string]bool{"dynamic-import": false},
		LegalComments:  api.LegalCommentsNone,
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		LogLevel:       api.LogLevelSilent,
		Sourcefile:     name,
	})
	for _, m := range result.Errors {
		b.report.add(b.report.convert(m, diag.Error, false))
	}
	b.out.write(name, result.Code)
	if whole, err := b.composeMap(name, result.Map, sourceMap); err == nil {
		b.out.write(name+".map", whole)
	}
}

// composeMap joins the map of the conversion to the map of the bundling, for the
// module name. Sources become relative to the project.
func (b *build) composeMap(name string, conversion, bundling []byte) ([]byte, error) {
	after, err := stack.ParseMap(conversion)
	if err != nil {
		return nil, err
	}
	before, err := stack.ParseMap(bundling)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(b.opt.OutDir, filepath.FromSlash(path.Dir(name)))
	for i, s := range before.Sources {
		if namespace, _, ok := strings.Cut(s, ":"); !ok || !strings.HasPrefix(namespace, "onward-") {
			before.Sources[i] = b.report.show(filepath.Join(dir, filepath.FromSlash(s)))
		}
	}
	before.SourceRoot = relative(dir, b.dir)
	return after.Through(before).AppendJSON(nil), nil
}

// outName is an output path relative to OutDir.
func (b *build) outName(full string) string {
	rel, err := filepath.Rel(b.opt.OutDir, full)
	if err != nil {
		return filepath.ToSlash(full)
	}
	return filepath.ToSlash(rel)
}

// writeTrace writes the .nft.json beside a server entry: the files it needs.
func (b *build) writeTrace(file string, meta *metafile) error {
	dir := path.Dir(file)
	files := []string{relative(dir, runtimeScript)}
	if b.needs.node {
		files[0] = relative(dir, nodeScript)
	}
	for _, f := range meta.imports(file) {
		files = append(files, relative(dir, f))
	}
	slices.Sort(files)
	data, err := json.Marshal(struct {
		Version int      `json:"version"`
		Files   []string `json:"files"`
	}{1, files})
	if err != nil {
		return err
	}
	b.out.write(file+".nft.json", data)
	return nil
}

// relative is the path from one output folder to a file, with slashes.
func relative(dir, file string) string {
	rel, err := filepath.Rel(filepath.FromSlash(dir), filepath.FromSlash(file))
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}
