package transform

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// squeeze takes blank lines and outer space away, so that cases read well.
func squeeze(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestRemoveDataExports(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"function and what only it uses",
			`import fs from "fs";
import Link from "next/link";
const dir = "posts";
const read = () => fs.readdirSync(dir);
export async function getStaticProps() { return { props: { all: read() } }; }
export default function Page() { return Link; }`,
			`import Link from "next/link";
export default function Page() { return Link; }
;export var __N_SSG=true;`},
		{"arrow constant, helpers that call each other",
			`const a = (n) => n ? b(n - 1) : 0;
function b(n) { return a(n); }
export const getServerSideProps = async () => ({ props: { n: a(3) } });
export default () => null;`,
			`export default () => null;
;export var __N_SSP=true;`},
		{"shared with the page stays",
			`import { db, format } from "./db";
const shared = 1;
export const getStaticProps = () => db(shared);
export default () => format(shared);`,
			`import { format } from "./db";
const shared = 1;
export default () => format(shared);
;export var __N_SSG=true;`},
		{"export lists and renames",
			`import x, * as all from "x";
function props() { return all; }
const paths = 1, kept = 2;
export { props as getStaticProps, kept, paths as getStaticPaths };
export default x;`,
			`import x from "x";
const kept = 2;
export { kept };
export default x;
;export var __N_SSG=true;`},
		{"re-exports",
			`export { getStaticProps, getStaticPaths } from "./data";
export { default, getServerSideProps } from "./page";`,
			`export { default } from "./page";
;export var __N_SSG=true;;export var __N_SSP=true;`},
		{"side effects stay, default and namespace imports go",
			`import "./polyfill";
import a, { b } from "ab";
import * as c from "c";
console.log("hello");
export const getStaticProps = () => [a, c];
export default () => b;`,
			`import "./polyfill";
import { b } from "ab";
console.log("hello");
export default () => b;
;export var __N_SSG=true;`},
		{"shadowed names do not keep an import",
			`import fs from "fs";
export const getStaticProps = () => fs;
export default function Page({ fs }) { const inner = (fs) => fs; return inner(fs); }`,
			`export default function Page({ fs }) { const inner = (fs) => fs; return inner(fs); }
;export var __N_SSG=true;`},
		{"types do not keep an import",
			`import { Db } from "db";
type Props = { db: Db };
export const getStaticProps = () => new Db();
export default function Page(p: Props) { return p; }`,
			`type Props = { db: Db };
export default function Page(p: Props) { return p; }
;export var __N_SSG=true;`},
		{"config and unstable names, without a mark",
			`export const config = { unstable_runtimeJS: false };
export async function unstable_getStaticParams() {}
export default () => null;`,
			`export default () => null;`},
		{"exported helpers stay",
			`import { q } from "q";
export const helper = () => q;
export const getStaticProps = () => helper();
export default () => null;`,
			`import { q } from "q";
export const helper = () => q;
export default () => null;
;export var __N_SSG=true;`},
		{"unused code that nothing removed refers to stays",
			`import { q } from "q";
const later = start();
export const getStaticProps = () => null;
export default () => null;`,
			`import { q } from "q";
const later = start();
export default () => null;
;export var __N_SSG=true;`},
		{"destructuring goes as a whole",
			`const { a, b } = require("ab");
const { c, d } = require("cd");
export const getServerSideProps = () => [a, b, c];
export default () => d;`,
			`const { c, d } = require("cd");
export default () => d;
;export var __N_SSP=true;`},
		{"member names, keys and labels are no references",
			`import { load } from "./load";
export const getStaticProps = () => load();
export default () => ({ load: 1 }).load;`,
			`export default () => ({ load: 1 }).load;
;export var __N_SSG=true;`},
		{"shorthand properties are references",
			`import { load } from "./load";
export const getStaticProps = () => load();
export default () => ({ load });`,
			`import { load } from "./load";
export default () => ({ load });
;export var __N_SSG=true;`},
		{"a page without data functions is untouched",
			`import { getStaticProps } from "./other";
export default () => getStaticProps;`,
			`import { getStaticProps } from "./other";
export default () => getStaticProps;`},
		{"syntax errors are left to esbuild",
			`export const getStaticProps = (;`,
			`export const getStaticProps = (;`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var e Edits
			Parse("page.tsx", c.in).RemoveDataExports(&e)
			got := e.Apply(c.in, "")
			if squeeze(got) != squeeze(c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", squeeze(got), squeeze(c.want))
			}
			// What stays, stays on its line.
			if lines := strings.Count(got, "\n"); lines < strings.Count(c.in, "\n") {
				t.Errorf("lines were lost: %d of %d", lines, strings.Count(c.in, "\n"))
			}
		})
	}
}

