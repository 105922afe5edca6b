package manifest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/config"
)

func TestDevelopmentFiles(t *testing.T) {
	m := &Manifest{Config: config.Default()}
	for _, r := range []string{"/_document", "/", "/index", "/blog/[slug]", "/api/a", "/404"} {
		m.Pages = append(m.Pages, Page{Route: r, Module: "pages" + r})
	}
	m.Pages = append(m.Pages, Page{Route: "/_app"}) // Onward's own: it has no file
	m.Config.Rewrites.AfterFiles = []config.Rewrite{{Destination: "/blog/:a"}}
	m.Config.Rewrites.AfterFiles[0].Source = "/b/:a"
	var pages struct {
		Sorted   []string                    `json:"sortedPages"`
		Rewrites map[string][]map[string]any `json:"__rewrites"`
		Home     []string                    `json:"/"`
		Index    []string                    `json:"/index"`
		Blog     []string                    `json:"/blog/[slug]"`
		Error    []string                    `json:"/_error"`
		App      []string                    `json:"/_app"`
		API      []string                    `json:"/api/a"`
	}
	if err := json.Unmarshal(DevelopmentPages(m), &pages); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		got  []string
		want string
	}{
		{"the home page", pages.Home, "static/chunks/pages/index.js"},
		{"a page called index", pages.Index, "static/chunks/pages/index/index.js"},
		{"a page with a param", pages.Blog, "static/chunks/pages/blog/[slug].js"},
		{"the error page, which every app has", pages.Error, "static/chunks/pages/_error.js"},
		{"the app, which comes with every document", pages.App, ""},
		{"an API route, which has no script", pages.API, ""},
		{"all routes, in order of precedence", pages.Sorted, "/ /404 /_app /_error /api/a /blog/[slug] /index"},
	} {
		if got := strings.Join(c.got, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	if list := pages.Rewrites["afterFiles"]; len(list) != 1 || list[0]["source"] != "/b/:a" {
		t.Errorf("rewrites %v", pages.Rewrites)
	}
	for name, want := range map[string]string{
		"_devPagesManifest.json":       `{"pages":["/","/404","/_document","/api/a","/blog/[slug]","/index"]}`,
		"_devMiddlewareManifest.json":  `[]`,
		"_clientMiddlewareManifest.js": `self.__MIDDLEWARE_MATCHERS=[];self.__MIDDLEWARE_MATCHERS_CB&&self.__MIDDLEWARE_MATCHERS_CB()`,
	} {
		if got := string(DevelopmentFiles(m)[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	m.Middleware = &Middleware{Matchers: []Matcher{{Regexp: "^/a$", Match: config.Match{Source: "/a"}}}}
	files := DevelopmentFiles(m)
	if got := string(files["_devMiddlewareManifest.json"]); got != `[{"regexp":"^/a$","originalSource":"/a"}]` {
		t.Errorf("matchers: %s", got)
	}
	if !strings.HasPrefix(string(files["_clientMiddlewareManifest.js"]), `self.__MIDDLEWARE_MATCHERS=[{"regexp":`) {
		t.Errorf("matchers of the router: %s", files["_clientMiddlewareManifest.js"])
	}
}
