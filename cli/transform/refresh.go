package transform

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// MayRefresh is the cheap test before Refresh: something in source may be a
// component or call a hook.
func MayRefresh(source string) bool {
	for i := 0; i < len(source); {
		if !isNameByte(source[i]) {
			i++
			continue
		}
		from := i
		for i < len(source) && isNameByte(source[i]) {
			i++
		}
		switch word := source[from:i]; word {
		case "function", "const", "let", "var":
			rest := strings.TrimLeft(source[i:], " \t\r\n*")
			if rest != "" && upper(rest[0]) {
				return true
			}
		case "default":
			return true
		default:
			if isHook(word) {
				return true
			}
		}
	}
	return false
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

// isHook reports whether a function of this name is a hook: useState.
func isHook(name string) bool {
	return len(name) > 3 && name[:3] == "use" && upper(name[3])
}

// Refresh prepares the module for React Fast Refresh, as react-refresh documents
// it: what may be a component of the module's top level is registered,
//
//	$RefreshReg$(Card, "Card")
//
// and functions that call hooks get a signature, which changes with the hooks they
// call:
//
//	var _s = $RefreshSig$()
//	function Card() { _s(); useState(0); useTheme() }
//	_s(Card, "key of the calls", false, () => [useTheme])
//
// Both globals must be there as long as the module's functions are called. A
// comment with "@refresh reset" makes every edit of the module begin with fresh
// state. Classes are left alone: they are mounted anew.
//
// It comes after all other edits of the module: what they take out is not
// registered.
func (m *Module) Refresh(e *Edits) {
	if !m.Valid || !MayRefresh(m.Source) {
		return
	}
	m.bind()
	r := newRefresher(m, e)
	r.collect()
	r.edit()
}

// refresher holds what Refresh finds, then writes.
type refresher struct {
	m *Module
	e *Edits

	signatures    []signature
	registrations []registration
	// reset: the module has a comment that asks for fresh state.
	reset bool
	// asTypes are the names of the top level that are rendered somewhere in the
	// module; nil until somebody asks.
	asTypes map[string]bool

	// What edit writes: names of variables, edits around nodes, statements at the
	// start of functions.
	component, signer, anonymous string
	wraps                        []wrap
	prologues                    map[*tsgo.Node]string
}

// registration is a component of the module.
type registration struct {
	name string
	// target is an expression, or nil for the variable or function called
	// variable, which statement declares.
	target    *tsgo.Node
	variable  string
	statement *tsgo.Node
}

// wrap puts text around a node. Of wraps around one node that with the higher
// rank is the outer one; among equals the later.
type wrap struct {
	start, end    int
	rank          int
	before, after string
}

const (
	rankName      = iota // {name: f}.name
	rankSignature        // _s(f, "key")
	rankComponent        // _c = f
	rankBody             // {return expression}
	rankAfter            // statement; more
)

func newRefresher(m *Module, e *Edits) *refresher {
	r := &refresher{m: m, e: e, prologues: map[*tsgo.Node]string{}}
	r.component, r.signer, r.anonymous = m.unused("_c$"), m.unused("_s$"), m.unused("_default")
	return r
}

// unused is a name that does not occur in the module, by its beginning.
func (m *Module) unused(name string) string {
	for strings.Contains(m.Source, name) {
		name += "$"
	}
	return name
}

func (r *refresher) collect() {
	r.reset = r.m.commented("@refresh reset")
	r.collectHooks()
	r.components(r.m.statements(), "")
}

// components registers what statements of the top level, or of a namespace there,
// declare. prefix is that of its names.
func (r *refresher) components(statements []*tsgo.Node, prefix string) {
	for _, s := range statements {
		if tsgo.IsAmbient(s) || r.gone(s) {
			continue
		}
		switch s.Kind {
		case tsgo.KindFunctionDeclaration:
			switch {
			case s.Body() == nil: // an overload
			case s.Name() == nil:
				r.add(registration{name: "%default%", variable: r.anonymous, statement: s})
			case upper(s.Name().Text()[0]):
				r.add(registration{name: prefix + s.Name().Text(), variable: s.Name().Text(), statement: s})
			}
		case tsgo.KindVariableStatement:
			if list := declarators(s); len(list) == 1 {
				r.variable(s, list[0], prefix)
			}
		case tsgo.KindExportAssignment:
			if s.AsExportAssignment().IsExportEquals {
				continue
			}
			// Anonymous functions are more than Babel's plugin registers: a module
			// whose only component has no name keeps its state too.
			if x := tsgo.Unwrap(s.Expression()); x.Kind == tsgo.KindCallExpression || isAnonymous(x) {
				r.inner("%default%", x, nil)
			}
		case tsgo.KindModuleDeclaration:
			body := s.Body()
			if body == nil || body.Kind != tsgo.KindModuleBlock || s.Name().Kind != tsgo.KindIdentifier || prefix != "" && !tsgo.IsExported(s) {
				continue
			}
			r.components(body.AsModuleBlock().Statements.Nodes, prefix+s.Name().Text()+"$")
		}
	}
}

func (r *refresher) add(x registration) { r.registrations = append(r.registrations, x) }

// variable registers a variable that may be a component.
func (r *refresher) variable(statement, d *tsgo.Node, prefix string) {
	id := d.Name()
	if id.Kind != tsgo.KindIdentifier || !upper(id.Text()[0]) || d.Initializer() == nil {
		return
	}
	value := tsgo.Unwrap(d.Initializer())
	switch value.Kind {
	case tsgo.KindArrowFunction, tsgo.KindFunctionExpression, tsgo.KindTaggedTemplate:
	case tsgo.KindCallExpression:
		callee := tsgo.Unparen(value.Expression())
		if callee.Kind == tsgo.KindImportKeyword || tsgo.IsOptionalChain(value) ||
			callee.Kind == tsgo.KindIdentifier && (strings.HasPrefix(callee.Text(), "require") || strings.HasPrefix(callee.Text(), "import")) {
			return
		}
	default:
		return
	}
	self := registration{name: prefix + id.Text(), variable: id.Text(), statement: statement}
	if !r.inner(self.name, value, &self) && prefix == "" && r.rendered(id.Text()) {
		r.add(self)
	}
}

// inner registers what is a component in an expression, what wrappers as memo() are
// called with before the call itself, and reports whether there is one. With self
// the expression is the value of a variable, which is registered in its place.
func (r *refresher) inner(name string, n *tsgo.Node, self *registration) bool {
	switch n.Kind {
	case tsgo.KindIdentifier:
		return upper(n.Text()[0])
	case tsgo.KindArrowFunction:
		if tsgo.Unparen(n.Body()).Kind == tsgo.KindArrowFunction {
			return false
		}
	case tsgo.KindFunctionExpression:
	case tsgo.KindCallExpression:
		args := n.Arguments()
		if len(args) == 0 || tsgo.IsOptionalChain(n) {
			return false
		}
		callee := tsgo.Unparen(n.Expression())
		switch callee.Kind {
		case tsgo.KindIdentifier, tsgo.KindPropertyAccess, tsgo.KindElementAccess:
		default:
			return false
		}
		if !r.inner(name+"$"+r.m.text(callee), tsgo.Unwrap(args[0]), nil) {
			return false
		}
	default:
		return false
	}
	if self != nil {
		r.add(*self)
	} else if !r.gone(n) {
		r.add(registration{name: name, target: n})
	}
	return true
}

func isAnonymous(n *tsgo.Node) bool {
	return n.Kind == tsgo.KindArrowFunction || n.Kind == tsgo.KindFunctionExpression && n.Name() == nil
}

// rendered reports whether something of the top level is used as a component: as
// the name of a JSX element or the argument of createElement and its kin.
func (r *refresher) rendered(name string) bool {
	if r.asTypes == nil {
		r.asTypes = map[string]bool{}
		note := func(id *tsgo.Node) {
			if id.Kind == tsgo.KindIdentifier && upper(id.Text()[0]) && tsgo.TopLevel(r.m.file, id) {
				r.asTypes[id.Text()] = true
			}
		}
		r.m.visit(func(n *tsgo.Node) bool {
			switch n.Kind {
			case tsgo.KindJsxOpening, tsgo.KindJsxSelfClosing:
				note(n.TagName())
			case tsgo.KindCallExpression:
				switch calleeName(n) {
				case "createElement", "jsx", "jsxs", "jsxDEV":
					for _, a := range n.Arguments() {
						note(tsgo.Unparen(a))
					}
				}
			}
			return true
		})
	}
	return r.asTypes[name]
}

// calleeName is the last name of what is called: "c" in a.b.c().
func calleeName(call *tsgo.Node) string {
	if tsgo.IsOptionalChain(call) {
		return ""
	}
	switch callee := tsgo.Unparen(call.Expression()); callee.Kind {
	case tsgo.KindIdentifier:
		return callee.Text()
	case tsgo.KindPropertyAccess:
		if callee.Name().Kind == tsgo.KindIdentifier {
			return callee.Name().Text()
		}
	}
	return ""
}

// gone reports whether another edit takes the node out.
func (r *refresher) gone(n *tsgo.Node) bool {
	if r.e.Empty() {
		return false
	}
	return r.e.replaced(r.m.start(n), n.End())
}

// text of a node, as the user wrote it.
func (m *Module) text(n *tsgo.Node) string { return m.Source[m.start(n):n.End()] }

// edit writes what collect found.
func (r *refresher) edit() {
	var variables []string
	targets := map[*tsgo.Node]bool{} // wrapped, to whether they would be named after _c
	var tail strings.Builder
	for i, x := range r.registrations {
		name := r.component + strconv.Itoa(i+1)
		variables = append(variables, name)
		if x.target == nil {
			r.after(x.statement, name+"="+x.variable+";")
		} else {
			r.around(x.target, rankComponent, name+"=", "")
			targets[x.target] = true
		}
		tail.WriteString("$RefreshReg$(" + name + "," + strconv.Quote(x.name) + ");")
	}
	for _, s := range r.m.statements() {
		if s.Kind == tsgo.KindFunctionDeclaration && s.Name() == nil && s.Body() != nil && !r.gone(s) {
			r.nameDefault(s)
		}
	}
	for i, s := range r.signatures {
		name := r.signer + strconv.Itoa(i+1)
		declaration := name + "=$RefreshSig$()"
		if within := r.scopeOf(s.function); within == nil {
			variables = append(variables, declaration)
		} else {
			r.prologues[within] += "var " + declaration + ";"
		}
		// A module that is being loaded may be called by one it imports, before
		// its variables have values.
		r.prologues[s.function] += name + "?.();"
		if s.variable != "" {
			r.after(s.statement, name+"("+s.variable+s.arguments()+");")
			continue
		}
		for _, n := range s.targets {
			r.around(n, rankSignature, name+"(", s.arguments()+")")
		}
		targets[s.function] = false
	}
	for f, renamed := range targets {
		r.keepName(f, renamed)
	}
	for f, text := range r.prologues {
		r.begin(f, text)
	}
	if len(variables) > 0 {
		r.e.Insert(r.m.afterDirectives(), "var "+strings.Join(variables, ",")+";")
	}
	r.write()
	if tail.Len() > 0 {
		// On a line of its own: the source may end in a comment.
		r.e.Insert(len(r.m.Source), "\n;"+tail.String())
	}
}

// nameDefault names the function of `export default function () {}`.
func (r *refresher) nameDefault(f *tsgo.Node) {
	at := f.ParameterList().Pos()
	if types := f.TypeParameterList(); types != nil {
		at = types.Pos()
	}
	at-- // before the bracket
	r.wraps = append(r.wraps, wrap{start: at, end: at, rank: rankName, before: " " + r.anonymous})
}

// around puts text before and after an expression.
func (r *refresher) around(n *tsgo.Node, rank int, before, after string) {
	r.wraps = append(r.wraps, wrap{r.m.start(n), n.End(), rank, before, after})
}

// after puts statements behind a statement.
func (r *refresher) after(statement *tsgo.Node, text string) {
	r.wraps = append(r.wraps, wrap{start: r.m.start(statement), end: statement.End(), rank: rankAfter, after: ";" + text})
}

// keepName lets an anonymous function that is wrapped have the name that it would
// have had from where it stands. renamed: it would be named after the variable that
// takes it now.
func (r *refresher) keepName(f *tsgo.Node, renamed bool) {
	if !isAnonymous(f) {
		return
	}
	n := f
	for n.Parent.Kind == tsgo.KindParenthesized {
		n = n.Parent
	}
	name := ""
	switch p := n.Parent; p.Kind {
	case tsgo.KindExportAssignment:
		name = "default"
	case tsgo.KindPropertyAssignment, tsgo.KindPropertyDeclaration, tsgo.KindBindingElement, tsgo.KindVariableDeclaration, tsgo.KindParameter:
		if id := p.Name(); id.Kind == tsgo.KindIdentifier || id.Kind == tsgo.KindStringLiteral {
			name = id.Text()
		}
	case tsgo.KindBinary:
		if id := p.AsBinaryExpression().Left; tsgo.IsAssignment(p) && id.Kind == tsgo.KindIdentifier {
			name = id.Text()
		}
	}
	switch {
	case name == "__proto__": // would be the object's prototype
	case name == "" && renamed:
		r.around(f, rankName, "(0,", ")")
	case name != "":
		quoted := quote(name)
		r.around(f, rankName, "({"+quoted+":", "})["+quoted+"]")
	}
}

// begin puts statements at the start of a function.
func (r *refresher) begin(f *tsgo.Node, text string) {
	body := tsgo.Body(f)
	if body.Kind != tsgo.KindBlock {
		r.around(body, rankBody, "{"+text+"return ", "}")
		return
	}
	at := r.m.start(body) + 1
	for _, s := range body.AsBlock().Statements.Nodes {
		if s.Kind != tsgo.KindExpressionStatement || s.Expression().Kind != tsgo.KindStringLiteral {
			break
		}
		at, text = s.End(), ";"+strings.TrimPrefix(text, ";")
	}
	r.wraps = append(r.wraps, wrap{start: at, end: math.MaxInt, rank: rankAfter, before: text})
}

// write makes edits of the wraps, so that they nest as the nodes do.
func (r *refresher) write() {
	type place struct {
		wrap
		order   int
		opening bool
	}
	var list []place
	for i, w := range r.wraps {
		if w.before != "" {
			list = append(list, place{w, i, true})
		}
		if w.after != "" {
			list = append(list, place{w, i, false})
		}
	}
	at := func(p place) int {
		if p.opening {
			return p.start
		}
		return p.end
	}
	slices.SortFunc(list, func(a, b place) int {
		if c := cmp.Compare(at(a), at(b)); c != 0 {
			return c
		}
		if a.opening != b.opening { // what ends here comes before what begins here
			if b.opening {
				return -1
			}
			return 1
		}
		if a.opening { // the outer first
			return cmp.Or(cmp.Compare(b.end, a.end), cmp.Compare(b.rank, a.rank), cmp.Compare(b.order, a.order))
		}
		return cmp.Or(cmp.Compare(b.start, a.start), cmp.Compare(a.rank, b.rank), cmp.Compare(a.order, b.order))
	})
	for _, p := range list {
		if p.opening {
			r.e.Insert(p.start, p.before)
		} else {
			r.e.Insert(p.end, p.after)
		}
	}
}
