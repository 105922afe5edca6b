package compile

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/transform"
)

// preludeNamespace holds entries that run before the pages.
const preludeNamespace = "onward-prelude"

// prelude is a script of its own that runs before main: splitting reorders what
// modules share, so code that must come first cannot be left to its place among
// a module's imports.
type prelude struct {
	name string // also its file name in static/chunks
	code string
	dir  string // that imports in code are relative to
}

// preludes are, in the order in which they run: instrumentation-client, and what
// _app imports for its effects alone before all else (polyfills).
func (b *build) preludes() ([]prelude, error) {
	var list []prelude
	if file := b.clientInstrumentation(); file != "" {
		list = append(list, prelude{"instrumentation-client", "import " + quoteJS("./"+filepath.Base(file)) + ";\n", filepath.Dir(file)})
	}
	if b.styles.app == "" {
		return list, nil
	}
	data, err := os.ReadFile(b.styles.app)
	if err != nil {
		return nil, err
	}
	text := string(data)
	if !strings.Contains(text, `import "`) && !strings.Contains(text, `import '`) {
		return list, nil
	}
	var code strings.Builder
	for _, specifier := range transform.Parse(b.styles.app, text).LeadingEffects() {
		code.WriteString("import " + quoteJS(specifier) + ";\n")
	}
	if code.Len() > 0 {
		list = append(list, prelude{"first", code.String(), filepath.Dir(b.styles.app)})
	}
	return list, nil
}

// clientInstrumentation is the file instrumentation-client of the app, an absolute path;
// "" when it has none.
func (b *build) clientInstrumentation() string {
	for _, dir := range []string{b.dir, filepath.Join(b.dir, "src")} {
		for _, ext := range []string{"tsx", "ts", "jsx", "js"} {
			file := filepath.Join(dir, "instrumentation-client."+ext)
			if _, err := os.Stat(file); err == nil {
				return file
			}
		}
	}
	return ""
}

func isPrelude(entry string) bool { return strings.HasPrefix(entry, preludeNamespace+":") }

func preludePlugin(list []prelude) api.Plugin {
	return api.Plugin{Name: "preludes", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + preludeNamespace + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, preludeNamespace+":"), Namespace: preludeNamespace}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: preludeNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			for _, p := range list {
				if p.name == args.Path {
					return api.OnLoadResult{Contents: &p.code, Loader: api.LoaderJS, ResolveDir: p.dir}, nil
				}
			}
			return api.OnLoadResult{}, nil
		})
	}}
}
