// Package rules is the routing that users configure: redirects, rewrites and headers,
// compiled from next.config once and asked for each request. Sources, destinations and
// conditions have the syntax and the meaning that Next.js gives them.
//
// Paths are matched as they stand in the URL, percent-encoded, with the base path and
// (with i18n) a locale in front: see Request.
package rules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/onwardjs/onward/internal/regex"
	"github.com/onwardjs/onward/internal/route"
)

// token is a piece of a source or destination: text, or a param with what stands
// around it.
type token struct {
	text string // without a param
	// name of the param; "0", "1" ... for those that have none of their own. Empty for
	// a group in braces that only repeats text.
	name           string
	prefix, suffix string
	pattern        string
	modifier       byte // '?', '*', '+' or 0
	isParam        bool
}

func (t *token) optional() bool { return t.modifier == '?' || t.modifier == '*' }
func (t *token) repeats() bool  { return t.modifier == '*' || t.modifier == '+' }

// named: the param has a name that users gave it.
func (t *token) named() bool {
	return t.isParam && t.name != "" && (t.name[0] < '0' || t.name[0] > '9')
}

// SyntaxError is a source or destination that cannot be read. Offset is in bytes.
type SyntaxError struct {
	Text   string
	Offset int
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at %d", e.Reason, e.Offset) }

// scanner reads tokens as path-to-regexp does: ":name", "(pattern)", "{group}", each
// with a modifier, and "\" before what shall stand for itself.
type scanner struct {
	text string
	pos  int
	err  *SyntaxError
}

func (s *scanner) fail(at int, reason string) {
	if s.err == nil {
		s.err = &SyntaxError{s.text, at, reason}
	}
	s.pos = len(s.text)
}

func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// char takes one character that means itself.
func (s *scanner) char() string {
	if s.pos >= len(s.text) {
		return ""
	}
	switch s.text[s.pos] {
	case '*', '+', '?', '\\', '{', '}', ':', '(':
		return ""
	}
	_, n := utf8.DecodeRuneInString(s.text[s.pos:])
	s.pos += n
	return s.text[s.pos-n : s.pos]
}

func (s *scanner) escaped() string {
	if s.peek() != '\\' {
		return ""
	}
	if s.pos+1 >= len(s.text) {
		s.fail(s.pos, "a \\ at the end")
		return ""
	}
	_, n := utf8.DecodeRuneInString(s.text[s.pos+1:])
	s.pos += 1 + n
	return s.text[s.pos-n : s.pos]
}

func nameByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func (s *scanner) name() string {
	if s.peek() != ':' {
		return ""
	}
	end := s.pos + 1
	for end < len(s.text) && nameByte(s.text[end]) {
		end++
	}
	if end == s.pos+1 {
		s.fail(s.pos, "Missing parameter name")
		return ""
	}
	name := s.text[s.pos+1 : end]
	s.pos = end
	return name
}

func (s *scanner) pattern() string {
	if s.peek() != '(' {
		return ""
	}
	start := s.pos
	depth, i := 1, start+1
	if i < len(s.text) && s.text[i] == '?' {
		s.fail(i, `Pattern cannot start with "?"`)
		return ""
	}
	for ; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
			continue
		case ')':
			depth--
		case '(':
			depth++
			if i+1 >= len(s.text) || s.text[i+1] != '?' {
				s.fail(i, "Capturing groups are not allowed")
				return ""
			}
		}
		if depth == 0 {
			break
		}
	}
	switch {
	case depth > 0:
		s.fail(start, "Unbalanced pattern")
		return ""
	case i == start+1:
		s.fail(start, "Missing pattern")
		return ""
	}
	s.pos = i + 1
	return s.text[start+1 : i]
}

func (s *scanner) modifier() byte {
	switch c := s.peek(); c {
	case '*', '+', '?':
		s.pos++
		return c
	}
	return 0
}

