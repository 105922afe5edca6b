package cache

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Disk is a Store of one file per entry, in a folder of one build. Files are
// written beside their place and renamed, so that a reader finds the old one or
// the new one, each with HTML and data of the same run.
type Disk struct {
	dir   string
	quota int64

	mu    sync.Mutex
	files map[string]file
	used  int64
	// indexed closes when what was on disk at start is counted.
	indexed chan struct{}
}

type file struct {
	size int64
	used time.Time
}

var _ Store = (*Disk)(nil)

// block is the least that a file takes on disk.
const block = 4096

// NewDisk opens the store of one build under dir, and removes there what other
// builds have left. quota bounds its bytes. The folder is made with the first
// entry, so a read-only disk costs nothing but persistence.
func NewDisk(dir, buildID string, quota int64) *Disk {
	d := &Disk{
		dir:     filepath.Join(dir, hash(buildID)),
		quota:   quota,
		files:   map[string]file{},
		indexed: make(chan struct{}),
	}
	go func() {
		defer close(d.indexed)
		d.prune(dir)
		d.index()
	}()
	return d
}

// prune removes the entries of other builds. Failing, they only take room.
func (d *Disk) prune(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != filepath.Base(d.dir) && len(e.Name()) == 2*sha256.Size {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// index counts the files that an earlier process has written.
func (d *Disk) index() {
	// Younger ones are being written now, by this process or one that is ending.
	abandoned := time.Now().Add(-time.Minute)
	_ = filepath.WalkDir(d.dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return nil
		}
		if strings.HasSuffix(p, temporary) {
			if info.ModTime().Before(abandoned) {
				_ = os.Remove(p)
			}
			return nil
		}
		d.mu.Lock()
		if _, known := d.files[e.Name()]; !known {
			d.account(e.Name(), info.Size(), info.ModTime())
		}
		d.mu.Unlock()
		return nil
	})
	d.evict()
}

const temporary = ".tmp"

// account notes a file; d.mu is held.
func (d *Disk) account(name string, size int64, used time.Time) {
	size = max(size, block)
	d.used += size - d.files[name].size
	d.files[name] = file{size, used}
}

// evict removes the files least recently used until the quota holds.
func (d *Disk) evict() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.used <= d.quota {
		return
	}
	all := make([]string, 0, len(d.files))
	for name := range d.files {
		all = append(all, name)
	}
	slices.SortFunc(all, func(a, b string) int { return d.files[a].used.Compare(d.files[b].used) })
	// A tenth below the quota, so that this is not done for every entry.
	for _, name := range all {
		if d.used <= d.quota-d.quota/10 {
			return
		}
		_ = os.Remove(d.path(name))
		d.used -= d.files[name].size
		delete(d.files, name)
	}
}

func (d *Disk) path(name string) string { return filepath.Join(d.dir, name[:2], name) }

// name of a key's file: a hash of its fields, each with its length in front.
func name(key Key) string {
	return hash(fmt.Sprintf("%d:%s%d:%s%d:%s", len(key.Route), key.Route, len(key.Path), key.Path, len(key.Locale), key.Locale))
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Get reads an entry. A file that is damaged or belongs to another key counts as
// none.
func (d *Disk) Get(_ context.Context, key Key) (*Entry, error) {
	name := name(key)
	b, err := os.ReadFile(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	e := decode(key, b)
	if e == nil {
		return nil, nil
	}
	d.mu.Lock()
	if f, known := d.files[name]; known {
		f.used = time.Now()
		d.files[name] = f
	}
	d.mu.Unlock()
	return e, nil
}

// Set writes an entry.
func (d *Disk) Set(_ context.Context, key Key, e *Entry) error {
	line, size, err := encodeHead(key, e)
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if size > d.quota {
		return nil
	}
	name := name(key)
	if err := d.write(d.path(name), line, e); err != nil {
		return fmt.Errorf("cache: %s is not kept on disk: %w", key.Path, err)
	}
	d.mu.Lock()
	d.account(name, size, time.Now())
	d.mu.Unlock()
	d.evict()
	return nil
}

func (d *Disk) write(path string, line []byte, e *Entry) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "*"+temporary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	_, _ = w.Write(line) // Flush reports
	for _, b := range []*Body{e.HTML, e.Data} {
		if b != nil {
			_, _ = w.Write(b.Plain.Bytes)
		}
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
