// Package template holds the files that `onward new` starts a project with: shared
// for every project, and typescript or javascript beside them.
package template

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed all:shared all:typescript all:javascript
var files embed.FS

// File is one file of a new project.
type File struct {
	// Name is its path in the project, with slashes.
	Name string
	Text string
}

// Files of a new project with that npm name, in JavaScript or TypeScript.
func Files(name string, javascript bool) ([]File, error) {
	language := "typescript"
	if javascript {
		language = "javascript"
	}
	var list []File
	for _, folder := range []string{"shared", language} {
		err := fs.WalkDir(files, folder, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, p)
			if err != nil {
				return err
			}
			target := strings.TrimPrefix(p, folder+"/")
			if path.Base(target) == "gitignore" { // under its own name it would hold in this repository, too
				target = path.Join(path.Dir(target), ".gitignore")
			}
			list = append(list, File{Name: target, Text: strings.ReplaceAll(string(text), "{{name}}", name)})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("template: %w", err)
		}
	}
	return list, nil
}
