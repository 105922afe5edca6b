package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// toolFolders belong to programs, not to the app. Other hidden folders are watched:
// code generators write modules of the app into some.
var toolFolders = map[string]bool{
	"node_modules": true, ".git": true, ".hg": true, ".svn": true, ".jj": true, ".idea": true, ".vscode": true, ".vs": true, ".fleet": true,
	".zed": true, ".turbo": true, ".nx": true, ".yarn": true, ".pnpm-store": true, ".cache": true, ".parcel-cache": true, ".swc": true,
	".husky": true, ".vercel": true, ".netlify": true, ".terraform": true, ".serverless": true, ".nyc_output": true, ".next": true,
	".next-profiles": true, ".venv": true, ".docusaurus": true, ".storybook-static": true,
}

// installed are files in node_modules that package managers write when they are
// done.
var installed = map[string]bool{".package-lock.json": true, ".modules.yaml": true, ".yarn-integrity": true, ".yarn-state.yml": true}

// beside says whether a file is one that editors write beside the file they save.
func beside(name string) bool {
	switch {
	case name == "4913", name == ".DS_Store", strings.HasPrefix(name, ".#"), strings.HasSuffix(name, "~"):
		return true
	case len(name) > 1 && name[0] == '#' && name[len(name)-1] == '#':
		return true
	case strings.HasSuffix(name, "___jb_tmp___"), strings.HasSuffix(name, "___jb_old___"):
		return true
	}
	switch filepath.Ext(name) {
	case ".swp", ".swo", ".swx", ".swpx":
		return name[0] == '.'
	}
	return false
}

// maxDepth bounds how deep folders nest.
const maxDepth = 64

// tree is which folders are watched.
type tree struct {
	ignore  []string
	watched map[string]bool
	// links are symbolic links to folders within the tree: where they lead → where
	// they are.
	links map[string]string
}

func (t *tree) reset() {
	t.watched, t.links = map[string]bool{}, map[string]string{}
}

// ignored says whether a change of name, a file or a folder, matters to nobody.
func (t *tree) ignored(name string) bool {
	dir, base := filepath.Split(name)
	if filepath.Base(dir) == "node_modules" {
		return !installed[base]
	}
	return beside(base) || t.skips(name)
}

// skips says whether a folder is left out.
func (t *tree) skips(dir string) bool {
	if toolFolders[filepath.Base(dir)] {
		return true
	}
	for _, i := range t.ignore {
		if dir == i || strings.HasPrefix(dir, i+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// walk calls watch for dir and the folders below, and found for the files in them. It
// ends at the first error that says no more can be watched; folders that cannot be
// read are passed over.
func (t *tree) walk(dir string, watch func(string) error, found func(string)) error {
	if err := t.descend(dir, watch, found, 0); err != nil {
		return err
	}
	return nil
}

func (t *tree) descend(dir string, watch func(string) error, found func(string), depth int) error {
	if depth > maxDepth {
		return nil
	}
	t.watched[dir] = true
	// Watched first and read then, so that nothing that is written between is lost.
	if err := watch(dir); err != nil {
		if limit(err) {
			return err
		}
		delete(t.watched, dir)
		if depth == 0 {
			return err
		}
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			info, err := os.Stat(name)
			if err != nil {
				continue
			}
			if isDir = info.IsDir(); isDir {
				if err := t.follow(name, watch, found, depth); err != nil {
					return err
				}
				continue
			}
		}
		switch {
		case !isDir:
			if found != nil && !t.ignored(name) {
				found(name)
			}
		case e.Name() == "node_modules":
			// Itself only, for what package managers write there at the end.
			if err := watch(name); limit(err) {
				return err
			}
		case !t.skips(name):
			if err := t.descend(name, watch, found, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow watches where a link to a folder leads, unless that is watched anyway.
func (t *tree) follow(link string, watch func(string) error, found func(string), depth int) error {
	target, err := filepath.EvalSymlinks(link)
	if err != nil || t.skips(link) || t.skips(target) || t.watched[target] {
		return nil
	}
	for dir := link; ; dir = filepath.Dir(dir) {
		if dir == target {
			return nil // it leads to a folder around itself
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	t.links[target] = link
	if err := t.descend(target, watch, found, depth+1); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// spellings calls found with file, and with its name through a link.
func (t *tree) spellings(file string, found func(string)) {
	found(file)
	for target, link := range t.links {
		if rest, ok := strings.CutPrefix(file, target+string(filepath.Separator)); ok {
			found(filepath.Join(link, rest))
		}
	}
}

// remove forgets dir and what is below, and returns those folders.
func (t *tree) remove(dir string) []string {
	var list []string
	inside := dir + string(filepath.Separator)
	for d := range t.watched {
		if d == dir || strings.HasPrefix(d, inside) {
			list = append(list, d)
			delete(t.watched, d)
		}
	}
	for target, link := range t.links {
		if target == dir || link == dir || strings.HasPrefix(link, inside) {
			delete(t.links, target)
		}
	}
	return list
}
