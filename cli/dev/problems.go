package dev

import "sync"

// problems is everything that is wrong with the app now, by where it was found. Its
// list goes to browsers and, what is new in it, to the terminal.
type problems struct {
	tell func([]Problem)

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

// restarted drops everything: all of it is found again if it is still there.
func (p *problems) restarted() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.setup, p.routes, p.compiled = nil, nil, nil
	p.tell(nil)
}

// inRoutes: there are problems with the routes, so any change may mend them.
func (p *problems) inRoutes() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.routes) > 0
}

// list is everything that is wrong now.
func (p *problems) list() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all()
}

func (p *problems) set(part *[]Problem, list []Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*part = list
	p.tell(p.all())
}

// add takes up problems that were found while something was compiled for the first
// time.
func (p *problems) add(list []Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.compiled = append(p.compiled, list...)
	p.tell(p.all())
}

// all lists every problem once. p.mu is held.
func (p *problems) all() []Problem {
	seen := map[string]bool{}
	var out []Problem
	for _, part := range [][]Problem{p.setup, p.routes, p.compiled} {
		for _, one := range part {
			if key := one.key(); !seen[key] && len(out) < mostProblems {
				seen[key] = true
				out = append(out, one)
			}
		}
	}
	return out
}
