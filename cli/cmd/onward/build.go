package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/internal/diag"
)

func runBuild(t *terminal, args []string) (int, error) {
	f := flagSet(t, "build", "[directory]", "Builds the app for production into its .next folder.")
	debug := f.BoolP("debug", "d", false, "print redirects, rewrites, headers, and what each phase took")
	debugPrerender := f.Bool("debug-prerender", false, "go on after a page that cannot be prerendered, to see them all")
	only := f.String("debug-build-paths", "", "build only the routes of these files: a comma list of globs, ! excludes")
	mode := f.String("experimental-build-mode", "default", "compile: only compile, without running pages; generate: the whole build")
	noMangling := f.Bool("no-mangling", false, "keep names in the browser's scripts, to read them in a profile")
	cpuProfile := f.Bool("experimental-cpu-prof", false, "write a CPU profile to .next-profiles")
	chosen := engineFlag(f, os.Getenv)
	appOnly := f.Bool("experimental-app-only", false, "")
	analyze := f.Bool("analyze", false, "")
	profiling := f.Bool("profile", false, "")
	f.String("experimental-upload-trace", "", "")
	f.String("internal-trace", "", "")
	f.Lookup("internal-trace").NoOptDefVal = "all"
	for _, name := range []string{"experimental-app-only", "analyze", "profile", "experimental-upload-trace", "internal-trace"} {
		_ = f.MarkHidden(name)
	}
	ignored(f, "turbo", "turbopack", "webpack", "experimental-next-config-strip-types", "experimental-debug-memory-usage")
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "build")
	}
	dir, err := projectDir(f)
	if err != nil {
		return exitFailure, err
	}
	if err := bundlerFlags(t, f); err != nil {
		return exitFailure, err
	}
	engine, err := chosen()
	if err != nil {
		return exitFailure, err
	}
	note := func(text, hint string) {
		report(t, &diag.Message{Severity: diag.Warning, Code: "flag", Text: text, Hint: hint})
	}
	switch *mode {
	case "default", "compile", "generate", "generate-env":
	default:
		return exitFailure, diag.Errorf("usage", "option '--experimental-build-mode [mode]' argument '%s' is invalid. Allowed choices are compile, generate, generate-env.", *mode).
			WithHint("leave the option out for an ordinary build")
	}
	switch {
	case *appOnly:
		return exitFailure, diag.Errorf("usage", "--experimental-app-only builds only the App Router, which this version does not serve").
			WithHint("leave the option out to build pages/")
	case *analyze:
		note("--analyze has no effect: Onward has no bundle analyzer", "The route table shows what each page loads.")
	}
	if *profiling {
		note("--profile has no effect: React is built without its profiler", "Profile a development build.")
	}
	if *debugPrerender {
		note("prerendering goes on after errors, which is for finding them", "Do not deploy what --debug-prerender has built.")
	}
	if *noMangling {
		note("names in the browser's scripts are kept, so the scripts are larger", "Leave --no-mangling out of builds to deploy.")
	}

	o := buildOptions(t, dir)
	o.Debug = *debug || os.Getenv("NEXT_DEBUG_BUILD") != ""
	o.AllErrors, o.KeepNames = *debugPrerender, *noMangling
	o.CompileOnly = *mode == "compile"
	o.Engine = engine
	if *only != "" {
		o.Only = strings.Split(*only, ",")
	}
	if *cpuProfile {
		stop, err := profile(dir, "build", t.out)
		if err != nil {
			return exitFailure, err
		}
		defer func() {
			if err := stop(); err != nil {
				report(t, err)
			}
		}()
	}
	_, code, err := runInterruptibly(o)
	return code, err
}

// buildOptions are those that every command which builds has.
func buildOptions(t *terminal, dir string) build.Options {
	var checker []string
	if self, err := os.Executable(); err == nil {
		checker = []string{self, checkTypesCommand}
	}
	return build.Options{
		Dir:     dir,
		Environ: os.Environ(),
		Out:     t.out,
		Err:     t.err,
		Live:    t.outTTY && os.Getenv("CI") == "",
		Style:   t.style,

		TypeChecker: checker,
	}
}

// checkTypesCommand is what a build runs this program with to check types in a
// process of its own. It is no command for users.
const checkTypesCommand = "check-types-for-build"

// runInterruptibly builds until it is done or a signal asks to end; then the
// previous build stays as it was, and the code is that of the signal.
func runInterruptibly(o build.Options) (*build.Result, int, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	var code atomic.Int32
	go func() {
		s := <-signals
		code.Store(exitInterrupted)
		if s == syscall.SIGTERM {
			code.Store(exitTerminated)
		}
		cancel()
		// A second signal does not wait for anything.
		<-signals
		os.Exit(int(code.Load()))
	}()
	result, err := build.Run(ctx, o)
	if ctx.Err() != nil {
		return nil, int(code.Load()), nil
	}
	return result, exitOK, err
}
