package regex

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// span is a range of characters, both ends included.
type span struct{ low, high rune }

var (
	digits   = []span{{'0', '9'}}
	words    = []span{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	lineEnds = []span{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}
	spaces   = []span{
		{'\t', '\r'}, {' ', ' '}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F},
		{0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
	}
)

func isWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_'
}

// set is a set of characters.
type set struct {
	ranges []span // in order, apart from each other
	not    bool
	// ascii answers for the characters that make up nearly all text. It is filled by
	// prepare.
	ascii [4]uint32
	fold  bool
}

func newSet(ranges []span, not bool) *set {
	sorted := slices.Clone(ranges)
	slices.SortFunc(sorted, func(a, b span) int { return int(a.low) - int(b.low) })
	out := sorted[:0]
	for _, s := range sorted {
		if n := len(out); n > 0 && s.low <= out[n-1].high+1 {
			out[n-1].high = max(out[n-1].high, s.high)
			continue
		}
		out = append(out, s)
	}
	return &set{ranges: out, not: not}
}

// spans are the characters of the set without negation.
func (s *set) spans() []span {
	if !s.not {
		return s.ranges
	}
	var out []span
	low := rune(0)
	for _, r := range s.ranges {
		if r.low > low {
			out = append(out, span{low, r.low - 1})
		}
		low = r.high + 1
	}
	if low <= unicode.MaxRune {
		out = append(out, span{low, unicode.MaxRune})
	}
	return out
}

func (s *set) prepare(fold bool) {
	s.fold = fold
	for r := rune(0); r < utf8.RuneSelf; r++ {
		if s.slow(r) {
			s.ascii[r>>5] |= 1 << (r & 31)
		}
	}
}

func (s *set) has(r rune) bool {
	if r < utf8.RuneSelf {
		return s.ascii[r>>5]&(1<<(r&31)) != 0
	}
	return s.slow(r)
}

func (s *set) slow(r rune) bool { return s.listed(r) != s.not }

// listed tells whether r, or with the flag i a character that counts as r, is in the
// ranges.
func (s *set) listed(r rune) bool {
	if s.within(r) {
		return true
	}
	if !s.fold {
		return false
	}
	canon := canonical(r)
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		if canonical(other) == canon && s.within(other) {
			return true
		}
	}
	return false
}

func (s *set) within(r rune) bool {
	_, ok := slices.BinarySearchFunc(s.ranges, r, func(a span, r rune) int {
		switch {
		case a.high < r:
			return -1
		case a.low > r:
			return 1
		}
		return 0
	})
	return ok
}

// canonical is what two characters share when the flag i makes them equal: the upper
// case, unless that would turn a character beyond ASCII into one of ASCII, or into
// more than one.
func canonical(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'a' && r <= 'z' {
			return r - ('a' - 'A')
		}
		return r
	}
	up := unicode.ToUpper(r)
	if up < utf8.RuneSelf || r == 'ß' {
		return r
	}
	return up
}
