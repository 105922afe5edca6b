package transform

import (
	"regexp"
	"testing"
)

func TestRemoveConsole(t *testing.T) {
	cases := []struct{ in, want string }{
		{`console.log(a(), 1); console.error("x");`, `(void 0); console.error("x");`},
		{`const f = () => console.info(1) || g(console.warn);`, `const f = () => (void 0) || g(console.warn);`},
		{`function f(console) { console.log(1) }`, `function f(console) { console.log(1) }`},
		{`a.console.log(1); "console.log(1)"; x = console`, `a.console.log(1); "console.log(1)"; x = console`},
	}
	for _, c := range cases {
		var e Edits
		Parse("a.js", c.in).RemoveConsole(&e, []string{"error"})
		if got := e.Apply(c.in, ""); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestRemoveProperties(t *testing.T) {
	in := `const a = <p data-test="1" data-testid={x} id="i"><b data-other {...q}/></p>;`
	var e Edits
	Parse("a.jsx", in).RemoveProperties(&e, []*regexp.Regexp{regexp.MustCompile("^data-test")})
	if got, want := e.Apply(in, ""), `const a = <p   id="i"><b data-other {...q}/></p>;`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestStyledComponents(t *testing.T) {
	in := "import styled, { css } from \"styled-components\";\nconst A = styled.a`x`, B = styled(A).attrs({ b: 1 })`y`, C = styled.b.withConfig({ componentId: \"c\" })`z`;\nconst d = css`w`; function f(styled) { return styled.a`v`; }"
	var e Edits
	Parse("a.js", in).StyledComponents("a.js", &e)
	want := "import styled, { css } from \"styled-components\";\nconst A = styled.a.withConfig({componentId:\"sc-dea1b0f3-0\"})`x`, B = styled(A).withConfig({componentId:\"sc-dea1b0f3-1\"}).attrs({ b: 1 })`y`, C = styled.b.withConfig({ componentId: \"c\" })`z`;\nconst d = css`w`; function f(styled) { return styled.a`v`; }"
	if got := regexp.MustCompile(`sc-[0-9a-f]{8}`).ReplaceAllString(e.Apply(in, ""), "sc-dea1b0f3"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestEmotion(t *testing.T) {
	in := "import styled from \"@emotion/styled\";\nconst A = styled.a`x`, B = styled(A)`${A}:hover & { y }`, C = styled(\"b\", { shouldForwardProp: f })({ z: 1 }), D = styled.i<{ on: boolean }>`w`;\nfunction f(styled) { return styled.a`v`; }"
	var e Edits
	Parse("a.ts", in).Emotion("a.ts", &e)
	want := "import styled from \"@emotion/styled\";\nconst A = styled(\"a\",{target:\"e#0\"})`x`, B = styled(A,{target:\"e#1\"})`${A}:hover & { y }`, C = styled(\"b\", {...({ shouldForwardProp: f }),target:\"e#2\"})({ z: 1 }), D = styled(\"i\",{target:\"e#3\"})<{ on: boolean }>`w`;\nfunction f(styled) { return styled.a`v`; }"
	if got := regexp.MustCompile(`"e[0-9a-f]{8}`).ReplaceAllString(e.Apply(in, ""), `"e#`); got != want {
		t.Errorf("got %s", got)
	}
}
