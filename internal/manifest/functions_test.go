package manifest

import (
	"encoding/json"
	"testing"

	"github.com/onwardjs/onward/internal/config"
)

func TestFunctionFiles(t *testing.T) {
	matchers := []Matcher{{Match: config.Match{Source: "/a", Has: []config.Condition{{Type: "header", Key: "x"}}}, Regexp: "^/a$"}}
	for _, test := range []struct {
		name, middleware, functions string
		m                           Manifest
	}{
		{"nothing", `{"version":3,"middleware":{},"functions":{},"sortedMiddleware":[]}`, `{"version":1,"functions":{}}`, Manifest{}},
		{
			"edge",
			`{"version":3,"middleware":{"/":{"files":["r.js","server/middleware.js"],"name":"middleware","page":"/","matchers":[{"regexp":"^/a$","originalSource":"/a","has":[{"type":"header","key":"x"}]}],"wasm":[],"assets":[],"regions":"iad1","env":{}}},` +
				`"functions":{"/api/[id]":{"files":["r.js","server/pages/api/[id].js"],"name":"pages/api/[id]","page":"/api/[id]","matchers":[{"regexp":"^/api/([^/]+?)(?:/)?$","originalSource":"/api/[id]"}],"wasm":[],"assets":[],"env":{}}},"sortedMiddleware":["/"]}`,
			`{"version":1,"functions":{"/api/[id]":{"maxDuration":5}}}`,
			Manifest{
				Runtime: Runtime{Script: "r.js"}, Middleware: &Middleware{Module: "server/middleware.js", Edge: true, Matchers: matchers, Regions: []string{"iad1"}},
				Pages: []Page{{Route: "/api/[id]", Module: "server/pages/api/[id].js", Kind: API, Edge: true, MaxDuration: 5}, {Route: "/b", Kind: SSR}},
			},
		},
		{
			"node", `{"version":3,"middleware":{},"functions":{},"sortedMiddleware":[]}`,
			`{"version":1,"functions":{"/_middleware":{"matchers":[{"regexp":"^/.*$","originalSource":"/:path*"}],"runtime":"nodejs"}}}`,
			Manifest{Middleware: &Middleware{Module: "server/middleware.js", Proxy: true}},
		},
	} {
		middleware, err := middlewareFile(&test.m)
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]any{{middleware, test.middleware}, {functionsFile(&test.m), test.functions}} {
			if got, err := json.Marshal(pair[0]); err != nil || string(got) != pair[1] {
				t.Errorf("%s: %s %v\nwant %s", test.name, got, err, pair[1])
			}
		}
	}
}
