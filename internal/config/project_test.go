package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckProject(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "node_modules/react/package.json"), "{}")
	write(t, filepath.Join(dir, "app/node_modules/react-dom/package.json"), "{}")
	tests := []struct {
		dir     string
		environ []string
		dev     bool
		want    []string
	}{
		{"app", nil, false, nil},
		{"app", []string{"NODE_ENV=production"}, false, nil},
		{"app", []string{"NODE_ENV=test"}, false, nil},
		{"app", []string{"NODE_ENV="}, false, nil},
		{"app", []string{"NODE_ENV=development"}, true, nil},
		{"app", []string{"NODE_ENV=development"}, false, []string{`"development" in the environment; this command is for "production"`}},
		{"app", []string{"NODE_ENV=production"}, true, []string{`this command is for "development"`}},
		{"app", []string{"NODE_ENV=staging"}, false, []string{`"staging" in the environment, which no package expects`}},
		{"app", []string{"NODE_OPTIONS=--max-old-space-size=4096 --no-deprecation"}, false, nil},
		{"app", []string{"NODE_OPTIONS=--require=./a.js --inspect-brk=0"}, false, []string{"where no Node.js runs: --require, --inspect-brk"}},
		{"", nil, false, []string{`"react-dom" is not installed`}},
	}
	for _, tt := range tests {
		got := CheckProject(filepath.Join(dir, tt.dir), tt.environ, tt.dev)
		if len(got) != len(tt.want) {
			t.Errorf("%+v: %v", tt, got)
			continue
		}
		for i, m := range got {
			if !strings.Contains(m.Text, tt.want[i]) || m.Hint == "" {
				t.Errorf("%+v: got %q", tt, m.Text)
			}
		}
	}
}
