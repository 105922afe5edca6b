package regex

import (
	"sync"
	"unicode/utf8"
)

// maxStates bounds splits times positions, and so memory and time of one match.
// Text for which they are more has no match. The longest URL that a server takes
// meets it only with an expression of hundreds of choices.
const maxStates = 1 << 25

// machine runs one program on one text.
//
// Beside the position it has only groups and marks as state, and neither can make a
// choice fail that would otherwise succeed: groups are never read, and a mark stops
// nothing but a round that took no character, whose continuation the split before it
// tries anyway. So a split that has failed at a position once will fail there again.
type machine struct {
	prog  *program
	text  string
	caps  []int
	marks []int
	// looked is where each lookahead with groups matched last on the way to here.
	looked []int
	stack  []frame
	// tried and good have a bit for each split and position: whether it was tried, and
	// whether it led to the end of a lookahead.
	tried, good []uint64
	// way is the splits on the way to here, which a lookahead that matches marks as
	// good.
	way []int
	// width is the number of positions.
	width int
}

// frame is something to go back to: a place to go on at, or a value to restore.
type frame struct {
	kind frameKind
	at   int32 // instruction, or index of the value
	pos  int   // position, or the value
	way  int   // length of way, for places
}

type frameKind uint8

const (
	framePlace frameKind = iota
	frameCap
	frameMark
	frameLooked
)

var machines = sync.Pool{New: func() any { return new(machine) }}

func newMachine(prog *program, text string) *machine {
	m := machines.Get().(*machine)
	m.prog, m.text, m.width = prog, text, len(text)+1
	m.caps = filled(m.caps, prog.caps)
	m.marks = filled(m.marks, prog.marks)
	m.looked = filled(m.looked, len(prog.looks))
	m.stack, m.way = m.stack[:0], m.way[:0]
	words := (prog.memos*m.width + 63) / 64
	if prog.memos*m.width > maxStates {
		words = 0
	}
	m.tried = zeroed(m.tried, words)
	if m.good = m.good[:0]; len(prog.looks) > 0 {
		m.good = zeroed(m.good, words)
	}
	return m
}

func filled(s []int, n int) []int {
	if cap(s) < n {
		s = make([]int, n)
	}
	s = s[:n]
	for i := range s {
		s[i] = -1
	}
	return s
}

