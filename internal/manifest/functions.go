package manifest

import (
	"strings"

	"github.com/onwardjs/onward/internal/route"
)

// edgeFunction is one function of the edge runtime in middleware-manifest.json.
type edgeFunction struct {
	Files    []string          `json:"files"`
	Name     string            `json:"name"`
	Page     string            `json:"page"`
	Matchers []functionMatcher `json:"matchers"`
	Wasm     []object          `json:"wasm"`
	Assets   []object          `json:"assets"`
	Regions  any               `json:"regions,omitempty"` // a string or a list
	Env      object            `json:"env"`
}

type functionMatcher struct {
	Regexp   string `json:"regexp"`
	Original string `json:"originalSource"`
	Has      any    `json:"has,omitempty"`
	Missing  any    `json:"missing,omitempty"`
}

// everything is the matcher of middleware without matchers.
var everything = functionMatcher{Regexp: "^/.*$", Original: "/:path*"}

func (g *Middleware) matchers() []functionMatcher {
	if len(g.Matchers) == 0 {
		return []functionMatcher{everything}
	}
	out := make([]functionMatcher, len(g.Matchers))
	for i, m := range g.Matchers {
		out[i] = functionMatcher{Regexp: m.Regexp, Original: m.Source}
		if len(m.Has) > 0 {
			out[i].Has = m.Has
		}
		if len(m.Missing) > 0 {
			out[i].Missing = m.Missing
		}
	}
	return out
}

// middlewareFile is server/middleware-manifest.json: what runs in the edge runtime.
func middlewareFile(m *Manifest) (middlewareManifest, error) {
	out := middlewareManifest{3, object{}, object{}, []string{}}
	if g := m.Middleware; g != nil && g.Edge {
		out.Middleware["/"] = edgeFunction{
			Files: []string{m.Runtime.Script, g.Module}, Name: "middleware", Page: "/", Matchers: g.matchers(),
			Wasm: []object{}, Assets: []object{}, Regions: regions(g.Regions), Env: object{},
		}
		out.SortedMiddleware = []string{"/"}
	}
	for i := range m.Pages {
		p := &m.Pages[i]
		if !p.Edge {
			continue
		}
		pattern, err := route.Regex(p.Route)
		if err != nil {
			return out, err
		}
		out.Functions[p.Route] = edgeFunction{
			Files: []string{m.Runtime.Script, p.Module}, Name: strings.TrimSuffix(strings.TrimPrefix(p.Module, "server/"), ".js"), Page: p.Route,
			Matchers: []functionMatcher{{Regexp: pattern.Regex, Original: p.Route}},
			Wasm:     []object{}, Assets: []object{}, Regions: regions(p.Regions), Env: object{},
		}
	}
	return out, nil
}

func regions(list []string) any {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}

// functionsFile is server/functions-config-manifest.json: what hosts are to know of
// routes, and middleware of the Node.js runtime.
func functionsFile(m *Manifest) functionsConfig {
	out := functionsConfig{1, object{}}
	for i := range m.Pages {
		p := &m.Pages[i]
		if p.MaxDuration > 0 {
			out.Functions[p.Route] = object{"maxDuration": p.MaxDuration}
		} else if p.Edge {
			out.Functions[p.Route] = object{}
		}
	}
	if g := m.Middleware; g != nil && !g.Edge {
		out.Functions["/_middleware"] = object{"runtime": "nodejs", "matchers": g.matchers()}
	}
	return out
}
