package compile

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// liveStyles are the style sheets of an app under development: one for each CSS
// file that a script imports and for each font, by the id of the module that
// brings it.
type liveStyles struct {
	l    *Live
	mu   sync.Mutex
	list map[string]*liveStyle
	bad  map[string]bool // those with mistakes
	late func(*Change)

	laterMu    sync.Mutex
	waiting    []*liveStyle
	busy       bool
	background sync.WaitGroup
}

// liveStyle is one style sheet.
type liveStyle struct {
	id              string
	namespace, path string

	mu   sync.Mutex
	made *sheet
}

// sheet is a compiled style sheet.
type sheet struct {
	css    []byte
	inputs map[string]uint64
	// uses are files and folders that plugins of PostCSS looked at: any event there
	// may change the sheet.
	uses     uses
	problems diag.Errors
	version  int
}

// touched tells whether a change of files may change the sheet, and whether only by
// what plugins made of them.
func (s *sheet) touched(c *changes) (touched, late bool) {
	for file := range c.files {
		if _, reads := s.inputs[file]; reads {
			return true, false
		}
	}
	for _, file := range c.all {
		if len(s.problems) > 0 && isStyle(file) {
			return true, false
		}
		if slices.Contains(s.uses.files, file) {
			late = true
		}
		for _, dir := range s.uses.dirs {
			if within(dir, file) {
				late = true
			}
		}
	}
	return late, late
}

// looking tells whether a style sheet was made of changed files by a plugin.
func (s *liveStyles) looking(c *changes) bool {
	for _, x := range s.list {
		if x.made != nil {
			if touched, _ := x.made.touched(c); touched {
				return true
			}
		}
	}
	return false
}

// within tells whether a file lies in a folder, not in the packages below it.
func within(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel) && !strings.Contains(filepath.ToSlash(rel), "node_modules/") && !strings.HasPrefix(rel, ".")
}

func newLiveStyles(l *Live) *liveStyles {
	return &liveStyles{l: l, list: map[string]*liveStyle{}, bad: map[string]bool{}}
}

// of names the style sheet that comes with a module; empty when none does.
func (s *liveStyles) of(m *module) string {
	namespace, path := "", ""
	switch {
	case m.namespace == fontNamespace:
		namespace, path = fontStyleNamespace, m.path
	case m.namespace == "file" && isStyle(m.path):
		namespace, path = "file", m.path
	default:
		return ""
	}
	id := s.l.moduleID(namespace, path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list[id] == nil {
		s.list[id] = &liveStyle{id: id, namespace: namespace, path: path}
	}
	return id
}

func isStyle(path string) bool {
	return strings.HasSuffix(path, ".css") || isSass(path)
}

// get returns a style sheet, compiled now if it was not.
func (s *liveStyles) get(id string) *sheet {
	s.mu.Lock()
	x := s.list[id]
	s.mu.Unlock()
	if x == nil {
		return &sheet{}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.made == nil {
		x.made = s.make(x)
		s.judge(x)
	}
	return x.made
}

// judge remembers whether something is wrong with a style sheet.
func (s *liveStyles) judge(x *liveStyle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(x.made.problems) > 0 {
		s.bad[x.id] = true
	} else {
		delete(s.bad, x.id)
	}
}

// faulty tells whether something is wrong with any style sheet.
func (s *liveStyles) faulty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bad) > 0
}

