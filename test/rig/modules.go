package rig

import (
	"fmt"
	"strings"
)

// ModulesLeaf is a component of the app that Modules writes; the element "edited" shows
// its text, "edit 0".
const ModulesLeaf = "components/g0/c0.js"

const leaf = `import { useState } from "react";

export function C0() {
  const [n] = useState(0);
  return <p id="edited" data-n={n}>edit 0</p>;
}
`

// Modules is the files of an app of one page that needs n modules: components, 40 in
// a folder, each imported once; one in twenty has a CSS Module.
func Modules(n int) map[string]string {
	files := map[string]string{ModulesLeaf: leaf}
	const perFolder = 40
	var imports, uses strings.Builder
	for folder := 0; folder*perFolder < n; folder++ {
		var index, parts strings.Builder
		for i := folder * perFolder; i < min(n, (folder+1)*perFolder); i++ {
			fmt.Fprintf(&index, "import { C%d } from \"./c%d\";\n", i, i)
			fmt.Fprintf(&parts, "      <C%d />\n", i)
			if i == 0 {
				continue
			}
			name, style, class := fmt.Sprintf("components/g%d/c%d", folder, i), "", ""
			if i%20 == 1 {
				style = fmt.Sprintf("import styles from \"./c%d.module.css\";\n", i)
				class = " className={styles.box}"
				files[name+".module.css"] = fmt.Sprintf(".box {\n  padding: %dpx;\n}\n", i%7)
			}
			files[name+".js"] = fmt.Sprintf("import { useState } from \"react\";\n%s\nexport function C%d() {\n  const [on, setOn] = useState(false);\n"+
				"  return <button%s onClick={() => setOn(!on)}>{on ? \"on\" : \"off\"} %d</button>;\n}\n", style, i, class, i)
		}
		files[fmt.Sprintf("components/g%d/index.js", folder)] = fmt.Sprintf("%s\nexport default function Group() {\n  return (\n    <section>\n%s    </section>\n  );\n}\n", index.String(), parts.String())
		fmt.Fprintf(&imports, "import Group%d from \"../components/g%d\";\n", folder, folder)
		fmt.Fprintf(&uses, "      <Group%d />\n", folder)
	}
	files["pages/index.js"] = fmt.Sprintf("%s\nexport default function Home() {\n  return (\n    <main>\n%s    </main>\n  );\n}\n", imports.String(), uses.String())
	return files
}
