package transform

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// StyledSheet is the CSS of one <style jsx> element or one template of
// styled-jsx/css, before its selectors are scoped.
type StyledSheet struct {
	// CSS has StyledHole(i) where the i-th expression stands.
	CSS   string
	Holes int
	// Class is the class to put into every compound selector, without its dot;
	// empty for global styles.
	Class string
}

// StyledError is a use of styled-jsx that cannot be compiled.
type StyledError struct {
	Text, Hint string
	At         int
}

// StyledHole stands for the i-th expression of a style: an identifier, which is
// something CSS allows almost anywhere.
func StyledHole(i int) string { return fmt.Sprintf("onward-jsx-%d-", i) }

// dynamicSelector is the class that styled-jsx replaces at run time, when the
// values of a style's expressions are known.
const dynamicSelector = "__jsx-style-dynamic-selector"

// styleComponent is what the edited module calls the component of
// styled-jsx/style.
const styleComponent = "_JSXStyle"

// MayUseStyledJSX is the cheap test before StyledJSX.
func MayUseStyledJSX(source string) bool {
	return strings.Contains(source, "styled-jsx/css") || strings.Contains(source, "<style") && strings.Contains(source, "jsx")
}

// StyledJSX compiles <style jsx> elements and the templates of styled-jsx/css
// into uses of styled-jsx/style. Every element below the one that has a style
// as its child gets the style's class. scope turns the CSS of a style into what
// the browser gets, with all holes kept.
func (m *Module) StyledJSX(scope func(StyledSheet) (string, error), edits ...*Edits) []StyledError {
	if !m.Valid || !MayUseStyledJSX(m.Source) {
		return nil
	}
	m.bind()
	s := &styler{m: m, scope: scope, edits: edits, tags: map[string]string{}}
	s.imports()
	m.file.AsNode().ForEachChild(s.find)
	if s.component {
		s.insert(m.afterDirectives(), `import `+styleComponent+` from "styled-jsx/style";`)
	}
	return s.errors
}

type styler struct {
	m     *Module
	scope func(StyledSheet) (string, error)
	edits []*Edits
	// tags are the local names of what styled-jsx/css exports: "css",
	// "global" or "resolve".
	tags      map[string]string
	component bool
	errors    []StyledError
}

// style is one style as the source has it.
type style struct {
	element *tsgo.Node
	global  bool
	// external is the expression of a style that is defined elsewhere with
	// css`...`; then nothing of the below is set.
	external string
	css      string
	holes    []string
	// constant: css is plain text, not the inside of a template literal.
	constant bool
	hash     string
}

func (s *styler) insert(at int, text string) {
	for _, e := range s.edits {
		e.Insert(at, text)
	}
}

func (s *styler) replace(start, end int, text string) {
	for _, e := range s.edits {
		e.Replace(start, end, text)
	}
}

func (s *styler) fail(n *tsgo.Node, hint, format string, args ...any) {
	s.errors = append(s.errors, StyledError{fmt.Sprintf(format, args...), hint, s.m.start(n)})
}

func (s *styler) text(n *tsgo.Node) string { return s.m.Source[s.m.start(n):n.End()] }

// imports notes the names of styled-jsx/css and takes its import out: only the
// templates use it.
func (s *styler) imports() {
	for _, n := range s.m.statements() {
		if n.Kind != tsgo.KindImportDeclaration || n.AsImportDeclaration().ModuleSpecifier.Text() != "styled-jsx/css" {
			continue
		}
		for _, b := range importBindings(n) {
			name := "css"
			if b.Kind == tsgo.KindImportSpecifier && b.PropertyNameOrName().Text() != "default" {
				name = b.PropertyNameOrName().Text()
			}
			s.tags[b.Name().Text()] = name
		}
		s.replace(s.m.start(n), n.End(), "")
	}
}

