package tsgo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// options is a tsconfig.json with small libraries, which keeps the tests quick.
func options(more string) string {
	return `{ "compilerOptions": { "lib": ["es5"], "strict": true, ` + more + ` "jsx": "preserve" } }`
}

func TestCheck(t *testing.T) {
	const wrong = "export const n: number = 'x';\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		set   func(p *Project, dir string)
		want  string // "file:offset+length code" of each problem
	}{
		{name: "nothing wrong", files: map[string]string{"a.ts": "export const n: number = 1;\n"}},
		{name: "type error", files: map[string]string{"a.ts": wrong}, want: "a.ts:13+1 2322"},
		{name: "in an imported module that no pattern includes",
			files: map[string]string{"tsconfig.json": `{ "files": ["a.ts"], "compilerOptions": { "lib": ["es5"] } }`, "a.ts": "import './b';\n", "b.ts": wrong, "c.ts": wrong},
			want:  "b.ts:13+1 2322"},
		{name: "not strict unless it says so", files: map[string]string{"tsconfig.json": `{ "compilerOptions": { "lib": ["es5"] } }`, "a.ts": "export const f = (a) => a;\n"}},
		{name: "strict", files: map[string]string{"a.ts": "export const f = (a) => a;\n"}, want: "a.ts:18+1 7006"},
		{name: "syntax error", files: map[string]string{"a.ts": "export const = 1;\n"}, want: "a.ts:13+1 1134 a.ts:15+1 1134"},
		{name: "offsets count bytes", files: map[string]string{"a.ts": "/* é€😀 */ " + wrong}, want: "a.ts:29+1 2322"},
		{name: "tests are not the build's",
			files: map[string]string{"a.ts": "", "a.test.ts": wrong, "__tests__/b.ts": wrong, "c.spec.tsx": wrong, "latest.ts": "export {}"}},
		{name: "JavaScript", files: map[string]string{"a.js": wrong}},
		{name: "JavaScript that wants to be checked",
			files: map[string]string{"tsconfig.json": options(`"checkJs": true,`), "a.js": "/** @type {number} */ export const n = 'x';\n"}, want: "a.js:35+1 2322"},
		{name: "skipped", files: map[string]string{"a.ts": "", "pages/b.ts": wrong, "old/c.ts": wrong},
			set: func(p *Project, dir string) {
				p.Skip = []string{filepath.Join(dir, "pages/b.ts"), filepath.Join(dir, "old")}
			}},
		{name: "beside what is included", files: map[string]string{"tsconfig.json": `{ "files": ["a.ts"], "compilerOptions": { "lib": ["es5"] } }`, "a.ts": "", "env.d.ts": "declare const n: Missing;"},
			set: func(p *Project, dir string) {
				p.Files = []string{filepath.Join(dir, "env.d.ts"), filepath.Join(dir, "none.d.ts")}
			}},
		{name: "options that are removed",
			files: map[string]string{"tsconfig.json": options(`"target": "es5", "module": "amd", "moduleResolution": "node", "esModuleInterop": false, "allowSyntheticDefaultImports": false, "alwaysStrict": false, "downlevelIteration": true, "outFile": "x.js", "keyofStringsOnly": true, "composite": true, "declaration": true,`), "a.ts": "export {}"}},
		{name: "baseUrl", files: map[string]string{
			"tsconfig.json": options(`"baseUrl": "src", "paths": { "~/*": ["lib/*"] },`),
			"src/a.ts":      "import { n } from '~/n';\nimport { m } from 'lib/n';\nimport 'lib/none';\nexport const s: string = n + m;\n",
			"src/lib/n.ts":  "export const n = 1, m = 2;\n"}, want: "src/a.ts:84+1 2322"},
		{name: "paths alone", files: map[string]string{
			"tsconfig.json": options(`"paths": { "~/*": ["./lib/*"] },`),
			"a.ts":          "import { n } from '~/n';\nimport 'x' ;\nimport { m } from 'lib/n';\nexport const s: number = n;\n",
			"lib/n.ts":      "export const n = 1, m = 2;\n"}, want: "a.ts:56+7 2307"},
		{name: "imports for side effects are looked up from version 6 on", files: map[string]string{"a.ts": "import './none';\n"},
			set: func(p *Project, _ string) { p.Major = 6 }, want: "a.ts:7+8 2882"},
		{name: "types of packages are visible before version 6",
			files: map[string]string{"a.ts": "export const v = given;\n", "node_modules/@types/x/index.d.ts": "declare const given: string;\n"}},
		{name: "types of packages are asked for from version 6 on",
			files: map[string]string{"a.ts": "export const v = given;\n", "node_modules/@types/x/index.d.ts": "declare const given: string;\n"},
			set:   func(p *Project, _ string) { p.Major = 6 }, want: "a.ts:17+5 2304"},
		{name: "libraries are not checked", files: map[string]string{"a.ts": "import 'x';", "node_modules/x/index.d.ts": "export const n: Missing;\n"}},
		{name: "types in the place of the previous output's",
			files: map[string]string{"tsconfig.json": `{ "include": ["**/*.ts", ".next/types/**/*.ts"], "compilerOptions": { "lib": ["es5"] } }`,
				"a.ts": "import './.next/types/routes';\nexport const r: Route = 1;\n", ".next/types/old.ts": wrong, ".next/types/routes.d.ts": "broken!"},
			set: func(p *Project, _ string) {
				p.Types = map[string]string{"routes.d.ts": "declare global { type Route = '/' }\nexport {};\n", "check.ts": "import '../../a';\n"}
			}, want: "a.ts:44+1 2322"},
		{name: "CommonJS, and data as modules", files: map[string]string{"tsconfig.json": options(`"module": "commonjs", "resolveJsonModule": false, "isolatedModules": false,`),
			"a.ts": "import d from './d.json';\nexport const n: string = d.n;\nexport { T } from './t';\n", "d.json": `{ "n": 1 }`, "t.ts": "export type T = 1;\n"},
			want: "a.ts:39+1 2322 a.ts:65+1 1205"},
		{name: "references", files: map[string]string{"tsconfig.json": `{ "compilerOptions": { "lib": ["es5"] }, "files": ["a.ts"], "references": [{ "path": "./other" }] }`,
			"a.ts": "import { n } from './other/b';\nexport const s: string = n;\n", "other/b.ts": "export const n = 1;\n",
			"other/tsconfig.json": `{ "compilerOptions": { "composite": true, "outDir": "out" } }`}, want: "a.ts:44+1 2322"},
		{name: "configuration", files: map[string]string{"tsconfig.json": `{ "extends": "./none.json" }`, "a.ts": ""}, want: ":0+0 5083"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, c.files)
			p := Project{Tsconfig: filepath.Join(dir, "tsconfig.json"), TypesDir: filepath.Join(dir, ".next/types"), Major: 5}
			if c.set != nil {
				c.set(&p, dir)
			}
			result := Check(context.Background(), p)
			var got []string
			for _, found := range result.Problems {
				got = append(got, fmt.Sprintf("%s:%d+%d %d", strings.TrimPrefix(found.File, filepath.ToSlash(dir)+"/"), found.Offset, found.Length, found.Code))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got  %v\nwant %v\n%+v", got, c.want, result)
			}
		})
	}
}

