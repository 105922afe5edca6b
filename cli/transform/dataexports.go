package transform

import (
	"slices"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// serverOnly are the exports of a page that never reach the browser.
func serverOnly(name string) bool {
	switch name {
	case "getStaticProps", "getServerSideProps", "getStaticPaths", "config":
		return true
	}
	return strings.HasPrefix(name, "unstable_")
}

// MayExportData is the cheap test before RemoveDataExports.
func MayExportData(source string) bool {
	return strings.Contains(source, "getStatic") || strings.Contains(source, "getServerSideProps") ||
		strings.Contains(source, "config") || strings.Contains(source, "unstable_")
}

// unit is one thing at the top level that stays or goes as a whole: a
// statement, one declarator of a variable statement, or one import binding.
type unit struct {
	declares []string
	refs     map[string]bool
	// pinned units stay whatever refers to them: side effects and exports.
	pinned  bool
	removed bool
}

// RemoveDataExports takes getStaticProps, getServerSideProps, getStaticPaths,
// config and unstable_* out of a page, and with them every top-level declaration
// and import binding that only they used, directly or through each other. An
// import without bindings, and every other statement, stays. A page that had
// getStaticProps exports __N_SSG afterwards, one with getServerSideProps
// __N_SSP: the client router asks for data by these.
func (m *Module) RemoveDataExports(e *Edits) {
	if !m.Valid || !MayExportData(m.Source) {
		return
	}
	m.bind()
	r := remover{m: m, byNode: map[*tsgo.Node]*unit{}}
	r.collect()
	if !r.found {
		return
	}
	r.spread()
	r.edit(e)
	mark := ""
	if r.ssg {
		mark += ";export var __N_SSG=true;"
	}
	if r.ssp {
		mark += ";export var __N_SSP=true;"
	}
	if mark != "" {
		// On a line of its own: the source may end in a comment.
		e.Insert(len(m.Source), "\n"+mark)
	}
}

type remover struct {
	m               *Module
	units           []*unit
	byNode          map[*tsgo.Node]*unit
	found, ssg, ssp bool
}

func (r *remover) add(n *tsgo.Node, u *unit, refs *tsgo.Node) *unit {
	u.refs = map[string]bool{}
	if refs != nil {
		r.references(refs, u.refs)
	}
	r.units = append(r.units, u)
	r.byNode[n] = u
	return u
}

// exported notes that a unit declares or is an export called name.
func (r *remover) exported(u *unit, name string) {
	if !serverOnly(name) {
		u.pinned = true
		return
	}
	u.removed, r.found = true, true
	r.ssg = r.ssg || name == "getStaticProps"
	r.ssp = r.ssp || name == "getServerSideProps"
}

func (r *remover) collect() {
	for _, s := range r.m.statements() {
		switch s.Kind {
		case tsgo.KindImportDeclaration:
			r.imports(s)
		case tsgo.KindVariableStatement:
			for _, d := range declarators(s) {
				u := r.add(d, &unit{declares: bindingNames(d.Name(), nil)}, d)
				if tsgo.IsExported(s) {
					for _, name := range u.declares {
						r.exported(u, name)
					}
					// One pattern may declare both kinds: then it stays.
					if u.pinned {
						u.removed = false
					}
				}
			}
		case tsgo.KindFunctionDeclaration, tsgo.KindClassDeclaration, tsgo.KindEnumDeclaration:
			u := r.add(s, &unit{}, s)
			if s.Name() != nil {
				u.declares = []string{s.Name().Text()}
			}
			if tsgo.IsDefault(s) {
				u.pinned = true
			} else if tsgo.IsExported(s) {
				r.exported(u, s.Name().Text())
			}
		case tsgo.KindExportDeclaration:
			d := s.AsExportDeclaration()
			if d.ExportClause == nil || d.ExportClause.Kind != tsgo.KindNamedExports {
				r.add(s, &unit{pinned: true}, nil)
				continue
			}
			for _, el := range d.ExportClause.Elements() {
				u := r.add(el, &unit{}, nil)
				if d.ModuleSpecifier == nil && !d.IsTypeOnly && !el.AsExportSpecifier().IsTypeOnly {
					u.refs[el.PropertyNameOrName().Text()] = true
				}
				r.exported(u, el.Name().Text())
			}
		default:
			if !tsgo.IsType(s) {
				r.add(s, &unit{pinned: true}, s)
			}
		}
	}
}

func (r *remover) imports(s *tsgo.Node) {
	for _, b := range importBindings(s) {
		r.add(b, &unit{declares: []string{b.Name().Text()}}, nil)
	}
}

// importBindings are the nodes of an import that bind a name: the clause (for
// the default name), the namespace, the specifiers.
func importBindings(s *tsgo.Node) []*tsgo.Node {
	clause := s.AsImportDeclaration().ImportClause
	if clause == nil {
		return nil
	}
	var list []*tsgo.Node
	if clause.Name() != nil {
		list = append(list, clause)
	}
	if b := clause.AsImportClause().NamedBindings; b != nil {
		if b.Kind == tsgo.KindNamespaceImport {
			list = append(list, b)
		} else {
			list = append(list, b.Elements()...)
		}
	}
	return list
}

// references collects the top-level names that n uses.
func (r *remover) references(n *tsgo.Node, into map[string]bool) {
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		if tsgo.IsType(n) {
			return false
		}
		if n.Kind == tsgo.KindIdentifier {
			if !into[n.Text()] && isReference(n) && tsgo.TopLevel(r.m.file, n) {
				into[n.Text()] = true
			}
			return false
		}
		return n.ForEachChild(walk)
	}
	n.ForEachChild(walk)
}

