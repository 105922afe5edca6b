package resolve

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// match is a file that was found, before links in its path are followed.
type match struct {
	path string
	// main is what require would have found, "" when it does not matter.
	main     string
	disabled bool
}

// query is one look-up.
type query struct {
	*Resolver
	kind  Kind
	notes []Note
}

// isPackagePath says whether an import names a package and not a path.
func isPackagePath(specifier string) bool {
	return !strings.HasPrefix(specifier, "/") && !strings.HasPrefix(specifier, "./") && !strings.HasPrefix(specifier, "../") &&
		specifier != "." && specifier != ".."
}

// namesFolder says whether a path can only mean a folder.
func namesFolder(specifier string) bool {
	return specifier == "." || specifier == ".." || strings.HasSuffix(specifier, "/") ||
		strings.HasSuffix(specifier, "/.") || strings.HasSuffix(specifier, "/..")
}

func found(path string) *match { return &match{path: path} }

// resolve finds what specifier means in a file of from; nil when there is nothing.
func (q *query) resolve(from *folder, specifier string) *match {
	if strings.HasPrefix(specifier, "/") || filepath.IsAbs(specifier) {
		if t := q.tsconfigOf(from); t != nil && t.paths != nil {
			if m := q.paths(t, specifier); m != nil {
				return m
			}
		}
		return q.fileOrFolder(filepath.Clean(filepath.FromSlash(specifier)))
	}
	isPackage := isPackagePath(specifier)
	// url(logo.png) of CSS means ./logo.png, if that is there.
	if !isPackage || q.kind.css() {
		m, done := q.relative(from, specifier)
		if done || !isPackage || m != nil {
			return m
		}
	}
	if to, ok := q.mapped(from, specifier, false); ok {
		if to == nil {
			m := q.packages(from, specifier, true)
			if m == nil {
				m = found(specifier)
			}
			m.disabled = true
			return m
		}
		specifier, from = *to, from.browser
	}
	return q.unmapped(from, specifier)
}

// relative looks at a path beside the importer. done says that nothing else may be
// tried.
func (q *query) relative(from *folder, specifier string) (m *match, done bool) {
	full := filepath.Join(from.path, filepath.FromSlash(specifier))
	if d := q.folder(filepath.Dir(full)); d != nil {
		if to, ok := q.mapped(d, full, true); ok {
			if to == nil {
				return &match{path: full, disabled: true}, true
			}
			if m := q.unmapped(d.browser, *to); m != nil {
				return m, true
			}
		}
	}
	if namesFolder(specifier) {
		return q.asFolder(full), false
	}
	return q.fileOrFolder(full), false
}

// unmapped resolves what a browser field says, which is not mapped once more.
func (q *query) unmapped(from *folder, specifier string) *match {
	if isPackagePath(specifier) {
		return q.packages(from, specifier, true)
	}
	return q.fileOrFolder(filepath.Join(from.path, filepath.FromSlash(specifier)))
}

// extensions that complete path.
func (q *query) extensions(path string) []string {
	switch {
	case q.kind == CSSImport:
		return q.styles
	case inNodeModules(path):
		return q.inside
	}
	return q.opt.Extensions
}

func inNodeModules(path string) bool {
	return strings.Contains(filepath.ToSlash(path), "/node_modules/")
}

func (q *query) fileOrFolder(path string) *match {
	if name := q.asFile(path, q.extensions(path)); name != "" {
		return found(name)
	}
	return q.asFolder(path)
}

// typescriptFor are the endings of sources that the compiled file's name stands for.
var typescriptFor = map[string][]string{".js": {".ts", ".tsx"}, ".jsx": {".ts", ".tsx"}, ".mjs": {".mts"}, ".cjs": {".cts"}}

// asFile finds the file at path, with an ending or with TypeScript's in place of
// JavaScript's; "" when there is none.
func (q *query) asFile(path string, extensions []string) string {
	d := q.folder(filepath.Dir(path))
	if d == nil {
		return ""
	}
	base := filepath.Base(path)
	if d.has(base) == file {
		return filepath.Join(d.path, base)
	}
	for _, ext := range extensions {
		if d.has(base+ext) == file {
			return filepath.Join(d.path, base+ext)
		}
	}
	ext := filepath.Ext(base)
	for _, ts := range typescriptFor[ext] {
		if name := strings.TrimSuffix(base, ext) + ts; d.has(name) == file {
			return filepath.Join(d.path, name)
		}
	}
	return ""
}

// asFolder finds what a folder stands for: a main field of its package.json or its
// index file.
func (q *query) asFolder(path string) *match {
	d := q.folder(path)
	if d == nil {
		return nil
	}
	extensions := q.extensions(path)
	if m := q.mainField(d, extensions); m != nil {
		return m
	}
	return q.index(d, extensions)
}

// index finds the index file of a folder; the browser field may name another.
func (q *query) index(d *folder, extensions []string) *match {
	full := filepath.Join(d.path, "index")
	if to, ok := q.mapped(d, full, true); ok {
		if to == nil {
			return &match{path: full, disabled: true}
		}
		return q.fileOrIndex(filepath.Join(d.path, filepath.FromSlash(*to)), extensions, false)
	}
	return q.plainIndex(d, extensions)
}

func (q *query) plainIndex(d *folder, extensions []string) *match {
	for _, ext := range extensions {
		if d.has("index"+ext) == file {
			return found(filepath.Join(d.path, "index"+ext))
		}
	}
	return nil
}

