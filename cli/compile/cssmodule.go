package compile

import (
	"crypto/sha256"
	"encoding/base64"
	"path"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
)

// cssModule is one *.module.css: its class names made unique, once, for both
// graphs.
type cssModule struct {
	// css is plain CSS.
	css string
	// exports maps each local name to the names it stands for, space
	// separated, in order of appearance.
	exports []cssExport
	// composed are the files that `composes ... from` names, to be loaded
	// before this one.
	composed []string
}

type cssExport struct{ local, value string }

func (m *cssModule) lookup(local string) (string, bool) {
	for _, e := range m.exports {
		if e.local == local {
			return e.value, true
		}
	}
	return "", false
}

// cssScoper rewrites one CSS module. file is its path relative to the project,
// used for names and messages.
type cssScoper struct {
	file   string
	source string
	// load gives another module that composes refers to.
	load func(specifier string) (*cssModule, *diag.Message)

	out       strings.Builder
	module    cssModule
	index     map[string]int
	keyframes map[string]bool
	values    map[string]string // of @value
	problem   *diag.Message
}

// scopeCSS makes the local names of a CSS module unique.
func scopeCSS(file, source string, load func(string) (*cssModule, *diag.Message)) (*cssModule, *diag.Message) {
	s := &cssScoper{file: file, source: source, load: load, index: map[string]int{}, keyframes: map[string]bool{}, values: map[string]string{}}
	s.findValues()
	s.findKeyframes()
	s.block(0, len(source), nil, false)
	if s.problem != nil {
		return nil, s.problem
	}
	s.module.css = s.out.String()
	return &s.module, nil
}

// scoped is the unique form of a local name: Button_primary__x1Yz9, or with the
// folder's name for index.module.css.
func (s *cssScoper) scoped(local string) string {
	name := path.Base(s.file)
	name = name[:strings.Index(name, ".module.")]
	if name == "index" {
		name = path.Base(path.Dir(s.file))
	}
	sum := sha256.Sum256([]byte(s.file + "\x00" + local))
	hash := base64.RawURLEncoding.EncodeToString(sum[:])[:5]
	return escapeIdent(name) + "_" + local + "__" + hash
}

func escapeIdent(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r > 127 || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}

// export returns the scoped form of a local name and notes that it exists.
func (s *cssScoper) export(local string) string {
	value := s.scoped(local)
	key := unescapeCSS(local)
	if _, known := s.index[key]; !known {
		s.index[key] = len(s.module.exports)
		s.module.exports = append(s.module.exports, cssExport{key, unescapeCSS(value)})
	}
	return value
}

func (s *cssScoper) fail(at int, format string, args ...any) *diag.Message {
	if s.problem == nil {
		s.problem = diag.Errorf("css-module", format, args...).At(s.file, s.source, at)
	}
	return s.problem
}

// findKeyframes collects the names that animations may refer to, also further
// up in the file.
func (s *cssScoper) findKeyframes() {
	for rest, at := s.source, 0; ; {
		i := strings.Index(rest, "keyframes")
		if i < 0 {
			return
		}
		at += i + len("keyframes")
		rest = s.source[at:]
		name := strings.TrimLeft(rest, " \t\r\n")
		if n := identLength(name); n > 0 && len(name) < len(rest) {
			s.keyframes[name[:n]] = true
		}
	}
}

// block copies source[at:end], the inside of a style sheet or of braces. classes
// are the local classes of the rule around it, for composes; nested says that
// there is such a rule.
func (s *cssScoper) block(at, end int, classes []string, nested bool) {
	for at < end && s.problem == nil {
		if n := skipSpace(s.source[at:end]); n > 0 {
			s.out.WriteString(s.source[at : at+n])
			at += n
			continue
		}
		stop := s.statementEnd(at, end)
		prelude := s.source[at:stop]
		if strings.HasPrefix(prelude, "@value") { // findValues has read it
			at = stop + 1
			continue
		}
		if stop == end || s.source[stop] != '{' {
			s.statement(at, prelude, classes)
			if stop < end {
				s.out.WriteByte(s.source[stop])
			}
			at = stop + 1
			continue
		}
		close := s.closing(stop, end)
		s.braces(at, stop, close, prelude, classes, nested)
		at = close + 1
	}
}

