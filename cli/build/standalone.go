package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
)

// outputStandalone is the value of the option output for a folder that runs by
// itself.
const outputStandalone = "standalone"

// standaloneFolder is its name in the output folder.
const standaloneFolder = "standalone"

// standalone makes that folder: the build, the files that its traces name, and
// this program under the name "server", which serves the folder it lies in.
// public/ and static/ are left to be copied by the user, or served by a CDN.
func (b *build) standalone() error {
	base := filepath.Join(b.output.staging, standaloneFolder)
	if err := os.MkdirAll(base, 0o755); err != nil {
		return cannotWrite(err)
	}
	root, err := os.OpenRoot(base)
	if err != nil {
		return cannotWrite(err)
	}
	defer root.Close()
	app := "."
	if from := b.Config.TraceRoot; from != "" {
		// In a monorepo the app keeps its place below the root.
		rel, err := filepath.Rel(filepath.Join(b.Dir, filepath.FromSlash(from)), b.Dir)
		if err != nil || !filepath.IsLocal(rel) {
			m := diag.Errorf("trace-root", "outputFileTracingRoot %q is not a folder above the project", from).
				WithHint("name a folder that holds the project, such as path.join(__dirname, \"../..\")")
			m.File = b.Config.File
			return m
		}
		app = filepath.ToSlash(rel)
	}
	dist := path.Join(app, filepath.ToSlash(b.Config.DistDir))
	if err := b.copyBuild(root, dist); err != nil {
		return err
	}
	if err := b.copyTraced(root, app); err != nil {
		return err
	}
	for _, name := range []string{"package.json", ".env", ".env.production"} {
		from := filepath.Join(b.Dir, name)
		if _, err := os.Stat(from); err != nil {
			continue
		}
		if err := copyInto(root, from, path.Join(app, name)); err != nil {
			return err
		}
	}
	return b.writeServer(root, app)
}

// copyBuild copies the output without what a server does not read, or a CDN may.
func (b *build) copyBuild(root *os.Root, to string) error {
	skip := map[string]bool{"static": true, "cache": true, "dev": true, "types": true, standaloneFolder: true}
	entries, err := os.ReadDir(b.output.staging)
	if err != nil {
		return cannotWrite(err)
	}
	for _, e := range entries {
		from, target := filepath.Join(b.output.staging, e.Name()), path.Join(to, e.Name())
		switch {
		case skip[e.Name()]:
			continue
		case e.IsDir():
			err = copyTree(root, from, target)
		default:
			err = copyInto(root, from, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyTraced copies the files outside the build that its traces name, to the same
// places relative to the app.
func (b *build) copyTraced(root *os.Root, app string) error {
	done := map[string]bool{}
	return filepath.WalkDir(filepath.Join(b.output.staging, "server"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".nft.json") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return cannotWrite(err)
		}
		var t trace
		if err := json.Unmarshal(data, &t); err != nil {
			return fmt.Errorf("build: %s: %w", name, err)
		}
		inside, err := filepath.Rel(b.output.staging, filepath.Dir(name))
		if err != nil {
			return err
		}
		for _, f := range t.Files {
			full := filepath.Join(b.output.final, inside, filepath.FromSlash(f))
			if done[full] {
				continue
			}
			done[full] = true
			rel, err := filepath.Rel(b.Dir, full)
			if err != nil {
				continue
			}
			if within, err := filepath.Rel(b.output.final, full); err == nil && filepath.IsLocal(within) {
				continue // a part of the build
			}
			target := path.Join(app, filepath.ToSlash(rel))
			if !filepath.IsLocal(filepath.FromSlash(target)) {
				m := &diag.Message{Severity: diag.Warning, Code: "trace-outside", Text: fmt.Sprintf("%s is needed, but lies outside the project", filepath.ToSlash(rel)),
					Hint: "Set outputFileTracingRoot to the folder that holds both, usually the root of the monorepo."}
				b.warn([]*diag.Message{m})
				continue
			}
			if info, err := os.Stat(full); errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
				continue
			}
			if err := copyInto(root, full, target); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeServer puts this program into the folder, and a server.js for hosts that
// run `node server.js`.
func (b *build) writeServer(root *os.Root, app string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("build: this program cannot be found to copy it: %w", err)
	}
	program := path.Join(app, "server")
	if err := copyInto(root, self, program); err != nil {
		return err
	}
	if err := root.Chmod(filepath.FromSlash(program), 0o755); err != nil {
		return cannotWrite(err)
	}
	script := commonLauncher
	if b.isModule() {
		script = moduleLauncher
	}
	if err := root.WriteFile(filepath.FromSlash(path.Join(app, "server.js")), []byte(script), 0o644); err != nil {
		return cannotWrite(err)
	}
	return nil
}

// isModule says whether Node.js reads .js files of the project as ES modules.
func (b *build) isModule() bool {
	data, err := os.ReadFile(filepath.Join(b.Dir, "package.json"))
	var pkg struct {
		Type string `json:"type"`
	}
	return err == nil && json.Unmarshal(data, &pkg) == nil && pkg.Type == "module"
}

const commonLauncher = `// Starts the program "server" beside this file, which needs no Node.js.
const { spawn } = require("node:child_process");
const { join } = require("node:path");
const folder = __dirname;
` + launcher

const moduleLauncher = `// Starts the program "server" beside this file, which needs no Node.js.
import { spawn } from "node:child_process";
import { join } from "node:path";
const folder = import.meta.dirname;
` + launcher

const launcher = `
const server = spawn(join(folder, "server"), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("error", (error) => {
  console.error("the server cannot be started: " + error.message);
  process.exit(1);
});
server.on("exit", (code) => process.exit(code ?? 1));
`
