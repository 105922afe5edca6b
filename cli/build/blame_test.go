package build

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onwardjs/onward/internal/diag"
)

func TestByteColumn(t *testing.T) {
	for _, tt := range []struct {
		line         string
		column, want int
	}{
		{"abc", 1, 1}, {"abc", 3, 3}, {"abc", 9, 4}, {"", 1, 1},
		{"é=b", 3, 4}, {"😀=b", 4, 6}, {"\xff=b", 3, 3},
	} {
		if got := byteColumn(tt.line, tt.column); got != tt.want {
			t.Errorf("%q, column %d: got %d, want %d", tt.line, tt.column, got, tt.want)
		}
	}
}

func TestBlame(t *testing.T) {
	dir := t.TempDir()
	staging := filepath.Join(dir, ".next-building-1")
	for name, text := range map[string]string{
		"pages/index.tsx": "one\n  é, bad()\n",
		".next-building-1/server/pages/index.js.map": `{"version":3,"sources":["pages/index.tsx","gone.ts"],"mappings":"AACK;CAAA;ACEA"}`,
	} {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b := newBlamer(dir, staging)
	module := filepath.ToSlash(staging) + "/server/pages/index.js"
	for _, tt := range []struct{ name, trace, want, detail string }{
		{"placed", "Error: x\n    at f (" + module + ":1:4)\n    at run (server/runtime.js:1:1)", "pages/index.tsx:2:7: x", "at f (pages/index.tsx:2:6)\n"},
		{"source is gone", "Error: x\n    at " + module + ":3:1", "gone.ts:4: x", "at gone.ts:4:6\n"},
		{"runtime only", "Error: x\n    at run (server/runtime.js:1:1)", "pages/page.js: x", ""},
		{"no stack", "", "pages/page.js: x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := b.blame(diag.Errorf("x", "x"), "pages/page.js", tt.trace)
			if m.Error() != tt.want || m.Detail != tt.detail {
				t.Errorf("got %q, detail %q; want %q, detail %q", m.Error(), m.Detail, tt.want, tt.detail)
			}
		})
	}
}