// braces handles `prelude { ... }`.
func (s *cssScoper) braces(at, open, close int, prelude string, classes []string, nested bool) {
	raw := func() { s.out.WriteString(s.source[at:min(close+1, len(s.source))]) }
	name := ""
	if strings.HasPrefix(prelude, "@") {
		name = strings.ToLower(prelude[1 : 1+identLength(prelude[1:])])
	}
	switch {
	case strings.HasPrefix(prelude, "--"):
		raw()
	case strings.HasSuffix(name, "keyframes"):
		s.keyframesRule(prelude)
		s.out.WriteString(s.source[open:min(close+1, len(s.source))])
	case name == "font-face" || name == "page" || name == "property" || name == "counter-style" || strings.HasPrefix(name, "font-") || name == "view-transition" || name == "color-profile" || name == "position-try":
		raw()
	case name == "scope":
		s.selectors(at, prelude, true)
		s.inside(open, close, classes, nested)
	case name != "":
		s.out.WriteString(s.substitute(prelude))
		s.inside(open, close, classes, nested)
	case strings.TrimSpace(prelude) == ":export":
		s.exportRule(open+1, close)
	default:
		s.inside(open, close, s.selectors(at, prelude, nested), true)
	}
}

func (s *cssScoper) inside(open, close int, classes []string, nested bool) {
	s.out.WriteByte('{')
	s.block(open+1, close, classes, nested)
	if close < len(s.source) {
		s.out.WriteByte('}')
	}
}

// keyframesRule writes "@keyframes name" with the name made unique.
func (s *cssScoper) keyframesRule(prelude string) {
	i := strings.IndexAny(prelude, " \t\r\n")
	if i < 0 {
		s.out.WriteString(prelude)
		return
	}
	head, name := prelude[:i+1], strings.TrimSpace(prelude[i+1:])
	if inner, ok := strings.CutPrefix(name, ":global("); ok {
		s.out.WriteString(head + strings.TrimSuffix(inner, ")"))
		return
	}
	if inner, ok := strings.CutPrefix(name, ":local("); ok {
		name = strings.TrimSuffix(inner, ")")
	}
	if identLength(name) != len(name) {
		s.out.WriteString(prelude)
		return
	}
	s.out.WriteString(head + s.export(name))
}