// find visits what is outside of any element with styles.
func (s *styler) find(n *tsgo.Node) bool {
	switch n.Kind {
	case tsgo.KindTaggedTemplate:
		if kind := s.tag(n.AsTaggedTemplateExpression().Tag); kind != "" {
			s.template(n, kind)
			return false
		}
	case tsgo.KindJsxElement, tsgo.KindJsxFragment:
		var styles []*tsgo.Node
		for _, c := range n.Children().Nodes {
			if isStyleJSX(c) {
				styles = append(styles, c)
			}
		}
		if len(styles) > 0 {
			s.component = true
			s.root(n, styles)
			return false
		}
	}
	return n.ForEachChild(s.find)
}

// tag tells which of css, global and resolve a template's tag is.
func (s *styler) tag(n *tsgo.Node) string {
	member := ""
	if n.Kind == tsgo.KindPropertyAccess {
		member = n.Name().Text()
		n = n.Expression()
	}
	if n.Kind != tsgo.KindIdentifier || s.tags[n.Text()] == "" || !tsgo.TopLevel(s.m.file, n) {
		return ""
	}
	kind := s.tags[n.Text()]
	if kind == "css" && (member == "global" || member == "resolve") {
		return member
	}
	if member != "" {
		return ""
	}
	return kind
}

// isStyleJSX reports whether n is a <style jsx> element.
func isStyleJSX(n *tsgo.Node) bool {
	if n.Kind != tsgo.KindJsxElement {
		return false
	}
	open := n.AsJsxElement().OpeningElement
	return isTag(open, "style") && attribute(open, "jsx") != nil
}

func isTag(opening *tsgo.Node, name string) bool {
	t := opening.TagName()
	return t.Kind == tsgo.KindIdentifier && t.Text() == name
}

// attribute finds an attribute by name.
func attribute(opening *tsgo.Node, name string) *tsgo.Node {
	for _, a := range opening.Attributes().Properties() {
		if a.Kind == tsgo.KindJsxAttribute && a.Name().Kind == tsgo.KindIdentifier && a.Name().Text() == name {
			return a
		}
	}
	return nil
}

// root compiles an element that has styles, and everything in it.
func (s *styler) root(n *tsgo.Node, elements []*tsgo.Node) {
	var styles []*style
	for _, e := range elements {
		if x := s.read(e); x != nil {
			styles = append(styles, x)
		}
	}
	var static []string
	for _, x := range styles {
		if x.external == "" && len(x.holes) == 0 {
			static = append(static, x.hash)
		}
	}
	class := ""
	switch {
	case len(static) == 1:
		class = static[0]
	case len(static) > 1:
		class = styleHash(strings.Join(static, ","))
	}
	for _, x := range styles {
		s.replace(s.m.start(x.element), x.element.End(), s.styleElement(x, class))
	}
	names := classNames(styles, class)
	own := map[*tsgo.Node]bool{}
	for _, e := range elements {
		own[e] = true
	}
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		switch {
		case own[n]:
			return false
		case isStyleJSX(n):
			s.fail(n, "move it next to the other styles, directly below the outermost element, or into a component of its own", "Detected nested styled-jsx tag")
			return false
		case n.Kind == tsgo.KindTaggedTemplate:
			return s.find(n)
		case n.Kind == tsgo.KindJsxOpening || n.Kind == tsgo.KindJsxSelfClosing:
			if names != "" {
				s.element(n, names)
			}
		}
		return n.ForEachChild(walk)
	}
	n.ForEachChild(walk)
}

