package compile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/resolve"
	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// sources hands source files to the graphs, edited for each. Both graphs read
// most files, so a file is read and parsed once.
type sources struct {
	b     *build
	pages map[string]string // absolute paths of page files, API routes not included, to their routes
	// routes are pages and API routes.
	routes map[string]bool
	files  sync.Map // path → *sourceFile
	// buffer: a package has one for browsers, so browser code may use the global.
	buffer bool
	// properties are those of compiler.reactRemoveProperties.
	properties []*regexp.Regexp

	// process: some module of the browser graph uses the global process.
	process atomic.Bool

	// barrels are those of the server and of the browser, where modules are compiled
	// one by one; else nil.
	barrels *[2]*barrels

	mu            sync.Mutex
	dynamicInputs map[string]bool // paths relative to the project of files with dynamic ids
	facts         map[string]transform.Facts
}

type sourceFile struct {
	once sync.Once
	err  error
	// problem is what loaders said of the file.
	problem *diag.Message
	// problems are mistakes that the text alone shows.
	problems        []*diag.Message
	server, browser string
	// later: browser is still to be edited for Fast Refresh, in refreshed.
	later     bool
	refreshed sync.Once
	// used, for a server and for browsers: when both have been, nobody needs the texts
	// until the file changes.
	used [2]atomic.Bool
	// hash of the file; see hashText.
	hash uint64
	// ending says how to read it: ".tsx". That of the file, unless loaders made
	// something else of it.
	ending string
}

func newSources(b *build) *sources {
	s := &sources{b: b, dynamicInputs: map[string]bool{}, facts: map[string]transform.Facts{}}
	s.setPages()
	s.buffer = findPackage(b.dir, "buffer") != "" || findPackage(b.dir, "next") != ""
	for _, p := range b.opt.Config.Compiler.RemoveProperties {
		if re, err := regexp.Compile(p); err == nil { // config has refused others
			s.properties = append(s.properties, re)
		}
	}
	return s
}

// setPages notes which files are pages.
func (s *sources) setPages() {
	s.pages, s.routes = map[string]string{}, map[string]bool{}
	for _, p := range s.b.pages() {
		if p.File == "" {
			continue
		}
		full := filepath.Join(s.b.dir, filepath.FromSlash(p.File))
		s.routes[full] = true
		if !p.API {
			s.pages[full] = p.Route
		}
	}
}

func (s *sources) load(path string) *sourceFile {
	v, _ := s.files.LoadOrStore(path, &sourceFile{})
	f := v.(*sourceFile)
	f.once.Do(func() { f.err = s.read(f, path) })
	return f
}

