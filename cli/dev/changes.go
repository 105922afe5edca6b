package dev

import "sync"

// mostForget bounds how many modules are remembered.
const mostForget = 20000

// changes remembers which server modules changed when, for engines that ask what to
// forget.
type changes struct {
	mu sync.Mutex
	// generation counts changes, from 1 on.
	generation uint64
	// forget[i] are the modules of generation oldest+i.
	forget [][]string
	oldest uint64
	kept   int // modules in forget
}

// add takes up a change and returns its generation.
func (c *changes) add(modules []string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == 0 {
		c.generation, c.oldest = 1, 2
	}
	c.generation++
	c.forget = append(c.forget, modules)
	c.kept += len(modules)
	for c.kept > mostForget && len(c.forget) > 0 || len(c.forget) > 1000 {
		c.kept -= len(c.forget[0])
		c.forget = c.forget[1:]
		c.oldest++
	}
	return c.generation
}

// now is the present generation.
func (c *changes) now() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(c.generation, 1)
}

// since lists what changed after a generation; nil: anything may have.
func (c *changes) since(generation uint64) (now uint64, modules []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now = max(c.generation, 1)
	modules = []string{}
	switch {
	case generation >= now || c.generation == 0:
		return now, modules
	case generation+1 < c.oldest:
		return now, nil
	}
	seen := map[string]bool{}
	for _, list := range c.forget[generation+1-c.oldest:] {
		for _, m := range list {
			if !seen[m] {
				seen[m] = true
				modules = append(modules, m)
			}
		}
	}
	return now, modules
}
