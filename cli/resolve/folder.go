package resolve

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
)

// folder is what is known about a directory.
type folder struct {
	path   string
	parent *folder
	// real is the path with links followed, when there are any in it.
	real string
	*listing
	// own is the package.json of this folder, scope the nearest at or above it, and
	// browser the nearest folder whose package.json maps files for browsers.
	own, scope *manifest
	browser    *folder
	// tsconfig is the nearest tsconfig.json at or above it.
	tsconfig *tsconfig

	isModules  bool // its name is node_modules
	inModules  bool // it is one or lies in one
	hasModules bool // it has one
}

// cell is a place in the cache: a folder, or nil where there is none.
type cell struct {
	once   sync.Once
	folder *folder
}

// folder reads the directory at an absolute, clean path; nil when there is none.
func (r *Resolver) folder(path string) *folder {
	c, ok := r.folders.Load(path)
	if !ok {
		c, _ = r.folders.LoadOrStore(path, new(cell))
	}
	place := c.(*cell)
	place.once.Do(func() { place.folder = r.read(path) })
	return place.folder
}

func (r *Resolver) read(path string) *folder {
	d := &folder{path: path}
	base := filepath.Base(path)
	if up := filepath.Dir(path); up != path {
		if d.parent = r.folder(up); d.parent == nil || d.parent.has(base) != directory {
			return nil
		}
		p := d.parent
		d.scope, d.browser, d.tsconfig, d.inModules = p.scope, p.browser, p.tsconfig, p.inModules
		if d.real = p.link(base); d.real == "" && p.real != "" {
			d.real = filepath.Join(p.real, base)
		}
	}
	if d.listing = r.list(d); d.listing == nil {
		return nil
	}
	if base == "node_modules" {
		d.isModules, d.inModules = true, true
	} else {
		d.hasModules = d.has("node_modules") == directory
	}
	if d.has("package.json") == file {
		d.own = readManifest(filepath.Join(path, "package.json"))
		d.scope = d.own
		if r.opt.Browser && d.own.browser != nil {
			d.browser = d
		}
	}
	if r.opt.Tsconfig == "" && !d.inModules {
		for _, name := range []string{"tsconfig.json", "jsconfig.json"} {
			if d.has(name) == file {
				d.tsconfig = r.readTsconfig(filepath.Join(path, name))
				break
			}
		}
	}
	return d
}

// list makes the listing of d: its own, or that of the folder that it links to, so
// that a change there is seen here.
func (r *Resolver) list(d *folder) *listing {
	if d.real != "" && d.real != d.path {
		if target := r.folder(d.real); target != nil {
			return target.listing
		}
	}
	l := &listing{path: d.path}
	if r.above[d.path] {
		return l
	}
	// What may be entered but not listed is looked at by name.
	if err := l.read(); err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil
	}
	r.names.Add(int64(len(l.names)))
	return l
}

// manyFiles at once, as after a git checkout, make it cheaper to start afresh.
const manyFiles = 1000

// Forget tells that files or folders, absolute paths, changed, appeared or
// vanished; what was read of them is read again when it is needed. nil: anything
// may have changed. It returns whether imports may now lead elsewhere than before;
// a source file that only got other text does not matter to them.
func (r *Resolver) Forget(files []string) bool {
	r.life.Lock()
	defer r.life.Unlock()
	if files == nil || len(files) > manyFiles {
		r.forgetAll()
		return true
	}
	for _, path := range files {
		switch filepath.Base(path) {
		case "package.json", "tsconfig.json", "jsconfig.json", "node_modules":
			r.forgetAll()
			return true
		}
		if path == r.opt.Tsconfig || r.isConfig(path) {
			r.forgetAll()
			return true
		}
	}
	changed := false
	for _, path := range files {
		changed = r.forgetPath(filepath.Clean(path)) || changed
	}
	return changed
}

// isConfig says whether a tsconfig.json extends path.
func (r *Resolver) isConfig(path string) bool {
	if filepath.Ext(path) != ".json" {
		return false
	}
	found := r.config != nil && r.config.reads[path]
	r.folders.Range(func(_, c any) bool {
		if d := c.(*cell).folder; d != nil && d.tsconfig != nil && d.tsconfig.reads[path] {
			found = true
		}
		return !found
	})
	return found
}

func (r *Resolver) forgetAll() {
	r.folders.Clear()
	r.names.Store(0)
	r.config, r.configOnce = nil, new(sync.Once)
}

// forgetPath drops what is not true any more about path, and about the folders
// that it lies in when they came or went with it.
func (r *Resolver) forgetPath(path string) bool {
	changed := false
	for up := filepath.Dir(path); up != path; path, up = up, filepath.Dir(up) {
		c, known := r.folders.Load(up)
		if !known {
			continue
		}
		if d := c.(*cell).folder; d != nil {
			if d.refresh(filepath.Base(path)) {
				r.forgetBelow(path)
				changed = true
			}
			break
		}
		// The folder was missing when it was asked for.
		r.folders.Delete(up)
		changed = true
	}
	return changed
}

// forgetBelow drops the folder at path, all in it under whatever name, and all
// that was missing.
func (r *Resolver) forgetBelow(path string) {
	prefix := path + string(filepath.Separator)
	r.folders.Range(func(key, c any) bool {
		name, d := key.(string), c.(*cell).folder
		if d == nil || name == path || strings.HasPrefix(name, prefix) || d.real == path || strings.HasPrefix(d.real, prefix) {
			r.folders.Delete(name)
		}
		return true
	})
}
