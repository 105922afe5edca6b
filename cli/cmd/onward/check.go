package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/internal/diag"
)

// runCheck checks types and runs the app's linter, beside each other. Findings are
// exit code 1.
func runCheck(t *terminal, args []string) (int, error) {
	f := flagSet(t, "check", "[directory]", "Checks the app's types and runs the linter that it has installed (ESLint, Biome or Oxlint).")
	noTypes := f.Bool("no-types", false, "do not check types")
	noLint := f.Bool("no-lint", false, "do not run the linter")
	most := f.Int("max-errors", 50, "how many type errors to show; 0: all")
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "check")
	}
	dir, err := projectDir(f)
	if err != nil {
		return exitFailure, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	var lint chan lintReport
	if !*noLint {
		lint = make(chan lintReport, 1)
		go func() { lint <- runLinters(ctx, dir, os.Environ(), t.style.Color) }()
	}
	clean := true
	if !*noTypes {
		self, err := os.Executable()
		if err != nil {
			return exitFailure, err
		}
		report, err := build.Check(ctx, build.CheckOptions{
			Dir: dir, Environ: os.Environ(), TypeChecker: []string{self, checkTypesCommand}, Most: *most, Warn: t.err, Style: t.style,
		})
		if ctx.Err() != nil {
			return exitInterrupted, nil
		}
		if err != nil {
			return exitFailure, err
		}
		clean = showTypes(t, report)
	}
	if lint != nil {
		report := <-lint
		if ctx.Err() != nil {
			return exitInterrupted, nil
		}
		clean = showLint(t, report) && clean
	}
	if !clean {
		return exitFailure, nil
	}
	return exitOK, nil
}

// showTypes prints what the type checker has found, and says whether that is
// nothing.
func showTypes(t *terminal, r *build.TypeReport) bool {
	switch {
	case r.Skipped != nil:
		fmt.Fprintf(t.out, "- Types: %s\n", r.Skipped.Text)
		return true
	case r.Total == 0:
		fmt.Fprintf(t.out, "%s Types: no errors in %s (%s)\n", mark(t, true), count(r.Files, "file"), seconds(r.Took))
		return true
	}
	fmt.Fprintf(t.out, "%s Types: %s (%s)\n\n", mark(t, false), count(r.Total, "error"), seconds(r.Took))
	for _, m := range r.Errors {
		fmt.Fprintln(t.out, diag.Format(m, t.style))
	}
	return false
}

// showLint prints what the linters have found, and says whether that is nothing.
func showLint(t *terminal, r lintReport) bool {
	if len(r.runs) == 0 {
		fmt.Fprintf(t.out, "- Lint: %s\n", r.none)
		return true
	}
	clean := true
	for _, run := range r.runs {
		switch {
		case run.err != nil:
			fmt.Fprintf(t.out, "%s Lint: %s cannot run: %v\n", mark(t, false), run.name, run.err)
		case run.code == 0:
			fmt.Fprintf(t.out, "%s Lint: %s found nothing to complain about (%s)\n", mark(t, true), run.name, seconds(run.took))
		default:
			fmt.Fprintf(t.out, "%s Lint: %s ended with exit code %d (%s)\n", mark(t, false), run.name, run.code, seconds(run.took))
		}
		if run.output != "" && (run.code != 0 || run.warned) {
			fmt.Fprintf(t.out, "\n%s\n", run.output)
		}
		clean = clean && run.err == nil && run.code == 0
	}
	return clean
}

// mark is a tick or a cross.
func mark(t *terminal, good bool) string {
	text, color := "✓", "32"
	if !good {
		text, color = "⨯", "31"
	}
	if !t.style.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// count is a number with its noun: "1 file", "2 files".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s" }
