package dev

import (
	"fmt"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/onwardjs/onward/test/rig"
)

// An app of a thousand modules: a leaf, the page that is the root of all, and a module
// that every third component comes to import.
func TestThousandModules(t *testing.T) {
	files := rig.Modules(1000)
	files["words.js"] = "export const word = \"alpha\";\n"
	for i := 2; i < 1000; i += 3 {
		if i%20 == 1 {
			continue
		}
		files[fmt.Sprintf("components/g%d/c%d.js", i/40, i)] = fmt.Sprintf("import { word } from \"../../words\";\n\nexport function C%d() {\n  return <i id=\"c%[1]d\">{word}</i>;\n}\n", i)
	}
	s, err := newStage("", files)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	sc, err := parseScenario("1,000 modules", txtar.Parse([]byte(`# A leaf, the root and a module that hundreds import change: no reload.
visit /
edit `+rig.ModulesLeaf+` ">edit 0" ">leaf"
sees edited "leaf"
edit pages/index.js "<main>" "<main><p id=\"root\">root</p>"
sees root "root"
has edited "leaf"
edit words.js "alpha" "beta"
sees c998 "beta"
has c2 "beta"
same
`)))
	if err != nil {
		t.Fatal(err)
	}
	s.play(t, sc)
}
