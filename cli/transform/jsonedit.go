package transform

import (
	"encoding/json"
	"slices"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// JSONMember is a member of a JSON object. A Value that is a []JSONMember is an
// object with its members in that order.
type JSONMember struct {
	Name  string
	Value any
}

// SetJSON puts members into an object of a JSON text, in place of those of the same
// names; of them the last one counts. path leads to the object, from the outermost
// one. Comments and everything else stay as they are written. ok is false when the
// text cannot be read, or there is no such object.
func SetJSON(text string, path []string, members []JSONMember) (changed string, ok bool) {
	text, marked := strings.CutPrefix(text, "\ufeff")
	const before = "x=("
	file, ok := tsgo.Parse("json.js", before+text+"\n)")
	if !ok || len(file.Statements.Nodes) != 1 || file.Statements.Nodes[0].Kind != tsgo.KindExpressionStatement {
		return "", false
	}
	assignment := file.Statements.Nodes[0].Expression()
	if assignment.Kind != tsgo.KindBinary {
		return "", false
	}
	object := tsgo.Unwrap(assignment.AsBinaryExpression().Right)
	for _, name := range path {
		if object.Kind != tsgo.KindObjectLiteral {
			return "", false
		}
		if object = property(object, name); object == nil {
			return "", false
		}
		object = tsgo.Unwrap(object)
	}
	if object.Kind != tsgo.KindObjectLiteral {
		return "", false
	}
	w := jsonWriter{source: text, file: file, offset: len(before), newline: "\n"}
	if strings.Contains(text, "\r\n") {
		w.newline = "\r\n"
	}
	w.set(object, len(path), members)
	if changed = w.edits.Apply(text, ""); marked {
		changed = "\ufeff" + changed
	}
	return changed, true
}

type jsonWriter struct {
	source  string
	file    *tsgo.SourceFile
	offset  int // of source in what was parsed
	newline string
	edits   Edits
}

func (w *jsonWriter) start(n *tsgo.Node) int { return tsgo.Start(w.file, n) - w.offset }
func (w *jsonWriter) end(n *tsgo.Node) int   { return n.End() - w.offset }

func (w *jsonWriter) set(object *tsgo.Node, depth int, members []JSONMember) {
	have := object.Properties()
	indent, spread := w.indent(object, depth)
	var added strings.Builder
	for _, m := range members {
		at := slices.IndexFunc(have, func(p *tsgo.Node) bool {
			return p.Kind == tsgo.KindPropertyAssignment && p.Name().Kind == tsgo.KindStringLiteral && p.Name().Text() == m.Name
		})
		if at >= 0 {
			old := have[at].Initializer()
			w.edits.Replace(w.start(old), w.end(old), w.text(m.Value, indent))
			continue
		}
		if added.Len() > 0 {
			added.WriteByte(',')
		}
		if spread {
			added.WriteString(w.newline + indent)
		} else if added.Len() > 0 || len(have) > 0 {
			added.WriteByte(' ')
		}
		name, _ := json.Marshal(m.Name) // a string always marshals
		added.WriteString(string(name) + ": " + w.text(m.Value, indent))
	}
	if added.Len() == 0 {
		return
	}
	brace := w.end(object) - 1
	if len(have) == 0 {
		if !spread {
			w.edits.Insert(brace, added.String())
			return
		}
		// `{}` becomes lines of their own.
		from := len(strings.TrimRight(w.source[:brace], " \t\r\n"))
		w.edits.Replace(from, brace, added.String()+w.newline+strings.Repeat("  ", depth))
		return
	}
	last := w.end(have[len(have)-1])
	if !object.AsObjectLiteralExpression().Properties.HasTrailingComma() {
		w.edits.Insert(last, ",")
	}
	if !spread {
		w.edits.Insert(max(last, len(strings.TrimRight(w.source[:brace], " \t"))), added.String())
		return
	}
	// Behind the comments of the last member.
	w.edits.Insert(len(strings.TrimRight(w.source[:brace], " \t\r\n")), added.String())
}

// indent is that of an object's members. spread: each has a line of its own.
func (w *jsonWriter) indent(object *tsgo.Node, depth int) (indent string, spread bool) {
	fallback := strings.Repeat("  ", depth+1)
	have := object.Properties()
	if len(have) == 0 {
		return fallback, true
	}
	first := w.start(have[0])
	line := strings.LastIndexByte(w.source[:first], '\n') + 1
	if strings.TrimLeft(w.source[line:first], " \t") != "" {
		return fallback, strings.Contains(w.source[w.start(object):first], "\n")
	}
	return w.source[line:first], line > 0
}

// text is a value as JSON: lists on one line, members on lines of their own.
func (w *jsonWriter) text(value any, indent string) string {
	members, ok := value.([]JSONMember)
	if !ok {
		data, _ := json.Marshal(value) // of plain values, which always marshal
		return strings.ReplaceAll(string(data), `","`, `", "`)
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.Name) // a string always marshals
		b.WriteString(w.newline + indent + "  " + string(name) + ": " + w.text(m.Value, indent+"  "))
	}
	b.WriteString(w.newline + indent + "}")
	return b.String()
}
