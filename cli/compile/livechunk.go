package compile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// LiveFile is a file that browsers load.
type LiveFile struct {
	Data []byte
	// Type is the Content-Type.
	Type string
	// Tag changes with the content; it is fit for an ETag, without quotes.
	Tag string
}

const (
	mainChunk = "static/chunks/main.js"
	// clientChunk is the development client alone, for documents that show errors.
	clientChunk = "static/chunks/dev.js"
	clientFile  = "dist/dev.js"
)

func pageChunk(pattern string) string { return "static/chunks/pages/" + pagePath(pattern) + ".js" }

func lazyChunk(id string) string { return "static/chunks/lazy/" + escape(id) + ".js" }

// MainScripts are what every page loads before its own scripts, relative to /_next/.
func (l *Live) MainScripts() []string { return []string{mainChunk} }

// File makes the browser file that has a name below /_next/, such as
// "static/chunks/pages/index.js"; nil when there is none. The error is diag.Errors,
// or that of ctx.
func (l *Live) File(ctx context.Context, name string) (*LiveFile, error) {
	l.life.RLock()
	defer l.life.RUnlock()
	if data, ok := l.media.get(name); ok {
		return liveFile(name, data), nil
	}
	if id, ok := strings.CutPrefix(name, "static/css/"); ok {
		return l.styleFile(id)
	}
	script, isMap := strings.CutSuffix(name, ".map")
	c, err := l.chunk(ctx, script)
	if c == nil || err != nil {
		return nil, err
	}
	if isMap {
		return liveFile(name, c.sourceMap()), nil
	}
	return liveFile(name, c.text()), nil
}

func (l *Live) styleFile(name string) (*LiveFile, error) {
	id, ok := strings.CutSuffix(name, ".css")
	if !ok {
		return nil, nil
	}
	id = unescape(id)
	l.styles.mu.Lock()
	known := l.styles.list[id] != nil
	l.styles.mu.Unlock()
	if !known {
		return nil, nil
	}
	s := l.styles.get(id)
	if s.css == nil && len(s.problems) > 0 {
		return nil, s.problems
	}
	return liveFile(name, s.css), nil
}

