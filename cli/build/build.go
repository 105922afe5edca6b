// Package build is the build flow: configuration, routes, compilation, what each
// page is, prerendering, manifests. In: a project folder. Out: its output folder
// (.next), put in place only when everything has succeeded.
package build

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
	files "github.com/onwardjs/onward/runtime"
)

// Options of one build. Dir, Out and Err are required.
type Options struct {
	// Dir is the project, an absolute path.
	Dir string
	// Engine is what the app is to run in, one of the Engine constants of compile;
	// empty: EngineAuto.
	Engine string
	// Environ is the process environment ("KEY=value").
	Environ []string
	// Out receives progress and the route table, Err warnings.
	Out, Err io.Writer
	// Live: Out is a terminal that may be redrawn.
	Live  bool
	Style diag.Style
	// Debug prints what each phase took, and the routing rules.
	Debug bool
	// Set are options of next.config that flags decide, over the file's.
	Set map[string]any
	// Only leaves routes out whose files no glob of it matches ("pages/blog/**",
	// with or without src/ in front); a glob after "!" excludes. Empty: all.
	Only []string
	// AllErrors: a page that cannot be prerendered does not end the build, so
	// that all are told.
	AllErrors bool
	// KeepNames leaves identifiers of the browser's scripts as they are.
	KeepNames bool
	// CompileOnly ends the build once everything compiles. The previous output
	// stays.
	CompileOnly bool
	// TypeChecker is the command line of a process that answers with CheckTypes.
	// Empty: types are not checked.
	TypeChecker []string
}

// Result of a build.
type Result struct {
	// Manifest is nil after Options.CompileOnly.
	Manifest *manifest.Manifest
	// Dir is the output folder; ExportDir that of a static export, if it is one.
	Dir, ExportDir string
}

// build is one Run under way; its fields fill up from phase to phase.
type build struct {
	Options
	*Project // set by load
	progress *progress
	id       string
	output   *output
	blamer   *blamer // set with output
	compiled *compile.Result
	frozen   *frozen // set by compile
	preview  manifest.Preview
	began    time.Time
	// export is set when the output is one.
	export *export
}

// Run builds the app. Mistakes in the app are *diag.Message or diag.Errors; the
// previous output stays as it was unless Run succeeds.
func Run(ctx context.Context, opt Options) (*Result, error) {
	b := &build{Options: opt, began: time.Now()}
	b.progress = &progress{out: opt.Out, live: opt.Live, style: opt.Style}
	b.banner()

	if err := b.load(ctx); err != nil {
		return nil, err
	}
	if err := b.scan(); err != nil {
		return nil, err
	}
	b.checkCache()
	if err := b.setUpTypeScript(); err != nil {
		return nil, err
	}
	out, err := newOutput(b.Dir, b.Config.DistDir)
	if err != nil {
		return nil, err
	}
	b.output, b.blamer = out, newBlamer(b.Dir, out.staging)
	defer out.discard()
	if b.Config.Output == outputExport {
		if b.export, err = b.newExport(); err != nil {
			return nil, err
		}
		defer b.export.discard()
	}
	types, typed, err := b.startTypeCheck(ctx)
	if err != nil {
		return nil, err
	}
	defer types.abandon()
	if err := b.compile(ctx); err != nil {
		return nil, err
	}
	if err := b.checkImages(); err != nil {
		return nil, err
	}
	if b.CompileOnly {
		if err := types.finish(ctx, b); err != nil {
			return nil, err
		}
		b.progress.line("  Nothing was put into %s: --experimental-build-mode generate makes the whole build", b.Config.DistDir)
		return &Result{Dir: out.final}, nil
	}
	m, rows, err := b.generate(typed)
	// Wrong types may be why generating ended, and are what to mend first.
	if err := types.finish(ctx, b); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	phase := time.Now()
	if err := manifest.Write(out.staging, m, b.clientFiles()); err != nil {
		return nil, cannotWrite(err)
	}
	if b.typescript() {
		if err := b.writeTypes(out.staging); err != nil {
			return nil, err
		}
	}
	if err := b.traceFiles(); err != nil {
		return nil, err
	}
	switch b.Config.Output {
	case outputExport:
		err = b.export.finish()
	case outputStandalone:
		err = b.standalone()
	}
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := out.publish(!b.Config.CleanDistDir); err != nil {
		return nil, err
	}
	result := &Result{Manifest: m, Dir: out.final}
	if b.export != nil {
		if err := b.export.folder.replace(); err != nil {
			return nil, err
		}
		result.ExportDir = b.export.folder.final
	}
	b.timing("manifests", phase)
	fmt.Fprintln(b.Out)
	if b.Debug {
		b.printRules()
	}
	Table(b.Out, rows, TableStyle{Color: b.Style.Color, Shared: b.gzip(b.shared()), Middleware: b.Middleware != nil})
	fmt.Fprintf(b.Out, "\n%s Built in %s\n", b.progress.paint("32", "✓"), elapsed(time.Since(b.began)))
	return result, nil
}

