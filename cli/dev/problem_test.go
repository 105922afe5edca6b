package dev

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
)

func TestProblems(t *testing.T) {
	source := "const a = ;\n"
	build := diag.Errorf("syntax", "Unexpected \";\"").At("pages/a.tsx", source, 10).WithHint("remove it")
	thrown := &engine.Error{
		Name: "TypeError", Message: "x is undefined",
		Stack: "TypeError: x is undefined\n    at getServerSideProps (/app/.next/dev/server/pages/index.tsx:10:7)\n    at run (server/runtime.js:1:1)",
		Cause: &engine.Error{Name: "Error", Message: "no network"},
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"nothing", nil, ""},
		{"the same mistake twice", diag.Errors{build, build, {Severity: diag.Warning, Text: "slow"}},
			"build: Build error: Unexpected \";\" (pages/a.tsx:1:11) hint: remove it\n"},
		{"one message", build, "build: Build error: Unexpected \";\" (pages/a.tsx:1:11) hint: remove it\n"},
		{"joined", errors.Join(build, errors.New("disk is full")),
			"build: Build error: Unexpected \";\" (pages/a.tsx:1:11) hint: remove it\nserver: Server error: disk is full\n"},
		{"thrown", thrown, "server: TypeError: x is undefined (pages/index.tsx:4:13) cause: [server: Error: no network]\n"},
		{"not an error", &engine.Error{Message: "7"}, "server: Server error: 7 hint: This value is not an Error, so nobody knows where it was thrown. Throw `new Error(...)` instead.\n"},
		{"an object", &engine.Error{Detail: []byte(`{"code":7}`)},
			"server: Server error: {\"code\":7} hint: This value is not an Error, so nobody knows where it was thrown. Throw `new Error(...)` instead.\n"},
		{"with a code", &engine.Error{Name: "Error", Message: "no file", Detail: []byte(`{"code":"ENOENT"}`)}, "server: Error: no file\ncode: ENOENT\n"},
		{"that the message has", &engine.Error{Name: "Error", Message: "ENOENT: no file", Detail: []byte(`{"code":"ENOENT"}`)}, "server: Error: ENOENT: no file\n"},
		{"no message", &engine.Error{Name: "RangeError"}, "server: RangeError: RangeError without a message\n"},
		{"browser only", &engine.Error{Name: "ReferenceError", Message: "window is not defined"},
			"server: ReferenceError: window is not defined hint: The server has no `window`. Use it in an effect or an event handler, or load the component with next/dynamic and `ssr: false`.\n"},
		{"a typo", &engine.Error{Name: "ReferenceError", Message: "windwo is not defined"}, "server: ReferenceError: windwo is not defined\n"},
		{"of the terminal", &engine.Error{Name: "Error", Message: "no\x1b[2J such user"}, "server: Error: no[2J such user\n"},
		{"too slow", &engine.Error{Kind: engine.Timeout},
			"server: Server error: the server code ran too long and was stopped hint: The code did not come to an end in time: look for a loop, or a promise that never settles.\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got strings.Builder
			for _, p := range Problems(tt.err, findCard) {
				got.WriteString(oneLine(&p) + "\n")
			}
			if got.String() != tt.want {
				t.Errorf("got  %q\nwant %q", got.String(), tt.want)
			}
		})
	}
}

// oneLine is a problem in one line.
func oneLine(p *Problem) string {
	text := p.Kind + ": " + p.Title + ": " + p.Text
	if p.File != "" {
		f := Frame{File: p.File, Line: p.Line, Column: p.Column}
		text += " (" + f.place() + ")"
	}
	if p.Hint != "" {
		text += " hint: " + p.Hint
	}
	if p.Cause != nil {
		text += " cause: [" + oneLine(p.Cause) + "]"
	}
	return text
}