func (s *scanner) plain() string {
	var b strings.Builder
	for {
		c := s.char()
		if c == "" {
			c = s.escaped()
		}
		if c == "" {
			return b.String()
		}
		b.WriteString(c)
	}
}

// parse reads tokens. delimiters are the characters that a param without a pattern of
// its own stops at.
func parse(text, delimiters string) ([]token, error) {
	s := scanner{text: text}
	var tokens []token
	var path strings.Builder
	flush := func() {
		if path.Len() > 0 {
			tokens = append(tokens, token{text: path.String()})
			path.Reset()
		}
	}
	unnamed := 0
	key := func(name string) string {
		if name == "" {
			name = strconv.Itoa(unnamed)
			unnamed++
		}
		return name
	}
	// own is the pattern of a param that has none: it stops at a delimiter, or, where
	// no delimiter stands before it, also at the text that does.
	own := func(prefix string) string {
		before := prefix
		if n := len(tokens); n > 0 && before == "" {
			before = tokens[n-1].text
			if before == "" {
				s.fail(s.pos, fmt.Sprintf("Must have text between two parameters, missing text after %q", tokens[n-1].name))
				return ""
			}
		}
		stop := "[^" + escape(delimiters) + "]"
		if before == "" || strings.ContainsAny(before, delimiters) {
			return stop + "+?"
		}
		return "(?:(?!" + escape(before) + ")" + stop + ")+?"
	}
	for s.pos < len(s.text) {
		char := s.char()
		name := s.name()
		pattern := s.pattern()
		if s.err != nil {
			break
		}
		if name != "" || pattern != "" {
			prefix := char
			if prefix != "." && prefix != "/" {
				path.WriteString(prefix)
				prefix = ""
			}
			flush()
			if pattern == "" {
				pattern = own(prefix)
			}
			tokens = append(tokens, token{name: key(name), prefix: prefix, pattern: pattern, isParam: true, modifier: s.modifier()})
			continue
		}
		if char == "" {
			char = s.escaped()
		}
		if char != "" {
			path.WriteString(char)
			continue
		}
		flush()
		if s.peek() != '{' {
			switch s.peek() {
			case '}':
				s.fail(s.pos, "Unexpected }")
			default:
				s.fail(s.pos, "Unexpected modifier "+string(s.peek()))
			}
			break
		}
		s.pos++
		t := token{prefix: s.plain(), isParam: true}
		t.name, t.pattern = s.name(), s.pattern()
		t.suffix = s.plain()
		if s.err == nil && s.peek() != '}' {
			s.fail(s.pos, "Expected a }")
			break
		}
		s.pos++
		switch {
		case t.name != "" && t.pattern == "":
			t.pattern = own(t.prefix)
		case t.name == "" && t.pattern != "":
			t.name = key("")
		}
		t.modifier = s.modifier()
		tokens = append(tokens, t)
	}
	flush()
	if s.err != nil {
		return nil, s.err
	}
	return tokens, nil
}

