// Package diag is the one shape of a message to users: a code, what happened,
// where, the source around it, and what to do. The same message becomes text on
// a terminal, JSON, and (in dev) an overlay.
package diag

import (
	"fmt"
	"strconv"
	"strings"
)

// Severity of a message.
type Severity uint8

const (
	Error Severity = iota
	Warning
	Note
)

// Message is one thing to tell the user. Only Text is required.
type Message struct {
	Severity Severity
	// Code names the kind of problem, stable across releases: "no-default-export".
	Code string
	// Text says what happened, in one sentence.
	Text string
	// File is the path to show, relative to the project. Line and Column are
	// 1-based; Column counts bytes. Length is how much of the line to mark.
	File   string
	Line   int
	Column int
	Length int
	// Source is the whole text of File, if known; the frame is cut from it.
	Source string
	// Detail is further text (a stack, a list), shown indented.
	Detail string
	// Hint says what to do.
	Hint string
}

// Error makes *Message usable as a Go error: "file:line:col: text".
func (m *Message) Error() string {
	if p := m.place(); p != "" {
		return p + ": " + m.Text
	}
	return m.Text
}

func (m *Message) place() string {
	if m.File == "" {
		return ""
	}
	p := m.File
	if m.Line > 0 {
		p += ":" + strconv.Itoa(m.Line)
		if m.Column > 0 {
			p += ":" + strconv.Itoa(m.Column)
		}
	}
	return p
}

// Errorf makes an Error message without a place.
func Errorf(code, format string, args ...any) *Message {
	return &Message{Code: code, Text: fmt.Sprintf(format, args...)}
}

// WithHint returns a copy of m that says what to do.
func (m *Message) WithHint(format string, args ...any) *Message {
	c := *m
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// At returns a copy of m placed in file, at a byte offset of its source
// (negative: no line).
func (m *Message) At(file, source string, offset int) *Message {
	c := *m
	c.File, c.Source = file, source
	if offset >= 0 && offset <= len(source) {
		before := source[:offset]
		c.Line = strings.Count(before, "\n") + 1
		c.Column = offset - strings.LastIndexByte(before, '\n')
	}
	return &c
}

// Errors is a list of messages as one Go error.
type Errors []*Message

func (e Errors) Error() string {
	var b strings.Builder
	for i, m := range e {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(m.Error())
	}
	return b.String()
}
