package dev

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// scenario is a story of somebody who edits an app while it is shown: steps and the
// files that they begin with. It is a file scenarios/NAME.txtar, whose comment reads
//
//	# What happens, and what comes of it.
//	own                            a server of its own (else all share one)
//	app packages                   edits a fixture app instead
//	only onward: reason            where Onward differs on purpose
//	visit /path                    load a document, wait for React
//	load /path                     load a document
//	click id                       click an element
//	js expression                  evaluate it in the page
//	tab 2                          go on in another tab
//
//	edit file "old" "new"          replace text in a file
//	write file "text"              or of the section =name:  write file =name
//	remove file                    a file or a folder
//	rename from to
//	save file                      write the same bytes again
//	flood 10000                    write as many files at once
//	stop, start                    the server, on the same port
//	cut, heal                      the network between browser and server
//
//	sees id "text"                 wait until an element has the text
//	style id property "value"      wait until it has the style
//	gone id                        wait until there is no such element
//	location /path                 wait until the address is that
//	has id "text"                  it has the text now
//	same                           the document is that of the last visit
//	reloaded                       wait until it is a new one
//	still                          nothing happens for a moment, on screen and in the document
//	overlay "text"                 wait until the overlay says so
//	calm                           wait until there is no overlay
//	console "text"                 wait until the browser's console says so
//	terminal "text"                wait until the terminal says so
//	once "text"                    the terminal has said so exactly once since the scenario began
//	answers /path 200 "text"       wait until a request is answered so
//
// Sections whose name begins with = are no files of the app.
type scenario struct {
	name  string
	title string
	own   bool
	app   string
	// only is the framework that it is for; empty: both.
	only   string
	reason string
	steps  []step
	files  map[string]string
	texts  map[string]string
}

// step is a line of the comment.
type step struct {
	line int
	verb string
	args []string
}

func (st step) String() string { return st.verb + " " + strings.Join(st.args, " ") }

// arity is how many words follow a verb.
var arity = map[string]int{
	"visit": 1, "load": 1, "click": 1, "js": 1, "tab": 1,
	"edit": 3, "write": 2, "remove": 1, "rename": 2, "save": 1, "flood": 1, "stop": 0, "start": 0, "cut": 0, "heal": 0,
	"sees": 2, "style": 3, "gone": 1, "location": 1, "has": 2, "same": 0, "reloaded": 0, "still": 0,
	"overlay": 1, "calm": 0, "console": 1, "terminal": 1, "once": 1, "answers": 3,
}

// changes are the verbs after which something is to happen.
var changes = []string{"edit", "write", "remove", "rename", "save", "flood", "heal", "start"}

func readScenarios() ([]*scenario, error) {
	names, err := filepath.Glob(filepath.Join("scenarios", "*.txtar"))
	if err != nil {
		return nil, err
	}
	var list []*scenario
	owner := map[string]string{}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			return nil, err
		}
		s, err := parseScenario(strings.TrimSuffix(filepath.Base(name), ".txtar"), archive)
		if err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		for file := range s.files {
			if other := owner[file]; other != "" && !s.own {
				return nil, fmt.Errorf("%s: %s has a file %s too", name, other, file)
			}
			if !s.own {
				owner[file] = name
			}
		}
		list = append(list, s)
	}
	return list, nil
}

func parseScenario(name string, archive *txtar.Archive) (*scenario, error) {
	s := &scenario{name: name, files: map[string]string{}, texts: map[string]string{}}
	for _, f := range archive.Files {
		switch {
		case strings.HasPrefix(f.Name, "="):
			s.texts[f.Name] = string(f.Data)
		case !filepath.IsLocal(f.Name) || path.Clean(f.Name) != f.Name:
			return nil, fmt.Errorf("1: %q is no name of a file of the app", f.Name)
		default:
			s.files[f.Name] = string(f.Data)
		}
	}
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		if err := s.line(i+1, strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
	}
	if s.title == "" || len(s.steps) == 0 {
		return nil, fmt.Errorf("1: there is no title or no step")
	}
	return s, nil
}

func (s *scenario) line(number int, line string) error {
	switch {
	case line == "":
		return nil
	case strings.HasPrefix(line, "#"):
		if s.title == "" {
			s.title = strings.TrimSpace(line[1:])
		}
		return nil
	case line == "own":
		s.own = true
		return nil
	}
	if rest, ok := strings.CutPrefix(line, "app "); ok {
		s.app = rest
		return nil
	}
	if rest, ok := strings.CutPrefix(line, "only "); ok {
		s.only, s.reason, ok = strings.Cut(rest, ": ")
		if !ok || s.only != "onward" && s.only != "next" {
			return fmt.Errorf("%q is not `only onward: reason`", line)
		}
		return nil
	}
	st := step{line: number}
	st.verb, line, _ = strings.Cut(line, " ")
	want, known := arity[st.verb]
	if !known {
		return fmt.Errorf("unknown verb %q", st.verb)
	}
	if st.verb == "js" {
		st.args = []string{line}
	} else {
		var err error
		if st.args, err = words(line); err != nil {
			return err
		}
	}
	if len(st.args) != want {
		return fmt.Errorf("%s takes %d words, not %d", st.verb, want, len(st.args))
	}
	if st.verb == "write" && strings.HasPrefix(st.args[1], "=") {
		text, ok := s.texts[st.args[1]]
		if !ok {
			return fmt.Errorf("there is no section %s", st.args[1])
		}
		st.args[1] = text
	}
	s.steps = append(s.steps, st)
	return nil
}

// words splits a line at spaces; a word in quotes may hold some, and escapes of Go.
func words(line string) ([]string, error) {
	var list []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if line[0] != '"' && line[0] != '`' {
			var word string
			word, line, _ = strings.Cut(line, " ")
			list = append(list, word)
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", quoted, err)
		}
		list, line = append(list, word), line[len(quoted):]
	}
	return list, nil
}

// condition is what a waiting step waits for in the page, as an expression; empty
// when the page does not tell.
func (st step) condition() string {
	switch st.verb {
	case "sees":
		return fmt.Sprintf("document.getElementById(%q)?.textContent === %s", st.args[0], jsString(st.args[1]))
	case "style":
		return fmt.Sprintf("document.getElementById(%q) && getComputedStyle(document.getElementById(%[1]q))[%q] === %s", st.args[0], st.args[1], jsString(st.args[2]))
	case "gone":
		return fmt.Sprintf("document.readyState === 'complete' && !document.getElementById(%q)", st.args[0])
	case "location":
		return fmt.Sprintf("location.pathname + location.search === %s", jsString(st.args[0]))
	case "overlay":
		return fmt.Sprintf("__overlay().includes(%s)", jsString(st.args[0]))
	case "calm":
		return `__overlay() === ""`
	}
	return ""
}

// jsString is a JavaScript string literal; what Go and JavaScript escape alike is
// all that scenarios hold.
func jsString(s string) string { return strconv.Quote(s) }

// next is the condition that the change at steps[i] leads to, if the page tells.
func (s *scenario) next(i int) string {
	for _, st := range s.steps[i+1:] {
		if slices.Contains(changes, st.verb) || st.verb == "tab" || st.verb == "visit" || st.verb == "load" {
			return ""
		}
		if c := st.condition(); c != "" {
			return c
		}
	}
	return ""
}
