package transform

import "testing"

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		source string
		names  bool
		want   string
	}{
		{"import.meta.url", false, `("file://"+encodeURI(P))`},
		{"import.meta.dirname + import.meta.filename + import.meta.env", false, `P.replace(/\/[^\/]*$/,"") + P + import.meta.env`},
		{"read(__dirname + '/a', __filename)", true, `read(P.replace(/\/[^\/]*$/,"") + '/a', P)`},
		{"read(__dirname)", false, "read(__dirname)"},
		{"({ __dirname })", true, `({ __dirname:P.replace(/\/[^\/]*$/,"") })`},
		{"const f = (__dirname) => __dirname; x.__dirname; typeof __dirname", true, "const f = (__dirname) => __dirname; x.__dirname; typeof __dirname"},
	} {
		m := Parse("a.js", c.source)
		var e Edits
		m.Places(&e, "P", c.names)
		if got := e.Apply(c.source, ""); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.source, got, c.want)
		}
	}
}
