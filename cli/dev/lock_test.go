package dev

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/diag"
)

func TestLock(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, ".next", "dev")
	info := lockInfo{PID: os.Getpid(), Port: 3000, Hostname: "localhost", AppURL: "http://localhost:3000", StartedAt: 1}
	first, err := takeLock(dir, out, info)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(out, "lock"))
	var told lockInfo
	if err != nil || json.Unmarshal(text, &told) != nil || told != info {
		t.Errorf("the file says %s (%v)", text, err)
	}
	_, err = takeLock(dir, out, info)
	m, ok := err.(*diag.Message)
	if !ok {
		t.Fatalf("a second lock: %v", err)
	}
	said := diag.Format(m, diag.Style{})
	for _, want := range []string{"Another onward dev server is already running.", info.AppURL, dir, ".next/dev/logs/next-development.log"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %s", want, said)
		}
	}
	first.release()
	if _, err := os.Stat(filepath.Join(out, "lock")); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	// What a process left that was killed.
	if err := os.WriteFile(filepath.Join(out, "lock"), []byte(`{"pid":1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := takeLock(dir, out, info)
	if err != nil {
		t.Fatal(err)
	}
	again.release()
}
