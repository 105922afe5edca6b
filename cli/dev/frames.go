package dev

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/onwardjs/onward/internal/diag"
)

// Source is a place in a source of the app.
type Source struct {
	// File is relative to the project, with slashes; one outside begins with "../".
	// What is no file keeps its namespace: "onward:next/link.tsx".
	File string
	// Line and Column count from 1, Column in UTF-16 units.
	Line, Column int
	// Text is the whole file, "" when it is unknown.
	Text string
}

// Lookup finds the source of a place in compiled code: in a script that browsers
// load, by its URL, or in a server module, by its absolute path. Line and column
// count from 1.
type Lookup func(url string, line, column int) (Source, bool)

// Frame is one frame of a stack, as it is in the source.
type Frame struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	// Own: the code belongs to the app and not to a package or to Onward.
	Own bool `json:"own"`
	// Frame is the source around the place, for frames of the app.
	Frame string `json:"frame,omitempty"`

	text       string // of the file
	byteColumn int
}

// place is "file:line:column", and "" for no frame.
func (f *Frame) place() string {
	if f == nil {
		return ""
	}
	if f.Line < 1 {
		return f.File
	}
	return f.File + ":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column)
}

// line is the frame as V8 writes it.
func (f *Frame) line() string {
	if f.Function == "" {
		return "at " + f.place()
	}
	return "at " + f.Function + " (" + f.place() + ")"
}

// isRuntime: the frame lies in what Onward runs beside the app, or in no file.
func (f *Frame) isRuntime() bool {
	return strings.HasSuffix(f.File, "server/runtime.js") || f.Line < 1 && !strings.Contains(f.File, "/") || virtual(f.File)
}

const (
	// mostFrames is how many frames of a stack are looked at.
	mostFrames = 50
	// mostForeign is how many frames of packages a text keeps when there is no other.
	mostForeign = 4
	// mostStack is how much a browser may ask about at once, in bytes.
	mostStack = 64 << 10
)

// Frames reads a stack as Chromium, Firefox, Safari and V8 print it and finds the
// sources of its places. Lines that are no frames are left out.
func Frames(stack string, find Lookup) []Frame {
	var out []Frame
	for line := range strings.Lines(stack) {
		if len(out) == mostFrames {
			break
		}
		function, at, ok := splitFrame(strings.TrimSpace(line))
		if !ok {
			continue
		}
		f := Frame{Function: shortName(function)}
		script, lineNumber, column, placed := splitPlace(at)
		if !placed {
			f.File = at
			out = append(out, f)
			continue
		}
		f.File, f.Line, f.Column = short(script), lineNumber, column
		if find != nil {
			if s, found := find(script, lineNumber, column); found {
				f.File, f.Line, f.Column = s.File, s.Line, s.Column
				if f.Own = ownFile(s.File); f.Own {
					f.text, f.byteColumn = s.Text, bytesBefore(s.Text, s.Line, s.Column)
					f.Frame = diag.Frame(s.Text, s.Line, f.byteColumn, 1)
				}
			}
		}
		out = append(out, f)
	}
	return out
}

// MapText maps the stacks that stand in a text, such as what console.error printed,
// and answers the first frame of the app in it, nil when there is none. Of a stack
// with frames of the app the others are left out.
func MapText(text string, find Lookup) (mapped string, first *Frame) {
	if !strings.Contains(text, "at ") && !strings.Contains(text, "@") {
		return text, nil
	}
	var out []string
	var run []string // lines of the present stack
	flush := func() {
		if len(run) == 0 {
			return
		}
		indent := run[0][:len(run[0])-len(strings.TrimLeft(run[0], " "))]
		frames := Frames(strings.Join(run, "\n"), find)
		own := 0
		for i := range frames {
			f := &frames[i]
			if !f.Own {
				continue
			}
			own++
			if first == nil {
				first = f
			}
			out = append(out, indent+f.line())
		}
		if own == 0 {
			// Nothing of the app: a few tell enough.
			for i := range frames[:min(len(frames), mostForeign)] {
				out = append(out, indent+frames[i].line())
			}
			if more := len(run) - mostForeign; more > 0 {
				out = append(out, indent+"… "+strconv.Itoa(more)+" more")
			}
		}
		// The brace opens what an inspected error carries.
		if own > 0 && strings.HasSuffix(run[len(run)-1], " {") {
			out[len(out)-1] += " {"
		}
		run = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if isFrame(line) {
			run = append(run, line)
			continue
		}
		flush()
		out = append(out, line)
	}
	flush()
	return strings.Join(out, "\n"), first
}

