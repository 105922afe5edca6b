// Package watch tells which files of a project change while it is developed. In: a
// folder, and folders outside of it that matter too. Out: batches of absolute paths,
// a few milliseconds after the last write. While nothing changes it costs nothing.
package watch

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/onwardjs/onward/internal/diag"
)

// Options of a Watcher. Dir is required.
type Options struct {
	// Dir is the project, an absolute path without symbolic links.
	Dir string
	// Ignore are absolute folders that are left out with all that is below them,
	// such as the output folder.
	Ignore []string
	// Poll makes the watcher look at every file at this interval instead of being
	// told by the system, for file systems that tell nothing (network shares,
	// virtual machines). Default 0: be told.
	Poll time.Duration
	// Warn hears why the watcher cannot do what it should; nil: nobody.
	Warn func(*diag.Message)
}

// Batch is what changed at about the same time.
type Batch struct {
	// Files changed, appeared or vanished; sorted, each once.
	Files []string
	// All: more may have changed than Files says. Folders vanished or came back,
	// or there was too much at once.
	All bool
}

const (
	// A batch ends when nothing has happened for quiet, and no later than most
	// after its first event.
	quiet = time.Millisecond
	most  = 20 * time.Millisecond
	// From many files on it is no longer somebody who saves a file but a checkout
	// or an installation, of which one batch is better than twenty.
	many      = 64
	manyQuiet = 40 * time.Millisecond
	manyMost  = 500 * time.Millisecond
	// emptyMost is how long a batch of no more than few files waits for those that are
	// empty to be written.
	emptyMost = 80 * time.Millisecond
	few       = 8
	// maxFiles bounds Batch.Files.
	maxFiles = 4096
	// returnInterval is how often a project folder that is gone is looked for.
	returnInterval = 300 * time.Millisecond
)

// Watcher watches until it is closed.
type Watcher struct {
	options Options
	batches chan Batch
	done    chan struct{}
	ended   sync.WaitGroup
	warned  sync.Once

	mu sync.Mutex
	// notify is nil while polling.
	notify *fsnotify.Watcher
	tree   tree
	// single are folders that Add named: watched without those below.
	single map[string]bool
	// gone: the project folder is not there.
	gone bool
	poll *poll
	// wake interrupts the loop when it has to take up something else than before.
	wake chan struct{}
}

// New begins to watch. The first batch tells of changes after New has returned.
func New(o Options) (*Watcher, error) {
	info, err := os.Stat(o.Dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &os.PathError{Op: "watch", Path: o.Dir, Err: syscall.ENOTDIR}
	}
	w := &Watcher{
		options: o,
		batches: make(chan Batch),
		done:    make(chan struct{}),
		wake:    make(chan struct{}, 1),
		single:  map[string]bool{},
	}
	w.tree.ignore = o.Ignore
	w.tree.reset()
	if o.Poll <= 0 {
		if w.notify, err = fsnotify.NewWatcher(); err != nil {
			w.warn(err)
		}
	}
	w.mu.Lock()
	if w.notify == nil {
		w.startPolling()
	} else if err := w.grow(o.Dir, nil); err != nil && w.poll == nil {
		w.warn(err)
		w.startPolling()
	}
	w.mu.Unlock()
	w.ended.Add(1)
	go w.loop()
	return w, nil
}

// Batches gives what changes. It is closed by Close. While nobody receives, changes
// gather in the next batch.
func (w *Watcher) Batches() <-chan Batch { return w.batches }

// Close ends watching.
func (w *Watcher) Close() error {
	close(w.done)
	w.ended.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.notify != nil {
		return w.notify.Close()
	}
	return nil
}

// Add watches folders outside the project as well, without those below them. Folders
// that are watched already, or do not exist, are passed over.
func (w *Watcher) Add(dirs []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, dir := range dirs {
		if w.single[dir] || w.tree.watched[dir] || w.tree.ignored(dir) {
			continue
		}
		if w.notify != nil {
			switch err := w.notify.Add(dir); {
			case limit(err):
				w.warn(err)
				w.startPolling()
				w.nudge()
			case err != nil:
				continue
			}
		}
		w.single[dir] = true
		if w.poll != nil {
			w.poll.add(dir)
		}
	}
}

