package transform

import (
	"strings"
	"testing"
)

func TestSetJSON(t *testing.T) {
	strict := []JSONMember{{"strict", true}}
	cases := []struct {
		name, in string
		path     []string
		members  []JSONMember
		want     string
	}{
		{"empty", `{}`, nil, []JSONMember{{"include", []string{"a", "b"}}, {"o", []JSONMember{{"a", 1}, {"b", nil}}}},
			"{\n  \"include\": [\"a\", \"b\"],\n  \"o\": {\n    \"a\": 1,\n    \"b\": null\n  }\n}"},
		{"on one line", `{ "a": 1 }`, nil, strict, `{ "a": 1, "strict": true }`},
		{"in place", `{"strict": /* why */ false /* tail */}`, nil, strict, `{"strict": /* why */ true /* tail */}`},
		{"comments stay",
			"// top\n{\n\t\"o\": {\n\t\t// first\n\t\t\"a\": 1, // one\n\t\t\"b\": {\n\t\t} // two\n\t\t// end\n\t}\n}\n", []string{"o"}, []JSONMember{{"a", 2}, {"strict", true}, {"x", "y"}},
			"// top\n{\n\t\"o\": {\n\t\t// first\n\t\t\"a\": 2, // one\n\t\t\"b\": {\n\t\t}, // two\n\t\t// end\n\t\t\"strict\": true,\n\t\t\"x\": \"y\"\n\t}\n}\n"},
		{"a comma behind the last", "{\n  \"a\": 1,\n}", nil, strict, "{\n  \"a\": 1,\n  \"strict\": true\n}"},
		{"an empty object within", "{\n  \"o\": {\n  }\n}", []string{"o"}, strict, "{\n  \"o\": {\n    \"strict\": true\n  }\n}"},
		{"line ends and mark of the file", "\ufeff{\r\n    \"a\": 1\r\n}\r\n", nil, strict, "\ufeff{\r\n    \"a\": 1,\r\n    \"strict\": true\r\n}\r\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, ok := SetJSON(c.in, c.path, c.members)
			if !ok || got != c.want {
				t.Errorf("got %v\n%s\nwant\n%s", ok, got, c.want)
			}
			if _, ok := LooseJSON(got); !ok && !strings.Contains(got, "null") {
				t.Error("cannot be read again")
			}
		})
	}
	for _, c := range []string{"", "[]", "{", `{"o": 1}`, "{}"} {
		if got, ok := SetJSON(c, []string{"o"}, strict); ok {
			t.Errorf("%q became %q", c, got)
		}
	}
}
