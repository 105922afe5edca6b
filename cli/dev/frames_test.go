package dev

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const cardSource = "import x from 'y'\n\nexport function Card() {\n\tconst é = x.a.b\n\treturn <p>{é}</p>\n}\n"

// findCard knows two scripts.
func findCard(script string, line, column int) (Source, bool) {
	switch {
	case strings.HasSuffix(script, "/chunks/pages/index.js") && line == 10:
		return Source{"components/card.tsx", 4, 13, cardSource}, true
	case strings.HasSuffix(script, "/chunks/pages/index.js"):
		return Source{"node_modules/ui/index.js", line, column, "secret of a package"}, true
	case strings.HasSuffix(script, "/chunks/main.js"):
		return Source{"onward:next/link.tsx", 1, 1, "made by Onward"}, true
	case script == "/app/.next/dev/server/pages/index.tsx" && line == 10:
		return Source{"pages/index.tsx", 4, 13, cardSource}, true
	case script == "onward-hot:///components/card.tsx?v=2":
		return Source{"components/card.tsx", 4, 13, cardSource}, true
	}
	return Source{}, false
}

func TestFrames(t *testing.T) {
	const place = "Card components/card.tsx:4:13 own"
	tests := []struct {
		name, stack string
		want        []string
	}{
		{"Chromium", "TypeError: a at b\n    at Card (http://localhost:3000/_next/static/chunks/pages/index.js:10:7)\n    at http://localhost:3000/_next/static/chunks/pages/index.js:3:4",
			[]string{place, " node_modules/ui/index.js:3:4"}},
		{"Firefox", "Card@http://localhost:3000/_next/static/chunks/pages/index.js:10:7\n@http://localhost:3000/x.js:1:2\nmail me@example.com",
			[]string{place, " /x.js:1:2"}},
		{"an update", "Error: x\n    at Card (onward-hot:///components/card.tsx?v=2:5:1)", []string{place}},
		{"the server", "Error: x\n    at async getServerSideProps (/app/.next/dev/server/pages/index.tsx:10:7)\n    at run (server/runtime.js:1:1)",
			[]string{"async getServerSideProps pages/index.tsx:4:13 own", "run server/runtime.js:1:1"}},
		{"components", "\n    at Card (http://h/_next/static/chunks/pages/index.js:10:1)\n    at div (<anonymous>)\n    at Link (http://h/_next/static/chunks/main.js:1:1)",
			[]string{place, "div <anonymous>", "Link onward:next/link.tsx:1:1"}},
		{"methods", "    at new Foo (a.js:1:2)\n    at Object.bar [as baz] (b.js:3:4)\n    at async Promise.all (index 0)",
			[]string{"new Foo a.js:1:2", "bar [as baz] b.js:3:4", "async Promise.all index 0"}},
		{"no stack", "look at this", nil},
		{"odd numbers", "    at f (a.js:0:1)\n    at g (a.js:1:99999999999999999999)", []string{"f a.js:0:1", "g a.js:1:99999999999999999999"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range Frames(tt.stack, findCard) {
				text := f.Function + " " + f.place()
				if f.Own {
					text += " own"
				}
				got = append(got, text)
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// The mark stands under the place although é has two bytes, and only the app's own
// source is shown.
func TestFramesOfSource(t *testing.T) {
	frames := Frames("    at Card (http://h/_next/static/chunks/pages/index.js:10:7)\n    at x (http://h/_next/static/chunks/pages/index.js:3:4)", findCard)
	want := "  2 | \n  3 | export function Card() {\n> 4 | \tconst é = x.a.b\n    | \t           ^\n  5 | \treturn <p>{é}</p>\n  6 | }\n"
	if frames[0].Frame != want {
		t.Errorf("got\n%swant\n%s", frames[0].Frame, want)
	}
	if frames[1].Frame != "" {
		t.Errorf("the source of a package is shown: %q", frames[1].Frame)
	}
}

func TestMapText(t *testing.T) {
	tests := []struct{ name, in, want, place string }{
		{"plain", "look at this: a@b", "look at this: a@b", ""},
		{"a stack", "failed: Error: x\n    at Card (/app/.next/dev/server/pages/index.tsx:10:7)\n    at run (server/runtime.js:1:1)\nafter",
			"failed: Error: x\n    at Card (pages/index.tsx:4:13)\nafter", "pages/index.tsx:4:13"},
		{"an inspected one", "Error: x\n    at /app/.next/dev/server/pages/index.tsx:10:7\n    at run (server/runtime.js:1:1) {\n  code: 1\n}",
			"Error: x\n    at pages/index.tsx:4:13 {\n  code: 1\n}", "pages/index.tsx:4:13"},
		{"nothing of the app", "Error: x\n    at run (server/runtime.js:1:1)", "Error: x\n    at run (server/runtime.js:1:1)", ""},
		{"sentences", "at 12:30:10\n    at home:\n", "at 12:30:10\n    at home:\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, at := MapText(tt.in, findCard)
			place := at.place()
			if got != tt.want || place != tt.place {
				t.Errorf("got %q, place %q\nwant %q, place %q", got, place, tt.want, tt.place)
			}
		})
	}
}

func TestServeFrames(t *testing.T) {
	ask := func(method, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		serveFrames(w, httptest.NewRequest(method, "/__nextjs_original-stack-frames", strings.NewReader(body)), findCard)
		return w
	}
	stack, err := json.Marshal(map[string]string{"stack": "    at Card (http://h/_next/static/chunks/pages/index.js:10:7)"})
	if err != nil {
		t.Fatal(err)
	}
	w := ask("POST", string(stack))
	if got, want := w.Body.String(), `{"frames":[{"function":"Card","file":"components/card.tsx","line":4,"column":13,"own":true,"frame":`; w.Code != 200 || !strings.HasPrefix(got, want) {
		t.Errorf("got %d %s", w.Code, got)
	}
	if w := ask("POST", `{"stack":""}`); w.Body.String() != `{"frames":[]}` {
		t.Errorf("an empty stack: %s", w.Body)
	}
	many, err := json.Marshal(map[string]string{"stack": strings.Repeat("    at f (a.js:1:1)\n", 2000)})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(ask("POST", string(many)).Body.String(), `"function"`); got != mostFrames {
		t.Errorf("%d frames of a long stack", got)
	}
	for _, tt := range []struct {
		method, body string
		status       int
	}{
		{"GET", "", http.StatusMethodNotAllowed},
		{"POST", "{", http.StatusBadRequest},
		{"POST", "[]", http.StatusBadRequest},
		{"POST", `{"stack":"` + strings.Repeat("x", mostStack) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		if w := ask(tt.method, tt.body); w.Code != tt.status {
			t.Errorf("%s %.20s: %d, want %d", tt.method, tt.body, w.Code, tt.status)
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add("Error: x\n    at Card (http://h/_next/static/chunks/pages/index.js:10:7)\nx@a:1:2")
	f.Fuzz(func(t *testing.T, stack string) {
		find := func(script string, line, column int) (Source, bool) {
			return Source{"a.js", line, column, stack}, true
		}
		for _, fr := range Frames(stack, find) {
			if fr.Line < 0 || fr.Column < 0 {
				t.Error(fmt.Sprint(fr))
			}
		}
		MapText(stack, find)
	})
}
