package transform

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// signature is what Fast Refresh knows of a function that calls hooks: when it
// changes, components begin with fresh state.
type signature struct {
	function *tsgo.Node
	// key tells the calls, in their order.
	key string
	// reset: never keep state.
	reset bool
	// hooks are expressions of the custom hooks that are called, whose signatures
	// count too.
	hooks []string

	// variable is the function's name where statement declares it; without one the
	// function and the calls that it is given to, targets, are signed where they
	// stand.
	variable  string
	statement *tsgo.Node
	targets   []*tsgo.Node
}

// arguments of the call that signs, the first one not included.
func (s *signature) arguments() string {
	sum := sha256.Sum256([]byte(s.key))
	text := `,"` + base64.RawStdEncoding.EncodeToString(sum[:12]) + `"`
	if s.reset || len(s.hooks) > 0 {
		text += "," + strconv.FormatBool(s.reset)
	}
	if len(s.hooks) > 0 {
		text += ",()=>[" + strings.Join(s.hooks, ",") + "]"
	}
	return text
}

// hookCall is one call of a hook.
type hookCall struct {
	name, key string
	callee    *tsgo.Node
}

// builtin reports whether React has the hook: it has no hooks of its own.
func builtin(name string) bool {
	switch name {
	case "useState", "useReducer", "useEffect", "useLayoutEffect", "useInsertionEffect", "useMemo", "useCallback", "useRef",
		"useContext", "useImperativeHandle", "useDebugValue", "useId", "useDeferredValue", "useTransition",
		"useSyncExternalStore", "useFormStatus", "useFormState", "useActionState", "useOptimistic":
		return true
	}
	return false
}

// collectHooks finds the functions that call hooks.
func (r *refresher) collectHooks() {
	calls := map[*tsgo.Node][]hookCall{}
	var functions []*tsgo.Node
	r.m.visit(func(n *tsgo.Node) bool {
		if n.Kind != tsgo.KindCallExpression {
			return true
		}
		name := calleeName(n)
		if !isHook(name) {
			return true
		}
		f := n.Parent
		for f != nil && !tsgo.IsFunction(f) {
			f = f.Parent
		}
		if f == nil {
			return true
		}
		if calls[f] == nil {
			functions = append(functions, f)
		}
		calls[f] = append(calls[f], hookCall{name, r.callKey(n, name), tsgo.Unparen(n.Expression())})
		return true
	})
	for _, f := range functions {
		if !r.gone(f) {
			r.sign(f, calls[f])
		}
	}
}

// callKey is what changes the meaning of state that a call of a hook keeps: the
// names that take its result, and the initial state.
func (r *refresher) callKey(call *tsgo.Node, name string) string {
	key := ""
	n := call
	for n.Parent.Kind == tsgo.KindParenthesized {
		n = n.Parent
	}
	if d := n.Parent; d.Kind == tsgo.KindVariableDeclaration && d.Initializer() == n {
		end := d.Name().End()
		if t := d.Type(); t != nil {
			end = t.End()
		}
		key = r.m.Source[r.m.start(d.Name()):end]
	}
	initial := -1
	switch name {
	case "useState":
		initial = 0
	case "useReducer":
		initial = 1
	}
	if args := call.Arguments(); initial >= 0 && len(args) > initial {
		key += "(" + r.m.text(tsgo.Unparen(args[initial])) + ")"
	}
	return key
}

// sign adds the signature of a function.
func (r *refresher) sign(f *tsgo.Node, calls []hookCall) {
	s := signature{function: f, reset: r.reset}
	switch f.Kind {
	case tsgo.KindFunctionDeclaration:
		if !holdsStatements(f.Parent) {
			return
		}
		s.statement, s.variable = f, r.anonymous
		if f.Name() != nil {
			s.variable = f.Name().Text()
		}
	case tsgo.KindArrowFunction, tsgo.KindFunctionExpression:
		if s.statement, s.variable = declaredAs(f); s.variable == "" {
			s.targets = r.wrappers(f)
		}
	default: // methods: nobody renders them
		return
	}
	var keys []string
	for _, c := range calls {
		keys = append(keys, c.name+"{"+c.key+"}")
		if builtin(c.name) {
			continue
		}
		if text := r.reachable(c.callee, f); text != "" {
			s.hooks = append(s.hooks, text)
		} else {
			s.reset = true
		}
	}
	s.key = strings.Join(keys, "\n")
	r.signatures = append(r.signatures, s)
}

