package compile

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/transform"
)

// sources hands source files to the graphs, edited for each. Both graphs read
// most files, so a file is read and parsed once.
type sources struct {
	b     *build
	pages map[string]bool // absolute paths of page files, API routes not included
	files sync.Map        // path → *sourceFile
}

type sourceFile struct {
	once            sync.Once
	err             error
	server, browser string
}

func newSources(b *build) *sources {
	s := &sources{b: b, pages: map[string]bool{}}
	for _, p := range b.pages() {
		if p.File != "" && !p.API {
			s.pages[filepath.Join(b.dir, filepath.FromSlash(p.File))] = true
		}
	}
	return s
}

func (s *sources) load(path string) *sourceFile {
	v, _ := s.files.LoadOrStore(path, &sourceFile{})
	f := v.(*sourceFile)
	f.once.Do(func() { f.err = s.read(f, path) })
	return f
}

func (s *sources) read(f *sourceFile, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(data)
	f.server, f.browser = text, text
	page := s.pages[path]
	window := transform.MayTestWindow(text) && !skipsWindowTest(path)
	dynamic := strings.Contains(text, "next/dynamic") && !strings.Contains(path, "/node_modules/next/")
	if !window && !dynamic && !(page && transform.MayExportData(text)) {
		return nil
	}
	m := transform.Parse(path, text)
	if !m.Valid {
		return nil
	}
	var server, browser transform.Edits
	if page {
		m.RemoveDataExports(&browser)
	}
	if window {
		m.FoldTypeof(&server, "undefined")
		m.FoldTypeof(&browser, "object")
	}
	if dynamic {
		id := s.dynamicID(path)
		m.DynamicIDs(&server, id, true)
		m.DynamicIDs(&browser, id, false)
	}
	name := ""
	if s.b.sourceMaps() {
		name = filepath.Base(path)
	}
	f.server, f.browser = server.Apply(text, ""), browser.Apply(text, name)
	return nil
}

// skipsWindowTest names packages whose tests of window decide nothing at build
// time: parsing half a megabyte of React for them would be wasted.
func skipsWindowTest(path string) bool {
	return strings.Contains(path, "/node_modules/react-dom/") || strings.Contains(path, "/node_modules/scheduler/")
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

const sourceFilter = `\.[cm]?[jt]sx?$`

// plugin gives one graph its edited files.
func (s *sources) plugin(browser bool) api.Plugin {
	return api.Plugin{Name: "source", Setup: func(pb api.PluginBuild) {
		pb.OnLoad(api.OnLoadOptions{Filter: sourceFilter, Namespace: "file"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			f := s.load(args.Path)
			if f.err != nil {
				return api.OnLoadResult{}, f.err
			}
			text := f.server
			if browser {
				text = f.browser
			}
			return api.OnLoadResult{Contents: &text, Loader: scriptLoader(args.Path)}, nil
		})
	}}
}

// scriptLoader allows JSX in .js, as Next.js does.
func scriptLoader(path string) api.Loader {
	switch filepath.Ext(path) {
	case ".ts", ".mts", ".cts":
		return api.LoaderTS
	case ".tsx":
		return api.LoaderTSX
	}
	return api.LoaderJSX
}

func (b *build) sourceMaps() bool { return b.opt.Config.ProductionBrowserSourceMaps }
