package compile

import (
	"encoding/json"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/stack"
)

// compiled is a module after compiling. It is not changed after it is made.
type compiled struct {
	// code is the body of a CommonJS module; empty when it never could be compiled.
	code string
	// mappings are those of its source map to the module's file; empty when they
	// are made when somebody asks.
	mappings string
	names    string // of the map, as JSON
	imports  []edge
	version  int
	// inputs are the files that it was made of, with the hash of what they held; 0
	// for those that could not be read.
	inputs   map[string]uint64
	problems diag.Errors
	// style is the style sheet that comes with the module; see liveStyles.
	style string
	// dynamicIDs: it calls next/dynamic.
	dynamicIDs bool
	surface    surface
	places     struct {
		once   sync.Once
		parsed *stack.Map
	}
}

// lazyMark begins the path of a dynamic import until it becomes require.load, which
// is as long, so that no column changes.
const lazyMark = "@lazy:"

// moduleEntry stands for the one module that is bundled.
const moduleEntry = "onward-live-entry"

func (g *graph) buildOptions() api.BuildOptions {
	b := g.l.b
	o := api.BuildOptions{
		AbsWorkingDir:  b.dir,
		EntryPoints:    []string{moduleEntry},
		Bundle:         true,
		Format:         api.FormatCommonJS,
		Platform:       api.PlatformNeutral,
		Outfile:        filepath.Join(b.dir, "module.js"),
		JSX:            api.JSXAutomatic,
		JSXDev:         true,
		Define:         b.defines(g.browser),
		LegalComments:  api.LegalCommentsNone,
		SourcesContent: api.SourcesContentExclude,
		LogLevel:       api.LogLevelSilent,
		LogLimit:       0,
	}
	switch g.target {
	case Browser:
		o.Engines = targets(b.dir)
		for _, name := range []string{"webpackHot", "turbopackHot"} {
			o.Define["import.meta."+name] = "module.hot"
		}
	case Edge:
		o.Define["process.env.NEXT_RUNTIME"] = `"edge"`
		fallthrough
	case Server:
		o.Engines = b.needs.engines()
		o.Supported = map[string]bool{"dynamic-import": false}
	}
	return o
}

// loaded is the text of a module before it is compiled.
type loaded struct {
	text     string
	loader   api.Loader
	dir      string // that its imports are relative to
	inputs   []string
	style    string
	hash     uint64 // of the file; 0: it was not read
	problems diag.Errors
}

// make compiles a module.
func (g *graph) make(m *module) *compiled {
	name, state, keep := g.cacheName(m)
	if keep {
		if c := g.kept(m, name, state); c != nil {
			return c
		}
	}
	c := g.makeWith(m, g.browser && g.own(m))
	if keep {
		g.keep(m, name, state, c)
	}
	return c
}

// own tells whether a module is a file of the app and not of a package. Browsers ask for
// the source maps of those; maps of packages are large, and on the server a map is
// needed when something goes wrong.
func (g *graph) own(m *module) bool { return m.namespace == "file" && !inNodeModules(m.path) }

func (g *graph) makeWith(m *module, sourceMap bool) *compiled {
	c := &compiled{version: int(g.l.versions.Add(1)), inputs: map[string]uint64{}}
	if m.id == helperModule {
		c.code = helperCode
		return c
	}
	if m.namespace == "file" && !g.isSource(m) {
		// Before it is read: what changes afterwards is then seen.
		c.inputs[m.path] = hashFile(m.path)
	}
	in := g.load(m)
	if g.isSource(m) {
		// Of what was read; 0 when nothing was, even if the file is there again.
		c.inputs[m.path] = in.hash
	}
	for _, f := range in.inputs {
		if _, known := c.inputs[f]; !known {
			c.inputs[f] = hashFile(f)
		}
	}
	c.style = in.style
	if c.problems = in.problems; len(c.problems) > 0 {
		return c
	}
	g.bundle(m, in, c, sourceMap)
	if m.namespace == "file" {
		g.l.b.source.done(m.path, g.browser)
	}
	c.dynamicIDs = m.namespace == "file" && g.l.b.source.dynamic(g.l.b.report.show(m.path))
	return c
}

func hashFile(name string) uint64 {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	return hashText(data)
}

