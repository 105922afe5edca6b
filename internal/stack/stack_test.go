package stack

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// mapOf makes a source map; each line of places is "column>source:line:column ...",
// and "column" alone leads nowhere.
func mapOf(t testing.TB, sources string, lines ...string) *Map {
	t.Helper()
	m := &Map{Sources: strings.Fields(sources), starts: []int32{0}}
	for _, line := range lines {
		for item := range strings.FieldsSeq(line) {
			s := segment{source: -1}
			var source string
			if from, to, found := strings.Cut(item, ">"); found {
				fmt.Sscan(from, &s.column)
				parts := strings.Split(to, ":")
				n := len(parts)
				source = strings.Join(parts[:n-2], ":")
				fmt.Sscan(parts[n-2]+" "+parts[n-1], &s.line, &s.sourceColumn)
				if s.source = int32(slices.Index(m.Sources, source)); s.source < 0 {
					t.Fatalf("unknown source in %q", item)
				}
			} else {
				fmt.Sscan(item, &s.column)
			}
			m.segments = append(m.segments, s)
		}
		m.starts = append(m.starts, int32(len(m.segments)))
	}
	return m
}

func (m *Map) text() string {
	var b strings.Builder
	for line := range len(m.starts) - 1 {
		for i, s := range m.segments[m.starts[line]:m.starts[line+1]] {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%d", s.column)
			if s.source >= 0 {
				fmt.Fprintf(&b, ">%s:%d:%d", m.Sources[s.source], s.line, s.sourceColumn)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestMapSurvivesJSON(t *testing.T) {
	m := mapOf(t, "a.js unused.js b.js", "0>a.js:5:3 9>b.js:100000:7 20", "", "4>a.js:0:0")
	again, err := ParseMap(m.AppendJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	if again.text() != m.text() || strings.Join(again.Sources, " ") != "a.js b.js" {
		t.Errorf("got %q\n%s\nwant\n%s", again.Sources, again.text(), m.text())
	}
}

func TestLookup(t *testing.T) {
	m := mapOf(t, "a.js", "2>a.js:5:3 9 12>a.js:6:0", "", "0>a.js:7:1")
	for _, tt := range []struct {
		line, column int
		want         string
	}{
		{0, 0, ""}, {0, 2, "a.js:5:3"}, {0, 8, "a.js:5:3"}, {0, 9, ""}, {0, 500, "a.js:6:0"},
		{1, 0, ""}, {2, 3, "a.js:7:1"}, {3, 0, ""}, {-1, 0, ""},
	} {
		got := ""
		if file, line, column, ok := m.Lookup(tt.line, tt.column); ok {
			got = fmt.Sprintf("%s:%d:%d", file, line, column)
		}
		if got != tt.want {
			t.Errorf("%d:%d: got %q, want %q", tt.line, tt.column, got, tt.want)
		}
	}
}

func TestThrough(t *testing.T) {
	before := mapOf(t, "a.ts b.ts", "0>a.ts:0:0 10>b.ts:3:3", "0>a.ts:9:0")
	after := mapOf(t, "mid.js", "0 4>mid.js:0:0 6>mid.js:0:2 9>mid.js:0:12 11>mid.js:7:0", "1>mid.js:1:5")
	got, want := after.Through(before).text(), "4>a.ts:0:0 9>b.ts:3:3 11\n1>a.ts:9:0\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestMalformedMaps(t *testing.T) {
	for _, data := range []string{
		"", "null", "{}", `{"version":2}`, `{"version":3,"sections":[{}],"mappings":"A"}x`,
		`{"version":3,"mappings":"AA"}`, `{"version":3,"mappings":"AAAA"}`,
		`{"version":3,"sources":["a"],"mappings":"D"}`, `{"version":3,"sources":["a"],"mappings":"!"}`,
		`{"version":3,"sources":["a"],"mappings":"AAAAAA"}`, `{"version":3,"sources":["a"],"mappings":"gggggggggggA"}`,
		`{"version":3,"sources":["a"],"mappings":"g"}`, `{"version":3,"sources":["a"],"mappings":"C,D"}`,
		`{"version":3,"sources":["a"],"mappings":"+/////D,+/////D"}`,
	} {
		if m, err := ParseMap([]byte(data)); err == nil {
			t.Errorf("%s: no error, %q", data, m.text())
		}
	}
}

func FuzzParseMap(f *testing.F) {
	f.Add([]byte(`{"version":3,"sources":["a","b"],"mappings":"AAAA;;EACC,CAAD,G;ACCA"}`), 0, 3)
	f.Fuzz(func(t *testing.T, data []byte, line, column int) {
		m, err := ParseMap(data)
		if err != nil {
			return
		}
		m.Lookup(line, column)
		again, err := ParseMap(m.Through(m).AppendJSON(nil))
		if err != nil {
			t.Fatal(err)
		}
		again.Lookup(line, column)
	})
}

func testMapper(t testing.TB) *Mapper {
	files := fstest.MapFS{
		"server/pages/index.js.map": {Data: mapOf(t, "pages/%5Ba%20b%5D.tsx node_modules/x/index.js onward-page:/",
			"0>pages/%5Ba%20b%5D.tsx:11:4", "0>node_modules/x/index.js:1:1", "0>onward-page:/:0:0").AppendJSON(nil)},
		"server/pages/bad.js.map": {Data: []byte("{")},
		"secret.map":              {Data: mapOf(t, "secret.js", "0>secret.js:0:0").AppendJSON(nil)},
	}
	return New("/app/.next", func(name string) ([]byte, error) { return fs.ReadFile(files, name) })
}

func TestMap(t *testing.T) {
	tests := []struct {
		name, in, want, place string
	}{
		{"no stack", "look at this", "look at this", ""},
		{"runtime frames at the end go",
			"Error: a\n    at bake (/app/.next/server/pages/index.js:1:9)\n    at run (server/runtime.js:3:4)\n    at Array.map (<anonymous>)\n    at dispatch (onward:runtime:1:2)",
			"Error: a\n    at bake (pages/[a b].tsx:12:5)", "pages/[a b].tsx:12:5"},
		{"but not between others",
			"Error: a\n    at Array.map (<anonymous>)\n    at /app/.next/server/pages/index.js:1:9\n    at run (server/runtime.js:3:4)\n    at async /app/.next/server/pages/index.js:1:1",
			"Error: a\n    at Array.map (<anonymous>)\n    at pages/[a b].tsx:12:5\n    at run (server/runtime.js:3:4)\n    at async pages/[a b].tsx:12:5", "pages/[a b].tsx:12:5"},
		{"nor when there is nothing else",
			"Error: a\n    at run (server/runtime.js:3:4)", "Error: a\n    at run (server/runtime.js:3:4)", ""},
		{"packages are not the place",
			"Error: a\n    at new X (/app/.next/server/pages/index.js:2:1)\n    at async Page.load (/app/.next/server/pages/index.js:1:1)\n    at /app/.next/server/pages/index.js:3:1",
			"Error: a\n    at new X (node_modules/x/index.js:2:2)\n    at async Page.load (pages/[a b].tsx:12:5)", "pages/[a b].tsx:12:5"},
		{"two stacks in one text",
			"Error: a\n    at f (/app/.next/server/pages/index.js:1:9)\n    at r (server/runtime.js:3:4) {\n  [cause]: Error: b\n      at g (/app/.next/server/pages/index.js:1:9)\n      at r (server/runtime.js:3:4)\n}",
			"Error: a\n    at f (pages/[a b].tsx:12:5) {\n  [cause]: Error: b\n      at g (pages/[a b].tsx:12:5)\n}", "pages/[a b].tsx:12:5"},
		{"what cannot be mapped stays",
			"Error: a\n    at f (/app/.next/server/pages/bad.js:1:9)\n    at g (/app/.next/server/pages/none.js:1:9)\n    at h (/app/.next/server/pages/index.js:99:9)\n    at i (/elsewhere/x.js:1:1)",
			"Error: a\n    at f (/app/.next/server/pages/bad.js:1:9)\n    at g (/app/.next/server/pages/none.js:1:9)\n    at h (/app/.next/server/pages/index.js:99:9)\n    at i (/elsewhere/x.js:1:1)", ""},
		{"no way out of the build",
			"Error: a\n    at f (/app/.next/server/../secret:1:1)", "Error: a\n    at f (/app/.next/server/../secret:1:1)", ""},
		{"odd lines", "at x\n    at \n    at (:)\n    at f (a:0:1)\n    at f (a:1:99999999999999999999)", "at x\n    at \n    at (:)\n    at f (a:0:1)\n    at f (a:1:99999999999999999999)", ""},
	}
	m := testMapper(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, p, ok := m.Map(tt.in)
			place := ""
			if ok {
				place = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
			}
			if got != tt.want || place != tt.place {
				t.Errorf("got place %q\n%s\nwant place %q\n%s", place, got, tt.place, tt.want)
			}
		})
	}
}

// The number of maps that are kept is bounded, and so is the work on one text.
func TestMapperIsBounded(t *testing.T) {
	reads := 0
	m := New("/app/.next", func(string) ([]byte, error) { reads++; return nil, fs.ErrNotExist })
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "    at f (/app/.next/server/pages/p%d.js:1:1)\n", i)
	}
	if text, _, _ := m.Map(b.String()); text != b.String() {
		t.Error("the text changed")
	}
	if len(m.maps) > mostMaps || reads != mostFrames {
		t.Errorf("%d maps kept, %d reads", len(m.maps), reads)
	}
}

func FuzzMap(f *testing.F) {
	f.Add("Error: a\n    at bake (/app/.next/server/pages/index.js:1:9)\n    at x (server/runtime.js:1:1)")
	m := testMapper(f)
	f.Fuzz(func(t *testing.T, text string) { m.Map(text) })
}
