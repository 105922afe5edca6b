// Package resolve finds the file that an import means, as esbuild does when it
// bundles: packages with their exports and conditions, browser fields, paths of
// tsconfig.json, files without their endings. A Resolver keeps what it read of
// folders and package.json files until Forget names what changed, so that a
// look-up costs no system call once its folders are known.
//
// In: the text of an import and the folder of the file that has it. Out: an
// absolute path, and what its package says about it.
package resolve

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Kind is how a module is asked for. Conditions of packages and the endings that
// are tried depend on it.
type Kind uint8

// The kinds of imports.
const (
	Import        Kind = iota // import x from "y", export from
	Require                   // require("y"), require.resolve("y")
	DynamicImport             // import("y")
	CSSImport                 // @import "y", composes: x from "y"
	CSSURL                    // url(y)
)

func (k Kind) css() bool { return k == CSSImport || k == CSSURL }

// Options of a Resolver. The zero value resolves for a server, with no conditions
// but import, require and default.
type Options struct {
	// Dir is the project. Folders above it are looked at by name, never listed.
	Dir string
	// Conditions of "exports" and "imports" that hold beside default, and import or
	// require. With Browser, "browser" holds too; and so does "module", when
	// Conditions is nil.
	Conditions []string
	// MainFields of package.json, the first that leads to a file wins. nil: browser,
	// module, main for a browser (main for require), else main, module.
	MainFields []string
	// Extensions that complete an import, in order: ".tsx". nil: .tsx .ts .jsx .js
	// .css .json.
	Extensions []string
	// Browser follows "browser" fields of packages.
	Browser bool
	// Tsconfig is the absolute path of the tsconfig.json or jsconfig.json whose paths
	// and baseUrl hold everywhere outside node_modules. Empty: the nearest above
	// each file.
	Tsconfig string
}

// Result is what an import means.
type Result struct {
	// Path is absolute, with links followed. For External it is the import as it was.
	Path string
	// Main is the file that require of the same package means, when that is not Path.
	// A bundle in which both are asked for uses Main for all; empty: there is none.
	Main string
	// Suffix is the query or fragment ("?raw", "#icon") that was left out to find Path.
	Suffix string
	// External says that the import names no file: it is an address with a host, a
	// data: URL or a fragment of the same document.
	External bool
	// Disabled says that the package wants an empty module here ("browser": false).
	Disabled bool
	// SideEffects is false when the package allows to leave the module out if nobody
	// uses its exports.
	SideEffects bool
	// ESM says that Node.js would take the file for an ES module by its name or its
	// package's type, whatever it holds.
	ESM bool
}

// Resolver resolves imports. Its methods may run at the same time.
type Resolver struct {
	opt     Options
	above   map[string]bool // the folders that Dir lies in
	inside  []string        // Extensions, as node_modules has them
	styles  []string        // Extensions, for CSS
	main    []string
	auto    bool // main is the usual list of browsers: require gets "main"
	active  [2]map[string]bool
	neutral map[string]bool

	// life is held for reading by look-ups and for writing by Forget.
	life    sync.RWMutex
	folders sync.Map     // path → *cell
	names   atomic.Int64 // entries of all listings, for the bound

	// config is what Options.Tsconfig says.
	config     *tsconfig
	configOnce *sync.Once
}

// maxNames bounds the entries of all folders that a Resolver remembers; beyond, it
// starts afresh.
const maxNames = 2_000_000

// New makes a Resolver. It reads nothing yet.
func New(opt Options) *Resolver {
	if dir, err := filepath.EvalSymlinks(opt.Dir); err == nil {
		opt.Dir = dir
	}
	r := &Resolver{opt: opt, above: map[string]bool{}, main: opt.MainFields, configOnce: new(sync.Once)}
	for dir := opt.Dir; dir != "" && filepath.Dir(dir) != dir; {
		dir = filepath.Dir(dir)
		r.above[dir] = true
	}
	if r.opt.Extensions == nil {
		r.opt.Extensions = []string{".tsx", ".ts", ".jsx", ".js", ".css", ".json"}
	}
	r.inside = scriptsFirst(r.opt.Extensions)
	for _, ext := range r.opt.Extensions {
		if !script[ext] && ext != ".json" && ext != ".txt" {
			r.styles = append(r.styles, ext)
		}
	}
	if r.main == nil {
		if r.main = []string{"main", "module"}; opt.Browser {
			r.main, r.auto = []string{"browser", "module", "main"}, true
		}
	}
	r.setConditions()
	return r
}

func (r *Resolver) setConditions() {
	list := r.opt.Conditions
	if list == nil && r.opt.Browser {
		list = []string{"module"}
	}
	r.neutral = map[string]bool{"default": true}
	for _, c := range list {
		r.neutral[c] = true
	}
	if r.opt.Browser {
		r.neutral["browser"] = true
	}
	for i, kind := range []string{"import", "require"} {
		r.active[i] = map[string]bool{kind: true}
		for c := range r.neutral {
			r.active[i][c] = true
		}
	}
}

