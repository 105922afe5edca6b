package diag

import (
	"strings"
	"testing"
)

func TestFormatShowsPlaceFrameAndHint(t *testing.T) {
	source := "import x from 'y'\n\tconst a = ;\nexport default a\n"
	m := Errorf("syntax", "Unexpected %q", ";").At("pages/a.tsx", source, strings.Index(source, ";")).WithHint("remove it")
	want := strings.Join([]string{
		`⨯ Unexpected ";"`,
		"  pages/a.tsx:2:12",
		"    1 | import x from 'y'",
		"  > 2 | \tconst a = ;",
		"      | \t          ^",
		"    3 | export default a",
		"    4 | ",
		"  hint: remove it",
		"",
	}, "\n")
	if got := Format(m, Style{}); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestFormatWithoutPlace(t *testing.T) {
	m := &Message{Severity: Warning, Text: "no cache", Detail: "a\nb"}
	if got, want := Format(m, Style{}), "⚠ no cache\n    a\n    b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFrameNeverFails(t *testing.T) {
	long := strings.Repeat("é", 400)
	for _, c := range []struct {
		source               string
		line, column, length int
	}{
		{"", 1, 1, 1},
		{"a", 2, 1, 1},
		{"a", 1, 99, 5},
		{"a", 1, 0, 0},
		{long, 1, 700, 3},
		{"a\r\nb\r\n", 2, 1, 1},
		{"a", -1, -1, -1},
	} {
		if got := Frame(c.source, c.line, c.column, c.length); strings.Contains(got, "\r") {
			t.Errorf("Frame(%q) keeps carriage returns: %q", c.source, got)
		}
	}
}

func TestAtCountsLinesAndBytes(t *testing.T) {
	m := Errorf("x", "x").At("f", "ab\ncd", 4)
	if m.Line != 2 || m.Column != 2 {
		t.Errorf("got %d:%d, want 2:2", m.Line, m.Column)
	}
	if got, want := m.Error(), "f:2:2: x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
