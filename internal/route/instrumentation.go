package route

import (
	"io/fs"
	"path"
)

// FindInstrumentation looks for the app's instrumentation file: one of that name
// beside the pages folder. It returns a slash path relative to the project, empty
// when there is none.
func FindInstrumentation(project fs.FS, pageExtensions []string) (string, error) {
	s := scan{project: project, extensions: pageExtensions}
	root, err := s.findPages()
	if err != nil {
		return "", err
	}
	return s.sibling(path.Dir(root), "instrumentation"), nil
}
