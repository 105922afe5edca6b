package compile

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// metafile is what a graph's bundle consists of: esbuild's metafile, with paths
// relative to the output folder.
type metafile struct {
	Inputs  map[string]metaInput   `json:"inputs"`
	Outputs map[string]*metaOutput `json:"outputs"`
}

type metaInput struct {
	Imports []struct {
		Path     string `json:"path"`
		Kind     string `json:"kind"`
		Original string `json:"original"`
	} `json:"imports"`
}

type metaOutput struct {
	Imports []struct {
		Path     string `json:"path"`
		Kind     string `json:"kind"`
		External bool   `json:"external"`
	} `json:"imports"`
	Exports    []string                       `json:"exports"`
	EntryPoint string                         `json:"entryPoint"`
	CSSBundle  string                         `json:"cssBundle"`
	Inputs     map[string]struct{ Bytes int } `json:"inputs"`
}

// parseMetafile reads esbuild's JSON. root is what its output paths start with:
// the output folder, relative to the project.
func parseMetafile(text, root string) (*metafile, error) {
	var m metafile
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, err
	}
	// esbuild shows paths relative to the working folder; cut them where the
	// output folder's own layout begins.
	cut := func(p string) string {
		for _, mark := range []string{"server/pages/", "server/chunks/", "static/"} {
			if i := strings.Index(p, path.Base(root)+"/"+mark); i >= 0 {
				return p[i+len(path.Base(root))+1:]
			}
		}
		return p
	}
	outputs := make(map[string]*metaOutput, len(m.Outputs))
	for p, o := range m.Outputs {
		o.CSSBundle = cut(o.CSSBundle)
		for i := range o.Imports {
			if !o.Imports[i].External {
				o.Imports[i].Path = cut(o.Imports[i].Path)
			}
		}
		outputs[cut(p)] = o
	}
	m.Outputs = outputs
	return &m, nil
}

// imports lists the output files that file reaches, dynamic imports included,
// sorted.
func (m *metafile) imports(file string) []string {
	seen := map[string]bool{file: true}
	queue := []string{file}
	var list []string
	for len(queue) > 0 {
		o := m.Outputs[queue[0]]
		queue = queue[1:]
		if o == nil {
			continue
		}
		for _, i := range o.Imports {
			if i.External || seen[i.Path] || m.Outputs[i.Path] == nil {
				continue
			}
			seen[i.Path] = true
			list = append(list, i.Path)
			queue = append(queue, i.Path)
		}
	}
	slices.Sort(list)
	return list
}

// external lists what file, and the output files it reaches, import from outside the
// bundle, sorted.
func (m *metafile) external(file string) []string {
	var list []string
	for _, f := range append(m.imports(file), file) {
		if o := m.Outputs[f]; o != nil {
			for _, i := range o.Imports {
				if i.External {
					list = append(list, i.Path)
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
