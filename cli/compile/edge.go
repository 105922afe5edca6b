package compile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// Middleware is what compiling made of the app's middleware.
type Middleware struct {
	// Source is its file relative to the project, Module the server module.
	Source, Module string
	// Proxy: the file is called proxy, not middleware.
	Proxy bool
	// Edge: it is compiled for the edge runtime.
	Edge bool
	// Matchers say which requests it sees; none: all.
	Matchers []config.Match
	// Regions of config.regions; they matter to hosts only.
	Regions []string
}

// middlewareRoute names middleware among the entries of the server graphs. No page
// can have it: routes of pages begin with a slash.
const middlewareRoute = "middleware"

const middlewareModule = "server/middleware.js"

// edgeConditions choose what packages export for the edge runtime.
var edgeConditions = []string{"edge-light", "worker", "node"}

// readEdge finds out which routes ask for the edge runtime, and reads the
// middleware's config, from the source alone: which graph a module goes into must be
// known before anything is bundled.
func (b *build) readEdge() {
	for _, p := range b.pages() {
		if p.File == "" {
			continue
		}
		f, text := b.readFacts(p.File, "edge")
		if !f.Edge() {
			continue
		}
		switch {
		case p.API:
			b.edge[p.Route] = true
		case f.Runtime == "edge":
			b.report.add(diag.Errorf("edge-page", "the page %s asks for runtime 'edge', which is for API routes", p.Route).
				At(p.File, text, max(strings.Index(text, "runtime"), 0)).
				WithHint("write 'experimental-edge' for a page, or remove the runtime: the page then runs on the server like any other"))
			continue
		}
		b.result.Pages[p.Route].Runtime = f.Runtime
		if b.edgeWarned {
			continue
		}
		b.edgeWarned = true
		m := diag.Errorf("edge-runtime", "the edge runtime is deprecated").
			WithHint("remove `runtime` from %s; it then runs in the Node.js runtime", p.File)
		m.Severity, m.File = diag.Warning, p.File
		b.report.add(m)
	}
	if m := b.opt.Middleware; m != nil {
		b.readMiddleware(m)
	}
}

// readFacts reads a source file's facts when its text has the word at all.
func (b *build) readFacts(file, word string) (transform.Facts, string) {
	full := filepath.Join(b.dir, filepath.FromSlash(file))
	data, err := os.ReadFile(full)
	text := string(data)
	if err != nil || !strings.Contains(text, word) {
		return transform.Facts{Star: -1, ProblemAt: -1}, text // the graphs report what cannot be read
	}
	return transform.Parse(full, text).Facts(), text
}

func (b *build) readMiddleware(m *route.Middleware) {
	f, text := b.readFacts(m.File, "")
	out := &Middleware{Source: m.File, Module: middlewareModule, Proxy: m.Proxy, Edge: !m.Proxy && f.Runtime != "nodejs"}
	b.result.Middleware = out
	name := m.Name()
	switch {
	case len(f.Exports) == 0 && f.Star < 0 && !strings.Contains(text, "exports"):
		// A module that cannot be parsed has no exports; the bundler says why.
		if !transform.Parse(m.File, text).Valid {
			return
		}
		fallthrough
	case len(f.Exports) > 0 && !slices.Contains(f.Exports, name) && !f.Default() && f.Star < 0:
		e := diag.Errorf("middleware-export", "%s must export a function: as the default export, or named %q", m.File, name).
			WithHint("export function %s(request) { ... }", name)
		e.File = m.File
		b.report.add(e)
		return
	}
	if f.Problem != "" {
		b.report.add(diag.Errorf("middleware-config", "%s", f.Problem).At(m.File, text, f.ProblemAt).
			WithHint("matchers are read without running the file: write every value of `export const config` as a literal"))
		return
	}
	if m.Proxy && f.Runtime != "" {
		b.report.add(diag.Errorf("proxy-runtime", "%s sets a runtime, but proxy always runs in the Node.js runtime", m.File).
			At(m.File, text, max(strings.Index(text, "runtime"), 0)).WithHint("remove `runtime`"))
		return
	}
	var err error
	if out.Matchers, err = readMatchers(f.Config["matcher"]); err != nil {
		at := max(strings.Index(text, "matcher"), 0)
		b.report.add(diag.Errorf("middleware-matcher", "%s", err).At(m.File, text, at).
			WithHint(`a matcher is a path such as "/admin/:path*", a list of them, or of objects {source, has, missing, locale}`))
	}
	out.Regions = stringList(f.Config["regions"])
}

