package conformance

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/onwardjs/onward/test/rig"
)

// TestRows holds rows.txt to what is there: every check that a row names exists
// and every row that the suites check has a line.
func TestRows(t *testing.T) {
	rows, err := readRows(filepath.Join(rig.Repository(), "test", "rows.txt"))
	if err != nil {
		t.Fatal(err)
	}
	there, err := existingChecks()
	if err != nil {
		t.Fatal(err)
	}
	listed, tables := map[string]bool{}, map[byte]bool{}
	for i, row := range rows {
		listed[row.id], tables[row.id[0]] = true, true
		if i > 0 && rows[i-1].id >= row.id {
			t.Errorf("rows.txt:%d: %s does not come after %s", row.line, row.id, rows[i-1].id)
		}
		for _, check := range row.checks {
			if err := there.find(check); err != nil {
				t.Errorf("rows.txt:%d: %s: %v", row.line, row.id, err)
			}
		}
	}
	for _, id := range there.steps {
		if row := rowID.FindString(id); row != "" && tables[row[0]] && !listed[row] {
			t.Errorf("rows.txt has no %s, which %s checks", row, id)
		}
	}
}

// row is a line of rows.txt: a piece of behaviour and what checks it.
type row struct {
	id, title string
	checks    []check
	line      int
}

// check is a kind and a name, such as `conformance P004.utf8`.
type check struct{ kind, name string }

// rowID is the row in the id of a request.
var rowID = regexp.MustCompile(`^[CGP][0-9]{3}\b`)

func readRows(name string) ([]row, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var rows []row
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		r, err := parseRow(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		r.line = number
		rows = append(rows, r)
	}
	return rows, lines.Err()
}

// parseRow reads `<id> <title>: <check>, <check>`. A title holds no ": ".
func parseRow(text string) (row, error) {
	head, tail, ok := strings.Cut(text, ": ")
	id, title, titled := strings.Cut(head, " ")
	if !ok || !titled || rowID.FindString(id) != id {
		return row{}, fmt.Errorf("%q is not `id title: checks`", text)
	}
	r := row{id: id, title: title}
	for _, item := range strings.Split(tail, ", ") {
		kind, name, _ := strings.Cut(strings.TrimSpace(item), " ")
		if name == "" && kind != "dev" {
			return row{}, fmt.Errorf("%q is no check: `kind name`, or `dev`", item)
		}
		r.checks = append(r.checks, check{kind, name})
	}
	return r, nil
}

// checks is what rows may name, by kind.
type checks struct {
	steps   []string            // ids of requests
	known   map[string]string   // those whose answers differ
	tests   map[string][]string // test functions; the text of the files that have one
	browser map[string][]string // those of them in test/browser
	compat  string              // what docs/compat.md says
}

func existingChecks() (*checks, error) {
	c := &checks{tests: map[string][]string{}, browser: map[string][]string{}}
	suites, err := Suites()
	if err != nil {
		return nil, err
	}
	for _, s := range suites {
		for _, step := range s.Steps {
			if step.ID != "" {
				c.steps = append(c.steps, step.ID)
			}
		}
	}
	if c.known, err = Known("known.txt"); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(rig.Repository(), "docs", "compat.md"))
	if err != nil {
		return nil, err
	}
	c.compat = words(string(text))
	return c, c.readTests()
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// readTests looks for test functions in the whole repository.
func (c *checks) readTests() error {
	root := rig.Repository()
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "apps") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parts := string(text) + jobs(filepath.Dir(path))
		for _, m := range testFunction.FindAllStringSubmatch(string(text), -1) {
			c.tests[m[1]] = append(c.tests[m[1]], parts)
			if filepath.Base(filepath.Dir(path)) == "browser" {
				c.browser[m[1]] = append(c.browser[m[1]], parts)
			}
		}
		return nil
	})
}

