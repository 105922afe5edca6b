package build

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestPublishReplacesButKeepsTheCache(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".next/BUILD_ID"), "old")
	put(t, filepath.Join(dir, ".next/stale.js"), "old")
	put(t, filepath.Join(dir, ".next/cache/x"), "kept")
	o, err := newOutput(dir, ".next")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(o.staging, "BUILD_ID"), "new")
	if err := o.publish(false); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, filepath.Join(dir, ".next")), []string{"BUILD_ID", "cache"}; !slices.Equal(got, want) {
		t.Errorf(".next holds %v, want %v", got, want)
	}
	if got := names(t, dir); !slices.Equal(got, []string{".next"}) {
		t.Errorf("left beside the output: %v", got)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, ".next/BUILD_ID")); string(text) != "new" {
		t.Errorf("BUILD_ID is %q", text)
	}
}

func TestPublishKeepsOldFilesWithoutCleaning(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "out/a"), "old")
	put(t, filepath.Join(dir, "out/b"), "old")
	o, err := newOutput(dir, "out")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(o.staging, "a"), "new")
	if err := o.publish(true); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "out/a")); string(text) != "new" {
		t.Errorf("a is %q, want the new file", text)
	}
	if _, err := os.Stat(filepath.Join(dir, "out/b")); err != nil {
		t.Errorf("b is gone: %v", err)
	}
}

func TestDiscardLeavesTheOldOutput(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".next/BUILD_ID"), "old")
	o, err := newOutput(dir, ".next")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(o.staging, "BUILD_ID"), "half")
	o.discard()
	if got := names(t, dir); !slices.Equal(got, []string{".next"}) {
		t.Errorf("left behind: %v", got)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, ".next/BUILD_ID")); string(text) != "old" {
		t.Errorf("BUILD_ID is %q", text)
	}
}

func TestExchangeBySteps(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a/x"), "")
	put(t, filepath.Join(dir, "b/y"), "")
	if err := exchangeBySteps(filepath.Join(dir, "a"), filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, filepath.Join(dir, "a")); !slices.Equal(got, []string{"y"}) {
		t.Errorf("a holds %v", got)
	}
	if got := names(t, filepath.Join(dir, "b")); !slices.Equal(got, []string{"x"}) {
		t.Errorf("b holds %v", got)
	}
}

func TestOutputIsNotTheProject(t *testing.T) {
	_, err := newOutput(t.TempDir(), ".")
	var m *diag.Message
	if !errors.As(err, &m) || m.Hint == "" {
		t.Errorf("got %v, want a message with a hint", err)
	}
}

func TestAbandonedStagingIsRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "an [odd] *name")
	old, fresh := filepath.Join(dir, ".next-building-1"), filepath.Join(dir, ".next-building-2")
	put(t, filepath.Join(old, "x"), "")
	put(t, filepath.Join(fresh, "x"), "")
	long := time.Now().Add(-2 * abandonedAfter)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	o, err := newOutput(dir, ".next")
	if err != nil {
		t.Fatal(err)
	}
	o.discard()
	if got := names(t, dir); !slices.Equal(got, []string{".next-building-2"}) {
		t.Errorf("left: %v, want the fresh one only", got)
	}
}
