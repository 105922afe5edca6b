package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	tsgo "github.com/microsoft/typescript-go/onward"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// typeCheck is the check of the app's types, which runs in a process of its own
// beside the build: its memory, and a crash of it, are not the build's. A nil
// *typeCheck is one that is not made.
type typeCheck struct {
	began   time.Time
	stop    func()
	done    chan struct{} // closed when the fields below are set
	took    time.Duration
	checked tsgo.Checked
	err     error
	// version of TypeScript that the app has installed; empty: none.
	version string
}

// mostTypeErrors is how many type errors are shown.
const mostTypeErrors = 10

// startTypeCheck begins to check the types of a TypeScript app. The context it
// returns ends when an error is found: nothing has to be prerendered then.
func (b *build) startTypeCheck(ctx context.Context) (*typeCheck, context.Context, error) {
	if b.Config.TypeScript.IgnoreBuildErrors {
		b.progress.line("  Skipping validation of types")
		return nil, ctx, nil
	}
	if len(b.TypeChecker) == 0 || !b.typescript() || b.lacksTypes() {
		return nil, ctx, nil
	}
	project, version, err := b.typeProject()
	if err != nil {
		return nil, ctx, err
	}
	b.progress.line("  Running TypeScript ...")
	own, stop := context.WithCancel(ctx)
	until, end := context.WithCancel(ctx)
	c := &typeCheck{began: time.Now(), stop: func() { stop(); end() }, done: make(chan struct{}), version: version}
	go func() {
		defer close(c.done)
		c.checked, c.err = runTypeChecker(own, b.TypeChecker, project)
		c.took = time.Since(c.began)
		if c.checked.Total > 0 {
			end()
		}
	}()
	return c, until, nil
}

// typeProject is what is to be checked, and the version of TypeScript that the app
// has installed.
func (b *build) typeProject() (p tsgo.Project, version string, err error) {
	final := filepath.Join(b.Dir, filepath.FromSlash(b.Config.DistDir))
	p = tsgo.Project{
		Tsconfig: filepath.Join(b.Dir, b.tsconfigPath()),
		Files:    []string{filepath.Join(b.Dir, "next-env.d.ts")},
		Skip:     []string{filepath.Join(final, "dev")},
		TypesDir: filepath.Join(final, "types"),
		Types:    b.typeFiles(),
		Most:     mostTypeErrors,
	}
	if len(b.Only) > 0 {
		all, _, err := route.Scan(os.DirFS(b.Dir), b.Config.PageExtensions)
		if err != nil {
			return p, "", err
		}
		kept := map[string]bool{}
		for _, page := range b.Pages {
			kept[page.File] = true
		}
		for _, page := range all {
			if page.File != "" && !kept[page.File] {
				p.Skip = append(p.Skip, filepath.Join(b.Dir, filepath.FromSlash(page.File)))
			}
		}
	}
	version = packageVersion(b.Dir, "typescript")
	major, _, _ := strings.Cut(version, ".")
	p.Major, _ = strconv.Atoi(major) // none installed: 0
	return p, version, nil
}

// packageVersion is that of an installed package; empty: none.
func packageVersion(dir, name string) string {
	found := installed(dir, name)
	if found == "" {
		return ""
	}
	text, err := os.ReadFile(filepath.Join(found, "package.json"))
	if err != nil {
		return ""
	}
	var pkg struct{ Version string }
	if json.Unmarshal(text, &pkg) != nil {
		return ""
	}
	return pkg.Version
}

// lacksTypes warns when a package is missing without which every page would be
// full of errors.
func (b *build) lacksTypes() bool {
	missing := missingTypes(b.Dir)
	if len(missing) == 0 {
		return false
	}
	b.warn([]*diag.Message{{Severity: diag.Warning, Code: "no-types",
		Text: "Types are not checked, as this is not installed: " + strings.Join(missing, ", "),
		Hint: "With `npm install --save-dev " + strings.Join(missing, " ") + "`, type errors fail the build."}})
	return true
}

