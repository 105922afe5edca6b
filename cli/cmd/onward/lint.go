package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// lintReport is what the app's linters said.
type lintReport struct {
	runs []lintRun
	// none says why there are no runs.
	none string
}

// lintRun is one linter's run.
type lintRun struct {
	name   string // as the user knows it: "eslint", "npm script lint"
	code   int
	output string
	// warned says that there is something to read though the exit code is 0.
	warned bool
	took   time.Duration
	err    error // it could not be run
}

// linter is one that `onward check` knows: its package, its program and how to run it
// over a whole project.
type linter struct {
	pkg, bin string
	args     []string
}

// linters that are looked for when the app has no script lint of its own.
var linters = []linter{
	{"eslint", "eslint", []string{".", "--ignore-pattern", ".next/**", "--ignore-pattern", "next-env.d.ts"}},
	{"@biomejs/biome", "biome", []string{"lint", "."}},
	{"oxlint", "oxlint", []string{"--ignore-pattern", ".next/**", "--ignore-pattern", "node_modules/**"}},
}

// lintPackage is the part of package.json that tells the linter.
type lintPackage struct {
	Scripts         map[string]string
	Dependencies    map[string]string
	DevDependencies map[string]string
}

// notOurs matches scripts that would not lint: Next.js has no command lint any more,
// and this one would call itself.
var notOurs = regexp.MustCompile(`\b(next|onward)\s+(lint|check)\b`)

// runLinters runs the script lint of package.json, or else each linter that is
// installed, with the app's own configuration.
func runLinters(ctx context.Context, dir string, environ []string, color bool) lintReport {
	var p lintPackage
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err == nil && json.Unmarshal(data, &p) != nil {
		return lintReport{none: "package.json is not valid JSON"}
	}
	bins := binFolders(dir)
	environ = lintEnviron(environ, bins, color)
	if script := strings.TrimSpace(p.Scripts["lint"]); script != "" && !notOurs.MatchString(script) {
		name, args := "sh", []string{"-c", script}
		if runtime.GOOS == "windows" {
			name, args = "cmd", []string{"/d", "/s", "/c", script}
		}
		return lintReport{runs: []lintRun{runLinter(ctx, dir, environ, "the script lint ("+script+")", name, args)}}
	}
	var report lintReport
	for _, l := range linters {
		if p.Dependencies[l.pkg] == "" && p.DevDependencies[l.pkg] == "" {
			continue
		}
		program := findProgram(bins, l.bin)
		if program == "" {
			report.runs = append(report.runs, lintRun{name: l.bin, err: errors.New("package.json names it, but it is not installed: run npm install")})
			continue
		}
		run := lintRun{name: l.bin, err: needsNode(program)}
		if run.err == nil {
			run = runLinter(ctx, dir, environ, l.bin, program, append(slices.Clone(l.args), moreArgs(dir, l)...))
		}
		report.runs = append(report.runs, run)
	}
	if len(report.runs) == 0 {
		report.none = "package.json names no linter: eslint, @biomejs/biome and oxlint are run when they are installed, or a script called lint"
	}
	return report
}

// moreArgs are arguments that depend on the linter's version: ESLint before 9 looks at
// .js files alone.
func moreArgs(dir string, l linter) []string {
	if major, _, _ := strings.Cut(packageVersion(dir, l.pkg), "."); l.bin == "eslint" && len(major) == 1 && major < "9" {
		return []string{"--ext", ".js,.jsx,.mjs,.cjs,.ts,.tsx"}
	}
	return nil
}

// binFolders are the folders with programs of packages, from dir upwards.
func binFolders(dir string) []string {
	var list []string
	for {
		bin := filepath.Join(dir, "node_modules", ".bin")
		if isDir(bin) {
			list = append(list, bin)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return list
		}
		dir = up
	}
}

// lintEnviron is the environment of a script, as package managers make it.
func lintEnviron(environ, bins []string, color bool) []string {
	list := slices.Clone(environ)
	at := slices.IndexFunc(list, func(v string) bool { return strings.HasPrefix(strings.ToUpper(v), "PATH=") })
	paths := strings.Join(bins, string(os.PathListSeparator))
	switch {
	case at < 0:
		list = append(list, "PATH="+paths)
	case paths != "":
		name, old, _ := strings.Cut(list[at], "=")
		list[at] = name + "=" + paths + string(os.PathListSeparator) + old
	}
	if color {
		list = append(list, "FORCE_COLOR=1")
	}
	return list
}

func findProgram(bins []string, name string) string {
	if runtime.GOOS == "windows" {
		name += ".cmd"
	}
	for _, bin := range bins {
		if program := filepath.Join(bin, name); isFile(program) {
			return program
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// needsNode says that a program is a script for Node.js, which is not there.
func needsNode(program string) error {
	f, err := os.Open(program)
	if err != nil {
		return err
	}
	defer f.Close()
	first, _ := bufio.NewReader(f).ReadSlice('\n')
	if !bytes.HasPrefix(first, []byte("#!")) || !bytes.Contains(first, []byte("node")) {
		return nil
	}
	if _, err := exec.LookPath("node"); err != nil {
		return errors.New("it is written for Node.js, which is not installed")
	}
	return nil
}

// mostLintOutput bounds what is kept of a linter's output.
const mostLintOutput = 1 << 20

// runLinter runs one program and keeps what it prints.
func runLinter(ctx context.Context, dir string, environ []string, shown, program string, args []string) lintRun {
	began := time.Now()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = dir, environ
	cmd.WaitDelay = 2 * time.Second // what a killed script has started holds its output open
	var out boundedBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	run := lintRun{name: shown, output: out.text(), took: time.Since(began)}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		run.code = exit.ExitCode()
	case err != nil:
		run.err = err
	}
	run.warned = strings.Contains(strings.ToLower(run.output), "warning")
	return run
}

// boundedBuffer keeps the beginning of what is written to it.
type boundedBuffer struct {
	kept bytes.Buffer
	more bool
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	room := mostLintOutput - b.kept.Len()
	if len(p) > room {
		b.more = true
		b.kept.Write(p[:room])
		return len(p), nil
	}
	return b.kept.Write(p)
}

func (b *boundedBuffer) text() string {
	text := strings.TrimRight(b.kept.String(), " \n\r\t")
	if b.more {
		text += "\n… (the rest was left out)"
	}
	return text
}