// Ignore leaves a folder out from now on, with all that is below it. That the folder
// itself vanishes is told.
func (w *Watcher) Ignore(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.Contains(w.tree.ignore, dir) {
		return
	}
	w.tree.ignore = append(slices.Clone(w.tree.ignore), dir)
	w.lose(dir)
	if w.poll != nil {
		w.poll.ignore = w.tree.ignore
	}
}

// Poll has every file looked at at this interval from now on; see Options.Poll.
func (w *Watcher) Poll(interval time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.options.Poll == interval && w.poll != nil {
		return
	}
	w.options.Poll = interval
	w.startPolling()
	w.nudge()
}

// nudge makes the loop look at the watcher's state again.
func (w *Watcher) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func limit(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// warn tells once why files are polled from now on.
func (w *Watcher) warn(err error) {
	w.warned.Do(func() {
		if w.options.Warn == nil {
			return
		}
		m := diag.Errorf("watch", "changes of files cannot be watched (%v); every file is looked at once a second instead", err).
			WithHint("files change unnoticed for up to a second, and looking costs processor time")
		if runtime.GOOS == "linux" && limit(err) {
			name, value := "fs.inotify.max_user_watches", "524288"
			if !errors.Is(err, syscall.ENOSPC) {
				name, value = "fs.inotify.max_user_instances", "1024"
			}
			m = diag.Errorf("watch-limit", "the system's limit of watched folders is reached; every file is looked at once a second instead").
				WithHint("raise it with `sudo sysctl %s=%s`, then start again", name, value)
		}
		m.Severity = diag.Warning
		w.options.Warn(m)
	})
}

// loop gathers events into batches.
func (w *Watcher) loop() {
	defer w.ended.Done()
	defer close(w.batches)
	var p pending
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	for {
		w.mu.Lock()
		notify, polling, gone := w.notify, w.poll, w.gone
		w.mu.Unlock()
		var events chan fsnotify.Event
		var failures chan error
		if notify != nil {
			events, failures = notify.Events, notify.Errors
		}
		var out chan Batch
		var batch Batch
		now := time.Now()
		wait := time.Duration(-1)
		if !p.empty() {
			wait = p.due(now)
			if wait <= 0 && p.halfWritten(now) {
				wait = quiet
			}
			if wait <= 0 {
				out, wait, batch = w.batches, -1, p.batch()
			}
		}
		switch {
		case gone:
			wait = shorter(wait, returnInterval)
		case polling != nil:
			wait = shorter(wait, polling.next(now))
		}
		if wait >= 0 {
			timer.Reset(wait)
		}
		select {
		case <-w.done:
			return
		case <-w.wake:
		case event, open := <-events:
			if open {
				w.event(event, &p)
			}
		case err := <-failures:
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				p.all = true
				p.touch()
				w.again(&p)
			}
		case <-timer.C:
			switch {
			case gone:
				w.comeBack(&p)
			case polling != nil && polling.next(time.Now()) <= 0:
				w.look(polling, &p)
			}
		case out <- batch:
			p = pending{}
		}
		timer.Stop()
	}
}

// shorter is the shorter wait; negative: for ever.
func shorter(a, b time.Duration) time.Duration {
	b = max(b, 0)
	if a < 0 {
		return b
	}
	return min(a, b)
}

