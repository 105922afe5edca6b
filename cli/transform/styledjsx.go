package transform

import (
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// MayUseStyledJSX is the cheap test before StyledJSX.
func MayUseStyledJSX(source string) bool {
	return strings.Contains(source, "<style jsx") || strings.Contains(source, "styled-jsx/css")
}

// StyledJSX returns the offset of the first <style jsx> element or import of
// styled-jsx/css, -1 when there is none.
func (m *Module) StyledJSX() int {
	at := -1
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		switch n.Kind {
		case tsgo.KindImportDeclaration:
			if s := n.AsImportDeclaration().ModuleSpecifier; s.Kind == tsgo.KindStringLiteral && s.Text() == "styled-jsx/css" {
				at = m.start(n)
			}
		case tsgo.KindJsxAttribute:
			element := n.Parent.Parent
			if n.Name().Kind == tsgo.KindIdentifier && n.Name().Text() == "jsx" && element.Kind == tsgo.KindJsxOpening && element.TagName().Kind == tsgo.KindIdentifier && element.TagName().Text() == "style" {
				at = m.start(element)
			}
		}
		return at >= 0 || n.ForEachChild(walk)
	}
	m.file.AsNode().ForEachChild(walk)
	return at
}