// hashText is never 0, which stands for files that cannot be read.
func hashText(data []byte) uint64 {
	return uint64(crc32.Checksum(data, checksums))<<32 | uint64(uint32(len(data))) | 1<<31
}

// isSource tells whether a module is a script, or a file that loaders make one of.
func (g *graph) isSource(m *module) bool {
	return m.namespace == "file" && (scriptEnding(m.path) || g.l.b.loaders.find(m.path) != nil)
}

// scriptEnding is sourcePattern, faster.
func scriptEnding(path string) bool {
	switch filepath.Ext(path) {
	case ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".mjsx", ".cjsx", ".mtsx", ".ctsx":
		return true
	}
	return false
}

// load reads a module as the plugins have it.
func (g *graph) load(m *module) loaded {
	l := g.l
	in := loaded{loader: api.LoaderJS}
	fail := func(err error) loaded {
		var d *diag.Message
		if !errors.As(err, &d) {
			d = diag.Errorf("unreadable", "cannot read %s: %v", l.b.report.show(m.path), plainError(err))
			d.File = l.b.report.show(m.path)
		}
		in.problems = append(in.problems, d)
		return in
	}
	if m.namespace == "file" {
		in.dir = filepath.Dir(m.path)
		if g.isSource(m) {
			f := l.b.source.load(m.path)
			in.hash = f.hash
			if f.err != nil {
				return fail(f.err)
			}
			if f.problem != nil {
				return fail(f.problem)
			}
			in.problems = append(in.problems, f.problems...)
			if l.b.loaders.find(m.path) != nil {
				in.inputs = l.inputs(m)
			}
			in.text, in.loader = f.server, scriptLoader(f.ending)
			if g.browser {
				in.text = l.b.source.forBrowser(f, m.path)
			}
			return asScript(in)
		}
	}
	if m.namespace == liveNamespace {
		in.text, in.dir = l.startModule(), l.b.dir
		return in
	}
	result, ok, err := g.chain.load(api.OnLoadArgs{Path: m.path, Namespace: m.namespace})
	if err != nil {
		return fail(err)
	}
	in.inputs = append(l.inputs(m), result.WatchFiles...)
	for _, e := range result.Errors {
		in.problems = append(in.problems, l.b.report.convert(e, diag.Error, g.browser))
	}
	if len(in.problems) > 0 {
		return in
	}
	in.style = l.styles.of(m)
	if result.ResolveDir != "" {
		in.dir = result.ResolveDir
	}
	if !ok {
		return g.loadFile(m, in, fail)
	}
	in.text, in.loader = *result.Contents, result.Loader
	return asScript(in)
}

// loadFile reads a file that no plugin knows, by its ending.
func (g *graph) loadFile(m *module, in loaded, fail func(error) loaded) loaded {
	if m.namespace != "file" {
		return fail(diag.Errorf("module-not-found", "nothing is known of %s", m.id))
	}
	data, err := os.ReadFile(m.path)
	if err != nil {
		return fail(err)
	}
	ext := strings.ToLower(filepath.Ext(m.path))
	switch {
	case ext == ".json":
		in.text, in.loader = string(data), api.LoaderJSON
	case ext == ".txt":
		in.text = "module.exports = " + quoteJS(string(data)) + ";\n"
	case loaders[ext] == api.LoaderFile:
		in.text = "module.exports = " + quoteJS(g.l.b.assetPrefix()+"/_next/"+g.l.b.assets.emit(m.path, data)) + ";\n"
	default:
		d := diag.Errorf("no-loader", "%s cannot be imported: nothing says how to read files that end in %q", g.l.b.report.show(m.path), ext).
			WithHint("import a script, JSON, CSS or an image; or add a loader to turbopack.rules in next.config")
		d.File = g.l.b.report.show(m.path)
		return fail(d)
	}
	return asScript(in)
}

// asScript makes a module of JSON. What is no JSON stays, so that esbuild says where
// it is wrong.
func asScript(in loaded) loaded {
	if in.loader == api.LoaderJSON && json.Valid([]byte(in.text)) {
		in.loader = api.LoaderJS
		if strings.Contains(in.text, "__proto__") {
			in.text = "JSON.parse(" + quoteJS(in.text) + ")"
		}
		in.text = "module.exports = " + in.text
	}
	return in
}

