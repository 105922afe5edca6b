// Package regex runs regular expressions as JavaScript writes them, in time that is
// linear in the length of the text. Sources and conditions of routing rules and
// matchers of middleware are such expressions: they come from the app, but the text
// they run on comes from anybody.
//
// It follows ECMAScript without the flags u and v, Annex B included: groups with and
// without name, lookahead, greedy and lazy quantifiers, classes, escapes. What cannot
// run in linear time is refused with a reason: back-references and lookbehind. Text is
// read by code points rather than by UTF-16 units.
//
// A match gives the same groups as in JavaScript. It is found by backtracking that
// remembers: a choice that has failed at a position is not made there again.
package regex

import "fmt"

// Options are the flags of an expression.
type Options struct {
	// IgnoreCase is the flag i.
	IgnoreCase bool
	// Multiline is the flag m: ^ and $ match at lines.
	Multiline bool
	// DotAll is the flag s: a dot matches line ends too.
	DotAll bool
}

// Regexp is a compiled expression. It may be used by many goroutines at once.
type Regexp struct {
	source string
	prog   program
	// groups is the number of capturing groups, without the whole match.
	groups int
	// names of the groups; names[i] belongs to group i+1 and may be empty.
	names []string
}

// Error tells why an expression was refused.
type Error struct {
	// Source is the expression, Offset the byte in it where the reason lies.
	Source string
	Offset int
	// Reason is a phrase: "back-references are not supported, ...".
	Reason string
}

func (e *Error) Error() string {
	return fmt.Sprintf("regular expression %s: %s (at offset %d)", e.Source, e.Reason, e.Offset)
}

// MaxSource is the greatest length of an expression in bytes.
const MaxSource = 16 << 10

// Compile reads an expression as it stands between the slashes of a JavaScript
// literal, or in the argument of new RegExp. Failures are *Error.
func Compile(source string, o Options) (*Regexp, error) {
	if len(source) > MaxSource {
		return nil, &Error{Source: source[:64] + "...", Reason: fmt.Sprintf("it is longer than %d characters", MaxSource)}
	}
	p := parser{source: source, options: o}
	tree, err := p.parse()
	if err != nil {
		return nil, err
	}
	c := compiler{options: o}
	prog, reason := c.program(tree, p.groups)
	if reason != "" {
		return nil, &Error{Source: source, Reason: reason}
	}
	return &Regexp{source: source, prog: prog, groups: p.groups, names: p.names}, nil
}

// MustCompile is Compile for expressions that are known to be valid.
func MustCompile(source string, o Options) *Regexp {
	r, err := Compile(source, o)
	if err != nil {
		panic(err)
	}
	return r
}

// String is the source.
func (r *Regexp) String() string { return r.source }

// Groups is the number of capturing groups.
func (r *Regexp) Groups() int { return r.groups }

// Names are the names of the groups in their order, empty for those without one. The
// caller must not change it.
func (r *Regexp) Names() []string { return r.names }

// Test tells whether s has a match.
func (r *Regexp) Test(s string) bool {
	m := newMachine(&r.prog, s)
	defer m.free()
	return m.search()
}

// Match is what an expression found in a text.
type Match struct {
	text string
	at   []int
}

// Exec finds the first match in s, as RegExp.prototype.exec does; ok is false when
// there is none.
func (r *Regexp) Exec(s string) (found Match, ok bool) {
	m := newMachine(&r.prog, s)
	defer m.free()
	if !m.search() {
		return Match{}, false
	}
	m.lookaheadGroups()
	return Match{s, append([]int(nil), m.caps...)}, true
}

// Group returns the text of a group, 0 being the whole match. ok is false for a group
// that took no part, which JavaScript shows as undefined.
func (m Match) Group(i int) (text string, ok bool) {
	from, to := m.at[2*i], m.at[2*i+1]
	if from < 0 || to < 0 {
		return "", false
	}
	return m.text[from:to], true
}
