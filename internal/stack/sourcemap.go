package stack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Map is a decoded source map: for places in a generated file, the places in the
// sources that they were made from. Lines and columns count from 0, columns in
// UTF-16 units. A Map is not changed after it is made.
type Map struct {
	// Sources as the map names them, URLs below SourceRoot. In the maps of server
	// modules they are relative to the project.
	Sources    []string
	SourceRoot string
	// segments in the order of the generated file; starts[n] is the first one
	// of line n, and the last element is len(segments).
	segments []segment
	starts   []int32
}

// segment says that the code at column, up to the next segment of the line, came
// from a place; source is -1 when it came from nowhere.
type segment struct{ column, source, line, sourceColumn int32 }

// mostMap is the largest source map that is read, in bytes.
const mostMap = 64 << 20

var errVersion = errors.New("stack: not a source map of version 3")

// ParseMap reads the JSON of a source map of version 3 without sections. Whatever
// the data is, it answers or fails.
func ParseMap(data []byte) (*Map, error) {
	if len(data) > mostMap {
		return nil, fmt.Errorf("stack: a source map of %d bytes is too large", len(data))
	}
	var file struct {
		Version    int      `json:"version"`
		SourceRoot string   `json:"sourceRoot"`
		Sources    []string `json:"sources"`
		Mappings   string   `json:"mappings"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("stack: source map: %w", err)
	}
	if file.Version != 3 {
		return nil, errVersion
	}
	m := &Map{Sources: file.Sources, SourceRoot: file.SourceRoot}
	return m, m.decode(file.Mappings)
}

var errMappings = errors.New("stack: malformed mappings in a source map")

func (m *Map) decode(text string) error {
	m.segments = make([]segment, 0, len(text)/5+1)
	m.starts = append(make([]int32, 0, strings.Count(text, ";")+2), 0)
	var s segment // running values
	for i := 0; i < len(text); {
		switch text[i] {
		case ';':
			m.starts = append(m.starts, int32(len(m.segments)))
			s.column = 0
			i++
			continue
		case ',':
			i++
			continue
		}
		var fields [5]int32
		n := 0
		for i < len(text) && text[i] != ',' && text[i] != ';' {
			if n == len(fields) {
				return errMappings
			}
			var ok bool
			if fields[n], i, ok = decodeVLQ(text, i); !ok {
				return errMappings
			}
			n++
		}
		if !advance(&s.column, fields[0]) {
			return errMappings
		}
		add := segment{s.column, -1, 0, 0}
		if n >= 4 {
			if !advance(&s.source, fields[1]) || !advance(&s.line, fields[2]) || !advance(&s.sourceColumn, fields[3]) || int(s.source) >= len(m.Sources) {
				return errMappings
			}
			add = s
		} else if n != 1 {
			return errMappings
		}
		first := int(m.starts[len(m.starts)-1])
		if len(m.segments) > first && m.segments[len(m.segments)-1].column > add.column {
			return errMappings // out of order
		}
		m.segments = append(m.segments, add)
	}
	m.starts = append(m.starts, int32(len(m.segments)))
	return nil
}

// advance adds by to v; false when the sum is no place in a file.
func advance(v *int32, by int32) bool {
	sum := int64(*v) + int64(by)
	if sum < 0 || sum > math.MaxInt32 {
		return false
	}
	*v = int32(sum)
	return true
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

var digitOf = func() (table [256]int8) {
	for i := range table {
		table[i] = -1
	}
	for i := range len(digits) {
		table[digits[i]] = int8(i)
	}
	return table
}()

// decodeVLQ reads the number at text[i:] and answers where it ends.
func decodeVLQ(text string, i int) (value int32, next int, ok bool) {
	var n uint64
	for shift := 0; i < len(text) && shift < 35; shift += 5 {
		d := digitOf[text[i]]
		if d < 0 {
			return 0, i, false
		}
		i++
		n |= uint64(d&31) << shift
		if d&32 == 0 {
			if n>>1 > math.MaxInt32 {
				return 0, i, false
			}
			value = int32(n >> 1)
			if n&1 != 0 {
				value = -value
			}
			return value, i, true
		}
	}
	return 0, i, false
}

func appendVLQ(dst []byte, value int32) []byte {
	n := uint64(value) << 1
	if value < 0 {
		n = uint64(-int64(value))<<1 | 1
	}
	for {
		d := n & 31
		if n >>= 5; n > 0 {
			d |= 32
		}
		dst = append(dst, digits[d])
		if n == 0 {
			return dst
		}
	}
}

// find returns the segment that covers a place, or nil.
func (m *Map) find(line, column int) *segment {
	if line < 0 || line+1 >= len(m.starts) {
		return nil
	}
	of := m.segments[m.starts[line]:m.starts[line+1]]
	i, exact := slices.BinarySearchFunc(of, column, func(s segment, c int) int { return cmp.Compare(int(s.column), c) })
	if !exact {
		i--
	}
	if i < 0 || of[i].source < 0 {
		return nil
	}
	return &of[i]
}

// Lookup returns where the code at line and column came from.
func (m *Map) Lookup(line, column int) (source string, sourceLine, sourceColumn int, ok bool) {
	s := m.find(line, column)
	if s == nil {
		return "", 0, 0, false
	}
	return m.Sources[s.source], int(s.line), int(s.sourceColumn), true
}

// Through composes two maps: m leads from a file to one that was made in between,
// before leads from that one to the sources.
func (m *Map) Through(before *Map) *Map {
	out := &Map{
		Sources: before.Sources, SourceRoot: before.SourceRoot,
		segments: make([]segment, 0, len(m.segments)), starts: make([]int32, 0, len(m.starts)),
	}
	for line := range max(0, len(m.starts)-1) {
		first := len(out.segments)
		out.starts = append(out.starts, int32(first))
		for _, s := range m.segments[m.starts[line]:m.starts[line+1]] {
			add := segment{s.column, -1, 0, 0}
			if s.source >= 0 {
				if b := before.find(int(s.line), int(s.sourceColumn)); b != nil {
					add = segment{s.column, b.source, b.line, b.sourceColumn}
				}
			}
			// What leads to the same place as its neighbour says nothing new.
			if n := len(out.segments); n > first {
				last := out.segments[n-1]
				if last.source == add.source && last.line == add.line && last.sourceColumn == add.sourceColumn {
					continue
				}
			} else if add.source < 0 {
				continue
			}
			out.segments = append(out.segments, add)
		}
	}
	out.starts = append(out.starts, int32(len(out.segments)))
	return out
}

// AppendJSON appends the map as JSON. Sources that nothing leads to are left out.
func (m *Map) AppendJSON(dst []byte) []byte {
	number := make([]int32, len(m.Sources))
	names := make([]string, 0, len(m.Sources))
	mappings := make([]byte, 0, 6*len(m.segments)+len(m.starts))
	var source, sourceLine, sourceColumn int32
	for line := range max(0, len(m.starts)-1) {
		if line > 0 {
			mappings = append(mappings, ';')
		}
		column := int32(0)
		for i, s := range m.segments[m.starts[line]:m.starts[line+1]] {
			if i > 0 {
				mappings = append(mappings, ',')
			}
			mappings = appendVLQ(mappings, s.column-column)
			column = s.column
			if s.source < 0 {
				continue
			}
			if number[s.source] == 0 {
				names = append(names, m.Sources[s.source])
				number[s.source] = int32(len(names))
			}
			n := number[s.source] - 1
			mappings = appendVLQ(mappings, n-source)
			mappings = appendVLQ(mappings, s.line-sourceLine)
			mappings = appendVLQ(mappings, s.sourceColumn-sourceColumn)
			source, sourceLine, sourceColumn = n, s.line, s.sourceColumn
		}
	}
	dst = append(dst, `{"version":3,"sourceRoot":`...)
	dst = appendString(dst, m.SourceRoot)
	dst = append(dst, `,"sources":[`...)
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, name)
	}
	dst = append(dst, `],"names":[],"mappings":"`...)
	dst = append(dst, mappings...)
	return append(dst, `"}`...)
}

func appendString(dst []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // a string always marshals
	return append(dst, quoted...)
}
