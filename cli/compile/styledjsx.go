package compile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/diag"
)

// scopeStyledJSX is the CSS of one styled-jsx style as browsers get it: scoped,
// with nesting resolved for the browsers of the build, and small.
func (b *build) scopeStyledJSX(sheet transform.StyledSheet) (string, error) {
	css := sheet.CSS
	if whole := "{" + css + "}"; !balanced(whole) {
		return css, errors.New("the braces of the style do not match")
	}
	if sheet.Class != "" {
		w := &styledScoper{css: cssScoper{source: css}, class: "." + sheet.Class}
		w.block(0, len(css))
		css = w.out.String()
	}
	result := api.Transform(css, api.TransformOptions{
		Loader:           api.LoaderCSS,
		MinifyWhitespace: true,
		Engines:          targets(b.dir),
		LogLevel:         api.LogLevelSilent,
		LegalComments:    api.LegalCommentsNone,
	})
	out := strings.TrimSuffix(string(result.Code), "\n")
	if len(result.Errors) > 0 {
		return css, errors.New(result.Errors[0].Text)
	}
	// A hole may stand where esbuild reads it as a mistake, or rewrites it.
	for i := range sheet.Holes {
		if hole := transform.StyledHole(i); strings.Count(out, hole) != strings.Count(css, hole) {
			return strings.TrimSpace(css), nil
		}
	}
	return out, nil
}

// balanced reports whether text, which begins with a brace, ends with the one
// that closes it.
func balanced(text string) bool {
	return matching(text+" ", '{', '}') == len(text)
}

// styledScoper puts a class into the selectors of a style.
type styledScoper struct {
	css   cssScoper // for its source and tokens only
	class string
	out   strings.Builder
}

// block copies source[at:end], the inside of a style sheet or of braces.
func (w *styledScoper) block(at, end int) {
	source := w.css.source
	for at < end {
		if n := skipSpace(source[at:end]); n > 0 {
			w.out.WriteString(source[at : at+n])
			at += n
			continue
		}
		stop := w.css.statementEnd(at, end)
		if stop == end || source[stop] != '{' {
			w.out.WriteString(source[at:min(stop+1, end)])
			at = stop + 1
			continue
		}
		prelude, close := source[at:stop], w.css.closing(stop, end)
		name := ""
		if strings.HasPrefix(prelude, "@") {
			name = strings.ToLower(prelude[1 : 1+identLength(prelude[1:])])
		}
		switch {
		case strings.HasPrefix(prelude, "--") || opaqueRule(name):
			w.out.WriteString(source[at:min(close+1, end)])
			at = close + 1
			continue
		case name == "":
			w.selectors(prelude)
		default:
			w.out.WriteString(prelude)
		}
		w.out.WriteByte('{')
		w.block(stop+1, close)
		if close < end {
			w.out.WriteByte('}')
		}
		at = close + 1
	}
}

// opaqueRule reports whether no selectors stand in an at-rule's braces.
func opaqueRule(name string) bool {
	return strings.HasSuffix(name, "keyframes") || strings.HasPrefix(name, "font-") || name == "page" || name == "property" ||
		name == "counter-style" || name == "view-transition" || name == "color-profile" || name == "position-try"
}

func (w *styledScoper) selectors(text string) {
	for {
		n := topLevelComma(text)
		w.complex(text[:n])
		if n == len(text) {
			return
		}
		w.out.WriteByte(',')
		text = text[n+1:]
	}
}

// complex copies one selector compound by compound.
func (w *styledScoper) complex(text string) {
	for text != "" {
		n := 0
		for n < len(text) && (skipSpace(text[n:]) > 0 || strings.IndexByte(">+~|", text[n]) >= 0) {
			n += max(1, skipSpace(text[n:]))
		}
		w.out.WriteString(text[:n])
		text = text[n:]
		n = compoundLength(text)
		w.compound(text[:n])
		text = text[n:]
	}
}

// compoundLength is the length of the compound selector at the start of text.
func compoundLength(text string) int {
	i := 0
	for i < len(text) {
		switch c := text[i]; {
		case c == '\\':
			i = min(i+2, len(text))
			continue
		case c == '(':
			i += matching(text[i:], '(', ')')
			continue
		case c == '[':
			i += matching(text[i:], '[', ']')
			continue
		case skipSpace(text[i:]) > 0, strings.IndexByte(">+~", c) >= 0:
			return i
		}
		i++
	}
	return i
}

// compound copies one compound selector with the class before its first pseudo
// class. One that begins with :global() or & stays as it is.
func (w *styledScoper) compound(text string) {
	if text == "" {
		return
	}
	at := 0
	for at < len(text) && text[at] != ':' {
		switch text[at] {
		case '\\':
			at++
		case '[':
			at += matching(text[at:], '[', ']') - 1
		}
		at++
	}
	at = min(at, len(text))
	if text[0] != '&' && !strings.HasPrefix(text, ":global(") {
		if text[:at] != "*" {
			w.out.WriteString(text[:at])
		}
		w.out.WriteString(w.class)
	} else {
		w.out.WriteString(text[:at])
	}
	for rest := text[at:]; rest != ""; {
		inner, isGlobal := strings.CutPrefix(rest, ":global(")
		if !isGlobal {
			n := strings.Index(rest[1:], ":global(") + 1
			if n == 0 {
				n = len(rest)
			}
			w.out.WriteString(rest[:n])
			rest = rest[n:]
			continue
		}
		n := matching(rest[len(":global"):], '(', ')')
		w.out.WriteString(strings.TrimSpace(inner[:max(0, n-2)]))
		rest = rest[len(":global")+n:]
	}
}

// styledJSXFilter matches the modules of the package that code runs.
const styledJSXFilter = `^styled-jsx(/style|/index)?(\.js)?$`

// findStyledJSX is the folder of the package styled-jsx: the app's own, or the
// one that next brings. Empty when there is none.
func findStyledJSX(dir string) string {
	if p := findPackage(dir, "styled-jsx"); p != "" {
		return p
	}
	if next := findPackage(dir, "next"); next != "" {
		if full, err := filepath.EvalSymlinks(next); err == nil {
			return findPackage(full, "styled-jsx")
		}
	}
	return ""
}

// styledJSXPlugin resolves styled-jsx. On the server the runtime provides it, so
// that pages and renderer share one registry of styles.
func (b *build) styledJSXPlugin(browser bool) api.Plugin {
	return api.Plugin{Name: "styled-jsx", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: styledJSXFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			folder := findStyledJSX(b.dir)
			if folder == "" {
				return refuse(diag.Errorf("styled-jsx", "the package styled-jsx is not installed, and the app uses <style jsx>").
					WithHint("run `npm install`: styled-jsx comes with next; without next, `npm install styled-jsx`")), nil
			}
			name := strings.TrimSuffix(strings.TrimSuffix(args.Path, ".js"), "/index")
			if !browser {
				return api.OnResolveResult{Path: name, External: true, SideEffects: api.SideEffectsFalse}, nil
			}
			file := filepath.Join(folder, "index.js")
			if name == "styled-jsx/style" {
				file = filepath.Join(folder, "style.js")
			}
			if _, err := os.Stat(file); err != nil {
				return api.OnResolveResult{}, err
			}
			return api.OnResolveResult{Path: file}, nil
		})
	}}
}