// exportRule reads `:export { name: value; }`, which Sass files use to hand
// variables to JavaScript. It leaves no CSS behind.
func (s *cssScoper) exportRule(at, end int) {
	for _, d := range strings.Split(s.source[at:end], ";") {
		key, value, ok := strings.Cut(d, ":")
		if !ok {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if _, known := s.index[key]; !known {
			s.index[key] = len(s.module.exports)
			s.module.exports = append(s.module.exports, cssExport{key, value})
		}
	}
}

// statement handles a declaration or an at-rule without braces.
func (s *cssScoper) statement(at int, text string, classes []string) {
	name, value, ok := strings.Cut(text, ":")
	if ok && !strings.HasPrefix(text, "@") {
		value = s.substitute(value)
		text = name + ":" + value
	}
	if !ok || strings.HasPrefix(text, "@") {
		s.out.WriteString(text)
		return
	}
	switch property := strings.ToLower(strings.TrimSpace(name)); property {
	case "composes", "compose-with":
		s.composes(at, strings.TrimSpace(value), classes)
		// The declaration itself must not reach the browser; an empty one
		// is valid CSS.
	case "animation", "animation-name", "-webkit-animation", "-webkit-animation-name":
		s.out.WriteString(name + ":" + s.animation(value))
	default:
		s.out.WriteString(text)
	}
}

// animation renames the names of this file's keyframes in a value.
func (s *cssScoper) animation(value string) string {
	var out strings.Builder
	for len(value) > 0 {
		if rest, ok := strings.CutPrefix(value, "global("); ok {
			inner, after, _ := strings.Cut(rest, ")")
			out.WriteString(inner)
			value = after
			continue
		}
		if n := identLength(value); n > 0 {
			word := value[:n]
			if s.keyframes[word] && !strings.HasPrefix(value[n:], "(") {
				word = s.export(word)
			}
			out.WriteString(word)
			value = value[n:]
			continue
		}
		if n := skipString(value); n > 0 {
			out.WriteString(value[:n])
			value = value[n:]
			continue
		}
		// Numbers carry a unit that is no name of its own.
		n := 1
		if value[0] >= '0' && value[0] <= '9' {
			for n < len(value) && (value[n] == '.' || value[n] == '%' || isIdentByte(value[n])) {
				n++
			}
		}
		out.WriteString(value[:n])
		value = value[n:]
	}
	return out.String()
}

// composes adds the named classes to what the rule's own classes stand for.
func (s *cssScoper) composes(at int, value string, classes []string) {
	if len(classes) == 0 {
		s.fail(at, "composes is only allowed in a rule for a single local class").Hint = "write .name { composes: other; }"
		return
	}
	for _, part := range strings.Split(value, ",") {
		names, from, hasFrom := strings.Cut(" "+strings.TrimSpace(part)+" ", " from ")
		from = strings.TrimSpace(from)
		var other *cssModule
		if hasFrom && from != "global" {
			specifier := strings.Trim(from, `"'`)
			m, problem := s.load(specifier)
			if problem != nil {
				if s.problem == nil {
					s.problem = problem.At(s.file, s.source, at)
				}
				return
			}
			other = m
			if !slices.Contains(s.module.composed, specifier) {
				s.module.composed = append(s.module.composed, specifier)
			}
		}
		for _, name := range strings.Fields(names) {
			add := name
			switch {
			case other != nil:
				v, ok := other.lookup(name)
				if !ok {
					s.fail(at, "%s has no class '%s' to compose", strings.Trim(from, `"'`), name).Hint = "check the name"
					return
				}
				add = v
			case !hasFrom:
				if i, known := s.index[name]; known {
					add = s.module.exports[i].value
				} else {
					s.fail(at, "class '%s' is composed before it is defined", name).Hint = "move its rule further up, or check the name"
					return
				}
			}
			for _, c := range classes {
				e := &s.module.exports[s.index[c]]
				e.value += " " + add
			}
		}
	}
}

// selectors writes a rule's selector list with local names made unique and
// returns the classes that are whole selectors (which composes needs).
func (s *cssScoper) selectors(at int, text string, nested bool) []string {
	var single []string
	for len(text) > 0 && s.problem == nil {
		n := topLevelComma(text)
		one := text[:n]
		w := &selectorWriter{s: s}
		w.write(one, false)
		if !w.local && !nested && !impure(one) {
			s.fail(at+skipSpace(one), "selector '%s' is not pure: it has no local class or id", strings.TrimSpace(one)).Hint =
				"CSS Modules may only style their own classes; put it below one, or move it to a global style sheet"
			return nil
		}
		if w.only != "" {
			single = append(single, w.only)
		}
		text = text[n:]
		at += n
		if text != "" {
			s.out.WriteByte(',')
			text = text[1:]
			at++
		}
	}
	return single
}

// selectorWriter copies one complex selector.
type selectorWriter struct {
	s *cssScoper
	// local: a local name was met.
	local bool
	// only is the class when the selector is that class and nothing else.
	only string
}

// impure is where a selector without local names is fine all the same.
func impure(text string) bool {
	return strings.TrimSpace(text) == "" || strings.Contains(text, "&")
}

func (w *selectorWriter) write(text string, global bool) {
	s := w.s
	trimmed := strings.TrimSpace(text)
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '.' || c == '#':
			n := identLength(text[i+1:])
			name := text[i+1 : i+1+n]
			s.out.WriteByte(c)
			switch {
			case n == 0:
			case global:
				s.out.WriteString(name)
			default:
				w.local = true
				s.out.WriteString(s.export(name))
				if c == '.' && trimmed == "."+name {
					w.only = unescapeCSS(name)
				}
			}
			i += 1 + n
		case c == '[':
			n := matching(text[i:], '[', ']')
			s.out.WriteString(text[i : i+n])
			i += n
		case c == ':':
			i = w.pseudo(text, i, &global)
		case c == '"' || c == '\'':
			n := max(1, skipString(text[i:]))
			s.out.WriteString(text[i : i+n])
			i += n
		case strings.HasPrefix(text[i:], "/*"):
			n := skipSpace(text[i:])
			s.out.WriteString(text[i : i+n])
			i += n
		case c == '\\' && i+1 < len(text):
			s.out.WriteString(text[i : i+2])
			i += 2
		default:
			s.out.WriteByte(c)
			i++
		}
	}
}

