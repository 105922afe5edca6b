package config

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/diag"
)

// testdata/env.json holds what @next/env 16.4.6 made of each set of files.
func TestLoadEnvAsRecorded(t *testing.T) {
	raw, err := os.ReadFile("testdata/env.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Mode string
		Environ    map[string]string
		Files, Env map[string]string
		Loaded     []string
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 30 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.Files {
				write(t, filepath.Join(dir, name), text)
			}
			var environ []string
			for k, v := range c.Environ {
				environ = append(environ, k+"="+v)
			}
			env, err := LoadEnv(dir, c.Mode, environ)
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(env.Set, c.Env) {
				t.Errorf("got  %q\nwant %q", env.Set, c.Env)
			}
			if !slices.Equal(env.Files, c.Loaded) {
				t.Errorf("files %q, want %q", env.Files, c.Loaded)
			}
			for k, v := range c.Environ {
				if env.Vars[k] != v {
					t.Errorf("%s of the process is %q, want %q", k, env.Vars[k], v)
				}
			}
		})
	}
}

// The reference overflows its stack here and drops the whole file; one variable
// is enough.
func TestLoadEnvCycle(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".env"), "A=$A\nB=${C}x\nC=${B}\nD=$D$D$D\nE=1\n")
	env, err := LoadEnv(dir, Production, nil)
	if err != nil {
		t.Fatal(err)
	}
	if env.Set["E"] != "1" || len(env.Warnings) == 0 || !strings.Contains(env.Warnings[0].Text, "A refers to itself") {
		t.Errorf("set %v, warnings %v", env.Set, env.Warnings)
	}
	if _, ok := env.Set["A"]; ok {
		t.Error("A is set")
	}
}

func TestLoadEnvUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		// root reads everything; a file that is too long fails for root too.
		dir := t.TempDir()
		write(t, filepath.Join(dir, ".env"), "")
		if err := os.Truncate(filepath.Join(dir, ".env"), maxEnvFile+1); err != nil {
			t.Fatal(err)
		}
		_, err := LoadEnv(dir, Production, nil)
		wantMessage(t, err, "cannot read .env", "hint")
		return
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".env"), "A=1")
	if err := os.Chmod(filepath.Join(dir, ".env"), 0); err != nil {
		t.Fatal(err)
	}
	_, err := LoadEnv(dir, Production, nil)
	wantMessage(t, err, "cannot read .env", "hint")
}

func TestMode(t *testing.T) {
	if m := Mode([]string{"NODE_ENV=development"}, false); m != Production {
		t.Error(m)
	}
	if m := Mode(nil, true); m != Development {
		t.Error(m)
	}
	if m := Mode([]string{"A=1", "NODE_ENV=test"}, true); m != Test {
		t.Error(m)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// wantMessage checks that err is a diag message whose text has part; "hint" asks
// for a hint.
func wantMessage(t *testing.T, err error, part, hint string) {
	t.Helper()
	var m *diag.Message
	if !errors.As(err, &m) {
		t.Fatalf("got %v (%T), want a message", err, err)
	}
	if !strings.Contains(m.Text, part) || hint == "hint" && m.Hint == "" {
		t.Errorf("got %q (hint %q), want %q", m.Text, m.Hint, part)
	}
}

func FuzzDotenv(f *testing.F) {
	for _, s := range []string{"A=1\nB=$A", "A=\"x\\\"", "export A: `q`#", "A=${B:-$C}\nC=$A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range parseDotenv(text) {
			if p.key == "" {
				t.Fatal("empty key")
			}
			expand(p.value, func(string) string { return p.value }, func(string) string { return p.value })
		}
	})
}
