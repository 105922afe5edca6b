// Package stack turns the stack of a JavaScript error that was thrown in compiled
// code into one of the app's source. In: the text V8 gives and the source maps
// that lie beside the compiled modules of a build. Out: the same text with places
// as the author of the app knows them, and the first of these places.
//
// Maps are read when an error asks for one. What cannot be mapped, for whatever
// reason, stays as it was.
package stack

import (
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Place is a position in a source file.
type Place struct {
	// File is relative to the project, with slashes.
	File string
	// Line and Column count from 1; Column counts UTF-16 units.
	Line, Column int
}

// Mapper maps the stacks of one build. It is safe for use by many goroutines.
type Mapper struct {
	dist string
	read func(name string) ([]byte, error)

	mu   sync.Mutex
	maps map[string]*Map // by module; nil: it has none
}

// mostMaps is how many decoded maps a Mapper keeps.
const mostMaps = 32

// New makes a Mapper for the build in dist, an absolute path. read returns a file
// of it by its name relative to dist, with slashes.
func New(dist string, read func(name string) ([]byte, error)) *Mapper {
	return &Mapper{dist: strings.TrimSuffix(strings.ReplaceAll(dist, `\`, "/"), "/") + "/", read: read, maps: map[string]*Map{}}
}

// mostFrames bounds how many frames of a text are mapped: V8 keeps ten per error,
// unless the app raises the limit.
const mostFrames = 200

// runtimeScript is the module that holds the runtime.
const runtimeScript = "server/runtime.js"

// Map returns text, which holds one stack or several, with its places mapped, and
// the place in the app's own code, outside of node_modules, that is nearest to the
// error; ok is false when there is none. Frames of the runtime are dropped where a
// stack ends with them. Text without frames comes back as it is.
func (m *Mapper) Map(text string) (mapped string, place Place, ok bool) {
	if !strings.Contains(text, " at ") {
		return text, Place{}, false
	}
	var out []string
	frames := 0
	own, end := false, 0 // of the present stack: it has frames of the app; out[end:] are the runtime's
	for line := range strings.SplitSeq(text, "\n") {
		f, isFrame := parseFrame(line)
		if !isFrame || frames == mostFrames {
			if own {
				out = cut(out, end)
			}
			out = append(out, line)
			own = false
			continue
		}
		frames++
		foreign := f.foreign()
		if module, inside := strings.CutPrefix(f.file, m.dist); inside {
			source, found := m.source(module, f.line, f.column)
			switch {
			case module == runtimeScript || strings.HasPrefix(source.File, suppliedPrefix):
				foreign = true
			case found:
				f.file, f.line, f.column = source.File, source.Line, source.Column
				line = f.String()
				if !ok && !strings.Contains("/"+source.File, "/node_modules/") {
					place, ok = source, true
				}
			}
		}
		out = append(out, line)
		if !foreign {
			own, end = true, len(out)
		}
	}
	if own {
		out = cut(out, end)
	}
	return strings.Join(out, "\n"), place, ok
}

// cut drops the lines from end on, but not the brace that opens what an inspected
// error carries.
func cut(lines []string, end int) []string {
	if end < len(lines) && strings.HasSuffix(lines[len(lines)-1], brace) {
		lines[end-1] += brace
	}
	return lines[:end]
}

// brace may follow the last frame of an error.
const brace = " {"

// suppliedPrefix begins the names of sources that Onward adds to a bundle.
const suppliedPrefix = "onward-"

// source maps a place in a module, named relative to the build. Lines and columns
// count from 1.
func (m *Mapper) source(module string, line, column int) (Place, bool) {
	sm := m.load(module)
	if sm == nil {
		return Place{}, false
	}
	file, l, c, ok := sm.Lookup(line-1, column-1)
	if plain, err := url.PathUnescape(file); err == nil {
		file = plain // sources are URLs
	}
	return Place{file, l + 1, c + 1}, ok
}

// load returns the map beside a module, nil when there is none that can be read.
func (m *Mapper) load(module string) *Map {
	if path.Clean("/"+module) != "/"+module {
		return nil // leads elsewhere
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if sm, known := m.maps[module]; known {
		return sm
	}
	var sm *Map
	if data, err := m.read(module + ".map"); err == nil {
		if parsed, err := ParseMap(data); err == nil {
			sm = parsed
		}
	}
	if len(m.maps) >= mostMaps {
		for old := range m.maps { // any one
			delete(m.maps, old)
			break
		}
	}
	m.maps[module] = sm
	return sm
}

// frame is one line of a stack: "    at call (file:line:column)".
type frame struct {
	indent string
	// call is what was called, "" when it has no name.
	call         string
	file         string // with slashes, "" when the frame has no place
	line, column int
	tail         string // brace or ""
}

// parseFrame reads a line of a stack. ok is false for other text.
func parseFrame(line string) (f frame, ok bool) {
	rest := strings.TrimLeft(line, " ")
	f.indent = line[:len(line)-len(rest)]
	rest, ok = strings.CutPrefix(rest, "at ")
	if !ok || f.indent == "" {
		return f, false
	}
	if cut, found := strings.CutSuffix(rest, brace); found {
		rest, f.tail = cut, brace
	}
	at := rest
	if open := strings.LastIndex(rest, " ("); open >= 0 && strings.HasSuffix(rest, ")") {
		f.call, at = rest[:open], rest[open+2:len(rest)-1]
	} else if after, async := strings.CutPrefix(rest, "async "); async {
		f.call, at = "async", after
	}
	file, column, ok1 := cutNumber(at)
	file, lineNumber, ok2 := cutNumber(file)
	if ok1 && ok2 {
		f.file, f.line, f.column = strings.ReplaceAll(strings.TrimPrefix(file, "file://"), `\`, "/"), lineNumber, column
	}
	return f, true
}

// cutNumber takes ":123" off the end of text.
func cutNumber(text string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, 0, false
	}
	n, err := strconv.Atoi(text[i+1:])
	return text[:i], n, err == nil && n > 0
}

// foreign: the frame lies in nothing that the app brought.
func (f *frame) foreign() bool {
	return f.file == "" || f.file == runtimeScript || strings.HasPrefix(f.file, "node:") || strings.HasPrefix(f.file, "onward:")
}

func (f *frame) String() string {
	place := f.file + ":" + strconv.Itoa(f.line) + ":" + strconv.Itoa(f.column)
	switch f.call {
	case "":
		return f.indent + "at " + place + f.tail
	case "async":
		return f.indent + "at async " + place + f.tail
	}
	return f.indent + "at " + f.call + " (" + place + ")" + f.tail
}
