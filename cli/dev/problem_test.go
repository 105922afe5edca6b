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
		{"not an error", &engine.Error{Message: "7"}, "server: Server error: 7\n"},
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
    … 1 of packages and the framework
    at getServerSideProps (pages/index.tsx:4:13)
    cause: ⨯ Error: no network
`)).Files[0].Data)
	if got := p[0].String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever a message holds, it stays text.
func TestDocument(t *testing.T) {
	hostile := `</script><img src=x onerror=alert(1)>` + "\u2028&<!--"
	doc := string(Document(Problems(diag.Errorf("x", "%s", hostile), nil), "/base"))
	if strings.Contains(doc, "<img") || strings.Count(doc, "</script>") != 2 {
		t.Errorf("markup of the message is markup of the document:\n%s", doc)
	}
	_, rest, _ := strings.Cut(doc, `type="application/json">`)
	data, _, _ := strings.Cut(rest, "</script>")
	var got []Problem
	if err := json.Unmarshal([]byte(data), &got); err != nil || len(got) != 1 || got[0].Text != hostile {
		t.Errorf("%v: %s", err, data)
	}
	if !strings.Contains(doc, `src="/base/_next/static/chunks/dev.js"`) {
		t.Errorf("the script is missing:\n%s", doc)
	}
	if empty := string(Document(nil, "")); !strings.Contains(empty, ">[]</script>") {
		t.Errorf("no problems: %s", empty)
	}
}
