package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/internal/diag"
)

func runBuild(t *terminal, args []string) (int, error) {
	f := flagSet(t, "build", "[directory]", "Builds the app for production into its .next folder.")
	debug := f.BoolP("debug", "d", false, "print what each phase took")
	cpuProfile := f.Bool("experimental-cpu-prof", false, "write a CPU profile to .next-profiles")
	ignored(f, "turbo", "turbopack", "webpack", "experimental-next-config-strip-types", "profile", "no-mangling")
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "build")
	}
	dir, err := projectDir(f)
	if err != nil {
		return exitFailure, err
	}
	if f.Changed("turbo") || f.Changed("turbopack") || f.Changed("webpack") {
		report(t, &diag.Message{Severity: diag.Note, Text: "the bundler flags have no effect: Onward has one compiler of its own"})
	}

	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	code := exitOK
	go func() {
		s := <-signals
		if s == syscall.SIGTERM {
			code = exitTerminated
		} else {
			code = exitInterrupted
		}
		cancel(context.Canceled)
		// A second signal does not wait for anything.
		<-signals
		os.Exit(code)
	}()

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
	_, err = build.Run(ctx, build.Options{
		Dir:     dir,
		Environ: os.Environ(),
		Out:     t.out,
		Err:     t.err,
		Live:    t.outTTY && os.Getenv("CI") == "",
		Style:   t.style,
		Timings: *debug,
	})
	if ctx.Err() != nil {
		return code, nil
	}
	return exitOK, err
}
