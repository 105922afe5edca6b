package rig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// work is the folder for installed packages and running apps, one for both so that
// packages can be hard-linked into apps. It outlives a run: packages are installed
// once. Outside of the repository, tools that look for files above an app find none.
func work() string { return filepath.Join(os.TempDir(), fmt.Sprintf("onward-test-%d", os.Getuid())) }

// TempDir makes a new folder below the work folder.
func TempDir(prefix string) (string, error) {
	if err := os.MkdirAll(work(), 0o700); err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	dir, err := os.MkdirTemp(work(), prefix)
	if err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	return dir, nil
}

// Packages installs the packages of a package-lock.json, once, and answers
// their node_modules. full adds the optional ones, which only the reference needs (its
// compiler binaries are most of its size).
func Packages(ctx context.Context, lockDir string, full bool) (string, error) {
	lock, err := os.ReadFile(filepath.Join(lockDir, "package-lock.json"))
	if err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	sum := sha256.Sum256(lock)
	name := "packages-" + hex.EncodeToString(sum[:6])
	if full {
		name += "-full"
	}
	return install(ctx, name, func(dir string) error {
		for _, file := range []string{"package.json", "package-lock.json"} {
			if err := copyFile(filepath.Join(lockDir, file), filepath.Join(dir, file)); err != nil {
				return err
			}
		}
		args := []string{"ci", "--no-audit", "--no-fund", "--ignore-scripts"}
		if !full {
			args = append(args, "--omit=optional")
		}
		cmd := exec.CommandContext(ctx, "npm", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("npm ci in %s: %w\n%s", lockDir, err, out)
		}
		return nil
	})
}

// install runs fill in a new folder and puts it at name when it succeeded;
// several processes may try at once. It answers the folder's node_modules.
func install(ctx context.Context, name string, fill func(dir string) error) (string, error) {
	final := filepath.Join(work(), name)
	modules := filepath.Join(final, "node_modules")
	if err := os.MkdirAll(work(), 0o700); err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	lock, err := os.OpenFile(final+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	if _, err := os.Stat(modules); err == nil {
		return modules, nil
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	dir, err := TempDir("install-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := fill(dir); err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	if err := os.Rename(dir, final); err != nil {
		return "", fmt.Errorf("rig: %w", err)
	}
	return modules, nil
}

// linkTree makes to a copy of from whose files are hard links.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		if err := os.Link(path, target); !errors.Is(err, syscall.EXDEV) {
			return err
		}
		return copyFile(path, target)
	})
}
