package transform

import (
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// FontCall is one call of a next/font loader.
type FontCall struct {
	// Google: next/font/google; otherwise next/font/local.
	Google bool
	// Loader is the imported name: "Geist_Mono". Empty for local fonts.
	Loader string
	// Name is the constant that the font is assigned to.
	Name string
	// Options is the literal argument; nil when there was none.
	Options map[string]any
	// At is the offset of the call.
	At int
}

// FontError is a use of a font loader that cannot be evaluated at build.
type FontError struct {
	Text string
	At   int
}

// MayLoadFonts is the cheap test before Fonts.
func MayLoadFonts(source string) bool { return strings.Contains(source, "next/font/") }

// Fonts replaces the calls of next/font loaders by imports: module gives the
// import path that stands for a call. Fonts are loaded at build, so a call must
// be assigned to a const at the top level and its argument be a literal; what is
// not is returned as errors and left alone.
func (m *Module) Fonts(module func(FontCall) string, edits ...*Edits) []FontError {
	if !m.Valid {
		return nil
	}
	m.bind()
	f := &fontFinder{m: m, loaders: map[string]FontCall{}, calls: map[*tsgo.Node]FontCall{}}
	var imports []*tsgo.Node
	for _, s := range m.statements() {
		if f.imports(s) {
			imports = append(imports, s)
		}
	}
	if len(imports) == 0 {
		return nil
	}
	var text strings.Builder
	n := 0
	for _, s := range m.statements() {
		if s.Kind != tsgo.KindVariableStatement {
			continue
		}
		for _, d := range declarators(s) {
			call, ok := f.call(d)
			if !ok {
				continue
			}
			name := "__onward_font_" + string(rune('a'+n%26)) + strings.Repeat("_", n/26)
			n++
			text.WriteString("import " + name + " from " + quote(module(call)) + ";")
			for _, e := range edits {
				e.Replace(m.start(d.Initializer()), d.Initializer().End(), name)
			}
		}
	}
	f.strayCalls()
	for i, s := range imports {
		with := ""
		if i == 0 {
			with = text.String()
		}
		for _, e := range edits {
			e.Replace(m.start(s), s.End(), with)
		}
	}
	return f.errors
}

type fontFinder struct {
	m       *Module
	loaders map[string]FontCall
	calls   map[*tsgo.Node]FontCall
	errors  []FontError
}

// imports notes the loaders that an import statement binds.
func (f *fontFinder) imports(s *tsgo.Node) bool {
	if s.Kind != tsgo.KindImportDeclaration {
		return false
	}
	spec := s.AsImportDeclaration().ModuleSpecifier
	if spec.Kind != tsgo.KindStringLiteral {
		return false
	}
	google := spec.Text() == "next/font/google"
	if !google && spec.Text() != "next/font/local" {
		return false
	}
	for _, b := range importBindings(s) {
		call := FontCall{Google: google}
		if google {
			if b.Kind != tsgo.KindImportSpecifier {
				f.fail(b, "import each font of next/font/google by its name")
				continue
			}
			call.Loader = b.PropertyNameOrName().Text()
		}
		f.loaders[b.Name().Text()] = call
	}
	return true
}

func (f *fontFinder) fail(n *tsgo.Node, text string) {
	f.errors = append(f.errors, FontError{text, f.m.start(n)})
}

// call reads `name = Loader({...})`.
func (f *fontFinder) call(d *tsgo.Node) (FontCall, bool) {
	init := d.Initializer()
	if init == nil || init.Kind != tsgo.KindCallExpression || init.Expression().Kind != tsgo.KindIdentifier {
		return FontCall{}, false
	}
	call, ok := f.loaders[init.Expression().Text()]
	if !ok {
		return FontCall{}, false
	}
	f.calls[init] = call
	if d.Name().Kind != tsgo.KindIdentifier {
		f.fail(d, "a font must be assigned to a const, without destructuring")
		return FontCall{}, false
	}
	call.Name, call.At = d.Name().Text(), f.m.start(init)
	args := init.Arguments()
	if len(args) > 1 {
		f.fail(args[1], "a font loader takes one argument, an object")
		return FontCall{}, false
	}
	if len(args) == 1 {
		v, err := f.m.evaluate(args[0], "the argument")
		if err != nil {
			f.errors = append(f.errors, FontError{"fonts are loaded at build: " + err.text, err.at})
			return FontCall{}, false
		}
		call.Options, ok = v.(map[string]any)
		if !ok {
			f.fail(args[0], "a font loader takes one argument, an object")
			return FontCall{}, false
		}
	}
	return call, true
}

// strayCalls reports calls that are not top-level constants.
func (f *fontFinder) strayCalls() {
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		if n.Kind == tsgo.KindCallExpression && n.Expression().Kind == tsgo.KindIdentifier {
			id := n.Expression()
			if _, loader := f.loaders[id.Text()]; loader && tsgo.TopLevel(f.m.file, id) {
				if _, seen := f.calls[n]; !seen {
					f.fail(n, "a font loader must be called at the top level of the module and its result assigned to a const")
				}
			}
		}
		return n.ForEachChild(walk)
	}
	f.m.file.AsNode().ForEachChild(walk)
}

func quote(s string) string { return `"` + s + `"` }
