package build

import (
	"os"
	"path/filepath"
	"testing"
)

// A snapshot that a process has not survived is not tried again.
func TestKeptSnapshot(t *testing.T) {
	dir, script := t.TempDir(), []byte("script")
	file := snapshotFile(dir, script)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	keep := func() {
		t.Helper()
		if err := os.WriteFile(file, []byte("frozen"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := KeptSnapshot(dir, script); got != nil {
		t.Errorf("there is none, and got %q", got)
	}
	keep()
	if got := KeptSnapshot(dir, []byte("another script")); got != nil {
		t.Errorf("that of another script: %q", got)
	}
	survived := trySnapshot(dir, script)
	survived()
	if got := KeptSnapshot(dir, script); string(got) != "frozen" {
		t.Errorf("after a good start: %q", got)
	}
	trySnapshot(dir, script) // and the process ends
	if got := KeptSnapshot(dir, script); got != nil {
		t.Errorf("after a start that failed: %q", got)
	}
	keep()
	if got := KeptSnapshot(dir, script); string(got) != "frozen" {
		t.Errorf("made anew: %q", got)
	}
}
