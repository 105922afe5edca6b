package transform

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// Context is an import whose path is known in part only: `import("./a/" + name)`.
type Context struct {
	// Prefix is what the path begins with, Suffix what it ends with.
	Prefix, Suffix string
	// Dynamic tells import() from require().
	Dynamic bool
}

var partialImport = regexp.MustCompile("\\b(import|require)\\s*\\(\\s*(/\\*[^*]*\\*/\\s*)*(`[^`$]+\\$\\{|\"[^\"\\n]+\"\\s*\\+|'[^'\\n]+'\\s*\\+)")

// MayImportPartly is the cheap test before Contexts.
func MayImportPartly(source string) bool {
	return (mayCall(source, "import") || mayCall(source, "require")) && partialImport.MatchString(source)
}

// mayCall tells whether a name is followed by a parenthesis somewhere.
func mayCall(source, name string) bool {
	for {
		i := strings.Index(source, name)
		if i < 0 {
			return false
		}
		source = source[i+len(name):]
		if strings.HasPrefix(strings.TrimLeft(source, " \t\r\n"), "(") {
			return true
		}
	}
}

// Contexts compiles imports whose path is known in part. module gives the import
// path of a module whose default export is a function from the whole path to
// what the import is to give, or "" to leave the import alone.
func (m *Module) Contexts(edits []*Edits, module func(Context) string) {
	if !m.Valid {
		return
	}
	m.bind()
	m.visit(func(n *tsgo.Node) bool {
		if n.Kind != tsgo.KindCallExpression {
			return true
		}
		args := n.Arguments()
		callee := n.Expression()
		dynamic := callee.Kind == tsgo.KindImportKeyword
		if len(args) == 0 || !dynamic && (callee.Kind != tsgo.KindIdentifier || callee.Text() != "require" || m.shadowed(callee)) {
			return true
		}
		prefix, suffix, ok := partialText(args[0])
		if !ok || prefix == "" {
			return true
		}
		path := module(Context{Prefix: prefix, Suffix: suffix, Dynamic: dynamic})
		if path == "" {
			return true
		}
		name, err := json.Marshal(path)
		if err != nil {
			return true
		}
		call := "require(" + string(name) + ").default("
		if dynamic {
			// The path is computed outside the arrow function: it may hold an await.
			call = "((path)=>import(" + string(name) + ").then((context)=>context.default(path)))("
		}
		for _, e := range edits {
			e.Replace(m.start(n), m.start(args[0]), call)
		}
		return true
	})
}

// partialText is the known beginning and end of a string expression with an
// unknown part between them.
func partialText(n *tsgo.Node) (prefix, suffix string, ok bool) {
	n = tsgo.Unwrap(n)
	switch n.Kind {
	case tsgo.KindTemplateExpression:
		t := n.AsTemplateExpression()
		spans := t.TemplateSpans.Nodes
		return t.Head.Text(), spans[len(spans)-1].AsTemplateSpan().Literal.Text(), true
	case tsgo.KindBinary:
		b := n.AsBinaryExpression()
		if b.OperatorToken.Kind != tsgo.KindPlus {
			return "", "", false
		}
		if prefix, ok = knownText(b.Left); !ok {
			if prefix, _, ok = partialText(b.Left); !ok {
				return "", "", false
			}
		}
		if suffix, ok = knownText(b.Right); !ok {
			_, suffix, _ = partialText(b.Right)
		}
		return prefix, suffix, true
	}
	return "", "", false
}

func knownText(n *tsgo.Node) (string, bool) {
	n = tsgo.Unwrap(n)
	if n.Kind == tsgo.KindStringLiteral || n.Kind == tsgo.KindTemplate {
		return n.Text(), true
	}
	return "", false
}

// LooseJSON reads JSON with comments and trailing commas, as tsconfig.json is
// written. ok is false when the text is something else.
func LooseJSON(text string) (value any, ok bool) {
	const before = "x=("
	file, ok := tsgo.Parse("json.js", before+strings.TrimPrefix(text, "\ufeff")+"\n)")
	if !ok || len(file.Statements.Nodes) != 1 || file.Statements.Nodes[0].Kind != tsgo.KindExpressionStatement {
		return nil, false
	}
	assignment := file.Statements.Nodes[0].Expression()
	if assignment.Kind != tsgo.KindBinary {
		return nil, false
	}
	return looseValue(assignment.AsBinaryExpression().Right)
}

func looseValue(n *tsgo.Node) (any, bool) {
	n = tsgo.Unwrap(n)
	switch n.Kind {
	case tsgo.KindStringLiteral:
		return n.Text(), true
	case tsgo.KindNumericLiteral:
		f, err := strconv.ParseFloat(n.Text(), 64)
		return f, err == nil
	case tsgo.KindTrue, tsgo.KindFalse:
		return n.Kind == tsgo.KindTrue, true
	case tsgo.KindNull:
		return nil, true
	case tsgo.KindArrayLiteral:
		list := []any{}
		for _, e := range n.Elements() {
			v, ok := looseValue(e)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		return list, true
	case tsgo.KindObjectLiteral:
		object := map[string]any{}
		for _, p := range n.Properties() {
			if p.Kind != tsgo.KindPropertyAssignment || p.Name().Kind != tsgo.KindStringLiteral {
				return nil, false
			}
			v, ok := looseValue(p.Initializer())
			if !ok {
				return nil, false
			}
			object[p.Name().Text()] = v
		}
		return object, true
	}
	return nil, false
}
