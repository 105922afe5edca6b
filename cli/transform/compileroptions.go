package transform

import (
	"regexp"
	"slices"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// RemoveConsole takes calls of the global console out, the methods in keep not
// counted: compiler.removeConsole.
func (m *Module) RemoveConsole(e *Edits, keep []string) {
	if !m.Valid || !strings.Contains(m.Source, "console") {
		return
	}
	m.bind()
	m.visit(func(n *tsgo.Node) bool {
		if n.Kind != tsgo.KindCallExpression || n.Expression().Kind != tsgo.KindPropertyAccess {
			return true
		}
		callee := n.Expression()
		object := tsgo.Unwrap(callee.Expression())
		if object.Kind != tsgo.KindIdentifier || object.Text() != "console" || m.shadowed(object) || slices.Contains(keep, callee.Name().Text()) {
			return true
		}
		e.Replace(m.start(n), n.End(), "(void 0)")
		return false
	})
}

// RemoveProperties takes JSX attributes out whose name matches one of the
// patterns: compiler.reactRemoveProperties.
func (m *Module) RemoveProperties(e *Edits, patterns []*regexp.Regexp) {
	if !m.Valid {
		return
	}
	m.visit(func(n *tsgo.Node) bool {
		if n.Kind == tsgo.KindJsxAttribute && n.Name().Kind == tsgo.KindIdentifier &&
			slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(n.Name().Text()) }) {
			e.Remove(m.start(n), n.End())
			return false
		}
		return true
	})
}

// visit walks the code of the module, types left out, as long as enter returns
// true.
func (m *Module) visit(enter func(*tsgo.Node) bool) {
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		if !tsgo.IsType(n) && enter(n) {
			n.ForEachChild(walk)
		}
		return false
	}
	m.file.AsNode().ForEachChild(walk)
}