func TestProblemsAreBounded(t *testing.T) {
	var list diag.Errors
	for range 100 {
		list = append(list, diag.Errorf("x", "%d", len(list)))
	}
	chain := &engine.Error{Message: "0"}
	chain.Cause = chain
	if got := len(Problems(list, nil)); got != mostProblems {
		t.Errorf("%d problems", got)
	}
	depth := 0
	for p := &Problems(chain, nil)[0]; p != nil; p = p.Cause {
		depth++
	}
	if depth > mostCauses+1 {
		t.Errorf("a chain of %d causes", depth)
	}
}

func TestProblemInTerminal(t *testing.T) {
	p := Problems(&engine.Error{
		Name: "TypeError", Message: "x is undefined",
		Stack: "TypeError: x is undefined\n    at parse (/app/.next/dev/server/node_modules/x.js:1:1)\n    at getServerSideProps (/app/.next/dev/server/pages/index.tsx:10:7)\n    at run (server/runtime.js:1:1)",
		Cause: &engine.Error{Name: "Error", Message: "no network"},
	}, findCard)
	want := string(txtar.Parse([]byte(`-- text --
⨯ TypeError: x is undefined
  pages/index.tsx:4:14
    2 | 
    3 | export function Card() {
  > 4 | 	const é = x.a.b
      | 	           ^
    5 | 	return <p>{é}</p>
    6 | }
    at getServerSideProps (pages/index.tsx:4:13)
    cause: Error: no network
`)).Files[0].Data)
	if got := p[0].String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFramesText(t *testing.T) {
	own := func(name string, line int) Frame {
		return Frame{Function: name, File: "a.js", Line: line, Column: 1, Own: true}
	}
	pkg := Frame{Function: "run", File: "node_modules/x.js", Line: 1, Column: 1}
	runtime := Frame{Function: "dispatch", File: "/app/.next/dev/server/runtime.js", Line: 1, Column: 1}
	for _, tt := range []struct {
		name   string
		frames []Frame
		want   string
	}{
		{"none", nil, ""},
		{"recursion", []Frame{own("f", 1), own("f", 1), own("f", 1), own("g", 2)}, "at f (a.js:1:1) × 3\nat g (a.js:2:1)"},
		{"to the end", []Frame{own("g", 2), own("f", 1), own("f", 1)}, "at g (a.js:2:1)\nat f (a.js:1:1) × 2"},
		{"packages between", []Frame{own("f", 1), pkg, pkg, own("f", 1), runtime}, "at f (a.js:1:1)\n… 2 of packages and the framework\nat f (a.js:1:1)"},
		{"both", []Frame{pkg, own("f", 1), own("f", 1), pkg, own("f", 1)}, "at f (a.js:1:1) × 2\n… 1 of packages and the framework\nat f (a.js:1:1)"},
		{"packages only", []Frame{pkg, runtime}, "at run (node_modules/x.js:1:1)"},
		{"Onward only", []Frame{runtime, {Function: "map", File: "<anonymous>"}}, ""},
	} {
		if got := framesText(tt.frames); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// Whatever a message holds, it stays text.
func TestDocument(t *testing.T) {
	hostile := `</script><img src=x onerror=alert(1)>` + "\u2028&<!--"
	doc := string(Document(Problems(diag.Errorf("x", "%s", hostile), nil), "/base", 7))
	if strings.Contains(doc, "<img") || strings.Count(doc, "</script>") != 2 {
		t.Errorf("markup of the message is markup of the document:\n%s", doc)
	}
	_, rest, _ := strings.Cut(doc, `type="application/json" data-generation="7">`)
	data, _, _ := strings.Cut(rest, "</script>")
	var got []Problem
	if err := json.Unmarshal([]byte(data), &got); err != nil || len(got) != 1 || got[0].Text != hostile {
		t.Errorf("%v: %s", err, data)
	}
	if !strings.Contains(doc, `src="/base/_next/static/chunks/dev.js"`) {
		t.Errorf("the script is missing:\n%s", doc)
	}
	if empty := string(Document(nil, "", 0)); !strings.Contains(empty, ">[]</script>") {
		t.Errorf("no problems: %s", empty)
	}
}
