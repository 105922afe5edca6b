package route

import (
	"strings"
	"unicode/utf8"
)

// ParseQuery reads a query string (without '?') as URLSearchParams does and
// groups it as Next.js does: a repeated key becomes a list, a key without '='
// is the empty string, '+' is a space, a percent sign that starts no escape
// stays itself, bytes that are no UTF-8 become U+FFFD.
//
// Left out are keys that only Next.js internals use (nxtP…, nxtI…, _rsc) and
// __proto__, which would change the object that JavaScript makes of it.
func ParseQuery(raw string) Values {
	if raw == "" {
		return nil
	}
	var out Values
	var index map[string]int // only for long queries, so that they stay linear
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, value = formDecode(key), formDecode(value)
		if internalKey(key) {
			continue
		}
		at := -1
		if index != nil {
			if i, ok := index[key]; ok {
				at = i
			}
		} else {
			at = out.index(key)
		}
		if at >= 0 {
			v := &out[at]
			if !v.IsList {
				v.IsList, v.List, v.Single = true, []string{v.Single}, ""
			}
			v.List = append(v.List, value)
			continue
		}
		out = append(out, Value{Key: key, Single: value})
		switch {
		case index != nil:
			index[key] = len(out) - 1
		case len(out) == 32:
			index = make(map[string]int, 64)
			for i := range out {
				index[out[i].Key] = i
			}
		}
	}
	return out
}

func internalKey(key string) bool {
	return key == "_rsc" || key == "__proto__" || strings.HasPrefix(key, "nxtP") || strings.HasPrefix(key, "nxtI")
}

// formDecode decodes one half of a query pair. It returns s itself when there
// is nothing to decode.
func formDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 && isASCII(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			b = append(b, ' ')
		case '%':
			if i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
				b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
				i += 2
				continue
			}
			b = append(b, c)
		default:
			b = append(b, c)
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	return replaceInvalid(b)
}

// replaceInvalid puts one U+FFFD for each longest run of bytes that begins a
// character and does not finish it, as browsers do.
func replaceInvalid(b []byte) string {
	out := make([]byte, 0, len(b)+8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			n = brokenLen(b)
		}
		out = utf8.AppendRune(out, r)
		b = b[n:]
	}
	return string(out)
}

// brokenLen says how many bytes at the start of b (which is no character) one
// U+FFFD stands for.
func brokenLen(b []byte) int {
	var need int
	low, high := byte(0x80), byte(0xBF)
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			low = 0xA0
		} else if c == 0xED {
			high = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			low = 0x90
		} else if c == 0xF4 {
			high = 0x8F
		}
	default:
		return 1
	}
	n := 1
	for n <= need && n < len(b) && b[n] >= low && b[n] <= high {
		n++
		low, high = 0x80, 0xBF
	}
	return n
}

// AppendQuery writes v as application/x-www-form-urlencoded, the form that
// URLSearchParams prints ("a=1&a=2&b=x+y").
func (v Values) AppendQuery(dst []byte) []byte {
	for i := range v {
		if !v[i].IsList {
			dst = appendPair(dst, v[i].Key, v[i].Single, appendForm)
			continue
		}
		for _, item := range v[i].List {
			dst = appendPair(dst, v[i].Key, item, appendForm)
		}
	}
	return dst
}

// appendPair separates by '&' unless dst ends where a query begins.
func appendPair(dst []byte, key, value string, encode func([]byte, string) []byte) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '?' {
		dst = append(dst, '&')
	}
	dst = encode(dst, key)
	dst = append(dst, '=')
	return encode(dst, value)
}

func appendForm(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case isAlnum(c) || c == '*' || c == '-' || c == '.' || c == '_':
			dst = append(dst, c)
		case c == ' ':
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// AppendComponent appends s as encodeURIComponent gives it.
func AppendComponent(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isAlnum(c) || strings.IndexByte("-_.!~*'()", c) >= 0 {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// decodeComponent is decodeURIComponent: ok is false for escapes that are cut
// short or are no UTF-8.
func decodeComponent(s string) (string, bool) {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s, true
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			return s, false
		}
		b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
		i += 2
	}
	if !utf8.Valid(b) {
		return s, false
	}
	return string(b), true
}

const upperHex = "0123456789ABCDEF"

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
