package dev

import (
	"encoding/json"
	"errors"
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
)

// Problem is one thing that is wrong with the app, as browsers are told of it.
type Problem struct {
	// Kind is build, server, runtime, rejection or hydration.
	Kind string `json:"kind"`
	// Title is the sort of problem: "Build error", "TypeError".
	Title string `json:"title"`
	// Text says what happened; it may have many lines.
	Text string `json:"text"`
	// File is where, relative to the project; Line and Column count from 1.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Frame is the source around the place, as diag.Frame draws it.
	Frame string `json:"frame,omitempty"`
	// Hint says what to do.
	Hint string `json:"hint,omitempty"`
	// Stack is the stack as the engine printed it, not mapped to sources.
	Stack string `json:"stack,omitempty"`
	// ComponentStack is where in the tree of components, as React prints it.
	ComponentStack string   `json:"componentStack,omitempty"`
	Cause          *Problem `json:"cause,omitempty"`

	// message is the same for the terminal.
	message *diag.Message
}

// mostProblems is how many problems browsers are told of; the first ones are
// usually the cause of the others.
const mostProblems = 20

// mostCauses bounds how far a chain of causes is followed.
const mostCauses = 5

// Problems says what err means to the developer: mistakes that the compiler found
// (diag.Errors), what JavaScript threw (*engine.Error, whose stack find maps to
// sources), and whatever else went wrong. The same problem is listed once.
func Problems(err error, find Lookup) []Problem {
	var out []Problem
	seen := map[string]bool{}
	add := func(p Problem) {
		if key := p.key(); !seen[key] && len(out) < mostProblems {
			seen[key] = true
			out = append(out, p)
		}
	}
	var walk func(err error)
	walk = func(err error) {
		var list diag.Errors
		var message *diag.Message
		var thrown *engine.Error
		joined, isJoined := err.(interface{ Unwrap() []error })
		switch {
		case err == nil:
		case isJoined:
			for _, e := range joined.Unwrap() {
				walk(e)
			}
		case errors.As(err, &list):
			for _, m := range list {
				if m.Severity == diag.Error {
					add(buildProblem(m))
				}
			}
		case errors.As(err, &message):
			add(buildProblem(message))
		case errors.As(err, &thrown):
			add(serverProblem(thrown, find, 0))
		default:
			add(Problem{Kind: "server", Title: "Server error", Text: err.Error(), message: diag.Errorf("server", "%s", err)})
		}
	}
	walk(err)
	return out
}

func (p *Problem) key() string {
	stack, _, _ := strings.Cut(p.Stack, "\n    at ")
	return strings.Join([]string{p.Kind, p.Title, p.Text, p.File, strconv.Itoa(p.Line), strconv.Itoa(p.Column), stack}, "\x00")
}

func buildProblem(m *diag.Message) Problem {
	p := Problem{
		Kind: "build", Title: "Build error", Text: m.Text, File: m.File, Line: m.Line, Column: m.Column,
		Frame: diag.Frame(m.Source, m.Line, m.Column, m.Length), Hint: m.Hint, message: m,
	}
	if m.Detail != "" {
		p.Text += "\n" + strings.TrimRight(m.Detail, "\n")
	}
	return p
}

func serverProblem(e *engine.Error, find Lookup, depth int) Problem {
	p := Problem{Kind: "server", Title: e.Name, Text: clean(e.Message), Stack: e.Stack, Hint: hintFor(e)}
	if p.Title == "" {
		p.Title = "Server error"
	}
	detail := detailOf(e)
	switch what := happened[e.Kind]; {
	case what != "":
		p.Title, p.Text = "Server error", what+strings.TrimSuffix(": "+p.Text, ": ")
	case e.Name == "" && e.Stack == "":
		if p.Text == "" {
			p.Text = clean(string(e.Detail))
		}
		p.Hint = "This value is not an Error, so nobody knows where it was thrown. Throw `new Error(...)` instead."
	case p.Text == "":
		p.Text = p.Title + " without a message"
	case detail.Code != "" && !strings.Contains(p.Text, detail.Code):
		p.Text += "\ncode: " + clean(detail.Code)
	}
	m := &diag.Message{Code: "server", Text: firstLines(p.Text), Hint: p.Hint}
	if e.Kind == engine.Thrown && e.Name != "" && e.Message != "" {
		m.Text = e.Name + ": " + m.Text
	}
	frames := Frames(e.Stack, find)
	if i := slices.IndexFunc(frames, func(f Frame) bool { return f.Own }); i >= 0 {
		f := frames[i]
		p.File, p.Line, p.Column, p.Frame = f.File, f.Line, f.Column, f.Frame
		m.File, m.Line, m.Column, m.Source = f.File, f.Line, f.byteColumn, f.text
	}
	m.Detail = framesText(frames)
	if e.Cause != nil && depth < mostCauses {
		cause := serverProblem(e.Cause, find, depth+1)
		p.Cause = &cause
		text := strings.TrimPrefix(diag.Format(cause.message, diag.Style{}), "⨯ ")
		m.Detail = strings.TrimPrefix(m.Detail+"\ncause: "+strings.TrimRight(text, "\n"), "\n")
	}
	p.message = m
	return p
}

