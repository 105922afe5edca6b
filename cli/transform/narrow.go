package transform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// Barrel is what a module hands on from others, as the index of a package does.
type Barrel struct {
	// Handed are exported names and where they come from.
	Handed map[string]Origin
	// Own are the names that the module declares itself.
	Own map[string]bool
	// Stars are the modules that it hands on whole (`export * from`).
	Stars []string
}

// Origin is an export of another module.
type Origin struct{ Specifier, Name string }

// Barrel reads what the module hands on. An invalid module hands on nothing.
func (m *Module) Barrel() Barrel {
	b := Barrel{Handed: map[string]Origin{}, Own: map[string]bool{}}
	for _, name := range m.Facts().Exports {
		b.Own[name] = true
	}
	if !m.Valid {
		return b
	}
	imported := map[string]Origin{}
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindImportDeclaration {
			continue
		}
		d := s.AsImportDeclaration()
		if d.ImportClause == nil || d.ImportClause.IsTypeOnly() {
			continue
		}
		for _, binding := range importBindings(s) {
			switch binding.Kind {
			case tsgo.KindNamespaceImport:
			case tsgo.KindImportSpecifier:
				imported[binding.Name().Text()] = Origin{d.ModuleSpecifier.Text(), binding.PropertyNameOrName().Text()}
			default:
				imported[binding.Name().Text()] = Origin{d.ModuleSpecifier.Text(), "default"}
			}
		}
	}
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindExportDeclaration {
			continue
		}
		d := s.AsExportDeclaration()
		switch {
		case d.IsTypeOnly:
		case d.ExportClause == nil:
			b.Stars = append(b.Stars, d.ModuleSpecifier.Text())
		case d.ExportClause.Kind == tsgo.KindNamedExports:
			for _, el := range d.ExportClause.Elements() {
				name, inner := el.Name().Text(), el.PropertyNameOrName().Text()
				from, known := imported[inner]
				if d.ModuleSpecifier != nil {
					from, known = Origin{d.ModuleSpecifier.Text(), inner}, true
				}
				if known {
					b.Handed[name] = from
					delete(b.Own, name)
				}
			}
		}
	}
	return b
}

// packageImport finds what a text may import from packages, by name or to hand on.
var packageImport = regexp.MustCompile(`\}\s*from\s*["']([^."'/][^"']*)["']`)

// PackageImports are the packages, and modules of packages, that a text may import
// single names of. It is a cheap look that may see too many.
func PackageImports(source string) []string {
	if !strings.Contains(source, "from") {
		return nil
	}
	var list []string
	for _, found := range packageImport.FindAllStringSubmatch(source, -1) {
		if !slices.Contains(list, found[1]) {
			list = append(list, found[1])
		}
	}
	return list
}

// NarrowImports lets named imports and named exports of other modules come from where
// find says that they are declared, so that what an index lists beside them need not
// be looked at. Names that find does not know stay as they are.
func (m *Module) NarrowImports(e *Edits, find func(specifier, name string) (path, exported string, ok bool)) {
	if !m.Valid {
		return
	}
	for _, s := range m.statements() {
		switch s.Kind {
		case tsgo.KindImportDeclaration:
			d := s.AsImportDeclaration()
			if d.ImportClause == nil || d.ImportClause.IsTypeOnly() || d.Attributes != nil {
				continue
			}
			clause := d.ImportClause.AsImportClause()
			if clause.NamedBindings == nil || clause.NamedBindings.Kind != tsgo.KindNamedImports {
				continue
			}
			first := ""
			if d.ImportClause.Name() != nil {
				first = d.ImportClause.Name().Text()
			}
			m.narrow(e, s, "import", first, d.ModuleSpecifier.Text(), clause.NamedBindings.Elements(), find)
		case tsgo.KindExportDeclaration:
			d := s.AsExportDeclaration()
			if d.IsTypeOnly || d.ModuleSpecifier == nil || d.Attributes != nil || d.ExportClause == nil || d.ExportClause.Kind != tsgo.KindNamedExports {
				continue
			}
			m.narrow(e, s, "export", "", d.ModuleSpecifier.Text(), d.ExportClause.Elements(), find)
		}
	}
}

func (m *Module) narrow(e *Edits, s *tsgo.Node, keyword, first, specifier string, elements []*tsgo.Node, find func(specifier, name string) (string, string, bool)) {
	if e.touches(m.start(s), s.End()) {
		return // some of the names may be gone
	}
	var kept, moved strings.Builder
	for _, el := range elements {
		if el.Kind == tsgo.KindImportSpecifier && el.AsImportSpecifier().IsTypeOnly || el.Kind == tsgo.KindExportSpecifier && el.AsExportSpecifier().IsTypeOnly {
			continue
		}
		name := el.PropertyNameOrName()
		if name.Kind == tsgo.KindStringLiteral || el.Name().Kind == tsgo.KindStringLiteral {
			return
		}
		path, exported, ok := find(specifier, name.Text())
		if !ok {
			if kept.Len() > 0 {
				kept.WriteString(", ")
			}
			kept.WriteString(name.Text() + " as " + el.Name().Text())
			continue
		}
		moved.WriteString(" " + keyword + " { " + exported + " as " + el.Name().Text() + " } from " + strconv.Quote(path) + ";")
	}
	if moved.Len() == 0 {
		return
	}
	text := ""
	switch {
	case first != "" && kept.Len() > 0:
		text = keyword + " " + first + ", { " + kept.String() + " } from " + strconv.Quote(specifier) + ";"
	case first != "":
		text = keyword + " " + first + " from " + strconv.Quote(specifier) + ";"
	case kept.Len() > 0:
		text = keyword + " { " + kept.String() + " } from " + strconv.Quote(specifier) + ";"
	}
	e.Replace(m.start(s), s.End(), strings.TrimLeft(text+moved.String(), " "))
}
