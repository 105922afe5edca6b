package compile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// mostFiles is how many scripts a page may load before shared chunks are merged.
const mostFiles = 24

// merge joins shared chunks. esbuild makes one for every set of entries that
// share something, which in a large app is hundreds of files of a kilobyte.
//
// What every page loads becomes one file. Of the rest, runs of the topological
// order are joined only when some page would load too many files, with the
// smallest bound on a run's size that helps; so pages load little that they do
// not need. A chunk that only dynamic imports reach stays on its own, and so does
// what preludes load: it has to run before anything else.
func (l *linked) merge(always, pages, preludes []string) error {
	alone := map[string]bool{}
	for _, p := range preludes {
		for _, c := range l.static(p) {
			alone[c] = true
		}
	}
	common := map[string]bool{}
	for _, p := range always {
		for _, c := range l.static(p) {
			if l.files[c].entry == "" && !alone[c] {
				common[c] = true
			}
		}
	}
	var runs [][]string
	if run := l.topological(common, pages); len(run) > 1 {
		runs = append(runs, run)
	}
	rest := map[string]bool{}
	most := 0
	for _, p := range pages {
		n := 0
		for _, c := range l.static(p) {
			if l.files[c].entry == "" && !common[c] && !alone[c] {
				rest[c] = true
				n++
			}
		}
		most = max(most, n)
	}
	if most > mostFiles {
		order := l.topological(rest, pages)
		for bound := 4 << 10; ; bound *= 2 {
			cut := l.cut(order, bound)
			if bound >= 1<<20 || l.mostRuns(cut, pages) <= mostFiles {
				for _, run := range cut {
					if len(run) > 1 {
						runs = append(runs, run)
					}
				}
				break
			}
		}
	}
	if len(runs) == 0 {
		return nil
	}
	return l.join(runs)
}

// topological orders chunks so that each comes after what it imports, and those
// that the same pages use come together as far as that allows.
func (l *linked) topological(set map[string]bool, pages []string) []string {
	// A chunk's rank: how many pages use it, and the first of them.
	users, first := map[string]int{}, map[string]int{}
	for i, p := range pages {
		for _, c := range l.static(p) {
			if users[c] == 0 {
				first[c] = i
			}
			users[c]++
		}
	}
	roots := make([]string, 0, len(set))
	for c := range set {
		roots = append(roots, c)
	}
	slices.SortFunc(roots, func(a, b string) int {
		return cmp.Or(cmp.Compare(users[b], users[a]), cmp.Compare(first[a], first[b]), cmp.Compare(a, b))
	})
	seen := map[string]bool{}
	var order []string
	var visit func(c string)
	visit = func(c string) {
		if seen[c] || !set[c] {
			return
		}
		seen[c] = true
		for _, i := range l.files[c].imports {
			if !i.dynamic {
				visit(i.path)
			}
		}
		order = append(order, c)
	}
	for _, c := range roots {
		visit(c)
	}
	return order
}

// cut splits an order into runs of at most bound bytes.
func (l *linked) cut(order []string, bound int) [][]string {
	var runs [][]string
	size := 0
	for _, c := range order {
		n := len(l.files[c].code)
		if len(runs) == 0 || size+n > bound {
			runs = append(runs, nil)
			size = 0
		}
		size += n
		runs[len(runs)-1] = append(runs[len(runs)-1], c)
	}
	return runs
}

// mostRuns is the largest number of runs that one page loads. A run brings what
// its own chunks import.
func (l *linked) mostRuns(runs [][]string, pages []string) int {
	of := map[string]int{}
	for i, run := range runs {
		for _, c := range run {
			of[c] = i
		}
	}
	needs := make([]map[int]bool, len(runs))
	for i, run := range runs {
		needs[i] = map[int]bool{i: true}
		for _, c := range run {
			for _, m := range l.files[c].imports {
				if r, ok := of[m.path]; ok && r < i && !m.dynamic {
					for n := range needs[r] {
						needs[i][n] = true
					}
				}
			}
		}
	}
	most := 0
	for _, p := range pages {
		all := map[int]bool{}
		for _, c := range l.static(p) {
			if r, ok := of[c]; ok {
				for n := range needs[r] {
					all[n] = true
				}
			}
		}
		most = max(most, len(all))
	}
	return most
}

