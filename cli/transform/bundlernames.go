package transform

import (
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// MayUseBuffer is the cheap test before ProvideBuffer. A module that asks whether
// there is a Buffer goes without one: it would only make the page larger.
func MayUseBuffer(source string) bool {
	if strings.Contains(source, "typeof Buffer") {
		return false
	}
	for rest := source; ; {
		i := strings.Index(rest, "Buffer")
		if i < 0 {
			return false
		}
		// ArrayBuffer and x.Buffer are others.
		if i == 0 || !isNameByte(rest[i-1]) && rest[i-1] != '.' {
			return true
		}
		rest = rest[i+len("Buffer"):]
	}
}

func isNameByte(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c >= 0x80
}

// ProvideBuffer makes the global Buffer, which browsers have not, the one of the
// package buffer.
func (m *Module) ProvideBuffer(e *Edits) {
	if !m.Valid || !MayUseBuffer(m.Source) {
		return
	}
	m.bind()
	m.visit(func(n *tsgo.Node) bool {
		if n.Kind != tsgo.KindIdentifier || n.Text() != "Buffer" || !isReference(n) || m.shadowed(n) {
			return true
		}
		text := `require("buffer").Buffer`
		switch p := n.Parent; {
		case p.Kind == tsgo.KindShorthandProperty:
			text = "Buffer:" + text
		case p.Kind == tsgo.KindExportSpecifier || tsgo.IsType(p):
			return true
		case p.Kind == tsgo.KindNewExpression && p.Expression() == n:
			text = "(" + text + ")" // new would take the call of require for its own
		}
		e.Replace(m.start(n), n.End(), text)
		return true
	})
}

// MayNameFiles is the cheap test before FileURLs.
func MayNameFiles(source string) bool { return strings.Contains(source, "import.meta.url") }

// FileURLs compiles `new URL("./file", import.meta.url)`. module gives the import
// path whose default export is the URL of the file named, or "" to leave the
// expression alone; worker says that `new Worker` or `new SharedWorker` is around
// it. base is the JavaScript expression of what that is relative to.
func (m *Module) FileURLs(e *Edits, base string, module func(specifier string, worker bool) string) {
	if !m.Valid || !MayNameFiles(m.Source) {
		return
	}
	m.bind()
	var imports strings.Builder
	n := 0
	m.visit(func(x *tsgo.Node) bool {
		if x.Kind != tsgo.KindNewExpression || x.Expression().Kind != tsgo.KindIdentifier || x.Expression().Text() != "URL" || m.shadowed(x.Expression()) {
			return true
		}
		args := x.Arguments()
		if len(args) != 2 || args[0].Kind != tsgo.KindStringLiteral && args[0].Kind != tsgo.KindTemplate ||
			args[1].Kind != tsgo.KindPropertyAccess || args[1].Name().Text() != "url" || args[1].Expression().Kind != tsgo.KindMetaProperty {
			return true
		}
		path := module(args[0].Text(), m.startsWorker(x))
		if path == "" {
			return true
		}
		name := "__onward_file_" + strings.Repeat("_", n)
		n++
		imports.WriteString("import " + name + " from " + quote(path) + ";")
		e.Replace(m.start(args[0]), args[1].End(), name+","+base)
		return false
	})
	if n > 0 {
		e.Insert(m.afterDirectives(), imports.String())
	}
}

// startsWorker reports whether a URL is the first argument of `new Worker` or `new
// SharedWorker`.
func (m *Module) startsWorker(url *tsgo.Node) bool {
	p := url.Parent
	if p.Kind != tsgo.KindNewExpression || p.Expression().Kind != tsgo.KindIdentifier || m.shadowed(p.Expression()) {
		return false
	}
	args, name := p.Arguments(), p.Expression().Text()
	return (name == "Worker" || name == "SharedWorker") && len(args) > 0 && args[0] == url
}

// afterDirectives is where an import may be put: after "use client" and the like.
func (m *Module) afterDirectives() int {
	for _, n := range m.statements() {
		if n.Kind == tsgo.KindExpressionStatement && n.Expression().Kind == tsgo.KindStringLiteral {
			continue
		}
		return m.start(n)
	}
	return len(m.Source)
}
