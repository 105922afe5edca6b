package dev

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/cli/watch"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

func TestChangesSince(t *testing.T) {
	var c changes
	if now, list := c.since(0); now != 1 || list == nil || len(list) > 0 {
		t.Errorf("at first: %d, %v", now, list)
	}
	c.add([]string{"a", "b"}) // 2
	c.add(nil)                // 3
	c.add([]string{"b", "c"}) // 4
	for _, x := range []struct {
		since uint64
		want  string
	}{{1, "[a b c]"}, {2, "[b c]"}, {3, "[b c]"}, {4, "[]"}, {9, "[]"}} {
		if now, list := c.since(x.since); now != 4 || list == nil || fmt.Sprint(list) != x.want {
			t.Errorf("since %d: %d, %v", x.since, now, list)
		}
	}
	for i := range 3000 {
		c.add([]string{fmt.Sprint(i)})
	}
	if _, list := c.since(1); list != nil {
		t.Errorf("what is long ago is not known any more, but %d modules were given", len(list))
	}
	if now, list := c.since(c.now() - 2); len(list) != 2 || now != 3004 {
		t.Errorf("the last two: %d, %v", now, list)
	}
}

func TestFacts(t *testing.T) {
	var f facts
	f.init()
	f.set("/a", 1, manifest.Page{Route: "/a"})
	f.collect("/a", "/out/a.js", 1, &render.PageFacts{Gsp: true})
	f.collect("/_app", "/out/_app.js", 1, &render.PageFacts{})
	if _, ok := f.known("/a", 2); ok {
		t.Error("a page is known as of a generation that was not there")
	}
	f.forget(2, []string{"/out/a.js"}, false)
	if _, ok := f.known("/a", 1); ok {
		t.Error("a page is known that has changed")
	}
	if f.collected("/a") != nil || f.collected("/_app") == nil {
		t.Error("what is forgotten is not what has changed")
	}
	// A Job that was under way when the change came.
	f.collect("/a", "/out/a.js", 1, &render.PageFacts{Gsp: true})
	if f.collected("/a") != nil {
		t.Error("facts of before the change are kept")
	}
	f.forget(3, nil, true)
	if f.collected("/_app") != nil {
		t.Error("facts are kept though the routes are others")
	}
}

func TestRoutingFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"pages/index.js", "pages/data.json", "pages/new.js", "src/pages/old.js"} {
		full := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{project: &build.Project{ProjectOptions: build.ProjectOptions{Dir: dir}, Config: config.Default(),
		Pages: []route.Page{{Route: "/", File: "pages/index.js"}, {Route: "/gone", File: "pages/gone.js"}}}}
	for name, want := range map[string]bool{
		"pages/index.js":         false, // edited
		"pages/new.js":           true,
		"pages/gone.js":          true,
		"pages/data.json":        false,
		"components/new.js":      false,
		"middleware.ts":          true,
		"src/proxy.js":           true,
		"instrumentation.js":     true,
		"lib/middleware.js":      false,
		"public/a.png":           true,
		"pages/never.module.css": false,
	} {
		if got := s.routing(filepath.Join(dir, filepath.FromSlash(name))); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestIsSocket(t *testing.T) {
	for _, c := range []struct {
		base, assets, path string
		want               bool
	}{
		{"", "", "/_next/webpack-hmr", true},
		{"", "", "/docs/_next/webpack-hmr", false},
		{"/docs", "/docs", "/docs/_next/webpack-hmr", true},
		{"", "https://cdn.example/x", "/x/_next/webpack-hmr", true},
		{"", "https://cdn.example", "/_next/webpack-hmr", true},
		{"", "", "/_next/webpack-hmr/", false},
	} {
		s := &site{project: &build.Project{Config: &config.Config{BasePath: c.base, AssetPrefix: c.assets}}}
		r := httptest.NewRequest("GET", c.path, nil)
		if s.isSocket(r) {
			t.Errorf("%s: a socket without an upgrade", c.path)
		}
		r.Header.Set("Upgrade", "websocket")
		if got := s.isSocket(r); got != c.want {
			t.Errorf("%s with %q, %q: %v", c.path, c.base, c.assets, got)
		}
	}
}

func TestSettingsThatChange(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		full := filepath.Join(dir, name)
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return full
	}
	write("next.config.mjs", "export default {}")
	write(".env", "A=1")
	var c settings
	c.read(dir, &build.Project{})
	for _, x := range []struct {
		name, text  string
		env, others string
	}{
		{"next.config.mjs", "export default {}", "[]", "[]"}, // saved without a change
		{"next.config.mjs", "export default {a: 1}", "[]", "[next.config.mjs]"},
		{".env", "A=2", "[.env]", "[]"},
		{".env.local", "A=3", "[.env.local]", "[]"},
		{".env.production", "A=3", "[]", "[]"},
		{"tsconfig.json", "{}", "[]", "[tsconfig.json]"},
		{"lib.js", "x", "[]", "[]"},
	} {
		file := write(x.name, x.text)
		env, others := c.changed(watch.Batch{Files: []string{file}})
		if fmt.Sprint(env) != x.env || fmt.Sprint(others) != x.others {
			t.Errorf("%s: %v, %v", x.name, env, others)
		}
		c.read(dir, &build.Project{})
	}
	if err := os.Remove(filepath.Join(dir, ".env")); err != nil {
		t.Fatal(err)
	}
	if env, _ := c.changed(watch.Batch{All: true}); !slices.Equal(env, []string{".env"}) {
		t.Errorf("after .env went: %v", env)
	}
}

func TestProblemsByOrigin(t *testing.T) {
	var told [][]Problem
	p := problems{tell: func(l []Problem) { told = append(told, l) }}
	last := func() string {
		var texts []string
		for _, one := range told[len(told)-1] {
			texts = append(texts, one.Text)
		}
		return strings.Join(texts, " ")
	}
	one := func(text string) []Problem {
		return Problems(diag.Errors{diag.Errorf("x", "%s", text)}, nil)
	}
	p.add(one("first"))
	p.add(one("first"))
	p.add(one("second"))
	p.setSetup(one("config"))
	if got := last(); got != "config first second" {
		t.Error(got)
	}
	p.setCompiled(one("second"))
	if got := last(); got != "config second" || !p.inCode() {
		t.Error(got)
	}
	p.setRoutes(one("routes"))
	if len(p.general()) != 2 || !p.inRoutes() {
		t.Errorf("%v", p.general())
	}
	p.restarted()
	if got := last(); got != "" || p.inCode() {
		t.Error(got)
	}
}

func TestUsers(t *testing.T) {
	var u users
	u.begin()
	if !u.enter() || u.leave() {
		t.Error("one who comes and goes ends it")
	}
	if !u.leave() {
		t.Error("the last one does not end it")
	}
	if u.enter() {
		t.Error("entered what has ended")
	}
}
