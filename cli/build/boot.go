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

func (b *build) boot() boot {
	c := b.config
	out := boot{
		BuildID:            b.id,
		AssetPrefix:        c.AssetPrefix,
		BasePath:           c.BasePath,
		TrailingSlash:      c.TrailingSlash,
		ReactStrictMode:    c.ReactStrictMode,
		CrossOrigin:        c.CrossOrigin,
		DeploymentID:       c.DeploymentID,
		I18n:               c.I18n,
		Images:             c.Images,
		Pages:              make(map[string]bootPage, len(b.compiled.Pages)),
		MainScripts:        list(b.compiled.MainScripts),
		MainPreload:        list(b.compiled.MainPreload),
		ManifestScripts:    []string{"static/" + b.id + "/_buildManifest.js", "static/" + b.id + "/_ssgManifest.js"},
		Polyfills:          []string{},
		LargePageDataBytes: c.LargePageDataBytes,
		RawMiddlewareURL:   c.SkipProxyURLNormalize,
		Experiments:        compile.ClientExperiments(c),
	}
	if g := b.compiled.Middleware; g != nil {
		out.Middleware = &bootMiddleware{g.Module, g.Source, g.Proxy}
		out.ManifestScripts = append(out.ManifestScripts, "static/"+b.id+"/_clientMiddlewareManifest.js")
	}
	for route, p := range b.compiled.Pages {
		page := bootPage{File: p.Module, Scripts: list(p.Scripts), Preload: list(p.Preload), Styles: list(p.Styles), Fonts: p.Fonts}
		if len(p.Dynamic) > 0 {
			page.Dynamic = make(map[string]bootAssets, len(p.Dynamic))
			for id, a := range p.Dynamic {
				page.Dynamic[id] = bootAssets{list(a.Scripts), list(a.Styles)}
			}
		}
		out.Pages[route] = page
	}
	return out
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
		Rules:     rules.Describe(b.config),
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