func holdsStatements(n *tsgo.Node) bool {
	switch n.Kind {
	case tsgo.KindSourceFile, tsgo.KindBlock, tsgo.KindModuleBlock, tsgo.KindCaseClause, tsgo.KindDefaultClause:
		return true
	}
	return false
}

// declaredAs is the variable whose value a function expression is, and its
// statement.
func declaredAs(f *tsgo.Node) (statement *tsgo.Node, variable string) {
	n := f
	for n.Parent.Kind == tsgo.KindParenthesized {
		n = n.Parent
	}
	d := n.Parent
	if d.Kind != tsgo.KindVariableDeclaration || d.Name().Kind != tsgo.KindIdentifier {
		return nil, ""
	}
	if s := d.Parent.Parent; s.Kind == tsgo.KindVariableStatement && holdsStatements(s.Parent) {
		return s, d.Name().Text()
	}
	return nil, ""
}

// wrappers lists a function and the calls around it that it is an argument of:
// what memo(forwardRef(f)) gives must have the signature of f.
func (r *refresher) wrappers(f *tsgo.Node) []*tsgo.Node {
	list := []*tsgo.Node{f}
	for n := f; ; n = n.Parent {
		switch p := n.Parent; p.Kind {
		case tsgo.KindParenthesized:
		case tsgo.KindBinary:
			if !tsgo.IsAssignment(p) || p.AsBinaryExpression().Right != n {
				return list
			}
		case tsgo.KindCallExpression:
			if p.Expression() == n || tsgo.IsOptionalChain(p) || r.gone(p) {
				return list
			}
			list = append(list, p)
		default:
			return list
		}
	}
}

// reachable is the expression of a hook outside the function f that calls it, ""
// when it has none there.
func (r *refresher) reachable(callee, f *tsgo.Node) string {
	id := callee
	if callee.Kind == tsgo.KindPropertyAccess {
		id = tsgo.Unparen(callee.Expression())
	}
	if id.Kind != tsgo.KindIdentifier {
		return ""
	}
	inside := true
	for n := id.Parent; n != nil; n = n.Parent {
		if n.Locals()[id.Text()] != nil || n.Kind == tsgo.KindFunctionExpression && n.Name() != nil && n.Name().Text() == id.Text() {
			if inside {
				return ""
			}
			if callee == id {
				return id.Text()
			}
			return id.Text() + "." + callee.Name().Text()
		}
		inside = inside && n != f
	}
	return ""
}

// scopeOf is the function in whose body another function stands, nil for none.
func (r *refresher) scopeOf(f *tsgo.Node) *tsgo.Node {
	for n := f; n.Parent != nil; n = n.Parent {
		if p := n.Parent; tsgo.IsFunction(p) && tsgo.Body(p) == n {
			return p
		}
	}
	return nil
}

// commented reports whether a comment of the module holds text.
func (m *Module) commented(text string) bool {
	for at := 0; ; {
		i := strings.Index(m.Source[at:], text)
		if i < 0 {
			return false
		}
		at += i
		if !m.inToken(at) {
			return true
		}
		at += len(text)
	}
}

// inToken reports whether a place lies inside a string, a template, a regular
// expression or the text of a JSX element.
func (m *Module) inToken(at int) bool {
	found := false
	var walk func(n *tsgo.Node) bool
	walk = func(n *tsgo.Node) bool {
		if at < n.Pos() || at >= n.End() {
			return false
		}
		switch n.Kind {
		case tsgo.KindStringLiteral, tsgo.KindTemplate, tsgo.KindTemplateHead, tsgo.KindTemplateMiddle, tsgo.KindTemplateTail, tsgo.KindRegularExpression:
			found = found || at >= m.start(n)
		case tsgo.KindJsxText:
			found = true
		}
		n.ForEachChild(walk)
		return found
	}
	m.file.AsNode().ForEachChild(walk)
	return found
}