// escape makes text that stands for itself in a regular expression.
func escape(text string) string {
	if !strings.ContainsAny(text, `.+*?=^!:${}()[]|/\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if strings.IndexByte(`.+*?=^!:${}()[]|/\`, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// pattern writes tokens as a regular expression without ^ and $.
func pattern(tokens []token) (text string, err error) {
	var b strings.Builder
	for i := range tokens {
		t := &tokens[i]
		if !t.isParam {
			b.WriteString(escape(t.text))
			continue
		}
		prefix, suffix, modifier := escape(t.prefix), escape(t.suffix), ""
		if t.modifier != 0 {
			modifier = string(t.modifier)
		}
		switch {
		case t.pattern == "":
			b.WriteString("(?:" + prefix + suffix + ")" + modifier)
		case prefix == "" && suffix == "":
			if t.repeats() {
				return "", fmt.Errorf("can not repeat %q without a prefix and suffix", t.name)
			}
			b.WriteString("(" + t.pattern + ")" + modifier)
		case t.repeats():
			if modifier = ""; t.modifier == '*' {
				modifier = "?"
			}
			b.WriteString("(?:" + prefix + "((?:" + t.pattern + ")(?:" + suffix + prefix + "(?:" + t.pattern + "))*)" + suffix + ")" + modifier)
		default:
			b.WriteString("(?:" + prefix + "(" + t.pattern + ")" + suffix + ")" + modifier)
		}
	}
	return b.String(), nil
}

// maxRegex is the greatest length of a source written as a regular expression.
const maxRegex = 4096

// errRegexTooLong is what sources beyond it fail with.
var errRegexTooLong = errors.New("the regular expression it stands for is longer than 4096 characters")

// SourceOptions say how a source is matched.
type SourceOptions struct {
	// CaseSensitive tells /A and /a apart.
	CaseSensitive bool
	// OptionalSlash lets one more slash follow.
	OptionalSlash bool
	// NotNext keeps the source from matching anything that begins with /_next (after
	// Base).
	NotNext bool
	// Base is the base path that NotNext looks behind.
	Base string
}

// Source is a compiled path pattern ("/blog/:slug*"). It may be used by many
// goroutines at once.
type Source struct {
	text   string
	tokens []token
	expr   *regex.Regexp
	keys   []*token // of each group
}

// CompileSource reads a path pattern in the syntax of path-to-regexp 6. The error is
// *SyntaxError, *regex.Error, or one that says what else is wrong.
func CompileSource(source string, o SourceOptions) (*Source, error) {
	tokens, err := parse(source, "/")
	if err != nil {
		return nil, err
	}
	text, err := pattern(tokens)
	if err != nil {
		return nil, err
	}
	if o.OptionalSlash {
		text += `(?:\/)?`
	}
	if o.NotNext {
		text = "(?!" + escape(o.Base+"/_next") + ")" + text
	}
	if len(text)+2 > maxRegex {
		return nil, errRegexTooLong
	}
	expr, err := regex.Compile("^"+text+"$", regex.Options{IgnoreCase: !o.CaseSensitive})
	if err != nil {
		return nil, err
	}
	s := &Source{text: source, tokens: tokens, expr: expr}
	for i := range tokens {
		if t := &tokens[i]; t.isParam && t.pattern != "" {
			s.keys = append(s.keys, t)
		}
	}
	if expr.Groups() != len(s.keys) {
		return nil, errors.New("a pattern in it must not have groups with names")
	}
	return s, nil
}

// String is the source as it was written.
func (s *Source) String() string { return s.text }

// Regex is the regular expression of the source, as manifests of Next.js write it:
// slashes are not escaped.
func (s *Source) Regex() string { return strings.ReplaceAll(s.expr.String(), `\/`, "/") }

// Names are the params that have names, in order.
func (s *Source) Names() []string {
	var names []string
	for _, t := range s.keys {
		if t.named() {
			names = append(names, t.name)
		}
	}
	return names
}

// Match matches a path and returns its named params as they stand in it. A param that
// repeats is a list; an optional one that took nothing is absent.
func (s *Source) Match(path string) (params route.Values, ok bool) {
	if len(s.keys) == 0 {
		return nil, s.expr.Test(path)
	}
	m, ok := s.expr.Exec(path)
	if !ok {
		return nil, false
	}
	for i, t := range s.keys {
		text, took := m.Group(i + 1)
		if !took || !t.named() {
			continue
		}
		v := route.Value{Key: t.name, Single: text}
		if t.repeats() {
			v = route.Value{Key: t.name, IsList: true}
			if sep := t.prefix + t.suffix; sep != "" {
				v.List = strings.Split(text, sep)
			} else {
				v.List = []string{text}
			}
		}
		params = set(params, v)
	}
	return params, true
}

// set puts a value in place of one with the same key, or at the end.
func set(values route.Values, v route.Value) route.Values {
	for i := range values {
		if values[i].Key == v.Key {
			values[i] = v
			return values
		}
	}
	return append(values, v)
}