// readMatchers reads config.matcher: a path, a list of paths or objects. nil stands
// for every request.
func readMatchers(v any) ([]config.Match, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		m, err := readMatcher(v, "matcher")
		return []config.Match{m}, err
	case []any:
		list := make([]config.Match, 0, len(v))
		for i, one := range v {
			m, err := readMatcher(one, fmt.Sprintf("matcher[%d]", i))
			if err != nil {
				return nil, err
			}
			list = append(list, m)
		}
		return list, nil
	}
	return nil, fmt.Errorf("config.matcher must be a string or a list of strings and objects")
}

func readMatcher(v any, path string) (config.Match, error) {
	var m config.Match
	switch v := v.(type) {
	case string:
		m.Source = v
	case map[string]any:
		for key, value := range v {
			var err error
			switch key {
			case "source":
				m.Source, _ = value.(string)
			case "locale":
				if value != false {
					err = fmt.Errorf("config.%s.locale can only be false", path)
				}
				m.NoLocale = true
			case "has":
				m.Has, err = readConditions(value, path+".has")
			case "missing":
				m.Missing, err = readConditions(value, path+".missing")
			default:
				err = fmt.Errorf("config.%s has the unknown key %q", path, key)
			}
			if err != nil {
				return m, err
			}
		}
	default:
		return m, fmt.Errorf("config.%s must be a string or an object", path)
	}
	switch {
	case m.Source == "":
		return m, fmt.Errorf("config.%s has no source", path)
	case m.Source[0] != '/':
		return m, fmt.Errorf("config.%s: the source %q must start with /", path, m.Source)
	case len(m.Source) > 4096:
		return m, fmt.Errorf("config.%s: the source is longer than 4096 characters", path)
	}
	return m, nil
}

func readConditions(v any, path string) ([]config.Condition, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("config.%s must be a list", path)
	}
	out := make([]config.Condition, 0, len(list))
	for i, one := range list {
		path := fmt.Sprintf("%s[%d]", path, i)
		object, ok := one.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("config.%s must be an object", path)
		}
		var c config.Condition
		for key, value := range object {
			text, ok := value.(string)
			if !ok {
				return nil, fmt.Errorf("config.%s.%s must be a string", path, key)
			}
			switch key {
			case "type":
				c.Type = text
			case "key":
				c.Key = text
			case "value":
				c.Value = text
			default:
				return nil, fmt.Errorf("config.%s has the unknown key %q", path, key)
			}
		}
		switch c.Type {
		case "header", "query", "cookie":
			if c.Key == "" {
				return nil, fmt.Errorf("config.%s needs a key", path)
			}
		case "host":
			if c.Value == "" {
				return nil, fmt.Errorf("config.%s needs a value", path)
			}
		default:
			return nil, fmt.Errorf("config.%s.type must be header, query, cookie or host, not %q", path, c.Type)
		}
		out = append(out, c)
	}
	return out, nil
}

// stringList reads a string or a list of strings.
func stringList(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// middlewareEntry is the source of the entry module. Which of its exports is the
// function is decided when it runs.
func (b *build) middlewareEntry() string {
	from := quoteJS(filepath.ToSlash(filepath.Join(b.dir, filepath.FromSlash(b.opt.Middleware.File))))
	return "export * from " + from + ";\nimport * as all from " + from + ";\nexport default all.default;\n"
}
