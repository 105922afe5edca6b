package compile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// manyPages is an app whose pages share components in many combinations.
func manyPages(pages, components int) *txtar.Archive {
	a := &txtar.Archive{}
	add := func(name, text string) {
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	for i := range components {
		text := ""
		use := "null"
		if i > 0 {
			dep := i * 7 % i
			text = fmt.Sprintf("import C%d, { count as n%d } from './c%d';\n", dep, dep, dep)
			use = fmt.Sprintf("[<C%d key='a' />, n%d]", dep, dep)
		}
		add(fmt.Sprintf("components/c%d.jsx", i), text+fmt.Sprintf(`
export let count = 0;
export default function C%d() { count++; return <p>{"component %d"}{%s}</p>; }
`, i, i, use))
	}
	for i := range pages {
		var imports, use strings.Builder
		for k := range 40 {
			c := (i*5 + k*(2+i%3)) % components
			fmt.Fprintf(&imports, "import D%d from '../components/c%d';\n", k, c)
			fmt.Fprintf(&use, "<D%d />", k)
		}
		add(fmt.Sprintf("pages/p%d.jsx", i), imports.String()+fmt.Sprintf("export default function P%d() { return <div>%s</div>; }\n", i, use.String()))
	}
	add("pages/lazy.jsx", "import dynamic from 'next/dynamic';\nconst Lazy = dynamic(() => import('../components/lazy'));\nexport default () => <Lazy />;\n")
	add("components/lazy.jsx", "import C from './c1';\nexport default () => <b>lazily <C /></b>;\n")
	return a
}

// TestMerge compiles an app with too many shared chunks and checks that every
// import of every file meets an export, that each component is in one file only,
// and that no page loads too many.
func TestMerge(t *testing.T) {
	f := newFixture(t, manyPages(60, 120))
	r, err := Run(context.Background(), f.opt)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*linkedFile{}
	scripts := 0
	homes := map[string][]string{}
	component := regexp.MustCompile(`"component \d+"`)
	for _, file := range r.Files {
		if !strings.HasPrefix(file.Path, "static/chunks/") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(f.opt.OutDir, file.Path))
		if err != nil {
			t.Fatal(err)
		}
		files[file.Path] = &linkedFile{path: file.Path, code: data}
		for _, c := range component.FindAllString(string(data), -1) {
			homes[c] = append(homes[c], file.Path)
		}
		if !strings.Contains(file.Path, "/pages/") {
			scripts++
		}
	}
	if scripts > 60 {
		t.Errorf("%d shared scripts: nothing was merged", scripts)
	}
	if len(homes) < 90 {
		t.Errorf("only %d components were found: the test looks for the wrong thing", len(homes))
	}
	for c, in := range homes {
		if len(in) > 1 {
			t.Errorf("%s is in %d files: it would run more than once", c, len(in))
		}
	}
	l := &linked{prefix: "/_next/", files: files}
	for p, file := range files {
		for _, i := range l.readModule(file.code).imports {
			exported := map[string]bool{}
			for _, x := range l.readModule(files[i.path].code).exports {
				exported[x.to] = true
			}
			for _, n := range i.names {
				if !exported[n.from] {
					t.Errorf("%s imports %s from %s, which does not export it", p, n.from, i.path)
				}
			}
		}
	}
	for route, p := range r.Pages {
		if len(p.Preload) > mostFiles+4 {
			t.Errorf("%s loads %d files", route, len(p.Preload))
		}
		for _, s := range append(p.Preload, p.Scripts...) {
			if files[s] == nil {
				t.Errorf("%s loads %s, which was not written", route, s)
			}
		}
	}
}

// TestNames: the same app gives the same names; a change renames what changed and
// what refers to it, and nothing else.
func TestNames(t *testing.T) {
	app := func(text string) *txtar.Archive {
		return &txtar.Archive{Files: []txtar.File{
			{Name: "pages/a.js", Data: []byte("import { s } from '../shared'; export default () => s;")},
			{Name: "pages/b.js", Data: []byte("import { s } from '../shared'; export default () => s;")},
			{Name: "pages/c.js", Data: []byte("export default () => 'c';")},
			{Name: "shared.js", Data: []byte("export const s = " + text + " + Math.random();")},
		}}
	}
	names := func(text string) map[string]string {
		f := newFixture(t, app(text))
		r, err := Run(context.Background(), f.opt)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for route, p := range r.Pages {
			out[route] = strings.Join(p.Scripts, " ")
		}
		return out
	}
	first, same, changed := names("'one'"), names("'one'"), names("'two'")
	for route, name := range first {
		if same[route] != name {
			t.Errorf("%s: %s and then %s from the same source", route, name, same[route])
		}
		if dependent := route == "/a" || route == "/b"; (changed[route] != name) != dependent {
			t.Errorf("%s: %s became %s", route, name, changed[route])
		}
	}
}
