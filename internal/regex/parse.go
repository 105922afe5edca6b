package regex

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// node is a piece of an expression.
type node interface{}

type (
	char   rune
	class  struct{ set *set }
	assert opcode // opBegin, opEnd, opWord, opNotWord
	concat []node
	choice []node
	// group is a capturing group; index counts from 1.
	group struct {
		index int
		body  node
	}
	look struct {
		not  bool
		body node
	}
	// repeat has max -1 for no bound. first and last are the groups within.
	repeat struct {
		min, max    int
		lazy        bool
		body        node
		first, last int
	}
)

// maxDepth bounds how deep groups nest.
const maxDepth = 200

// maxCount bounds the numbers in braces.
const maxCount = 1000

type parser struct {
	source  string
	options Options
	pos     int
	depth   int
	groups  int
	names   []string
	// total counts all groups of the source, named tells whether any has a name:
	// both decide what escapes mean.
	total int
	named bool
}

// refusal unwinds the parser.
type refusal struct{ err *Error }

func (p *parser) refuse(at int, reason string) {
	panic(refusal{&Error{Source: p.source, Offset: at, Reason: reason}})
}

func (p *parser) parse() (tree node, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case refusal:
			tree, err = nil, r.err
		default:
			panic(r)
		}
	}()
	if !utf8.ValidString(p.source) {
		p.refuse(0, "it is not valid UTF-8")
	}
	p.countGroups()
	tree = p.choice()
	if p.pos < len(p.source) {
		p.refuse(p.pos, "a ) without its (")
	}
	return tree, nil
}

// countGroups looks ahead for groups, which may come after an escape that means one.
func (p *parser) countGroups() {
	inClass := false
	for i := 0; i < len(p.source); i++ {
		switch c := p.source[i]; {
		case c == '\\':
			i++
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		case c == '(':
			rest := p.source[i+1:]
			switch {
			case !strings.HasPrefix(rest, "?"):
				p.total++
			case strings.HasPrefix(rest, "?<") && !strings.HasPrefix(rest, "?<=") && !strings.HasPrefix(rest, "?<!"):
				p.total++
				p.named = true
			}
		}
	}
}

func (p *parser) more() bool { return p.pos < len(p.source) }

func (p *parser) has(prefix string) bool { return strings.HasPrefix(p.source[p.pos:], prefix) }

func (p *parser) take(prefix string) bool {
	if p.has(prefix) {
		p.pos += len(prefix)
		return true
	}
	return false
}

func (p *parser) next() rune {
	r, n := utf8.DecodeRuneInString(p.source[p.pos:])
	p.pos += n
	return r
}

