package compile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// styleNamespace holds the plain CSS of CSS Modules, by file.
const styleNamespace = "onward-css"

// nameNamespace holds their class names.
const nameNamespace = "onward-css-names"

// styles serves CSS to the graphs. The browser graph bundles it; the server
// graph only needs the class names of CSS Modules. Both take them from the same
// place, so they agree.
type styles struct {
	b       *build
	app     string   // the _app file, which alone may import global CSS
	modules sync.Map // path → *cssModuleFile
	pre     *preprocessor
}

type cssModuleFile struct {
	once    sync.Once
	module  *cssModule
	problem *diag.Message
}

func newStyles(b *build) *styles {
	s := &styles{b: b}
	s.setPreprocessor()
	s.setApp()
	return s
}

// setPreprocessor makes one that has not started yet.
func (s *styles) setPreprocessor() {
	s.pre = newPreprocessor(s.b.dir, strings.Trim(s.b.mode(), `"`), s.b.opt.Config.Sass)
}

// setApp notes which file is _app.
func (s *styles) setApp() {
	s.app = ""
	for _, p := range s.b.pages() {
		if p.Route == "/_app" && p.File != "" {
			s.app = filepath.Join(s.b.dir, filepath.FromSlash(p.File))
		}
	}
}

func (s *styles) plugin(browser bool) api.Plugin {
	return api.Plugin{Name: "styles", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `\.(css|scss|sass)$`, Namespace: "file"}, s.checkGlobal)
		// url("/icon.svg") is a file of public/, which keeps its URL.
		pb.OnResolve(api.OnResolveOptions{Filter: `^/`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if args.Kind != api.ResolveCSSURLToken {
				return api.OnResolveResult{}, nil
			}
			return api.OnResolveResult{Path: args.Path, External: true}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + styleNamespace + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, styleNamespace+":"), Namespace: styleNamespace}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + nameNamespace + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, nameNamespace+":"), Namespace: nameNamespace, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: nameNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			return s.loadNames(args.Path)
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `\.module\.(css|scss|sass)$`, Namespace: "file"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			return s.loadModule(args.Path, browser)
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: styleNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			m, problem := s.module(args.Path)
			if problem != nil {
				return refuseLoad(problem), nil
			}
			return api.OnLoadResult{Contents: &m.css, Loader: api.LoaderCSS, ResolveDir: filepath.Dir(args.Path)}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `\.(css|scss|sass)$`, Namespace: "file"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			if !browser {
				text := ""
				return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
			}
			text, problem := s.read(args.Path)
			if problem != nil {
				return refuseLoad(problem), nil
			}
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderCSS}, nil
		})
	}}
}

func refuseLoad(m *diag.Message) api.OnLoadResult {
	return api.OnLoadResult{Errors: []api.Message{{Text: m.Text, Detail: m}}}
}

// checkGlobal refuses global CSS that is imported by anything but _app; packages
// may bring their own. It decides about scripts only: CSS may import CSS.
func (s *styles) checkGlobal(args api.OnResolveArgs) (api.OnResolveResult, error) {
	module := strings.Contains(args.Path, ".module.")
	script := args.Kind == api.ResolveJSImportStatement || args.Kind == api.ResolveJSRequireCall || args.Kind == api.ResolveJSDynamicImport
	if module || !script || args.Importer == s.app || inNodeModules(args.Importer) || inNodeModules(args.Path) {
		return api.OnResolveResult{}, nil
	}
	if !strings.HasPrefix(args.Path, ".") && !strings.HasPrefix(args.Path, "/") && findPackage(args.ResolveDir, packageName(args.Path)) != "" {
		return api.OnResolveResult{}, nil
	}
	where := "pages/_app"
	if s.app != "" {
		where = s.b.report.show(s.app)
	}
	return refuse(diag.Errorf("global-css", "Global CSS cannot be imported from files other than your Custom <App>: '%s'", args.Path).
		WithHint("import it in %s, or rename it to a CSS Module (name.module.css)", where)), nil
}

func inNodeModules(p string) bool { return strings.Contains(p, "node_modules/") }

// loadModule gives a script the class names of a CSS Module. In the browser
// graph it also brings the CSS.
func (s *styles) loadModule(path string, browser bool) (api.OnLoadResult, error) {
	if !browser {
		return s.loadNames(path)
	}
	m, problem := s.module(path)
	if problem != nil {
		return refuseLoad(problem), nil
	}
	var text strings.Builder
	for _, c := range m.composed {
		text.WriteString("import " + quoteJS(c) + ";\n")
	}
	names := quoteJS(nameNamespace + ":" + path)
	text.WriteString("import " + quoteJS(styleNamespace+":"+path) + ";\n")
	text.WriteString("export * from " + names + ";\nexport { default } from " + names + ";\n")
	js := text.String()
	return api.OnLoadResult{Contents: &js, Loader: api.LoaderJS}, nil
}

// loadNames is a CSS Module's names as a module: all of them as the default
// export, and each under its own name.
func (s *styles) loadNames(path string) (api.OnLoadResult, error) {
	m, problem := s.module(path)
	if problem != nil {
		return refuseLoad(problem), nil
	}
	var object, named strings.Builder
	for i, e := range m.exports {
		if i > 0 {
			object.WriteByte(',')
		}
		object.WriteString(quoteJS(e.local) + ":" + quoteJS(e.value))
		if e.local != "default" {
			fmt.Fprintf(&named, "const n%d = %s;\nexport { n%d as %s };\n", i, quoteJS(e.value), i, quoteJS(e.local))
		}
	}
	text := "export default {" + object.String() + "};\n" + named.String()
	return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
}

// module scopes the CSS Module at path, once.
func (s *styles) module(path string) (*cssModule, *diag.Message) {
	v, _ := s.modules.LoadOrStore(path, &cssModuleFile{})
	f := v.(*cssModuleFile)
	f.once.Do(func() { f.module, f.problem = s.scope(path, nil) })
	return f.module, f.problem
}

// scope scopes the module at path, which the modules of chain compose from.
// Modules it composes from in turn are scoped anew, not looked up: two files that
// compose from each other would wait for each other.
func (s *styles) scope(path string, chain []string) (*cssModule, *diag.Message) {
	if slices.Contains(chain, path) {
		return nil, diag.Errorf("css-module", "CSS Modules compose from each other in a circle: %s", s.b.report.show(path)).
			WithHint("move the shared class to a third file")
	}
	text, problem := s.read(path)
	if problem != nil {
		return nil, problem
	}
	return scopeCSS(s.b.report.show(path), text, func(specifier string) (*cssModule, *diag.Message) {
		other := filepath.Join(filepath.Dir(path), filepath.FromSlash(specifier))
		if !strings.HasPrefix(specifier, ".") {
			if folder := findPackage(filepath.Dir(path), packageName(specifier)); folder != "" {
				other = filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(specifier, packageName(specifier))))
			}
		}
		if _, err := os.Stat(other); err != nil {
			return nil, diag.Errorf("module-not-found", "Module not found: can't resolve '%s'", specifier).WithHint("check the path")
		}
		return s.scope(other, append(slices.Clone(chain), path))
	})
}

// read returns a style sheet as plain CSS.
func (s *styles) read(path string) (string, *diag.Message) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", diag.Errorf("unreadable", "cannot read %s: %v", s.b.report.show(path), err)
	}
	if s.pre.needed(path) {
		return s.pre.run(path, s.b.report.show(path), string(data))
	}
	return string(data), nil
}
