package dev

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/engine"
)

// loadForDebugger is load for an engine that debuggers attach to: the modules carry
// their source maps, so that breakpoints are set in the files of the app.
func (s *site) loadForDebugger(path string) (*engine.Module, error) {
	m, err := s.load(path)
	if err != nil || m == nil {
		return m, err
	}
	data := absoluteSources(s.live.ServerMap(path), s.project.Dir)
	if data == nil {
		return m, nil
	}
	source := append(slices.Clip(m.Source), "\n//# sourceMappingURL=data:application/json;base64,"...)
	return &engine.Module{Source: base64.StdEncoding.AppendEncode(source, data)}, nil
}

// absoluteSources names the sources of a map, which are relative to the project, by
// their URLs; nil without a map.
func absoluteSources(data []byte, dir string) []byte {
	var m map[string]json.RawMessage
	var sources []string
	if json.Unmarshal(data, &m) != nil || json.Unmarshal(m["sources"], &sources) != nil {
		return nil
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
	m["sources"], _ = json.Marshal(sources) // strings always marshal
	data, _ = json.Marshal(m)               // so does what was read
	return data
}
