//go:build unix

package node

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVersions(t *testing.T) {
	for version, want := range map[string]bool{
		"18.17.9": false, "18.18.0": true, "18.20.4": true, "19.0.0": true, "20.20.2": true, "24.1.0": true, "8.99.0": false,
		"22.0.0-nightly2024": true, "": false, "x.y.z": false, "20": false,
	} {
		if got := newEnough(version); got != want {
			t.Errorf("%q: %v", version, got)
		}
	}
}

func TestFind(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"missing": {"", "there is no `node` in PATH"},
		"old":     {"echo v16.20.2", `is "16.20.2"`},
		"broken":  {"exit 3", "exit status 3"},
		"garbage": {"echo what", `is "what"`},
		"good":    {"echo v20.1.0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("PATH", dir)
			if c.script != "" {
				if err := os.WriteFile(filepath.Join(dir, "node"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			p, err := Find(context.Background())
			switch {
			case c.want == "" && (err != nil || p.ID() != "node-20.1.0"):
				t.Errorf("got %+v, %v", p, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v", err)
			}
		})
	}
}