// conditions that hold for an import of that kind.
func (r *Resolver) conditions(kind Kind) map[string]bool {
	switch kind {
	case Import, DynamicImport:
		return r.active[0]
	case Require:
		return r.active[1]
	}
	return r.neutral
}

// script are the endings of JavaScript and TypeScript, typed those of the latter.
var (
	script = map[string]bool{".js": true, ".mjs": true, ".cjs": true, ".jsx": true, ".ts": true, ".mts": true, ".cts": true, ".tsx": true}
	typed  = map[string]bool{".ts": true, ".mts": true, ".cts": true, ".tsx": true}
)

// scriptsFirst puts TypeScript behind JavaScript: packages that publish both mean
// the compiled files.
func scriptsFirst(extensions []string) []string {
	last := -1
	for i, ext := range extensions {
		if script[ext] && !typed[ext] {
			last = i
		}
	}
	if last < 0 {
		return nil
	}
	var list, ts, rest []string
	for i, ext := range extensions {
		switch {
		case typed[ext]:
			ts = append(ts, ext)
		case i <= last:
			list = append(list, ext)
		default:
			rest = append(rest, ext)
		}
	}
	return slices.Concat(list, ts, rest)
}

// Resolve finds what specifier means in a file of the absolute folder fromDir. The
// error is an *Error.
func (r *Resolver) Resolve(specifier, fromDir string, kind Kind) (Result, error) {
	if isExternal(specifier, kind) {
		return Result{Path: specifier, External: true, SideEffects: true}, nil
	}
	if r.names.Load() > maxNames {
		r.Forget(nil)
	}
	r.life.RLock()
	defer r.life.RUnlock()
	q := &query{Resolver: r, kind: kind}
	fail := func() (Result, error) {
		return Result{}, &Error{Specifier: specifier, From: fromDir, Kind: kind, Notes: q.notes, Hint: r.hint(specifier, fromDir)}
	}
	if fromDir == "" || strings.Contains(specifier, "*") {
		return fail()
	}
	from := r.folder(fromDir)
	if from == nil {
		return fail()
	}
	found := q.resolve(from, specifier)
	suffix := ""
	if found == nil {
		// url(font.woff?v=2) and import "./icon.svg?react" name files, too.
		at := strings.IndexAny(specifier, "?#")
		if at < 1 {
			return fail()
		}
		suffix = specifier[at:]
		notes := q.notes
		if found = q.resolve(from, specifier[:at]); found == nil {
			q.notes = notes
			return fail()
		}
	}
	result, scope := q.finish(found)
	if scope != nil && scope.broken {
		q.notes = nil
		q.note(scope, -1, "this package.json cannot be read: it is not valid JSON")
		return fail()
	}
	result.Suffix = suffix
	return result, nil
}

// isExternal says whether an import names no file.
func isExternal(specifier string, kind Kind) bool {
	return kind == CSSURL && strings.HasPrefix(specifier, "#") ||
		strings.HasPrefix(specifier, "http://") || strings.HasPrefix(specifier, "https://") || strings.HasPrefix(specifier, "//") ||
		strings.HasPrefix(specifier, "data:") && strings.Contains(specifier, ",")
}

// finish follows links and adds what the package of the file says, which is the
// second result; nil when there is none or it does not matter.
func (q *query) finish(m *match) (Result, *manifest) {
	result := Result{Path: m.path, Disabled: m.disabled, SideEffects: true}
	if !filepath.IsAbs(m.path) { // a package that is disabled and not installed
		return result, nil
	}
	result.Path = q.real(m.path)
	if m.main != "" && m.main != m.path {
		result.Main = q.real(m.main)
	}
	if m.disabled {
		return result, nil
	}
	switch filepath.Ext(result.Path) {
	case ".mjs", ".mts":
		result.ESM = true
	}
	d := q.folder(filepath.Dir(result.Path))
	if d == nil || d.scope == nil {
		return result, nil
	}
	result.SideEffects = d.scope.hasSideEffects(result.Path)
	switch filepath.Ext(result.Path) {
	case ".js", ".jsx", ".ts", ".tsx":
		result.ESM = d.scope.module
	}
	return result, d.scope
}

// real is a path that was found, with the links in it followed.
func (r *Resolver) real(path string) string {
	d := r.folder(filepath.Dir(path))
	if d == nil {
		return path
	}
	base := filepath.Base(path)
	if target := d.link(base); target != "" {
		return target
	}
	if d.real != "" && d.has(base) != nothing {
		return filepath.Join(d.real, base)
	}
	return path
}
