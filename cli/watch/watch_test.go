package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// project makes a folder with these files and watches it.
func project(t *testing.T, o Options, files ...string) (string, *Watcher) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		write(t, filepath.Join(dir, f), "first")
	}
	o.Dir = dir
	w, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return dir, w
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// gather receives batches until all of these files were told, or All when it is
// among them as "*".
func gather(t *testing.T, w *Watcher, dir string, want ...string) (seen []string) {
	t.Helper()
	missing := slices.Clone(want)
	deadline := time.After(10 * time.Second)
	for len(missing) > 0 {
		select {
		case b, open := <-w.Batches():
			if !open {
				t.Fatalf("closed; missing %v", missing)
			}
			if b.All {
				b.Files = append(b.Files, filepath.Join(dir, "*"))
			}
			for _, f := range b.Files {
				name, err := filepath.Rel(dir, f)
				if err != nil {
					t.Fatal(err)
				}
				seen = append(seen, name)
				missing = slices.DeleteFunc(missing, func(m string) bool { return m == name })
			}
		case <-deadline:
			t.Fatalf("not told: %v; told: %v", missing, seen)
		}
	}
	return seen
}

func TestChangesAreTold(t *testing.T) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := filepath.Join
	for _, c := range []struct {
		name string
		do   func(t *testing.T, dir string)
		want []string
		// never are files that must not be told.
		never []string
	}{
		{"edited", func(t *testing.T, d string) { write(t, at(d, "pages/index.js"), "second") }, []string{"pages/index.js"}, nil},
		{"created", func(t *testing.T, d string) { write(t, at(d, "pages/new.js"), "x") }, []string{"pages/new.js"}, nil},
		{"deleted", func(t *testing.T, d string) { must(t, os.Remove(at(d, "pages/index.js"))) }, []string{"pages/index.js"}, nil},
		{"renamed", func(t *testing.T, d string) { must(t, os.Rename(at(d, "pages/index.js"), at(d, "pages/about.js"))) },
			[]string{"pages/index.js", "pages/about.js"}, nil},
		{"saved by renaming over it", func(t *testing.T, d string) {
			write(t, at(d, "pages/index.js___jb_tmp___"), "second")
			must(t, os.Rename(at(d, "pages/index.js___jb_tmp___"), at(d, "pages/index.js")))
		}, []string{"pages/index.js"}, []string{"pages/index.js___jb_tmp___"}},
		{"saved by vim", func(t *testing.T, d string) {
			write(t, at(d, "pages/.index.js.swp"), "")
			write(t, at(d, "pages/4913"), "")
			must(t, os.Remove(at(d, "pages/4913")))
			must(t, os.Rename(at(d, "pages/index.js"), at(d, "pages/index.js~")))
			write(t, at(d, "pages/index.js"), "second")
			must(t, os.Remove(at(d, "pages/index.js~")))
		}, []string{"pages/index.js"}, []string{"pages/4913", "pages/index.js~", "pages/.index.js.swp"}},
		{"saved by emacs", func(t *testing.T, d string) {
			must(t, os.Symlink("me@host.1", at(d, "pages/.#index.js")))
			write(t, at(d, "pages/#index.js#"), "second")
			write(t, at(d, "pages/index.js"), "second")
			must(t, os.Remove(at(d, "pages/.#index.js")))
		}, []string{"pages/index.js"}, []string{"pages/.#index.js", "pages/#index.js#"}},
		{"new folder with content", func(t *testing.T, d string) {
			must(t, os.MkdirAll(at(d, "a/b/c"), 0o755))
			write(t, at(d, "a/b/c/page.js"), "x")
		}, []string{"a/b/c/page.js"}, nil},
		{"folder moved in", func(t *testing.T, d string) {
			outside := t.TempDir()
			write(t, at(outside, "x/y/z.js"), "x")
			must(t, os.Rename(at(outside, "x"), at(d, "x")))
		}, []string{"x/y/z.js"}, nil},
		{"folder deleted", func(t *testing.T, d string) { must(t, os.RemoveAll(at(d, "pages"))) }, []string{"*"}, nil},
		{"folder renamed", func(t *testing.T, d string) { must(t, os.Rename(at(d, "pages"), at(d, "seiten"))) },
			[]string{"*", "seiten/index.js"}, nil},
		{"tools and output", func(t *testing.T, d string) {
			write(t, at(d, ".git/index"), "x")
			write(t, at(d, "out/server.js"), "x")
			write(t, at(d, "node_modules/a/index.js"), "x")
			write(t, at(d, "node_modules/.package-lock.json"), "x")
			write(t, at(d, ".generated/content.js"), "x")
		}, []string{"node_modules/.package-lock.json", ".generated/content.js"}, []string{".git/index", "out/server.js", "node_modules/a/index.js"}},
		{"dotfiles of the project", func(t *testing.T, d string) { write(t, at(d, ".env.local"), "A=1") }, []string{".env.local"}, nil},
		{"made readable", func(t *testing.T, d string) { must(t, os.Chmod(at(d, "pages/index.js"), 0o600)) }, []string{"pages/index.js"}, nil},
	} {
		for _, poll := range []time.Duration{0, 20 * time.Millisecond} {
			name := c.name
			if poll > 0 {
				name += ", polling"
				c.want = slices.DeleteFunc(slices.Clone(c.want), func(s string) bool { return s == "*" })
				if len(c.want) == 0 {
					c.want = []string{"pages/index.js"}
				}
			}
			t.Run(name, func(t *testing.T) {
				dir, err := filepath.EvalSymlinks(t.TempDir())
				must(t, err)
				write(t, at(dir, "pages/index.js"), "first")
				must(t, os.MkdirAll(at(dir, "node_modules"), 0o755))
				w, err := New(Options{Dir: dir, Ignore: []string{at(dir, "out")}, Poll: poll})
				must(t, err)
				defer w.Close()
				c.do(t, dir)
				seen := gather(t, w, dir, c.want...)
				for _, n := range c.never {
					if slices.Contains(seen, n) {
						t.Errorf("told %s", n)
					}
				}
			})
		}
	}
}

