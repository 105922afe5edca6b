package transform

import (
	"strconv"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// DynamicIDs adds `loadableGenerated: {modules: [id]}` to the options of every
// next/dynamic call that imports a module, so that the server can note what it
// rendered and the browser can load it before hydrating. id names the module
// from its import specifier.
//
// On the server, a call with `ssr: false` loses its loader: the component is
// never rendered there, and its module may not even be loadable.
func (m *Module) DynamicIDs(e *Edits, id func(specifier string) string, server bool) {
	if !m.Valid {
		return
	}
	name := m.dynamicName()
	if name == "" {
		return
	}
	m.bind()
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		if tsgo.IsType(n) {
			return false
		}
		if n.Kind == tsgo.KindCallExpression {
			if callee := n.Expression(); callee.Kind == tsgo.KindIdentifier && callee.Text() == name && tsgo.TopLevel(m.file, callee) {
				m.dynamicCall(e, n, id, server)
				return false
			}
		}
		return n.ForEachChild(walk)
	}
	m.file.AsNode().ForEachChild(walk)
}

// dynamicName is what the module calls the default export of next/dynamic.
func (m *Module) dynamicName() string {
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindImportDeclaration {
			continue
		}
		spec := s.AsImportDeclaration().ModuleSpecifier
		clause := s.AsImportDeclaration().ImportClause
		if clause == nil || spec.Kind != tsgo.KindStringLiteral || strings.TrimSuffix(spec.Text(), ".js") != "next/dynamic" {
			continue
		}
		if clause.Name() != nil {
			return clause.Name().Text()
		}
		for _, b := range importBindings(s) {
			if b.Kind == tsgo.KindImportSpecifier && b.PropertyNameOrName().Text() == "default" {
				return b.Name().Text()
			}
		}
	}
	return ""
}

func (m *Module) dynamicCall(e *Edits, call *tsgo.Node, id func(string) string, server bool) {
	args := call.Arguments()
	if len(args) == 0 {
		return
	}
	// dynamic({loader: () => import("x")}) carries loader and options in one.
	loader, options := args[0], args[0]
	single := tsgo.Unwrap(args[0]).Kind == tsgo.KindObjectLiteral
	if single {
		loader = property(tsgo.Unwrap(args[0]), "loader")
	} else if options = nil; len(args) > 1 {
		options = args[1]
	}
	if options != nil {
		options = tsgo.Unwrap(options)
	}
	specifiers := importSpecifiers(loader)
	if len(specifiers) == 0 {
		return
	}
	var ids []string
	for _, s := range specifiers {
		ids = append(ids, strconv.Quote(id(s)))
	}
	generated := "loadableGenerated:{modules:[" + strings.Join(ids, ",") + "]}"
	switch {
	case options == nil:
		e.InsertLast(args[0].End(), ",{"+generated+"}")
	case options.Kind == tsgo.KindObjectLiteral:
		// First, so that a trailing comma or spread needs no care.
		text := generated
		if len(options.Properties()) > 0 {
			text += ","
		}
		e.Insert(m.start(options)+1, text)
		if ssr := property(options, "ssr"); server && !single && ssr != nil && tsgo.Unwrap(ssr).Kind == tsgo.KindFalse {
			e.Replace(m.start(loader), loader.End(), "async()=>()=>null")
		}
	default:
		e.Insert(m.start(args[1]), "Object.assign({"+generated+"},")
		e.Insert(args[1].End(), ")")
	}
}

// property finds the initializer of a plain property of an object literal.
func property(object *tsgo.Node, name string) *tsgo.Node {
	for _, p := range object.Properties() {
		if p.Kind == tsgo.KindPropertyAssignment && p.Name().Kind != tsgo.KindComputedPropertyName && p.Name().Text() == name {
			return p.Initializer()
		}
	}
	return nil
}

// importSpecifiers lists the literal arguments of import() within n.
func importSpecifiers(n *tsgo.Node) []string {
	var list []string
	if n == nil {
		return nil
	}
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		if n.Kind == tsgo.KindCallExpression && n.Expression().Kind == tsgo.KindImportKeyword {
			if args := n.Arguments(); len(args) > 0 && (args[0].Kind == tsgo.KindStringLiteral || args[0].Kind == tsgo.KindTemplate) {
				list = append(list, args[0].Text())
			}
		}
		return n.ForEachChild(walk)
	}
	walk(n)
	return list
}
