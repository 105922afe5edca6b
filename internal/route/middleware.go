package route

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/onwardjs/onward/internal/diag"
)

// Middleware is the file whose function sees requests before pages do.
type Middleware struct {
	// File is a slash path relative to the project.
	File string
	// Proxy: it is called proxy, not middleware.
	Proxy bool
}

// Name is the name of its function, and of its file without ending.
func (m *Middleware) Name() string {
	if m.Proxy {
		return "proxy"
	}
	return "middleware"
}

// FindMiddleware looks for the middleware of a project: a file beside the pages
// folder with one of the page extensions. It returns nil when there is none, with a
// warning about one in the wrong folder, and a diag.Errors when there are two.
func FindMiddleware(project fs.FS, pageExtensions []string) (*Middleware, []*diag.Message, error) {
	s := scan{project: project, extensions: pageExtensions}
	root, err := s.findPages()
	if err != nil {
		return nil, nil, err
	}
	var found []*Middleware
	for _, m := range []Middleware{{}, {Proxy: true}} {
		if m.File = s.sibling(path.Dir(root), m.Name()); m.File != "" {
			found = append(found, &m)
			continue
		}
		if file := s.rootFile(m.Name()); file != "" {
			s.warn(&diag.Message{
				Code: "misplaced-middleware", File: file,
				Text: fmt.Sprintf("%s is not run: it does not lie beside the folder %s", file, root),
				Hint: fmt.Sprintf("Move it to %s.", path.Join(path.Dir(root), path.Base(file))),
			})
		}
	}
	switch len(found) {
	case 0:
		return nil, s.warnings, nil
	case 1:
		return found[0], s.warnings, nil
	}
	m := diag.Errorf("middleware-conflict", "%s and %s are two names for the same thing", found[0].File, found[1].File).
		WithHint("Keep %s and remove the other.", found[1].File)
	m.File = found[0].File
	return nil, s.warnings, diag.Errors{m}
}

// sibling finds the file in dir that has the name and one of the page extensions.
func (s *scan) sibling(dir, name string) string {
	for _, ext := range s.extensions {
		if file := path.Join(dir, name+"."+ext); fs.ValidPath(file) && s.isFile(file) {
			return file
		}
	}
	return ""
}

// Deprecated is the warning about a name or runtime that Next.js gives up.
func (m *Middleware) Deprecated() *diag.Message {
	if m.Proxy {
		return nil
	}
	return &diag.Message{
		Severity: diag.Warning, Code: "middleware-name", File: m.File,
		Text: `the file name "middleware" is deprecated`,
		Hint: fmt.Sprintf("Rename the file to %s and its function to proxy; it does the same.", path.Join(path.Dir(m.File), "proxy"+path.Ext(m.File))),
	}
}
