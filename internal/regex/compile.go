package regex

import "fmt"

type opcode uint8

const (
	opChar    opcode = iota // the character arg
	opSet                   // a character of sets[arg]
	opSplit                 // go on at arg; if that fails, at other; memo is its number
	opJump                  // go on at arg
	opSave                  // the position becomes caps[arg]
	opClear                 // groups arg to other take no part
	opMark                  // the position becomes marks[arg]
	opMoved                 // fail when the position is still marks[arg]
	opBegin                 // ^
	opEnd                   // $
	opWord                  // \b
	opNotWord               // \B
	opLook                  // looks[arg] must match here
	opNotLook               // looks[arg] must not match here
	opMatch
)

type instruction struct {
	op         opcode
	arg, other int32
	memo       int32
}

type program struct {
	code  []instruction
	sets  []*set
	looks []lookahead
	caps  int // positions: two for each group and for the match
	marks int
	memos int // number of splits and lookaheads
	// anchored: a match begins at the beginning of the text or nowhere.
	anchored  bool
	fold      bool
	multiline bool
}

// lookahead is the body of one.
type lookahead struct {
	start int32
	// first and last are its capturing groups, if last >= first and it is no
	// negative one.
	first, last int
	memo        int32
}

const (
	maxProgram = 20000
	maxSplits  = 2000
)

type compiler struct {
	options Options
	prog    program
	tooBig  bool
}

// program compiles a tree; reason tells why that is not possible.
func (c *compiler) program(tree node, groups int) (prog program, reason string) {
	c.prog.caps = 2 * (groups + 1)
	c.prog.fold, c.prog.multiline = c.options.IgnoreCase, c.options.Multiline
	c.emit(instruction{op: opSave, arg: 0})
	c.node(tree)
	c.emit(instruction{op: opSave, arg: 1})
	c.emit(instruction{op: opMatch})
	if c.tooBig {
		return program{}, fmt.Sprintf("it is too large: with its counts written out it has more than %d parts or %d choices", maxProgram, maxSplits)
	}
	for _, s := range c.prog.sets {
		s.prepare(c.prog.fold)
	}
	c.prog.anchored = !c.options.Multiline && anchored(tree)
	return c.prog, ""
}

func anchored(tree node) bool {
	switch n := tree.(type) {
	case assert:
		return opcode(n) == opBegin
	case concat:
		return len(n) > 0 && anchored(n[0])
	case group:
		return anchored(n.body)
	case choice:
		for _, part := range n {
			if !anchored(part) {
				return false
			}
		}
		return true
	}
	return false
}

func (c *compiler) emit(in instruction) int {
	if len(c.prog.code) >= maxProgram {
		c.tooBig = true
		return 0
	}
	c.prog.code = append(c.prog.code, in)
	return len(c.prog.code) - 1
}

func (c *compiler) here() int32 { return int32(len(c.prog.code)) }

func (c *compiler) memo() int32 {
	if c.prog.memos++; c.prog.memos > maxSplits {
		c.tooBig = true
	}
	return int32(c.prog.memos - 1)
}

func (c *compiler) node(tree node) {
	if c.tooBig {
		return
	}
	switch n := tree.(type) {
	case char:
		r := rune(n)
		if c.prog.fold {
			r = canonical(r)
		}
		c.emit(instruction{op: opChar, arg: r})
	case class:
		c.prog.sets = append(c.prog.sets, n.set)
		c.emit(instruction{op: opSet, arg: int32(len(c.prog.sets) - 1)})
	case assert:
		c.emit(instruction{op: opcode(n)})
	case concat:
		for _, part := range n {
			c.node(part)
		}
	case choice:
		c.choice(n)
	case group:
		c.emit(instruction{op: opSave, arg: int32(2 * n.index)})
		c.node(n.body)
		c.emit(instruction{op: opSave, arg: int32(2*n.index + 1)})
	case look:
		c.look(n)
	case repeat:
		c.repeat(n)
	}
}

