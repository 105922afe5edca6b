package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// poll finds changes by looking at every file again.
type poll struct {
	dir      string
	ignore   []string
	interval time.Duration
	single   []string
	files    map[string]stamp
	again    time.Time
}

// stamp tells two states of a file apart.
type stamp struct {
	size     int64
	modified time.Time
	mode     fs.FileMode
}

func newPoll(dir string, ignore []string, interval time.Duration) *poll {
	p := &poll{dir: dir, ignore: ignore, interval: interval}
	p.files = p.list()
	p.again = time.Now().Add(interval)
	return p
}

func (p *poll) add(dir string) {
	p.single = append(p.single, dir)
	p.folder(dir, p.files)
}

// next is how long it is to the next look.
func (p *poll) next(now time.Time) time.Duration { return p.again.Sub(now) }

// look returns what changed since the last look.
func (p *poll) look() []string {
	began := time.Now()
	now := p.list()
	var changed []string
	for file, s := range now {
		if was, ok := p.files[file]; !ok || was != s {
			changed = append(changed, file)
		}
	}
	for file := range p.files {
		if _, ok := now[file]; !ok {
			changed = append(changed, file)
		}
	}
	p.files = now
	// A large tree on a slow disk must not keep a processor busy.
	ended := time.Now()
	p.again = ended.Add(max(p.interval, 10*ended.Sub(began)))
	return changed
}

func (p *poll) list() map[string]stamp {
	files := make(map[string]stamp, len(p.files))
	t := tree{ignore: p.ignore}
	t.reset()
	nothing := func(string) error { return nil }
	// What cannot be read has no files.
	_ = t.walk(p.dir, nothing, func(file string) {
		t.spellings(file, func(name string) { p.file(name, files) })
	})
	for name := range installed {
		p.file(filepath.Join(p.dir, "node_modules", name), files)
	}
	for _, dir := range p.single {
		p.folder(dir, files)
	}
	return files
}

func (p *poll) folder(dir string, files map[string]stamp) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() && !beside(e.Name()) {
			p.file(filepath.Join(dir, e.Name()), files)
		}
	}
}

func (p *poll) file(name string, files map[string]stamp) {
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		files[name] = stamp{info.Size(), info.ModTime(), info.Mode()}
	}
}