// read takes a <style jsx> element apart; nil when it is not usable.
func (s *styler) read(e *tsgo.Node) *style {
	x := &style{element: e, global: attribute(e.AsJsxElement().OpeningElement, "global") != nil}
	var content []*tsgo.Node
	for _, c := range e.Children().Nodes {
		if c.Kind == tsgo.KindJsxText && strings.TrimSpace(s.m.Source[c.Pos():c.End()]) == "" || c.Kind == tsgo.KindJsxExpression && c.Expression() == nil {
			continue
		}
		content = append(content, c)
	}
	const hint = "write <style jsx>{`p { color: red }`}</style>"
	if len(content) != 1 {
		s.fail(e, hint, "expected one child in <style jsx>, but found %d", len(content))
		return nil
	}
	if content[0].Kind != tsgo.KindJsxExpression {
		s.fail(content[0], hint, "the CSS of <style jsx> must stand in a template literal")
		return nil
	}
	value := tsgo.Unwrap(content[0].Expression())
	switch value.Kind {
	case tsgo.KindStringLiteral:
		x.css, x.constant = value.Text(), true
	case tsgo.KindTemplate, tsgo.KindTemplateExpression:
		x.css, x.holes = s.parts(value)
		x.constant = len(x.holes) == 0
	case tsgo.KindIdentifier, tsgo.KindPropertyAccess:
		x.external = s.text(value)
		return x
	default:
		s.fail(value, hint+", or define it with css`...` of styled-jsx/css and name it", "the CSS of <style jsx> must be a template literal, a string or a name")
		return nil
	}
	x.hash = styleHash(fmt.Sprint(x.global, "\x00", x.css, "\x00", strings.Join(x.holes, "\x00")))
	return x
}

// parts returns the raw text of a template with holes, and what stands in them.
func (s *styler) parts(n *tsgo.Node) (css string, holes []string) {
	source := s.m.Source
	if n.Kind == tsgo.KindTemplate {
		return source[s.m.start(n)+1 : n.End()-1], nil
	}
	t := n.AsTemplateExpression()
	var out strings.Builder
	out.WriteString(source[s.m.start(t.Head)+1 : t.Head.End()-len("${")])
	spans := t.TemplateSpans.Nodes
	for i, span := range spans {
		x := span.AsTemplateSpan()
		out.WriteString(StyledHole(i))
		holes = append(holes, s.text(x.Expression))
		end := x.Literal.End() - len("${")
		if i == len(spans)-1 {
			end = x.Literal.End() - 1
		}
		out.WriteString(source[s.m.start(x.Literal)+1 : end])
	}
	return out.String(), holes
}

// styleHash names a style.
func styleHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// literal is the scoped CSS as a JavaScript expression.
func (s *styler) literal(x *style, class string, at *tsgo.Node) string {
	if x.global {
		class = ""
	}
	css, err := s.scope(StyledSheet{CSS: x.css, Holes: len(x.holes), Class: class})
	if err != nil {
		s.fail(at, "check braces and quotes of the CSS", "%v", err)
	}
	if x.constant {
		data, _ := json.Marshal(css) // a string always marshals
		return string(data)
	}
	for i := len(x.holes) - 1; i >= 0; i-- {
		css = strings.ReplaceAll(css, StyledHole(i), "${"+x.holes[i]+"}")
	}
	return "`" + css + "`"
}

// styleElement is the element that stands for a style. static is the class of the
// styles without expressions around it.
func (s *styler) styleElement(x *style, static string) string {
	if x.external != "" {
		return "<" + styleComponent + " id={" + x.external + ".__hash}>{" + x.external + "}</" + styleComponent + ">"
	}
	class, dynamic := "jsx-"+static, ""
	if len(x.holes) > 0 {
		class, dynamic = dynamicSelector, " dynamic={["+strings.Join(x.holes, ",")+"]}"
	}
	return "<" + styleComponent + ` id="` + x.hash + `"` + dynamic + ">{" + s.literal(x, class, x.element) + "}</" + styleComponent + ">"
}

// classNames is the expression of the classes that styles give; empty when there
// are none.
func classNames(styles []*style, static string) string {
	var parts, dynamic []string
	text := ""
	if static != "" {
		text = "jsx-" + static
	}
	for _, x := range styles {
		switch {
		case x.external != "" && !x.global:
			text = strings.TrimSpace(text + " jsx-${" + x.external + ".__hash}")
		case len(x.holes) > 0:
			dynamic = append(dynamic, dynamicPair(x))
		}
	}
	if text != "" {
		if dynamic != nil {
			text += " "
		}
		parts = append(parts, "`"+text+"`")
	}
	if dynamic != nil {
		parts = append(parts, styleComponent+".dynamic(["+strings.Join(dynamic, ",")+"])")
	}
	return strings.Join(parts, "+")
}

