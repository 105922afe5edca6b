// Package compile turns an app's source into what the server runs and what the
// browser loads. In: the project, its config, its environment and its scanned
// pages. Out: files below one output folder and a Result that says which of
// them each route needs.
//
// Three graphs are bundled. The runtime graph is one classic
// script: the platform, the server runtime, next/* and the app's own React. The
// server graph is CommonJS modules that reach those through require. The browser
// graph is native ES modules that share chunks.
package compile

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// Options say what to compile. Dir, Config, OutDir, BuildID and Runtime are
// required.
type Options struct {
	// Dir is the project, an absolute path.
	Dir    string
	Config *config.Config
	// Env is the process environment with the .env files applied. NEXT_PUBLIC_*
	// names of it are inlined; nothing else of it reaches a bundle.
	Env map[string]string
	// Pages as route.Scan found them. A page without File is one that Onward
	// supplies: /_app, /_document and /_error.
	Pages []route.Page
	// Middleware of the app; nil when it has none.
	Middleware *route.Middleware
	// Hooks is the instrumentation file, relative to the project; empty: none.
	Hooks string
	// OutDir receives the files. It should be a fresh folder that the caller
	// moves into place when the whole build has succeeded.
	OutDir  string
	BuildID string
	// CacheDir keeps the bundled runtime between builds; empty: no cache.
	CacheDir string
	// Runtime is the runtime folder (next, browser, server, platform, dist).
	Runtime fs.FS
	// Engine is one of the Engine constants; empty: EngineAuto.
	Engine string
	// OnRuntime, when not nil, is given the runtime script as soon as it is
	// made, while the app is still being compiled. name is Result.RuntimeScript.
	OnRuntime func(name string, script []byte)
	// Dev compiles for development: for Live, which sets what else belongs to it.
	Dev bool
	// OnEngine, when not nil, is told by Live that the app's code needs another engine
	// than before, and why. It is called while a Need is under way, which returns after
	// it: the engine that runs then must be the new one.
	OnEngine func(name, reason string)
	// later are modules that the runtime script loads from a path when somebody asks for
	// them, by their names.
	later map[string]string
	// KeepNames leaves identifiers of the browser's scripts as they are.
	KeepNames bool
	// Progress, when not nil, is told which step begins. It may be called from
	// several goroutines, one at a time.
	Progress func(step string)
}

// File is one written file.
type File struct {
	// Path is relative to OutDir, with slashes.
	Path string
	Size int
	// Gzip is the size after gzip for browser JS and CSS; 0 for other files.
	Gzip int
}

// Assets are browser files in the order they must load, relative to OutDir.
type Assets struct {
	Scripts []string
	Styles  []string
}

// Page is what compiling made of one route.
type Page struct {
	Route string
	// Source is the page's file relative to the project; empty when Onward
	// supplied the page.
	Source string
	// Module is the server module ("server/pages/posts/[slug].js").
	Module string
	// Scripts are the page's own entries; Preload is what they import,
	// transitively. Empty for API routes and /_document.
	Scripts []string
	Preload []string
	Styles  []string
	// Fonts are the font files to preload; empty but not nil when the page has
	// fonts and none is to be preloaded.
	Fonts []string
	// Dynamic lists, per next/dynamic module id of the browser graph, what
	// that module loads. Ids are the same in the server bundle.
	Dynamic map[string]Assets
	Facts   transform.Facts
	// Outside are the packages (or files) that the server module requires from
	// their own places at run time, absolute paths.
	Outside []string
	// Runtime is "edge" or "experimental-edge" when the page asks for it.
	Runtime string
}

// Result of a successful compilation.
type Result struct {
	// Pages by route pattern, built-in ones included.
	Pages map[string]*Page
	// Middleware is nil when the app has none.
	Middleware *Middleware
	// Instrumentation is the module of Options.Hooks.
	Instrumentation string
	// MainScripts run before every page's own scripts, /_app's not included.
	MainScripts []string
	MainPreload []string
	// RuntimeScript is "server/runtime.js".
	RuntimeScript string
	// NodeScript is "server/runtime-node.cjs", the same for Node.js.
	NodeScript string
	// Engine is what the app runs in, EngineV8 or EngineNode, and EngineReason
	// why that is Node.js; empty when it was asked for.
	Engine, EngineReason string
	// NextImage: some page's browser code has next/image in it.
	NextImage bool
	// Files lists everything written, sorted by path.
	Files    []File
	Warnings []*diag.Message
}

// File returns the written file at path.
func (r *Result) File(path string) (File, bool) {
	i, ok := slices.BinarySearchFunc(r.Files, path, func(f File, p string) int { return cmp.Compare(f.Path, p) })
	if !ok {
		return File{}, false
	}
	return r.Files[i], true
}

