package rules

import (
	"fmt"
	"strings"

	"github.com/onwardjs/onward/internal/route"
)

// template is the reverse of a source: params make a text of it.
type template []token

// compileTemplate reads a path pattern whose params get values.
func compileTemplate(text string) (template, error) {
	return parse(text, "/#?")
}

// names are the params of a template.
func (t template) names() []string {
	var out []string
	for i := range t {
		if t[i].isParam && t[i].name != "" {
			out = append(out, t[i].name)
		}
	}
	return out
}

// append writes the template with the values of params, as they are.
func (t template) append(dst []byte, params route.Values) ([]byte, error) {
	for i := range t {
		token := &t[i]
		if !token.isParam {
			dst = append(dst, token.text...)
			continue
		}
		v, ok := params.Get(token.name)
		switch {
		case ok && v.IsList && !token.repeats():
			return nil, fmt.Errorf("rules: %q is a list and must be repeated in the destination, as in :%s*", token.name, token.name)
		case ok && v.IsList && len(v.List) > 0:
			for _, item := range v.List {
				dst = append(append(append(dst, token.prefix...), item...), token.suffix...)
			}
		case ok && !v.IsList:
			dst = append(append(append(dst, token.prefix...), v.Single...), token.suffix...)
		case token.optional():
		default:
			return nil, fmt.Errorf("rules: the destination needs %q, which the URL does not give", token.name)
		}
	}
	return dst, nil
}

// text is a value in which ":name" stands for a param: of a query, or of a header.
// Everything else stands for itself, a name that the request gives no param for
// included.
type text struct {
	raw   string
	plain bool // there is no colon in it
}

func newText(raw string) text { return text{raw, strings.IndexByte(raw, ':') < 0} }

// with gives the text its params. A param that is a list must have * or + after it,
// and is joined with what stands before it if that is a slash or a dot.
func (t text) with(params route.Values) (string, error) {
	if t.plain || len(params) == 0 {
		return t.raw, nil
	}
	// A slash goes in front, so that a list that comes first is joined with slashes.
	s := "/" + t.raw
	out := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); {
		if s[i] != ':' {
			out = append(out, s[i])
			i++
			continue
		}
		v, length, ok := paramAt(s[i+1:], params)
		if !ok {
			out = append(out, ':')
			i++
			continue
		}
		modifier := byte(0)
		end := i + 1 + length
		if end < len(s) && strings.IndexByte("*+?", s[end]) >= 0 {
			modifier = s[end]
			end++
		}
		items := []string{v.Single}
		if v.IsList {
			if modifier != '*' && modifier != '+' {
				return "", fmt.Errorf("rules: %q is a list and must be repeated where it is used, as in :%s*", v.Key, v.Key)
			}
			items = v.List
		}
		prefix := ""
		if c := out[len(out)-1]; i > 0 && (c == '/' || c == '.') && s[i-1] == c {
			prefix = string(c)
		}
		for n, item := range items {
			if n > 0 {
				out = append(out, prefix...)
			}
			out = append(out, item...)
		}
		i = end
	}
	return string(out[1:]), nil
}

// paramAt finds the param whose name s begins with: the whole word, if there is one of
// that name.
func paramAt(s string, params route.Values) (v route.Value, length int, ok bool) {
	for length < len(s) && nameByte(s[length]) {
		length++
	}
	v, ok = params.Get(s[:length])
	return v, length, ok && length > 0
}
