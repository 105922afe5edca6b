package compile

import (
	"os"
	"path/filepath"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/transform"
)

// barrels leads named imports past the indexes of packages. In a bundle what nobody
// uses of an index is shaken off; here every module that is imported is compiled, and
// an index of icons or dates has hundreds. A package says with "sideEffects" that
// its modules may be left out.
type barrels struct {
	graphs []*graph // the first resolves; the others must agree
	known  sync.Map // file → *barrel
}

type barrel struct {
	once sync.Once
	transform.Barrel
}

// enough is how many modules an index must hand on before it is led past.
const enough = 6

// deepest is how many indexes an export is followed through.
const deepest = 8

// has tells whether a text imports names from an index that is worth leading past.
func (b *barrels) has(importer, text string) bool {
	for _, specifier := range transform.PackageImports(text) {
		if b.index(importer, specifier) != "" {
			return true
		}
	}
	return false
}

// finder is what transform.NarrowImports asks for the names that a module imports.
func (b *barrels) finder(importer string) func(specifier, name string) (path, exported string, ok bool) {
	return func(specifier, name string) (string, string, bool) {
		index := b.index(importer, specifier)
		if index == "" {
			return "", "", false
		}
		path, exported, ok := b.origin(index, name, deepest)
		if !ok || path == index {
			return "", "", false
		}
		return filepath.ToSlash(path), exported, true
	}
}

// index is the file of a package's index; empty when it is none, small, or must not
// be left out.
func (b *barrels) index(importer, specifier string) string {
	if specifier == "" || specifier[0] == '.' || filepath.IsAbs(specifier) {
		return ""
	}
	file := b.find(importer, specifier)
	if file == "" || !inNodeModules(filepath.ToSlash(file)) || b.size(file, deepest) < enough {
		return ""
	}
	return file
}

// find is the file of an import that may be left out; empty when there is none such,
// or not the same in all graphs.
func (b *barrels) find(importer, specifier string) string {
	file := ""
	for _, g := range b.graphs {
		r, err := g.find(api.OnResolveArgs{Path: specifier, Importer: importer, Namespace: "file", ResolveDir: filepath.Dir(importer), Kind: api.ResolveJSImportStatement})
		if err != nil || len(r.Errors) > 0 || r.External || r.Namespace != "file" || r.Suffix != "" || r.SideEffects != api.SideEffectsFalse ||
			!sourcePattern.MatchString(r.Path) || file != "" && file != r.Path {
			return ""
		}
		file = r.Path
	}
	return file
}

// size counts what a module hands on, as far as it matters.
func (b *barrels) size(file string, depth int) int {
	read := b.read(file)
	n := len(read.Handed) + len(read.Stars)
	for _, star := range read.Stars {
		if n >= enough || depth == 0 {
			break
		}
		if next := b.find(file, star); next != "" {
			n += b.size(next, depth-1)
		}
	}
	return n
}

// origin follows an export to the module that declares it.
func (b *barrels) origin(file, name string, depth int) (path, exported string, ok bool) {
	read := b.read(file)
	if read.Own[name] {
		return file, name, true
	}
	if depth == 0 {
		return "", "", false
	}
	if from, handed := read.Handed[name]; handed {
		next := b.find(file, from.Specifier)
		if next == "" {
			return "", "", false
		}
		if path, exported, ok := b.origin(next, from.Name, depth-1); ok {
			return path, exported, true
		}
		// What is no ES module does not say what it exports.
		return next, from.Name, true
	}
	if name == "default" {
		return "", "", false
	}
	for _, star := range read.Stars {
		next := b.find(file, star)
		if next == "" {
			return "", "", false // it might be there
		}
		if path, exported, ok := b.origin(next, name, depth-1); ok {
			return path, exported, true
		}
	}
	return "", "", false
}

func (b *barrels) read(file string) *barrel {
	v, _ := b.known.LoadOrStore(file, &barrel{})
	read := v.(*barrel)
	read.once.Do(func() {
		if data, err := os.ReadFile(file); err == nil {
			read.Barrel = transform.Parse(file, string(data)).Barrel()
		}
	})
	return read
}
