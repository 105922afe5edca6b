package template

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		javascript bool
		want       []string
		wantNot    []string
	}{
		{false, []string{".gitignore", "README.md", "package.json", "tsconfig.json", "next.config.ts", "pages/_app.tsx", "pages/_document.tsx", "pages/index.tsx",
			"pages/api/hello.ts", "public/icon.svg", "styles/global.css", "styles/home.module.css"}, []string{".js", ".jsx", ".mjs"}},
		{true, []string{".gitignore", "README.md", "package.json", "jsconfig.json", "next.config.mjs", "pages/_app.jsx", "pages/_document.jsx", "pages/index.jsx",
			"pages/api/hello.js", "public/icon.svg", "styles/global.css", "styles/home.module.css"}, []string{".ts", ".tsx"}},
	} {
		list, err := Files("my-app", c.javascript)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range list {
			names = append(names, f.Name)
			if slices.Contains(c.wantNot, path.Ext(f.Name)) {
				t.Errorf("%s is in the wrong language", f.Name)
			}
			if strings.Contains(f.Text, "{{") && !strings.Contains(f.Text, "={{") {
				t.Errorf("%s has something to fill in", f.Name)
			}
			if f.Name == "package.json" {
				checkPackage(t, f.Text)
			}
		}
		for _, name := range c.want {
			if !slices.Contains(names, name) {
				t.Errorf("no %s in %s", name, strings.Join(names, ", "))
			}
		}
	}
}

// checkPackage: the versions are exact, and every dependency can be installed today.
func checkPackage(t *testing.T, text string) {
	t.Helper()
	var p struct {
		Name                          string
		Dependencies, DevDependencies map[string]string
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	if p.Name != "my-app" {
		t.Errorf("the name is %q", p.Name)
	}
	for _, list := range []map[string]string{p.Dependencies, p.DevDependencies} {
		for name, version := range list {
			if name == "onward" || name == "next" {
				t.Errorf("package.json asks for %s", name)
			}
			if strings.Trim(version, "0123456789.") != "" {
				t.Errorf("%s: %s is not exact", name, version)
			}
		}
	}
}
