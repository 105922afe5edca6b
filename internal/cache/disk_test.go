package cache

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func openDisk(t *testing.T, dir string, quota int64) *Disk {
	t.Helper()
	d := NewDisk(dir, "build", quota)
	<-d.indexed
	return d
}

func entries() map[string]*Entry {
	return map[string]*Entry{
		"page":      {HTML: NewBody([]byte("<p>\n")), Data: NewBody([]byte("{}")), Headers: []string{"X-A", "1"}, Status: 202, Revalidate: 7, GeneratedAt: 5},
		"empty":     {HTML: NewBody([]byte{}), Data: NewBody([]byte{}), GeneratedAt: 5},
		"not found": {Kind: NotFound, Revalidate: 1, GeneratedAt: 6},
		"redirect": {Kind: Redirect, Destination: "/é", RedirectStatus: 308, NoBasePath: true, Data: NewBody([]byte("{}")),
			GeneratedAt: 7},
	}
}

func TestDiskKeepsEntries(t *testing.T) {
	dir := t.TempDir()
	d := openDisk(t, dir, 1<<20)
	for name, e := range entries() {
		k := Key{Route: "/[x]", Path: "/" + name}
		if err := d.Set(t.Context(), k, e); err != nil {
			t.Fatal(name, err)
		}
		again := openDisk(t, dir, 1<<20) // as after a restart
		got, err := again.Get(t.Context(), k)
		if err != nil || got == nil {
			t.Fatal(name, got, err)
		}
		if !reflect.DeepEqual(summary(got), summary(e)) {
			t.Errorf("%s: %v, want %v", name, summary(got), summary(e))
		}
	}
	if e, err := d.Get(t.Context(), Key{Route: "/[x]", Path: "/none"}); e != nil || err != nil {
		t.Error(e, err)
	}
}

func summary(e *Entry) []any {
	html, data := "none", "none"
	if e.HTML != nil {
		html = string(e.HTML.Plain.Bytes)
	}
	if e.Data != nil {
		data = string(e.Data.Plain.Bytes)
	}
	return []any{e.Kind, html, data, fmt.Sprint(e.Headers), e.Status, e.Destination, e.RedirectStatus, e.NoBasePath, e.Revalidate, e.GeneratedAt}
}

// TestDamagedFiles: whatever a file holds, it is an entry of its key or none.
func TestDamagedFiles(t *testing.T) {
	d := openDisk(t, t.TempDir(), 1<<20)
	k := Key{Route: "/[x]", Path: "/a"}
	if err := d.Set(t.Context(), k, entries()["page"]); err != nil {
		t.Fatal(err)
	}
	file := d.path(name(k))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string][]byte{
		"empty":        {},
		"no head":      []byte("\n"),
		"not JSON":     []byte("{\nx"),
		"truncated":    whole[:len(whole)-1],
		"longer":       append(append([]byte{}, whole...), 'x'),
		"other key":    []byte(strings.Replace(string(whole), `"Path":"/a"`, `"Path":"/b"`, 1)),
		"bad length":   []byte(strings.Replace(string(whole), `"html":4`, `"html":-9`, 1)),
		"unknown kind": []byte(strings.Replace(string(whole), `"kind":0`, `"kind":9`, 1)),
		"no html":      []byte(strings.Replace(string(whole), `"html":4`, `"html":-1`, 1)),
	}
	for n, b := range damaged {
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if e, err := d.Get(t.Context(), k); e != nil || err != nil {
			t.Errorf("%s: %v %v", n, e, err)
		}
	}
}

func TestDiskQuota(t *testing.T) {
	dir := t.TempDir()
	d := openDisk(t, dir, 40*block)
	for i := range 100 {
		if err := d.Set(t.Context(), Key{Path: fmt.Sprint("/", i)}, page("x", 0)); err != nil {
			t.Fatal(err)
		}
	}
	if n := countFiles(t, dir); n == 0 || n > 40 {
		t.Errorf("%d files on disk", n)
	}
	if e, _ := d.Get(t.Context(), Key{Path: "/99"}); e == nil {
		t.Error("the latest entry is gone")
	}
	// A restart counts what is there.
	again := openDisk(t, dir, 5*block)
	if n := countFiles(t, dir); n > 5 || again.used > again.quota {
		t.Errorf("%d files, %d of %d bytes", n, again.used, again.quota)
	}
}

// TestOtherBuilds: what another build has left is removed, and other things stay.
func TestOtherBuilds(t *testing.T) {
	dir := t.TempDir()
	old := NewDisk(dir, "old", 1<<20)
	<-old.indexed
	if err := old.Set(t.Context(), key, page("old", 0)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "note"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	d := openDisk(t, dir, 1<<20)
	if e, _ := d.Get(t.Context(), key); e != nil {
		t.Error("a page of another build")
	}
	if n := countFiles(t, dir); n != 1 {
		t.Errorf("%d files left, want the note alone", n)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(parent, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	d := openDisk(t, filepath.Join(parent, "cache"), 1<<20)
	if err := d.Set(t.Context(), key, page("x", 0)); err == nil {
		t.Error("no error")
	}
}

func countFiles(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNamesNeverCollide: different keys have different files, whatever stands in
// their fields.
func TestNamesNeverCollide(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"/", "a", ":", "1", "[x]", "\x00", "é", "..", "%2F", "\n", ""}
	field := func() string {
		var b strings.Builder
		for range random.IntN(4) {
			b.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	seen := map[string]Key{}
	for range 20000 {
		k := Key{field(), field(), field()}
		n := name(k)
		if other, ok := seen[n]; ok && other != k {
			t.Fatalf("%q and %q have one file", k, other)
		}
		seen[n] = k
	}
	// Moving a character from one field to the next.
	if name(Key{Route: "/a", Path: "b"}) == name(Key{Route: "/", Path: "ab"}) {
		t.Error("fields run together")
	}
}

// TestLaterGenerationWins: a store left by an earlier process beats the build's own
// page, and a newer build's page beats an older store.
func TestLaterGenerationWins(t *testing.T) {
	for stored, want := range map[int64]string{500: "seed", 2000: "stored"} {
		d := openDisk(t, t.TempDir(), 1<<20)
		e := page("stored", 0)
		e.GeneratedAt = stored
		if err := d.Set(t.Context(), key, e); err != nil {
			t.Fatal(err)
		}
		seed := page("seed", 0)
		seed.GeneratedAt = 1000
		c := New(Options{MemoryLimit: 1 << 20, Store: d, Seed: func(Key) (*Entry, error) { return seed, nil }, Now: func() time.Time { return time.UnixMilli(3000) }})
		if got, _ := c.Find(key); text(got) != want {
			t.Errorf("stored at %d: %s, want %s", stored, text(got), want)
		}
		c.Close()
	}
}

// TestTemporaryFiles: what a writer has left behind goes, what one is writing stays.
func TestTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, hash("b"), "00")
	if err := os.MkdirAll(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	left, current := filepath.Join(sub, "1"+temporary), filepath.Join(sub, "2"+temporary)
	for _, path := range []string{left, current} {
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(left, long, long); err != nil {
		t.Fatal(err)
	}
	<-NewDisk(dir, "b", 1<<20).indexed
	if _, err := os.Stat(left); err == nil {
		t.Error("an abandoned file is still there")
	}
	if _, err := os.Stat(current); err != nil {
		t.Errorf("a file that is being written was removed: %v", err)
	}
}
