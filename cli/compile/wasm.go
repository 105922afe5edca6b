package compile

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// wasmPlugin serves imports of .wasm files: what the module exports is exported
// under its names, and what it imports comes from modules of those names. The
// browser compiles the file while it loads; on the server, where modules load at
// once, its bytes stand in the bundle.
func (b *build) wasmPlugin(browser bool) api.Plugin {
	return api.Plugin{Name: "wasm", Setup: func(pb api.PluginBuild) {
		pb.OnLoad(api.OnLoadOptions{Filter: `\.wasm$`, Namespace: "file"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			imports, exports, err := wasmInterface(data)
			if err != nil {
				return refuseLoad(diag.Errorf("wasm", "%s cannot be imported: %v", b.report.show(args.Path), err).
					WithHint("check that the file is complete WebAssembly")), nil
			}
			var text, object strings.Builder
			for i, name := range imports {
				fmt.Fprintf(&text, "import * as i%d from %s;\n", i, quoteJS(name))
				fmt.Fprintf(&object, "%s:i%d,", quoteJS(name), i)
			}
			if browser {
				url := b.assetPrefix() + "/_next/" + b.assets.emit(args.Path, data)
				fmt.Fprintf(&text, "const { instance } = await WebAssembly.instantiateStreaming(fetch(%s), {%s});\n", quoteJS(url), object.String())
			} else {
				fmt.Fprintf(&text, "const bytes = Uint8Array.from(atob(%s), (c) => c.charCodeAt(0));\n", quoteJS(base64.StdEncoding.EncodeToString(data)))
				fmt.Fprintf(&text, "const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {%s});\n", object.String())
			}
			for i, name := range exports {
				fmt.Fprintf(&text, "const e%d = instance.exports[%s];\nexport { e%d as %s };\n", i, quoteJS(name), i, quoteJS(name))
			}
			js := text.String()
			return api.OnLoadResult{Contents: &js, Loader: api.LoaderJS, ResolveDir: filepath.Dir(args.Path)}, nil
		})
	}}
}

// wasmInterface lists the modules that a WebAssembly module imports from, each
// once, and the names that it exports.
func wasmInterface(data []byte) (imports, exports []string, err error) {
	// Every length in the file is a claim: reading past the end is caught here.
	defer func() {
		if recover() != nil {
			imports, exports, err = nil, nil, errors.New("it ends too early")
		}
	}()
	if len(data) < 8 || string(data[:4]) != "\x00asm" {
		return nil, nil, errors.New("it is not WebAssembly")
	}
	r := wasmReader(data[8:])
	for len(r) > 0 {
		id := r.byte()
		section := wasmReader(r.take(r.number()))
		switch id {
		case 2:
			for range section.number() {
				if module := section.name(); !slices.Contains(imports, module) {
					imports = append(imports, module)
				}
				section.name()
				section.importType()
			}
		case 7:
			for range section.number() {
				exports = append(exports, section.name())
				section.byte()
				section.number()
			}
		}
	}
	return imports, exports, nil
}

// wasmReader is the rest of a WebAssembly file. Its methods panic at the end.
type wasmReader []byte

func (r *wasmReader) take(n int) []byte {
	out := (*r)[:n:n]
	*r = (*r)[n:]
	return out
}

func (r *wasmReader) byte() byte { return r.take(1)[0] }

// number reads an unsigned LEB128 number.
func (r *wasmReader) number() int {
	v, n := binary.Uvarint(*r)
	if n <= 0 || v > 1<<31 {
		panic("number")
	}
	r.take(n)
	return int(v)
}

func (r *wasmReader) name() string { return string(r.take(r.number())) }

// importType moves past the type of an import.
func (r *wasmReader) importType() {
	limits := func() {
		if r.byte()&1 != 0 {
			r.number()
		}
		r.number()
	}
	switch r.byte() {
	case 0: // function
		r.number()
	case 1: // table
		r.byte()
		limits()
	case 2: // memory
		limits()
	case 3: // global
		r.take(2)
	case 4: // tag
		r.byte()
		r.number()
	default:
		panic("type")
	}
}
