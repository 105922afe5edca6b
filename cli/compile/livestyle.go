package compile

import (
	"encoding/json"
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
}

// liveStyle is one style sheet.
type liveStyle struct {
	id              string
	namespace, path string

	mu   sync.Mutex
	made *sheet
	// changed: browsers may have an older text.
	changed bool
}

// sheet is a compiled style sheet.
type sheet struct {
	css      []byte
	inputs   map[string]uint64
	problems diag.Errors
	version  int
}

func newLiveStyles(l *Live) *liveStyles { return &liveStyles{l: l, list: map[string]*liveStyle{}} }

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
	}
	return x.made
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

// href is the URL of a style sheet, with its version once it has changed.
func (s *liveStyles) href(id string) string {
	return s.l.b.assetPrefix() + "/_next/" + styleFile(id)
}

const sheetEntry = "onward-live-sheet"

func (s *liveStyles) make(x *liveStyle) *sheet {
	b := s.l.b
	out := &sheet{inputs: map[string]uint64{}, version: int(s.l.versions.Add(1))}
	entry := fontStyleNamespace + ":" + x.path
	if x.namespace == "file" {
		out.inputs[x.path] = hashFile(x.path)
		entry = filepath.ToSlash(x.path)
		if strings.Contains(filepath.Base(x.path), ".module.") {
			entry = styleNamespace + ":" + filepath.ToSlash(x.path)
		}
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     b.dir,
		EntryPoints:       []string{sheetEntry},
		Bundle:            true,
		Outdir:            b.opt.OutDir,
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
			{Name: "sheet", Setup: func(pb api.PluginBuild) {
				pb.OnResolve(api.OnResolveOptions{Filter: `^` + sheetEntry + `$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
					return api.OnResolveResult{Path: sheetEntry, Namespace: sheetEntry}, nil
				})
				pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: sheetEntry}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
					text := "@import " + quoteJS(entry) + ";\n"
					return api.OnLoadResult{Contents: &text, Loader: api.LoaderCSS, ResolveDir: b.dir}, nil
				})
			}},
			b.aliasPlugin(true),
			b.styles.plugin(true),
			b.fonts.plugin(true),
		},
	})
	for _, e := range result.Errors {
		out.problems = append(out.problems, b.report.convert(e, diag.Error, true))
	}
	for _, f := range result.OutputFiles {
		if strings.HasSuffix(f.Path, ".css") {
			out.css = f.Contents
		} else {
			b.out.write(b.outName(f.Path), f.Contents)
		}
	}
	var meta struct {
		Inputs map[string]struct{} `json:"inputs"`
	}
	if json.Unmarshal([]byte(result.Metafile), &meta) == nil {
		for name := range meta.Inputs {
			name = strings.TrimPrefix(name, styleNamespace+":")
			if strings.HasPrefix(name, "onward-") {
				continue
			}
			full := filepath.FromSlash(name)
			if !filepath.IsAbs(full) {
				full = filepath.Join(b.dir, full)
			}
			if out.inputs[full] == 0 {
				out.inputs[full] = hashFile(full)
			}
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
	if m.namespace != "file" && filepath.IsAbs(m.path) {
		return []string{m.path} // an image, a font file
	}
	return nil
}