// jobs lists, in quotes, the parts of a test that come from testdata/*/jobs.txt of
// its package: folders, and the titles that begin the lines.
func jobs(dir string) string {
	var list strings.Builder
	files, _ := filepath.Glob(filepath.Join(dir, "testdata", "*", "jobs.txt"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		fmt.Fprintf(&list, "%q\n", filepath.Base(filepath.Dir(file)))
		for line := range strings.Lines(string(text)) {
			title, _, _ := strings.Cut(line, " | ")
			fmt.Fprintf(&list, "%q\n", title)
		}
	}
	return list.String()
}

// find tells why there is no such check.
func (c *checks) find(want check) error {
	switch want.kind {
	case "conformance":
		return c.findStep(want.name)
	case "go":
		return findTest(c.tests, want.name)
	case "browser":
		return findTest(c.browser, want.name)
	case "script":
		return findFile("test/script/testdata", want.name+".txtar")
	case "story":
		return findFile("test/browser/testdata/stories", want.name+".golden")
	case "compile":
		return findFile("cli/compile/testdata", want.name+".txtar")
	case "compat":
		if !strings.Contains(c.compat, words(want.name)) {
			return fmt.Errorf("docs/compat.md does not say %q", want.name)
		}
		return nil
	case "dev":
		if want.name == "" {
			return nil
		}
		return findFile("test/dev/scenarios", want.name+".txtar")
	}
	return fmt.Errorf("there are no checks of the kind %q", want.kind)
}

// findStep looks for a request, or for any that begins with what stands before `*`,
// whose answer is the recorded one.
func (c *checks) findStep(name string) error {
	prefix, many := strings.CutSuffix(name, "*")
	differ := false
	for _, id := range c.steps {
		if id != name && !(many && strings.HasPrefix(id, prefix)) {
			continue
		}
		if c.known[id] == "" {
			return nil
		}
		differ = true
	}
	if differ {
		return fmt.Errorf("the answer to %s is known to differ", name)
	}
	return fmt.Errorf("no request has the id %s", name)
}

// findTest looks for a test, and for the parts of one that stand after slashes, by
// their names in quotes.
func findTest(tests map[string][]string, name string) error {
	function, rest, _ := strings.Cut(name, "/")
	files := tests[function]
	if len(files) == 0 {
		return fmt.Errorf("there is no test %s", function)
	}
	for part := range strings.SplitSeq(rest, "/") {
		if part != "" && !slices.ContainsFunc(files, func(text string) bool { return strings.Contains(text, `"`+part+`"`) }) {
			return fmt.Errorf("%s has no part %q", function, part)
		}
	}
	return nil
}

func findFile(folder, name string) error {
	_, err := os.Stat(filepath.Join(rig.Repository(), filepath.FromSlash(folder), name))
	return err
}

// words makes one line of text, without the marks of Markdown.
func words(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("`", "", "*", "").Replace(text)), " ")
}

func TestChecksOfRows(t *testing.T) {
	c := &checks{
		steps: []string{"P001.a", "P001.b", "P002.a"}, known: map[string]string{"P001.b": "why", "P002.a": "why"},
		tests: map[string][]string{"TestIt": {`{name: "the part"}`}}, compat: "one way or another",
	}
	for text, want := range map[string]string{
		"P001 a: conformance P001.a, conformance P001.*, dev":                "",
		"P001 a: go TestIt, go TestIt/the part, go TestIt/the part/the part": "",
		"P001 a: compat way or `another`":                                    "",
		"P001 a: conformance P001.b":                                         "known to differ",
		"P001 a: conformance P002.*":                                         "known to differ",
		"P001 a: conformance P003.*":                                         "no request",
		"P001 a: go TestThat":                                                "no test",
		"P001 a: go TestIt/other":                                            "no part",
		"P001 a: browser TestIt":                                             "no test",
		"P001 a: compat no way":                                              "does not say",
		"P001 a: script no-such-story":                                       "no such file",
		"P001 a: dev refresh-page":                                           "",
		"P001 a: dev no-such-scenario":                                       "no such file",
		"P001 a: sight unseen":                                               "no checks of the kind",
		"P001 a: go":                                                         "is no check",
		"P001: go TestIt":                                                    "is not",
		"P1 a: go TestIt":                                                    "is not",
		"P001 a":                                                             "is not",
	} {
		r, err := parseRow(text)
		for _, check := range r.checks {
			if err == nil {
				err = c.find(check)
			}
		}
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && !strings.Contains(got, want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