func TestFoldTypeof(t *testing.T) {
	cases := []struct{ in, want string }{
		{`typeof window === "undefined"`, `"object" === "undefined"`},
		{`typeof (window)`, `"object"`},
		{`"typeof window"; /typeof window/; typeof windowed; // typeof window`, `"typeof window"; /typeof window/; typeof windowed; // typeof window`},
		{`function f(window) { return typeof window }`, `function f(window) { return typeof window }`},
		{`type W = typeof window; typeof window.x`, `type W = typeof window; typeof window.x`},
	}
	for _, c := range cases {
		var e Edits
		Parse("a.ts", c.in).FoldTypeof(&e, "object")
		if got := e.Apply(c.in, ""); got != c.want {
			t.Errorf("%s: got %s, want %s", c.in, got, c.want)
		}
	}
}

func TestDynamicIDs(t *testing.T) {
	id := func(s string) string { return "ID " + s }
	head := `import dynamic from "next/dynamic";` + "\n"
	cases := []struct {
		in, browser, server string
	}{
		{`const A = dynamic(() => import("./a"));`,
			`const A = dynamic(() => import("./a"),{loadableGenerated:{modules:["ID ./a"]}});`, ""},
		{`const A = dynamic(() => import("./a").then((m) => m.A), { loading: L });`,
			`const A = dynamic(() => import("./a").then((m) => m.A), {loadableGenerated:{modules:["ID ./a"]}, loading: L });`, ""},
		{`const A = dynamic(() => import("./a"), { ssr: false });`,
			`const A = dynamic(() => import("./a"), {loadableGenerated:{modules:["ID ./a"]}, ssr: false });`,
			`const A = dynamic(async()=>()=>null, {loadableGenerated:{modules:["ID ./a"]}, ssr: false });`},
		{`const A = dynamic({ loader: () => import("./a") });`,
			`const A = dynamic({loadableGenerated:{modules:["ID ./a"]}, loader: () => import("./a") });`, ""},
		{`const A = dynamic(() => import("./a"), options);`,
			`const A = dynamic(() => import("./a"), Object.assign({loadableGenerated:{modules:["ID ./a"]}},options));`, ""},
		{`const A = dynamic(load);`, `const A = dynamic(load);`, ""},
		{`function f(dynamic) { dynamic(() => import("./a")); }`, `function f(dynamic) { dynamic(() => import("./a")); }`, ""},
	}
	for _, c := range cases {
		if c.server == "" {
			c.server = c.browser
		}
		for _, server := range []bool{false, true} {
			want := c.browser
			if server {
				want = c.server
			}
			var e Edits
			Parse("a.jsx", head+c.in).DynamicIDs(&e, id, server)
			if got := strings.TrimPrefix(e.Apply(head+c.in, ""), head); got != want {
				t.Errorf("server %v, %s: got %s, want %s", server, c.in, got, want)
			}
		}
	}
}

func TestFacts(t *testing.T) {
	cases := []struct {
		in      string
		exports string
		config  string
		problem string
	}{
		{`export default function P() {}`, "default", "null", ""},
		{`export const a = 1, { b, c: [d] } = x; export function getStaticProps() {} export class E {}`, "a b d getStaticProps E", "null", ""},
		{`export type T = 1; export interface I {} export declare const x: 1; const y = 1; export { y, type T as U }`, "y", "null", ""},
		{`export const config = { api: { bodyParser: false, list: [1, -2, null, "a", ` + "`b`" + `] }, n: undefined } as const; export default 1`,
			"config default", `{"api":{"bodyParser":false,"list":[1,-2,null,"a","b"]}}`, ""},
		{`const config = { maxDuration: 3 }; export { config }`, "config", `{"maxDuration":3}`, ""},
		{`export const config = make()`, "config", "null", "config is not a literal"},
		{`export const config = { api: { bodyParser: { sizeLimit: size } } }`, "config", "null", "config.api.bodyParser.sizeLimit is not a literal"},
		{`export const config = { ...other }`, "config", "null", "config is not a literal"},
		{`export { config } from "./config"`, "config", "null", "config must be a constant object"},
		{`export * as all from "x"; export { default } from "y"`, "all default", "null", ""},
	}
	for _, c := range cases {
		f := Parse("page.ts", c.in).Facts()
		if got := strings.Join(f.Exports, " "); got != c.exports {
			t.Errorf("%s: exports %q, want %q", c.in, got, c.exports)
		}
		config, _ := json.Marshal(f.Config)
		if string(config) != c.config {
			t.Errorf("%s: config %s, want %s", c.in, config, c.config)
		}
		if !strings.HasPrefix(f.Problem, c.problem) || f.Problem != "" && c.problem == "" {
			t.Errorf("%s: problem %q, want %q", c.in, f.Problem, c.problem)
		}
	}
	if f := Parse("p.ts", "import a from 'a';\nexport * from 'a'").Facts(); f.Star != 19 {
		t.Errorf("export * is at %d", f.Star)
	}
}

