package main

import (
	"fmt"
	"path/filepath"
)

// runExport is `onward build` with output: "export", whatever next.config says.
func runExport(t *terminal, args []string) (int, error) {
	f := flagSet(t, "export", "[directory]", "Builds the app into a folder of plain files that any static host can serve.")
	outdir := f.StringP("outdir", "o", "", "folder for the files, relative to the current one (default out, in the project)")
	ignored(f, "turbo", "turbopack", "webpack", "experimental-next-config-strip-types", "silent", "threads")
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "export")
	}
	dir, err := projectDir(f)
	if err != nil {
		return exitFailure, err
	}
	set := map[string]any{"output": "export"}
	folder := filepath.Join(dir, "out")
	if *outdir != "" {
		if folder, err = filepath.Abs(*outdir); err != nil {
			return exitFailure, err
		}
		set["distDir"] = folder
	}
	o := buildOptions(t, dir)
	o.Set = set
	result, code, err := runInterruptibly(o)
	if err != nil || code != exitOK {
		return code, err
	}
	if result.ExportDir != "" {
		folder = result.ExportDir
	}
	fmt.Fprintf(t.out, "The files are in %s\n", folder)
	return exitOK, nil
}
