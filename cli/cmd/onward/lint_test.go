package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/diag"
)

// lintProject writes files; those below .bin are programs.
func lintProject(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLinters(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // the programs are shell scripts
	}
	const echo = "#!/bin/sh\necho \"$(basename $0) $*\"\n"
	cases := []struct {
		name  string
		files map[string]string
		want  string
		clean bool
	}{
		{"none", map[string]string{"package.json": `{}`}, "- Lint: package.json names no linter", true},
		{"no package.json", nil, "- Lint: package.json names no linter", true},
		{"broken package.json", map[string]string{"package.json": `{`}, "- Lint: package.json is not valid JSON", true},
		{"clean", map[string]string{"package.json": `{"devDependencies": {"eslint": "9"}}`, "node_modules/.bin/eslint": echo},
			"✓ Lint: eslint found nothing to complain about", true},
		{"findings", map[string]string{"package.json": `{"devDependencies": {"@biomejs/biome": "2"}}`, "node_modules/.bin/biome": echo + "exit 1"},
			"⨯ Lint: biome ended with exit code 1 |biome lint .", false},
		{"warnings", map[string]string{"package.json": `{"devDependencies": {"oxlint": "1"}}`, "node_modules/.bin/oxlint": "#!/bin/sh\necho 1 warning"},
			"✓ Lint: oxlint found nothing|1 warning", true},
		{"two", map[string]string{"package.json": `{"devDependencies": {"oxlint": "1"}, "dependencies": {"eslint": "9"}}`,
			"node_modules/.bin/oxlint": echo, "node_modules/.bin/eslint": echo + "exit 2"}, "eslint ended with exit code 2|✓ Lint: oxlint", false},
		{"old eslint", map[string]string{"package.json": `{"devDependencies": {"eslint": "8"}}`, "node_modules/eslint/package.json": `{"version": "8.57.1"}`,
			"node_modules/.bin/eslint": echo + "exit 1"}, "--ext .js,.jsx,.mjs,.cjs,.ts,.tsx", false},
		{"not installed", map[string]string{"package.json": `{"devDependencies": {"eslint": "9"}}`}, "⨯ Lint: eslint cannot run: package.json names it, but it is not installed", false},
		{"script", map[string]string{"package.json": `{"scripts": {"lint": "check-it --all && echo done && exit 3"}}`, "node_modules/.bin/check-it": echo},
			"the script lint (check-it --all && echo done && exit 3) ended with exit code 3|check-it --all\ndone", false},
		{"script that would call itself", map[string]string{"package.json": `{"scripts": {"lint": "onward check"}}`}, "- Lint: package.json names no linter", true},
		{"script of an old Next.js", map[string]string{"package.json": `{"scripts": {"lint": "next lint"}, "devDependencies": {"eslint": "9"}}`,
			"node_modules/.bin/eslint": echo}, "✓ Lint: eslint", true},
		{"much output", map[string]string{"package.json": `{"scripts": {"lint": "yes | head -c 3000000; exit 1"}}`}, "… (the rest was left out)", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := lintProject(t, c.files)
			var out strings.Builder
			clean := showLint(&terminal{out: &out, style: diag.Style{}}, runLinters(context.Background(), dir, os.Environ(), false))
			if clean != c.clean {
				t.Errorf("clean is %t", clean)
			}
			for want := range strings.SplitSeq(c.want, "|") {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%.2000s", want, out.String())
				}
			}
		})
	}
}

// TestLinterInFolderAbove is a package of a monorepo whose linter is installed at its
// root.
func TestLinterInFolderAbove(t *testing.T) {
	dir := lintProject(t, map[string]string{
		"node_modules/.bin/eslint": "#!/bin/sh\npwd; exit 1", "apps/web/package.json": `{"devDependencies": {"eslint": "9"}}`,
	})
	r := runLinters(context.Background(), filepath.Join(dir, "apps", "web"), os.Environ(), false)
	if len(r.runs) != 1 || !strings.HasSuffix(r.runs[0].output, "apps/web") || r.runs[0].code != 1 {
		t.Errorf("%+v", r)
	}
}

func TestLinterNeedsNode(t *testing.T) {
	dir := lintProject(t, map[string]string{
		"package.json": `{"devDependencies": {"eslint": "9"}}`, "node_modules/.bin/eslint": "#!/usr/bin/env node\n",
	})
	t.Setenv("PATH", "")
	r := runLinters(context.Background(), dir, os.Environ(), false)
	if len(r.runs) != 1 || r.runs[0].err == nil || !strings.Contains(r.runs[0].err.Error(), "Node.js") {
		t.Errorf("%+v", r)
	}
}
