// Package rig sets up apps for tests and benchmarks: it copies an app out of
// the repository, gives it packages, builds it and runs it, under Onward or
// under the reference (next@16.4.6). Every app gets a folder and a free
// loopback port of its own, so that tests may run side by side.
package rig

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// NextVersion is the reference release.
const NextVersion = "16.4.6"

// Framework is one implementation under test.
type Framework struct {
	// Name is "next" or "onward".
	Name string
	// Command is the program with its leading arguments; "build" or "start"
	// and the rest follow. A relative program is looked up in the app.
	Command []string
	// full: it needs the optional packages too (compiler binaries).
	full bool
}

// Next is the reference. Node.js runs it straight, without npx, so that there is one
// process to measure and to stop.
func Next() Framework {
	return Framework{Name: "next", Command: []string{"node", "node_modules/next/dist/bin/next"}, full: true}
}

// Onward is the program that the variable ONWARD_BIN names, else bin/onward of
// the repository.
func Onward() (Framework, error) {
	bin := os.Getenv("ONWARD_BIN")
	if bin == "" {
		bin = filepath.Join(Repository(), "bin", "onward")
	}
	bin, err := filepath.Abs(bin)
	if err != nil {
		return Framework{}, fmt.Errorf("rig: %w", err)
	}
	if _, err := os.Stat(bin); err != nil {
		return Framework{}, fmt.Errorf("rig: no onward program at %s: run `make build`, or name one with ONWARD_BIN", bin)
	}
	return Framework{Name: "onward", Command: []string{bin}}, nil
}

// Repository is the root of the checkout that this test module belongs to.
func Repository() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("rig: built without file names")
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Apps is the folder of fixture apps.
func Apps() string { return filepath.Join(Repository(), "test", "apps") }

// App is an app in a folder of its own, ready to be built.
type App struct {
	Dir string
	// Env is added to the environment of its builds and servers.
	Env []string
	// Host is what its servers listen on; default "127.0.0.1". The reference
	// takes rewrites of a middleware for its own only under "localhost".
	Host string
}

// New copies the app at source to a new folder below the work folder and links
// packages into it. Packages come from the app's own package-lock.json, else
// from the one that the fixture apps share. The folder goes away with Remove.
func New(ctx context.Context, source string, f Framework) (*App, error) {
	lock := source
	if _, err := os.Stat(filepath.Join(source, "package-lock.json")); err != nil {
		lock = Apps()
	}
	modules, err := Packages(ctx, lock, f.full)
	if err != nil {
		return nil, err
	}
	dir, err := TempDir("app-")
	if err != nil {
		return nil, err
	}
	a := &App{Dir: dir, Env: []string{"NEXT_TELEMETRY_DISABLED=1", "COUNT_DIR=" + filepath.Join(dir, ".counts")}}
	err = errors.Join(
		os.Mkdir(filepath.Join(dir, ".counts"), 0o755),
		copyFile(filepath.Join(lock, "package.json"), filepath.Join(dir, "package.json")),
		copyTree(source, dir),
		linkTree(modules, filepath.Join(dir, "node_modules")),
	)
	if err != nil {
		a.Remove()
		return nil, fmt.Errorf("rig: copying %s: %w", source, err)
	}
	return a, nil
}

// Remove deletes the app's folder.
func (a *App) Remove() error { return os.RemoveAll(a.Dir) }

// Path names a file of the app.
func (a *App) Path(parts ...string) string {
	return filepath.Join(append([]string{a.Dir}, parts...)...)
}

// command is f run in the app's folder, with what stops it and its children.
func (a *App) command(ctx context.Context, f Framework, args ...string) *exec.Cmd {
	all := append(append([]string{}, f.Command...), args...)
	cmd := exec.CommandContext(ctx, all[0], all[1:]...)
	cmd.Dir = a.Dir
	cmd.Env = append(environment(), a.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// environment is the process's, without what would change what apps do.
func environment() []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		switch {
		case name == "NODE_ENV", name == "PORT", name == "HOSTNAME", name == "COUNT_DIR",
			strings.HasPrefix(name, "NEXT_"), strings.HasPrefix(name, "__NEXT"):
			continue
		}
		env = append(env, pair)
	}
	return env
}

// BuildResult is what a build cost.
type BuildResult struct {
	Output string
	Wall   time.Duration
	// PeakRSS in bytes of all its processes together, looked at every 20 ms.
	PeakRSS int64
}

// Build builds the app. A failed build is an error that holds its output.
func (a *App) Build(ctx context.Context, f Framework) (BuildResult, error) {
	cmd := a.command(ctx, f, "build")
	var out logBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return BuildResult{}, fmt.Errorf("rig: %s build: %w", f.Name, err)
	}
	peak := make(chan int64)
	done := make(chan struct{})
	go func() { peak <- watchRSS(cmd.Process.Pid, done) }()
	err := cmd.Wait()
	r := BuildResult{Output: out.String(), Wall: time.Since(start)}
	close(done)
	r.PeakRSS = <-peak
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.PeakRSS = max(r.PeakRSS, u.Maxrss*1024)
	}
	if err != nil {
		return r, fmt.Errorf("rig: %s build: %w\n%s", f.Name, err, r.Output)
	}
	return r, nil
}

// SetAside makes the app look as if it never had the folder or file, as a fresh
// checkout does. It is kept until Remove: deleting thousands of files just before
// a build makes file systems slow at creating new ones for a while.
func (a *App) SetAside(name string) error {
	aside, err := os.MkdirTemp(a.Dir, ".aside-")
	if err != nil {
		return err
	}
	err = os.Rename(a.Path(name), filepath.Join(aside, "old"))
	if errors.Is(err, fs.ErrNotExist) {
		return os.Remove(aside)
	}
	return err
}

// watchRSS is the largest memory that a process and its descendants had until done.
func watchRSS(root int, done <-chan struct{}) int64 {
	var peak int64
	for {
		if now, err := treeMemory(root, false); err == nil {
			peak = max(peak, now.RSS)
		}
		select {
		case <-done:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			if d.Name() == "node_modules" || d.Name() == ".next" {
				return filepath.SkipDir
			}
			return os.MkdirAll(target, 0o755)
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
