package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/onwardjs/onward/internal/diag"
)

// output is the folder a build writes into: a sibling of the real output folder
// that takes its place in one step at the end, so that a failed or interrupted
// build leaves the previous one as it was.
type output struct {
	final   string // <project>/.next
	staging string // <project>/.next-building-<random>
}

func newOutput(dir, distDir string) (*output, error) {
	o := &output{final: filepath.Join(dir, filepath.FromSlash(distDir))}
	if rel, err := filepath.Rel(dir, o.final); err == nil && rel == "." {
		return nil, diag.Errorf("dist-dir", "distDir %q is the project folder itself", distDir).
			WithHint("name a folder of its own, for example '.next'")
	}
	if err := os.MkdirAll(filepath.Dir(o.final), 0o755); err != nil {
		return nil, cannotWrite(err)
	}
	staging, err := os.MkdirTemp(filepath.Dir(o.final), filepath.Base(o.final)+"-building-")
	if err != nil {
		return nil, cannotWrite(err)
	}
	if err := os.Chmod(staging, 0o755); err != nil {
		return nil, cannotWrite(err)
	}
	o.staging = staging
	return o, nil
}

func cannotWrite(err error) error {
	return diag.Errorf("output", "cannot write the build output: %v", err).
		WithHint("the project folder must be writable, and its disk must have room")
}

// cacheDir is where things that only save time outlive a build.
func (o *output) cacheDir() string { return filepath.Join(o.final, "cache") }

// publish puts the staging folder in the place of the final one. With keep
// (cleanDistDir: false), files of the old output that the new one lacks are
// carried over.
func (o *output) publish(keep bool) error {
	if _, err := os.Stat(o.final); err == nil {
		carry := []string{"cache", "dev"}
		if keep {
			carry = nil
			entries, err := os.ReadDir(o.final)
			if err != nil {
				return cannotWrite(err)
			}
			for _, e := range entries {
				carry = append(carry, e.Name())
			}
		}
		for _, name := range carry {
			err := os.Rename(filepath.Join(o.final, name), filepath.Join(o.staging, name))
			if err != nil && !errors.Is(err, fs.ErrNotExist) && !occupied(filepath.Join(o.staging, name)) {
				return cannotWrite(err)
			}
		}
		if err := exchange(o.staging, o.final); err != nil {
			return cannotWrite(err)
		}
		// What is in staging now is the old build.
		if err := os.RemoveAll(o.staging); err != nil {
			return fmt.Errorf("build: the previous output could not be removed: %w", err)
		}
		return nil
	}
	if err := os.Rename(o.staging, o.final); err != nil {
		return cannotWrite(err)
	}
	return nil
}

// discard removes what a failed build has written.
func (o *output) discard() { _ = os.RemoveAll(o.staging) }

func occupied(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// exchangeBySteps is for systems that cannot swap two folders at once.
func exchangeBySteps(a, b string) error {
	old := a + "-old"
	if err := os.Rename(b, old); err != nil {
		return err
	}
	if err := os.Rename(a, b); err != nil {
		return errors.Join(err, os.Rename(old, b))
	}
	return os.Rename(old, a)
}
