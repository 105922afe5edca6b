package compile

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/resolve"
	"github.com/onwardjs/onward/internal/diag"
)

// report collects what there is to tell the user, from all graphs, without
// repeats: the server and browser graphs usually find the same mistake.
type report struct {
	dir string

	mu   sync.Mutex
	list []*diag.Message
	// told is how many of list takeWarnings has looked at.
	told int
}

func (r *report) add(m *diag.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, have := range r.list {
		if have.Text == m.Text && have.File == m.File && have.Line == m.Line && have.Severity == m.Severity {
			return
		}
	}
	r.list = append(r.list, m)
}

// clearErrors forgets the errors.
func (r *report) clearErrors() {
	r.mu.Lock()
	defer r.mu.Unlock()
	told, list := 0, []*diag.Message(nil)
	for i, m := range r.list {
		if m.Severity == diag.Error {
			continue
		}
		if i < r.told {
			told++
		}
		list = append(list, m)
	}
	r.list, r.told = list, told
}

// mostTold bounds what is remembered so as not to be told twice.
const mostTold = 1000

// takeWarnings lists the warnings that it has not listed before.
func (r *report) takeWarnings() []*diag.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*diag.Message
	for _, m := range r.list[min(r.told, len(r.list)):] {
		if m.Severity == diag.Warning {
			list = append(list, m)
		}
	}
	r.told = len(r.list)
	if r.told > mostTold {
		r.list, r.told = nil, 0
	}
	return list
}

func (r *report) errors() diag.Errors { return r.of(diag.Error) }

func (r *report) warnings() []*diag.Message { return r.of(diag.Warning) }