// moduleHead is what a bundled ES module imports and exports, taken apart.
type moduleHead struct {
	imports []headImport
	body    []byte
	exports []binding // in the file's own names
}

type headImport struct {
	path  string
	names []binding
}

// binding is `from as to`.
type binding struct{ from, to string }

// readModule takes apart a file that esbuild minified: imports stand first, one
// export list last.
func (l *linked) readModule(code []byte) moduleHead {
	var m moduleHead
	rest := code
	for {
		after, ok := bytes.CutPrefix(rest, []byte("import"))
		if !ok {
			break
		}
		var list []byte
		if inner, found := bytes.CutPrefix(after, []byte("{")); found {
			list, after, _ = bytes.Cut(inner, []byte("}from"))
		}
		q, found := bytes.CutPrefix(after, []byte(`"`+l.prefix))
		if !found {
			break
		}
		p, tail, _ := bytes.Cut(q, []byte(`";`))
		if l.files[string(p)] == nil {
			break
		}
		m.imports = append(m.imports, headImport{string(p), bindings(string(list))})
		rest = bytes.TrimPrefix(tail, []byte("\n"))
	}
	m.body = rest
	if i := bytes.LastIndex(rest, []byte("export{")); i >= 0 {
		list, tail, _ := bytes.Cut(rest[i+len("export{"):], []byte("}"))
		if t := strings.TrimSpace(string(tail)); t == ";" || t == "" {
			m.exports = bindings(string(list))
			m.body = rest[:i]
		}
	}
	return m
}

func bindings(list string) []binding {
	var out []binding
	for _, item := range strings.Split(list, ",") {
		if item == "" {
			continue
		}
		from, to, ok := strings.Cut(item, " as ")
		if !ok {
			to = from
		}
		out = append(out, binding{from, to})
	}
	return out
}