func zeroed(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// keepWords is the size of a memory worth keeping for the next match.
const keepWords = 64 << 10

func (m *machine) free() {
	m.prog, m.text = nil, ""
	if cap(m.tried)+cap(m.good) <= keepWords && cap(m.stack) <= keepWords {
		machines.Put(m)
	}
}

// search looks for a match anywhere in the text. What has failed from one beginning
// is remembered for the next.
func (m *machine) search() bool {
	if m.prog.memos*m.width > maxStates {
		return false
	}
	for start := 0; start <= len(m.text); start++ {
		if start > 0 && start < len(m.text) && !utf8.RuneStart(m.text[start]) {
			continue
		}
		if m.run(0, start, true) {
			return true
		}
		if m.prog.anchored {
			return false
		}
	}
	return false
}

// run tries to match from an instruction and a position to the next opMatch. When it
// returns true, groups and marks are those of the match if keep, else as before, and
// nothing is left to go back to.
func (m *machine) run(pc int32, pos int, keep bool) bool {
	floor, wayFloor := len(m.stack), len(m.way)
	for {
		if m.step(pc, pos) {
			for !keep && len(m.stack) > floor {
				m.restore()
			}
			m.stack = m.stack[:floor]
			for _, state := range m.way[wayFloor:] {
				m.good[state>>6] |= 1 << (state & 63)
			}
			m.way = m.way[:wayFloor]
			return true
		}
		var ok bool
		if pc, pos, ok = m.back(floor); !ok {
			m.way = m.way[:wayFloor]
			return false
		}
	}
}

// back undoes values down to the last place to go on at.
func (m *machine) back(floor int) (pc int32, pos int, ok bool) {
	for len(m.stack) > floor {
		if f := m.restore(); f.kind == framePlace {
			m.way = m.way[:f.way]
			return f.at, f.pos, true
		}
	}
	return 0, 0, false
}

// restore takes the last frame and undoes what it stands for.
func (m *machine) restore() frame {
	f := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	switch f.kind {
	case frameCap:
		m.caps[f.at] = f.pos
	case frameMark:
		m.marks[f.at] = f.pos
	case frameLooked:
		m.looked[f.at] = f.pos
	}
	return f
}

// step goes on from one place until something fails (false) or opMatch comes (true).
func (m *machine) step(pc int32, pos int) bool {
	code := m.prog.code
	for {
		in := &code[pc]
		switch in.op {
		case opChar:
			r, n := m.read(pos)
			if n == 0 || r != in.arg && (!m.prog.fold || canonical(r) != in.arg) {
				return false
			}
			pos += n
		case opSet:
			r, n := m.read(pos)
			if n == 0 || !m.prog.sets[in.arg].has(r) {
				return false
			}
			pos += n
		case opSplit:
			state := int(in.memo)*m.width + pos
			if m.tried[state>>6]&(1<<(state&63)) != 0 {
				// Only within a lookahead can a choice that is known to be good come again.
				return len(m.good) > 0 && m.good[state>>6]&(1<<(state&63)) != 0
			}
			m.tried[state>>6] |= 1 << (state & 63)
			if len(m.good) > 0 {
				m.way = append(m.way, state)
			}
			m.stack = append(m.stack, frame{framePlace, in.other, pos, len(m.way)})
			pc = in.arg
			continue
		case opJump:
			pc = in.arg
			continue
		case opSave:
			m.stack = append(m.stack, frame{frameCap, in.arg, m.caps[in.arg], 0})
			m.caps[in.arg] = pos
		case opClear:
			m.clear(int(in.arg), int(in.other))
		case opMark:
			m.stack = append(m.stack, frame{frameMark, in.arg, m.marks[in.arg], 0})
			m.marks[in.arg] = pos
		case opMoved:
			if m.marks[in.arg] == pos {
				return false
			}
		case opBegin:
			if pos > 0 && !(m.prog.multiline && isLineEnd(m.before(pos))) {
				return false
			}
		case opEnd:
			if r, n := m.read(pos); n > 0 && !(m.prog.multiline && isLineEnd(r)) {
				return false
			}
		case opWord, opNotWord:
			r, n := m.read(pos)
			here := n > 0 && isWord(r)
			there := pos > 0 && isWord(m.before(pos))
			if (here != there) != (in.op == opWord) {
				return false
			}
		case opLook, opNotLook:
			if !m.look(in, pos) {
				return false
			}
		case opMatch:
			return true
		}
		pc++
	}
}

// clear makes groups take no part, and lookaheads within them forget where they
// matched.
func (m *machine) clear(first, last int) {
	for i := 2 * first; i <= 2*last+1; i++ {
		if m.caps[i] >= 0 {
			m.stack = append(m.stack, frame{frameCap, int32(i), m.caps[i], 0})
			m.caps[i] = -1
		}
	}
	for i := range m.looked {
		if l := &m.prog.looks[i]; m.looked[i] >= 0 && l.first >= first && l.last <= last {
			m.stack = append(m.stack, frame{frameLooked, int32(i), m.looked[i], 0})
			m.looked[i] = -1
		}
	}
}

// look answers for a lookahead, from memory when it was asked here before. Its groups
// are found only when the whole match is known: see lookaheadGroups.
func (m *machine) look(in *instruction, pos int) bool {
	l := &m.prog.looks[in.arg]
	state := int(l.memo)*m.width + pos
	word, bit := state>>6, uint64(1)<<(state&63)
	matched := m.good[word]&bit != 0
	if m.tried[word]&bit == 0 {
		matched = m.run(l.start, pos, false)
		m.tried[word] |= bit
		if matched {
			m.good[word] |= bit
		}
	}
	if matched != (in.op == opLook) {
		return false
	}
	if matched && l.last >= l.first {
		m.stack = append(m.stack, frame{frameLooked, in.arg, m.looked[in.arg], 0})
		m.looked[in.arg] = pos
	}
	return true
}

// lookaheadGroups fills the groups of lookaheads after a match: each runs once more,
// where it matched last.
func (m *machine) lookaheadGroups() {
	for i := range m.prog.looks {
		l := &m.prog.looks[i]
		if m.looked[i] < 0 {
			continue
		}
		at := m.looked[i]
		clear(m.tried)
		clear(m.good)
		m.run(l.start, at, true)
	}
}

func (m *machine) read(pos int) (rune, int) {
	if pos >= len(m.text) {
		return 0, 0
	}
	if c := m.text[pos]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(m.text[pos:])
}

func (m *machine) before(pos int) rune {
	r, _ := utf8.DecodeLastRuneInString(m.text[:pos])
	return r
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 }