func TestCheckExplainsAndCuts(t *testing.T) {
	const text = "const a: { b: { c: number } } = { b: null as any as { c: string } };\n"
	dir := write(t, map[string]string{"a.ts": text + strings.ReplaceAll(text, "const a", "export const d")})
	p := Project{Tsconfig: filepath.Join(dir, "tsconfig.json"), TypesDir: filepath.Join(dir, ".next/types"), Most: 1}
	result := Check(context.Background(), p)
	if result.Total != 2 || len(result.Problems) != 1 {
		t.Fatalf("got %d of %d problems, want 1 of 2", len(result.Problems), result.Total)
	}
	found := result.Problems[0]
	if want := "Type '{ c: string; }' is not assignable to type '{ c: number; }'."; found.Text != want {
		t.Errorf("got %q, want %q", found.Text, want)
	}
	if want := "Types of property 'c' are incompatible.\n  Type 'string' is not assignable to type 'number'."; found.Chain != want {
		t.Errorf("got %q, want %q", found.Chain, want)
	}
	if !strings.HasPrefix(found.Source[found.Offset:], "b: null") {
		t.Errorf("the problem is at %q", found.Source[found.Offset:])
	}
}

// write puts files into a new folder and answers it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if files["tsconfig.json"] == "" {
		files["tsconfig.json"] = options("")
	}
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
