package build

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// CheckOptions say what Check checks.
type CheckOptions struct {
	// Dir is the project, an absolute path.
	Dir string
	// Environ is the process environment ("KEY=value").
	Environ []string
	// TypeChecker is the command that answers CheckTypes, as in Options.
	TypeChecker []string
	// Most is how many errors to show; 0: all.
	Most int
	// Warn receives warnings about the configuration, in Style.
	Warn  io.Writer
	Style diag.Style
}

// TypeReport is what Check has found.
type TypeReport struct {
	// Errors are the type errors, at most CheckOptions.Most of Total. Those of the
	// app's tests are among them.
	Errors diag.Errors
	Total  int
	// Files that belong to the app, and how long it took.
	Files int
	Took  time.Duration
	// Skipped says why nothing was checked; nil: it was.
	Skipped *diag.Message
}

// Check checks the types of an app, as a build does, without building it. It writes
// the types of its routes as Types does.
func Check(ctx context.Context, o CheckOptions) (*TypeReport, error) {
	b := &build{
		Options:  Options{Dir: o.Dir, Environ: o.Environ, Out: io.Discard, Err: o.Warn, Style: o.Style, TypeChecker: o.TypeChecker},
		progress: &progress{out: io.Discard},
	}
	if err := b.load(ctx); err != nil {
		return nil, err
	}
	if err := b.scan(); err != nil {
		return nil, err
	}
	if !b.typescript() {
		return &TypeReport{Skipped: &diag.Message{Severity: diag.Note, Code: "no-typescript", Text: "There is no TypeScript in this app: no types to check"}}, nil
	}
	if missing := missingTypes(b.Dir); len(missing) > 0 {
		return nil, diag.Errorf("no-types", "Types cannot be checked, as this is not installed: %s", strings.Join(missing, ", ")).
			WithHint("run `npm install --save-dev %s`, or leave types out with --no-types", strings.Join(missing, " "))
	}
	if err := b.writeTypeScriptFiles(); err != nil {
		return nil, err
	}
	if err := b.writeTypes(filepath.Join(b.Dir, filepath.FromSlash(b.Config.DistDir))); err != nil {
		return nil, err
	}
	project, version, err := b.typeProject()
	if err != nil {
		return nil, err
	}
	project.Most, project.Tests = o.Most, true
	began := time.Now()
	checked, err := runTypeChecker(ctx, o.TypeChecker, project)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, diag.Errorf("type-checker", "the type checker failed: %v", err).WithHint("run `npx tsc --noEmit` instead, and please report this")
	}
	report := &TypeReport{Errors: typeErrors(checked, b.Dir), Total: checked.Total, Files: checked.Roots, Took: time.Since(began)}
	if n := len(report.Errors); n > 0 {
		var hints []string
		if more := report.Total - n; more > 0 {
			hints = append(hints, fmt.Sprintf("there are %d more type errors", more))
		}
		if other := otherTypeScript(version); other != "" {
			hints = append(hints, other)
		}
		report.Errors[n-1].Hint = strings.Join(hints, "; ")
	}
	return report, nil
}
