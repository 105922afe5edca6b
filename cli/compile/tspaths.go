package compile

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/onwardjs/onward/cli/transform"
)

// tsPaths are baseUrl and paths of a tsconfig.json or jsconfig.json, those that
// it extends included. esbuild follows them for imports; this is for folders.
type tsPaths struct {
	baseURL string // absolute; "" when not set
	paths   map[string][]string
	from    string // folder that paths are relative to
}

// appTsconfig is the configuration file of the app: the one that
// typescript.tsconfigPath names, tsconfig.json, jsconfig.json, or "".
func appTsconfig(dir, named string) string {
	names := []string{"tsconfig.json", "jsconfig.json"}
	if named != "" {
		names = append([]string{filepath.FromSlash(named)}, names...)
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

// readTsPaths reads a configuration and those that it extends, at most depth deep.
func readTsPaths(file string, depth int) tsPaths {
	var t tsPaths
	data, err := os.ReadFile(file)
	if err != nil || depth == 0 {
		return t
	}
	value, _ := transform.LooseJSON(string(data))
	object, _ := value.(map[string]any)
	parents, _ := object["extends"].([]any)
	if one, ok := object["extends"].(string); ok {
		parents = []any{one}
	}
	for _, p := range parents {
		if name, ok := p.(string); ok {
			if parent := readTsPaths(extended(file, name), depth-1); parent.baseURL != "" || parent.paths != nil {
				t = parent
			}
		}
	}
	options, _ := object["compilerOptions"].(map[string]any)
	dir := filepath.Dir(file)
	if base, ok := options["baseUrl"].(string); ok {
		t.baseURL = filepath.Join(dir, filepath.FromSlash(base))
	}
	if paths, ok := options["paths"].(map[string]any); ok {
		t.paths, t.from = map[string][]string{}, dir
		for pattern, targets := range paths {
			list, _ := targets.([]any)
			for _, target := range list {
				if text, ok := target.(string); ok {
					t.paths[pattern] = append(t.paths[pattern], text)
				}
			}
		}
	}
	return t
}

// extended is the file that a configuration names in extends.
func extended(file, name string) string {
	dir := filepath.Dir(file)
	if strings.HasPrefix(name, ".") || filepath.IsAbs(name) {
		full := filepath.FromSlash(name)
		if !filepath.IsAbs(full) {
			full = filepath.Join(dir, full)
		}
		if filepath.Ext(full) != ".json" {
			full += ".json"
		}
		return full
	}
	folder := findPackage(dir, packageName(name))
	full := filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(name, packageName(name)), "/")))
	if info, err := os.Stat(full); err == nil && info.IsDir() {
		return filepath.Join(full, "tsconfig.json")
	}
	return full
}

// folder finds the folder that an import path with a slash at its end names, as
// paths and baseUrl have it; "" when there is none.
func (t tsPaths) folder(specifier string) string {
	best, found := -1, ""
	for pattern, targets := range t.paths {
		before, after, wild := strings.Cut(pattern, "*")
		if !wild || after != "" || len(before) <= best || !strings.HasPrefix(specifier, before) {
			continue
		}
		base := t.baseURL
		if base == "" {
			base = t.from
		}
		for _, target := range targets {
			full := filepath.Join(base, filepath.FromSlash(strings.Replace(target, "*", specifier[len(before):], 1)))
			if isFolder(full) {
				best, found = len(before), full
				break
			}
		}
	}
	if found == "" && t.baseURL != "" {
		if full := filepath.Join(t.baseURL, filepath.FromSlash(path.Clean(specifier))); isFolder(full) {
			return full
		}
	}
	return found
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
