package manifest

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/route"
)

// DevelopmentID is the build id of an app in development.
const DevelopmentID = "development"

// DevelopmentFiles are the files below _next/static/development/ by name. They are
// made anew when pages come and go.
func DevelopmentFiles(m *Manifest) map[string][]byte {
	files := map[string][]byte{
		"_buildManifest.js": append(append([]byte("self.__BUILD_MANIFEST="), DevelopmentPages(m)...),
			";self.__BUILD_MANIFEST_CB&&self.__BUILD_MANIFEST_CB()"...),
		// Nothing is prefetched in development.
		"_ssgManifest.js":        []byte("self.__SSG_MANIFEST=new Set;self.__SSG_MANIFEST_CB&&self.__SSG_MANIFEST_CB()"),
		"_devPagesManifest.json": devPages(m),
	}
	matchers := []byte("[]")
	if m.Middleware != nil {
		matchers = matcherList(m.Middleware)
	}
	files["_devMiddlewareManifest.json"], files["_clientMiddlewareManifest.js"] = matchers, matchersScript(matchers)
	return files
}

// DevelopmentPages is the content of _buildManifest.js in development, a JSON object:
// each page with the script that it is loaded by, the rewrites, and all routes in
// order of precedence.
func DevelopmentPages(m *Manifest) []byte {
	out := object{"__rewrites": json.RawMessage(clientRewrites(m.Config))}
	routes := make([]string, 0, len(m.Pages)+2)
	for i := range m.Pages {
		routes = append(routes, m.Pages[i].Route)
	}
	for _, r := range []string{"/_app", "/_error"} {
		if !slices.Contains(routes, r) {
			routes = append(routes, r)
		}
	}
	routes = slices.DeleteFunc(routes, func(r string) bool { return r == "/_document" })
	for _, r := range routes {
		if r != "/_app" && !route.IsAPI(r) {
			out[r] = []string{developmentScript(r)}
		}
	}
	out["sortedPages"] = route.SortPages(routes)
	b, _ := json.Marshal(out) // strings always marshal
	return b
}

// developmentScript is the script of a page in development, relative to _next/.
func developmentScript(pageRoute string) string {
	name := pageRoute[1:]
	switch {
	case name == "":
		name = "index"
	case name == "index" || strings.HasPrefix(name, "index/"):
		name = "index/" + name
	}
	return "static/chunks/pages/" + name + ".js"
}

// devPages is _devPagesManifest.json: every route that has a file.
func devPages(m *Manifest) []byte {
	pages := []string{}
	for i := range m.Pages {
		if m.Pages[i].Module != "" {
			pages = append(pages, m.Pages[i].Route)
		}
	}
	slices.Sort(pages)
	b, _ := json.Marshal(map[string][]string{"pages": pages}) // strings always marshal
	return b
}
