package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/cli/template"
	"github.com/onwardjs/onward/internal/diag"
)

// runNew starts a project: files of the template, packages, git.
func runNew(t *terminal, args []string) (int, error) {
	f := flagSet(t, "new", "<folder>", "Starts a project in a new folder: React with the pages folder, in TypeScript.")
	javascript := f.Bool("js", false, "in JavaScript")
	typescript := f.Bool("ts", false, "in TypeScript (the default)")
	noInstall := f.Bool("no-install", false, "do not install packages")
	noGit := f.Bool("no-git", false, "do not make it a git repository")
	chosen := managerFlags(f)
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "new")
	}
	if f.NArg() != 1 {
		return exitFailure, diag.Errorf("usage", "`onward new` takes one folder, got %s", count(f.NArg(), "argument")).
			WithHint("for instance: onward new my-app")
	}
	if *javascript && *typescript {
		return exitFailure, diag.Errorf("usage", "--js and --ts exclude each other").WithHint("leave one out")
	}
	manager, err := chosen(os.Getenv("npm_config_user_agent"))
	if err != nil {
		return exitFailure, err
	}
	dir, err := filepath.Abs(f.Arg(0))
	if err != nil {
		return exitFailure, err
	}
	name := filepath.Base(dir)
	if problem := nameProblem(name); problem != "" {
		return exitFailure, diag.Errorf("project-name", "%s cannot be the name of a project: %s", name, problem).
			WithHint("take a folder such as %s", suggestedName(name))
	}
	kept, err := prepareFolder(dir)
	if err != nil {
		return exitFailure, err
	}
	language := "TypeScript"
	if *javascript {
		language = "JavaScript"
	}
	fmt.Fprintf(t.out, "▲ Onward %s\n  Creating %s in %s (%s)\n", onward.Version, name, dir, language)
	if err := writeProject(dir, name, *javascript, kept); err != nil {
		return exitFailure, err
	}
	failed := false
	if !*noInstall {
		failed = !install(t, dir, manager)
	}
	if !*javascript {
		// An editor that opens the project knows next/* at once.
		if err := build.Types(context.Background(), dir, os.Environ(), io.Discard); err != nil {
			report(t, err)
		}
	}
	if !*noGit {
		startRepository(t, dir)
	}
	where := f.Arg(0)
	fmt.Fprintf(t.out, "%s %s is ready\n\n", mark(t, true), name)
	if where != "." {
		fmt.Fprintf(t.out, "  cd %s\n", where)
	}
	if *noInstall || failed {
		fmt.Fprintf(t.out, "  %s install\n", manager)
	}
	fmt.Fprint(t.out, "  onward dev\n\n")
	if failed {
		return exitFailure, nil
	}
	return exitOK, nil
}

// nameForm is what package.json allows as a name.
var nameForm = regexp.MustCompile(`^[a-z0-9~-][a-z0-9._~-]*$`)

// reserved names would hide something of Node.js or of this program.
var reserved = []string{"node_modules", "favicon.ico", "onward", "react", "react-dom", "next"}

// nameProblem says why a folder's name cannot be the project's; empty: it can.
func nameProblem(name string) string {
	switch {
	case name == "" || name == "." || name == string(filepath.Separator):
		return "it is empty"
	case len(name) > 214:
		return "it is longer than 214 characters"
	case strings.ToLower(name) != name:
		return "it has capital letters, which npm does not allow"
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_"):
		return "it begins with " + name[:1]
	case slices.Contains(reserved, name):
		return "it is the name of something else"
	case !nameForm.MatchString(name):
		return "npm allows small letters, digits, hyphens, dots and underscores"
	}
	return ""
}

// suggestedName makes a name out of one that is not allowed.
func suggestedName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String(), "-")
	if len(s) > 60 {
		s = strings.Trim(s[:60], "-")
	}
	if s == "" || slices.Contains(reserved, s) {
		return "my-app"
	}
	return s
}

// harmless are files that may lie in the folder of a new project: what git, editors
// and hosting sites put there.
var harmless = []string{".git", ".gitattributes", ".gitignore", ".github", ".gitlab-ci.yml", ".hg", ".hgignore", ".idea", ".vscode",
	".DS_Store", "Thumbs.db", ".editorconfig", ".nvmrc", ".node-version", ".tool-versions", "LICENSE", "LICENSE.md", "LICENSE.txt", "README.md", "docs"}