// isFrame: a line of a text is a frame of a stack.
func isFrame(line string) bool {
	trimmed := strings.TrimLeft(line, " ")
	if strings.HasPrefix(trimmed, "at ") && len(trimmed) == len(line) {
		return false // a sentence
	}
	_, at, ok := splitFrame(trimmed)
	if !ok {
		return false
	}
	_, _, _, placed := splitPlace(at)
	return placed || at == "<anonymous>" || at == "native"
}

// shortName leaves out what a function is a property of where that says little:
// "async Object.getServerSideProps".
func shortName(function string) string {
	name, async := strings.CutPrefix(function, "async ")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "Object."), "Module.")
	if async {
		return "async " + name
	}
	return name
}

// splitFrame takes a line of a stack apart: "at call (place)", "at place",
// "call@place".
func splitFrame(line string) (function, at string, ok bool) {
	if rest, isV8 := strings.CutPrefix(line, "at "); isV8 {
		rest = strings.TrimSuffix(rest, " {")
		if open := strings.LastIndex(rest, " ("); open >= 0 && strings.HasSuffix(rest, ")") {
			return rest[:open], rest[open+2 : len(rest)-1], true
		}
		if after, async := strings.CutPrefix(rest, "async "); async {
			return "async", after, true
		}
		return "", rest, true
	}
	// Firefox and Safari; an e-mail address in a message is no frame.
	function, at, ok = strings.Cut(line, "@")
	if !ok || strings.ContainsAny(function, " \t") {
		return "", "", false
	}
	if _, _, _, placed := splitPlace(at); !placed {
		return "", "", false
	}
	return strings.TrimRight(function, "/<"), at, true
}

// splitPlace takes ":line:column" off the end of a place.
func splitPlace(at string) (script string, line, column int, ok bool) {
	rest, column, ok1 := cutNumber(at)
	script, line, ok2 := cutNumber(rest)
	return script, line, column, ok1 && ok2 && script != ""
}

func cutNumber(text string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, 0, false
	}
	n, err := strconv.Atoi(text[i+1:])
	return text[:i], n, err == nil && n > 0
}

// short is the address of a script without what says nothing about it.
func short(script string) string {
	if u, err := url.Parse(script); err == nil && u.Host != "" && u.Path != "" {
		return u.Path
	}
	return strings.TrimPrefix(script, "file://")
}

// ownFile: the file is of the app, not of a package and not made by Onward.
func ownFile(file string) bool {
	return file != "" && !strings.Contains("/"+file, "/node_modules/") && !virtual(file)
}

// virtual: the name has a namespace instead of being a path.
func virtual(file string) bool {
	before, _, found := strings.Cut(file, ":")
	return found && !strings.ContainsAny(before, "/\\") && len(before) > 1
}

// bytesBefore turns a column in UTF-16 units into one in bytes, both from 1.
func bytesBefore(text string, line, column int) int {
	for range line - 1 {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return column
		}
		text = text[i+1:]
	}
	units, at := 1, 0
	for at < len(text) && text[at] != '\n' && units < column {
		r, size := utf8.DecodeRuneInString(text[at:])
		if units++; r > 0xFFFF {
			units++
		}
		at += size
	}
	return at + 1
}

// serveFrames answers POST /__nextjs_original-stack-frames: {"stack": text} to
// {"frames": [Frame]}.
func serveFrames(w http.ResponseWriter, r *http.Request, find Lookup) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostStack))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			http.Error(w, "the stack is longer than 64 kB", http.StatusRequestEntityTooLarge)
		}
		return
	}
	var asked struct {
		Stack string `json:"stack"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		http.Error(w, `expected {"stack": "..."}`, http.StatusBadRequest)
		return
	}
	answer := struct {
		Frames []Frame `json:"frames"`
	}{Frames(asked.Stack, find)}
	if answer.Frames == nil {
		answer.Frames = []Frame{}
	}
	data, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	// A browser that left needs no answer.
	_, _ = w.Write(data)
}
