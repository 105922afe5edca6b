package compile

import (
	"regexp"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/diag"
)

var scopedSuffix = regexp.MustCompile(`__[A-Za-z0-9_-]{5}\b`)

func TestScopeCSS(t *testing.T) {
	none := func(string) (*cssModule, *diag.Message) { return nil, diag.Errorf("x", "unexpected load") }
	cases := []struct{ in, css, exports string }{
		{".a{color:red}", ".B_a__H{color:red}", "a=B_a__H"},
		{".a.b > #c:hover::before, .a:not(.d)[data-x=\".e\"]{}", ".B_a__H.B_b__H > #B_c__H:hover::before, .B_a__H:not(.B_d__H)[data-x=\".e\"]{}", "a=B_a__H b=B_b__H c=B_c__H d=B_d__H"},
		{":global(.x.y) .a{} .a :global .z{} :global .q :local(.b){}", ".x.y .B_a__H{} .B_a__H .z{} .q .B_b__H{}", "a=B_a__H b=B_b__H"},
		{"@media (x){.a{ .b &{color:red} &:hover{top:0} }}", "@media (x){.B_a__H{ .B_b__H &{color:red} &:hover{top:0} }}", "a=B_a__H b=B_b__H"},
		{"@keyframes in{from{top:0}} .a{animation:1s ease-in in;animation-name:in, out}", "@keyframes B_in__H{from{top:0}} .B_a__H{animation:1s ease-in B_in__H;animation-name:B_in__H, out}", "in=B_in__H a=B_a__H"},
		{"@keyframes :global(in){from{top:0}} .a{background:url(a.png;.b{})}", "@keyframes in{from{top:0}} .B_a__H{background:url(a.png;.b{})}", "a=B_a__H"},
		{".a{top:0} .b{composes:a;left:0} .c{composes:b x from global}", ".B_a__H{top:0} .B_b__H{;left:0} .B_c__H{}", "a=B_a__H b=B_b__H B_a__H c=B_c__H b x"},
		{"/* .no{} */ .a{content:\".no{}\"}", "/* .no{} */ .B_a__H{content:\".no{}\"}", "a=B_a__H"},
		{":export{main:#fff;other: 1px} .a{--x:{y:z}}", " .B_a__H{--x:{y:z}}", "main=#fff other=1px a=B_a__H"},
		{"@font-face{font-family:a} .sm\\:b{}", "@font-face{font-family:a} .B_sm\\:b__H{}", "sm:b=B_sm:b__H"},
		{"@layer base; @import 'x.css'; .a{}", "@layer base; @import 'x.css'; .B_a__H{}", "a=B_a__H"},
		{"@value main: #fff; @value pad: 2px main; .a{color:main;border:pad url(main);content:\"main\";main:#main}", "  .B_a__H{color:#fff;border:2px #fff url(main);content:\"main\";main:#main}", "main=#fff pad=2px #fff a=B_a__H"},
		{"@value small: (max-width: 9px); @media small{.main{top:0}}", " @media (max-width: 9px){.B_main__H{top:0}}", "small=(max-width: 9px) main=B_main__H"},
	}
	for _, c := range cases {
		m, problem := scopeCSS("styles/B.module.css", c.in, none)
		if problem != nil {
			t.Errorf("%s: %s", c.in, problem.Text)
			continue
		}
		if got := scopedSuffix.ReplaceAllString(m.css, "__H"); got != c.css {
			t.Errorf("%s:\n got %s\nwant %s", c.in, got, c.css)
		}
		var names []string
		for _, e := range m.exports {
			names = append(names, e.local+"="+scopedSuffix.ReplaceAllString(e.value, "__H"))
		}
		if got := strings.Join(names, " "); got != c.exports {
			t.Errorf("%s: exports %s, want %s", c.in, got, c.exports)
		}
	}
	for _, bad := range []string{"body{}", ".a{} p > b{}", "@value x;", "@value", "@value y from 'other.css'; .a{}", ".a .b{composes:c}", ".a{composes:later} .later{}", ".a{composes:b from './other.css'}"} {
		if _, problem := scopeCSS("B.module.css", bad, none); problem == nil {
			t.Errorf("%s: no error", bad)
		}
	}
	shared := func(string) (*cssModule, *diag.Message) {
		return &cssModule{exports: []cssExport{{"x", "1px"}, {"y", "2px"}}}, nil
	}
	m, problem := scopeCSS("B.module.css", "@value x, y as z from \"./v.css\"; @value file: './w.css'; @value x as w from file; .a{top:x;left:z;right:w}", shared)
	if problem != nil || !strings.Contains(m.css, "{top:1px;left:2px;right:1px}") {
		t.Errorf("imported values: %v %v", m, problem)
	}
	// Text that is no CSS must neither hang nor crash.
	for _, odd := range []string{"{", "}", ".", ".a{", "@", "@media", ":global(", ":not(.a", "\"", "/*", "\\", ".a{b:c", "a{}}}", "[", "@value", "@value x: x", "@value a from", "@keyframes", "@keyframes {", "--x:{"} {
		scopeCSS("B.module.css", odd, none)
		scopeCSS("B.module.css", ".a"+odd, none)
	}
}
