package platformtest

import (
	"encoding/json"
	"os"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestLikeNode runs every snippet of testdata/cases.txtar in the engine and
// compares with what Node.js answered (testdata/record.mjs).
func TestLikeNode(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/cases.txtar")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string][]string
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	r := start(t, map[string]string{"HOME": "/home/x"})
	for _, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			want, ok := expected[f.Name]
			if !ok {
				t.Fatal("not recorded: run node testdata/record.mjs")
			}
			got := r.run(t, string(f.Data), nil)
			for i := range max(len(got), len(want)) {
				g, w := "(nothing)", "(nothing)"
				if i < len(got) {
					g = got[i]
				}
				if i < len(want) {
					w = want[i]
				}
				if g != w {
					t.Errorf("line %d\n got: %s\nwant: %s", i+1, g, w)
				}
			}
		})
	}
}