// fileOrIndex finds a file, or the index file of a folder.
func (q *query) fileOrIndex(path string, extensions []string, remap bool) *match {
	if name := q.asFile(path, extensions); name != "" {
		return found(name)
	}
	d := q.folder(path)
	if d == nil {
		return nil
	}
	if remap {
		return q.index(d, extensions)
	}
	return q.plainIndex(d, extensions)
}

// mainField follows the first main field that leads to a file.
func (q *query) mainField(d *folder, extensions []string) *match {
	if d.own == nil {
		return nil
	}
	for _, field := range q.main {
		text, ok := d.own.fields[field]
		if !ok {
			continue
		}
		m := q.follow(d, text, extensions)
		if m == nil {
			continue
		}
		if !q.auto || field != "module" {
			return m
		}
		// require of a package that has both gets main, for it may export a function.
		var main *match
		if text, ok := d.own.fields["main"]; ok {
			main = q.follow(d, text, extensions)
		} else {
			main = q.index(d, extensions)
		}
		switch {
		case main == nil:
		case q.kind == Require:
			return main
		case !main.disabled:
			m.main = main.path
		}
		return m
	}
	if len(q.notes) == 0 {
		for _, field := range []string{"main", "module"} {
			if text := d.own.fields[field]; text != "" && slices.Contains(q.main, field) {
				q.note(d.own, -1, "its "+field+" is "+text+", which is missing: the package may not be built or installed whole")
				break
			}
		}
	}
	return nil
}

// follow finds the file that a main field of d names.
func (q *query) follow(d *folder, text string, extensions []string) *match {
	full := filepath.Join(d.path, filepath.FromSlash(text))
	if to, ok := q.mapped(d, full, true); ok {
		if to == nil {
			return &match{path: full, disabled: true}
		}
		full = filepath.Join(d.path, filepath.FromSlash(*to))
	}
	return q.fileOrIndex(full, extensions, true)
}

// packages looks a package up: paths and baseUrl of tsconfig.json, "imports" of the
// own package.json, the own package by its name, node_modules from here upwards.
// private allows "imports".
func (q *query) packages(from *folder, specifier string, private bool) *match {
	if t := q.tsconfigOf(from); t != nil {
		if t.paths != nil {
			if m := q.paths(t, specifier); m != nil {
				return m
			}
		}
		if t.base != "" {
			if m := q.fileOrFolder(filepath.Join(t.base, filepath.FromSlash(specifier))); m != nil {
				return m
			}
		}
	}
	home := from
	for home != nil && home.own == nil {
		home = home.parent
	}
	if private && home != nil && strings.HasPrefix(specifier, "#") && home.own.imports != nil {
		return q.imports(home, specifier)
	}
	name, subpath, isName := packageParts(specifier)
	if home != nil && isName && home.own.name == name && home.own.exports != nil {
		return q.exports(home, name, subpath)
	}
	for d := from; d != nil; d = d.parent {
		if !d.hasModules {
			continue
		}
		if m, stop := q.inModules(filepath.Join(d.path, "node_modules"), specifier, name, subpath); m != nil || stop {
			return m
		}
	}
	return nil
}

// inModules looks a package up in one folder node_modules. stop says that the
// package is there and does not have it.
func (q *query) inModules(modules, specifier, name, subpath string) (m *match, stop bool) {
	full := filepath.Join(modules, filepath.FromSlash(specifier))
	if name != "" {
		if d := q.folder(filepath.Join(modules, filepath.FromSlash(name))); d != nil {
			if d.own != nil && d.own.exports != nil {
				return q.exports(d, name, subpath), true
			}
			if to, ok := q.mapped(d, full, true); ok {
				if to == nil {
					return &match{path: full, disabled: true}, true
				}
				if m := q.unmapped(d.browser, *to); m != nil {
					return m, true
				}
			}
		}
	}
	return q.fileOrFolder(full), false
}

// imports follows an import that begins with #.
func (q *query) imports(home *folder, specifier string) *match {
	if specifier == "#" {
		q.note(home.own, home.own.imports.at, "# alone is no import")
		return nil
	}
	o := imported(home.own.imports, specifier, q.conditions(q.kind))
	if o.status == bare {
		m := q.packages(home, o.path, false)
		if m == nil {
			q.note(home.own, o.at, "it stands for "+o.path+", which cannot be resolved")
		}
		return m
	}
	return q.inPackage(home, home.own.imports, o, specifier, specifier)
}

// exports follows an import of a package that says what it exports.
func (q *query) exports(d *folder, name, subpath string) *match {
	o := exported(d.own.exports, subpath, q.conditions(q.kind))
	return q.inPackage(d, d.own.exports, o, name, subpath)
}

// inPackage finds the file of a package that an outcome names.
func (q *query) inPackage(d *folder, list *value, o outcome, name, subpath string) *match {
	full := filepath.Join(d.path, filepath.FromSlash(o.path))
	switch {
	case !strings.HasPrefix(o.path, "/"):
	case o.status == inexact:
		if m := q.fileOrFolder(full); m != nil {
			return m
		}
		o.why = "missing"
	case o.status == exact:
		up := q.folder(filepath.Dir(full))
		if up == nil {
			o.why = "missing"
			break
		}
		base := filepath.Base(full)
		is := up.has(base)
		if is == nothing {
			ext := path.Ext(base)
			for _, ts := range typescriptFor[ext] {
				if name := strings.TrimSuffix(base, ext) + ts; up.has(name) != nothing {
					base, is = name, up.has(name)
					break
				}
			}
		}
		switch is {
		case file:
			return found(filepath.Join(up.path, base))
		case directory:
			o.status = isFolder
		default:
			o.why = "missing"
		}
	}
	q.explain(d, list, o, name, subpath, full)
	return nil
}
