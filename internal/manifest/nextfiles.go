package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
)

// object is a JSON object whose members Go writes in order of their names.
type object = map[string]any

// nextFiles makes the files that tools of the Next.js world look for. Nothing in
// Onward reads them.
func nextFiles(dir string, m *Manifest, client *Client) ([]file, error) {
	build := "static/" + m.BuildID
	middleware, err := middlewareFile(m)
	if err != nil {
		return nil, err
	}
	jsonFiles := []struct {
		name string
		v    any
	}{
		{"package.json", object{"type": "commonjs"}},
		{"build-manifest.json", buildManifest(m, client)},
		{"prerender-manifest.json", prerenderManifest(m)},
		{"images-manifest.json", imagesManifest(m.Config)},
		{"export-marker.json", exportMarker{1, false, m.Config.TrailingSlash, client.NextImage}},
		{"server/pages-manifest.json", pagesManifest(m)},
		{"server/middleware-manifest.json", middleware},
		{"server/functions-config-manifest.json", functionsFile(m)},
		{"server/preview-props.json", m.Preview},
	}
	routes, err := routesManifest(m, &client.Rules)
	if err != nil {
		return nil, err
	}
	jsonFiles = append(jsonFiles, struct {
		name string
		v    any
	}{"routes-manifest.json", routes})
	files := []file{
		{"BUILD_ID", []byte(m.BuildID)},
		{build + "/_buildManifest.js", clientManifest(m, client)},
		{build + "/_ssgManifest.js", ssgManifest(m)},
	}
	if m.Middleware != nil {
		files = append(files, file{build + "/_clientMiddlewareManifest.js", middlewareMatchers(m.Middleware)})
	}
	for _, f := range jsonFiles {
		b, err := marshalIndent(f.v)
		if err != nil {
			return nil, err
		}
		files = append(files, file{f.name, b})
	}
	required, err := marshalIndent(requiredFiles(m, client, files))
	if err != nil {
		return nil, err
	}
	return append(files, file{"required-server-files.json", required}), nil
}

type exportMarker struct {
	Version             int  `json:"version"`
	HasExportPathMap    bool `json:"hasExportPathMap"`
	ExportTrailingSlash bool `json:"exportTrailingSlash"`
	IsNextImageImported bool `json:"isNextImageImported"`
}

type middlewareManifest struct {
	Version          int      `json:"version"`
	Middleware       object   `json:"middleware"`
	Functions        object   `json:"functions"`
	SortedMiddleware []string `json:"sortedMiddleware"`
}

type functionsConfig struct {
	Version   int    `json:"version"`
	Functions object `json:"functions"`
}

type buildFiles struct {
	PolyfillFiles     []string            `json:"polyfillFiles"`
	DevFiles          []string            `json:"devFiles"`
	LowPriorityFiles  []string            `json:"lowPriorityFiles"`
	RootMainFiles     []string            `json:"rootMainFiles"`
	RootMainFilesTree object              `json:"rootMainFilesTree"`
	Pages             map[string][]string `json:"pages"`
}

func buildManifest(m *Manifest, client *Client) buildFiles {
	pages := make(map[string][]string, len(client.Pages))
	for r, p := range client.Pages {
		if route.IsAPI(r) || r == "/_document" {
			continue
		}
		pages[r] = unique(client.Main, p.files())
	}
	build := "static/" + m.BuildID
	return buildFiles{
		PolyfillFiles:     append([]string{}, client.Polyfills...),
		DevFiles:          []string{},
		LowPriorityFiles:  []string{build + "/_buildManifest.js", build + "/_ssgManifest.js"},
		RootMainFiles:     []string{},
		RootMainFilesTree: object{},
		Pages:             pages,
	}
}