func (r *report) of(s diag.Severity) diag.Errors {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list diag.Errors
	for _, m := range r.list {
		if m.Severity == s {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *diag.Message) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return list
}

// addAll converts what esbuild said about one graph, the browser's or another.
// Warnings about code in
// node_modules are dropped: nobody who builds the app can act on them.
func (r *report) addAll(result api.BuildResult, browser bool) {
	for _, m := range result.Errors {
		r.add(r.convert(m, diag.Error, browser))
	}
	for _, m := range result.Warnings {
		if m.Location != nil && strings.Contains(m.Location.File, "node_modules/") || quietWarnings[m.ID] {
			continue
		}
		if m.ID == "import-is-undefined" && m.Location != nil && strings.HasPrefix(m.Location.File, pageNamespace+":") {
			continue // noDefault tells it better
		}
		r.add(r.convert(m, diag.Warning, browser))
	}
}

// quietWarnings are esbuild's warnings that Next.js builds do not show either.
var quietWarnings = map[string]bool{
	"package.json":                 true,
	"tsconfig.json":                true,
	"empty-import-meta":            true,
	"ignored-bare-import":          true,
	"unsupported-dynamic-import":   true,
	"different-path-case":          true,
	"indirect-require":             true,
	"direct-eval":                  true,
	"commonjs-variable-in-esm":     true,
	"require-resolve-not-external": true,
	"unsupported-css-property":     true,
	// What stands for process.env is a constant here, and not to the author.
	"suspicious-logical-operator": true,
}

func (r *report) convert(m api.Message, severity diag.Severity, browser bool) *diag.Message {
	if d, ok := m.Detail.(*diag.Message); ok {
		d.Severity = severity
		r.place(d, m.Location)
		return d
	}
	d := &diag.Message{Severity: severity, Code: "compile", Text: m.Text}
	r.place(d, m.Location)
	if name, ok := unresolved(m.Text); ok {
		explainUnresolved(d, name, browser)
		if m.Location != nil && d.Code == "module-not-found" {
			d.Hint = cmp.Or(resolve.Near(name, filepath.Dir(r.full(m.Location.File))), d.Hint)
		}
	} else if strings.HasPrefix(m.Text, "No matching export in ") {
		d.Code = "missing-export"
		d.Hint = "check the name, or whether the module exports it as default"
	} else if at := topLevelAwait(&m); at != nil {
		*d = diag.Message{Severity: severity, Code: "top-level-await", Text: "top-level await is not supported in code that runs on the server"}
		d.Hint = "await inside the functions that need the value, or keep the promise in a variable and await that"
		r.place(d, at)
		return d
	} else if severity == diag.Error {
		d.Code = "syntax"
	}
	if strings.HasPrefix(m.Text, "Top-level await is currently not supported with") {
		d.Code, d.Text = "top-level-await", "top-level await is not supported in development"
		d.Hint = "await inside the functions that need the value, or keep the promise in a variable and await that"
		return d
	}
	for _, n := range m.Notes {
		if d.Hint == "" && n.Location == nil && d.Code != "module-not-found" {
			d.Hint = n.Text
		} else if n.Location != nil {
			d.Detail += n.Text + " (" + r.show(n.Location.File) + ":" + strconv.Itoa(n.Location.Line) + ")\n"
		}
	}
	// What the message names already need not be proposed.
	if d.Hint == "" && m.Location != nil && m.Location.Suggestion != "" && !strings.Contains(m.Text, strconv.Quote(m.Location.Suggestion)) {
		d.Hint = "did you mean " + m.Location.Suggestion + "?"
	}
	return d
}

// topLevelAwait is where the await is that keeps a module from being required, as
// all modules of the server are; nil when m is about something else.
func topLevelAwait(m *api.Message) *api.Location {
	if !strings.HasPrefix(m.Text, "This require call is not allowed because ") {
		return nil
	}
	for _, n := range m.Notes {
		if n.Location != nil && strings.HasPrefix(n.Text, "The top-level await ") {
			return n.Location
		}
	}
	return nil
}

// place fills in where m is, when esbuild knows and the maker of m did not.
func (r *report) place(m *diag.Message, loc *api.Location) {
	if loc == nil || m.File != "" {
		return
	}
	m.File = r.show(loc.File)
	m.Line, m.Column, m.Length = loc.Line, loc.Column+1, loc.Length
	full := r.full(loc.File)
	// The file as the user knows it, not as a transform left it: edits keep
	// lines, so the line still fits.
	if data, err := os.ReadFile(full); err == nil {
		m.Source = string(data)
	} else if loc.LineText != "" {
		m.Source = strings.Repeat("\n", max(0, loc.Line-1)) + loc.LineText
	}
}

// full is the absolute path of a file that esbuild names relative to the project.
func (r *report) full(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(r.dir, file)
}

// show is file relative to the project.
func (r *report) show(file string) string {
	if _, rest, ok := strings.Cut(file, ":"); ok && !filepath.IsAbs(file) && strings.HasPrefix(file, "onward") {
		return rest
	}
	if filepath.IsAbs(file) {
		if rel, err := filepath.Rel(r.dir, file); err == nil && !strings.HasPrefix(rel, "..") {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(file)
}

// unresolved takes the import path out of esbuild's message about one it could
// not resolve.
func unresolved(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, "Could not resolve ")
	if !ok {
		return "", false
	}
	name, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return "", false
	}
	name, err = strconv.Unquote(name)
	return name, err == nil
}

func explainUnresolved(d *diag.Message, name string, browser bool) {
	d.Code = "module-not-found"
	d.Text = "Module not found: can't resolve '" + name + "'"
	switch {
	case isBuiltin(name) && browser:
		d.Code = "builtin-in-browser"
		d.Text = "Module not found: can't resolve '" + name + "' in browser code"
		d.Hint = "browsers have no Node.js modules: use it only in getStaticProps, getServerSideProps, getInitialProps behind `typeof window`, or API routes"
		if p := browserPackages[strings.TrimPrefix(name, "node:")]; len(p) > 0 {
			d.Hint = "install the package that does the same in browsers (npm install " + p[0] + "), or use it only on the server"
		}
	case isBuiltin(name):
		d.Code = "unsupported-builtin"
		d.Text = "Node.js module '" + name + "' is not available"
		d.Hint = "it needs the Node engine: build with --engine auto, or use another module or package for this"
	case strings.HasSuffix(name, ".node"):
		d.Code = "native-addon"
		d.Text = "Native addon '" + name + "' cannot be loaded"
		d.Hint = "addons need the Node engine: build with --engine auto, or use a package written in JavaScript or WebAssembly"
	case strings.HasPrefix(name, "."):
		d.Hint = "check the path and the letter case of the file name"
	case strings.HasPrefix(name, "@/") || strings.HasPrefix(name, "~/"):
		d.Hint = "check \"paths\" in tsconfig.json or jsconfig.json, and that the file exists"
	case strings.HasPrefix(name, "/"):
		d.Hint = "absolute imports are not looked up in the project; use a relative path, or \"paths\" in tsconfig.json"
	default:
		d.Hint = "install the package (npm install " + packageName(name) + "), or correct the name"
	}
}

// packageName is the part of an import path that npm knows.
func packageName(path string) string {
	parts := strings.SplitN(path, "/", 3)
	if strings.HasPrefix(path, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// Messages converts what esbuild reported while bundling something of the
// project in dir.
func Messages(dir string, list []api.Message) diag.Errors {
	r := &report{dir: dir}
	for _, m := range list {
		r.add(r.convert(m, diag.Error, false))
	}
	return r.errors()
}
