package compile

import (
	"testing"

	"github.com/onwardjs/onward/cli/transform"
)

func TestScopeStyledJSX(t *testing.T) {
	b := &build{dir: t.TempDir()}
	cases := []struct{ in, want string }{
		{".title, h1 > .x:hover::before { color: red }", ".title.J,h1.J>.x.J:hover::before{color:red}"},
		{"p :global(b) { color: red } :global(body) { margin: 0 }", "p.J b{color:red}body{margin:0}"},
		{":global(.dark).x a, p:global(.d):hover :global(.e > .f) { color: red }", ".dark.x a.J,p.J.d:hover .e>.f{color:red}"},
		{"* { color: red } a > * + p { color: red } ul~p { color: red }", ".J{color:red}a.J>.J+p.J{color:red}ul.J~p.J{color:red}"},
		{"@keyframes fade { from { opacity: 0 } to { opacity: 1 } } a { animation: fade 1s }", "@keyframes fade{from{opacity:0}to{opacity:1}}a.J{animation:fade 1s}"},
		{"@font-face { font-family: X; src: url(\"x.woff2\") }", "@font-face{font-family:X;src:url(x.woff2)}"},
		{"@media (min-width: 1px) { .a:not(.y) { color: red } }", "@media(min-width:1px){.a.J:not(.y){color:red}}"},
		{"main { & .n { color: red } display: block; content: \"a;b{\" }", "main.J{display:block;content:\"a;b{\"}main.J .n.J{color:red}"},
		{"[data-x=\"a b\"] i, .a\\:b { color: red }", "[data-x=\"a b\"].J i.J,.a\\:b.J{color:red}"},
		{"/* a > b */ p { /* c */ color: red }", "p.J{color:red}"},
		{".z-onward-jsx-0- { width: onward-jsx-1-px; onward-jsx-2-; color: red }", ".z-onward-jsx-0-.J{width:onward-jsx-1-px;onward-jsx-2-;color:red}"},
		{"@media onward-jsx-0- { onward-jsx-1- { margin: -onward-jsx-2-px calc(onward-jsx-3- * 2) } }", "@media onward-jsx-0-{onward-jsx-1-.J{margin:-onward-jsx-2-px calc(onward-jsx-3- * 2)}}"},
	}
	for _, c := range cases {
		got, err := b.scopeStyledJSX(transform.StyledSheet{CSS: c.in, Class: "J"})
		if err != nil || got != c.want {
			t.Errorf("%s: got %s %v, want %s", c.in, got, err, c.want)
		}
	}
	if got, err := b.scopeStyledJSX(transform.StyledSheet{CSS: "a { color: red }"}); err != nil || got != "a{color:red}" {
		t.Errorf("global: got %s %v", got, err)
	}
	for _, in := range []string{"a { color: red", "a } b {", "a { color: red } }"} {
		if got, err := b.scopeStyledJSX(transform.StyledSheet{CSS: in, Class: "J"}); err == nil {
			t.Errorf("%s: got %s, want an error", in, got)
		}
	}
}
