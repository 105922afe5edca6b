package dev

import "sync"

// problems is everything that is wrong with the app now, by where it was found. What
// is new goes to the terminal, and all of it to the browsers that it concerns.
type problems struct {
	// tell is called with all problems whenever they have changed.
	tell func([]Problem)
	// telling holds one call of tell at a time, so that the last one has the last list.
	telling sync.Mutex

	mu sync.Mutex
	// setup is of configuration and environment, routes of the files in pages/.
	setup, routes []Problem
	// compiled is what the compiler found in all that was compiled at the last
	// change, and what has been added since.
	compiled []Problem
}

// setSetup replaces what is wrong with configuration and environment.
func (p *problems) setSetup(list []Problem) { p.set(&p.setup, list) }

// setRoutes replaces what is wrong with the routes.
func (p *problems) setRoutes(list []Problem) { p.set(&p.routes, list) }

// setCompiled replaces what is wrong in compiled code.
func (p *problems) setCompiled(list []Problem) { p.set(&p.compiled, list) }

func (p *problems) set(part *[]Problem, list []Problem) {
	p.change(func() { *part = list })
}

// change has f change the lists, and tells what they are then.
func (p *problems) change(f func()) {
	p.telling.Lock()
	defer p.telling.Unlock()
	p.mu.Lock()
	f()
	all := p.all()
	p.mu.Unlock()
	p.tell(all)
}

// add takes up problems that were found while something was compiled for the first
// time.
func (p *problems) add(list []Problem) {
	// The same ones come with every request until they are mended.
	p.change(func() { p.compiled = distinct(p.compiled, list) })
}

// restarted drops everything: all of it is found again if it is still there.
func (p *problems) restarted() {
	p.change(func() { p.setup, p.routes, p.compiled = nil, nil, nil })
}

// inRoutes: there are problems with the routes, so any change may mend them.
func (p *problems) inRoutes() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.routes) > 0
}

// inFiles is what is wrong with routes and in compiled code.
func (p *problems) inFiles() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return distinct(p.routes, p.compiled)
}

// inCode: there are problems in compiled code.
func (p *problems) inCode() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.compiled) > 0
}

// list is everything that is wrong now.
func (p *problems) list() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all()
}

// general is what is wrong with every page.
func (p *problems) general() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return distinct(p.setup, p.routes)
}

// all is list with p.mu held.
func (p *problems) all() []Problem { return distinct(p.setup, p.routes, p.compiled) }

// distinct joins lists, each problem once, as many as there is room for.
func distinct(lists ...[]Problem) []Problem {
	seen := map[string]bool{}
	var out []Problem
	for _, list := range lists {
		for _, one := range list {
			if key := one.key(); !seen[key] && len(out) < mostProblems {
				seen[key] = true
				out = append(out, one)
			}
		}
	}
	return out
}