func unique(lists ...[]string) []string {
	out := []string{}
	for _, list := range lists {
		for _, s := range list {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// clientManifest is _buildManifest.js: what the client router loads for a page.
func clientManifest(m *Manifest, client *Client) []byte {
	var routes []string
	for r := range client.Pages {
		if !route.IsAPI(r) && r != "/_document" {
			routes = append(routes, r)
		}
	}
	// The router has to know API routes: a page that catches all does not have them.
	for i := range m.Pages {
		if r := m.Pages[i].Route; route.IsAPI(r) {
			routes = append(routes, r)
		}
	}
	routes = route.SortPages(routes)
	b := append([]byte(`self.__BUILD_MANIFEST={__rewrites:`), clientRewrites(m.Config)...)
	b = append(b, ',')
	for _, r := range routes {
		if r == "/_app" || route.IsAPI(r) {
			continue // /_app comes with every document, API routes with none
		}
		b = appendScriptString(b, r)
		b = append(b, ':')
		b = appendStrings(b, unique(client.Pages[r].files()))
		b = append(b, ',')
	}
	b = append(b, "sortedPages:"...)
	b = appendStrings(b, routes)
	return append(b, "};self.__BUILD_MANIFEST_CB&&self.__BUILD_MANIFEST_CB()"...)
}

// clientRewrites are the rewrites as next.config has them, base path and locale left
// to the router. A destination outside of the app is not told: what matters to the
// router is that the server has to be asked.
func clientRewrites(c *config.Config) []byte {
	type rewrite struct {
		Source      string             `json:"source"`
		Has         []config.Condition `json:"has,omitempty"`
		Missing     []config.Condition `json:"missing,omitempty"`
		Destination string             `json:"destination,omitempty"`
		BasePath    *bool              `json:"basePath,omitempty"`
		Locale      *bool              `json:"locale,omitempty"`
	}
	off := new(bool)
	list := func(from []config.Rewrite) []rewrite {
		out := make([]rewrite, len(from))
		for i, r := range from {
			out[i] = rewrite{Source: r.Source, Has: r.Has, Missing: r.Missing}
			if strings.HasPrefix(r.Destination, "/") {
				out[i].Destination = r.Destination
			}
			if r.NoBasePath {
				out[i].BasePath = off
			}
			if r.NoLocale && c.I18n != nil {
				out[i].Locale = off
			}
		}
		return out
	}
	var all config.Rewrites
	if c != nil {
		all = c.Rewrites
	}
	b, _ := json.Marshal(map[string][]rewrite{ // strings always marshal
		"beforeFiles": list(all.BeforeFiles), "afterFiles": list(all.AfterFiles), "fallback": list(all.Fallback),
	})
	return b
}

// middlewareMatchers is _clientMiddlewareManifest.js: the addresses for which the
// router asks the server what they show.
func middlewareMatchers(g *Middleware) []byte { return matchersScript(matcherList(g)) }

func matchersScript(list []byte) []byte {
	return append(append([]byte("self.__MIDDLEWARE_MATCHERS="), list...), ";self.__MIDDLEWARE_MATCHERS_CB&&self.__MIDDLEWARE_MATCHERS_CB()"...)
}

// matcherList is what the router knows of the matchers, as JSON.
func matcherList(g *Middleware) []byte {
	type matcher struct {
		Regexp         string `json:"regexp"`
		OriginalSource string `json:"originalSource"`
	}
	list := []matcher{}
	for _, m := range g.Matchers {
		list = append(list, matcher{m.Regexp, m.Source})
	}
	if len(list) == 0 {
		list = append(list, matcher{"^/.*$", "/:path*"})
	}
	b, _ := json.Marshal(list) // strings always marshal
	return b
}

// ssgManifest is _ssgManifest.js: the pages whose data a link may prefetch.
func ssgManifest(m *Manifest) []byte {
	var routes []string
	for i := range m.Pages {
		if m.Pages[i].Kind == SSG {
			routes = append(routes, m.Pages[i].Route)
		}
	}
	slices.Sort(routes)
	set := appendStrings(nil, routes)
	set = bytes.ReplaceAll(set, []byte("/"), []byte(`\u002F`))
	return append(append([]byte("self.__SSG_MANIFEST=new Set("), set...), ");self.__SSG_MANIFEST_CB&&self.__SSG_MANIFEST_CB()"...)
}

func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendScriptString(b, s)
	}
	return append(b, ']')
}

// appendScriptString appends s as a string of a script that may be read in any
// character set: ASCII only.
func appendScriptString(b []byte, s string) []byte {
	from := len(b)
	b = route.AppendJSONString(b, s)
	if isASCII(b[from:]) {
		return b
	}
	text := string(b[from:])
	b = b[:from]
	for _, r := range text {
		switch {
		case r < 0x80:
			b = append(b, byte(r))
		case r < 0x10000:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		}
	}
	return b
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// pagesManifest maps each page to its file below server/.
func pagesManifest(m *Manifest) map[string]string {
	out := make(map[string]string, len(m.Pages))
	for i := range m.Pages {
		p := &m.Pages[i]
		f := p.Module
		if p.Route == "/500" && f == "" && p.Localized == nil {
			continue // the last resort, which is no page
		}
		if p.Kind == Static && len(p.Localized) > 0 {
			for locale, html := range p.Localized {
				if rel, ok := strings.CutPrefix(html, "server/"); ok {
					out[Key(locale, p.Route)] = rel
				}
			}
			continue
		}
		if p.Kind == Static && p.HTML != "" {
			f = p.HTML
		}
		if rel, ok := strings.CutPrefix(f, "server/"); ok {
			out[p.Route] = rel
		}
	}
	return out
}

type requiredServerFiles struct {
	Version        int            `json:"version"`
	Config         *config.Config `json:"config"`
	AppDir         string         `json:"appDir"`
	RelativeAppDir string         `json:"relativeAppDir"`
	Files          []string       `json:"files"`
	Ignore         []string       `json:"ignore"`
}

// requiredFiles lists what a server needs of the build beside pages and static
// files.
func requiredFiles(m *Manifest, client *Client, written []file) requiredServerFiles {
	dist := filepath.ToSlash(m.Config.DistDir)
	out := requiredServerFiles{Version: 1, Config: m.Config, AppDir: client.Dir, Files: []string{dist + "/" + File}, Ignore: []string{}}
	add := func(name string) {
		if name != "" {
			out.Files = append(out.Files, dist+"/"+name)
		}
	}
	add(m.Runtime.Script)
	add(m.Runtime.Snapshot)
	for _, f := range written {
		if !strings.HasPrefix(f.name, "static/") {
			add(f.name)
		}
	}
	add("required-server-files.json")
	slices.Sort(out.Files)
	return out
}

type imageConfig struct {
	config.Images
	Sizes          []int          `json:"sizes"`
	LocalPatterns  []imagePattern `json:"localPatterns"`
	RemotePatterns []imagePattern `json:"remotePatterns"`
}

// imagePattern is a pattern whose globs are regular expressions.
type imagePattern struct {
	Protocol string  `json:"protocol,omitempty"`
	Hostname string  `json:"hostname,omitempty"`
	Port     *string `json:"port,omitempty"`
	Pathname string  `json:"pathname,omitempty"`
	Search   *string `json:"search,omitempty"`
}

func imagesManifest(c *config.Config) any {
	out := imageConfig{
		Images:         c.Images,
		Sizes:          slices.Concat(c.Images.DeviceSizes, c.Images.ImageSizes),
		LocalPatterns:  []imagePattern{},
		RemotePatterns: []imagePattern{},
	}
	for _, p := range c.Images.LocalPatterns {
		out.LocalPatterns = append(out.LocalPatterns, imagePattern{Pathname: globRegex(p.Pathname), Search: p.Search})
	}
	for _, p := range c.Images.RemotePatterns {
		out.RemotePatterns = append(out.RemotePatterns, imagePattern{p.Protocol, globRegex(p.Hostname), p.Port, globRegex(p.Pathname), p.Search})
	}
	return struct {
		Version int         `json:"version"`
		Images  imageConfig `json:"images"`
	}{1, out}
}

// globRegex makes a JavaScript regular expression of a glob of which "*" matches
// within a segment and "**" across segments. An empty glob is "**".
func globRegex(glob string) string {
	if glob == "" {
		glob = "**"
	}
	var b strings.Builder
	b.WriteByte('^')
	for glob != "" {
		switch {
		case strings.HasPrefix(glob, "**"):
			b.WriteString(".*")
			glob = strings.TrimLeft(glob, "*")
		case glob[0] == '*':
			b.WriteString("[^/]*")
			glob = glob[1:]
		default:
			i := strings.IndexByte(glob, '*')
			if i < 0 {
				i = len(glob)
			}
			b.WriteString(route.EscapeRegex(glob[:i]))
			glob = glob[i:]
		}
	}
	b.WriteByte('$')
	return b.String()
}
