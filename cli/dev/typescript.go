package dev

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/internal/diag"
)

// prepareTypeScript writes for an app of TypeScript what its editor needs, and tells
// what it has changed.
func (a *app) prepareTypeScript(p *build.Project) {
	lines, err := p.PrepareTypeScript()
	if len(lines) > 0 {
		a.settings.accept(filepath.Join(p.Dir, filepath.FromSlash(cmp.Or(p.Config.TypeScript.TsconfigPath, "tsconfig.json"))))
	}
	for _, line := range lines {
		fmt.Fprintf(a.journal, "  %s\n", line)
	}
	var m *diag.Message
	if errors.As(err, &m) {
		// The app can be served all the same.
		warning := *m
		warning.Severity = diag.Warning
		a.journal.report(&warning)
	}
}
