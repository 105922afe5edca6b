package dev

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// Reporter writes problems to the terminal, each of them once: what the compiler
// found as long as it stands, errors of requests and pages until a file changes.
// It is safe for use by many goroutines.
type Reporter struct {
	out   io.Writer
	style diag.Style
	now   func() time.Time

	mu sync.Mutex
	// standing are the compiler's problems, by key; the value is their file.
	standing map[string]string
	// told are the errors that were written since the last change.
	told map[string]bool
	// lines of pages were written since the moment.
	lines int
	since time.Time
}

const (
	// mostTold bounds what is remembered of errors.
	mostTold = 500
	// mostLines is how many lines of pages' consoles are written per ten seconds.
	mostLines = 50
	// mostLine is the longest text of one, in bytes.
	mostLine = 8 << 10
)

// NewReporter makes a Reporter that writes to out, which is the terminal.
func NewReporter(out io.Writer, style diag.Style) *Reporter {
	return &Reporter{out: out, style: style, now: time.Now, standing: map[string]string{}, told: map[string]bool{}}
}

func (r *Reporter) write(text string) {
	// A terminal that is gone cannot be told so.
	_, _ = io.WriteString(r.out, text)
}

// Standing takes the full list of what is wrong in compiled code: new problems are
// written, and a line when some are gone.
func (r *Reporter) Standing(list []Problem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := make(map[string]string, len(list))
	var text strings.Builder
	for i := range list {
		key := list[i].key()
		if _, old := r.standing[key]; !old {
			if _, twice := next[key]; !twice {
				text.WriteString(diag.Format(list[i].terminal(), r.style))
			}
		}
		next[key] = list[i].File
	}
	broken := map[string]bool{}
	for _, file := range next {
		broken[file] = true
	}
	var mended []string
	for _, file := range r.standing {
		if !broken[file] {
			broken[file] = true
			mended = append(mended, file)
		}
	}
	if len(mended) > 0 {
		text.WriteString(r.mended(mended, len(next)))
	}
	r.standing = next
	r.write(text.String())
}

// Forget takes problems for unknown: nobody has looked again whether they still stand.
func (r *Reporter) Forget(list []Problem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range list {
		delete(r.standing, list[i].key())
	}
}

func (r *Reporter) mended(files []string, left int) string {
	line := "✓"
	if r.style.Color {
		line = "\x1b[32m\x1b[1m✓\x1b[0m"
	}
	switch {
	case len(files) > 1:
		line += fmt.Sprintf(" Mended: %d files", len(files))
	case files[0] != "":
		line += " Mended: " + files[0]
	default:
		line += " Mended"
	}
	switch {
	case left == 1:
		line += ", 1 problem is left"
	case left > 1:
		line += fmt.Sprintf(", %d problems are left", left)
	}
	return line + "\n"
}

// Happened writes an error of a request or of a page, unless it was written since
// the last change, or stands anyway.
func (r *Reporter) Happened(p Problem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := p.key()
	if _, standing := r.standing[key]; standing || !r.first(key) {
		return
	}
	r.write(diag.Format(p.terminal(), r.style))
}

// first: nothing with the key was written since the last change.
func (r *Reporter) first(key string) bool {
	if r.told[key] {
		return false
	}
	if len(r.told) >= mostTold {
		clear(r.told)
	}
	r.told[key] = true
	return true
}

// Changed says that a file changed: what happens again is news.
func (r *Reporter) Changed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.told)
}

// Browser writes a line of a page's console with the place in the source that
// logged it. Errors and warnings are written once until something changes, and no
// page can write more than a terminal can hold.
func (r *Reporter) Browser(level, text, stack string, find Lookup) {
	text, at := MapText(clean(text), find)
	place := "" // a stack in the text tells it already
	if at == nil {
		_, at = MapText(stack, find)
		place = at.place()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if now.Sub(r.since) > 10*time.Second || now.Before(r.since) {
		r.since, r.lines = now, 0
	}
	if r.lines++; r.lines > mostLines {
		if r.lines == mostLines+1 {
			r.write(r.dim("[browser] … more than the terminal shows") + "\n")
		}
		return
	}
	if (level == "error" || level == "warn") && !r.first("browser\x00"+level+"\x00"+text+"\x00"+place) {
		return
	}
	line := r.line(r.dim("[browser]")+" "+mark(level), text, place)
	if level == "error" && at != nil {
		for source := range strings.Lines(at.Frame) {
			line += r.dim("    "+strings.TrimSuffix(source, "\n")) + "\n"
		}
	}
	r.write(line)
}

// Console writes what server code logged, with the stacks in it mapped. stack is that
// of the call, "" when it is unknown.
func (r *Reporter) Console(text, stack string, find Lookup) {
	mapped, inText := MapText(text, find)
	var at *Frame
	if inText == nil {
		_, at = MapText(stack, find)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(r.line("", mapped, at.place()))
}

// line is a text with the place behind its first line.
func (r *Reporter) line(lead, text, place string) string {
	if place != "" {
		first, rest, more := strings.Cut(text, "\n")
		text = first + r.dim(" ("+place+")")
		if more {
			text += "\n" + rest
		}
	}
	return lead + text + "\n"
}

func mark(level string) string {
	switch level {
	case "error":
		return "⨯ "
	case "warn":
		return "⚠ "
	}
	return ""
}

func (r *Reporter) dim(text string) string {
	if !r.style.Color {
		return text
	}
	return "\x1b[2m" + text + "\x1b[22m"
}

// clean takes out of a page's text what would move the terminal's cursor or colour
// it, and what is too long.
func clean(text string) string {
	if len(text) > mostLine {
		text = text[:mostLine] + "…"
	}
	return strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && (c < ' ' || c >= 0x7f && c < 0xa0) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, "?"))
}
