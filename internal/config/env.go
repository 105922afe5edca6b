package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
)

// Modes of LoadEnv. They name the files to read and the default NODE_ENV.
const (
	Production  = "production"
	Development = "development"
	Test        = "test"
)

// Env is the environment of an app: the process's own with that of its .env files
// below it.
type Env struct {
	// Vars holds all variables, those of the process included.
	Vars map[string]string
	// Set holds what the files added: variables the process has not.
	Set map[string]string
	// Files are the names of the files read (".env.local", ".env"), the
	// strongest first.
	Files []string
	// Warnings about values that could not be expanded.
	Warnings []*diag.Message
}

// Mode is the mode of LoadEnv for a build or start (dev false) or dev: "test"
// when NODE_ENV says so.
func Mode(environ []string, dev bool) string {
	mode := Production
	if dev {
		mode = Development
	}
	for _, kv := range environ {
		if kv == "NODE_ENV=test" {
			mode = Test
		}
	}
	return mode
}

// LoadEnv reads the .env files of a project: .env.<mode>.local, .env.local (not in
// test mode), .env.<mode>, .env. A variable of environ (os.Environ()) always
// wins, even when empty; after that the first file that has it. Files that do not
// exist are passed over; one that cannot be read is an error.
//
// References in values are expanded file by file: they see the process's
// variables, the files before and their own file.
func LoadEnv(dir, mode string, environ []string) (*Env, error) {
	process := make(map[string]string, len(environ))
	for _, kv := range environ {
		// The first byte may be '=' on Windows ("=C:=C:\dir").
		if i := strings.IndexByte(kv[min(1, len(kv)):], '='); i >= 0 {
			process[kv[:i+1]] = kv[i+2:]
		}
	}
	env := &Env{Vars: maps.Clone(process), Set: map[string]string{}}
	names := []string{".env." + mode + ".local", ".env.local", ".env." + mode, ".env"}
	if mode == Test {
		names = slices.Delete(names, 1, 2)
	}
	// seen is what references see. It differs from env.Vars: it holds what each
	// file said after expansion, the process's own values expanded too.
	seen := maps.Clone(process)
	for _, name := range names {
		text, err := readEnvFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, diag.Errorf("env-unreadable", "cannot read %s: %v", name, unwrapPath(err)).
				WithHint("Make the file readable for the user that runs Onward, or remove it.")
		}
		env.Files = append(env.Files, name)
		pairs := parseDotenv(text)
		own := make(map[string]string, len(pairs))
		for _, p := range pairs {
			own[p.key] = p.value
		}
		for _, p := range pairs {
			raw := p.value
			if v, ok := seen[p.key]; ok {
				raw = v
			}
			value, ok := expand(raw, func(n string) string { return seen[n] }, func(n string) string { return own[n] })
			if !ok {
				env.Warnings = append(env.Warnings, &diag.Message{
					Severity: diag.Warning, Code: "env-cycle", File: name,
					Text: fmt.Sprintf("the value of %s refers to itself, directly or through other variables; it is left out", p.key),
					Hint: `Write "\$" for a dollar sign that starts no reference.`,
				})
				delete(own, p.key)
				continue
			}
			own[p.key] = value
		}
		for _, p := range pairs {
			value, ok := own[p.key]
			if !ok {
				continue
			}
			seen[p.key] = value
			if _, taken := env.Vars[p.key]; !taken {
				env.Vars[p.key], env.Set[p.key] = value, value
			}
		}
	}
	return env, nil
}

// Environ returns all variables as os.Environ does, sorted.
func (e *Env) Environ() []string {
	out := make([]string, 0, len(e.Vars))
	for k, v := range e.Vars {
		out = append(out, k+"="+v)
	}
	slices.Sort(out)
	return out
}

// maxEnvFile bounds a .env file; more is a mistake.
const maxEnvFile = 4 << 20

func readEnvFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	switch {
	case info.IsDir():
		return "", fs.ErrNotExist
	case info.Size() > maxEnvFile:
		return "", fmt.Errorf("it has %d bytes, more than %d", info.Size(), maxEnvFile)
	}
	b, err := os.ReadFile(path)
	return string(b), err
}

// unwrapPath drops the operation and absolute path that os errors repeat.
func unwrapPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