func TestFonts(t *testing.T) {
	in := `import { Geist, Geist_Mono as Mono } from "next/font/google";
import local from "next/font/local";
const sans = Geist({ subsets: ["latin"] });
export const mono = Mono();
const own = local({ src: "./x.woff2" });
export default () => [sans, mono, own];`
	want := `import __onward_font_a from "google Geist sans";import __onward_font_b from "google Geist_Mono mono";import __onward_font_c from "local  own";

const sans = __onward_font_a;
export const mono = __onward_font_b;
const own = __onward_font_c;
export default () => [sans, mono, own];`
	var e Edits
	errs := Parse("a.js", in).Fonts(func(c FontCall) string {
		kind := "local"
		if c.Google {
			kind = "google"
		}
		return fmt.Sprintf("%s %s %s", kind, c.Loader, c.Name)
	}, &e)
	if got := e.Apply(in, ""); got != want || len(errs) > 0 {
		t.Errorf("got %s\n%v", got, errs)
	}
	for _, bad := range []string{
		`import { Geist } from "next/font/google"; export default () => Geist();`,
		`import { Geist } from "next/font/google"; const { className } = Geist();`,
		`import { Geist } from "next/font/google"; const g = Geist({ weight: w });`,
		`import { Geist } from "next/font/google"; const g = Geist(1);`,
		`import * as all from "next/font/google"; const g = all.Geist();`,
	} {
		var e Edits
		if errs := Parse("a.js", bad).Fonts(func(FontCall) string { return "" }, &e); len(errs) != 1 {
			t.Errorf("%s: errors %v, want one", bad, errs)
		}
	}
}

// TestSourceMap decodes the map of an edited text and looks up each token of what
// was kept.
func TestSourceMap(t *testing.T) {
	source := "let a = 1;\nremove me;\nlet \U0001F600b = cut + 2;\n"
	var e Edits
	e.Remove(11, 21)
	at := strings.Index(source, "cut")
	e.Replace(at, at+3, "inserted(3)")
	out := e.Apply(source, "a.js")
	_, comment, ok := strings.Cut(out, "sourceMappingURL=data:application/json;base64,")
	if !ok {
		t.Fatal("no map in", out)
	}
	data, err := base64.StdEncoding.DecodeString(comment)
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Mappings       string
		Sources        []string
		SourcesContent []string
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m.SourcesContent, []string{source}) || !reflect.DeepEqual(m.Sources, []string{"a.js"}) {
		t.Errorf("sources %q %q", m.Sources, m.SourcesContent)
	}
	want := "0:0>0:0 0:4>0:4 0:6>0:6 0:8>0:8 0:9>0:9 1:0>1:10 2:0>2:0 2:4>2:4 2:8>2:8 2:21>2:13"
	if got := decode(m.Mappings); !strings.HasPrefix(got, want) {
		t.Errorf("mappings %s, want %s", got, want)
	}
}

// decode writes mappings as "line:column>line:column".
func decode(mappings string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var out []string
	sourceLine, sourceColumn := 0, 0
	for line, segments := range strings.Split(mappings, ";") {
		column := 0
		for _, segment := range strings.Split(segments, ",") {
			if segment == "" {
				continue
			}
			var fields []int
			value, shift := 0, 0
			for _, c := range segment {
				d := strings.IndexRune(digits, c)
				value |= d & 31 << shift
				shift += 5
				if d < 32 {
					n := value >> 1
					if value&1 == 1 {
						n = -n
					}
					fields = append(fields, n)
					value, shift = 0, 0
				}
			}
			column += fields[0]
			sourceLine += fields[2]
			sourceColumn += fields[3]
			out = append(out, fmt.Sprintf("%d:%d>%d:%d", line, column, sourceLine, sourceColumn))
		}
	}
	return strings.Join(out, " ")
}
