package transform

import (
	"regexp"
	"strings"
	"testing"
)

// styleHashes matches what styleHash returns.
var styleHashes = regexp.MustCompile(`[0-9a-f]{16}`)

// stamp puts the class in front of the CSS, so that cases show both.
func stamp(s StyledSheet) (string, error) {
	css := strings.Join(strings.Fields(s.CSS), " ")
	if s.Class == "" {
		return css, nil
	}
	return "/" + s.Class + "/" + css, nil
}

func TestStyledJSX(t *testing.T) {
	const head = `import _JSXStyle from "styled-jsx/style";`
	cases := []struct{ name, in, want string }{
		{"static style, attributes of all kinds",
			"const a = <p id=\"i\"><b className=\"x &amp; y\">t</b><i className={c}/><Link className=\"l\"/><u {...p.q} /><s {...p} className={c ?? d} title=\"t\"/>" +
				"<style jsx>{`p { color: red }`}</style></p>;",
			head + "const a = <p id=\"i\" className={`jsx-H`}><b className={`jsx-H`+\" \"+\"x \\u0026 y\"}>t</b><i className={`jsx-H`+\" \"+((c)||\"\")}/><Link className=\"l\"/>" +
				"<u {...p.q} className={`jsx-H`+\" \"+(p.q&&p.q.className!=null&&p.q.className||\"\")} /><s {...p} title=\"t\" className={`jsx-H`+\" \"+((c ?? d)||\"\")}/>" +
				"<_JSXStyle id=\"H\">{\"/jsx-H/p { color: red }\"}</_JSXStyle></p>;"},
		{"expressions are values of the render",
			"const a = (w) => <p>{l.map(() => <li/>)}<style jsx>{`p { width: ${w}px; ${m} }`}</style></p>;",
			head + "const a = (w) => <p className={_JSXStyle.dynamic([[\"H\",[w,m]]])}>{l.map(() => <li className={_JSXStyle.dynamic([[\"H\",[w,m]]])}/>)}" +
				"<_JSXStyle id=\"H\" dynamic={[w,m]}>{`/__jsx-style-dynamic-selector/p { width: ${w}px; ${m} }`}</_JSXStyle></p>;"},
		{"global, external and static styles of one element",
			"import css from \"styled-jsx/css\";\nconst s = css`b{}`, g = css.global`i{}`;\nconst a = <><p/><style jsx>{s}</style><style jsx global>{g}</style><style jsx>{`p{}`}</style></>;",
			head + "const s = Object.assign(new String(\"/jsx-H/b{}\"),{__hash:\"H\"}), g = Object.assign(new String(\"i{}\"),{__hash:\"H\"});\n" +
				"const a = <><p className={`jsx-H jsx-${s.__hash}`}/><_JSXStyle id={s.__hash}>{s}</_JSXStyle><_JSXStyle id={g.__hash}>{g}</_JSXStyle><_JSXStyle id=\"H\">{\"/jsx-H/p{}\"}</_JSXStyle></>;"},
		{"only global styles from elsewhere leave elements alone",
			"const a = <p><style jsx global>{g}</style></p>;",
			head + "const a = <p><_JSXStyle id={g.__hash}>{g}</_JSXStyle></p>;"},
		{"resolve",
			"import { resolve } from \"styled-jsx/css\";\nconst r = () => resolve`a { color: ${c} }`;",
			head + "const r = () => ({styles:<_JSXStyle id=\"H\" dynamic={[c]}>{`/__jsx-style-dynamic-selector/a { color: ${c} }`}</_JSXStyle>,className:_JSXStyle.dynamic([[\"H\",[c]]])});"},
		{"raw text of templates",
			"const a = <p><style jsx>{`p::before { content: \"\\\\2014\" }`}</style></p>;",
			head + "const a = <p className={`jsx-H`}><_JSXStyle id=\"H\">{\"/jsx-H/p::before { content: \\\"\\\\\\\\2014\\\" }\"}</_JSXStyle></p>;"},
		{"the element around a scope is outside of it, and directives stay first",
			"\"use strict\";\nconst a = <div><p><style jsx>{'p{}'}</style></p></div>;",
			"\"use strict\";\n" + head + "const a = <div><p className={`jsx-H`}><_JSXStyle id=\"H\">{\"/jsx-H/p{}\"}</_JSXStyle></p></div>;"},
		{"other styles and text are nothing to it",
			"const a = <p jsx><style>{`<style jsx>`}</style></p>;",
			"const a = <p jsx><style>{`<style jsx>`}</style></p>;"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var e Edits
			errs := Parse("page.jsx", c.in).StyledJSX(stamp, &e)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			got := squeeze(styleHashes.ReplaceAllString(e.Apply(c.in, ""), "H"))
			got = regexp.MustCompile(`\s+className=`).ReplaceAllString(got, " className=")
			got = regexp.MustCompile(` +title=`).ReplaceAllString(got, " title=")
			if want := squeeze(c.want); strings.ReplaceAll(got, "\n", "") != strings.ReplaceAll(want, "\n", "") {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestStyledJSXErrors(t *testing.T) {
	cases := []struct{ in, want string }{
		{"<p><b><style jsx>{`b{}`}</style></b><style jsx>{`p{}`}</style></p>", "Detected nested styled-jsx tag"},
		{"<p><style jsx></style></p>", "expected one child in <style jsx>, but found 0"},
		{"<p><style jsx>{`a`}{`b`}</style></p>", "expected one child in <style jsx>, but found 2"},
		{"<p><style jsx>p</style></p>", "must stand in a template literal"},
		{"<p><style jsx>{make()}</style></p>", "must be a template literal, a string or a name"},
	}
	for _, c := range cases {
		var e Edits
		errs := Parse("page.jsx", c.in).StyledJSX(stamp, &e)
		if len(errs) == 0 || !strings.Contains(errs[0].Text, c.want) || errs[0].Hint == "" {
			t.Errorf("%s: got %v, want %s", c.in, errs, c.want)
		}
	}
}
