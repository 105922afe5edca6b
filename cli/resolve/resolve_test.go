package resolve

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what esbuild answers into testdata")

// table is a txtar file whose comment asks questions: a kind (? is import and
// require), the folder of the importer and the specifier. "link name target" makes a
// link. The answers of both targets are in the file "answers" of the archive.
type table struct {
	dir       string
	archive   *txtar.Archive
	questions []question
}

func readTable(t *testing.T, file string) *table {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := &table{dir: dir, archive: archive}
	for _, f := range archive.Files {
		if f.Name != answersFile {
			write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
		}
	}
	for line := range strings.Lines(string(archive.Comment)) {
		words := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(words) < 3 {
			continue
		}
		from := filepath.Join(dir, words[1])
		switch words[0] {
		case "link":
			name := from
			if err := os.Symlink(filepath.Join(dir, words[2]), name); err != nil {
				t.Fatal(err)
			}
		case "?":
			a.questions = append(a.questions, question{from, words[2], Import}, question{from, words[2], Require})
		case "css":
			a.questions = append(a.questions, question{from, words[2], CSSImport})
		case "url":
			a.questions = append(a.questions, question{from, words[2], CSSURL})
		}
	}
	return a
}

const answersFile = "answers"

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var kindNames = map[Kind]string{Import: "import", Require: "require", DynamicImport: "dynamic", CSSImport: "css", CSSURL: "url"}

// format shows questions with their answers, one in a line.
func (a *table) format(target string, answers []string) string {
	var b strings.Builder
	for i, q := range a.questions {
		from, _ := filepath.Rel(a.dir, q.From)
		answer := strings.ReplaceAll(strings.TrimPrefix(answers[i], "disabled "), a.dir+"/", "")
		fmt.Fprintf(&b, "%s %s %s %s: %s\n", target, kindNames[q.Kind], filepath.ToSlash(from), q.Specifier, answer)
	}
	return b.String()
}

// TestTables compares with the answers that esbuild gave.
func TestTables(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a := readTable(t, file)
			var got, recorded strings.Builder
			for _, name := range []string{"browser", "server"} {
				target := targets[name]
				target.options.Dir = a.dir
				r := New(target.options)
				var answers []string
				for _, q := range a.questions {
					answers = append(answers, answer(r.Resolve(q.Specifier, q.From, q.Kind)))
				}
				got.WriteString(a.format(name, answers))
				recorded.WriteString(a.format(name, askEsbuild(t, a.dir, target.build, a.questions)))
			}
			at := slices.IndexFunc(a.archive.Files, func(f txtar.File) bool { return f.Name == answersFile })
			if *update {
				if at < 0 {
					a.archive.Files = append(a.archive.Files, txtar.File{Name: answersFile})
					at = len(a.archive.Files) - 1
				}
				a.archive.Files[at].Data = []byte(recorded.String())
				write(t, file, string(txtar.Format(a.archive)))
			}
			if at < 0 {
				t.Fatal("no answers: run go test -update")
			}
			diff(t, "esbuild answers differently now", recorded.String(), string(a.archive.Files[at].Data))
			diff(t, "answers differ", got.String(), string(a.archive.Files[at].Data))
		})
	}
}

func diff(t *testing.T, what, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		var g, w string
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Errorf("%s\n got %s\nwant %s", what, g, w)
		}
	}
}