func (b *build) banner() {
	name := "▲ Onward " + onward.Version
	if b.Style.Color {
		name = "\x1b[1m" + name + "\x1b[0m"
	}
	fmt.Fprintf(b.Out, "%s (Next.js %s)\n", name, onward.NextVersion)
}

func (b *build) warn(list []*diag.Message) {
	for _, m := range list {
		fmt.Fprint(b.Err, diag.Format(m, b.Style))
	}
}

func (b *build) timing(what string, since time.Time) {
	if b.Debug {
		b.progress.line("  %s: %s", what, elapsed(time.Since(since)))
	}
}

// console prints what the app's own code logs while it is built.
func (b *build) console(level, text string) {
	if b.blamer != nil {
		text, _, _ = b.blamer.stacks.Map(text)
	}
	b.progress.mu.Lock()
	defer b.progress.mu.Unlock()
	b.progress.clear()
	w := b.Out
	if level == "error" || level == "warn" {
		w = b.Err
	}
	fmt.Fprintln(w, strings.TrimRight(text, "\n"))
}

func (b *build) compile(ctx context.Context) error {
	phase := time.Now()
	b.progress.line("  Creating an optimized production build ...")
	defer b.relaxGC()()
	result, err := compile.Run(ctx, compile.Options{
		Dir:        b.Dir,
		Config:     b.Config,
		Env:        b.Env.Vars,
		Pages:      b.Pages,
		Middleware: b.Middleware,
		Hooks:      b.Hooks,
		OutDir:     b.output.staging,
		BuildID:    b.id,
		CacheDir:   b.output.cacheDir(),
		KeepNames:  b.KeepNames,
		Runtime:    files.Files,
		Engine:     b.engineWanted(),
		OnRuntime: func(name string, script []byte) {
			if b.engineWanted() != compile.EngineNode {
				b.frozen = freeze(b.output.cacheDir(), name, script)
			}
		},
	})
	if err != nil {
		return err
	}
	// The syntax trees are garbage now, and their memory is JavaScript's.
	go debug.FreeOSMemory()
	b.warn(result.Warnings)
	b.compiled = result
	b.progress.done("Compiled successfully", phase)
	if result.Engine == compile.EngineNode && result.EngineReason != "" {
		b.progress.line("  Node engine: %s", result.EngineReason)
	}
	return nil
}

// manyPages is from where on memory is traded for time: with fewer, the heap is
// small and collecting it costs little.
const manyPages = 300

// relaxGC makes garbage collection rarer while a large app is compiled, unless the
// user has chosen; the function it returns undoes that.
func (b *build) relaxGC() (undo func()) {
	if len(b.Pages) < manyPages || os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(200)
	return func() { debug.SetGCPercent(before) }
}

// workers is how many engine workers run: as many as there are cores, unless
// experimental.cpus, or CircleCI, whose machines show more cores than a job has,
// says otherwise.
func (b *build) workers() int {
	if b.Config.Cpus > 0 {
		return b.Config.Cpus
	}
	if n, err := strconv.Atoi(b.Env.Vars["CIRCLE_NODE_TOTAL"]); err == nil && n > 0 {
		return min(n, runtime.NumCPU())
	}
	return max(1, runtime.NumCPU())
}

// atOnce is how many pages each worker has under way.
const atOnce = 4