// prepareFolder makes the folder, which must be new or empty but for harmless files.
// It answers the names of those, which stay as they are.
func prepareFolder(dir string) (kept []string, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, diag.Errorf("project-folder", "%s cannot be the folder of a project: %v", dir, err).WithHint("take the name of a folder that does not exist")
	}
	var others []string
	for _, e := range entries {
		if slices.Contains(harmless, e.Name()) {
			kept = append(kept, e.Name())
		} else {
			others = append(others, e.Name())
		}
	}
	if len(others) > 0 {
		shown := others[:min(len(others), 8)]
		list := strings.Join(shown, ", ")
		if more := len(others) - len(shown); more > 0 {
			list += fmt.Sprintf(" and %d more", more)
		}
		return nil, diag.Errorf("project-folder", "the folder %s is not empty: %s", dir, list).
			WithHint("take a new folder, or move those files away")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, diag.Errorf("project-folder", "the folder of the project cannot be made: %v", err).
			WithHint("take a place that you may write to")
	}
	return kept, nil
}

// writeProject writes the files of the template, except those that are there.
func writeProject(dir, name string, javascript bool, kept []string) error {
	list, err := template.Files(name, javascript)
	if err != nil {
		return err
	}
	for _, file := range list {
		if slices.Contains(kept, file.Name) {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(file.Text), 0o644)
		}
		if err != nil {
			return diag.Errorf("project-folder", "the project cannot be written: %v", err).
				WithHint("the disk must have room, and you must be allowed to write to it")
		}
	}
	return nil
}

// managers are the programs that install packages.
var managers = []string{"npm", "pnpm", "yarn", "bun"}

// managerFlags adds --use-npm and so on. The function it returns gives the one to use:
// the flag's, else the one that has started this program, else npm.
func managerFlags(f *pflag.FlagSet) func(userAgent string) (string, error) {
	flags := map[string]*bool{}
	for _, m := range managers {
		flags[m] = f.Bool("use-"+m, false, "install packages with "+m)
	}
	return func(userAgent string) (string, error) {
		var given []string
		for _, m := range managers {
			if *flags[m] {
				given = append(given, m)
			}
		}
		switch len(given) {
		case 0:
		case 1:
			return given[0], nil
		default:
			return "", diag.Errorf("usage", "more than one package manager: --use-%s", strings.Join(given, ", --use-")).WithHint("leave one")
		}
		started, _, _ := strings.Cut(userAgent, "/")
		if slices.Contains(managers, started) {
			return started, nil
		}
		return "npm", nil
	}
}

// install installs the project's packages, and says whether that went well.
func install(t *terminal, dir, manager string) bool {
	program, err := exec.LookPath(manager)
	if err != nil {
		report(t, diag.Errorf("install", "packages are not installed: there is no program %s", manager).
			WithHint("install it (npm comes with Node.js), or choose another with --use-%s", strings.Join(managers, ", --use-")))
		return false
	}
	fmt.Fprintf(t.out, "  Installing packages with %s ...\n", manager)
	args := []string{"install"}
	if manager == "npm" {
		args = append(args, "--no-audit", "--no-fund", "--loglevel=error")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ADBLOCK=1", "DISABLE_OPENCOLLECTIVE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		text := strings.TrimSpace(string(out))
		if len(text) > 4000 {
			text = "…" + text[len(text)-4000:]
		}
		m := diag.Errorf("install", "packages are not installed: %s install failed (%v)", manager, err).
			WithHint("the project is there; run `%s install` in it when the reason is gone", manager)
		m.Detail = text
		report(t, m)
		return false
	}
	fmt.Fprintf(t.out, "%s Installed react and react-dom\n", mark(t, true))
	return true
}

// startRepository makes dir a git repository with one commit, unless it lies in one
// or there is no git. A commit needs a name and an address, which the user may not
// have set; then there is none.
func startRepository(t *terminal, dir string) {
	git, err := exec.LookPath("git")
	if err != nil {
		return
	}
	run := func(args ...string) error {
		cmd := exec.Command(git, args...)
		cmd.Dir = dir
		return cmd.Run()
	}
	if run("rev-parse", "--is-inside-work-tree") == nil {
		return
	}
	if run("init", "-q", "-b", "main") != nil && run("init", "-q") != nil {
		return
	}
	// A .gitignore that was there already may forget the packages.
	if run("check-ignore", "-q", "node_modules/") == nil && run("add", "-A") == nil && run("commit", "-q", "-m", "Start with onward new") == nil {
		fmt.Fprintf(t.out, "%s Made a git repository\n", mark(t, true))
		return
	}
	fmt.Fprintf(t.out, "%s Made a git repository, without a commit\n", mark(t, true))
}