func liveFile(name string, data []byte) *LiveFile {
	sum := sha256.Sum256(data)
	kind := mime.TypeByExtension(path.Ext(name))
	switch path.Ext(name) {
	case ".js":
		kind = "application/javascript; charset=UTF-8"
	case ".css":
		kind = "text/css; charset=UTF-8"
	case ".map":
		kind = "application/json; charset=UTF-8"
	case "":
		kind = "application/octet-stream"
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	return &LiveFile{Data: data, Type: kind, Tag: hex.EncodeToString(sum[:10])}
}

// chunk is a script for browsers: modules, and what to do once they are defined.
type chunk struct {
	l       *Live
	name    string
	client  []byte // text before the modules
	modules []*module
	after   string
}

// chunk gathers what a script consists of; nil when there is none of that name.
func (l *Live) chunk(ctx context.Context, name string) (*chunk, error) {
	g := l.graphs[Browser]
	c := &chunk{l: l, name: name}
	switch {
	case name == clientChunk || name == mainChunk:
		data, err := l.runtimeFile(clientFile)
		if err != nil {
			return nil, err
		}
		c.client = data
		if name == clientChunk {
			return c, nil
		}
		roots := l.mainRoots()
		if err := g.compileAll(ctx, roots); err != nil {
			return nil, err
		}
		c.modules = g.reach(roots, false)
		c.after = "__onward.start(" + quoteJS(roots[len(roots)-1].id) + ");\n"
		return c, nil
	case strings.HasPrefix(name, "static/chunks/pages/"):
		pattern, ok := l.chunkRoute(name)
		if !ok {
			return nil, nil
		}
		if err := l.need(ctx, Browser, pattern); err != nil && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		root, err := l.root(Browser, pattern)
		if err != nil {
			return nil, nil
		}
		reached := g.reach([]*module{root}, false)
		c.modules = g.without(reached, l.always(ctx, pattern))
		c.after = "__onward.page(" + quoteJS(pattern) + ", {module: " + quoteJS(root.id) + ", styles: " + l.hrefs(reached) + "});\n"
		return c, nil
	}
	id, lazy := strings.CutPrefix(name, "static/chunks/lazy/")
	id, script := strings.CutSuffix(id, ".js")
	if !lazy || !script {
		return nil, nil
	}
	root := g.known(unescape(id))
	if root == nil {
		return nil, nil
	}
	if err := g.compileAll(ctx, []*module{root}); err != nil {
		return nil, err
	}
	reached := g.reach([]*module{root}, false)
	c.modules = g.without(reached, l.always(ctx, ""))
	c.after = "__onward.lazy(" + quoteJS(root.id) + ", " + l.hrefs(reached) + ");\n"
	return c, nil
}

// mainRoots are the modules that the main chunk runs; the last one starts the page.
func (l *Live) mainRoots() []*module {
	g := l.graphs[Browser]
	roots := []*module{g.module(liveNamespace, helperPath)}
	if l.b.clientInstrumentation() != "" {
		return append(roots, g.module(liveNamespace, startPath))
	}
	return append(roots, g.module(runtimeNamespace, mainModule))
}

// startModule runs instrumentation-client before anything else.
func (l *Live) startModule() string {
	return "import " + quoteJS(filepath.ToSlash(l.b.clientInstrumentation())) + ";\nimport " + quoteJS(mainEntry) + ";\n"
}

// always are the modules that a browser surely has before it runs the chunk of a
// page: those of main, and of _app but for its own chunk.
func (l *Live) always(ctx context.Context, pattern string) map[*module]bool {
	g := l.graphs[Browser]
	roots := l.mainRoots()
	if pattern != "/_app" {
		if app, err := l.root(Browser, "/_app"); err == nil {
			roots = append(roots, app)
		}
	}
	all := map[*module]bool{}
	if g.compileAll(ctx, roots) != nil {
		return all
	}
	for _, m := range g.reach(roots, false) {
		all[m] = true
	}
	return all
}

func (g *graph) without(list []*module, gone map[*module]bool) []*module {
	return slices.DeleteFunc(slices.Clone(list), func(m *module) bool { return gone[m] })
}

// chunkRoute is the route whose chunk has a name.
func (l *Live) chunkRoute(name string) (string, bool) {
	for _, p := range l.b.pages() {
		if !p.API && p.Route != "/_document" && pageChunk(p.Route) == name {
			return p.Route, true
		}
	}
	return "", false
}

// hrefs are the URLs of the style sheets of modules, as JSON.
func (l *Live) hrefs(modules []*module) string {
	var out strings.Builder
	out.WriteByte('[')
	for i, s := range l.styles.files(modules) {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(quoteJS(l.b.assetPrefix() + "/_next/" + s))
	}
	out.WriteByte(']')
	return out.String()
}

const defineBegin = "__onward.define({\n"

// head begins a module's entry in a chunk, on one line.
func (c *compiled) head(id string) string {
	return quoteJS(id) + ": {version: " + strconv.Itoa(c.version) + ", imports: " + c.importList() + ", run: function(module, exports, require) {\n"
}

const moduleEnd = "}},\n"

// importList is the ids that a module requires when it runs, as JSON.
func (c *compiled) importList() string {
	var out strings.Builder
	out.WriteByte('[')
	seen := map[string]bool{}
	for _, e := range c.imports {
		if e.id == "" || e.dynamic || seen[e.id] {
			continue
		}
		if len(seen) > 0 {
			out.WriteByte(',')
		}
		seen[e.id] = true
		out.WriteString(quoteJS(e.id))
	}
	out.WriteByte(']')
	return out.String()
}

// body is the code of a browser module. One that could not be compiled throws when it
// runs.
func (c *compiled) body() string {
	if c.code != "" {
		return c.code
	}
	text := "this module could not be compiled"
	if len(c.problems) > 0 {
		text = c.problems[0].Error()
	}
	return "throw new Error(" + quoteJS(text) + ");\n"
}

func (c *chunk) text() []byte {
	var out bytes.Buffer
	out.Write(c.client)
	if len(c.client) > 0 && c.client[len(c.client)-1] != '\n' {
		out.WriteByte('\n')
	}
	if c.name != clientChunk {
		out.WriteString(defineBegin)
		for _, m := range c.modules {
			made := m.get()
			out.WriteString(made.head(m.id))
			code := made.body()
			out.WriteString(code)
			if !strings.HasSuffix(code, "\n") {
				out.WriteByte('\n')
			}
			out.WriteString(moduleEnd)
		}
		out.WriteString("});\n")
		out.WriteString(c.after)
		out.WriteString("//# sourceMappingURL=" + path.Base(c.name) + ".map\n")
	}
	return out.Bytes()
}

// sourceMap is an index map: a section for each module. Debuggers step over what is
// not the app's own.
func (c *chunk) sourceMap() []byte {
	var out bytes.Buffer
	out.WriteString(`{"version":3,"sections":[`)
	first := true
	section := func(line int, sourceMap []byte) {
		if !first {
			out.WriteByte(',')
		}
		first = false
		out.WriteString(`{"offset":{"line":` + strconv.Itoa(line) + `,"column":0},"map":`)
		out.Write(sourceMap)
		out.WriteByte('}')
	}
	line := bytes.Count(c.client, []byte("\n"))
	if n := len(c.client); n > 0 {
		if c.client[n-1] != '\n' {
			line++
		}
		section(0, foreignMap("onward:dev.js", string(c.client)))
	}
	line++ // defineBegin
	for _, m := range c.modules {
		made := m.get()
		line++
		code := made.body()
		if made.mappings != "" {
			section(line, c.l.browserMap(m, made, ""))
		} else {
			section(line, foreignMap(m.id, code))
		}
		line += strings.Count(code, "\n") + 1
		if !strings.HasSuffix(code, "\n") {
			line++
		}
	}
	out.WriteString("]}")
	return out.Bytes()
}

// foreignMap leads each line of a text to itself, and says that nobody wants to step
// into it.
func foreignMap(id, text string) []byte {
	var out bytes.Buffer
	out.WriteString(`{"version":3,"sources":[` + quoteJS("webpack-internal:///"+id) + `],"sourcesContent":[` + quoteJS(text) + `],"ignoreList":[0],"names":[],"mappings":"AAAA`)
	for range strings.Count(text, "\n") {
		out.WriteString(";AACA")
	}
	out.WriteString(`"}`)
	return out.Bytes()
}

// browserMap is the map of one module, with its source. lines is a semicolon for each
// line that stands before its code.
func (l *Live) browserMap(m *module, c *compiled, lines string) []byte {
	text, _ := readText(m.path) // an empty one says enough
	return []byte(`{"version":3,"sources":[` + quoteJS("onward:///"+m.id) + `],"sourcesContent":[` + quoteJS(text) +
		`],"names":` + c.nameList() + `,"mappings":` + quoteJS(lines+c.mappings) + `}`)
}