// files are the style sheets of modules, in their order, below /_next/.
func (s *liveStyles) files(modules []*module) []string {
	var list []string
	for _, m := range modules {
		if c := m.get(); c != nil && c.style != "" {
			if name := styleFile(c.style); !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

func styleFile(id string) string { return "static/css/" + escape(id) + ".css" }

// href is the URL of a style sheet.
func (s *liveStyles) href(id string) string {
	return s.l.b.assetPrefix() + "/_next/" + styleFile(id)
}

// strayBrace is what the bundler warns of where no browser can tell what a style sheet
// means. Other things that it warns of are tricks for old browsers, sometimes.
const strayBrace = `Unexpected "}"`

func (s *liveStyles) make(x *liveStyle) *sheet {
	b := s.l.b
	out := &sheet{inputs: map[string]uint64{}, version: int(s.l.versions.Add(1))}
	entry := fontStyleNamespace + ":" + x.path
	at := "" // how a comment begins that says where CSS comes from
	if x.namespace == "file" {
		out.inputs[x.path] = hashFile(x.path)
		entry = filepath.ToSlash(x.path)
		if strings.Contains(filepath.Base(x.path), ".module.") {
			entry = styleNamespace + ":" + filepath.ToSlash(x.path)
			at = "/* " + styleNamespace + ":" + filepath.ToSlash(b.dir) + "/"
		}
	}
	if x.namespace == fontStyleNamespace {
		for _, file := range b.fonts.files(x.path) {
			out.inputs[file] = hashFile(file)
		}
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     b.dir,
		EntryPoints:       []string{entry},
		Bundle:            true,
		Outfile:           filepath.Join(b.opt.OutDir, "sheet.css"),
		AssetNames:        b.assetNames(),
		PublicPath:        b.assetPrefix() + "/_next/",
		Engines:           targets(b.dir),
		LegalComments:     api.LegalCommentsNone,
		Metafile:          true,
		LogLevel:          api.LogLevelSilent,
		LogLimit:          0,
		ResolveExtensions: b.resolveExtensions(),
		TsconfigRaw:       plainTsconfig,
		Loader:            loaders,
		Plugins: []api.Plugin{
			b.aliasPlugin(true),
			b.styles.plugin(true),
			b.fonts.plugin(true),
		},
	})
	for _, e := range result.Errors {
		out.problems = append(out.problems, b.report.convert(e, diag.Error, true))
	}
	for _, w := range result.Warnings {
		switch {
		case w.ID != "css-syntax-error" || w.Location == nil || inNodeModules(w.Location.File):
		case w.Text == strayBrace:
			out.problems = append(out.problems, b.report.convert(w, diag.Error, true))
		default:
			b.report.add(b.report.convert(w, diag.Warning, true))
		}
	}
	for _, f := range result.OutputFiles {
		if strings.HasSuffix(f.Path, ".css") {
			out.css = f.Contents
			if at != "" {
				out.css = bytes.ReplaceAll(out.css, []byte(at), []byte("/* "))
			}
		} else {
			b.out.write(b.outName(f.Path), f.Contents)
		}
	}
	if x.namespace == "file" {
		u := b.styles.pre.usesOf(x.path)
		for _, file := range u.files {
			if isStyle(file) {
				out.inputs[file] = hashFile(file)
			} else {
				out.uses.files = append(out.uses.files, file)
			}
		}
		out.uses.dirs = u.dirs
	}
	for _, full := range b.bundled(strings.ReplaceAll(result.Metafile, `"`+styleNamespace+":", `"`)) {
		if out.inputs[full] == 0 {
			out.inputs[full] = hashFile(full)
		}
	}
	return out
}

// stylePlugin gives scripts the class names of CSS Modules, in every graph alike. The
// modules that one composes from are imported first, for their rules.
func (l *Live) stylePlugin() api.Plugin {
	return api.Plugin{Name: "live-styles", Setup: func(pb api.PluginBuild) {
		pb.OnLoad(api.OnLoadOptions{Filter: `\.module\.(css|scss|sass)$`, Namespace: "file"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			result, err := l.b.styles.loadNames(args.Path)
			m, problem := l.b.styles.module(args.Path)
			if err != nil || problem != nil || len(m.composed) == 0 || result.Contents == nil {
				return result, err
			}
			var text strings.Builder
			for _, c := range m.composed {
				text.WriteString("import " + quoteJS(c) + ";\n")
			}
			text.WriteString(*result.Contents)
			whole := text.String()
			result.Contents = &whole
			return result, nil
		})
	}}
}

// inputs are files beside its own that a module's text depends on.
func (l *Live) inputs(m *module) []string {
	if m.namespace == fontNamespace {
		return l.b.fonts.files(m.path)
	}
	if !filepath.IsAbs(m.path) || m.namespace == pageNamespace {
		return nil
	}
	if m.namespace != "file" {
		return []string{m.path} // an image, a font file
	}
	files := l.b.styles.pre.usesOf(m.path).files
	if !isStyle(m.path) {
		return files
	}
	// The names in a CSS Module come from style sheets alone.
	return slices.DeleteFunc(slices.Clone(files), func(f string) bool { return !isStyle(f) })
}

// Late has f called with style sheets that changed behind a Change: those that plugins
// of PostCSS make of the app's scripts take longer than the scripts themselves. Without
// it, Change waits for them.
func (l *Live) Late(f func(*Change)) {
	l.life.Lock()
	defer l.life.Unlock()
	l.styles.late = f
}

// makeLater compiles style sheets anew and tells late of those that changed.
func (s *liveStyles) makeLater(list []*liveStyle) {
	s.laterMu.Lock()
	defer s.laterMu.Unlock()
	for _, x := range list {
		if !slices.Contains(s.waiting, x) {
			s.waiting = append(s.waiting, x)
		}
	}
	if !s.busy {
		s.busy = true
		s.background.Go(s.catchUp)
	}
}

// catchUp works until nothing waits.
func (s *liveStyles) catchUp() {
	for {
		s.laterMu.Lock()
		if len(s.waiting) == 0 {
			s.busy = false
			s.laterMu.Unlock()
			return
		}
		list := s.waiting
		s.waiting = nil
		s.laterMu.Unlock()
		out := &Change{}
		s.l.life.RLock()
		for _, x := range list {
			s.remake(x, out)
		}
		out.Problems = s.l.problems()
		late := s.late
		s.l.life.RUnlock()
		if late != nil {
			late(out)
		}
	}
}

// remake compiles a style sheet anew; out gets it when its rules are others.
func (s *liveStyles) remake(x *liveStyle, out *Change) {
	x.mu.Lock()
	defer x.mu.Unlock()
	before := x.made
	if before == nil {
		return
	}
	if x.namespace == "file" {
		s.l.b.styles.modules.Delete(x.path)
	}
	after := s.make(x)
	if len(after.problems) > 0 {
		after.css = before.css
		for file, hash := range before.inputs {
			if _, known := after.inputs[file]; !known {
				after.inputs[file] = hash
			}
		}
	}
	if string(after.css) == string(before.css) {
		after.version = before.version
	} else {
		out.Styles = append(out.Styles, StyleUpdate{x.id, s.href(x.id) + "?v=" + itoa(after.version)})
	}
	x.made = after
	s.judge(x)
}
