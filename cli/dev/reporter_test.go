package dev

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

func problemIn(file, text string) Problem {
	return Problems(&diag.Message{Text: text, File: file}, nil)[0]
}

func TestReporterStanding(t *testing.T) {
	var out strings.Builder
	r := NewReporter(&out, diag.Style{})
	a, a2, b := problemIn("pages/a.tsx", "first"), problemIn("pages/a.tsx", "second"), problemIn("pages/b.tsx", "third")
	for _, step := range []struct {
		name string
		list []Problem
		want string
	}{
		{"new", []Problem{a, a}, "⨯ first\n  pages/a.tsx\n"},
		{"still there", []Problem{a}, ""},
		{"one more", []Problem{a, b}, "⨯ third\n  pages/b.tsx\n"},
		{"another in the same file", []Problem{a2, b}, "⨯ second\n  pages/a.tsx\n"},
		{"one mended", []Problem{b}, "✓ Mended: pages/a.tsx, 1 problem is left\n"},
		{"all mended", nil, "✓ Mended: pages/b.tsx\n"},
		{"nothing", nil, ""},
		{"again", []Problem{a, b}, "⨯ first\n  pages/a.tsx\n⨯ third\n  pages/b.tsx\n"},
		{"both mended", nil, "✓ Mended: 2 files\n"},
	} {
		out.Reset()
		r.Standing(step.list)
		if out.String() != step.want {
			t.Errorf("%s: got %q, want %q", step.name, out.String(), step.want)
		}
	}
}

func TestReporterHappened(t *testing.T) {
	var out strings.Builder
	r := NewReporter(&out, diag.Style{})
	p := problemIn("pages/a.tsx", "first")
	r.Happened(p)
	r.Happened(p)
	r.Changed()
	r.Happened(p)
	if got, want := out.String(), strings.Repeat("⨯ first\n  pages/a.tsx\n", 2); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Standing([]Problem{problemIn("pages/b.tsx", "stands")})
	out.Reset()
	r.Happened(problemIn("pages/b.tsx", "stands"))
	if out.Len() > 0 {
		t.Errorf("a problem that stands is written again: %q", out.String())
	}
}

func TestReporterBrowser(t *testing.T) {
	var out strings.Builder
	r := NewReporter(&out, diag.Style{})
	now := time.Unix(0, 0)
	r.now = func() time.Time { return now }
	const stack = "    at Card (http://h/_next/static/chunks/pages/index.js:10:7)"
	r.Browser("warn", "old\x1b[2Jprop\r", stack, findCard)
	r.Browser("warn", "old\x1b[2Jprop\r", stack, findCard)
	r.Browser("error", "Uncaught Error: x\n"+stack, "", findCard)
	r.Browser("log", "hello", "", findCard)
	r.Browser("log", "hello", "", findCard)
	want := "[browser] ⚠ old[2Jprop (components/card.tsx:4:13)\n" +
		"[browser] ⨯ Uncaught Error: x\n    at Card (components/card.tsx:4:13)\n" +
		"      2 | \n      3 | export function Card() {\n    > 4 | \tconst é = x.a.b\n        | \t           ^\n      5 | \treturn <p>{é}</p>\n      6 | }\n" +
		"[browser] hello\n[browser] hello\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}

	out.Reset()
	now = now.Add(time.Minute)
	for i := range 1000 {
		r.Browser("log", fmt.Sprint(i), "", nil)
	}
	if got := strings.Count(out.String(), "\n"); got != mostLines+1 {
		t.Errorf("%d lines of a loop that logs", got)
	}
	out.Reset()
	now = now.Add(-time.Hour) // the clock was set
	r.Browser("log", strings.Repeat("é", mostLine), "", nil)
	if out.Len() == 0 || out.Len() > mostLine+100 {
		t.Errorf("a long line: %d bytes", out.Len())
	}
}

func TestReporterConsole(t *testing.T) {
	var out strings.Builder
	r := NewReporter(&out, diag.Style{Color: true})
	r.Console("a\nb", "    at f (/app/.next/dev/server/pages/index.tsx:10:7)", findCard)
	r.Console("plain", "", findCard)
	if got, want := out.String(), "a\x1b[2m (pages/index.tsx:4:13)\x1b[22m\nb\nplain\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