func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// bundle turns the text of a module into CommonJS whose imports are ids.
func (g *graph) bundle(m *module, in loaded, c *compiled, sourceMap bool) {
	options := g.options
	if sourceMap {
		options.Sourcemap = api.SourceMapExternal
	}
	options.TsconfigRaw = g.l.tsconfig
	if m.namespace == "file" && inNodeModules(m.path) {
		options.TsconfigRaw = plainTsconfig
	}
	options.Define = definesIn(in.text, options.Define)
	name := m.path
	namespace := m.namespace
	var overruled map[string]string
	for range 4 {
		c.imports = nil
		var found map[string]string
		options.Plugins = []api.Plugin{{Name: "live", Setup: func(pb api.PluginBuild) {
			pb.OnResolve(api.OnResolveOptions{Filter: `.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				if args.Kind == api.ResolveEntryPoint {
					return api.OnResolveResult{Path: name, Namespace: namespace}, nil
				}
				args.Importer, args.Namespace, args.ResolveDir = m.path, m.namespace, in.dir
				return g.link(m, c, args, overruled[args.Path])
			})
			pb.OnLoad(api.OnLoadOptions{Filter: `.`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				if args.Path == name {
					return api.OnLoadResult{Contents: &in.text, Loader: in.loader, ResolveDir: in.dir}, nil
				}
				// The bundler found what was not found here.
				if found == nil {
					found = map[string]string{}
				}
				found[args.Path] = args.Path
				empty := ""
				return api.OnLoadResult{Contents: &empty}, nil
			})
		}}}
		result := api.Build(options)
		if len(found) > 0 {
			overruled = g.overrule(c, in.dir, found, overruled)
			continue
		}
		if g.target == Server {
			g.l.b.needs.noteErrors(result.Errors)
		}
		for _, e := range result.Errors {
			c.problems = append(c.problems, g.l.b.report.convert(e, diag.Error, g.browser))
		}
		if len(c.problems) > 0 {
			return
		}
		if g.own(m) {
			g.l.b.report.addAll(api.BuildResult{Warnings: result.Warnings}, g.browser)
		}
		for _, f := range result.OutputFiles {
			if strings.HasSuffix(f.Path, ".map") {
				c.mappings, c.names = mappingsOf(f.Contents)
			} else if c.code = string(f.Contents); c.code == "" {
				c.code = "\n" // an empty module
			}
		}
		g.trim(m, c)
		return
	}
}

// definesIn are the constants that a text may have. esbuild prepares its table of
// globals anew for each set of constants; most modules need none.
func definesIn(text string, all map[string]string) map[string]string {
	var some map[string]string
	seen := map[string]bool{}
	has := func(word string) bool {
		found, known := seen[word]
		if !known {
			found = strings.Contains(text, word)
			seen[word] = found
		}
		return found
	}
	for name, value := range all {
		first, _, _ := strings.Cut(name, ".")
		if has(first) && has(name[strings.LastIndexByte(name, '.')+1:]) {
			if some == nil {
				some = map[string]string{}
			}
			some[name] = value
		}
	}
	return some
}

// overrule matches files that only the bundler found with the imports that failed.
func (g *graph) overrule(c *compiled, dir string, found, overruled map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range overruled {
		out[k] = v
	}
	for _, e := range c.imports {
		if !e.failed {
			continue
		}
		stem := strings.TrimLeft(e.specifier, "./@~")
		for _, path := range found {
			if strings.Contains(filepath.ToSlash(path), strings.TrimSuffix(stem, "/index")) || len(found) == 1 {
				out[e.specifier] = path
			}
		}
	}
	return out
}

// link says what one import becomes.
func (g *graph) link(from *module, c *compiled, args api.OnResolveArgs, overruled string) (api.OnResolveResult, error) {
	e := edge{specifier: args.Path, kind: args.Kind, dynamic: args.Kind == api.ResolveJSDynamicImport}
	var r api.OnResolveResult
	if overruled != "" {
		r = api.OnResolveResult{Path: overruled, Namespace: "file"}
	} else {
		var err error
		if r, err = g.find(args); err != nil || len(r.Errors) > 0 {
			e.failed = true
			c.imports = append(c.imports, e)
			return r, err
		}
	}
	if r.Path == "" {
		e.failed = true
		c.imports = append(c.imports, e)
		if args.Kind == api.ResolveJSImportStatement {
			return api.OnResolveResult{Errors: []api.Message{{Text: "Could not resolve " + strconv.Quote(args.Path)}}}, nil
		}
		// The bundler looks once more, and knows whether a failure matters: a require
		// in try may fail.
		return api.OnResolveResult{}, nil
	}
	if r.External {
		c.imports = append(c.imports, e)
		return api.OnResolveResult{Path: r.Path, External: true, SideEffects: r.SideEffects}, nil
	}
	if main, ok := r.PluginData.(mainFile); ok {
		e.dual = true
		if g.duals.imported(from, string(main)) {
			r.Path = string(main)
		}
	} else if args.Kind == api.ResolveJSRequireCall && r.Namespace == "file" && inNodeModules(r.Path) {
		g.duals.required(r.Path)
	}
	m := g.module(r.Namespace, r.Path)
	e.id = m.id
	c.imports = append(c.imports, e)
	out := api.OnResolveResult{Path: m.id, External: true}
	switch {
	case !g.browser:
		out.Path = g.place(m.id)
	case e.dynamic:
		out.Path = lazyMark + m.id
	}
	if g.l.styles.of(m) != "" && !strings.Contains(m.path, ".module.") && m.namespace == "file" {
		out.SideEffects = api.SideEffectsFalse // there is no code in it
	}
	return out, nil
}

// lookup is what an import may mean different things by.
type lookup struct {
	specifier, dir, namespace string
	kind                      api.ResolveKind
	// importer only where plugins look at it.
	importer string
}

type finding struct {
	result api.OnResolveResult
	err    error
}

// find is chain.find, which is asked once about the imports of a folder.
func (g *graph) find(args api.OnResolveArgs) (api.OnResolveResult, error) {
	key := lookup{specifier: args.Path, dir: args.ResolveDir, namespace: args.Namespace, kind: args.Kind}
	if g.importerMatters(args) {
		key.importer = args.Importer
	}
	if v, ok := g.found.Load(key); ok {
		f := v.(*finding)
		return f.result, f.err
	}
	r, err := g.chain.find(args)
	if err == nil && len(r.Errors) == 0 {
		g.found.Store(key, &finding{result: r})
	}
	return r, err
}

// importerMatters tells whether plugins look at the file that has an import, and not
// only at its folder.
func (g *graph) importerMatters(args api.OnResolveArgs) bool {
	if args.Namespace != "file" {
		return true
	}
	if v, ok := g.personal.Load(args.Path); ok {
		return v.(bool)
	}
	matters := isStyle(args.Path) || strings.HasPrefix(args.Path, "next/dist/") || isBuiltin(args.Path) || nativePackages.MatchString(args.Path) ||
		strings.HasSuffix(args.Path, ".node")
	g.personal.Store(args.Path, matters)
	return matters
}

// mappingsOf takes the mappings out of esbuild's source map.
func mappingsOf(data []byte) (mappings, names string) {
	var file struct {
		Mappings string          `json:"mappings"`
		Names    json.RawMessage `json:"names"`
	}
	if json.Unmarshal(data, &file) != nil {
		return "", ""
	}
	if string(file.Names) != "[]" {
		names = string(file.Names)
	}
	return file.Mappings, names
}

// nameList is the names of the source map, as JSON.
func (c *compiled) nameList() string {
	if c.names == "" {
		return "[]"
	}
	return c.names
}

// sourceMap is the JSON of a module's map, with sources relative to the project.
func (g *graph) sourceMap(m *module) []byte {
	c := m.get()
	if c == nil || m.namespace != "file" {
		return nil
	}
	if c.mappings == "" {
		c = g.makeWith(m, true)
	}
	if c.mappings == "" {
		return nil
	}
	return []byte(`{"version":3,"sources":[` + quoteJS(g.l.b.report.show(m.path)) + `],"names":` + c.nameList() + `,"mappings":` + quoteJS(c.mappings) + `}`)
}

// placesOf is the source map of a module, read once; nil when it has none.
func (g *graph) placesOf(m *module) *stack.Map {
	c := m.get()
	if c == nil {
		return nil
	}
	c.places.once.Do(func() {
		if data := g.sourceMap(m); data != nil {
			c.places.parsed, _ = stack.ParseMap(data)
		}
	})
	return c.places.parsed
}
