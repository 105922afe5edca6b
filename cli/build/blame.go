package build

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/stack"
)

// blamer finds the source that an error of compiled code comes from.
type blamer struct {
	dir    string // the project
	stacks *stack.Mapper
}

func newBlamer(dir, staging string) *blamer {
	return &blamer{dir, stack.New(staging, func(name string) ([]byte, error) {
		return os.ReadFile(filepath.Join(staging, filepath.FromSlash(name)))
	})}
}

// blame points m at the place where the error with this stack was thrown, or at
// file, the page's, when the stack does not tell; the stack itself becomes the
// detail.
func (b *blamer) blame(m *diag.Message, file, trace string) *diag.Message {
	m.File = file
	text, place, ok := b.stacks.Map(trace)
	m.Detail = ownStack(text)
	if !ok {
		return m
	}
	m.File, m.Line, m.Column = place.File, place.Line, 0
	source, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(place.File)))
	if err != nil {
		return m // the place is told, only without the code around it
	}
	m.Source = string(source)
	lines := strings.SplitN(m.Source, "\n", place.Line+1)
	if place.Line <= len(lines) {
		m.Column = byteColumn(lines[place.Line-1], place.Column)
	}
	return m
}

// byteColumn turns a column that counts UTF-16 units into one that counts bytes,
// both from 1.
func byteColumn(line string, column int) int {
	units := 1
	for at, r := range line {
		if units >= column {
			return at + 1
		}
		if r == utf8.RuneError {
			units++
			continue
		}
		units += utf16.RuneLen(r)
	}
	return len(line) + 1
}

// ownStack keeps the frames of a stack that lie in the app's code.
func ownStack(stack string) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(stack) {
		text := strings.TrimSpace(line)
		if !strings.HasPrefix(text, "at ") || strings.Contains(text, "(server/runtime.js:") || strings.Contains(text, "(onward:") {
			continue
		}
		if n++; n > 8 {
			break
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}
