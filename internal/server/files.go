package server

import (
	"container/list"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/route"
)

const (
	staticPrefix = "/_next/static/"
	// keepFile is the size up to which a file is kept in memory, and keepFiles what
	// all of them may take.
	keepFile  = 512 << 10
	keepFiles = 24 << 20
	// recheck is how long a file in memory is believed to be as on disk.
	recheck = time.Second
)

var (
	immutable    = []string{"public, max-age=31536000, immutable"}
	publicMaxAge = []string{"public, max-age=0"}
	rangeUnit    = []string{"bytes"}
)

// files is a folder whose small files are kept in memory, the least recently used
// going first.
type files struct {
	root *os.Root

	mu    sync.Mutex
	kept  map[string]*list.Element // of *asset
	order *list.List               // most recent first
	used  int64
}

// asset is one file.
type asset struct {
	name string
	// body is nil for a file too large to keep.
	body     *cache.Body
	size     int64
	modified time.Time
	// Header values, shared by all responses.
	etag, lastModified, kind, length []string
	packable                         bool
	checked                          atomic.Int64 // Unix nanoseconds
}

func newFiles(root *os.Root) *files {
	return &files{root: root, kept: map[string]*list.Element{}, order: list.New()}
}

// get returns a file, from memory when it is there and has not changed.
// fs.ErrNotExist means that no regular file has this name.
func (f *files) get(name string) (*asset, error) {
	now := time.Now().UnixNano()
	f.mu.Lock()
	if at := f.kept[name]; at != nil {
		if f.order.Front() != at {
			f.order.MoveToFront(at)
		}
		f.mu.Unlock()
		a := at.Value.(*asset)
		checked := a.checked.Load()
		if now-checked < int64(recheck) || !a.checked.CompareAndSwap(checked, now) {
			return a, nil
		}
		if info, err := f.root.Stat(name); err == nil && info.Size() == a.size && info.ModTime().Equal(a.modified) {
			return a, nil
		}
	} else {
		f.mu.Unlock()
	}
	return f.load(name, now)
}

func (f *files) load(name string, now int64) (*asset, error) {
	file, err := f.root.Open(name)
	if err != nil {
		f.forget(name)
		return nil, notThere(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	a := newAsset(name, info)
	a.checked.Store(now)
	if a.size > keepFile {
		f.forget(name)
		return a, nil
	}
	b := make([]byte, a.size)
	if _, err := io.ReadFull(file, b); err != nil {
		return nil, err // it shrank under our hands
	}
	a.body = cache.NewBody(b)
	f.keep(a)
	return a, nil
}

// notThere makes every way of not being a file of the folder the same error.
func notThere(err error) error {
	var path *fs.PathError
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG) ||
		errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ELOOP) {
		return fs.ErrNotExist
	}
	// os.Root has no exported error for names that lead out of it.
	if errors.As(err, &path) && strings.Contains(path.Err.Error(), "escapes") {
		return fs.ErrNotExist
	}
	return err
}

func newAsset(name string, info fs.FileInfo) *asset {
	kind := typeOf(name)
	a := &asset{
		name: name, size: info.Size(), modified: info.ModTime(), kind: []string{kind},
		length:       []string{strconv.FormatInt(info.Size(), 10)},
		lastModified: []string{info.ModTime().UTC().Format(http.TimeFormat)},
	}
	tag := append(make([]byte, 0, 32), `W/"`...)
	tag = strconv.AppendInt(tag, a.size, 16)
	tag = append(tag, '-')
	tag = strconv.AppendInt(tag, a.modified.UnixMilli(), 16)
	a.etag = []string{string(append(tag, '"'))}
	media, _, _ := strings.Cut(kind, ";")
	a.packable = compressibleType(media)
	return a
}

// weight counts a file with the compressed forms that it may grow.
func (a *asset) weight() int64 { return a.size + a.size/2 + 1024 }

func (f *files) keep(a *asset) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at := f.kept[a.name]; at != nil {
		f.drop(at)
	}
	f.kept[a.name] = f.order.PushFront(a)
	f.used += a.weight()
	for f.used > keepFiles {
		f.drop(f.order.Back())
	}
}

func (f *files) forget(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at := f.kept[name]; at != nil {
		f.drop(at)
	}
}

func (f *files) drop(at *list.Element) {
	a := at.Value.(*asset)
	f.order.Remove(at)
	delete(f.kept, a.name)
	f.used -= a.weight()
}

