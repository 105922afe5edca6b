package compile

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// Modules of packages are compiled once for all starts, until something changes.
func TestLiveCache(t *testing.T) {
	f, first := newLiveFixture(t, &txtar.Archive{Files: []txtar.File{
		{Name: "pages/index.jsx", Data: []byte("import p from \"p\";\nimport Link from \"next/link\";\nexport default () => <Link>{p}</Link>;\n")},
		{Name: "node_modules/p/package.json", Data: []byte(`{"name": "p", "main": "index.js"}`)},
		{Name: "node_modules/p/index.js", Data: []byte("exports.a = require(\"./other\");\ntry { require(\"absent\") } catch {}\n")},
		{Name: "node_modules/p/other.js", Data: []byte("module.exports = require(\"./third\");\n")},
		{Name: "node_modules/p/third.js", Data: []byte("module.exports = 1;\n")},
		{Name: "node_modules/p/fourth.js", Data: []byte("module.exports = 4;\n")},
	}})
	first.Close()
	f.opt.CacheDir = filepath.Join(f.opt.OutDir, "cache")
	file := filepath.Join(f.opt.CacheDir, "modules-browser.bin")
	other := filepath.Join(f.dir, "node_modules", "p", "other.js")

	// start compiles the page and returns the code of the package's modules, and how
	// many were kept.
	start := func() (code map[string]string, kept int) {
		t.Helper()
		l, err := NewLive(f.opt)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := l.Need(context.Background(), Browser, "/"); err != nil {
			t.Fatal(err)
		}
		code = map[string]string{}
		for id, m := range l.graphs[Browser].modules {
			if m.get() == nil {
				continue
			}
			code[id] = m.get().code
			if name, state, ok := l.graphs[Browser].cacheName(m); ok && l.graphs[Browser].cache.get(name, state) != nil {
				kept++
			}
		}
		return code, kept
	}

	code, kept := start()
	if kept != 0 {
		t.Errorf("%d modules were kept before the first start", kept)
	}
	again, kept := start()
	// next/link, react/jsx-dev-runtime, other and third; index has an import that may be
	// found another time.
	if kept != 4 {
		t.Errorf("%d modules were kept, not 4", kept)
	}
	for id, text := range code {
		if again[id] != text {
			t.Errorf("%s is another module from the cache:\n%s\nnot\n%s", id, again[id], text)
		}
	}
	if err := os.WriteFile(other, []byte("module.exports = require(\"./fourth\") + 1;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	again, kept = start()
	if kept != 2 || again["node_modules/p/other.js"] == code["node_modules/p/other.js"] {
		t.Errorf("an edited module came from the cache (%d kept)", kept)
	}
	if _, kept = start(); kept != 4 {
		t.Errorf("%d modules were kept after the edit, not 4", kept)
	}

	// A damaged record ends the cache; a foreign head throws it away.
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-3] ^= 1
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, kept = start(); kept == 0 || kept > 3 {
		t.Errorf("%d modules were kept of a damaged cache", kept)
	}
	data[3] ^= 1
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, kept = start(); kept != 0 {
		t.Errorf("%d modules were kept of a foreign cache", kept)
	}
	if err := os.WriteFile(file, data[:20], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, kept = start(); kept != 0 {
		t.Errorf("%d modules were kept of half a head", kept)
	}
	if err := os.RemoveAll(f.opt.CacheDir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.opt.CacheDir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, kept := start(); kept != 0 || len(code) == 0 {
		t.Error("no modules without a place for the cache")
	}
}
