package compile

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/onwardjs/onward/internal/diag"
)

// surface is what a compiled module exports, and what it takes from others. It is
// read from the compiled code, whose shape is esbuild's, when somebody asks.
type surface struct {
	once sync.Once
	// es: the module is an ES module, so names is all that it exports beside what the
	// modules of stars (ids) do.
	es    bool
	names map[string]bool
	stars []string
	uses  []use
}

// use is one name that a module takes from another.
type use struct{ id, name string }

var (
	exportLine = regexp.MustCompile(`^  (?:([\w$]+)|("(?:[^"\\]|\\.)*")): \(\) =>`)
	starLine   = regexp.MustCompile(`^__reExport\([\w$]+, require\(("(?:[^"\\]|\\.)*")\)`)
	importLine = regexp.MustCompile(`^var (import_[\w$]+) = (?:__toESM\()?require\(("(?:[^"\\]|\\.)*")\)\)?;$`)
)

// read takes the code apart. own says that uses matter too.
func (s *surface) read(code string, own bool) {
	s.names = map[string]bool{}
	head, _, _ := strings.Cut(code, "\n")
	s.es = strings.Contains(head, "__toCommonJS")
	if !s.es && !strings.Contains(head, "__toESM") && !strings.Contains(code, "\nvar import_") {
		return
	}
	var variables map[string]string
	inside, rest := false, ""
	for at := 0; at < len(code); {
		end := strings.IndexByte(code[at:], '\n')
		if end < 0 {
			end = len(code) - at
		}
		line := code[at : at+end]
		at = min(at+end+1, len(code))
		switch {
		case inside:
			if m := exportLine.FindStringSubmatch(line); m != nil {
				s.names[m[1]+unquote(m[2])] = true
			}
			inside = line != "});"
		case strings.HasPrefix(line, "__export("):
			inside = true
		case strings.HasPrefix(line, "__reExport("):
			if m := starLine.FindStringSubmatch(line); m != nil {
				s.stars = append(s.stars, unquote(m[1]))
			}
		case strings.HasPrefix(line, "var import_"):
			if m := importLine.FindStringSubmatch(line); m != nil {
				if variables == nil {
					variables = map[string]string{}
				}
				variables[m[1]] = unquote(m[2])
			}
			rest = code[at:]
		}
	}
	if own && len(variables) > 0 {
		s.findUses(rest, variables)
	}
}

// findUses looks for properties of the variables that imports have become.
func (s *surface) findUses(code string, variables map[string]string) {
	seen := map[use]bool{}
	for {
		i := strings.Index(code, "import_")
		if i < 0 {
			return
		}
		bare := i == 0 || !isIdentByte(code[i-1]) && code[i-1] != '$' && code[i-1] != '.'
		code = code[i:]
		n := nameLength(code)
		id, known := variables[code[:n]]
		code, known = code[n:], known && bare
		if !known || !strings.HasPrefix(code, ".") {
			continue
		}
		u := use{id, code[1 : 1+nameLength(code[1:])]}
		if u.name != "" && !seen[u] {
			seen[u] = true
			s.uses = append(s.uses, u)
		}
	}
}

// nameLength is how much of the beginning of text is an identifier.
func nameLength(text string) int {
	n := 0
	for n < len(text) && (isIdentByte(text[n]) && text[n] != '-' || text[n] == '$' || text[n] >= 0x80) {
		n++
	}
	return n
}

func unquote(text string) string {
	if text == "" {
		return ""
	}
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return strings.Trim(text, `"`)
}

// surfaceOf reads a module's surface once.
func (g *graph) surfaceOf(m *module, c *compiled) *surface {
	c.surface.once.Do(func() { c.surface.read(c.code, g.own(m)) })
	return &c.surface
}

// exporter answers what modules export, as they are now.
type exporter struct {
	g     *graph
	known map[string]map[string]bool // by id; nil: nobody can know
	// unsure: some module is not compiled yet.
	unsure bool
}

// has tells whether the module id exports name; true when that cannot be known.
func (x *exporter) has(id, name string) bool {
	all, known := x.known[id]
	if !known {
		all = x.all(id, map[string]bool{})
		x.known[id] = all
	}
	return all == nil || all[name]
}