// join bundles each run into one file and points everything at it.
func (l *linked) join(runs [][]string) error {
	home := map[string]string{}             // chunk → run's path
	alias := map[string]map[string]string{} // chunk → its export → the run's
	heads := map[string]moduleHead{}
	var entries []api.EntryPoint
	source := map[string]string{} // virtual modules
	for i, run := range runs {
		target := fmt.Sprintf("static/chunks/RUN%05d.js", i)
		var entry strings.Builder
		n := 0
		for _, c := range run {
			home[c] = target
			heads[c] = l.readModule(l.files[c].code)
			alias[c] = map[string]string{}
			entry.WriteString("import " + quoteJS(c) + ";")
			for _, x := range heads[c].exports {
				alias[c][x.to] = "$" + strconv.FormatInt(int64(n), 36)
				n++
				entry.WriteString("export{" + x.to + " as " + alias[c][x.to] + "}from" + quoteJS(c) + ";")
			}
		}
		source[target] = entry.String()
		entries = append(entries, api.EntryPoint{InputPath: target, OutputPath: strings.TrimSuffix(target, ".js")})
	}
	for _, run := range runs {
		for _, c := range run {
			h := heads[c]
			var code bytes.Buffer
			for _, i := range h.imports {
				if home[i.path] == home[c] {
					code.WriteString(importFrom(i.names, nil, i.path))
				} else {
					code.WriteString(importFrom(i.names, alias[i.path], l.prefix+cmp.Or(home[i.path], i.path)))
				}
			}
			code.Write(h.body)
			if len(h.exports) > 0 {
				code.WriteString(exportList(h.exports))
			}
			source[c] = code.String()
		}
	}
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entries,
		Bundle:              true,
		Format:              api.FormatESModule,
		Platform:            api.PlatformNeutral,
		Outdir:              "/",
		MinifySyntax:        true,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		LegalComments:       api.LegalCommentsNone,
		LogLevel:            api.LogLevelSilent,
		TsconfigRaw:         "{}",
		Plugins: []api.Plugin{{Name: "runs", Setup: func(pb api.PluginBuild) {
			pb.OnResolve(api.OnResolveOptions{Filter: `.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				if _, virtual := source[args.Path]; virtual && args.Kind != api.ResolveJSDynamicImport {
					return api.OnResolveResult{Path: args.Path, Namespace: "run"}, nil
				}
				return api.OnResolveResult{Path: args.Path, External: true}, nil
			})
			pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: "run"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				text := source[args.Path]
				return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
			})
		}}},
	})
	if len(result.Errors) > 0 {
		return fmt.Errorf("compile: merging chunks: %s", result.Errors[0].Text)
	}
	for _, f := range result.OutputFiles {
		target := strings.TrimPrefix(strings.ReplaceAll(f.Path, `\`, "/"), "/")
		l.files[target] = &linkedFile{path: target, code: bytes.TrimRight(f.Contents, "\n")}
	}
	for i, run := range runs {
		t := l.files[entries[i].InputPath]
		for _, c := range run {
			f := l.files[c]
			t.inputs = append(t.inputs, f.inputs...)
			for _, m := range f.imports {
				t.addImport(fileImport{cmp.Or(home[m.path], m.path), m.dynamic})
			}
		}
		t.imports = slices.DeleteFunc(t.imports, func(m fileImport) bool { return m.path == t.path && !m.dynamic })
	}
	for p, f := range l.files {
		if home[p] != "" || strings.HasPrefix(p, "static/chunks/RUN") {
			continue
		}
		l.redirect(f, home, alias)
	}
	for c := range home {
		delete(l.files, c)
	}
	return nil
}

// redirect points the imports of a file that stays at the runs.
func (l *linked) redirect(f *linkedFile, home map[string]string, alias map[string]map[string]string) {
	if !slices.ContainsFunc(f.imports, func(m fileImport) bool { return home[m.path] != "" }) {
		return
	}
	h := l.readModule(f.code)
	var order []string
	names := map[string][]binding{}
	for _, i := range h.imports {
		target := cmp.Or(home[i.path], i.path)
		if !slices.Contains(order, target) {
			order = append(order, target)
		}
		for _, b := range i.names {
			names[target] = append(names[target], binding{cmp.Or(alias[i.path][b.from], b.from), b.to})
		}
	}
	var code bytes.Buffer
	for _, target := range order {
		code.WriteString(importFrom(names[target], nil, l.prefix+target))
	}
	code.Write(h.body)
	if len(h.exports) > 0 {
		code.WriteString(exportList(h.exports))
	}
	f.code = code.Bytes()
	old := f.imports
	f.imports = nil
	for _, m := range old {
		if m.dynamic {
			f.addImport(m)
		} else {
			f.addImport(fileImport{cmp.Or(home[m.path], m.path), false})
		}
	}
}

func (f *linkedFile) addImport(m fileImport) {
	if !slices.Contains(f.imports, m) {
		f.imports = append(f.imports, m)
	}
}

func importFrom(names []binding, alias map[string]string, p string) string {
	if len(names) == 0 {
		return "import" + quoteJS(p) + ";"
	}
	var b strings.Builder
	b.WriteString("import{")
	for i, n := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		from := cmp.Or(alias[n.from], n.from)
		b.WriteString(from)
		if from != n.to {
			b.WriteString(" as " + n.to)
		}
	}
	return b.String() + "}from" + quoteJS(p) + ";"
}

func exportList(names []binding) string {
	var b strings.Builder
	b.WriteString("export{")
	for i, n := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(n.from)
		if n.from != n.to {
			b.WriteString(" as " + n.to)
		}
	}
	return b.String() + "};"
}