// TestRenamedFolderGoesOn: what happens in a folder after it was renamed is told by
// its new name.
func TestRenamedFolderGoesOn(t *testing.T) {
	dir, w := project(t, Options{}, "a/b/page.js")
	if err := os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	gather(t, w, dir, "*", "c/b/page.js")
	write(t, filepath.Join(dir, "c/b/page.js"), "second")
	gather(t, w, dir, "c/b/page.js")
	if err := os.Rename(filepath.Join(dir, "c"), filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	gather(t, w, dir, "*", "a/b/page.js")
	write(t, filepath.Join(dir, "a/b/page.js"), "third")
	gather(t, w, dir, "a/b/page.js")
}

func TestProjectDeletedAndBack(t *testing.T) {
	dir, w := project(t, Options{}, "pages/index.js")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	gather(t, w, dir, "*")
	write(t, filepath.Join(dir, "pages/index.js"), "back")
	gather(t, w, dir, "*")
	write(t, filepath.Join(dir, "pages/index.js"), "edited")
	gather(t, w, dir, "pages/index.js")
}

func TestLinkedFolderIsToldByBothNames(t *testing.T) {
	outside, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(outside, "card.js"), "first")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"shared": outside, "self": dir} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	write(t, filepath.Join(outside, "card.js"), "second")
	real, err := filepath.Rel(dir, filepath.Join(outside, "card.js"))
	if err != nil {
		t.Fatal(err)
	}
	gather(t, w, dir, "shared/card.js", real)
}

func TestFoldersOutsideOnDemand(t *testing.T) {
	outside, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir, w := project(t, Options{}, "pages/index.js")
	w.Add([]string{outside, filepath.Join(outside, "missing")})
	write(t, filepath.Join(outside, "index.js"), "x")
	name, err := filepath.Rel(dir, filepath.Join(outside, "index.js"))
	if err != nil {
		t.Fatal(err)
	}
	gather(t, w, dir, name)
}

