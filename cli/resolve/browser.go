package resolve

import (
	"path"
	"path/filepath"
)

// mapped looks up what the nearest browser field makes of a specifier, or, with
// isPath, of an absolute path. ok says that it has an entry; to is nil when that
// disables the module.
func (q *query) mapped(d *folder, specifier string, isPath bool) (to *string, ok bool) {
	scope := d.browser
	if scope == nil || !q.opt.Browser {
		return nil, false
	}
	if isPath {
		rel, err := filepath.Rel(scope.path, specifier)
		if err != nil {
			return nil, false
		}
		specifier = filepath.ToSlash(rel)
	}
	if specifier == "." {
		return nil, false
	}
	fields := scope.own.browser
	if to, ok = q.entry(fields, specifier, true); ok || !isPackagePath(specifier) {
		return to, ok
	}
	if isPath {
		return q.entry(fields, "./"+specifier, true)
	}
	// An entry "./x" holds for the package x, too, as other bundlers have it, but only
	// within the package that has the entry.
	for up := d; up != nil && up != scope; up = up.parent {
		if up.isModules {
			return nil, false
		}
	}
	prefix := "./"
	if rel, err := filepath.Rel(scope.path, d.path); err == nil && rel != "." {
		prefix += filepath.ToSlash(rel) + "/"
	}
	return q.entry(fields, prefix+specifier, false)
}

// entry finds the entry for a path: as it is, with an ending, as a folder.
func (q *query) entry(fields map[string]*string, name string, endings bool) (to *string, ok bool) {
	index := path.Join(name, "index")
	if isPackagePath(index) && !isPackagePath(name) {
		index = "./" + index
	}
	for _, n := range []string{name, index} {
		if to, ok = fields[n]; ok {
			return to, true
		}
		if !endings {
			continue
		}
		for _, ext := range q.opt.Extensions {
			if to, ok = fields[n+ext]; ok {
				return to, true
			}
		}
	}
	return nil, false
}
