package dev

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/cli/watch"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	files "github.com/onwardjs/onward/runtime"
)

// settings remembers what the files hold that are read once, at start: a change of
// their content makes everything anew.
type settings struct {
	mu sync.Mutex
	// env are names in the project, others absolute paths.
	env, others []string
	content     map[string]uint64
}

var seed = maphash.MakeSeed()

// settingNames are such files in the project's folder, beside next.config and .env.
var settingNames = []string{
	"package.json", "tsconfig.json", "jsconfig.json", ".babelrc", ".babelrc.json", ".babelrc.js", "babel.config.js", "babel.config.json",
	"babel.config.cjs", "babel.config.mjs", ".postcssrc", ".postcssrc.json", ".postcssrc.js", "postcss.config.js", "postcss.config.cjs",
	"postcss.config.mjs", "postcss.config.ts", "postcss.config.json", "tailwind.config.js", "tailwind.config.cjs", "tailwind.config.mjs",
	"tailwind.config.ts", ".browserslistrc", "next-i18next.config.js", "next-i18next.config.mjs", "next-i18next.config.cjs", "next-i18next.config.ts",
	"node_modules/.package-lock.json", "node_modules/.modules.yaml", "node_modules/.yarn-integrity", "node_modules/.yarn-state.yml",
}

// read notes the content of the files that count for a project.
func (c *settings) read(dir string, p *build.Project) {
	c.mu.Lock()
	defer c.mu.Unlock()
	mode := config.Development
	if p.Env != nil && p.Env.Vars["NODE_ENV"] == config.Test {
		mode = config.Test
	}
	c.env = []string{".env." + mode + ".local", ".env.local", ".env." + mode, ".env"}
	c.others = slices.Clone(settingNames)
	for _, ext := range []string{"js", "mjs", "cjs", "ts", "mts", "cts"} {
		c.others = append(c.others, "next.config."+ext)
	}
	if p.Config != nil {
		c.others = append(c.others, p.Config.File, p.Config.TypeScript.TsconfigPath)
	}
	c.content = map[string]uint64{}
	for _, list := range [][]string{c.env, c.others} {
		for i, name := range list {
			if name == "" {
				continue
			}
			list[i] = filepath.Join(dir, filepath.FromSlash(name))
			c.content[list[i]] = contentOf(list[i])
		}
	}
}

// accept takes what a file holds now for what it has always held: we wrote it.
func (c *settings) accept(file string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.content[file]; ok {
		c.content[file] = contentOf(file)
	}
}

// contentOf tells contents of files apart; 0: there is none.
func contentOf(file string) uint64 {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	return maphash.Bytes(seed, data) | 1
}

// changed says which of these files hold something else now.
func (c *settings) changed(batch watch.Batch) (env, others []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for file, before := range c.content {
		if !batch.All && !slices.Contains(batch.Files, file) {
			continue
		}
		if contentOf(file) == before {
			continue
		}
		if slices.Contains(c.env, file) {
			env = append(env, filepath.Base(file))
		} else {
			others = append(others, filepath.Base(file))
		}
	}
	slices.Sort(env)
	slices.Sort(others)
	return env, others
}

// update takes up changed files.
func (a *app) update(ctx context.Context, batch watch.Batch) {
	env, others := a.settings.changed(batch)
	s := a.site.Load()
	if s != nil {
		a.checkOutput(s.project.Config, batch)
	}
	switch {
	case len(others) > 0:
		fmt.Fprintf(a.journal, "%s Found a change in %s. Restarting the server to apply the changes...\n", a.journal.paint("33", "⚠"), strings.Join(others, ", "))
		began := time.Now()
		if a.restart(ctx, strings.Join(others, ", ")+" changed") {
			fmt.Fprintf(a.journal, "%s Ready in %s\n", a.journal.paint("32", "✓"), spell(time.Since(began)))
		}
	case len(env) > 0:
		if a.restart(ctx, strings.Join(env, ", ")+" changed") {
			fmt.Fprintf(a.journal, "  Reload env: %s\n", strings.Join(env, ", "))
		}
	case s == nil:
		// What the configuration imports may have been mended.
		a.restart(ctx, "the configuration is mended")
	default:
		s.update(ctx, batch)
	}
}

// checkOutput makes the output folder anew when it was deleted. Nothing in it is
// needed to go on.
func (a *app) checkOutput(c *config.Config, batch watch.Batch) {
	dist := filepath.Join(a.options.Dir, filepath.FromSlash(c.DistDir))
	if !batch.All && !slices.Contains(batch.Files, dist) {
		return
	}
	if _, err := os.Stat(dist); err == nil {
		return
	}
	m := diag.Errorf("output-gone", "the output folder %s was deleted while the server runs; it is made again", c.DistDir).
		WithHint("stop the server before you delete it")
	m.Severity = diag.Warning
	a.journal.report(m)
	a.lock.release()
	if err := a.takeLock(c); err != nil {
		a.journal.report(asMessage(err))
	}
	a.journal.open(a.out(c))
}

// restart reads everything anew. When that fails, what was there before goes on, and
// the reason is shown until it is mended.
func (a *app) restart(ctx context.Context, why string) (done bool) {
	p, err := a.read(ctx)
	if err == nil {
		err = a.open(p)
	}
	if err != nil {
		if ctx.Err() == nil {
			a.problems.setSetup(Problems(err, nil))
		}
		return false
	}
	a.reporter.Changed()
	a.reporter.Forget(a.problems.inFiles())
	a.problems.restarted()
	a.hub.restart(a.site.Load().changes.now(), why)
	return true
}

// serveProblems answers while there is no site: every page says why.
func (a *app) serveProblems(w http.ResponseWriter, r *http.Request) {
	if !newOrigins(nil, a.options.Hostname, a.journal.report).admit(w, r) {
		return
	}
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/_next/webpack-hmr"):
		a.hub.serve(w, r)
	case strings.HasSuffix(path, "/_next/static/chunks/dev.js"):
		script, err := files.Files.ReadFile("dist/dev.js")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/javascript; charset=UTF-8")
		w.Header().Set("Cache-Control", "no-cache, must-revalidate")
		_, _ = w.Write(script) // a browser that left needs nothing
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write(Document(a.problems.list(), "", 0))
	}
}
