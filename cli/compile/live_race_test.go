package compile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Requests come while files change: every answer is whole, and the last one is new.
func TestLiveAtOnce(t *testing.T) {
	f, l := newLiveFixture(t, manyModules(60))
	ctx := context.Background()
	file := filepath.Join(f.dir, "components", "part3.tsx")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				for _, target := range []Target{Server, Browser} {
					if err := l.Need(ctx, target, "/"); err != nil {
						t.Error(err)
					}
				}
				if p := l.Page("/"); p == nil || len(p.Scripts) != 1 {
					t.Errorf("no page: %+v", p)
				}
				if file, err := l.File(ctx, pageChunk("/")); err != nil || file == nil {
					t.Errorf("no script: %v", err)
				}
				if code, err := l.ServerModule(l.Page("/").Module); err != nil || len(code) == 0 {
					t.Errorf("no module: %v", err)
				}
				l.Original("http://localhost/_next/"+pageChunk("/"), 40, 1)
			}
		})
	}
	for i := range 10 {
		if err := os.WriteFile(file, fmt.Appendf(text, "\nexport const edited = %d;\n", i), 0o644); err != nil {
			t.Fatal(err)
		}
		if c := l.Change(ctx, []string{file}); len(c.Problems) > 0 {
			t.Error(c.Problems)
		}
	}
	wg.Wait()
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if c := l.Change(ctx, []string{file}); len(c.Modules) != 1 || len(c.Forget) == 0 {
		t.Errorf("the last change is not told: %+v", c)
	}
}
