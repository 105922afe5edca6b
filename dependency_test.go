package onward_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/onwardjs/onward"

// mayImport is the dependency direction: a package (or everything under a
// prefix ending in "/...") and the packages of this repository it may import.
// A new folder needs a row here and a line in docs/architecture.md.
var mayImport = map[string][]string{
	"internal/diag":        {},
	"internal/config":      {"internal/diag"},
	"internal/manifest":    {"internal/diag", "internal/config", "internal/route"},
	"internal/route":       {"internal/diag"},
	"internal/stack":       {},
	"internal/regex":       {},
	"internal/rules":       {"internal/config", "internal/manifest", "internal/regex", "internal/route"},
	"internal/engine":      {},
	"internal/engine/host": {},
	"internal/engine/pool": {"internal/engine", "internal/engine/host"},
	"internal/engine/node": {"internal/diag", "internal/engine", "internal/engine/host", "internal/engine/pool"},
	"internal/engine/v8":   {"internal/engine", "internal/engine/host", "internal/engine/pool"},
	"internal/cache":       {"internal/diag", "internal/config", "internal/manifest", "internal/route"},
	"internal/render":      {"internal/diag", "internal/config", "internal/manifest", "internal/route", "internal/engine"},
	"internal/server": {"internal/diag", "internal/config", "internal/manifest", "internal/route", "internal/engine",
		"internal/engine/host", "internal/cache", "internal/render", "internal/rules", "internal/stack"},
	"": {"internal/diag", "internal/config", "internal/manifest", "internal/route", "internal/engine",
		"internal/engine/host", "internal/engine/node", "internal/engine/v8", "internal/cache", "internal/render", "internal/server", "internal/stack"},
	"runtime":                   {},
	"npm/onward/next":           {},
	"cli/transform":             {"internal/diag"},
	"cli/resolve":               {"internal/diag"},
	"cli/watch":                 {"internal/diag"},
	"cli/template":              {},
	"cli/inspect":               {"internal/diag", "internal/engine"},
	"cli/compile":               {"internal/diag", "internal/config", "internal/route", "internal/stack", "cli/resolve", "cli/transform"},
	"cli/build":                 {"", "internal/...", "runtime", "npm/onward/next", "cli/compile", "cli/transform"},
	"cli/dev":                   {"", "internal/...", "runtime", "cli/build", "cli/compile", "cli/inspect", "cli/transform", "cli/watch"},
	"cli/cmd/onward":            {"", "internal/...", "runtime", "cli/build", "cli/dev", "cli/inspect", "cli/template"},
	"cli/cmd/bundle-runtime":    {"cli/compile"},
	"cli/internal/enginetest":   {"internal/...", "runtime", "cli/compile"},
	"cli/internal/platformtest": {"internal/...", "runtime", "cli/compile"},
	"cli/internal/ssrtest":      {"internal/...", "runtime", "cli/compile"},
}

// compilerOnly must never be reached from the root module.
var compilerOnly = []string{"github.com/evanw/esbuild", "github.com/microsoft/typescript-go", modulePath + "/cli"}

func TestDependencyDirection(t *testing.T) {
	seen := map[string]bool{}
	for _, file := range sources(t, ".go") {
		if strings.HasPrefix(file, "test/") || strings.HasPrefix(file, "examples/") || strings.HasPrefix(file, "cli/tsgo/") {
			continue
		}
		dir := path.Dir(file)
		if dir == "." {
			dir = ""
		}
		seen[dir] = true
		allowed, known := mayImport[dir]
		if !known {
			t.Errorf("%s: package %q has no row in the dependency table", file, dir)
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		inRoot := !strings.HasPrefix(dir, "cli")
		for _, spec := range parsed.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if inRoot {
				for _, banned := range compilerOnly {
					if name == banned || strings.HasPrefix(name, banned+"/") {
						t.Errorf("%s imports %s: the root module serves and never compiles", file, name)
					}
				}
			}
			if name == modulePath {
				name = ""
			} else if rest, ok := strings.CutPrefix(name, modulePath+"/"); ok {
				name = rest
			} else {
				continue
			}
			if name != dir && !allows(allowed, name) {
				t.Errorf("%s imports %q, which the dependency table does not allow for %q", file, name, dir)
			}
		}
	}
	for dir := range mayImport {
		if !seen[dir] && !strings.HasPrefix(dir, "cli/internal") {
			t.Errorf("the dependency table has a row for %q, where there is no Go file", dir)
		}
	}
}

func allows(allowed []string, name string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		if prefix, ok := strings.CutSuffix(a, "/..."); ok {
			return strings.HasPrefix(name, prefix+"/")
		}
		return a == name
	})
}

var importFrom = regexp.MustCompile(`(?m)(?:^|\s)(?:import|export)\s[^"';]*?from\s*["'](\.[^"']*)["']|import\s*\(?\s*["'](\.[^"']*)["']`)

// TestRuntimeDirection: browser and server code never import each other, and
// the platform imports neither them nor next/*.
func TestRuntimeDirection(t *testing.T) {
	forbidden := map[string][]string{
		"platform": {"browser", "server", "next"},
		"server":   {"browser"},
		"browser":  {"server", "platform"},
		"next":     {"server", "platform"},
	}
	for _, file := range sources(t, ".ts", ".tsx") {
		rest, ok := strings.CutPrefix(file, "runtime/")
		if !ok || strings.HasPrefix(rest, "dist/") {
			continue
		}
		part, _, _ := strings.Cut(rest, "/")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range importFrom.FindAllStringSubmatch(string(text), -1) {
			target := path.Join(path.Dir(rest), m[1]+m[2])
			to, _, _ := strings.Cut(target, "/")
			if slices.Contains(forbidden[part], to) && !(part == "browser" && target == "server/protocol") {
				t.Errorf("%s imports %s: %s must not reach %s", file, m[1]+m[2], part, to)
			}
		}
	}
}

func sources(t *testing.T, exts ...string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || (len(d.Name()) > 1 && d.Name()[0] == '.')) {
			return filepath.SkipDir
		}
		if !d.IsDir() && slices.Contains(exts, path.Ext(p)) {
			files = append(files, filepath.ToSlash(p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