// all is what a module exports; nil when it can be anything.
func (x *exporter) all(id string, above map[string]bool) map[string]bool {
	m := x.g.known(id)
	if m == nil || above[id] {
		return map[string]bool{}
	}
	c := m.get()
	x.unsure = x.unsure || c == nil
	if c == nil || c.code == "" || len(c.problems) > 0 {
		return nil
	}
	s := x.g.surfaceOf(m, c)
	if !s.es {
		return nil
	}
	if len(s.stars) == 0 {
		return s.names
	}
	above[id] = true
	defer delete(above, id)
	out := map[string]bool{}
	for name := range s.names {
		out[name] = true
	}
	for _, star := range s.stars {
		more := x.all(x.g.idOf(star), above)
		if more == nil {
			return nil
		}
		for name := range more {
			if name != "default" {
				out[name] = true
			}
		}
	}
	return out
}

// idOf is the id of the module that compiled code calls path.
func (g *graph) idOf(path string) string {
	if g.browser {
		return path
	}
	rest, ok := strings.CutPrefix(path, g.folder)
	if !ok {
		return ""
	}
	return unescape(strings.TrimSuffix(rest, ".js"))
}

// missing lists the names that a module of the app takes from modules which do not
// export them.
func (x *exporter) missing(m *module, c *compiled) diag.Errors {
	if !x.g.own(m) || c.code == "" || len(c.problems) > 0 {
		return nil
	}
	var list diag.Errors
	for _, u := range x.g.surfaceOf(m, c).uses {
		id := x.g.idOf(u.id)
		if id == "" || x.g.known(id) == nil || x.has(id, u.name) {
			continue
		}
		list = append(list, x.g.noExport(m, c, id, u.name))
	}
	return list
}

// checks are about names that modules take from others. A module is looked at again
// when it is compiled, and all are when one exports other names than before.
type checks struct {
	mu      sync.Mutex
	pending map[*module]bool
	all     bool
	// lacking is what was found.
	lacking map[*module]diag.Errors
}

func newChecks() checks {
	return checks{pending: map[*module]bool{}, lacking: map[*module]diag.Errors{}}
}

func (k *checks) note(g *graph, m *module, before, c *compiled) {
	other := before != nil && before.code != c.code && !sameSurface(g.surfaceOf(m, before), g.surfaceOf(m, c))
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pending[m] = true
	k.all = k.all || other
}

// sameSurface tells whether two states of a module export the same.
func sameSurface(a, b *surface) bool {
	return a.es == b.es && maps.Equal(a.names, b.names) && slices.Equal(a.stars, b.stars)
}

// lacking lists the names that are taken and not exported, by modules.
func (g *graph) lacking() map[*module]diag.Errors {
	k := &g.checks
	k.mu.Lock()
	if k.all {
		k.all = false
		g.mu.Lock()
		for _, m := range g.modules {
			k.pending[m] = true
		}
		g.mu.Unlock()
	}
	pending := slices.Collect(maps.Keys(k.pending))
	k.mu.Unlock()
	x := &exporter{g: g, known: map[string]map[string]bool{}}
	for _, m := range pending {
		var list diag.Errors
		x.unsure = false
		c := m.get()
		if c != nil {
			list = x.missing(m, c)
		}
		k.mu.Lock()
		if delete(k.lacking, m); len(list) > 0 {
			k.lacking[m] = list
		}
		if !x.unsure {
			delete(k.pending, m)
		}
		k.mu.Unlock()
		if x.unsure {
			clear(x.known)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.lacking)
}

// noExport says that a module imports a name that is not there.
func (g *graph) noExport(m *module, c *compiled, id, name string) *diag.Message {
	shown := g.l.b.report.show(m.path)
	from := id
	for _, e := range c.imports {
		if e.id == id && strings.Contains(id, ":") {
			from = e.specifier // "next/link" says more than where it lies
		}
	}
	d := diag.Errorf("missing-export", "No matching export in %q for import %q", from, name).
		WithHint("check the name, or whether the module exports it as default")
	text, err := readText(m.path)
	if err != nil {
		d.File = shown
		return d
	}
	for _, e := range c.imports {
		if e.id != id {
			continue
		}
		for _, quoted := range []string{`"` + e.specifier + `"`, "'" + e.specifier + "'"} {
			at := strings.Index(text, quoted)
			if at < 0 {
				continue
			}
			// The name stands before the path, in the same statement.
			start := max(strings.LastIndex(text[:at], "import"), 0)
			if i := strings.Index(text[start:at], name); i >= 0 {
				at = start + i
			}
			hint := d.Hint
			d = diag.Errorf(d.Code, "%s", d.Text).At(shown, text, at)
			d.Hint = hint
			return d
		}
	}
	d.File = shown
	return d
}
