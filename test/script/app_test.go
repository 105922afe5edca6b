package script

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/onwardjs/onward/test/rig"
)

// builtApp writes the files of an app into a folder of its own and builds it.
func builtApp(t *testing.T, files map[string]string) (*rig.App, rig.Framework) {
	t.Helper()
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	source := t.TempDir()
	for name, text := range files {
		path := filepath.Join(source, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	app, err := rig.New(t.Context(), source, onward)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Remove() })
	if _, err := app.Build(t.Context(), onward); err != nil {
		t.Fatal(err)
	}
	return app, onward
}