// event takes up one event of the system.
func (w *Watcher) event(e fsnotify.Event, p *pending) {
	name := filepath.Clean(e.Name)
	if e.Op == fsnotify.Chmod && runtime.GOOS != "linux" {
		return // indexers change attributes all the time there
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if name == w.options.Dir {
		if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
			w.lose(name)
			w.gone = true
			p.all = true
			p.touch()
		}
		return
	}
	if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		delete(w.single, name)
		if w.tree.watched[name] {
			w.lose(name)
			p.all = true
			p.touch()
			return
		}
	}
	if w.tree.ignored(name) {
		if slices.Contains(w.tree.ignore, name) && (e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)) {
			p.add(name)
		}
		if e.Has(fsnotify.Create) && filepath.Base(name) == "node_modules" && w.notify != nil {
			_ = w.notify.Add(name) // a first installation; without it the next start finds the packages
		}
		return
	}
	if e.Has(fsnotify.Create) {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			if w.single[filepath.Dir(name)] {
				return
			}
			w.grow(name, func(file string) { w.tree.spellings(file, p.add) })
			return
		}
	}
	if info, err := os.Lstat(name); err == nil && info.IsDir() {
		return // its attributes
	}
	w.tree.spellings(name, p.add)
}

// again looks at the whole tree after events were lost.
func (w *Watcher) again(p *pending) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.grow(w.options.Dir, nil); errors.Is(err, os.ErrNotExist) {
		w.lose(w.options.Dir)
		w.gone = true
	}
}

// comeBack looks for a project folder that was deleted.
func (w *Watcher) comeBack(p *pending) {
	if info, err := os.Stat(w.options.Dir); err != nil || !info.IsDir() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = false
	_ = w.grow(w.options.Dir, nil) // gone again: the next look
	p.all = true
	p.touch()
}

// lose forgets a folder that vanished, with those below.
func (w *Watcher) lose(dir string) {
	for _, d := range w.tree.remove(dir) {
		if w.notify != nil {
			_ = w.notify.Remove(d) // the system may have done so already
		}
	}
}

// grow watches dir and what is below; found, when not nil, is told the files that lie
// there already. Where no more can be watched, polling begins.
func (w *Watcher) grow(dir string, found func(file string)) error {
	if w.notify == nil {
		return nil
	}
	err := w.tree.walk(dir, w.notify.Add, found)
	if limit(err) {
		w.warn(err)
		w.startPolling()
	}
	return err
}

func (w *Watcher) startPolling() {
	if w.notify != nil {
		// Closing waits for its reader, which may wait for the loop.
		go w.notify.Close()
		w.notify = nil
	}
	interval := w.options.Poll
	if interval <= 0 {
		interval = time.Second
	}
	w.poll = newPoll(w.options.Dir, w.tree.ignore, interval)
	for dir := range w.single {
		w.poll.add(dir)
	}
}

// look compares the files with what they were at the last look.
func (w *Watcher) look(poll *poll, p *pending) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, file := range poll.look() {
		p.add(file)
	}
}

// pending is a batch that is being gathered.
type pending struct {
	files       map[string]bool
	all         bool
	first, last time.Time
}

func (p *pending) empty() bool { return p.first.IsZero() }

func (p *pending) touch() {
	p.last = time.Now()
	if p.first.IsZero() {
		p.first = p.last
	}
}

func (p *pending) add(file string) {
	if len(p.files) < maxFiles {
		if p.files == nil {
			p.files = map[string]bool{}
		}
		p.files[file] = true
	} else {
		p.all = true
	}
	p.touch()
}

// due is how long the batch has to wait still. time.Time has a monotonic part, so
// that a clock that is set does not matter.
func (p *pending) due(now time.Time) time.Duration {
	silence, longest := quiet, most
	if len(p.files) >= many || p.all {
		silence, longest = manyQuiet, manyMost
	}
	return min(p.last.Add(silence).Sub(now), p.first.Add(longest).Sub(now))
}

// halfWritten says whether a file of a small batch is empty: programs empty a file
// before they write it, and may be interrupted between the two. It is waited for, but
// not for long: a file may be meant to be empty.
func (p *pending) halfWritten(now time.Time) bool {
	if len(p.files) > few || now.Sub(p.first) > emptyMost {
		return false
	}
	for file := range p.files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			return true
		}
	}
	return false
}

func (p *pending) batch() Batch {
	b := Batch{All: p.all, Files: make([]string, 0, len(p.files))}
	for file := range p.files {
		b.Files = append(b.Files, file)
	}
	slices.Sort(b.Files)
	return b
}
