package transform

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// styledPackages are where styled-components is imported from.
var styledPackages = []string{"styled-components", "styled-components/native", "styled-components/macro"}

// MayUseStyledComponents is the cheap test before StyledComponents.
func MayUseStyledComponents(source string) bool { return strings.Contains(source, "styled-components") }

// StyledComponents gives every component that the module makes with
// styled-components an id of its own. Without one the package counts components
// in the order of their creation, which is another on the server than in the
// browser. file names the module.
func (m *Module) StyledComponents(file string, edits ...*Edits) {
	if !m.Valid || !MayUseStyledComponents(m.Source) {
		return
	}
	m.bind()
	names := map[string]bool{}
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindImportDeclaration || !slices.Contains(styledPackages, s.AsImportDeclaration().ModuleSpecifier.Text()) {
			continue
		}
		for _, b := range importBindings(s) {
			if b.Kind != tsgo.KindImportSpecifier && b.Kind != tsgo.KindNamespaceImport || b.Kind == tsgo.KindImportSpecifier && slices.Contains([]string{"default", "styled"}, b.PropertyNameOrName().Text()) {
				names[b.Name().Text()] = true
			}
		}
	}
	if len(names) == 0 {
		return
	}
	isStyled := func(n *tsgo.Node) bool {
		return n.Kind == tsgo.KindIdentifier && names[n.Text()] && tsgo.TopLevel(m.file, n)
	}
	sum := sha256.Sum256([]byte(file))
	hash, count := hex.EncodeToString(sum[:4]), 0
	m.visit(func(n *tsgo.Node) bool {
		// styled.tag or styled(Component): what makes a component of CSS.
		made := n.Kind == tsgo.KindPropertyAccess && isStyled(n.Expression()) || n.Kind == tsgo.KindCallExpression && isStyled(n.Expression())
		if !made || n.Parent.Kind == tsgo.KindPropertyAccess && n.Parent.Name().Text() == "withConfig" {
			return true
		}
		for _, e := range edits {
			e.Insert(n.End(), fmt.Sprintf(`.withConfig({componentId:"sc-%s-%d"})`, hash, count))
		}
		count++
		return true
	})
}
