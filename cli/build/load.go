package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
)

// Config reads the configuration of the project in dir, as a build does, in a
// phase such as "phase-info". What the config file prints goes to out.
func Config(ctx context.Context, dir string, environ []string, phase string, out io.Writer) (*config.Config, []*diag.Message, error) {
	p := &Project{ProjectOptions: ProjectOptions{Dir: dir, Environ: environ, Phase: phase, Console: func(_, text string) {
		fmt.Fprintln(out, strings.TrimRight(text, "\n"))
	}}}
	if err := p.ReadEnv(); err != nil {
		return nil, nil, err
	}
	warnings, err := p.ReadConfig(ctx)
	return p.Config, warnings, err
}

// load reads the environment and the configuration.
func (b *build) load(ctx context.Context) error {
	b.Project = &Project{ProjectOptions: ProjectOptions{
		Dir: b.Dir, Environ: b.Environ, Phase: config.PhaseBuild, Set: b.Set, Console: b.console,
	}}
	if err := b.ReadEnv(); err != nil {
		return err
	}
	b.warn(b.Env.Warnings)
	b.warn(config.CheckProject(b.Dir, b.Environ, false))
	if len(b.Env.Files) > 0 {
		b.progress.line("- Environments: %s", strings.Join(b.Env.Files, ", "))
	}
	phase := time.Now()
	warnings, err := b.ReadConfig(ctx)
	if err != nil {
		return err
	}
	if b.Config.File != "" {
		b.progress.line("%s Running %s took %dms", b.progress.paint("32", "✓"), filepath.Base(b.Config.File), time.Since(phase).Milliseconds())
	}
	if b.AllErrors {
		b.Config.PrerenderEarlyExit = false
	}
	b.printExperiments()
	b.warn(warnings)
	b.timing("config", phase)
	b.id = manifest.BuildID(b.Config)
	warnings, err = b.CheckRules()
	b.warn(warnings)
	return err
}

// printExperiments tells which experimental options are set.
func (b *build) printExperiments() {
	if len(b.Config.Experiments) == 0 {
		return
	}
	b.progress.line("- Experiments (use with caution):")
	for _, e := range b.Config.Experiments {
		if e.Unknown {
			b.progress.line("  ? %s (invalid experimental key)", e.Name)
			continue
		}
		switch value := string(e.Value); value {
		case "true":
			b.progress.line("  ✓ %s", e.Name)
		case "false":
			b.progress.line("  ⨯ %s", e.Name)
		default:
			if len(value) > 60 {
				value = strings.ToValidUTF8(value[:60], "") + "…"
			}
			b.progress.line("  · %s: %s", e.Name, value)
		}
	}
}

// scan finds the routes.
func (b *build) scan() error {
	warnings, err := b.Scan()
	b.warn(warnings)
	if err != nil {
		return err
	}
	b.Pages, err = only(b.Pages, b.Only)
	return err
}

// only keeps the pages whose files globs choose, and the special ones.
func only(pages []route.Page, globs []string) ([]route.Page, error) {
	if len(globs) == 0 {
		return pages, nil
	}
	var include, exclude []*regexp.Regexp
	for _, g := range globs {
		g, out := strings.CutPrefix(strings.TrimSpace(g), "!")
		g = strings.TrimPrefix(strings.TrimPrefix(path.Clean(filepath.ToSlash(g)), "./"), "src/")
		if g == "." {
			continue
		}
		if out {
			exclude = append(exclude, globPattern(g))
		} else {
			include = append(include, globPattern(g))
		}
	}
	matches := func(list []*regexp.Regexp, name string) bool {
		return slices.ContainsFunc(list, func(re *regexp.Regexp) bool { return re.MatchString(name) })
	}
	var kept []route.Page
	chosen := false
	for _, p := range pages {
		name := strings.TrimPrefix(p.File, "src/")
		switch {
		case p.Special():
			kept = append(kept, p)
		case (len(include) == 0 || matches(include, name)) && !matches(exclude, name):
			kept = append(kept, p)
			chosen = true
		}
	}
	if !chosen {
		return nil, diag.Errorf("build-paths", "--debug-build-paths leaves no page: nothing matches %s", strings.Join(globs, ",")).
			WithHint(`name files as they lie in the project, for example "pages/blog/**,!pages/blog/[slug].tsx"`)
	}
	return kept, nil
}

// globPattern makes a regular expression of a glob for whole file names: "*"
// matches within a folder, "**" across folders. Brackets are literal, since
// dynamic pages have them in their names.
func globPattern(glob string) *regexp.Regexp {
	var b strings.Builder
	b.WriteByte('^')
	for glob != "" {
		switch {
		case strings.HasPrefix(glob, "**/"):
			b.WriteString(`(?:.*/)?`)
			glob = glob[3:]
		case strings.HasPrefix(glob, "**"):
			b.WriteString(`.*`)
			glob = glob[2:]
		case glob[0] == '*':
			b.WriteString(`[^/]*`)
			glob = glob[1:]
		case glob[0] == '?':
			b.WriteString(`[^/]`)
			glob = glob[1:]
		default:
			i := strings.IndexAny(glob, "*?")
			if i < 0 {
				i = len(glob)
			}
			b.WriteString(regexp.QuoteMeta(glob[:i]))
			glob = glob[i:]
		}
	}
	b.WriteByte('$')
	return regexp.MustCompile(b.String())
}

// checkCache warns when a CI run has nothing of an earlier build to work with.
func (b *build) checkCache() {
	if ci := b.Env.Vars["CI"]; ci == "" || ci == "false" || ci == "0" {
		return
	}
	cache := path.Join(filepath.ToSlash(b.Config.DistDir), "cache")
	if _, err := os.Stat(filepath.Join(b.Dir, filepath.FromSlash(cache))); errors.Is(err, fs.ErrNotExist) {
		b.warn([]*diag.Message{{Severity: diag.Warning, Code: "no-cache", Text: "No build cache found in " + cache,
			Hint: "Keep that folder between CI runs to make builds faster."}})
	}
}

// printRules prints the routing rules of next.config.
func (b *build) printRules() {
	block := func(title string, n int, lines func(i int) [][2]string) {
		if n == 0 {
			return
		}
		fmt.Fprintln(b.Out, title)
		for i := range n {
			list := lines(i)
			for j, l := range list {
				mark := "├"
				switch j {
				case 0:
					mark = "┌"
				case len(list) - 1:
					mark = "└"
				}
				fmt.Fprintf(b.Out, "%s %s: %s\n", mark, l[0], l[1])
			}
		}
		fmt.Fprintln(b.Out)
	}
	c := b.Config
	block("Redirects", len(c.Redirects), func(i int) [][2]string {
		r := c.Redirects[i]
		last := [2]string{"statusCode", fmt.Sprint(r.StatusCode)}
		switch r.StatusCode {
		case 308:
			last = [2]string{"permanent", "true"}
		case 307:
			last = [2]string{"permanent", "false"}
		}
		return [][2]string{{"source", r.Source}, {"destination", r.Destination}, last}
	})
	rewrites := slices.Concat(c.Rewrites.BeforeFiles, c.Rewrites.AfterFiles, c.Rewrites.Fallback)
	block("Rewrites", len(rewrites), func(i int) [][2]string {
		return [][2]string{{"source", rewrites[i].Source}, {"destination", rewrites[i].Destination}}
	})
	block("Headers", len(c.Headers), func(i int) [][2]string {
		lines := [][2]string{{"source", c.Headers[i].Source}}
		for _, h := range c.Headers[i].Headers {
			lines = append(lines, [2]string{h.Key, h.Value})
		}
		return lines
	})
}
