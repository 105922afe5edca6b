package compile

import "sync"

// duals are packages with two forms: the file that `import` means and the one that
// `require` means. Two copies of a package do not share its state, so once somebody
// requires it, all get that file, as in a bundle.
type duals struct {
	mu sync.Mutex
	// by the file for require.
	list map[string]*dual
	// again are modules that import the other file and have to be compiled anew.
	again map[*module]bool
}

type dual struct {
	required  bool
	importers map[*module]bool
}

// mainFile is what require means where an import found another file. It travels in
// PluginData.
type mainFile string

func newDuals() duals { return duals{list: map[string]*dual{}, again: map[*module]bool{}} }

func (d *duals) of(main string) *dual {
	x := d.list[main]
	if x == nil {
		x = &dual{importers: map[*module]bool{}}
		d.list[main] = x
	}
	return x
}

// required notes that a module of a package is required.
func (d *duals) required(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x := d.of(path)
	if x.required {
		return
	}
	x.required = true
	for m := range x.importers {
		d.again[m] = true
	}
	clear(x.importers)
}

// imported says whether an import of importer gets the file for require.
func (d *duals) imported(importer *module, main string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	x := d.of(main)
	if !x.required {
		x.importers[importer] = true
	}
	return x.required
}

// take empties the list of modules to compile anew.
func (d *duals) take() []*module {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []*module
	for m := range d.again {
		list = append(list, m)
	}
	clear(d.again)
	return list
}

// settleDuals compiles modules anew whose imports mean another file since somebody has
// required a package, and reports whether there were any.
func (g *graph) settleDuals() bool {
	list := g.duals.take()
	eachModule(list, func(m *module) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.made != nil {
			before := m.made
			m.made = g.make(m)
			g.note(m, before, m.made)
		}
	})
	return len(list) > 0
}