// Run compiles the app. Mistakes in the app come back as diag.Errors, all that
// were found and not only the first; any other error is about the machine (disk
// full, unreadable folder).
func Run(ctx context.Context, opt Options) (*Result, error) {
	b, err := newBuild(opt)
	if err != nil {
		return nil, err
	}
	defer b.cleanup()
	b.readEdge()
	// The graphs are bundled one after the other: each keeps all cores busy by
	// itself, and together they would need more memory. The runtime comes first
	// because its snapshot can then be made meanwhile.
	b.progress("Bundling the runtime")
	runtimeErr := b.runtimeGraph(ctx)
	b.progress("Bundling the browser")
	err = b.browserGraph(ctx)
	if err == nil && ctx.Err() == nil {
		b.progress("Bundling the server")
		err = b.serverGraph(ctx)
	}
	if err := cmp.Or(ctx.Err(), err, runtimeErr); err != nil {
		return nil, err
	}
	if list := b.report.errors(); len(list) > 0 {
		return nil, list
	}
	if err := b.out.wait(); err != nil {
		return nil, err
	}
	b.result.Engine, b.result.EngineReason = EngineV8, b.needs.reason
	if b.needs.node {
		b.result.Engine = EngineNode
	}
	b.result.Files = b.out.list()
	b.result.Warnings = b.report.warnings()
	return b.result, nil
}

// build is one Run under way: what the three graphs share.
type build struct {
	opt      Options
	dir      string // project, symlinks resolved
	result   *Result
	report   *report
	out      *output
	source   *sources
	styles   *styles
	assets   *assets
	fonts    *fonts
	contexts *contexts
	// loaders are those of the config's rules.
	loaders *loaderRules
	next    *nextModules
	needs   *needs
	// edge: the API routes that are compiled for the edge runtime.
	edge       map[string]bool
	edgeWarned bool
	// tsconfig is a generated file that extends the app's own.
	tsconfig string
	mu       sync.Mutex // guards result.Pages' fields and progress
}

func newBuild(opt Options) (*build, error) {
	dir, err := filepath.EvalSymlinks(opt.Dir)
	if err != nil {
		return nil, err
	}
	b := &build{
		opt:    opt,
		dir:    dir,
		report: &report{dir: dir},
		result: &Result{Pages: map[string]*Page{}},
		edge:   map[string]bool{},
	}
	if !opt.Dev {
		b.out = newOutput(opt.OutDir, runtime.GOMAXPROCS(0))
	}
	b.needs = newNeeds(b)
	b.opt.Config = readBabel(dir, opt.Config, b.report)
	b.source = newSources(b)
	b.styles = newStyles(b)
	b.assets = newAssets(b)
	b.fonts = newFonts(b)
	b.contexts = &contexts{b: b}
	b.loaders = newLoaderRules(b)
	if b.next, err = findNextModules(opt.Runtime); err != nil {
		return nil, err
	}
	b.next.private = b.report.reportPrivate
	if f := opt.Config.Images.LoaderFile; f != "" {
		b.next.imageLoader = filepath.Join(dir, filepath.FromSlash(f))
	}
	if opt.Dev {
		// Modules are told what matters of it; see liveTsconfig.
	} else if b.tsconfig, err = writeTsconfig(appTsconfig(dir, opt.Config.TypeScript.TsconfigPath), opt.OutDir, opt.Config.Compiler.Emotion); err != nil {
		return nil, err
	}
	for _, p := range b.pages() {
		b.result.Pages[p.Route] = &Page{Route: p.Route, Source: p.File}
	}
	return b, nil
}

// pages returns the scanned pages and those that every app has.
func (b *build) pages() []route.Page {
	list := slices.Clone(b.opt.Pages)
	for _, r := range []string{"/_app", "/_document", "/_error"} {
		if !slices.ContainsFunc(list, func(p route.Page) bool { return p.Route == r }) {
			list = append(list, route.Page{Route: r})
		}
	}
	slices.SortFunc(list, func(x, y route.Page) int { return cmp.Compare(x.Route, y.Route) })
	return list
}

func (b *build) progress(step string) {
	if b.opt.Progress == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opt.Progress(step)
}

func (b *build) cleanup() {
	b.out.stop()
	b.styles.pre.close()
	if b.tsconfig != "" {
		os.Remove(b.tsconfig)
	}
}

// pagePath names the files of a route below server/pages and
// static/chunks/pages: "/" is "index", and a route that begins with /index moves
// one level down so that the two never meet.
func pagePath(pattern string) string {
	if pattern == "/" {
		return "index"
	}
	if pattern == "/index" || len(pattern) > 6 && pattern[:7] == "/index/" {
		return "index" + pattern
	}
	return pattern[1:]
}