func (p *parser) choice() node {
	if p.depth++; p.depth > maxDepth {
		p.refuse(p.pos, "groups nest too deep")
	}
	defer func() { p.depth-- }()
	list := choice{p.concat()}
	for p.take("|") {
		list = append(list, p.concat())
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

func (p *parser) concat() node {
	var list concat
	for p.more() && !p.has("|") && !p.has(")") {
		start, first := p.pos, p.groups
		atom, repeatable := p.atom()
		low, high, ok := p.quantifier()
		if !ok {
			list = append(list, atom)
			continue
		}
		if !repeatable {
			p.refuse(start, "nothing to repeat")
		}
		list = append(list, repeat{min: low, max: high, lazy: p.take("?"), body: atom, first: first + 1, last: p.groups})
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// quantifier reads *, +, ? or a count in braces. Braces that hold no count are
// literals.
func (p *parser) quantifier() (low, high int, ok bool) {
	switch {
	case p.take("*"):
		return 0, -1, true
	case p.take("+"):
		return 1, -1, true
	case p.take("?"):
		return 0, 1, true
	}
	start := p.pos
	low, high, ok = p.braces()
	if !ok {
		p.pos = start
		return 0, 0, false
	}
	if high >= 0 && low > high {
		p.refuse(start, "numbers out of order in {}")
	}
	if low > maxCount || high > maxCount {
		p.refuse(start, "a count in {} is greater than 1000")
	}
	return low, high, true
}

func (p *parser) braces() (low, high int, ok bool) {
	if !p.take("{") {
		return 0, 0, false
	}
	if low, ok = p.number(); !ok {
		return 0, 0, false
	}
	high = low
	if p.take(",") {
		high = -1
		if n, ok := p.number(); ok {
			high = n
		}
	}
	return low, high, p.take("}")
}

// number reads decimal digits; great ones become one that is refused.
func (p *parser) number() (n int, ok bool) {
	for p.more() && p.source[p.pos] >= '0' && p.source[p.pos] <= '9' {
		n = min(n*10+int(p.source[p.pos]-'0'), maxCount+1)
		p.pos++
		ok = true
	}
	return n, ok
}

// atom reads what a quantifier can follow, and whether it may.
func (p *parser) atom() (atom node, repeatable bool) {
	start := p.pos
	switch r := p.next(); r {
	case '^':
		return assert(opBegin), false
	case '$':
		return assert(opEnd), false
	case '(':
		return p.group(start)
	case '.':
		if p.options.DotAll {
			return class{newSet(nil, true)}, true
		}
		return class{newSet(lineEnds, true)}, true
	case '[':
		return p.class(start), true
	case '\\':
		return p.escape(start)
	case '*', '+', '?':
		p.refuse(start, "nothing to repeat")
		return nil, false
	case '{':
		p.pos = start
		if _, _, ok := p.braces(); ok {
			p.refuse(start, "nothing to repeat")
		}
		p.pos = start + 1
		return char('{'), true
	default:
		return char(r), true
	}
}

func (p *parser) group(start int) (node, bool) {
	var out node
	repeatable := true
	switch {
	case p.take("?:"):
		out = p.choice()
	case p.take("?="), p.has("?!"):
		not := p.take("?!")
		// Annex B lets quantifiers follow lookahead.
		out = look{not, p.choice()}
	case p.has("?<=") || p.has("?<!"):
		p.refuse(start, "lookbehind is not supported, as it cannot run in linear time")
	case p.take("?<"):
		name, ok := p.name()
		if !ok {
			p.refuse(start, "the name of a group is not valid")
		}
		if slices.Contains(p.names, name) {
			p.refuse(start, "two groups have the same name")
		}
		out = p.capture(name)
	case p.has("?"):
		p.refuse(start, "a group of this kind is not supported")
	default:
		out = p.capture("")
	}
	if !p.take(")") {
		p.refuse(start, "a ( without its )")
	}
	return out, repeatable
}

func (p *parser) capture(name string) node {
	p.groups++
	p.names = append(p.names, name)
	index := p.groups
	return group{index, p.choice()}
}

// name reads the rest of "(?<name>". Names are identifiers.
func (p *parser) name() (string, bool) {
	name, _, ok := strings.Cut(p.source[p.pos:], ">")
	if !ok || name == "" || name[0] >= '0' && name[0] <= '9' {
		return "", false
	}
	for _, r := range name {
		if r < utf8.RuneSelf && !isWord(r) && r != '$' {
			return "", false
		}
	}
	p.pos += len(name) + 1
	return name, true
}

const backReference = "back-references are not supported, as they cannot run in linear time"

// escape reads what follows a backslash outside of a class.
func (p *parser) escape(start int) (node, bool) {
	if !p.more() {
		p.refuse(start, "a \\ at the end")
	}
	switch c := p.source[p.pos]; {
	case c == 'b':
		p.pos++
		return assert(opWord), false
	case c == 'B':
		p.pos++
		return assert(opNotWord), false
	case c >= '1' && c <= '9':
		at := p.pos
		if n, _ := p.number(); n <= p.total {
			p.refuse(start, backReference)
		}
		p.pos = at
	case c == 'k' && p.named:
		p.refuse(start, backReference)
	}
	if s := p.classEscape(); s != nil {
		return class{s}, true
	}
	return char(p.charEscape()), true
}

// classEscape reads d, D, w, W, s or S; nil when something else comes.
func (p *parser) classEscape() *set {
	if !p.more() {
		return nil
	}
	ranges, not := []span(nil), false
	switch p.source[p.pos] {
	case 'd':
		ranges = digits
	case 'D':
		ranges, not = digits, true
	case 'w':
		ranges = words
	case 'W':
		ranges, not = words, true
	case 's':
		ranges = spaces
	case 'S':
		ranges, not = spaces, true
	default:
		return nil
	}
	p.pos++
	return newSet(ranges, not)
}

// charEscape reads an escape that stands for one character.
func (p *parser) charEscape() rune {
	r := p.next()
	switch r {
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'v':
		return '\v'
	case 'f':
		return '\f'
	case 'r':
		return '\r'
	case 'c':
		if p.more() {
			if c := p.source[p.pos]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
				p.pos++
				return rune(c & 31)
			}
		}
		p.pos-- // the backslash stands for itself, and the c comes next
		return '\\'
	case 'x':
		return p.hex(2, 'x')
	case 'u':
		return p.hex(4, 'u')
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := r - '0'
		for digits := 1; digits < 3 && p.more(); digits++ {
			c := p.source[p.pos]
			if c < '0' || c > '7' || n*8+rune(c-'0') > 0xFF {
				break
			}
			n = n*8 + rune(c-'0')
			p.pos++
		}
		return n
	}
	return r
}

// hex reads digits; without enough of them the letter stands for itself. Two escapes
// that make one character are read together.
func (p *parser) hex(digits int, letter rune) rune {
	r, ok := p.hexDigits(digits)
	if !ok {
		return letter
	}
	if r >= 0xD800 && r < 0xDC00 && p.has(`\u`) {
		start := p.pos
		p.pos += 2
		if low, ok := p.hexDigits(4); ok && low >= 0xDC00 && low < 0xE000 {
			return 0x10000 + (r-0xD800)<<10 + (low - 0xDC00)
		}
		p.pos = start
	}
	return r
}

func (p *parser) hexDigits(n int) (rune, bool) {
	if len(p.source)-p.pos < n {
		return 0, false
	}
	var r rune
	for _, c := range p.source[p.pos : p.pos+n] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | (c - '0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | (c - 'a' + 10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | (c - 'A' + 10)
		default:
			return 0, false
		}
	}
	p.pos += n
	return r, true
}

// class reads a class after its bracket.
func (p *parser) class(start int) node {
	not := p.take("^")
	var ranges []span
	for {
		if !p.more() {
			p.refuse(start, "a [ without its ]")
		}
		if p.take("]") {
			return class{newSet(ranges, not)}
		}
		at := p.pos
		low, s := p.classAtom()
		if s != nil {
			ranges = append(ranges, s.spans()...)
			continue
		}
		if !p.has("-") || p.has("-]") {
			ranges = append(ranges, span{low, low})
			continue
		}
		p.pos++
		if !p.more() {
			p.refuse(start, "a [ without its ]")
		}
		high, s := p.classAtom()
		if s != nil { // no range: the dash stands for itself
			ranges = append(append(ranges, span{low, low}, span{'-', '-'}), s.spans()...)
			continue
		}
		if low > high {
			p.refuse(at, "a range out of order in []")
		}
		ranges = append(ranges, span{low, high})
	}
}

func (p *parser) classAtom() (rune, *set) {
	if !p.take(`\`) {
		return p.next(), nil
	}
	if !p.more() {
		p.refuse(p.pos, "a \\ at the end")
	}
	if s := p.classEscape(); s != nil {
		return 0, s
	}
	if p.take("b") {
		return '\b', nil
	}
	if p.has("c") && len(p.source) > p.pos+1 {
		if c := p.source[p.pos+1]; c >= '0' && c <= '9' || c == '_' { // Annex B, in classes alone
			p.pos += 2
			return rune(c & 31), nil
		}
	}
	return p.charEscape(), nil
}
