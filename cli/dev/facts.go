package dev

import (
	"sync"

	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
)

// facts is what is known of pages until they change.
type facts struct {
	mu sync.Mutex
	// pages are known as of a generation.
	pages map[string]knownPage
	// modules is what they export.
	modules map[string]collected
	// forgotten is the generation of the last change that may have changed a module.
	forgotten uint64
}

type knownPage struct {
	generation uint64
	page       manifest.Page
}

type collected struct {
	module string
	facts  *render.PageFacts
}

func (f *facts) init() { f.pages, f.modules = map[string]knownPage{}, map[string]collected{} }

func (f *facts) known(pattern string, generation uint64) (manifest.Page, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k, ok := f.pages[pattern]
	return k.page, ok && k.generation == generation
}

func (f *facts) set(pattern string, generation uint64, p manifest.Page) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages[pattern] = knownPage{generation, p}
}

func (f *facts) collected(pattern string) *render.PageFacts {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.modules[pattern].facts
}

// collect keeps what a module exports, unless modules have changed since it was
// asked.
func (f *facts) collect(pattern, module string, generation uint64, facts *render.PageFacts) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if generation >= f.forgotten {
		f.modules[pattern] = collected{module, facts}
	}
}

// forget drops what is known of changed modules; all of them when the routes are
// others.
func (f *facts) forget(generation uint64, modules []string, all bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgotten = generation
	changed := make(map[string]bool, len(modules))
	for _, m := range modules {
		changed[m] = true
	}
	for pattern, c := range f.modules {
		if all || changed[c.module] {
			delete(f.modules, pattern)
		}
	}
	clear(f.pages)
}