// TestHalfWrittenFile: a file that is emptied before it is written is told once.
func TestHalfWrittenFile(t *testing.T) {
	dir, w := project(t, Options{}, "pages/index.js")
	name := filepath.Join(dir, "pages/index.js")
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(15*time.Millisecond, func() { _ = os.WriteFile(name, []byte("second"), 0o644) })
	gather(t, w, dir, "pages/index.js")
	if text, err := os.ReadFile(name); err != nil || string(text) != "second" {
		t.Errorf("told while the file held %q (%v)", text, err)
	}
	write(t, filepath.Join(dir, "pages/empty.js"), "")
	gather(t, w, dir, "pages/empty.js")
}

func TestIgnoreFromNowOn(t *testing.T) {
	dir, w := project(t, Options{}, "out/a/server.js", "pages/index.js")
	w.Ignore(filepath.Join(dir, "out"))
	write(t, filepath.Join(dir, "out/a/server.js"), "second")
	write(t, filepath.Join(dir, "out/b/new.js"), "x")
	write(t, filepath.Join(dir, "pages/index.js"), "second")
	for _, f := range gather(t, w, dir, "pages/index.js") {
		if strings.HasPrefix(f, "out/") {
			t.Errorf("told %s", f)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	gather(t, w, dir, "out")
}

// TestManyFilesAreFewBatches: a checkout is neither thousands of batches nor a list
// without end.
func TestManyFilesAreFewBatches(t *testing.T) {
	const n = 10000
	dir, w := project(t, Options{}, "pages/index.js")
	for i := range n {
		write(t, filepath.Join(dir, "pages", fmt.Sprintf("p%d.js", i)), "x")
	}
	told, all := map[string]bool{}, false
	for len(told) < n && !all {
		select {
		case b := <-w.Batches():
			all = all || b.All
			if len(b.Files) > maxFiles {
				t.Fatalf("%d files in a batch", len(b.Files))
			}
			for _, f := range b.Files {
				told[f] = true
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%d files told, all: %v", len(told), all)
		}
	}
}

func TestLimitIsExplained(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.ENOSPC, "max_user_watches"},
		{syscall.EMFILE, "max_user_instances"},
	} {
		var told []*diag.Message
		dir, w := project(t, Options{Warn: func(m *diag.Message) { told = append(told, m) }}, "pages/index.js")
		w.mu.Lock()
		w.warn(c.err)
		w.startPolling()
		w.poll.interval = 10 * time.Millisecond
		w.poll.again = time.Now()
		w.mu.Unlock()
		w.nudge()
		if len(told) != 1 || !strings.Contains(told[0].Hint, c.want) || told[0].Severity != diag.Warning {
			t.Errorf("%v: told %v", c.err, told)
		}
		write(t, filepath.Join(dir, "pages/index.js"), "longer than before")
		gather(t, w, dir, "pages/index.js")
	}
}

// TestPollFromNowOn: who learns late that the system tells nothing polls from then on.
func TestPollFromNowOn(t *testing.T) {
	dir, w := project(t, Options{}, "pages/index.js")
	w.Poll(10 * time.Millisecond)
	w.Poll(10 * time.Millisecond)
	w.mu.Lock()
	if w.notify != nil || w.poll == nil || w.poll.interval != 10*time.Millisecond {
		t.Error("the system is still asked")
	}
	w.mu.Unlock()
	write(t, filepath.Join(dir, "pages/index.js"), "longer than before")
	gather(t, w, dir, "pages/index.js")
}

// TestClockThatJumps: files are told whatever time they claim to be of, whether the
// system tells of them or they are looked at.
func TestClockThatJumps(t *testing.T) {
	for _, poll := range []time.Duration{0, 10 * time.Millisecond} {
		dir, w := project(t, Options{Poll: poll}, "pages/index.js")
		file := filepath.Join(dir, "pages/index.js")
		for i, at := range []time.Time{time.Unix(1e9, 0), time.Unix(4e9, 0), time.Unix(2e9, 0)} {
			write(t, file, strings.Repeat("x", 10+i))
			if err := os.Chtimes(file, at, at); err != nil {
				t.Fatal(err)
			}
			gather(t, w, dir, "pages/index.js")
		}
	}
}