// read returns the bytes of a file without keeping it.
func (f *files) read(name string) ([]byte, error) { return f.root.ReadFile(name) }

// file answers with files of public/ and _next/static.
func (s *Server) file(q *request) (bool, error) {
	m := &q.match
	if m.Form == route.Data && !s.routing.normal {
		return false, nil
	}
	if s.live != nil {
		return s.liveFile(q)
	}
	if len(m.RawPath) > len(staticPrefix) && m.RawPath[:len(staticPrefix)] == staticPrefix {
		name, ok := m.FilePath()
		if !ok {
			return false, nil
		}
		a, err := s.distFiles.get(name[len("/_next/"):])
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		return true, s.sendFile(q, s.distFiles, a, immutable)
	}
	if s.public == nil {
		return false, nil
	}
	path, ok := m.FilePath()
	if !ok {
		return false, nil
	}
	name, ok := s.public[path]
	if !ok {
		return false, nil
	}
	a, err := s.publicFiles.get(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // removed since the build
	}
	if err != nil {
		return false, err
	}
	return true, s.sendFile(q, s.publicFiles, a, publicMaxAge)
}

// sendFile writes a file or the part of it that was asked for (RFC 9110, sections
// 13 and 14).
func (s *Server) sendFile(q *request, f *files, a *asset, lifetime []string) error {
	r, h := q.r, q.w.Header()
	if !reads(r.Method) {
		return errFileMethod
	}
	// What headers() has set stays, for assets too.
	if h["Cache-Control"] == nil || f == s.distFiles && !q.ruled("Cache-Control") {
		h["Cache-Control"] = lifetime
	}
	h["Accept-Ranges"] = rangeUnit
	h["Last-Modified"] = a.lastModified
	etag := a.etag[0]
	switch {
	case q.ruled("Etag"):
		etag = h["Etag"][0]
	case s.manifest.Config.GenerateEtags:
		h["Etag"] = a.etag
	}
	if conditional(r.Header) {
		switch {
		case failsPrecondition(r.Header, a, etag):
			return s.fileProblem(q, http.StatusPreconditionFailed, a)
		case notModified(r.Header, a, etag):
			q.head(http.StatusNotModified)
			return nil
		}
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = a.kind
	}
	if asked := r.Header["Range"]; asked != nil && rangeApplies(r.Header, a, etag) {
		first, length, kind := parseRange(asked[0], a.size)
		switch kind {
		case rangeBeyond:
			h["Content-Range"] = []string{"bytes */" + a.length[0]}
			return s.fileProblem(q, http.StatusRequestedRangeNotSatisfiable, a)
		case rangePart:
			return s.sendPart(q, f, a, first, length)
		}
	}
	packable := a.packable && s.manifest.Config.Compress && !noTransform(h)
	if packable {
		addVary(h)
	}
	if a.body != nil {
		v := &a.body.Plain
		if packable && r.Method != http.MethodHead && a.size >= cache.Threshold {
			v = a.body.Variant(accepted(r.Header["Accept-Encoding"]))
		}
		s.write(q, http.StatusOK, v)
		return nil
	}
	return s.sendLarge(q, f, a, packable)
}

// sendLarge copies a file that is not kept, by sendfile where the system can.
func (s *Server) sendLarge(q *request, f *files, a *asset, packable bool) error {
	h := q.w.Header()
	file, err := f.root.Open(a.name)
	if err != nil {
		return err
	}
	defer file.Close()
	if packable && q.r.Method != http.MethodHead {
		if coding := acceptedLive(q.r.Header["Accept-Encoding"]); coding != cache.Identity {
			h["Content-Encoding"] = []string{coding.String()}
			q.head(http.StatusOK)
			w := newPacker(coding, q.w)
			defer w.release()
			if _, err := io.Copy(w, file); err == nil {
				_ = w.Close()
			}
			return nil
		}
	}
	h["Content-Length"] = a.length
	q.head(http.StatusOK)
	if q.r.Method != http.MethodHead {
		_, _ = io.CopyN(q.w, file, a.size)
	}
	return nil
}

