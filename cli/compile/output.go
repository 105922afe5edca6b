package compile

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// output writes files below one folder with a few goroutines and remembers what
// it wrote. A path is written once; writing it again is ignored, because equal
// names mean equal (hashed) content.
type output struct {
	dir string
	// keep, when not nil, takes the files in place of the folder.
	keep  func(path string, data []byte)
	queue chan written
	done  sync.WaitGroup
	once  sync.Once

	mu    sync.Mutex
	files map[string]*File
	dirs  map[string]bool
	errs  []error
}

type written struct {
	file *File
	data []byte
}

func newOutput(dir string, workers int) *output {
	o := &output{
		dir:   dir,
		queue: make(chan written, 256),
		files: map[string]*File{},
		dirs:  map[string]bool{},
	}
	for range max(1, workers) {
		o.done.Go(o.work)
	}
	return o
}

// write queues data for path (relative, slashes). The caller must not change
// data afterwards.
func (o *output) write(path string, data []byte) {
	if o.keep != nil {
		o.keep(path, data)
		return
	}
	f := &File{Path: path, Size: len(data)}
	o.mu.Lock()
	if o.files[path] != nil {
		o.mu.Unlock()
		return
	}
	o.files[path] = f
	o.mu.Unlock()
	o.queue <- written{f, data}
}

func (o *output) work() {
	var z gzipSizer
	for w := range o.queue {
		if strings.HasPrefix(w.file.Path, "static/") && (strings.HasSuffix(w.file.Path, ".js") || strings.HasSuffix(w.file.Path, ".css")) {
			w.file.Gzip = z.size(w.data)
		}
		if err := o.store(w); err != nil {
			o.mu.Lock()
			o.errs = append(o.errs, err)
			o.mu.Unlock()
		}
	}
}

func (o *output) store(w written) error {
	full := filepath.Join(o.dir, filepath.FromSlash(w.file.Path))
	dir := filepath.Dir(full)
	o.mu.Lock()
	known := o.dirs[dir]
	o.mu.Unlock()
	if !known {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		o.mu.Lock()
		o.dirs[dir] = true
		o.mu.Unlock()
	}
	return os.WriteFile(full, w.data, 0o644)
}

func (o *output) stop() {
	if o.keep != nil {
		return
	}
	o.once.Do(func() { close(o.queue) })
	o.done.Wait()
}

// wait returns when everything queued is on disk.
func (o *output) wait() error {
	o.stop()
	return errors.Join(o.errs...)
}

func (o *output) list() []File {
	list := make([]File, 0, len(o.files))
	for _, f := range o.files {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// gzipSizer measures gzip sizes, reusing one compressor.
type gzipSizer struct {
	buf bytes.Buffer
	w   *gzip.Writer
}

func (z *gzipSizer) size(data []byte) int {
	z.buf.Reset()
	if z.w == nil {
		z.w = gzip.NewWriter(&z.buf)
	} else {
		z.w.Reset(&z.buf)
	}
	// Writing into a bytes.Buffer cannot fail.
	z.w.Write(data)
	z.w.Close()
	return z.buf.Len()
}