func (c *compiler) choice(n choice) {
	var ends []int
	for i, part := range n {
		if i == len(n)-1 {
			c.node(part)
			break
		}
		split := c.emit(instruction{op: opSplit, memo: c.memo()})
		c.prog.code[split].arg = c.here()
		c.node(part)
		ends = append(ends, c.emit(instruction{op: opJump}))
		c.prog.code[split].other = c.here()
	}
	for _, at := range ends {
		c.prog.code[at].arg = c.here()
	}
}

func (c *compiler) look(n look) {
	op := opLook
	if n.not {
		op = opNotLook
	}
	index := len(c.prog.looks)
	first, last := groupsIn(n.body)
	if n.not {
		last = first - 1
	}
	c.prog.looks = append(c.prog.looks, lookahead{first: first, last: last, memo: c.memo()})
	c.emit(instruction{op: op, arg: int32(index)})
	over := c.emit(instruction{op: opJump})
	c.prog.looks[index].start = c.here()
	c.node(n.body)
	c.emit(instruction{op: opMatch})
	c.prog.code[over].arg = c.here()
}

// groupsIn are the first and the last group in a tree; last < first for none.
func groupsIn(tree node) (first, last int) {
	first, last = 1, 0
	visit := func(a, b int) {
		if b < a {
			return
		}
		if last < first {
			first, last = a, b
			return
		}
		first, last = min(first, a), max(last, b)
	}
	switch n := tree.(type) {
	case concat:
		for _, part := range n {
			visit(groupsIn(part))
		}
	case choice:
		for _, part := range n {
			visit(groupsIn(part))
		}
	case group:
		visit(n.index, n.index)
		visit(groupsIn(n.body))
	case look:
		visit(groupsIn(n.body))
	case repeat:
		visit(groupsIn(n.body))
	}
	return first, last
}

// nullable: the tree may match without taking a character.
func nullable(tree node) bool {
	switch n := tree.(type) {
	case char, class:
		return false
	case concat:
		for _, part := range n {
			if !nullable(part) {
				return false
			}
		}
		return true
	case choice:
		for _, part := range n {
			if nullable(part) {
				return true
			}
		}
		return false
	case group:
		return nullable(n.body)
	case repeat:
		return n.min == 0 || nullable(n.body)
	}
	return true
}

// repeat writes counts out: x{2,4} is xx(x(x)?)?. A round that is not required and
// takes nothing is no match of the body, as in JavaScript.
func (c *compiler) repeat(n repeat) {
	for range n.min {
		c.round(n)
		if c.tooBig {
			return
		}
	}
	if n.max < 0 {
		loop := c.split(n.lazy)
		c.optional(n)
		c.emit(instruction{op: opJump, arg: int32(loop)})
		c.leave(loop, n.lazy)
		return
	}
	var splits []int
	for range n.max - n.min {
		splits = append(splits, c.split(n.lazy))
		c.optional(n)
		if c.tooBig {
			return
		}
	}
	for _, at := range splits {
		c.leave(at, n.lazy)
	}
}

// split begins a part that may be left out; leave ends it.
func (c *compiler) split(lazy bool) int {
	at := c.emit(instruction{op: opSplit, memo: c.memo()})
	if lazy {
		c.prog.code[at].other = c.here()
	} else {
		c.prog.code[at].arg = c.here()
	}
	return at
}

func (c *compiler) leave(at int, lazy bool) {
	if lazy {
		c.prog.code[at].arg = c.here()
	} else {
		c.prog.code[at].other = c.here()
	}
}

func (c *compiler) optional(n repeat) {
	if !nullable(n.body) {
		c.round(n)
		return
	}
	mark := int32(c.prog.marks)
	c.prog.marks++
	c.emit(instruction{op: opMark, arg: mark})
	c.round(n)
	c.emit(instruction{op: opMoved, arg: mark})
}

// round is the body once. Its groups start anew each time.
func (c *compiler) round(n repeat) {
	if n.last >= n.first && (n.max < 0 || n.max > 1) {
		c.emit(instruction{op: opClear, arg: int32(n.first), other: int32(n.last)})
	}
	c.node(n.body)
}
