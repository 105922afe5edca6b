package next

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	block    = regexp.MustCompile(`(?s)declare module "(next[^"]*)" \{(.*?)\n\}`)
	declared = regexp.MustCompile(`(?m)^  export (?:declare )?(?:const|function|class|enum) (\w+)`)
	passedOn = regexp.MustCompile(`(?m)^  export \{ ([^}]*) \} from`)
	exported = regexp.MustCompile(`(?m)^export (?:async )?(?:const|function|class) (\w+)`)
	named    = regexp.MustCompile(`(?ms)^export \{ ([^}]*) \}`)
	defaults = regexp.MustCompile(`(?m)^\s*export default `)
)

// TestTypesTellTheTruth: what is declared as a value is exported by the module of
// the runtime that answers the import, and each such module has a declaration.
func TestTypesTellTheTruth(t *testing.T) {
	const runtime = "../../../runtime/next/"
	types := map[string]string{}
	err := fs.WalkDir(Types, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "dist.d.ts" {
			return err
		}
		text, err := fs.ReadFile(Types, name)
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			types[m[1]] += m[2]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for module, text := range types {
		var source []byte
		for _, ext := range []string{".ts", ".tsx"} {
			if data, err := os.ReadFile(runtime + strings.TrimPrefix(module, "next/") + ext); err == nil {
				source = data
			}
		}
		if source == nil {
			continue // fonts are compiled, and next has types only
		}
		checked++
		has := namesIn(string(source), exported, named)
		for _, name := range namesIn(text, declared, passedOn) {
			if !slices.Contains(has, name) {
				t.Errorf("%s declares %s, which %s does not export", module, name, path.Join("runtime", module))
			}
		}
		if defaults.MatchString(text) != defaults.Match(source) {
			t.Errorf("%s: default export is declared: %t, is there: %t", module, defaults.MatchString(text), defaults.Match(source))
		}
	}
	if checked < 15 {
		t.Errorf("only %d modules were compared", checked)
	}
}

// namesIn lists the names that declarations and lists of exports give.
func namesIn(text string, declaration, list *regexp.Regexp) []string {
	var names []string
	for _, m := range declaration.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	for _, m := range list.FindAllStringSubmatch(text, -1) {
		for item := range strings.SplitSeq(m[1], ",") {
			if _, as, ok := strings.Cut(item, " as "); ok {
				item = as
			}
			names = append(names, strings.TrimSpace(item))
		}
	}
	return names
}
