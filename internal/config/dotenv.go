package config

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pair is one assignment of a .env file.
type pair struct{ key, value string }

// parseDotenv reads the assignments of a .env file in order, a later one of the
// same key replacing the value of the first. A line that is no assignment is
// passed over, as the reference does. Values are not expanded yet.
//
//	KEY=value            to the end of the line or a '#', blanks trimmed
//	KEY="a\nb"           \n and \r are escapes; may span lines
//	KEY='a' KEY=`a`      taken as they are; may span lines
//	export KEY=value     the same as without export
//	KEY: value           the same as KEY=value
func parseDotenv(text string) []pair {
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	var out []pair
	index := map[string]int{}
	for at := 0; at < len(text); {
		key, value, end, ok := assignment(text, at)
		if ok {
			if i, seen := index[key]; seen {
				out[i].value = value
			} else {
				index[key] = len(out)
				out = append(out, pair{key, value})
			}
			at = end
		}
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			at += i + 1
		} else {
			break
		}
	}
	return out
}

// assignment reads one assignment at the start of a line; end lies on its last
// line.
func assignment(text string, at int) (key, value string, end int, ok bool) {
	i := skipSpace(text, at)
	if rest, found := strings.CutPrefix(text[i:], "export"); found {
		if j := skipSpace(text, len(text)-len(rest)); j > len(text)-len(rest) && keyEnd(text, j) > j {
			i = j
		}
	}
	end = keyEnd(text, i)
	if end == i {
		return "", "", 0, false
	}
	key = text[i:end]
	if j := skipSpace(text, end); j < len(text) && text[j] == '=' {
		end = j + 1
	} else if end < len(text) && text[end] == ':' && skipSpace(text, end+1) > end+1 {
		end += 2
	} else {
		return "", "", 0, false
	}
	if open := skipSpace(text, end); open < len(text) && strings.IndexByte("'\"`", text[open]) >= 0 {
		if closing := closingQuote(text, open); closing > 0 {
			return key, unquote(text[open : closing+1]), closing + 1, true
		}
	}
	value = text[end:]
	if j := strings.IndexAny(value, "#\n"); j >= 0 {
		value = value[:j]
	}
	return key, unquote(strings.TrimSpace(value)), end + len(value), true
}

// closingQuote finds the quote that ends the value opened at open: the first
// that no backslash escapes or, where more text follows that one on its line,
// an escaped one before it. 0 when there is none.
func closingQuote(text string, open int) int {
	quote := text[open]
	var candidates []int
	for i := open + 1; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && text[i+1] == quote {
			i++
			candidates = append(candidates, i)
			continue
		}
		if text[i] == quote {
			candidates = append(candidates, i)
			break
		}
	}
	for i := len(candidates) - 1; i >= 0; i-- {
		tail := strings.TrimLeft(text[candidates[i]+1:], " \t\f\v")
		if tail == "" || tail[0] == '\n' || tail[0] == '#' {
			return candidates[i]
		}
	}
	return 0
}

func unquote(value string) string {
	if value == "" {
		return value
	}
	quote := value[0]
	if n := len(value); n > 1 && strings.IndexByte("'\"`", quote) >= 0 && value[n-1] == quote {
		value = value[1 : n-1]
	}
	if quote == '"' {
		value = strings.ReplaceAll(value, `\n`, "\n")
		value = strings.ReplaceAll(value, `\r`, "\r")
	}
	return value
}

func keyEnd(text string, i int) int {
	for i < len(text) && (wordByte(text[i]) || text[i] == '.' || text[i] == '-') {
		i++
	}
	return i
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// skipSpace passes over blanks and ends of lines.
func skipSpace(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += n
	}
	return i
}

// maxExpansions bounds the references replaced in one value, and maxExpanded
// its length: a value that refers to itself reaches them.
const (
	maxExpansions = 200
	maxExpanded   = 1 << 20
)

// expand replaces $NAME, ${NAME} and ${NAME:-default} in a value, the last one
// first, until none is left: what a reference brings in is expanded too. A name
// is looked up in the environment (with the files read before), then the
// default counts, then the other keys of the file. "\$" is a dollar sign. ok is
// false when there is no end to it.
func expand(value string, environ func(string) string, file func(string) string) (string, bool) {
	for range maxExpansions {
		at := lastDollar(value)
		if at < 0 {
			return strings.ReplaceAll(value, `\$`, "$"), true
		}
		ref, name, fallback := reference(value[at:])
		if name == "" {
			return strings.ReplaceAll(value, `\$`, "$"), true
		}
		with := environ(name)
		if with == "" {
			with = fallback
		}
		if with == "" {
			with = file(name)
		}
		// The first text that reads like the reference is replaced, even where
		// that one is escaped: the reference's way. There "$$" in a
		// replacement stands for one dollar.
		value = strings.Replace(value, ref, strings.ReplaceAll(with, "$$", "$"), 1)
		if len(value) > maxExpanded {
			break
		}
	}
	return "", false
}

// lastDollar finds the last dollar sign without a backslash before it.
func lastDollar(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '$' && (i == 0 || s[i-1] != '\\') {
			return i
		}
	}
	return -1
}

// reference reads the reference at the start of s, which is a dollar sign. The
// closing brace may be missing. name is empty when it is none.
func reference(s string) (ref, name, fallback string) {
	i := 1
	if i < len(s) && s[i] == '{' {
		i++
	}
	start := i
	for i < len(s) && wordByte(s[i]) {
		i++
	}
	name = s[start:i]
	if name == "" {
		return "", "", ""
	}
	if strings.HasPrefix(s[i:], ":-") {
		i += 2
		start = i
		for i < len(s) && s[i] != '}' && s[i] != '\\' {
			i++
		}
		fallback = s[start:i]
	}
	if i < len(s) && s[i] == '}' {
		i++
	}
	return s[:i], name, fallback
}