func (s *Server) sendPart(q *request, f *files, a *asset, first, length int64) error {
	h := q.w.Header()
	if a.packable && s.manifest.Config.Compress {
		addVary(h)
	}
	b := append(make([]byte, 0, 48), "bytes "...)
	b = strconv.AppendInt(b, first, 10)
	b = strconv.AppendInt(append(b, '-'), first+length-1, 10)
	b = strconv.AppendInt(append(b, '/'), a.size, 10)
	h["Content-Range"] = []string{string(b)}
	h["Content-Length"] = []string{strconv.FormatInt(length, 10)}
	var source io.Reader
	if a.body == nil {
		file, err := f.root.Open(a.name)
		if err != nil {
			return err
		}
		defer file.Close()
		if _, err := file.Seek(first, io.SeekStart); err != nil {
			return err
		}
		source = file
	}
	q.head(http.StatusPartialContent)
	switch {
	case q.r.Method == http.MethodHead:
	case source != nil:
		_, _ = io.CopyN(q.w, source, length)
	default:
		_, _ = q.w.Write(a.body.Plain.Bytes[first : first+length])
	}
	return nil
}

// fileProblem answers with the error page, under the file's own type.
func (s *Server) fileProblem(q *request, status int, a *asset) error {
	h := q.w.Header()
	delete(h, "Etag")
	h["Cache-Control"] = noStore
	h["Content-Type"] = a.kind
	s.errorDocument(q, status, nil)
	return nil
}

func conditional(h http.Header) bool {
	return h["If-None-Match"] != nil || h["If-Modified-Since"] != nil || h["If-Match"] != nil || h["If-Unmodified-Since"] != nil
}

func failsPrecondition(h http.Header, a *asset, etag string) bool {
	if given := h["If-Match"]; given != nil {
		for part := range strings.SplitSeq(given[0], ",") {
			part = strings.Trim(part, " \t")
			if part == "*" || sameTag(part, etag) {
				return false
			}
		}
		return true
	}
	if given := h["If-Unmodified-Since"]; given != nil {
		t, err := http.ParseTime(given[0])
		return err == nil && a.modified.Truncate(time.Second).After(t)
	}
	return false
}

func sameTag(a, b string) bool { return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/") }

func notModified(h http.Header, a *asset, etag string) bool {
	if noCache(h) {
		return false
	}
	if given := h["If-None-Match"]; given != nil {
		for part := range strings.SplitSeq(given[0], ",") {
			part = strings.Trim(part, " \t")
			if part == "*" || sameTag(part, etag) {
				return true
			}
		}
		return false
	}
	given := h["If-Modified-Since"]
	if given == nil {
		return false
	}
	t, err := http.ParseTime(given[0])
	return err == nil && !a.modified.Truncate(time.Second).After(t)
}

// rangeApplies: If-Range is absent or names this very file.
func rangeApplies(h http.Header, a *asset, etag string) bool {
	given := h["If-Range"]
	if given == nil {
		return true
	}
	if strings.Contains(given[0], `"`) {
		return sameTag(given[0], etag)
	}
	t, err := http.ParseTime(given[0])
	return err == nil && !a.modified.Truncate(time.Second).After(t)
}

type rangeKind uint8

const (
	rangeAll    rangeKind = iota // no range, or one that is not understood
	rangePart                    // one part
	rangeBeyond                  // nothing of the file
)

// parseRange reads a Range header. Several ranges at once get the whole file, as
// does a unit that is not bytes; what is malformed lies beyond every file.
func parseRange(text string, size int64) (first, length int64, kind rangeKind) {
	text, ok := strings.CutPrefix(text, "bytes=")
	if !ok {
		return 0, 0, rangeAll
	}
	found := 0
	for part := range strings.SplitSeq(text, ",") {
		a, b, ok := strings.Cut(strings.Trim(part, " \t"), "-")
		if !ok {
			continue
		}
		from, errFrom := strconv.ParseUint(a, 10, 63)
		to, errTo := strconv.ParseUint(b, 10, 63)
		start, end := int64(from), int64(to)
		switch {
		case a == "" && errTo == nil: // the last bytes
			start, end = max(size-int64(to), 0), size-1
		case errFrom != nil, b != "" && errTo != nil:
			continue
		case b == "":
			end = size - 1
		}
		end = min(end, size-1)
		if start > end {
			continue
		}
		found++
		first, length = start, end-start+1
	}
	switch found {
	case 0:
		return 0, 0, rangeBeyond
	case 1:
		return first, length, rangePart
	}
	return 0, 0, rangeAll
}