func dynamicPair(x *style) string { return `["` + x.hash + `",[` + strings.Join(x.holes, ",") + "]]" }

// element gives an element of HTML the classes, before those it has. The
// attribute moves to the end, behind every spread.
func (s *styler) element(n *tsgo.Node, names string) {
	tag := n.TagName()
	if tag.Kind != tsgo.KindIdentifier || tag.Text() == "style" || tag.Text()[0] < 'a' || tag.Text()[0] > 'z' {
		return
	}
	var own []string // what may be the element's own class, the last first
	list := n.Attributes().Properties()
	for i := len(list) - 1; i >= 0; i-- {
		a := list[i]
		if a.Kind == tsgo.KindJsxSpreadAttribute {
			own = append(own, s.spread(tsgo.Unwrap(a.Expression()))...)
			continue
		}
		if a.Name().Kind != tsgo.KindIdentifier || a.Name().Text() != "className" {
			continue
		}
		switch value := a.Initializer(); {
		case value == nil:
		case value.Kind == tsgo.KindStringLiteral:
			data, _ := json.Marshal(html.UnescapeString(value.Text())) // a string always marshals
			own = append(own, string(data))
		case value.Kind == tsgo.KindJsxExpression && value.Expression() != nil:
			own = append(own, "("+s.text(value.Expression())+")")
		}
		s.replace(s.m.start(a), a.End(), "")
		break
	}
	switch {
	case len(own) == 1 && own[0][0] == '"':
		names += `+" "+` + own[0]
	case len(own) > 0:
		names += `+" "+(` + strings.Join(append(own, `""`), "||") + ")"
	}
	at := n.Attributes().End()
	if len(list) == 0 {
		at = tag.End()
	}
	s.insert(at, " className={"+names+"}")
}

// spread lists the class that {...n} may bring. What cannot be read twice, like a
// call, brings none, as in Next.js.
func (s *styler) spread(n *tsgo.Node) []string {
	switch n.Kind {
	case tsgo.KindIdentifier, tsgo.KindPropertyAccess:
		x := s.text(n)
		return []string{x + "&&" + x + ".className!=null&&" + x + ".className"}
	case tsgo.KindObjectLiteral:
		if v := property(n, "className"); v != nil {
			return []string{"(" + s.text(v) + ")"}
		}
	}
	return nil
}

// template compiles css`...`, css.global`...` and css.resolve`...`.
func (s *styler) template(n *tsgo.Node, kind string) {
	x := &style{global: kind == "global"}
	x.css, x.holes = s.parts(n.AsTaggedTemplateExpression().Template)
	x.constant = len(x.holes) == 0
	x.hash = styleHash(fmt.Sprint(x.global, "\x00", x.css, "\x00", strings.Join(x.holes, "\x00")))
	text := ""
	switch {
	case kind != "resolve":
		text = "Object.assign(new String(" + s.literal(x, "jsx-"+x.hash, n) + `),{__hash:"` + x.hash + `"})`
	case len(x.holes) > 0:
		s.component = true
		text = "{styles:" + s.styleElement(&style{element: n, css: x.css, holes: x.holes, hash: x.hash}, "") +
			",className:" + styleComponent + ".dynamic([" + dynamicPair(x) + "])}"
	default:
		s.component = true
		x.element = n
		text = "{styles:" + s.styleElement(x, x.hash) + `,className:"jsx-` + x.hash + `"}`
	}
	if p := n.Parent; p.Kind == tsgo.KindExpressionStatement || p.Kind == tsgo.KindArrowFunction {
		text = "(" + text + ")" // a block, otherwise
	}
	s.replace(s.m.start(n), n.End(), text)
}
