package build

import (
	"encoding/json"

	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/rules"
)

// boot is what every engine worker is told once: Boot of
// runtime/server/protocol.ts. dir and distDir are added where it is used, so that
// a build may be moved.
type boot struct {
	BuildID            string              `json:"buildId"`
	Dev                bool                `json:"dev"`
	AssetPrefix        string              `json:"assetPrefix"`
	BasePath           string              `json:"basePath"`
	TrailingSlash      bool                `json:"trailingSlash"`
	ReactStrictMode    bool                `json:"reactStrictMode"`
	CrossOrigin        string              `json:"crossOrigin,omitempty"`
	DeploymentID       string              `json:"deploymentId,omitempty"`
	I18n               *config.I18n        `json:"i18n,omitempty"`
	Images             config.Images       `json:"images"`
	Pages              map[string]bootPage `json:"pages"`
	MainScripts        []string            `json:"mainScripts"`
	MainPreload        []string            `json:"mainPreload"`
	ManifestScripts    []string            `json:"manifestScripts"`
	Polyfills          []string            `json:"polyfills"`
	LargePageDataBytes int                 `json:"largePageDataBytes"`
	Middleware         *bootMiddleware     `json:"middleware,omitempty"`
	RawMiddlewareURL   bool                `json:"rawMiddlewareUrl,omitempty"`
	// Experiments are for next/* modules.
	Experiments     map[string]json.RawMessage `json:"experiments,omitempty"`
	Instrumentation string                     `json:"instrumentation,omitempty"`
}

type bootMiddleware struct {
	File   string `json:"file"`
	Source string `json:"source"`
	Proxy  bool   `json:"proxy"`
}

type bootPage struct {
	// File is relative to the output folder.
	File    string                `json:"file"`
	Scripts []string              `json:"scripts"`
	Preload []string              `json:"preload"`
	Styles  []string              `json:"styles"`
	Fonts   []string              `json:"fonts,omitzero"`
	Dynamic map[string]bootAssets `json:"dynamic,omitempty"`
}

type bootAssets struct {
	Scripts []string `json:"scripts"`
	Styles  []string `json:"styles"`
}

// Compiled is what the boot document says of the compiled app.
type Compiled struct {
	BuildID string
	// Pages by route. In development there are none: what a page needs is told when
	// it is asked for (LivePage).
	Pages                    map[string]*compile.Page
	MainScripts, MainPreload []string
	// Middleware is nil when the app has none, Instrumentation the module of its
	// instrumentation file, empty for none.
	Middleware      *compile.Middleware
	Instrumentation string
}

// Boot is the document that workers boot with; render.Boot completes it.
func (p *Project) Boot(made Compiled) ([]byte, error) { return json.Marshal(p.boot(made)) }

func (b *build) compiledApp() Compiled {
	return Compiled{
		BuildID: b.id, Pages: b.compiled.Pages, MainScripts: b.compiled.MainScripts, MainPreload: b.compiled.MainPreload,
		Middleware: b.compiled.Middleware,
	}
}

func (p *Project) boot(made Compiled) boot {
	c := p.Config
	out := boot{
		BuildID:            made.BuildID,
		Dev:                p.development(),
		AssetPrefix:        c.AssetPrefix,
		BasePath:           c.BasePath,
		TrailingSlash:      c.TrailingSlash,
		ReactStrictMode:    c.ReactStrictMode,
		CrossOrigin:        c.CrossOrigin,
		DeploymentID:       c.DeploymentID,
		I18n:               c.I18n,
		Images:             c.Images,
		Pages:              make(map[string]bootPage, len(made.Pages)),
		MainScripts:        list(made.MainScripts),
		MainPreload:        list(made.MainPreload),
		ManifestScripts:    []string{"static/" + made.BuildID + "/_buildManifest.js", "static/" + made.BuildID + "/_ssgManifest.js"},
		Polyfills:          []string{},
		LargePageDataBytes: c.LargePageDataBytes,
		RawMiddlewareURL:   c.SkipProxyURLNormalize,
		Experiments:        compile.ClientExperiments(c),
		Instrumentation:    made.Instrumentation,
	}
	if g := made.Middleware; g != nil {
		out.Middleware = &bootMiddleware{g.Module, g.Source, g.Proxy}
		out.ManifestScripts = append(out.ManifestScripts, "static/"+made.BuildID+"/_clientMiddlewareManifest.js")
	}
	for route, page := range made.Pages {
		out.Pages[route] = bootPageOf(page)
	}
	return out
}

func bootPageOf(p *compile.Page) bootPage {
	page := bootPage{File: p.Module, Scripts: list(p.Scripts), Preload: list(p.Preload), Styles: list(p.Styles), Fonts: p.Fonts}
	if len(p.Dynamic) > 0 {
		page.Dynamic = make(map[string]bootAssets, len(p.Dynamic))
		for id, a := range p.Dynamic {
			page.Dynamic[id] = bootAssets{list(a.Scripts), list(a.Styles)}
		}
	}
	return page
}

// LiveFile is the name, in the output folder of development, that the runtime asks
// Load for before it uses a page: "?since=<generation>&route=<route>" follows, the
// route percent-encoded.
const LiveFile = "live.json"

// LiveAnswer is the source that Load gives for LiveFile: how many times the app has
// changed (from 1 on), the server modules to forget that changed after the generation
// that was asked for (nil: all of them), and what the page needs (nil: there is no
// such page).
func LiveAnswer(generation int, forget []string, page *compile.Page, guard *compile.Middleware) ([]byte, error) {
	answer := struct {
		Generation int             `json:"generation"`
		Forget     []string        `json:"forget"`
		Page       *bootPage       `json:"page,omitempty"`
		Middleware *bootMiddleware `json:"middleware,omitempty"`
	}{Generation: generation, Forget: forget}
	if page != nil {
		p := bootPageOf(page)
		answer.Page = &p
	}
	if guard != nil {
		answer.Middleware = &bootMiddleware{guard.Module, guard.Source, guard.Proxy}
	}
	return json.Marshal(answer)
}

// list makes nil an empty JSON array.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// clientFiles is what the manifests say about the browser's files.
func (b *build) clientFiles() manifest.Client {
	client := manifest.Client{
		Dir:       b.Dir,
		Rules:     rules.Describe(b.Config),
		Main:      append(list(b.compiled.MainPreload), b.compiled.MainScripts...),
		NextImage: b.compiled.NextImage,
		Pages:     make(map[string]manifest.ClientPage, len(b.compiled.Pages)),
	}
	for route, p := range b.compiled.Pages {
		if len(p.Scripts) > 0 {
			client.Pages[route] = manifest.ClientPage{Scripts: p.Scripts, Preload: p.Preload, Styles: p.Styles}
		}
	}
	return client
}
