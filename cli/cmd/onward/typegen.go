package main

import (
	"context"
	"fmt"
	"os"

	"github.com/onwardjs/onward/cli/build"
)

// runTypegen writes the types of the app's routes, without building it.
func runTypegen(t *terminal, args []string) (int, error) {
	f := flagSet(t, "typegen", "[directory]", "Writes the types of the app's routes for TypeScript, without building.")
	ignored(f, "turbo", "turbopack", "webpack", "experimental-next-config-strip-types")
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "typegen")
	}
	dir, err := projectDir(f)
	if err != nil {
		return exitFailure, err
	}
	if err := build.Types(context.Background(), dir, os.Environ(), t.err); err != nil {
		return exitFailure, err
	}
	fmt.Fprintln(t.out, "✓ Types generated successfully")
	return exitOK, nil
}
