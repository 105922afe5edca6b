package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// Read reads the build in an output folder. dir is shown in messages as it is.
// The error is a *diag.Message: there is no build, or it is damaged, or another
// version of Onward made it.
func Read(dir string) (*Manifest, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, noBuild(dir)
	}
	return ReadFS(os.DirFS(dir), dir)
}

// ReadFS is Read for an output folder in any file system; name stands for it in
// messages.
func ReadFS(output fs.FS, name string) (*Manifest, error) {
	b, err := fs.ReadFile(output, File)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := fs.Stat(output, "BUILD_ID"); err == nil {
			return nil, diag.Errorf("foreign-build", "the build in %s was not made by Onward: it has no %s", name, File).
				WithHint("Run `onward build`. It replaces the folder's content.")
		}
		return nil, noBuild(name)
	}
	if err != nil {
		return nil, damaged(name, "%s cannot be read: %v", File, err)
	}
	// The version first: another one may have other types.
	if !bytes.HasPrefix(b, versionPrefix) {
		var head struct {
			Version int `json:"version"`
		}
		if err := json.Unmarshal(b, &head); err != nil {
			return nil, damaged(name, "%s is no JSON: %v", File, err)
		}
		if head.Version != Version {
			return nil, diag.Errorf("build-version", "the build in %s has format %d, this version of Onward reads format %d", name, head.Version, Version).
				WithHint("Run `onward build` again with this version.")
		}
	}
	m := new(Manifest)
	if err := json.Unmarshal(b, m); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, damaged(name, "%s is no JSON: %v", File, err)
		}
		return nil, damaged(name, "%s is not as Onward writes it: %v", File, err)
	}
	if err := m.check(output); err != nil {
		return nil, damaged(name, "%v", err)
	}
	return m, nil
}

// versionPrefix is how Write begins the file; seeing it saves parsing it twice.
var versionPrefix = fmt.Appendf(nil, `{"version":%d,`, Version)

func noBuild(dir string) error {
	return diag.Errorf("no-build", "there is no production build in %s", dir).
		WithHint("Run `onward build` first; `onward start` serves what it made.")
}

func damaged(dir, format string, args ...any) error {
	return diag.Errorf("damaged-build", "the build in %s is damaged: %s", dir, fmt.Sprintf(format, args...)).
		WithHint("Run `onward build` again.")
}

// check looks for what serving takes for granted: patterns that parse, file names
// that stay inside the folder, pages' files that are there.
func (m *Manifest) check(output fs.FS) error {
	switch {
	case m.BuildID == "":
		return errors.New("it has no build id")
	case m.Config == nil:
		return errors.New("it has no configuration")
	case m.Runtime.Script == "":
		return errors.New("it names no runtime script")
	}
	routes := make([]string, len(m.Pages))
	for i := range m.Pages {
		routes[i] = m.Pages[i].Route
	}
	if _, err := route.NewTable(routes); err != nil {
		return err
	}
	// Every page's files are opened at some time; a build that was copied
	// halfway should say so now.
	there := folders{output, map[string]map[string]bool{}}
	files := []string{m.Runtime.Script, m.Runtime.NodeScript, m.Instrumentation}
	if m.Middleware != nil {
		files = append(files, m.Middleware.Module)
	}
	for i := range m.Pages {
		p := &m.Pages[i]
		files = append(files, p.HTML, p.FallbackHTML)
		for _, f := range p.Localized {
			files = append(files, f)
		}
		if p.Kind == SSG || p.Kind == SSR || p.Kind == API {
			files = append(files, p.Module)
		}
	}
	for _, p := range m.Prerendered {
		files = append(files, p.HTML, p.Data)
	}
	for _, f := range files {
		switch {
		case f == "":
		case !fs.ValidPath(f):
			return fmt.Errorf("the file name %q leads out of the folder", f)
		case !there.have(f):
			return fmt.Errorf("%s is missing", f)
		}
	}
	return nil
}

// folders tells which files there are. It lists folders, as a build has many
// files in few of them.
type folders struct {
	output fs.FS
	names  map[string]map[string]bool
}

func (f *folders) have(file string) bool {
	dir, name := path.Split(file)
	names, listed := f.names[dir]
	if !listed {
		entries, _ := fs.ReadDir(f.output, path.Clean(dir)) // what cannot be listed has nothing
		names = make(map[string]bool, len(entries))
		for _, e := range entries {
			names[e.Name()] = true
		}
		f.names[dir] = names
	}
	return names[name]
}