// pseudo handles what begins with a colon at i and returns where it ends.
func (w *selectorWriter) pseudo(text string, i int, global *bool) int {
	s := w.s
	for _, mode := range []string{":global", ":local"} {
		if !strings.HasPrefix(text[i:], mode) {
			continue
		}
		after := i + len(mode)
		isGlobal := mode == ":global"
		if after < len(text) && text[after] == '(' {
			n := matching(text[after:], '(', ')')
			w.write(strings.TrimSpace(text[after+1:after+n-1]), isGlobal)
			return after + n
		}
		if after == len(text) || !isIdentByte(text[after]) {
			*global = isGlobal
			// The space after the mode separates nothing.
			for after < len(text) && (text[after] == ' ' || text[after] == '\t' || text[after] == '\n') {
				after++
			}
			return after
		}
	}
	n := 1
	for i+n < len(text) && (text[i+n] == ':' || isIdentByte(text[i+n])) {
		n++
	}
	s.out.WriteString(text[i : i+n])
	i += n
	if i < len(text) && text[i] == '(' {
		n := matching(text[i:], '(', ')')
		s.out.WriteByte('(')
		w.write(text[i+1:i+n-1], *global)
		s.out.WriteByte(')')
		i += n
	}
	return i
}

// statementEnd finds the '{', ';' or '}' that ends what begins at at.
func (s *cssScoper) statementEnd(at, end int) int {
	depth := 0
	for i := at; i < end; {
		switch c := s.source[i]; {
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == '\\':
			i++
		case c == '"' || c == '\'':
			i += max(1, skipString(s.source[i:end]))
			continue
		case strings.HasPrefix(s.source[i:end], "/*"):
			i += skipSpace(s.source[i:end])
			continue
		case depth <= 0 && (c == '{' || c == ';' || c == '}'):
			return i
		}
		i++
	}
	return end
}

// closing finds the brace that closes the one at open, or end.
func (s *cssScoper) closing(open, end int) int {
	if n := matching(s.source[open:end], '{', '}'); s.source[open+n-1] == '}' && n > 1 {
		return open + n - 1
	}
	return end
}

// matching is the length of text up to and with the bracket that closes its
// first byte; all of text when none does.
func matching(text string, open, close byte) int {
	depth := 0
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"' || c == '\'':
			i += max(1, skipString(text[i:]))
			continue
		case strings.HasPrefix(text[i:], "/*"):
			i += skipSpace(text[i:])
			continue
		case c == open:
			depth++
		case c == close:
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(text)
}

// topLevelComma is the index of the first comma outside brackets, or the length.
func topLevelComma(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '"', '\'':
			i += max(1, skipString(text[i:])) - 1
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// skipSpace is the length of white space and comments at the start of text.
func skipSpace(text string) int {
	i := 0
	for i < len(text) {
		switch {
		case strings.IndexByte(" \t\r\n\f", text[i]) >= 0:
			i++
		case strings.HasPrefix(text[i:], "/*"):
			n := strings.Index(text[i+2:], "*/")
			if n < 0 {
				return len(text)
			}
			i += n + 4
		default:
			return i
		}
	}
	return i
}

// skipString is the length of the quoted string at the start of text, 0 when
// there is none.
func skipString(text string) int {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		}
	}
	return len(text)
}

func isIdentByte(c byte) bool {
	return c == '-' || c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// identLength is the length of the CSS identifier at the start of text, escapes
// included.
func identLength(text string) int {
	i := 0
	for i < len(text) {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i += 2
		case isIdentByte(text[i]) && !(i == 0 && text[i] >= '0' && text[i] <= '9'):
			i++
		default:
			return i
		}
	}
	return i
}

// unescapeCSS takes the backslashes of simple escapes out of an identifier.
func unescapeCSS(name string) string {
	if !strings.Contains(name, `\`) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '\\' && i+1 < len(name) {
			i++
		}
		b.WriteByte(name[i])
	}
	return b.String()
}
