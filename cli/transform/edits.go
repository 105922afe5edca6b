package transform

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// edit replaces source[start:end] by text.
type edit struct {
	start, end int
	text       string
	// last: it goes behind whatever else is inserted at the same place.
	last bool
}

// Edits is a set of replacements in one source text. Ranges that lie inside
// another range are swallowed by it. The zero value is ready to use.
type Edits struct{ list []edit }

// Replace puts text in place of the bytes [start, end).
func (e *Edits) Replace(start, end int, text string) {
	e.list = append(e.list, edit{start: start, end: end, text: text})
}

// Remove takes the bytes [start, end) out.
func (e *Edits) Remove(start, end int) { e.Replace(start, end, "") }

// Insert puts text before the byte at pos.
func (e *Edits) Insert(pos int, text string) { e.Replace(pos, pos, text) }

// InsertLast is Insert for what goes behind all other insertions at pos: what comes
// after an expression that others may wrap.
func (e *Edits) InsertLast(pos int, text string) {
	e.list = append(e.list, edit{start: pos, end: pos, text: text, last: true})
}

// Empty reports that nothing is to change.
func (e *Edits) Empty() bool { return len(e.list) == 0 }

// replaced reports whether an edit replaces the bytes [start, end), or more.
func (e *Edits) replaced(start, end int) bool {
	return slices.ContainsFunc(e.list, func(x edit) bool { return x.start <= start && end <= x.end && x.start < x.end })
}

// touches reports whether an edit changes any of the bytes [start, end).
func (e *Edits) touches(start, end int) bool {
	return slices.ContainsFunc(e.list, func(x edit) bool { return x.start < end && start < x.end || start < x.start && x.start < end })
}

// Apply returns source with the edits made. A removed stretch keeps its line
// breaks, so every line of the result is the line of the same number in source.
// With name not empty, a source map from the result to source is appended as
// a comment, which esbuild composes with its own.
func (e *Edits) Apply(source, name string) string {
	if e.Empty() {
		return source
	}
	slices.SortStableFunc(e.list, func(a, b edit) int {
		if c := cmp.Compare(a.start, b.start); c != 0 {
			return c
		}
		// An insertion goes before a replacement at the same place; of two
		// replacements the longer one swallows the other.
		if (a.end == a.start) != (b.end == b.start) {
			if a.end == a.start {
				return -1
			}
			return 1
		}
		if a.last != b.last {
			if b.last {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.end, a.end)
	})
	var out strings.Builder
	out.Grow(len(source) + 64*len(e.list))
	m := mapper{source: source}
	at := 0
	for _, x := range e.list {
		if x.start < at {
			continue
		}
		m.copy(&out, source[at:x.start], at)
		out.WriteString(x.text)
		m.generated(x.text)
		if breaks := strings.Count(source[x.start:x.end], "\n") - strings.Count(x.text, "\n"); breaks > 0 {
			pad := strings.Repeat("\n", breaks)
			out.WriteString(pad)
			m.generated(pad)
		}
		at = x.end
	}
	m.copy(&out, source[at:], at)
	if name != "" {
		out.WriteString("\n//# sourceMappingURL=data:application/json;base64,")
		out.WriteString(base64.StdEncoding.EncodeToString(m.json(name)))
	}
	return out.String()
}

// mapper writes the mappings of a source map: a segment for each word and sign of a
// copied stretch, as esbuild composes maps without counting on from a segment.
// Columns count UTF-16 units, as source maps do.
type mapper struct {
	source   string
	mappings strings.Builder

	column              int // of the result, on its present line
	lineHasSegment      bool
	lastColumn          int
	lastLine, lastInput int

	// Where the scan of source has come to.
	offset, line, lineStart int
}

func (m *mapper) copy(out *strings.Builder, text string, at int) {
	out.WriteString(text)
	for len(text) > 0 {
		m.seek(at)
		line, _, more := strings.Cut(text, "\n")
		m.tokens(line, utf16Length(m.source[m.lineStart:at]))
		if !more {
			return
		}
		m.newline()
		text, at = text[len(line)+1:], at+len(line)+1
	}
}

// tokens writes the segments of a copied stretch of one line that begins at a
// column of the source.
func (m *mapper) tokens(text string, column int) {
	m.segment(m.line, column)
	before := byte('a')
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isWord(c):
			if i > 0 && !isWord(before) {
				m.segment(m.line, column)
			}
		case i > 0 && c != ' ' && c != '\t' && c != '\r':
			m.segment(m.line, column)
		}
		before = c
		if units := utf16Units(c); units > 0 {
			m.column += units
			column += units
		}
	}
}

// isWord: the byte belongs to a name or a number; letters beyond ASCII do.
func isWord(c byte) bool {
	return c >= utf8.RuneSelf || c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// utf16Units is how many units the character has whose first byte in UTF-8 is c; a
// byte that continues a character has none.
func utf16Units(c byte) int {
	switch {
	case c < utf8.RuneSelf:
		return 1
	case c < 0xC0:
		return 0
	case c < 0xF0:
		return 1
	}
	return 2
}

// generated moves past text that has no place in source.
func (m *mapper) generated(text string) {
	for {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			m.column += utf16Length(text)
			return
		}
		m.newline()
		text = text[i+1:]
	}
}

func (m *mapper) newline() {
	m.mappings.WriteByte(';')
	m.column, m.lastColumn, m.lineHasSegment = 0, 0, false
}

func (m *mapper) seek(at int) {
	for m.offset < at {
		i := strings.IndexByte(m.source[m.offset:at], '\n')
		if i < 0 {
			m.offset = at
			return
		}
		m.offset += i + 1
		m.line++
		m.lineStart = m.offset
	}
}

func (m *mapper) segment(line, column int) {
	if m.lineHasSegment {
		m.mappings.WriteByte(',')
	}
	m.vlq(m.column - m.lastColumn)
	m.vlq(0)
	m.vlq(line - m.lastLine)
	m.vlq(column - m.lastInput)
	m.lastColumn, m.lastLine, m.lastInput, m.lineHasSegment = m.column, line, column, true
}

func (m *mapper) vlq(n int) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	v := n << 1
	if n < 0 {
		v = -n<<1 | 1
	}
	for {
		d := v & 31
		if v >>= 5; v > 0 {
			d |= 32
		}
		m.mappings.WriteByte(digits[d])
		if v == 0 {
			return
		}
	}
}

func (m *mapper) json(name string) []byte {
	// Marshalling strings and an int cannot fail.
	data, _ := json.Marshal(struct {
		Version  int      `json:"version"`
		Sources  []string `json:"sources"`
		Content  []string `json:"sourcesContent"`
		Mappings string   `json:"mappings"`
		Names    []string `json:"names"`
	}{3, []string{name}, []string{m.source}, m.mappings.String(), []string{}})
	return data
}

func utf16Length(s string) int {
	n := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n++
		if r > 0xFFFF {
			n++
		}
		i += size
	}
	return n
}
