package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

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
	return stage(o.final)
}

// stage makes the folder that will take the place of final, an absolute path.
func stage(final string) (*output, error) {
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return nil, cannotWrite(err)
	}
	removeAbandoned(final + stagingInfix)
	staging, err := os.MkdirTemp(filepath.Dir(final), filepath.Base(final)+stagingInfix)
	if err != nil {
		return nil, cannotWrite(err)
	}
	if err := os.Chmod(staging, 0o755); err != nil {
		return nil, cannotWrite(err)
	}
	return &output{final: final, staging: staging}, nil
}

const stagingInfix = "-building-"

// abandonedAfter is when a staging folder that nobody has written to belongs to
// a build that was killed.
const abandonedAfter = time.Hour

func removeAbandoned(prefix string) {
	found, err := filepath.Glob(escapeGlob(prefix) + "*")
	if err != nil {
		return // only a bad pattern fails
	}
	for _, dir := range found {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() && time.Since(info.ModTime()) > abandonedAfter {
			_ = os.RemoveAll(dir)
		}
	}
}

// escapeGlob makes a path match itself only.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
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
		if keep {
			err = carry(o.final, o.staging)
		} else {
			for _, name := range []string{"cache", "dev"} {
				err = errors.Join(err, move(filepath.Join(o.final, name), filepath.Join(o.staging, name)))
			}
		}
		if err != nil {
			return cannotWrite(err)
		}
	}
	return o.replace()
}

// replace puts the staging folder in the place of the final one, of which nothing
// is kept.
func (o *output) replace() error {
	if _, err := os.Stat(o.final); err != nil {
		if err := os.Rename(o.staging, o.final); err != nil {
			return cannotWrite(err)
		}
		return nil
	}
	if err := exchange(o.staging, o.final); err != nil {
		return cannotWrite(err)
	}
	// What is in staging now is what was there before.
	if err := os.RemoveAll(o.staging); err != nil {
		return fmt.Errorf("build: the previous output could not be removed: %w", err)
	}
	return nil
}

// discard removes what a failed build has written.
func (o *output) discard() { _ = os.RemoveAll(o.staging) }

// carry moves what is in from and not in to.
func carry(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		info, err := os.Lstat(target)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = move(source, target)
		case err == nil && info.IsDir() && e.IsDir():
			err = carry(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// move renames from to to; nothing to move is fine.
func move(from, to string) error {
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
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