// generate runs the app's code: what each page is, which paths it has, their
// HTML and data. It returns the manifest and the rows of the route table.
func (b *build) generate(ctx context.Context) (*manifest.Manifest, []Row, error) {
	phase := time.Now()
	rt, snapshot, err := b.runtime()
	if err != nil {
		return nil, nil, err
	}
	b.timing("snapshot", phase)

	compiled := b.compiledApp()
	quiet, err := b.Boot(compiled)
	if err != nil {
		return nil, nil, err
	}
	// Only what serves registers instrumentation.
	compiled.Instrumentation = b.compiled.Instrumentation
	bootJSON, err := b.Boot(compiled)
	if err != nil {
		return nil, nil, err
	}
	whole, err := render.Boot(quiet, b.Dir, b.output.staging)
	if err != nil {
		return nil, nil, err
	}
	pool, err := b.newEngine(ctx, engine.Options{
		Snapshot:   snapshot,
		Boot:       whole,
		Load:       b.module,
		Workers:    b.workers(),
		JobTimeout: 5 * time.Minute,
		Env:        b.Env.Vars,
		Dir:        b.Dir,
		Console:    b.console,
	})
	if err != nil {
		return nil, nil, err
	}
	defer pool.Close()

	phase = time.Now()
	c := &collector{engine: pool, blamer: b.blamer, limit: b.workers() * cmp.Or(b.Config.StaticGenerationMaxConcurrency, atOnce), i18n: b.Config.I18n, trailingSlash: b.Config.TrailingSlash}
	for _, p := range b.allRoutes() {
		c.pages = append(c.pages, &page{Page: p, edge: b.compiled.Pages[p.Route].Runtime != ""})
	}
	if err := c.facts(ctx); err != nil {
		return nil, nil, err
	}
	if err := c.staticPaths(ctx); err != nil {
		return nil, nil, err
	}
	if b.export != nil {
		if err := b.checkExportable(c.pages); err != nil {
			return nil, nil, err
		}
	}
	b.progress.done("Collected page data", phase)

	phase = time.Now()
	root, err := os.OpenRoot(b.output.staging)
	if err != nil {
		return nil, nil, cannotWrite(err)
	}
	defer root.Close()
	r := &prerenderer{collector: c, root: root, progress: b.progress, config: b.Config,
		timeout: time.Duration(b.Config.StaticPageGenerationTimeout) * time.Second}
	tasks := r.tasks()
	results, err := r.run(ctx, tasks)
	if err != nil {
		return nil, nil, err
	}
	b.progress.done(fmt.Sprintf("Generated static pages (%d/%d)", len(results), len(results)), phase)
	if b.export != nil {
		if err := b.export.render(ctx, c, tasks, results); err != nil {
			return nil, nil, err
		}
	}

	phase = time.Now()
	if err := b.codeCaches(ctx, pool, c.pages); err != nil {
		return nil, nil, err
	}
	b.timing("code caches", phase)

	b.preview, err = manifest.NewPreview()
	if err != nil {
		return nil, nil, err
	}
	public, err := route.PublicFiles(os.DirFS(b.Dir))
	if err != nil {
		return nil, nil, err
	}
	m := &manifest.Manifest{
		Version: manifest.Version,
		BuildID: b.id,
		BuiltAt: time.Now().UnixMilli(),
		Config:  b.Config,
		Public:  public,
		Preview: b.preview,
		Runtime: rt,
		Boot:    bootJSON,

		Instrumentation: b.compiled.Instrumentation,
	}
	if m.Middleware, err = b.MiddlewareManifest(b.compiled.Middleware); err != nil {
		return nil, nil, err
	}
	b.fill(m, c.pages, tasks, results)
	return m, b.rows(c.pages, tasks, results), nil
}

// allRoutes are the app's routes and the pages that Onward supplies.
func (b *build) allRoutes() []route.Page {
	list := slices.Clone(b.Pages)
	for r := range b.compiled.Pages {
		if !slices.ContainsFunc(list, func(p route.Page) bool { return p.Route == r }) {
			list = append(list, route.Page{Route: r})
		}
	}
	slices.SortFunc(list, func(x, y route.Page) int { return strings.Compare(x.Route, y.Route) })
	return list
}
