package transform

import (
	"slices"
	"testing"
)

func TestNarrowImports(t *testing.T) {
	find := func(specifier, name string) (string, string, bool) {
		if specifier != "ui" {
			return "", "", false
		}
		switch name {
		case "Button":
			return "/ui/button.js", "default", true
		case "add":
			return "/ui/math.js", "add", true
		}
		return "", "", false
	}
	for _, c := range []struct{ in, out string }{
		{`import { Button } from "ui";`, `import { default as Button } from "/ui/button.js";`},
		{`import { Button as B, add, other } from "ui";`,
			`import { other as other } from "ui"; import { default as B } from "/ui/button.js"; import { add as add } from "/ui/math.js";`},
		{`import All, { add } from "ui";`, `import All from "ui"; import { add as add } from "/ui/math.js";`},
		{"import {\n  add,\n  type Props,\n} from 'ui'\nadd();", "import { add as add } from \"/ui/math.js\";\n\n\n\nadd();"},
		{`export { Button, add as plus } from "ui";`, `export { default as Button } from "/ui/button.js"; export { add as plus } from "/ui/math.js";`},
		{`import * as ui from "ui";`, `import * as ui from "ui";`},
		{`import type { Button } from "ui";`, `import type { Button } from "ui";`},
		{`import { add } from "else";`, `import { add } from "else";`},
	} {
		m := Parse("a.ts", c.in)
		var e Edits
		m.NarrowImports(&e, find)
		if got := e.Apply(c.in, ""); got != c.out {
			t.Errorf("%s\n got %q\nwant %q", c.in, got, c.out)
		}
	}
	// Names that another edit took out do not come back.
	source := `import { add, Button } from "ui"; export const x = Button; export async function getServerSideProps() { return add(); }`
	m := Parse("a.ts", source)
	var e Edits
	m.RemoveDataExports(&e)
	before := e.Apply(source, "")
	m.NarrowImports(&e, find)
	if got := e.Apply(source, ""); got != before {
		t.Errorf("after another edit: %s", got)
	}
}

func TestBarrel(t *testing.T) {
	b := Parse("index.js", `import Card from "./card"; import { inner as named } from "./named"; import * as all from "./all";
export { Card, named as outer, all }; export { default as Button, size } from "./button"; export * from "./more";
export const own = 1; export default function () {}; export * as space from "./space";`).Barrel()
	for name, want := range map[string]Origin{"Card": {"./card", "default"}, "outer": {"./named", "inner"}, "Button": {"./button", "default"}, "size": {"./button", "size"}} {
		if b.Handed[name] != want || b.Own[name] {
			t.Errorf("%s: %v", name, b.Handed[name])
		}
	}
	if len(b.Handed) != 4 || !slices.Equal(b.Stars, []string{"./more"}) {
		t.Errorf("%v %v", b.Handed, b.Stars)
	}
	for _, name := range []string{"own", "default", "all", "space"} {
		if !b.Own[name] {
			t.Errorf("%s is not its own", name)
		}
	}
}

func TestPackageImports(t *testing.T) {
	got := PackageImports("import { a } from 'date-fns'; import {\n b } from \"@mui/material\"; import { c } from './c'; import d from 'd'; export { e } from 'e'; import {f} from '/f'")
	if !slices.Equal(got, []string{"date-fns", "@mui/material", "e"}) {
		t.Error(got)
	}
}
