package transform

import (
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	tsgo "github.com/microsoft/typescript-go/onward"
	"golang.org/x/tools/txtar"
)

// refreshed is what a table in testdata/refresh says of one module: what Babel's
// plugin of react-refresh registers and signs. A target is the name of a variable,
// or a node with the offset at which it begins.
type refreshed struct {
	Registrations []refreshedName      `json:"registrations"`
	Signatures    []refreshedSignature `json:"signatures"`
}

type refreshedName struct {
	Name   string `json:"name"`
	Target string `json:"target"`
}

type refreshedSignature struct {
	Target string   `json:"target"`
	Key    string   `json:"key"`
	Reset  bool     `json:"reset"`
	Hooks  []string `json:"hooks"`
}

func refreshOf(name, source string) (refreshed, string, bool) {
	m := Parse(name, source)
	if !m.Valid {
		return refreshed{}, "", false
	}
	var e Edits
	m.bind()
	r := newRefresher(m, &e)
	r.collect()
	anchor := func(n *tsgo.Node) string {
		kind := map[tsgo.Kind]string{tsgo.KindArrowFunction: "ArrowFunction", tsgo.KindFunctionExpression: "Function", tsgo.KindCallExpression: "Call"}[n.Kind]
		return kind + "@" + strconv.Itoa(utf16Length(source[:m.start(n)]))
	}
	got := refreshed{}
	for _, x := range r.registrations {
		target := x.variable
		if x.target != nil {
			target = anchor(x.target)
		}
		got.Registrations = append(got.Registrations, refreshedName{x.name, target})
	}
	for _, s := range r.signatures {
		hooks := append([]string{}, s.hooks...)
		if s.variable != "" {
			got.Signatures = append(got.Signatures, refreshedSignature{s.variable, s.key, s.reset, hooks})
		}
		for _, n := range s.targets {
			got.Signatures = append(got.Signatures, refreshedSignature{anchor(n), s.key, s.reset, hooks})
		}
	}
	r.edit()
	sortSignatures(got.Signatures)
	return got, e.Apply(source, ""), true
}

func sortSignatures(list []refreshedSignature) {
	slices.SortFunc(list, func(a, b refreshedSignature) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Key, b.Key))
	})
}

// TestRefreshTable compares with what was recorded of Babel's plugin.
func TestRefreshTable(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/refresh.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, recorded := archive.Files[i], archive.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			var want refreshed
			if err := json.Unmarshal(recorded.Data, &want); err != nil {
				t.Fatal(err)
			}
			sortSignatures(want.Signatures)
			got, out, valid := refreshOf(in.Name, string(in.Data))
			if !valid {
				t.Fatal("not valid")
			}
			compareRefreshed(t, got, want)
			if !Parse(in.Name, out).Valid {
				t.Errorf("the result is not valid:\n%s", out)
			}
			if a, b := strings.Count(string(in.Data), "\n"), strings.Count(strings.Split(out, "\n;$RefreshReg$(")[0], "\n"); a != b {
				t.Errorf("%d lines became %d", a, b)
			}
		})
	}
}

func compareRefreshed(t *testing.T, got, want refreshed) {
	t.Helper()
	// Babel enters a statement of exports before those in it, so only names count.
	for _, x := range want.Registrations {
		if !slices.Contains(got.Registrations, x) {
			t.Errorf("%+v is not registered", x)
		}
	}
	for _, x := range got.Registrations {
		if !slices.Contains(want.Registrations, x) {
			t.Errorf("%+v is registered", x)
		}
	}
	find := func(list []refreshedSignature, x refreshedSignature) bool {
		return slices.ContainsFunc(list, func(y refreshedSignature) bool { return reflect.DeepEqual(x, y) })
	}
	for _, x := range want.Signatures {
		if !find(got.Signatures, x) {
			t.Errorf("no signature %+v", x)
		}
	}
	for _, x := range got.Signatures {
		if !find(want.Signatures, x) {
			t.Errorf("signature %+v", x)
		}
	}
}

var refreshList = flag.String("refresh", "", "file of lines of JSON, each with a file and what Babel finds in it")

// TestRefreshFiles compares with Babel's plugin on any files.
func TestRefreshFiles(t *testing.T) {
	if *refreshList == "" {
		return
	}
	data, err := os.ReadFile(*refreshList)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var want struct {
			refreshed
			File  string `json:"file"`
			Error string `json:"error"`
		}
		if err := json.Unmarshal([]byte(line), &want); err != nil {
			t.Fatal(err)
		}
		if want.Error != "" {
			continue
		}
		t.Run(want.File, func(t *testing.T) {
			source, err := os.ReadFile(want.File)
			if err != nil {
				t.Fatal(err)
			}
			got, out, valid := refreshOf(want.File, string(source))
			if !valid {
				return
			}
			compareRefreshed(t, got, want.refreshed)
			if !Parse(want.File, out).Valid {
				t.Error("the result is not valid")
			}
		})
	}
}