// detailOf reads what the thrower attached, as far as it tells something.
func detailOf(e *engine.Error) (d struct {
	Code string `json:"code"`
}) {
	// Whatever it is otherwise, a number for one, says nothing here.
	_ = json.Unmarshal(e.Detail, &d)
	return d
}

// mostTextLines is how many lines of a message the terminal shows.
const mostTextLines = 20

func firstLines(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= mostTextLines {
		return text
	}
	return strings.Join(lines[:mostTextLines], "\n") + "\n… " + strconv.Itoa(len(lines)-mostTextLines) + " more lines"
}

// happened says what became of server code that did not throw.
var happened = map[engine.Kind]string{
	engine.Timeout:     "the server code ran too long and was stopped",
	engine.OutOfMemory: "the server code used up its memory and was stopped",
	engine.Crashed:     "the server code was lost",
	engine.Overloaded:  "too many requests wait for the server code",
	engine.Aborted:     "the request was given up",
}

// framesText lists the frames of the app; the others are counted.
func framesText(frames []Frame) string {
	var lines []string
	others, last, times := 0, "", 0
	flush := func() {
		if times > 1 {
			lines[len(lines)-1] += " × " + strconv.Itoa(times)
		}
		if others > 0 && last != "" {
			lines = append(lines, "… "+strconv.Itoa(others)+" of packages and the framework")
		}
		others, times = 0, 0
	}
	for i := range frames {
		line := frames[i].line()
		switch {
		case !frames[i].Own:
			others++
		case line == last && others == 0:
			times++
		default:
			flush()
			lines = append(lines, line)
			last, times = line, 1
		}
	}
	others = 0
	flush()
	if len(lines) == 0 {
		// Nothing of the app: packages are all there is to go by.
		for i := range frames {
			if f := &frames[i]; len(lines) < mostForeign && !f.isRuntime() {
				lines = append(lines, f.line())
			}
		}
	}
	return strings.Join(lines, "\n")
}

// browserOnly are names that code finds in browsers only.
var browserOnly = []string{"window", "document", "localStorage", "sessionStorage", "navigator", "location", "history", "self"}

// hintFor says what to do about errors that many apps meet.
func hintFor(e *engine.Error) string {
	switch e.Kind {
	case engine.Timeout:
		return "The code did not come to an end in time: look for a loop, or a promise that never settles."
	case engine.OutOfMemory:
		return "The code filled the memory of its worker: look for a list that only grows."
	}
	if name, isReference := strings.CutSuffix(e.Message, " is not defined"); isReference && e.Name == "ReferenceError" && slices.Contains(browserOnly, name) {
		return "The server has no `" + name + "`. Use it in an effect or an event handler, or load the component with next/dynamic and `ssr: false`."
	}
	if strings.Contains(e.Message, "Element type is invalid") {
		return "A component is undefined: look whether it is exported, and imported by the right name (default or named)."
	}
	return ""
}

// Text is the problem as the terminal shows it, without colour.
func (p *Problem) String() string { return diag.Format(p.terminal(), diag.Style{}) }

func (p *Problem) terminal() *diag.Message {
	if p.message != nil {
		return p.message
	}
	return &diag.Message{Text: p.Title + ": " + p.Text, File: p.File, Line: p.Line, Column: p.Column, Detail: p.Frame, Hint: p.Hint}
}

// Document is the HTML that takes the place of a page that cannot be shown. The
// browser's part of the development server, in the script below prefix (assetPrefix
// or basePath), draws the problems, and loads the page again when they are mended.
// Who does not run scripts reads the same text. generation is that of the app which the
// request has found; 0: unknown.
func Document(problems []Problem, prefix string, generation uint64) []byte {
	title := "Error"
	var text strings.Builder
	for i := range problems {
		if i == 0 {
			title, _, _ = strings.Cut(problems[0].terminal().Text, "\n")
		} else {
			text.WriteByte('\n')
		}
		text.WriteString(problems[i].String())
	}
	if problems == nil {
		problems = []Problem{}
	}
	// Marshal writes <, > and & as escapes, so nothing in it can end the script.
	data, err := json.Marshal(problems)
	if err != nil {
		data = []byte("[]")
	}
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>`)
	b.WriteString(html.EscapeString(title))
	b.WriteString(`</title><style>:root{color-scheme:light dark}pre{font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;padding:16px}</style></head><body><noscript><pre>`)
	b.WriteString(html.EscapeString(text.String()))
	b.WriteString(`</pre></noscript><script id="__ONWARD_PROBLEMS" type="application/json" data-generation="`)
	b.WriteString(strconv.FormatUint(generation, 10))
	b.WriteString(`">`)
	b.Write(data)
	b.WriteString(`</script><script src="`)
	b.WriteString(html.EscapeString(prefix + "/_next/static/chunks/dev.js"))
	b.WriteString(`"></script></body></html>`)
	return []byte(b.String())
}
