package resolve

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// entry is what a name in a folder stands for, links followed.
type entry uint8

const (
	nothing entry = iota
	file
	directory
	linked // not looked at yet
)

// foldsCase says whether disks of this system usually find Card.tsx as card.tsx.
const foldsCase = runtime.GOOS == "darwin" || runtime.GOOS == "windows"

// listing is the names in a directory.
type listing struct {
	path string
	// names is nil when the directory cannot be listed or shall not be; each name is
	// then looked at by itself.
	names map[string]entry

	mu    sync.Mutex
	seen  map[string]entry  // names that were looked at one by one
	links map[string]string // where those lead that are links
	folds map[string]string // lower case → name
}

// read lists the directory. Links are looked at when they are asked for.
func (l *listing) read() error {
	f, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil && len(entries) == 0 {
		return err
	}
	l.names = make(map[string]entry, len(entries))
	for _, e := range entries {
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			l.names[e.Name()] = linked
		case e.IsDir():
			l.names[e.Name()] = directory
		default:
			l.names[e.Name()] = file
		}
	}
	return nil
}

// has says what name is in the directory.
func (l *listing) has(name string) entry {
	if l.names != nil {
		e, ok := l.names[name]
		if !ok && foldsCase {
			e = l.names[l.folded(name)]
		}
		if e != linked {
			return e
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e, _ := l.look(name)
	return e
}

// link is where name leads when it is a link, or "".
func (l *listing) link(name string) string {
	if l.names != nil && l.names[name] != linked {
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, target := l.look(name)
	return target
}

// look asks the disk about a name, once. l.mu is held.
func (l *listing) look(name string) (entry, string) {
	if e, ok := l.seen[name]; ok {
		return e, l.links[name]
	}
	if l.seen == nil {
		l.seen, l.links = map[string]entry{}, map[string]string{}
	}
	e, target := stat(filepath.Join(l.path, name))
	if l.seen[name] = e; target != "" {
		l.links[name] = target
	}
	return e, target
}

// refresh looks at a name again and says whether it stands for something else than
// before.
func (l *listing) refresh(name string) bool {
	is, target := stat(filepath.Join(l.path, name))
	was, looked := l.seen[name]
	if l.names != nil {
		if e, ok := l.names[name]; e != linked {
			was, looked = e, true
		} else if !looked {
			was, looked = linked, ok
		}
	}
	if looked && was == is && l.links[name] == target {
		return false
	}
	delete(l.seen, name)
	delete(l.links, name)
	l.folds = nil
	if l.names != nil {
		switch {
		case is == nothing:
			delete(l.names, name)
		case target != "":
			l.names[name] = linked
		default:
			l.names[name] = is
		}
	}
	return true
}

// stat says what is at path, and where it leads when it is a link.
func stat(path string) (entry, string) {
	info, err := os.Lstat(path)
	if err != nil {
		return nothing, ""
	}
	target := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return nothing, ""
		}
		if info, err = os.Lstat(target); err != nil {
			return nothing, ""
		}
	}
	if info.IsDir() {
		return directory, target
	}
	return file, target
}

// folded is the name in the directory that differs from name in letter case only,
// or "".
func (l *listing) folded(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.folds == nil {
		l.folds = make(map[string]string, len(l.names))
		for n := range l.names {
			l.folds[strings.ToLower(n)] = n
		}
	}
	if actual := l.folds[strings.ToLower(name)]; actual != name {
		return actual
	}
	return ""
}
