// Package transform edits user source before esbuild sees it. In: the original
// text of one TS, TSX, JS or JSX module. Out: the same text with byte ranges
// replaced, and facts about what the module exports. Parsing and scopes come
// from typescript-go; everything that is left alone stays byte for byte what the
// user wrote, so messages and source maps keep pointing at it.
package transform

import (
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// Module is one parsed source file. It is not safe for use by several
// goroutines at once.
type Module struct {
	Path   string
	Source string
	// Valid: the text has no syntax errors. Edits of an invalid module would
	// be guesses, so every edit leaves one alone; esbuild reports the error.
	Valid bool

	file  *tsgo.SourceFile
	bound bool
}

// Parse reads the module at path, whose ending chooses the language.
func Parse(path, source string) *Module {
	file, ok := tsgo.Parse(path, source)
	return &Module{Path: path, Source: source, Valid: ok, file: file}
}

func (m *Module) bind() {
	if !m.bound {
		tsgo.Bind(m.file)
		m.bound = true
	}
}

func (m *Module) start(n *tsgo.Node) int { return tsgo.Start(m.file, n) }

// statements of the module, in order.
func (m *Module) statements() []*tsgo.Node { return m.file.Statements.Nodes }

// LeadingEffects lists the modules that are imported for their effects alone
// (`import "x"`) before the module imports anything by name, style sheets not
// counted.
func (m *Module) LeadingEffects() []string {
	var list []string
	if !m.Valid {
		return nil
	}
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindImportDeclaration {
			if s.Kind == tsgo.KindExpressionStatement { // "use client"
				continue
			}
			break
		}
		spec := s.AsImportDeclaration().ModuleSpecifier
		if spec.Kind != tsgo.KindStringLiteral || s.AsImportDeclaration().ImportClause != nil && !s.AsImportDeclaration().ImportClause.IsTypeOnly() {
			break
		}
		if s.AsImportDeclaration().ImportClause == nil && !isStyle(spec.Text()) {
			list = append(list, spec.Text())
		}
	}
	return list
}

func isStyle(specifier string) bool {
	for _, ext := range []string{".css", ".scss", ".sass"} {
		if strings.HasSuffix(specifier, ext) {
			return true
		}
	}
	return false
}

// FoldTypeof replaces `typeof window`, where window is the global one, by the
// string literal of value ("object" in the browser, "undefined" on the server),
// so that esbuild can drop what lies behind the test.
func (m *Module) FoldTypeof(e *Edits, value string) {
	if !m.Valid || !MayTestWindow(m.Source) {
		return
	}
	m.bind()
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		if tsgo.IsType(n) {
			return false
		}
		if n.Kind == tsgo.KindTypeOf {
			if id := tsgo.Unwrap(n.AsTypeOfExpression().Expression); id.Kind == tsgo.KindIdentifier && id.Text() == "window" && !m.shadowed(id) {
				e.Replace(m.start(n), n.End(), `"`+value+`"`)
				return false
			}
		}
		return n.ForEachChild(walk)
	}
	m.file.AsNode().ForEachChild(walk)
}

// MayTestWindow is the cheap test before FoldTypeof.
func MayTestWindow(source string) bool {
	for {
		i := strings.Index(source, "typeof")
		if i < 0 {
			return false
		}
		source = source[i+len("typeof"):]
		if rest := strings.TrimLeft(source, " \t\r\n("); strings.HasPrefix(rest, "window") {
			return true
		}
	}
}

// shadowed reports that something in the module declares the identifier's name
// in a scope around it.
func (m *Module) shadowed(id *tsgo.Node) bool {
	name := id.Text()
	for n := id.Parent; n != nil; n = n.Parent {
		if n.Locals()[name] != nil {
			return true
		}
	}
	return false
}

// isReference reports whether the identifier is read or written, rather than
// being the name of a property, a label, an attribute or a declaration.
func isReference(id *tsgo.Node) bool {
	p := id.Parent
	if p == nil {
		return false
	}
	switch p.Kind {
	case tsgo.KindPropertyAccess:
		return p.Expression() == id
	case tsgo.KindPropertyAssignment, tsgo.KindMethodDeclaration, tsgo.KindPropertyDeclaration,
		tsgo.KindGetAccessor, tsgo.KindSetAccessor, tsgo.KindEnumMember, tsgo.KindJsxAttribute:
		return p.Name() != id
	case tsgo.KindBindingElement:
		return p.AsBindingElement().PropertyName != id && p.Name() != id
	case tsgo.KindVariableDeclaration, tsgo.KindFunctionDeclaration, tsgo.KindClassDeclaration,
		tsgo.KindFunctionExpression, tsgo.KindEnumDeclaration, tsgo.KindModuleDeclaration:
		return p.Name() != id
	case tsgo.KindExportSpecifier:
		s := p.AsExportSpecifier()
		if s.IsTypeOnly || p.Parent.Parent.AsExportDeclaration().ModuleSpecifier != nil {
			return false
		}
		return s.PropertyName == id || s.PropertyName == nil
	case tsgo.KindImportSpecifier, tsgo.KindNamespaceImport, tsgo.KindNamespaceExport, tsgo.KindMetaProperty,
		tsgo.KindLabeledStatement, tsgo.KindBreakStatement, tsgo.KindContinueStatement, tsgo.KindJsxNamespacedName:
		return false
	}
	return true
}
