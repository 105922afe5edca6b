package build

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
)

// A trace is the .nft.json beside a server entry: the files it needs at run time,
// relative to itself. The compiler lists modules; here files of the project are
// added that code reads by path.
type trace struct {
	Version int      `json:"version"`
	Files   []string `json:"files"`
}

// maxTraced bounds what one reference to a folder brings in.
const maxTraced = 10_000

// traceFiles completes the traces of all routes.
func (b *build) traceFiles() error {
	finder := &fileFinder{project: b.Dir, dist: b.output.final, read: map[string][]string{}}
	for _, r := range b.allRoutes() {
		module := b.compiled.Pages[r.Route].Module
		if module == "" {
			continue
		}
		name := filepath.Join(b.output.staging, filepath.FromSlash(module)) + ".nft.json"
		data, err := os.ReadFile(name)
		if err != nil {
			return cannotWrite(err)
		}
		var t trace
		if err := json.Unmarshal(data, &t); err != nil {
			return err
		}
		modules := []string{filepath.Join(b.output.staging, filepath.FromSlash(module))}
		for _, f := range t.Files {
			if path.Ext(f) == ".js" && !strings.HasSuffix(f, "runtime.js") && !strings.HasSuffix(f, "runtime-node.js") {
				modules = append(modules, filepath.Join(filepath.Dir(name), filepath.FromSlash(f)))
			}
		}
		found := map[string]bool{}
		for _, m := range modules {
			for _, f := range finder.referenced(m) {
				found[f] = true
			}
		}
		for _, f := range b.outside(b.compiled.Pages[r.Route].Outside) {
			found[f] = true
		}
		for glob, files := range b.Config.TraceIncludes {
			if routeMatches(glob, r.Route) {
				for _, f := range finder.matching(files) {
					found[f] = true
				}
			}
		}
		dir := filepath.Join(b.output.final, filepath.Dir(filepath.FromSlash(module)))
		for f := range found {
			rel, err := filepath.Rel(dir, filepath.Join(b.Dir, f))
			if err == nil {
				t.Files = append(t.Files, filepath.ToSlash(rel))
			}
		}
		b.excludeTraced(&t, r.Route, dir)
		slices.Sort(t.Files)
		t.Files = slices.Compact(t.Files)
		if data, err = json.Marshal(t); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return cannotWrite(err)
		}
	}
	if finder.tooMany != "" {
		b.warn([]*diag.Message{{Severity: diag.Warning, Code: "trace-size", File: finder.tooMany,
			Text: "the app reads from this folder, which has too many files to trace them all",
			Hint: "Read from a smaller folder, or leave files out with outputFileTracingExcludes."}})
	}
	return nil
}

// excludeTraced takes out what outputFileTracingExcludes names. dir is where the
// trace lies.
func (b *build) excludeTraced(t *trace, route, dir string) {
	var out []*regexp.Regexp
	for glob, files := range b.Config.TraceExcludes {
		if routeMatches(glob, route) {
			for _, f := range files {
				out = append(out, globPattern(strings.TrimPrefix(f, "./")))
			}
		}
	}
	if len(out) == 0 {
		return
	}
	t.Files = slices.DeleteFunc(t.Files, func(f string) bool {
		rel, err := filepath.Rel(b.Dir, filepath.Join(dir, filepath.FromSlash(f)))
		if err != nil {
			return false
		}
		rel = filepath.ToSlash(rel)
		return slices.ContainsFunc(out, func(re *regexp.Regexp) bool { return re.MatchString(rel) })
	})
}

// routeMatches applies a glob of routes: "*" is within a segment, "**" across
// them; a glob without wildcard also matches without its slash.
func routeMatches(glob, route string) bool {
	if glob == "*" || glob == "/*" && strings.Count(route, "/") == 1 {
		return true
	}
	if !strings.HasPrefix(glob, "/") {
		glob = "/" + glob
	}
	return glob == route || globPattern(glob).MatchString(route)
}

// fileFinder finds files of the project that compiled modules read.
type fileFinder struct {
	project, dist string
	read          map[string][]string // by module
	all           []string            // every file of the project, once needed
	tooMany       string
}

