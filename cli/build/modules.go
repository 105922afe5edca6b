package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/v8"
	"github.com/onwardjs/onward/internal/manifest"
)

// module gives the engine the compiled modules of the staging folder.
func (b *build) module(path string) (*engine.Module, error) {
	path = filepath.FromSlash(path)
	rel, err := filepath.Rel(b.output.staging, path)
	if err != nil || !filepath.IsLocal(rel) {
		var ok bool
		if rel, ok = manifest.ProjectModule(b.Dir, path); !ok {
			return nil, fs.ErrNotExist
		}
	}
	source, err := os.ReadFile(filepath.Join(b.output.staging, rel))
	if err != nil {
		return nil, err
	}
	return &engine.Module{Source: source}, nil
}

// frozen is the runtime script and, once done is closed, the snapshot of it.
type frozen struct {
	script   []byte
	done     chan struct{}
	snapshot []byte
	err      error
}

// freeze makes the snapshot of a runtime script, beside what else the build does.
func freeze(cacheDir, name string, script []byte) *frozen {
	f := &frozen{script: script, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		f.snapshot, f.err = snapshot(cacheDir, name, script)
	}()
	return f
}

func (f *frozen) wait() ([]byte, error) {
	<-f.done
	return f.snapshot, f.err
}

// snapshot freezes the started runtime, or takes the frozen one of an earlier
// build of the same runtime.
func snapshot(cacheDir, name string, script []byte) ([]byte, error) {
	if kept := KeptSnapshot(cacheDir, script); kept != nil {
		return kept, nil
	}
	return MakeSnapshot(cacheDir, name, script)
}

// snapshotFile is where the snapshot of a script is kept.
func snapshotFile(cacheDir string, script []byte) string {
	sum := sha256.Sum256(append([]byte(v8.ID()+"\n"), script...))
	return filepath.Join(cacheDir, "runtime", hex.EncodeToString(sum[:16])+".snapshot")
}

// KeptSnapshot is the start-up snapshot of a runtime script that MakeSnapshot has left
// in cacheDir; nil when there is none, or when the last process that tried it has not
// survived.
func KeptSnapshot(cacheDir string, script []byte) []byte {
	name := snapshotFile(cacheDir, script)
	if _, err := os.Stat(name + trying); err == nil {
		_ = os.Remove(name) // as bad as none
		_ = os.Remove(name + trying)
		return nil
	}
	kept, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return kept
}

// trying ends the name of a file that is there while a process starts from a snapshot:
// V8 ends the process over one that it cannot restore.
const trying = ".trying"

// trySnapshot notes that a process is about to start from a snapshot; survived takes
// the note away.
func trySnapshot(cacheDir string, script []byte) (survived func()) {
	name := snapshotFile(cacheDir, script) + trying
	if os.WriteFile(name, nil, 0o644) != nil {
		return func() {}
	}
	return func() { _ = os.Remove(name) }
}

// MakeSnapshot runs a runtime script and freezes it. name is the script's in stacks.
func MakeSnapshot(cacheDir, name string, script []byte) ([]byte, error) {
	made, err := v8.BuildSnapshot(script, name)
	if err != nil {
		return nil, err
	}
	// The cache only saves time: without room for it the build goes on.
	cached := snapshotFile(cacheDir, script)
	if os.MkdirAll(filepath.Dir(cached), 0o755) == nil {
		temporary := cached + ".new"
		if os.WriteFile(temporary, made, 0o644) == nil {
			_ = os.Rename(temporary, cached)
		}
	}
	return made, nil
}

// cacheable is the size from which on a module's code cache saves more time when
// it is loaded than reading another file costs.
const cacheable = 8 << 10

// codeCaches stores what V8 compiled of the modules that run per request, so
// that a server starts with it.
func (b *build) codeCaches(ctx context.Context, pool engine.Engine, pages []*page) error {
	cacher, ok := pool.(interface {
		CodeCache(ctx context.Context, path string) ([]byte, error)
	})
	if !ok {
		return nil
	}
	perRequest := map[string]bool{}
	for _, p := range pages {
		if p.kind != manifest.Static {
			perRequest[b.compiled.Pages[p.Route].Module] = true
		}
	}
	if g := b.compiled.Middleware; g != nil {
		perRequest[g.Module] = true
	}
	var modules []string
	for _, f := range b.compiled.Files {
		if f.Size >= cacheable && (perRequest[f.Path] || strings.HasPrefix(f.Path, "server/chunks/") && strings.HasSuffix(f.Path, ".js")) {
			modules = append(modules, f.Path)
		}
	}
	return each(modules, b.workers(), func(_ int, name string) error {
		full := filepath.Join(b.output.staging, filepath.FromSlash(name))
		cache, err := cacher.CodeCache(ctx, filepath.ToSlash(full))
		if err != nil {
			return err
		}
		if len(cache) == 0 {
			return nil // nothing needed the module during the build
		}
		if err := os.WriteFile(full+".cache", cache, 0o644); err != nil {
			return cannotWrite(err)
		}
		return nil
	})
}