func (s *sources) read(f *sourceFile, path string) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !s.b.opt.Dev {
		// esbuild takes a name with other letter case for the file.
		if hint := resolve.Near("./"+filepath.Base(path), filepath.Dir(path)); hint != "" {
			f.problem = diag.Errorf("module-not-found", "Module not found: there is no %s", s.b.report.show(path)).WithHint("%s", hint)
			return nil
		}
	}
	if err != nil {
		return err
	}
	f.hash = hashText(raw)
	text := string(raw)
	if s.b.opt.Dev && !inNodeModules(path) && !utf8.ValidString(text) {
		f.problem = notUTF8(s.b.report.show(path), text)
		return nil
	}
	f.ending = filepath.Ext(path)
	if rule := s.b.loaders.find(path); rule != nil {
		made, done, problem := s.b.loaders.run(rule, path, raw)
		if f.problem = problem; problem != nil {
			return nil
		}
		if done {
			text, f.ending = made, rule.ending(path)
		}
	}
	f.server, f.browser = text, text
	if f.ending == ".json" {
		return nil
	}
	page, isPage := s.pages[path]
	if isPage && !mayExportDefault(text) {
		f.problems = append(f.problems, noDefault(page, s.b.report.show(path)))
	}
	window := transform.MayTestWindow(text) && !isReact(path)
	dynamic := strings.Contains(text, "next/dynamic") && !strings.Contains(path, "/node_modules/next/")
	data := isPage && transform.MayExportData(text)
	facts := s.routes[path] && (s.b.opt.Dev || data || transform.MayExportData(text) || strings.Contains(text, "export *") || strings.Contains(text, "export*"))
	own := !inNodeModules(path) || s.transpiled(path)
	fonts := transform.MayLoadFonts(text) && own
	styledJSX := transform.MayUseStyledJSX(text) && own
	app := own && s.appCode(text)
	buffer := s.buffer && transform.MayUseBuffer(text) && !strings.Contains(path, "/node_modules/buffer/") && !strings.Contains(path, "/node_modules/next/")
	files := transform.MayNameFiles(text)
	places := transform.MayAskPlace(text, inNodeModules(path))
	partial := own && transform.MayImportPartly(text)
	refresh := s.b.opt.Dev && own && transform.MayRefresh(text)
	narrow := s.barrels != nil && (s.barrels[0].has(path, text) || s.barrels[1].has(path, text))
	if !narrow && !places && !partial && !window && !dynamic && !facts && !fonts && !styledJSX && !app && !buffer && !files {
		f.later = refresh
		return nil
	}
	m := transform.Parse(strings.TrimSuffix(path, filepath.Ext(path))+f.ending, text)
	if !m.Valid {
		return nil
	}
	if facts {
		s.note(f, path, text, m.Facts())
	}
	var server, browser transform.Edits
	if data {
		m.RemoveDataExports(&browser)
	}
	if window {
		m.FoldTypeof(&server, "undefined")
		m.FoldTypeof(&browser, "object")
	}
	if dynamic {
		id := s.dynamicID(path)
		s.mu.Lock()
		s.dynamicInputs[s.b.report.show(path)] = true
		s.mu.Unlock()
		m.DynamicIDs(&server, id, true)
		m.DynamicIDs(&browser, id, false)
	}
	if fonts {
		for _, e := range m.Fonts(s.b.fonts.module(path), &server, &browser) {
			f.problems = append(f.problems, diag.Errorf("font", "%s", e.Text).At(s.b.report.show(path), text, e.At).
				WithHint("write const name = Font({ ... }) at the top of the module, with literal values"))
		}
	}
	if styledJSX {
		for _, e := range m.StyledJSX(s.b.scopeStyledJSX, &server, &browser) {
			f.problems = append(f.problems, diag.Errorf("styled-jsx", "%s", e.Text).At(s.b.report.show(path), text, e.At).WithHint("%s", e.Hint))
		}
	}
	if buffer {
		m.ProvideBuffer(&browser)
	}
	if places {
		m.Places(&server, s.place(path), inNodeModules(path))
	}
	if partial {
		m.Contexts([]*transform.Edits{&server, &browser}, s.b.contexts.module(path))
	}
	if files {
		if own { // packages open what lies beside them
			m.FileURLs(&server, `"file:///"`, s.b.assets.named(path))
		}
		m.FileURLs(&browser, "globalThis.location.href", s.b.namedInBrowser(path))
	}
	if app {
		s.editAppCode(m, path, &server, &browser)
	}
	if refresh {
		m.Refresh(&browser)
	}
	if narrow {
		m.NarrowImports(&server, s.barrels[0].finder(path))
		m.NarrowImports(&browser, s.barrels[1].finder(path))
	}
	name := ""
	if s.b.sourceMaps() || s.b.opt.Dev {
		name = filepath.Base(path)
	}
	if s.b.opt.Dev {
		f.server, f.browser = server.Apply(text, name), browser.Apply(text, name)
		return nil
	}
	// Edits keep lines: the server's stacks are right without a map of the edits,
	// but for the columns behind one.
	f.server, f.browser = server.Apply(text, ""), browser.Apply(text, name)
	return nil
}

// forBrowser is a file's text for browsers.
func (s *sources) forBrowser(f *sourceFile, path string) string {
	if f.later {
		// The server hardly ever needs to know how such a file is parsed, and comes first.
		f.refreshed.Do(func() {
			m := transform.Parse(strings.TrimSuffix(path, filepath.Ext(path))+f.ending, f.browser)
			var edits transform.Edits
			if m.Valid {
				m.Refresh(&edits)
			}
			f.browser = edits.Apply(f.browser, filepath.Base(path))
		})
	}
	return f.browser
}

// done forgets a file's texts once both graphs have compiled them.
func (s *sources) done(path string, browser bool) {
	v, ok := s.files.Load(path)
	if !ok {
		return
	}
	f := v.(*sourceFile)
	first, other := 0, 1
	if browser {
		first, other = 1, 0
	}
	f.used[first].Store(true)
	if f.used[other].Load() {
		s.files.CompareAndDelete(path, v)
	}
}

// notUTF8 says where a source file is no text.
func notUTF8(shown, text string) *diag.Message {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return diag.Errorf("not-utf-8", "%s is not valid UTF-8", shown).At(shown, strings.ToValidUTF8(text, "?"), at).
		WithHint("save the file in the encoding UTF-8")
}

// transpiled tells whether a file belongs to a package of transpilePackages: what
// is compiled in the app's own code is compiled in it too.
func (s *sources) transpiled(path string) bool {
	at := strings.LastIndex(filepath.ToSlash(path), "node_modules/")
	return at >= 0 && slices.Contains(s.b.opt.Config.TranspilePackages, packageName(filepath.ToSlash(path)[at+len("node_modules/"):]))
}

// place is the JavaScript expression of a file's absolute path when the app runs,
// which may be elsewhere than it was built.
func (s *sources) place(path string) string {
	rel, err := filepath.Rel(s.b.dir, path)
	if err != nil {
		return quoteJS(filepath.ToSlash(path))
	}
	rel = filepath.ToSlash(rel)
	up := 0
	for strings.HasPrefix(rel, "../") {
		rel, up = rel[len("../"):], up+1
	}
	cwd := "process.cwd()"
	if up > 0 { // a monorepo, whose packages lie beside the app
		cwd = "process.cwd().split(/[\\\\/]/).slice(0,-" + strconv.Itoa(up) + ").join(\"/\")"
	}
	return "(" + cwd + "+" + quoteJS("/"+rel) + ")"
}

