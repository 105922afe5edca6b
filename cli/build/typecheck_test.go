package build

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tsgo "github.com/microsoft/typescript-go/onward"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
)

// typed is a build of an app with a tsconfig.json and these packages.
func typed(t *testing.T, checker []string, packages ...string) (b *build, warnings *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	warnings = &bytes.Buffer{}
	b = &build{Options: Options{Dir: dir, TypeChecker: checker, Out: io.Discard, Err: warnings}, Project: &Project{ProjectOptions: ProjectOptions{Dir: dir}, Config: &config.Config{DistDir: ".next"}}, progress: &progress{out: io.Discard}}
	for _, name := range packages {
		if err := os.MkdirAll(filepath.Join(dir, "node_modules", name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "node_modules", name, "package.json"), []byte(`{ "version": "5.9.3" }`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "tsconfig.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	return b, warnings
}

func TestTypeCheckerThatFailsIsAWarning(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"it ends", "echo 'panic: out of luck' >&2; exit 2", "exit status 2"},
		{"its reason is told", "echo 'panic: out of luck' >&2; exit 2", "panic: out of luck"},
		{"it is killed", "kill -9 $$", "signal: killed"},
		{"it answers nonsense", "echo '{'", "unexpected end of JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, warnings := typed(t, []string{"sh", "-c", "cat >/dev/null; " + c.script}, "next", "@types/react", "@types/node")
			ctx := context.Background()
			check, until, err := b.startTypeCheck(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer check.abandon()
			if err := check.finish(ctx, b); err != nil || until.Err() != nil {
				t.Errorf("the build ends: %v", err)
			}
			if !strings.Contains(warnings.String(), "Types are not checked") || !strings.Contains(warnings.String(), c.want) {
				t.Errorf("got %q, want %q in it", warnings, c.want)
			}
		})
	}
}

func TestTypeErrorsEndTheBuild(t *testing.T) {
	b, _ := typed(t, []string{"sh", "-c", `cat >/dev/null; echo '{ "total": 1, "problems": [{ "text": "wrong" }] }'`}, "next", "@types/react", "@types/node")
	ctx := context.Background()
	check, until, err := b.startTypeCheck(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer check.abandon()
	<-until.Done()
	if _, ok := check.finish(ctx, b).(diag.Errors); !ok {
		t.Error("finish answers no messages")
	}
}

func TestTypesThatAreMissingAreAWarning(t *testing.T) {
	b, warnings := typed(t, []string{"false"}, "next", "@types/node")
	check, _, err := b.startTypeCheck(context.Background())
	if check != nil || err != nil {
		t.Errorf("got %v, %v: types are checked", check, err)
	}
	if want := "@types/react"; !strings.Contains(warnings.String(), want) || strings.Contains(warnings.String(), "@types/node") {
		t.Errorf("got %q, want %s alone in it", warnings, want)
	}
}

func TestTypeErrorMessages(t *testing.T) {
	source := "const é = 1;\nlet n: number = 'x';\n"
	problem := tsgo.Problem{File: "/app/pages/a.ts", Source: source, Offset: strings.Index(source, "n:"), Length: 1, Code: 2322, Text: "It is wrong.", Chain: "Because."}
	for _, c := range []struct {
		name    string
		check   typeCheck
		want    []string
		wantNot string
	}{
		{"place, frame and reason", typeCheck{checked: tsgo.Checked{Total: 1, Problems: []tsgo.Problem{problem}}, version: tsgo.Version()},
			[]string{"⨯ Failed to type check.", "Type error: It is wrong.", "./pages/a.ts:2:5", "> 2 | let n", "Because.", "ignoreBuildErrors"}, "judge otherwise"},
		{"another version", typeCheck{checked: tsgo.Checked{Total: 1, Problems: []tsgo.Problem{problem}}, version: "5.9.3"}, []string{"the app has 5.9, which may judge otherwise"}, "more type errors"},
		{"none installed", typeCheck{checked: tsgo.Checked{Total: 1, Problems: []tsgo.Problem{problem}}}, nil, "the app has"},
		{"more", typeCheck{checked: tsgo.Checked{Total: 12, Problems: []tsgo.Problem{problem}}}, []string{"11 more type errors"}, "the app has"},
		{"no file", typeCheck{checked: tsgo.Checked{Total: 1, Problems: []tsgo.Problem{{Text: "Nothing is there."}}}}, []string{"Type error: Nothing is there."}, "./"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			for _, m := range c.check.errors("/app") {
				b.WriteString(diag.Format(m, diag.Style{}))
			}
			for _, want := range c.want {
				if !strings.Contains(b.String(), want) {
					t.Errorf("%q is not in\n%s", want, &b)
				}
			}
			if strings.Contains(b.String(), c.wantNot) {
				t.Errorf("%q is in\n%s", c.wantNot, &b)
			}
		})
	}
}
