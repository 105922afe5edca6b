package compile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/cli/transform"
)

// plainTsconfig is for code that has nothing to do with the app's tsconfig.json.
const plainTsconfig = `{"compilerOptions":{"jsx":"react-jsx"}}`

// compilingOptions are the options of a tsconfig.json that change what a module is
// compiled to.
var compilingOptions = []string{"experimentalDecorators", "useDefineForClassFields", "target", "strict", "alwaysStrict", "jsxImportSource"}

// liveTsconfig is what modules of the app are told of its tsconfig.json, as JSON. The
// paths in it matter to resolving alone.
func (b *build) liveTsconfig() string {
	options := map[string]any{}
	if file := appTsconfig(b.dir, b.opt.Config.TypeScript.TsconfigPath); file != "" {
		all := readCompilerOptions(file, 8)
		for _, name := range compilingOptions {
			if v, ok := all[name]; ok {
				options[name] = v
			}
		}
	}
	if b.opt.Config.Compiler.Emotion && options["jsxImportSource"] == nil {
		options["jsxImportSource"] = "@emotion/react"
	}
	options["jsx"] = "react-jsx"
	data, err := json.Marshal(map[string]any{"compilerOptions": options})
	if err != nil {
		return plainTsconfig
	}
	return string(data)
}

// readCompilerOptions reads compilerOptions of a configuration and those that it
// extends, at most depth deep.
func readCompilerOptions(file string, depth int) map[string]any {
	all := map[string]any{}
	data, err := os.ReadFile(file)
	if err != nil || depth == 0 {
		return all
	}
	value, _ := transform.LooseJSON(string(data))
	object, _ := value.(map[string]any)
	parents, _ := object["extends"].([]any)
	if one, ok := object["extends"].(string); ok {
		parents = []any{one}
	}
	for _, p := range parents {
		if name, ok := p.(string); ok {
			for k, v := range readCompilerOptions(extended(file, name), depth-1) {
				all[k] = v
			}
		}
	}
	options, _ := object["compilerOptions"].(map[string]any)
	for k, v := range options {
		all[k] = v
	}
	return all
}

// isNodeESM tells ES modules from CommonJS as Node.js does, by names and the type of
// packages.
func isNodeESM(path string) bool {
	switch filepath.Ext(path) {
	case ".mjs", ".mts":
		return true
	case ".js", ".ts", ".jsx", ".tsx":
	default:
		return false
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		data, err := os.ReadFile(filepath.Join(dir, "package.json"))
		if err == nil {
			var p struct {
				Type string `json:"type"`
			}
			return json.Unmarshal(data, &p) == nil && p.Type == "module"
		}
		if filepath.Dir(dir) == dir || strings.HasSuffix(dir, "node_modules") {
			return false
		}
	}
}

// sortedKeys of a map of files.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