// missingTypes are the packages that a type check needs and the app does not have.
func missingTypes(dir string) []string {
	var missing []string
	for _, name := range []string{"@types/react", "@types/node"} {
		if installed(dir, name) == "" {
			missing = append(missing, name)
		}
	}
	return missing
}

// runTypeChecker starts the command that CheckTypes answers.
func runTypeChecker(ctx context.Context, command []string, p tsgo.Project) (tsgo.Checked, error) {
	var checked tsgo.Checked
	question, err := json.Marshal(p)
	if err != nil {
		return checked, err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var answer, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(question), &answer, &complaint
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(complaint.String(), "\n")
		return checked, errors.Join(err, errors.New(strings.TrimSpace(first)))
	}
	return checked, json.Unmarshal(answer.Bytes(), &checked)
}

// CheckTypes is the other side of Options.TypeChecker: it reads from in what to
// check and writes to out what it has found.
func CheckTypes(in io.Reader, out io.Writer) error {
	var p tsgo.Project
	if err := json.NewDecoder(in).Decode(&p); err != nil {
		return fmt.Errorf("build: type check: %w", err)
	}
	return json.NewEncoder(out).Encode(tsgo.Check(context.Background(), p))
}

// abandon ends the check if it still runs.
func (c *typeCheck) abandon() {
	if c == nil {
		return
	}
	c.stop()
	<-c.done
}

// finish waits for the check and says how it ended: diag.Errors when types are
// wrong.
func (c *typeCheck) finish(ctx context.Context, b *build) error {
	if c == nil {
		return nil
	}
	<-c.done
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if c.err != nil {
		b.warn([]*diag.Message{{Severity: diag.Warning, Code: "type-checker",
			Text: "Types are not checked: the type checker failed: " + c.err.Error(),
			Hint: "Run `npx tsc --noEmit` instead, and please report this."}})
		return nil
	}
	if c.checked.Total > 0 {
		return c.errors(b.Dir)
	}
	b.progress.line("%s Finished TypeScript in %s", b.progress.paint("32", "✓"), elapsed(c.took))
	return nil
}

// errors are the type errors as messages.
func (c *typeCheck) errors(dir string) diag.Errors {
	list := append(diag.Errors{diag.Errorf("types", "Failed to type check.")}, typeErrors(c.checked, dir)...)
	last := list[len(list)-1]
	hint := "set typescript.ignoreBuildErrors in next.config to build all the same"
	if more := c.checked.Total - len(c.checked.Problems); more > 0 {
		hint = fmt.Sprintf("there are %d more type errors; %s", more, hint)
	}
	if other := otherTypeScript(c.version); other != "" {
		hint += "; " + other
	}
	list[len(list)-1] = last.WithHint("%s", hint)
	return list
}

// typeErrors are type errors as messages, with paths relative to the project dir.
func typeErrors(checked tsgo.Checked, dir string) diag.Errors {
	var list diag.Errors
	for _, p := range checked.Problems {
		m := &diag.Message{Code: fmt.Sprintf("TS%d", p.Code), Text: "Type error: " + p.Text, Detail: p.Chain}
		if p.File != "" {
			name := p.File
			if rel, err := filepath.Rel(dir, filepath.FromSlash(p.File)); err == nil {
				name = filepath.ToSlash(rel)
			}
			m = m.At("./"+strings.TrimPrefix(name, "./"), p.Source, p.Offset)
			m.Length = p.Length
		}
		list = append(list, m)
	}
	return list
}

// otherTypeScript warns of an installed TypeScript of another version, which may judge
// otherwise; empty: there is none.
func otherTypeScript(installed string) string {
	checker, _ := minor(tsgo.Version())
	if own, ok := minor(installed); ok && own != checker {
		return fmt.Sprintf("types were checked as TypeScript %s does, the app has %s, which may judge otherwise: npx tsc --noEmit", checker, own)
	}
	return ""
}

// minor cuts a version to major and minor: "5.9".
func minor(version string) (string, bool) {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version, false
	}
	return parts[0] + "." + parts[1], true
}
