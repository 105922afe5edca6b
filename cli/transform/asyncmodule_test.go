package transform

import (
	"strings"
	"testing"
)

func TestAsyncCommonJS(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{
			"imports and exports",
			"import a, { b as c, default as d } from \"x\";\nimport * as e from \"y\";\nimport \"z\";\nawait a;\nvar config = {};\nexport {\n  config as default,\n  c\n};\n",
			`const a=__default(require("x"));const{b:c}=require("x");const d=__default(require("x"));const e=require("y");require("z");` +
				"\n\n\nawait a;\nvar config = {};\n\n\n\n\n\nreturn{\"default\":config,\"c\":c,}})();\n",
		},
		{"nothing to export", "await 1;\n", "await 1;\n\nreturn{}})();\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := AsyncCommonJS(c.source)
			if !ok {
				t.Fatal("refused")
			}
			_, got, _ = strings.Cut(got, "(async()=>{")
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	for _, source := range []string{"export default 1;", `export * from "x";`, `export { a } from "x";`, "export const a = 1;", "syntax error"} {
		if _, ok := AsyncCommonJS(source); ok {
			t.Errorf("accepted %q", source)
		}
	}
}

func TestLooseJSON(t *testing.T) {
	value, ok := LooseJSON("\ufeff// a comment\n{ \"a\": [1, true, null,], /* b */ \"c\": { \"d\": \"e\" }, }")
	object, _ := value.(map[string]any)
	list, _ := object["a"].([]any)
	inner, _ := object["c"].(map[string]any)
	if !ok || len(list) != 3 || list[0] != 1.0 || list[1] != true || list[2] != nil || inner["d"] != "e" {
		t.Errorf("got %v, %v", value, ok)
	}
	for _, text := range []string{"", "{", "{a: 1}", "[x]", "{}; y"} {
		if value, ok := LooseJSON(text); ok {
			t.Errorf("%q gave %v", text, value)
		}
	}
}

func TestContexts(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"import(`@/m/${x}.json`)", `((path)=>import("m").then((context)=>context.default(path)))(` + "`@/m/${x}.json`) // @/m/|.json|true"},
		{`require("./a/" + x + "/b" + y)`, `require("m").default("./a/" + x + "/b" + y) // ./a/||false`},
		{`require(("./a/" + x) + ".js")`, `require("m").default(("./a/" + x) + ".js") // ./a/|.js|false`},
		{`import("./a")`, `import("./a")`},
		{`import(x + "./a")`, `import(x + "./a")`},
		{"(require) => require(`./a/${x}`)", "(require) => require(`./a/${x}`)"},
	} {
		m := Parse("a.js", c.source)
		var e Edits
		seen := ""
		m.Contexts([]*Edits{&e}, func(i Context) string {
			seen = " // " + i.Prefix + "|" + i.Suffix + "|" + map[bool]string{true: "true", false: "false"}[i.Dynamic]
			return "m"
		})
		if got := e.Apply(c.source, "") + seen; got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.source, got, c.want)
		}
	}
}
