package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// profile records where the processor's time goes, in a file of its own below
// .next-profiles of dir; `go tool pprof` reads it. The function it returns ends
// the recording and tells out where the file is.
func profile(dir, command string, out io.Writer) (stop func() error, err error) {
	folder := filepath.Join(dir, ".next-profiles")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, cannotProfile(err)
	}
	name := filepath.Join(folder, fmt.Sprintf("%s-main-%s.pprof", command, time.Now().UTC().Format("20060102-150405.000")))
	f, err := os.Create(name)
	if err != nil {
		return nil, cannotProfile(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(cannotProfile(err), f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		if err := f.Close(); err != nil {
			return cannotProfile(err)
		}
		fmt.Fprintf(out, "CPU profile: %s\n", name)
		return nil
	}, nil
}

func cannotProfile(err error) error {
	return diag.Errorf("profile", "cannot write the CPU profile: %v", err).
		WithHint("the project folder must be writable; or leave out --experimental-cpu-prof")
}
