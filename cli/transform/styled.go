package transform

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// Where the functions come from that make components of CSS.
var (
	styledComponents = []string{"styled-components", "styled-components/native", "styled-components/macro"}
	emotionStyled    = []string{"@emotion/styled", "@emotion/styled/macro"}
)

// MayUseStyledComponents is the cheap test before StyledComponents.
func MayUseStyledComponents(source string) bool { return strings.Contains(source, "styled-components") }

// MayUseEmotion is the cheap test before Emotion.
func MayUseEmotion(source string) bool { return strings.Contains(source, "@emotion/styled") }

// StyledComponents gives every component that the module makes with
// styled-components an id of its own. Without one the package counts components
// in the order of their creation, which is another on the server than in the
// browser. file names the module.
func (m *Module) StyledComponents(file string, edits ...*Edits) {
	if !MayUseStyledComponents(m.Source) {
		return
	}
	m.styled(styledComponents, file, func(n *tsgo.Node, hash string, count int) bool {
		if n.Parent.Kind == tsgo.KindPropertyAccess && n.Parent.Name().Text() == "withConfig" {
			return false
		}
		for _, e := range edits {
			e.Insert(n.End(), fmt.Sprintf(`.withConfig({componentId:"sc-%s-%d"})`, hash, count))
		}
		return true
	})
}

// Emotion gives every component that the module makes with @emotion/styled a class
// of its own, by which the CSS of others selects it: `${Button}:hover &`. file
// names the module.
func (m *Module) Emotion(file string, edits ...*Edits) {
	if !MayUseEmotion(m.Source) {
		return
	}
	m.styled(emotionStyled, file, func(n *tsgo.Node, hash string, count int) bool {
		target := fmt.Sprintf(`target:"e%s%d"`, hash, count)
		for _, e := range edits {
			if n.Kind == tsgo.KindPropertyAccess {
				e.Replace(n.Expression().End(), n.End(), fmt.Sprintf(`(%q,{%s})`, n.Name().Text(), target))
				continue
			}
			switch args := n.Arguments(); len(args) {
			case 1:
				e.Insert(args[0].End(), ",{"+target+"}")
			case 2:
				e.Insert(m.start(args[1]), "{...(")
				e.Insert(args[1].End(), "),"+target+"}")
			}
		}
		return true
	})
}

// styled visits what makes a component of CSS with one of the packages: styled.tag
// and styled(Component). hash is that of file, count the number of those before
// for which visit returned true.
func (m *Module) styled(packages []string, file string, visit func(n *tsgo.Node, hash string, count int) bool) {
	if !m.Valid {
		return
	}
	m.bind()
	names := map[string]bool{}
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindImportDeclaration || !slices.Contains(packages, s.AsImportDeclaration().ModuleSpecifier.Text()) {
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
		made := n.Kind == tsgo.KindPropertyAccess && isStyled(n.Expression()) || n.Kind == tsgo.KindCallExpression && isStyled(n.Expression())
		if made && visit(n, hash, count) {
			count++
		}
		return true
	})
}
