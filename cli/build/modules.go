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
	rel, err := filepath.Rel(b.output.staging, filepath.FromSlash(path))
	if err != nil || !filepath.IsLocal(rel) {
		return nil, fs.ErrNotExist
	}
	source, err := os.ReadFile(filepath.Join(b.output.staging, rel))
	if err != nil {
		return nil, err
	}
	return &engine.Module{Source: source}, nil
}

// snapshot freezes the started runtime, or takes the frozen one of an earlier
// build of the same runtime.
func (b *build) snapshot(script []byte) ([]byte, error) {
	sum := sha256.Sum256(append([]byte(v8.ID()+"\n"), script...))
	key := hex.EncodeToString(sum[:16])
	name := filepath.Join(b.output.cacheDir(), "runtime", key+".snapshot")
	if kept, err := os.ReadFile(name); err == nil {
		return kept, nil
	}
	made, err := v8.BuildSnapshot(script, b.compiled.RuntimeScript)
	if err != nil {
		return nil, err
	}
	// The cache only saves time: without room for it the build goes on.
	if os.MkdirAll(filepath.Dir(name), 0o755) == nil {
		temporary := name + ".new"
		if os.WriteFile(temporary, made, 0o644) == nil {
			_ = os.Rename(temporary, name)
		}
	}
	return made, nil
}

// codeCaches stores what V8 compiled of the modules that run per request, so
// that a server starts with it.
func (b *build) codeCaches(ctx context.Context, pool engine.Engine, pages []*page) error {
	cacher, ok := pool.(interface {
		CodeCache(ctx context.Context, path string) ([]byte, error)
	})
	if !ok {
		return nil
	}
	var modules []string
	for _, f := range b.compiled.Files {
		if strings.HasPrefix(f.Path, "server/chunks/") && strings.HasSuffix(f.Path, ".js") {
			modules = append(modules, f.Path)
		}
	}
	for _, p := range pages {
		if p.kind != manifest.Static {
			modules = append(modules, b.compiled.Pages[p.Route].Module)
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
