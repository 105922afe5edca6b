package manifest

import (
	"path"
	"path/filepath"
	"strings"
)

// ProjectModule names the module of a build that was compiled from a file of the
// project which packages require by its path when they run
// (next-i18next.config.js): file is that path, dir the project. False for files
// outside the project.
func ProjectModule(dir, file string) (name string, ok bool) {
	rel, err := filepath.Rel(dir, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	rel = filepath.ToSlash(rel)
	return "server/project/" + strings.TrimSuffix(rel, path.Ext(rel)) + ".js", true
}
