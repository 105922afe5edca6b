package stack

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// Inline puts a source map into a module, for debuggers: it leads them to the files
// of the project in dir, which its sources are relative to. The code is returned as
// it is when there is no map.
func Inline(code, sourceMap []byte, dir string) []byte {
	var m map[string]json.RawMessage
	var sources []string
	if json.Unmarshal(sourceMap, &m) != nil || json.Unmarshal(m["sources"], &sources) != nil {
		return code
	}
	for i, name := range sources {
		if file := filepath.FromSlash(name); !filepath.IsAbs(file) && !strings.Contains(name, ":") {
			name = filepath.ToSlash(filepath.Join(dir, file))
		}
		if strings.HasPrefix(name, "/") {
			name = (&url.URL{Scheme: "file", Path: name}).String()
		}
		sources[i] = name
	}
	delete(m, "sourceRoot")
	m["sources"], _ = json.Marshal(sources) // strings always marshal
	data, _ := json.Marshal(m)              // so does what was read
	code = append(slices.Clip(code), "\n//# sourceMappingURL=data:application/json;base64,"...)
	return base64.StdEncoding.AppendEncode(code, data)
}
