package compile

import (
	"context"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// Original is a place in a source file.
type Original struct {
	// File is relative to the project, with slashes.
	File string
	// Line and Column count from 1, columns in UTF-16 units; 0 for files of packages.
	Line, Column int
	// Text of the file as it is now; empty when it cannot be read.
	Text string
}

// Original finds where code came from. url is the address of a browser script, as
// stack traces have it ("http://localhost:3000/_next/static/chunks/pages/index.js"), or
// the path of a server module; line and column count from 1.
func (l *Live) Original(url string, line, column int) (Original, bool) {
	l.life.RLock()
	defer l.life.RUnlock()
	if rest, ok := strings.CutPrefix(url, "onward-module:///"); ok {
		rest, _, _ = strings.Cut(rest, "?")
		g := l.graphs[Browser]
		return l.original(g, g.known(unescape(rest)), line-2, column)
	}
	if g, m := l.at(strings.TrimPrefix(url, "file://")); m != nil {
		return l.original(g, m, line-1, column)
	}
	_, name, ok := strings.Cut(url, "/_next/")
	if !ok {
		return Original{}, false
	}
	name, _, _ = strings.Cut(name, "?")
	c, err := l.chunk(context.Background(), decodeURL(name))
	if c == nil || err != nil || name == clientChunk {
		return Original{}, false
	}
	at := line - 1 - c.firstLine()
	for _, m := range c.modules {
		at-- // its head
		made := m.get()
		n := made.lines()
		if at < n {
			if at < 0 {
				return Original{}, false
			}
			return l.original(l.graphs[Browser], m, at, column)
		}
		at -= n + 1
	}
	return Original{}, false
}

// original maps a place in the code of one module; line counts from 0.
func (l *Live) original(g *graph, m *module, line, column int) (Original, bool) {
	if m == nil || m.namespace != "file" {
		return Original{}, false
	}
	if !g.own(m) {
		// The map of a large package takes long to make, and nobody edits it.
		return Original{File: l.b.report.show(m.path)}, true
	}
	parsed := g.placesOf(m)
	if parsed == nil {
		return Original{}, false
	}
	_, sourceLine, sourceColumn, ok := parsed.Lookup(line, column-1)
	if !ok {
		return Original{}, false
	}
	out := Original{File: l.b.report.show(m.path), Line: sourceLine + 1, Column: sourceColumn + 1}
	out.Text, _ = readText(m.path)
	return out, true
}

// decodeURL undoes percent encoding as far as it is right.
func decodeURL(name string) string {
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '%' && i+2 < len(name) {
			if v, err := strconv.ParseUint(name[i+1:i+3], 16, 8); err == nil {
				out.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		out.WriteByte(name[i])
	}
	return out.String()
}

// mostText is the largest source that is shown.
const mostText = 4 << 20

// readText reads a source file that is text.
func readText(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if len(data) > mostText {
		return "", nil
	}
	return strings.ToValidUTF8(string(data), string(utf8.RuneError)), nil
}

func itoa(n int) string { return strconv.Itoa(n) }

// pagePlugin makes the entry modules of server graphs: one for each route, for
// middleware and for instrumentation.
func (l *Live) pagePlugin() api.Plugin {
	return api.Plugin{Name: "live-pages", Setup: func(pb api.PluginBuild) {
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: pageNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			p := route.Page{Route: args.Path, API: true}
			switch args.Path {
			case middlewareRoute:
				if l.b.opt.Middleware == nil {
					return refuseLoad(diag.Errorf("module-not-found", "the app has no middleware")), nil
				}
				p.File = l.b.opt.Middleware.File
			case instrumentationRoute:
				p.File = l.b.opt.Hooks
			case cacheHandlerRoute:
				p.File = l.b.cacheHandlerFile(l.b.opt.Config.CacheHandler)
			default:
				var ok bool
				if p, ok = l.page(args.Path); !ok {
					return refuseLoad(diag.Errorf("module-not-found", "there is no page %s", args.Path)), nil
				}
			}
			from := quoteJS(l.b.pageModule(p))
			text := "export * from " + from + ";\nimport * as page from " + from + ";\nexport default page.default;\n"
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS, ResolveDir: l.b.dir}, nil
		})
	}}
}

// lines of a module's code in a chunk.
func (c *compiled) lines() int {
	code := c.body()
	n := strings.Count(code, "\n")
	if !strings.HasSuffix(code, "\n") {
		n++
	}
	return n
}

// firstLine is the line of a chunk that its first module begins at, from 0.
func (c *chunk) firstLine() int {
	n := strings.Count(string(c.client), "\n")
	if len(c.client) > 0 && c.client[len(c.client)-1] != '\n' {
		n++
	}
	return n + strings.Count(defineBegin, "\n")
}
