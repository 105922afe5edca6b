package resolve

import (
	"encoding/json"
	"strings"
)

// value is JSON with its order and places kept: the keys of "exports" are tried in
// the order in which they are written.
type value struct {
	kind    byte // one of " { [ n t f 0, as it begins; 0: no value
	text    string
	list    []value
	members []member
	at      int // offset in the file
}

type member struct {
	key string
	at  int
	value
}

// get is the value of a key of an object.
func (v *value) get(key string) *value {
	for i := range v.members {
		if v.members[i].key == key {
			return &v.members[i].value
		}
	}
	return &value{}
}

// str is the text of a string, else "".
func (v *value) str() string {
	if v.kind == '"' {
		return v.text
	}
	return ""
}

// maxDepth bounds how deep arrays and objects may lie in one another.
const maxDepth = 200

// jsonReader reads JSON, and what tsconfig.json may have beyond: comments and
// commas at the end.
type jsonReader struct {
	text string
	at   int
	ok   bool
}

func parseJSON(text string) (value, bool) {
	p := &jsonReader{text: strings.TrimPrefix(text, "\ufeff"), ok: true}
	v := p.value(0)
	p.space()
	return v, p.ok && p.at == len(p.text)
}

func (p *jsonReader) fail() value {
	p.ok, p.at = false, len(p.text)
	return value{}
}

// space skips white space and comments.
func (p *jsonReader) space() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			p.at++
		case strings.HasPrefix(p.text[p.at:], "//"):
			end := strings.IndexByte(p.text[p.at:], '\n')
			if end < 0 {
				end = len(p.text) - p.at
			}
			p.at += end
		case strings.HasPrefix(p.text[p.at:], "/*"):
			end := strings.Index(p.text[p.at+2:], "*/")
			if end < 0 {
				p.fail()
				return
			}
			p.at += end + 4
		default:
			return
		}
	}
}

// next skips space and takes c if it follows.
func (p *jsonReader) next(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *jsonReader) value(depth int) value {
	p.space()
	if p.at >= len(p.text) || depth > maxDepth {
		return p.fail()
	}
	v := value{kind: p.text[p.at], at: p.at}
	switch v.kind {
	case '"':
		v.text = p.string()
	case '{':
		p.at++
		for p.ok && !p.next('}') {
			p.space()
			m := member{at: p.at, key: p.string()}
			if !p.next(':') {
				return p.fail()
			}
			m.value = p.value(depth + 1)
			v.members = append(v.members, m)
			if !p.next(',') {
				if !p.next('}') {
					return p.fail()
				}
				break
			}
		}
	case '[':
		p.at++
		for p.ok && !p.next(']') {
			v.list = append(v.list, p.value(depth+1))
			if !p.next(',') {
				if !p.next(']') {
					return p.fail()
				}
				break
			}
		}
	default:
		end := p.at
		for end < len(p.text) && (p.text[end] >= 'a' && p.text[end] <= 'z' || p.text[end] >= '0' && p.text[end] <= '9' ||
			strings.IndexByte("+-.E", p.text[end]) >= 0) {
			end++
		}
		word := p.text[p.at:end]
		if !json.Valid([]byte(word)) {
			return p.fail()
		}
		if v.kind == '-' || v.kind >= '0' && v.kind <= '9' {
			v.kind = '0'
		}
		p.at = end
	}
	return v
}

// string takes a string in quotes.
func (p *jsonReader) string() string {
	if p.at >= len(p.text) || p.text[p.at] != '"' {
		p.fail()
		return ""
	}
	for i := p.at + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			s := p.text[p.at+1 : i]
			p.at = i + 1
			return s
		case c == '\\' || c < ' ':
			return p.escaped()
		}
	}
	p.fail()
	return ""
}

// escaped takes a string with escapes in it.
func (p *jsonReader) escaped() string {
	for i := p.at + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case '"':
			var s string
			if json.Unmarshal([]byte(p.text[p.at:i+1]), &s) != nil {
				p.fail()
				return ""
			}
			p.at = i + 1
			return s
		}
	}
	p.fail()
	return ""
}
