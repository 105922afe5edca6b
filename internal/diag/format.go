package diag

import (
	"fmt"
	"strings"
)

// Style says how Format may write.
type Style struct {
	// Color turns on ANSI colours.
	Color bool
}

const (
	ansiRed    = "\x1b[31m"
	ansiYellow = "\x1b[33m"
	ansiCyan   = "\x1b[36m"
	ansiBold   = "\x1b[1m"
	ansiDim    = "\x1b[2m"
	ansiReset  = "\x1b[0m"
)

func (s Style) paint(code, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return code + text + ansiReset
}

// Format returns m for a terminal, ending in a newline: a marked first line,
// the place, the source frame, detail and hint, each only when known.
func Format(m *Message, s Style) string {
	var b strings.Builder
	mark, color := "⨯", ansiRed
	switch m.Severity {
	case Warning:
		mark, color = "⚠", ansiYellow
	case Note:
		mark, color = "○", ansiCyan
	}
	fmt.Fprintf(&b, "%s %s\n", s.paint(color+ansiBold, mark), s.paint(ansiBold, m.Text))
	if p := m.place(); p != "" {
		fmt.Fprintf(&b, "  %s\n", s.paint(ansiCyan, p))
	}
	if f := Frame(m.Source, m.Line, m.Column, m.Length); f != "" {
		for line := range strings.Lines(f) {
			fmt.Fprintf(&b, "  %s", s.paint(ansiDim, strings.TrimRight(line, "\n")))
			b.WriteByte('\n')
		}
	}
	if m.Detail != "" {
		for line := range strings.Lines(m.Detail) {
			fmt.Fprintf(&b, "    %s\n", strings.TrimRight(line, "\n"))
		}
	}
	if m.Hint != "" {
		fmt.Fprintf(&b, "  %s %s\n", s.paint(ansiCyan, "hint:"), m.Hint)
	}
	return b.String()
}

// Frame cuts two lines around line (1-based) out of source, numbers them and
// marks length bytes at column. It is empty when source or line is unknown.
func Frame(source string, line, column, length int) string {
	if source == "" || line < 1 {
		return ""
	}
	lines := strings.Split(source, "\n")
	if line > len(lines) {
		return ""
	}
	first, last := max(1, line-2), min(len(lines), line+2)
	width := len(fmt.Sprint(last))
	var b strings.Builder
	for n := first; n <= last; n++ {
		text := strings.TrimRight(lines[n-1], "\r")
		pad := 0
		if n == line && column > 1 {
			// The mark stands under the same cells: keep tabs, blank the rest.
			pad = min(column-1, len(text))
		}
		clipped := clip(text)
		lead := " "
		if n == line {
			lead = ">"
		}
		fmt.Fprintf(&b, "%s %*d | %s\n", lead, width, n, clipped)
		if n == line && column > 0 && pad <= len(clipped) {
			blank := strings.Map(func(r rune) rune {
				if r == '\t' {
					return r
				}
				return ' '
			}, text[:pad])
			fmt.Fprintf(&b, "  %*s | %s%s\n", width, "", blank, strings.Repeat("^", max(1, min(length, len(clipped)-pad))))
		}
	}
	return b.String()
}

// clip keeps minified lines from flooding the terminal.
func clip(s string) string {
	const most = 160
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