// A path below the working directory, as code writes it: the arguments of
// path.join(process.cwd(), "a", "b"), what is added to process.cwd(), and what an
// fs function is called with.
var (
	joined   = regexp.MustCompile("process\\.cwd\\(\\)((?:\\s*,\\s*(?:\"[^\"\n]*\"|'[^'\n]*'|`[^`$\n]*`))+)")
	appended = regexp.MustCompile("process\\.cwd\\(\\)\\s*\\+\\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`$\n]*))")
	inserted = regexp.MustCompile("\\$\\{process\\.cwd\\(\\)\\}([^`$\n]*)")
	direct   = regexp.MustCompile(`\b(?:readFile|readFileSync|createReadStream|readdir|readdirSync|openSync)\)?\(\s*(?:"([^"\n]+)"|'([^'\n]+)')`)
	literal  = regexp.MustCompile("\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
)

// referenced lists the files, relative to the project, that a module names.
func (f *fileFinder) referenced(module string) []string {
	if list, known := f.read[module]; known {
		return list
	}
	f.read[module] = nil
	code, err := os.ReadFile(module)
	if err != nil {
		return nil // a native addon, or a file of another tool
	}
	var list []string
	for _, m := range joined.FindAllSubmatch(code, -1) {
		var parts []string
		for _, l := range literal.FindAllString(string(m[1]), -1) {
			parts = append(parts, l[1:len(l)-1])
		}
		list = append(list, f.files(path.Join(parts...))...)
	}
	for _, re := range []*regexp.Regexp{appended, inserted, direct} {
		for _, m := range re.FindAllSubmatch(code, -1) {
			for _, group := range m[1:] {
				if len(group) > 0 {
					list = append(list, f.files(string(group))...)
				}
			}
		}
	}
	f.read[module] = list
	return list
}

// files is a file of the project, or the files below a folder; nothing when there
// is neither, or it is outside.
func (f *fileFinder) files(name string) []string {
	name = strings.TrimLeft(path.Clean(filepath.ToSlash(name)), "/")
	if name == "" || name == "." || !filepath.IsLocal(filepath.FromSlash(name)) || skipTraced(name) {
		return nil
	}
	info, err := os.Stat(filepath.Join(f.project, filepath.FromSlash(name)))
	switch {
	case err != nil:
		return nil
	case info.Mode().IsRegular():
		return []string{name}
	case !info.IsDir():
		return nil
	}
	list, whole := f.walk(name)
	if !whole {
		f.tooMany = name
	}
	return list
}

// skipTraced says whether a name belongs to what is never traced by its path:
// packages and builds have traces of their own, public/ is copied by the user.
func skipTraced(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.Contains([]string{"node_modules", ".git", ".next", "public", "package.json"}, first)
}

// walk lists the files below a folder, as far as maxTraced goes.
func (f *fileFinder) walk(folder string) (list []string, whole bool) {
	whole = true
	// What cannot be read cannot be traced: the app will not be able to read it
	// either.
	_ = fs.WalkDir(os.DirFS(f.project), folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && name != "." && (skipTraced(name) || path.Base(name) == "node_modules" || filepath.Join(f.project, filepath.FromSlash(name)) == f.dist):
			return fs.SkipDir
		case d.IsDir():
			return nil
		case len(list) >= maxTraced:
			whole = false
			return fs.SkipAll
		}
		list = append(list, name)
		return nil
	})
	return list, whole
}

// matching lists the files of the project that globs choose.
func (f *fileFinder) matching(globs []string) []string {
	var list []string
	for _, glob := range globs {
		glob = strings.TrimPrefix(path.Clean(filepath.ToSlash(glob)), "./")
		if rest, ok := strings.CutPrefix(glob, "node_modules/"); ok {
			list = append(list, f.packageFiles(rest)...)
			continue
		}
		if f.all == nil {
			f.all, _ = f.walk(".")
		}
		re := globPattern(glob)
		for _, name := range f.all {
			if re.MatchString(name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// packageFiles lists files of one package in the project's node_modules.
func (f *fileFinder) packageFiles(glob string) []string {
	parts := strings.SplitN(glob, "/", 3)
	folder := parts[0]
	if strings.HasPrefix(folder, "@") && len(parts) > 1 {
		folder += "/" + parts[1]
	}
	if strings.ContainsAny(folder, "*?") {
		return nil // all packages is nothing anybody needs
	}
	re := globPattern("node_modules/" + glob)
	var list []string
	_ = fs.WalkDir(os.DirFS(f.project), "node_modules/"+folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && re.MatchString(name) && len(list) < maxTraced {
			list = append(list, name)
		}
		return nil
	})
	return list
}