// TestRefreshText shows what is written, and where Onward goes another way than
// Babel's plugin.
func TestRefreshText(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"function", `export default function A() { useState(0) }`,
			`var _c$1,_s$1=$RefreshSig$();export default function A() {_s$1?.(); useState(0) };_c$1=A;;_s$1(A,"KEY");
;$RefreshReg$(_c$1,"A");`},
		{"anonymous default functions are registered and keep a name", `export default async function <T,>() { useState(0) }`,
			`var _c$1,_s$1=$RefreshSig$();export default async function  _default<T,>() {_s$1?.(); useState(0) };_c$1=_default;;_s$1(_default,"KEY");
;$RefreshReg$(_c$1,"%default%");`},
		{"so are arrow functions", `export default () => useState(0)`,
			`var _c$1,_s$1=$RefreshSig$();export default _c$1=_s$1(({"default":() => {_s$1?.();return useState(0)}})["default"],"KEY")
;$RefreshReg$(_c$1,"%default%");`},
		{"curried ones are no components", `export default (a) => (b) => null`, `export default (a) => (b) => null`},
		{"casts do not hide components", `export const A = (() => null) as FC; export default memo(A) as FC`,
			`var _c$1,_c$2;export const A = (() => null) as FC;;_c$1=A; export default _c$2=memo(A) as FC
;$RefreshReg$(_c$1,"A");$RefreshReg$(_c$2,"%default%");`},
		{"a hook that is out of reach resets", `function A({ useIt }) { useIt() }`,
			`var _c$1,_s$1=$RefreshSig$();function A({ useIt }) {_s$1?.(); useIt() };_c$1=A;;_s$1(A,"KEY",true);
;$RefreshReg$(_c$1,"A");`},
		{"custom hooks", `import {useB} from "b"; const A = memo(function A() { useB(); all.useC() })`,
			`var _c$1,_c$2,_s$1=$RefreshSig$();import {useB} from "b"; const A = _s$1(memo(_c$1=_s$1(function A() {_s$1?.(); useB(); all.useC() },"KEY",true,()=>[useB])),"KEY",true,()=>[useB]);_c$2=A;
;$RefreshReg$(_c$1,"A$memo");$RefreshReg$(_c$2,"A");`},
		{"an anonymous function does not take the name of a variable of ours", `const A = memo(() => null)`,
			`var _c$1,_c$2;const A = memo(_c$1=(0,() => null));_c$2=A;
;$RefreshReg$(_c$1,"A$memo");$RefreshReg$(_c$2,"A");`},
		{"functions in functions", `const f = (x) => () => { "use strict"; useState(x) }`,
			`const f = (x) => {var _s$1=$RefreshSig$();return _s$1(() => { "use strict";;_s$1?.(); useState(x) },"KEY")}`},
		{"a default of a parameter has its signature outside", `function f(g = () => useState(0)) {}`,
			`var _s$1=$RefreshSig$();function f(g = _s$1(({"g":() => {_s$1?.();return useState(0)}})["g"],"KEY")) {}`},
		{"names that are taken", `"use client"; const _c$ = 1, _s$ = 2; const A = () => useState(0)`,
			`"use client"; var _c$$1,_s$$1=$RefreshSig$();const _c$ = 1, _s$ = 2; const A = () => {_s$$1?.();return useState(0)};_c$$1=A;;_s$$1(A,"KEY");
;$RefreshReg$(_c$$1,"A");`},
		{"nothing to do", `import { a } from "a"; export const b = a.user(), default_ = 1; const C = 1`, `import { a } from "a"; export const b = a.user(), default_ = 1; const C = 1`},
		{"syntax errors are left to esbuild", `const A = () => { useState( }`, `const A = () => { useState( }`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var e Edits
			Parse("page.tsx", c.in).Refresh(&e)
			if got := refreshKey.ReplaceAllString(e.Apply(c.in, ""), `"KEY"`); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

var refreshKey = regexp.MustCompile(`"[A-Za-z0-9+/]{16}"`)

// TestRefreshAfterOthers: what other edits take out is neither registered nor
// signed.
func TestRefreshAfterOthers(t *testing.T) {
	const source = `import { useFixture, Html } from "server";
import dynamic from "next/dynamic";
const Markup = () => <Html />;
function useServer() { return useFixture(); }
export async function getServerSideProps() { useServer(); return { props: { html: render(<Markup />) } }; }
const Chart = dynamic(() => import("./chart"), { ssr: false });
const Later = dynamic(() => import("./later"));
export default function Page() {
  const [n] = useState(0);
  return <main><style jsx>{` + "`p { color: red }`" + `}</style><p><Chart /></p></main>;
}`
	var e Edits
	m := Parse("pages/index.tsx", source)
	m.RemoveDataExports(&e)
	m.DynamicIDs(&e, func(s string) string { return "index -> " + s }, false)
	if errs := m.StyledJSX(func(s StyledSheet) (string, error) { return s.CSS, nil }, &e); len(errs) > 0 {
		t.Fatal(errs)
	}
	m.Refresh(&e)
	got := e.Apply(source, "")
	if !Parse("pages/index.tsx", got).Valid {
		t.Errorf("not valid:\n%s", got)
	}
	for _, name := range []string{"Markup", "useServer", "useFixture", "Html"} {
		if strings.Contains(got, name) {
			t.Errorf("%s is still there:\n%s", name, got)
		}
	}
	for _, name := range []string{`,"Chart$dynamic");`, `,"Chart");`, `,"Page");`, `_s$1(Page,`, "__N_SSP",
		`import("./later")),{loadableGenerated`} {
		if !strings.Contains(got, name) {
			t.Errorf("%s is missing:\n%s", name, got)
		}
	}
}

func BenchmarkRefresh(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/refresh.txtar")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for i := 0; i < len(archive.Files); i += 2 {
			var e Edits
			Parse(archive.Files[i].Name, string(archive.Files[i].Data)).Refresh(&e)
		}
	}
}
