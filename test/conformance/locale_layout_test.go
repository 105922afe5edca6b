package conformance

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// TestLocaleLayout looks at the output folder of an app with i18n (spec P236, P240).
// What it wants was read from a build of the reference.
func TestLocaleLayout(t *testing.T) {
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), "i18n"), onward)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Remove()
	built, err := app.Build(ctx, onward)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("P236 files", func(t *testing.T) {
		var got []string
		root := app.Path(".next", "server", "pages")
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && filepath.Ext(path) == ".html" {
				name, _ := filepath.Rel(root, path)
				got = append(got, filepath.ToSlash(name))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, locale := range []string{"en", "fr", "nl-BE", "nl-NL"} {
			want = append(want, locale+".html")
			for _, page := range []string{"404", "500", "about", "links", "shell/[slug]"} {
				want = append(want, locale+"/"+page+".html")
			}
		}
		want = append(want, "en/blocking/a.html", "en/gsp.html", "en/posts/a.html", "en/shell/a.html", "fr/gsp.html", "fr/posts/a.html",
			"fr/posts/string.html", "fr/posts/é b.html", "nl-NL/gsp.html")
		slices.Sort(want)
		slices.Sort(got)
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})

	t.Run("P236 pages manifest", func(t *testing.T) {
		var got map[string]string
		readJSON(t, &got, app.Path(".next", "server", "pages-manifest.json"))
		for key, want := range map[string]string{
			"/en": "pages/en.html", "/fr/about": "pages/fr/about.html", "/nl-BE/500": "pages/nl-BE/500.html", "/404": "pages/404.js",
			"/gsp": "pages/gsp.js", "/posts/[slug]": "pages/posts/[slug].js", "/about": "", "/": "",
		} {
			if got[key] != want {
				t.Errorf("%s is %q, want %q", key, got[key], want)
			}
		}
	})

	t.Run("P160 prerender manifest", func(t *testing.T) {
		var got struct {
			Routes map[string]struct {
				SrcRoute  *string `json:"srcRoute"`
				DataRoute string  `json:"dataRoute"`
			}
			NotFoundRoutes []string
		}
		readJSON(t, &got, app.Path(".next", "prerender-manifest.json"))
		want := []string{
			"/en/404", "/en/blocking/a", "/en/gsp", "/en/posts/a", "/en/posts/gone", "/en/shell/a", "/fr/404", "/fr/gsp", "/fr/posts/a",
			"/fr/posts/string", "/fr/posts/é b", "/nl-BE/404", "/nl-BE/gsp", "/nl-NL/404", "/nl-NL/gsp",
		}
		if keys := slices.Sorted(maps.Keys(got.Routes)); !slices.Equal(keys, want) {
			t.Errorf("routes %q", keys)
		}
		if !slices.Equal(got.NotFoundRoutes, []string{"/en/posts/gone", "/nl-BE/gsp"}) {
			t.Errorf("notFoundRoutes %q", got.NotFoundRoutes)
		}
		if r := got.Routes["/fr/posts/a"]; r.SrcRoute == nil || *r.SrcRoute != "/posts/[slug]" || !strings.HasSuffix(r.DataRoute, "/fr/posts/a.json") {
			t.Errorf("/fr/posts/a: %+v", r)
		}
	})

	t.Run("P240 table", func(t *testing.T) {
		for _, want := range []string{
			`(?m)^├ ● /gsp `, `(?m)^│ └ ● /en/blocking/a`, `(?m)^│ ├ ● /en/posts/a`, `(?m)^│ ├ ● /fr/posts/string`, `\[\+2 more paths\]`, `35/35`,
		} {
			if !regexp.MustCompile(want).MatchString(built.Output) {
				t.Errorf("%s is not in the build's output:\n%s", want, built.Output)
			}
		}
	})
}