// spread removes what only removed units reach. Candidates are the declarations
// reachable from removed units; those that a staying unit reaches are kept.
func (r *remover) spread() {
	declaring := map[string][]*unit{}
	for _, u := range r.units {
		for _, name := range u.declares {
			declaring[name] = append(declaring[name], u)
		}
	}
	reach := func(from []*unit, enter func(*unit) bool) map[*unit]bool {
		seen := map[*unit]bool{}
		for len(from) > 0 {
			u := from[len(from)-1]
			from = from[:len(from)-1]
			for name := range u.refs {
				for _, d := range declaring[name] {
					if !seen[d] && enter(d) {
						seen[d] = true
						from = append(from, d)
					}
				}
			}
		}
		return seen
	}
	var gone []*unit
	for _, u := range r.units {
		if u.removed {
			gone = append(gone, u)
		}
	}
	candidates := reach(gone, func(u *unit) bool { return !u.pinned && !u.removed })
	var roots []*unit
	for _, u := range r.units {
		if !u.removed && !candidates[u] {
			roots = append(roots, u)
		}
	}
	kept := reach(roots, func(u *unit) bool { return candidates[u] })
	for u := range candidates {
		u.removed = !kept[u]
	}
	// A removed name that something else still uses must stay declared, or the
	// browser would meet a ReferenceError: keep the unit and what it needs.
	for {
		needed := reach(slices.DeleteFunc(slices.Clone(r.units), func(u *unit) bool { return u.removed }),
			func(u *unit) bool { return u.removed && len(u.declares) > 0 })
		if len(needed) == 0 {
			return
		}
		for u := range needed {
			u.removed = false
		}
	}
}

func (r *remover) edit(e *Edits) {
	gone := func(n *tsgo.Node) bool { u := r.byNode[n]; return u != nil && u.removed }
	for _, s := range r.m.statements() {
		switch s.Kind {
		case tsgo.KindImportDeclaration:
			r.editImport(e, s, gone)
		case tsgo.KindVariableStatement:
			r.editList(e, s, declarators(s), gone)
		case tsgo.KindExportDeclaration:
			if c := s.AsExportDeclaration().ExportClause; c != nil && c.Kind == tsgo.KindNamedExports {
				r.editList(e, s, c.Elements(), gone)
			}
		default:
			if gone(s) {
				e.Remove(r.m.start(s), s.End())
			}
		}
	}
}

// editList removes the members of a comma-separated list that are gone, or the
// whole statement when all are.
func (r *remover) editList(e *Edits, statement *tsgo.Node, list []*tsgo.Node, gone func(*tsgo.Node) bool) {
	if len(list) == 0 {
		return
	}
	if !slices.ContainsFunc(list, func(n *tsgo.Node) bool { return !gone(n) }) {
		e.Remove(r.m.start(statement), statement.End())
		return
	}
	r.editMembers(e, list, gone)
}

func (r *remover) editMembers(e *Edits, list []*tsgo.Node, gone func(*tsgo.Node) bool) {
	kept := false
	for i, n := range list {
		switch {
		case !gone(n):
			kept = true
		case kept:
			e.Remove(list[i-1].End(), n.End())
		case i+1 < len(list):
			e.Remove(r.m.start(n), r.m.start(list[i+1]))
		default:
			e.Remove(r.m.start(n), n.End())
		}
	}
}

func (r *remover) editImport(e *Edits, s *tsgo.Node, gone func(*tsgo.Node) bool) {
	bindings := importBindings(s)
	if !slices.ContainsFunc(bindings, gone) {
		return
	}
	if !slices.ContainsFunc(bindings, func(n *tsgo.Node) bool { return !gone(n) }) {
		e.Remove(r.m.start(s), s.End())
		return
	}
	clause := s.AsImportDeclaration().ImportClause
	named := clause.AsImportClause().NamedBindings
	if clause.Name() != nil && gone(clause) {
		e.Remove(r.m.start(clause.Name()), r.m.start(named))
	}
	if named == nil {
		return
	}
	if named.Kind == tsgo.KindNamespaceImport {
		if gone(named) {
			e.Remove(clause.Name().End(), named.End())
		}
		return
	}
	r.editMembers(e, named.Elements(), gone)
}
