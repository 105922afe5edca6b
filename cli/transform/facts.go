package transform

import (
	"fmt"
	"slices"
	"strconv"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// Facts are what a page's source says about itself without being run.
type Facts struct {
	// Exports are the exported value names in order, "default" included.
	Exports []string
	// GetStaticProps and its kin are exported under these names.
	GetStaticProps, GetServerSideProps, GetStaticPaths bool
	// Star is the offset of the first `export * from`, -1 when there is none.
	Star int
	// Config is the value of `export const config`, nil when there is none:
	// nil, bool, float64, string, []any and map[string]any, as JSON has them.
	Config map[string]any
	// Runtime is the string of `export const runtime`, or of config.runtime.
	Runtime string
	// Problem is why config cannot be read without running the page; its
	// offset is ProblemAt.
	Problem   string
	ProblemAt int
}

// Edge reports whether the module asks for the edge runtime.
func (f *Facts) Edge() bool { return f.Runtime == "edge" || f.Runtime == "experimental-edge" }

// Default reports whether the page has a default export.
func (f *Facts) Default() bool { return slices.Contains(f.Exports, "default") }

// Facts reads the module's exports. An invalid module has none.
func (m *Module) Facts() Facts {
	f := Facts{Star: -1, ProblemAt: -1}
	if !m.Valid {
		return f
	}
	add := func(name string, value *tsgo.Node, at int) {
		if slices.Contains(f.Exports, name) {
			return
		}
		f.Exports = append(f.Exports, name)
		switch name {
		case "getStaticProps":
			f.GetStaticProps = true
		case "getServerSideProps":
			f.GetServerSideProps = true
		case "getStaticPaths":
			f.GetStaticPaths = true
		case "config":
			m.readConfig(&f, value, at)
		case "runtime":
			if value != nil {
				if v, err := m.evaluate(value, name); err == nil {
					f.Runtime, _ = v.(string)
				}
			}
		}
	}
	for _, s := range m.statements() {
		if tsgo.IsAmbient(s) {
			continue
		}
		switch s.Kind {
		case tsgo.KindVariableStatement:
			if !tsgo.IsExported(s) {
				continue
			}
			for _, d := range declarators(s) {
				if d.Name().Kind == tsgo.KindIdentifier {
					add(d.Name().Text(), d.Initializer(), m.start(d))
					continue
				}
				for _, name := range bindingNames(d.Name(), nil) {
					add(name, nil, m.start(d))
				}
			}
		case tsgo.KindFunctionDeclaration, tsgo.KindClassDeclaration, tsgo.KindEnumDeclaration:
			if !tsgo.IsExported(s) {
				continue
			}
			if tsgo.IsDefault(s) {
				add("default", nil, m.start(s))
			} else if s.Name() != nil {
				add(s.Name().Text(), nil, m.start(s))
			}
		case tsgo.KindExportAssignment:
			if !s.AsExportAssignment().IsExportEquals {
				add("default", nil, m.start(s))
			}
		case tsgo.KindExportDeclaration:
			d := s.AsExportDeclaration()
			switch {
			case d.IsTypeOnly:
			case d.ExportClause == nil:
				if f.Star < 0 {
					f.Star = m.start(s)
				}
			case d.ExportClause.Kind == tsgo.KindNamespaceExport:
				add(d.ExportClause.Name().Text(), nil, m.start(s))
			default:
				for _, el := range d.ExportClause.Elements() {
					if el.AsExportSpecifier().IsTypeOnly {
						continue
					}
					var value *tsgo.Node
					if d.ModuleSpecifier == nil {
						value = m.constant(el.PropertyNameOrName().Text())
					}
					add(el.Name().Text(), value, m.start(el))
				}
			}
		}
	}
	return f
}

// constant finds the initializer of a top-level const.
func (m *Module) constant(name string) *tsgo.Node {
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindVariableStatement {
			continue
		}
		for _, d := range declarators(s) {
			if d.Name().Kind == tsgo.KindIdentifier && d.Name().Text() == name {
				return d.Initializer()
			}
		}
	}
	return nil
}

func (m *Module) readConfig(f *Facts, value *tsgo.Node, at int) {
	if value == nil {
		f.Problem, f.ProblemAt = "config must be a constant object written in this file", at
		return
	}
	v, err := m.evaluate(value, "config")
	if err != nil {
		f.Problem, f.ProblemAt = err.text, err.at
		return
	}
	object, ok := v.(map[string]any)
	if !ok {
		f.Problem, f.ProblemAt = "config must be an object", m.start(value)
		return
	}
	f.Config = object
	if runtime, ok := object["runtime"].(string); ok && f.Runtime == "" {
		f.Runtime = runtime
	}
}

type literalError struct {
	text string
	at   int
}

// undefinedValue marks a literal `undefined`, which an object leaves out.
type undefinedValue struct{}

// evaluate computes a literal. path names it in errors ("config.api").
func (m *Module) evaluate(n *tsgo.Node, path string) (any, *literalError) {
	n = tsgo.Unwrap(n)
	switch n.Kind {
	case tsgo.KindStringLiteral, tsgo.KindTemplate:
		return n.Text(), nil
	case tsgo.KindNumericLiteral:
		if v, err := strconv.ParseFloat(n.Text(), 64); err == nil {
			return v, nil
		}
	case tsgo.KindTrue:
		return true, nil
	case tsgo.KindFalse:
		return false, nil
	case tsgo.KindNull:
		return nil, nil
	case tsgo.KindIdentifier:
		if n.Text() == "undefined" {
			return undefinedValue{}, nil
		}
	case tsgo.KindPrefixUnary:
		u := n.AsPrefixUnaryExpression()
		if v, err := m.evaluate(u.Operand, path); err == nil && u.Operator == tsgo.KindMinus {
			if number, ok := v.(float64); ok {
				return -number, nil
			}
		}
	case tsgo.KindArrayLiteral:
		list := []any{}
		for i, el := range n.Elements() {
			v, err := m.evaluate(el, fmt.Sprintf("%s[%d]", path, i))
			if err != nil {
				return nil, err
			}
			if _, undefined := v.(undefinedValue); undefined {
				v = nil
			}
			list = append(list, v)
		}
		return list, nil
	case tsgo.KindObjectLiteral:
		object := map[string]any{}
		for _, p := range n.Properties() {
			if p.Kind != tsgo.KindPropertyAssignment || p.Name().Kind == tsgo.KindComputedPropertyName {
				return nil, m.notLiteral(p, path)
			}
			key := p.Name().Text()
			v, err := m.evaluate(p.Initializer(), path+"."+key)
			if err != nil {
				return nil, err
			}
			if _, undefined := v.(undefinedValue); !undefined {
				object[key] = v
			}
		}
		return object, nil
	}
	return nil, m.notLiteral(n, path)
}

func (m *Module) notLiteral(n *tsgo.Node, path string) *literalError {
	return &literalError{path + " is not a literal, so it cannot be read without running the page", m.start(n)}
}

func declarators(s *tsgo.Node) []*tsgo.Node {
	return s.AsVariableStatement().DeclarationList.AsVariableDeclarationList().Declarations.Nodes
}

// bindingNames appends the names that a binding (identifier or pattern)
// declares.
func bindingNames(n *tsgo.Node, names []string) []string {
	if n == nil {
		return names
	}
	if n.Kind == tsgo.KindIdentifier {
		return append(names, n.Text())
	}
	for _, el := range n.Elements() {
		if el.Kind == tsgo.KindBindingElement && el.Name() != nil {
			names = bindingNames(el.Name(), names)
		}
	}
	return names
}
