// Command onward develops, builds and serves Next.js applications. It holds flags, exit
// codes and terminal output; the work is done by cli/dev, cli/build and the onward
// library.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/internal/diag"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitInterrupted = 130 // 128 + SIGINT
	exitTerminated  = 143 // 128 + SIGTERM
)

// terminal is where a command reads from and writes to.
type terminal struct {
	out, err io.Writer
	// outTTY, errTTY: the stream is a terminal, so progress may be redrawn.
	outTTY, errTTY bool
	style          diag.Style
}

type command struct {
	name    string
	args    string
	summary string
	run     func(t *terminal, args []string) (int, error)
}

func commands() []command {
	return []command{
		{"dev", "[directory]", "serve the app while it is developed (the default)", runDev},
		{"build", "[directory]", "build the app for production", runBuild},
		{"start", "[directory]", "serve a built app", runStart},
		{"export", "[directory]", "build the app into plain files for a static host", runExport},
		{"new", "<folder>", "start a project", runNew},
		{"check", "[directory]", "check types and run the app's linter", runCheck},
		{"info", "", "print what to put into a bug report", runInfo},
		{"typegen", "[directory]", "write types of the routes for TypeScript", runTypegen},
		{"telemetry", "", "there is none; accepted for scripts", runTelemetry},
	}
}

func main() {
	t := &terminal{out: os.Stdout, err: os.Stderr, outTTY: isTerminal(os.Stdout), errTTY: isTerminal(os.Stderr)}
	t.style.Color = wantColor(t.outTTY, os.Getenv)
	args, err := enterStandalone(os.Args[1:])
	if err != nil {
		report(t, err)
		os.Exit(exitFailure)
	}
	os.Exit(run(t, args))
}

func run(t *terminal, args []string) int {
	code, err := dispatch(t, args)
	switch {
	case err == nil:
		return code
	case errors.Is(err, pflag.ErrHelp):
		return exitOK
	}
	report(t, err)
	if code == exitOK {
		code = exitFailure
	}
	return code
}

func dispatch(t *terminal, args []string) (int, error) {
	if len(args) == 0 {
		return runDev(t, nil)
	}
	if args[0] == "-h" || args[0] == "--help" {
		usage(t.out)
		return exitOK, nil
	}
	if args[0] == "-v" || args[0] == "--version" {
		fmt.Fprintf(t.out, "Onward v%s (Next.js v%s)\n", onward.Version, onward.NextVersion)
		return exitOK, nil
	}
	if args[0] == checkTypesCommand {
		return exitOK, build.CheckTypes(os.Stdin, t.out)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(t, args[1:])
		}
	}
	if err := absentCommand(args[0]); err != nil {
		return exitFailure, err
	}
	// Without a command it is dev, whose directory an unknown word is taken for.
	return runDev(t, args)
}

func usage(w io.Writer) {
	fmt.Fprint(w, `Onward runs Next.js applications from one program.

Usage: onward [command] [options]

Commands:
`)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-19s %s\n", c.name+" "+c.args, c.summary)
	}
	fmt.Fprint(w, `
Options:
  -v, --version          print the version
  -h, --help             print this help; works after a command, too
`)
}

// flagSet makes the flags of one command, with its help.
func flagSet(t *terminal, c, args, summary string) *pflag.FlagSet {
	f := pflag.NewFlagSet(c, pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.SortFlags = false
	f.Usage = func() {
		fmt.Fprintf(t.out, "Usage: onward %s %s [options]\n\n%s\n\nOptions:\n%s  -h, --help%sprint this help\n",
			c, args, summary, f.FlagUsages(), strings.Repeat(" ", 22))
	}
	return f
}

// ignored accepts flags of Next.js that choose or tune its bundlers.
func ignored(f *pflag.FlagSet, names ...string) {
	for _, name := range names {
		f.Bool(name, false, "")
		_ = f.MarkHidden(name)
	}
}

// bundlerFlags looks at the flags that choose one of Next.js's bundlers: they are
// taken, but no two of them.
func bundlerFlags(t *terminal, f *pflag.FlagSet) error {
	var given []string
	for _, name := range []string{"turbo", "turbopack", "webpack"} {
		if f.Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return diag.Errorf("usage", "Multiple bundler flags set: %s.", strings.Join(given, ", ")).
			WithHint("leave them out: Onward has one compiler of its own")
	}
	if len(given) == 1 {
		report(t, &diag.Message{Severity: diag.Note, Text: given[0] + " has no effect: Onward has one compiler of its own"})
	}
	return nil
}

// projectDir resolves the optional [directory] argument.
func projectDir(f *pflag.FlagSet) (string, error) {
	dir := "."
	switch f.NArg() {
	case 0:
	case 1:
		dir = f.Arg(0)
	default:
		return "", diag.Errorf("usage", "%s takes one directory, got %s", f.Name(), strings.Join(f.Args(), " "))
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if !isDir(abs) {
		return "", noSuchDir(abs)
	}
	return abs, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func noSuchDir(dir string) error {
	return diag.Errorf("usage", "Invalid project directory provided, no such directory: %s", dir).
		WithHint("give the folder that holds package.json and pages/")
}

// report prints err once, as a message to the user.
func report(t *terminal, err error) {
	style := diag.Style{Color: t.style.Color && t.errTTY}
	var many diag.Errors
	var one *diag.Message
	switch {
	case errors.As(err, &many):
		for i, m := range many {
			if i > 0 {
				fmt.Fprintln(t.err)
			}
			fmt.Fprint(t.err, diag.Format(m, style))
		}
	case errors.As(err, &one):
		fmt.Fprint(t.err, diag.Format(one, style))
	default:
		fmt.Fprint(t.err, diag.Format(&diag.Message{Text: err.Error()}, style))
	}
}