// appCode reports whether the compiler option may have something to do with a
// module of the app.
func (s *sources) appCode(text string) bool {
	c := s.b.opt.Config.Compiler
	return c.RemoveConsole && strings.Contains(text, "console") || len(s.properties) > 0 ||
		c.StyledComponents && transform.MayUseStyledComponents(text) || c.Emotion && transform.MayUseEmotion(text)
}

// editAppCode does what the compiler option asks for.
func (s *sources) editAppCode(m *transform.Module, path string, server, browser *transform.Edits) {
	c := s.b.opt.Config.Compiler
	for _, e := range []*transform.Edits{server, browser} {
		if c.RemoveConsole {
			m.RemoveConsole(e, c.KeepConsole)
		}
		if len(s.properties) > 0 {
			m.RemoveProperties(e, s.properties)
		}
	}
	if c.StyledComponents {
		m.StyledComponents(s.b.report.show(path), server, browser)
	}
	if c.Emotion {
		m.Emotion(s.b.report.show(path), server, browser)
	}
}

// mayExportDefault is false for a page that surely has no default export, so that
// it is told even when other errors keep the graph from being linked.
func mayExportDefault(text string) bool {
	return strings.Contains(text, "default") || strings.Contains(text, "exports")
}

// isReact names packages whose tests of window and process decide nothing at build
// time: parsing half a megabyte of React for them would be wasted.
func isReact(path string) bool {
	return strings.Contains(path, "/node_modules/react-dom/") || strings.Contains(path, "/node_modules/react/") || strings.Contains(path, "/node_modules/scheduler/")
}

// dynamicID names what a dynamic import in file loads, the same in both graphs:
// "components/chart.tsx -> ./bar".
func (s *sources) dynamicID(file string) func(string) string {
	shown := file
	if rel, err := filepath.Rel(s.b.dir, file); err == nil {
		shown = filepath.ToSlash(rel)
	}
	return func(specifier string) string { return shown + " -> " + specifier }
}

// dynamic reports whether a file (relative to the project) has dynamic ids.
func (s *sources) dynamic(file string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dynamicInputs[file]
}

// factsOf returns what was read from a page's source; false when nothing in it
// needed reading.
func (s *sources) factsOf(p route.Page) (transform.Facts, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.facts[filepath.Join(s.b.dir, filepath.FromSlash(p.File))]
	if !ok {
		f.Star, f.ProblemAt = -1, -1
	}
	return f, ok
}

// note keeps the facts of a page and reports what its source alone shows to be
// wrong.
func (s *sources) note(file *sourceFile, path, text string, f transform.Facts) {
	s.mu.Lock()
	s.facts[path] = f
	s.mu.Unlock()
	shown := s.b.report.show(path)
	if f.Star >= 0 && s.pages[path] != "" {
		file.problems = append(file.problems, diag.Errorf("export-star", "a page cannot use `export *`").At(shown, text, f.Star).
			WithHint("name the exports, so that the build can tell the page's data functions: export { default, getStaticProps } from \"...\""))
	}
	if f.Problem != "" {
		file.problems = append(file.problems, diag.Errorf("page-config", "%s", f.Problem).At(shown, text, f.ProblemAt).
			WithHint("write every value of `export const config` as a literal"))
	}
}

const sourceFilter = `\.[cm]?[jt]sx?$`

// plugin gives one graph its edited files.
func (s *sources) plugin(browser bool) api.Plugin {
	return api.Plugin{Name: "source", Setup: func(pb api.PluginBuild) {
		filter := sourceFilter
		if len(s.b.loaders.rules) > 0 {
			filter = `.`
		}
		pb.OnLoad(api.OnLoadOptions{Filter: filter, Namespace: "file"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			if !sourcePattern.MatchString(args.Path) && s.b.loaders.find(args.Path) == nil {
				return api.OnLoadResult{}, nil
			}
			f := s.load(args.Path)
			if f.err != nil {
				return api.OnLoadResult{}, f.err
			}
			for _, m := range f.problems {
				s.b.report.add(m)
			}
			if f.problem != nil {
				return refuseLoad(f.problem), nil
			}
			text := f.server
			if browser {
				text = s.forBrowser(f, args.Path)
				if !s.process.Load() && !isReact(args.Path) && usesProcess(text) {
					s.process.Store(true)
				}
			}
			return api.OnLoadResult{Contents: &text, Loader: scriptLoader(f.ending)}, nil
		})
	}}
}

// scriptLoader reads a file by its ending. It allows JSX in .js, as Next.js does.
func scriptLoader(ending string) api.Loader {
	switch ending {
	case ".json":
		return api.LoaderJSON
	case ".ts", ".mts", ".cts":
		return api.LoaderTS
	case ".tsx":
		return api.LoaderTSX
	}
	return api.LoaderJSX
}

func (b *build) sourceMaps() bool { return b.opt.Config.ProductionBrowserSourceMaps }
