package compile

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/transform"
)

// contextNamespace holds the modules that stand for imports whose path is known
// in part: a map from every path that may be meant to its module. esbuild does
// the same for relative paths with an ending; the paths of tsconfig, packages and
// paths without an ending are left to us.
const contextNamespace = "onward-context"

// maxContext is how many files such an import may reach.
const maxContext = 2000

// contexts finds the folders of partly known imports.
type contexts struct {
	b     *build
	once  sync.Once
	paths tsPaths
}

// module is the path of the context module for an import in a file; "" when it
// is left to esbuild.
func (c *contexts) module(file string) func(transform.Context) string {
	return func(i transform.Context) string {
		if strings.HasPrefix(i.Prefix, ".") && path.Ext(i.Suffix) != "" || !strings.Contains(i.Prefix, "/") {
			return ""
		}
		cut := strings.LastIndexByte(i.Prefix, '/') + 1
		folder := c.folder(file, i.Prefix[:cut])
		if folder == "" {
			return ""
		}
		if rel, err := filepath.Rel(c.b.dir, folder); err == nil {
			folder = filepath.ToSlash(rel)
		}
		key, err := json.Marshal(contextKey{folder, i})
		if err != nil {
			return ""
		}
		return contextNamespace + ":" + string(key)
	}
}

// contextKey is all that makes a context module.
type contextKey struct {
	// Folder is relative to the project where it can be.
	Folder string
	transform.Context
}

// folder of an import path with a slash at its end, as seen from a file.
func (c *contexts) folder(file, specifier string) string {
	dir := filepath.Dir(file)
	if strings.HasPrefix(specifier, ".") {
		if full := filepath.Join(dir, filepath.FromSlash(specifier)); isFolder(full) {
			return full
		}
		return ""
	}
	c.once.Do(func() {
		if config := appTsconfig(c.b.dir, c.b.opt.Config.TypeScript.TsconfigPath); config != "" {
			c.paths = readTsPaths(config, 8)
		}
	})
	if found := c.paths.folder(specifier); found != "" {
		return found
	}
	name := packageName(specifier)
	if base := findPackage(dir, name); base != "" {
		if full := filepath.Join(base, filepath.FromSlash(strings.TrimPrefix(specifier, name))); isFolder(full) {
			return full
		}
	}
	return ""
}

func (c *contexts) plugin() api.Plugin {
	return api.Plugin{Name: "contexts", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + contextNamespace + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, contextNamespace+":"), Namespace: contextNamespace, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: contextNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			var key contextKey
			if err := json.Unmarshal([]byte(args.Path), &key); err != nil {
				return api.OnLoadResult{}, err
			}
			if !filepath.IsAbs(key.Folder) {
				key.Folder = filepath.Join(c.b.dir, filepath.FromSlash(key.Folder))
			}
			text, err := c.source(key)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS, ResolveDir: key.Folder}, nil
		})
	}}
}

// contextEndings are those that an import may leave out, in the order of preference.
var contextEndings = []string{".js", ".mjs", ".tsx", ".ts", ".jsx", ".json", ".cjs"}

var contextFile = regexp.MustCompile(`\.(json|md|txt|ya?ml|[cm]?[jt]sx?|module\.(css|scss|sass))$|` + imageFilter + `|` + fileFilter)

// source of a context module.
func (c *contexts) source(key contextKey) (string, error) {
	start := key.Prefix[:strings.LastIndexByte(key.Prefix, '/')+1]
	byPath := map[string]string{} // request → file
	rank := map[string]int{}
	count := 0
	err := filepath.WalkDir(key.Folder, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if full != key.Folder && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !contextFile.MatchString(full) || strings.HasSuffix(full, ".d.ts") {
			return nil
		}
		if needsLoader.MatchString(full) && c.b.loaders.find(full) == nil {
			return nil
		}
		rel, err := filepath.Rel(key.Folder, full)
		if err != nil {
			return err
		}
		for request, r := range requests(start + filepath.ToSlash(rel)) {
			if strings.HasPrefix(request, key.Prefix) && strings.HasSuffix(request, key.Suffix) && len(request) >= len(key.Prefix)+len(key.Suffix) {
				if have, ok := rank[request]; !ok || r < have {
					byPath[request], rank[request] = full, r
				}
				count++
			}
		}
		if count > maxContext {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	call := "require"
	if key.Dynamic {
		call = "import"
	}
	var out strings.Builder
	out.WriteString("const modules = new Map([")
	for _, request := range slices.Sorted(maps.Keys(byPath)) {
		out.WriteString("[" + quoteJS(request) + ", () => " + call + "(" + quoteJS(filepath.ToSlash(byPath[request])) + ")],\n")
	}
	out.WriteString("]);\nexport default (path) => {\n  const load = modules.get(path);\n" +
		"  if (load) return load();\n" +
		`  const error = Object.assign(new Error("Cannot find module '" + path + "'"), { code: "MODULE_NOT_FOUND" });` + "\n")
	if key.Dynamic {
		out.WriteString("  return Promise.reject(error);\n};\n")
	} else {
		out.WriteString("  throw error;\n};\n")
	}
	return out.String(), nil
}

// needsLoader matches files that only a loader can turn into a module.
var needsLoader = regexp.MustCompile(`\.(md|txt|ya?ml)$`)

// requests are the paths that may name a file, with their rank when several files
// answer to one: 0 is the whole name.
func requests(name string) map[string]int {
	all := map[string]int{name: 0}
	for i, ending := range contextEndings {
		stem, ok := strings.CutSuffix(name, ending)
		if !ok {
			continue
		}
		all[stem] = i + 1
		if folder, ok := strings.CutSuffix(stem, "/index"); ok {
			all[folder] = len(contextEndings) + i + 1
		}
	}
	return all
}
