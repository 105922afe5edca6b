package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
)

// CheckProject looks at what surrounds a project before it is built or served:
// an unusual NODE_ENV, options for Node.js that have nobody to follow them, react
// and react-dom not installed. The messages are warnings and notes; dev tells
// whether the command is for development.
func CheckProject(dir string, environ []string, dev bool) []*diag.Message {
	var out []*diag.Message
	mode := Production
	if dev {
		mode = Development
	}
	for _, kv := range environ {
		if text, ok := strings.CutPrefix(kv, "NODE_OPTIONS="); ok {
			if m := nodeOptions(text); m != nil {
				out = append(out, m)
			}
		}
		env, ok := strings.CutPrefix(kv, "NODE_ENV=")
		if !ok || env == "" || env == mode || env == Test {
			continue
		}
		text := fmt.Sprintf("NODE_ENV is %q in the environment; this command is for %q", env, mode)
		if env != Production && env != Development {
			text = fmt.Sprintf("NODE_ENV is %q in the environment, which no package expects", env)
		}
		out = append(out, &diag.Message{
			Severity: diag.Warning, Code: "node-env", Text: text,
			Hint: "Leave NODE_ENV unset: Onward sets it. For settings of your own use another variable.",
		})
	}
	for _, name := range []string{"react", "react-dom"} {
		if !installed(dir, name) {
			out = append(out, &diag.Message{
				Severity: diag.Warning, Code: "package-missing",
				Text: fmt.Sprintf("the package %q is not installed", name),
				Hint: fmt.Sprintf("Run `npm install` in the project, or `npm install %s` if package.json does not list it.", name),
			})
		}
	}
	return out
}

// nodeOptions is a note on options of NODE_OPTIONS that load or attach something;
// those for memory and the like lose nothing. nil: there are none.
func nodeOptions(text string) *diag.Message {
	var lost []string
	for _, word := range strings.Fields(text) {
		name, _, _ := strings.Cut(word, "=")
		switch name {
		case "-r", "--require", "--import", "--loader", "--experimental-loader", "--env-file", "-C", "--conditions":
			lost = append(lost, name)
		default:
			if strings.HasPrefix(name, "--inspect") {
				lost = append(lost, name)
			}
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return &diag.Message{
		Severity: diag.Note, Code: "node-options",
		Text: fmt.Sprintf("NODE_OPTIONS has no effect where no Node.js runs: %s", strings.Join(lost, ", ")),
		Hint: "Import what is to be loaded in instrumentation.ts. Apps that need Node.js itself (--engine node) get the variable.",
	}
}

// installed looks for a package in the node_modules of dir and the folders above.
func installed(dir, name string) bool {
	at, err := filepath.Abs(dir)
	if err != nil {
		return true // nothing is known, so nothing is said
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "node_modules", name, "package.json")); err == nil {
			return true
		}
		up := filepath.Dir(at)
		if up == at {
			return false
		}
		at = up
	}
}
