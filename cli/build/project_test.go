package build

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onwardjs/onward/internal/config"
)

// readProject writes the files of a project and reads it.
func readProject(t *testing.T, phase string, files map[string]string) (*Project, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, _, err := ReadProject(t.Context(), ProjectOptions{Dir: dir, Phase: phase})
	return p, err
}

func TestReadProject(t *testing.T) {
	files := map[string]string{
		"next.config.js": `module.exports = (phase) => ({
			env: { PHASE: phase, NODE: process.env.NODE_ENV, OF: process.env.OF },
			exportPathMap: async (usual, { dev, outDir, buildId }) => ({
				"/about": { page: "/about" },
				"/posts/one": { page: "/posts/[slug]" },
				"/p/one": { page: "/about", query: { slug: "one", list: ["a", "b"], n: 1, told: ` + "`${dev} ${outDir} ${buildId} ${Object.keys(usual).length}`" + ` } },
			}),
		})`,
		".env.development": "OF=development", ".env.production": "OF=production",
		"pages/about.js": "", "pages/posts/[slug].js": "", "pages/api/a.js": "", "middleware.js": "", "instrumentation.js": "",
	}
	for _, c := range []struct {
		phase, of string
		rewrites  []string
	}{
		{config.PhaseDev, "development", []string{"/p/one → /about?list=a&list=b&n=1&slug=one&told=true+null+development+0"}},
		{config.PhaseBuild, "production", nil},
	} {
		t.Run(c.phase, func(t *testing.T) {
			p, err := readProject(t, c.phase, files)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"PHASE": c.phase, "NODE": c.of, "OF": c.of} {
				if got := p.Config.Env[name]; got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if len(p.Pages) != 3 || p.Middleware == nil || p.Hooks != "instrumentation.js" {
				t.Errorf("scanned %+v, %+v, %q", p.Pages, p.Middleware, p.Hooks)
			}
			var rewrites []string
			for _, r := range p.Config.Rewrites.BeforeFiles {
				rewrites = append(rewrites, r.Source+" → "+r.Destination)
			}
			if len(rewrites) != len(c.rewrites) || len(rewrites) > 0 && rewrites[0] != c.rewrites[0] {
				t.Errorf("rewrites %q, want %q", rewrites, c.rewrites)
			}
		})
	}
}

// What has been read before a mistake is there: a server that waits for the mistake
// to be mended has to know what to watch.
func TestReadProjectWithMistakes(t *testing.T) {
	p, err := readProject(t, config.PhaseDev, map[string]string{"next.config.js": "throw new Error('no')", ".env": "A=1"})
	if err == nil || p == nil || p.Env.Vars["A"] != "1" || p.Config != nil {
		t.Errorf("got %+v, %v", p, err)
	}
	p, err = readProject(t, config.PhaseDev, map[string]string{"next.config.js": "module.exports = { redirects: () => [{ source: 'x' }] }"})
	if err == nil || p == nil {
		t.Errorf("got %+v, %v", p, err)
	}
}
