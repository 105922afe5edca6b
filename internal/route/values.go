package route

import (
	"slices"
	"unicode/utf8"
)

// Get returns the value of key.
func (v Values) Get(key string) (Value, bool) {
	if i := v.index(key); i >= 0 {
		return v[i], true
	}
	return Value{}, false
}

// Has reports whether the key is there.
func (v Values) Has(key string) bool { return v.index(key) >= 0 }

// Without returns the values without that of a key; v stays as it is.
func (v Values) Without(key string) Values {
	i := v.index(key)
	if i < 0 {
		return v
	}
	return append(v[:i:i], v[i+1:]...)
}

func (v Values) index(key string) int {
	for i := range v {
		if v[i].Key == key {
			return i
		}
	}
	return -1
}

// strings returns a value as a list, whichever form it has.
func (v Value) strings() []string {
	if v.IsList {
		return v.List
	}
	return []string{v.Single}
}

// sameStrings compares two values as lists.
func sameStrings(a, b Value) bool {
	if !a.IsList && !b.IsList {
		return a.Single == b.Single
	}
	return slices.Equal(a.strings(), b.strings())
}

// AppendJSON appends v as an object whose members are strings or arrays of
// strings.
func (v Values) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i := range v {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSONString(dst, v[i].Key)
		dst = append(dst, ':')
		if !v[i].IsList {
			dst = AppendJSONString(dst, v[i].Single)
			continue
		}
		dst = append(dst, '[')
		for j, item := range v[i].List {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJSONString(dst, item)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// MarshalJSON makes Values an object for encoding/json.
func (v Values) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// AppendJSONString appends s as a JSON string. Bytes that are no UTF-8 become
// U+FFFD.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	if plainJSON(s) {
		return append(append(dst, s...), '"')
	}
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(dst, s[from:i]...)
				dst = append(dst, `\ufffd`...)
				from = i + 1
			}
			i += n
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
		}
		i++
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// plainJSON tells whether s is ASCII that stands for itself in a JSON string. It looks
// at eight bytes at a time: the high bit of a byte is set in one of the terms when the
// byte is beyond ASCII, a control character, a quote or a backslash. (A borrow may set
// it for the byte after such a one too, which changes nothing.)
func plainJSON(s string) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		if (x|(x-' '*ones)|((x^'"'*ones)-ones)|((x^'\\'*ones)-ones))&highs != 0 {
			return false
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
