package build

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// page is one route on its way through the build.
type page struct {
	route.Page
	facts render.PageFacts
	kind  manifest.Kind
	// edge: it asks for the edge runtime, where pages are made for each request.
	edge bool
	// fallback and paths of a dynamic SSG page.
	fallback manifest.Fallback
	paths    []render.StaticPath
}

func (p *page) dynamic() bool { return strings.Contains(p.Route, "[") }

// collector loads every page in the engine and asks what it is.
type collector struct {
	engine engine.Engine
	*blamer
	pages []*page
	limit int
	i18n  *config.I18n // nil without i18n
	// trailingSlash: URLs end in a slash.
	trailingSlash bool
}

// locales are those that every page is made for; without i18n that is one, the
// empty one.
func (c *collector) locales() []string {
	if c.i18n == nil {
		return []string{""}
	}
	return c.i18n.Locales
}

func (c *collector) job(ctx context.Context, name string, input, answer any) error {
	return render.Ask(ctx, c.engine, name, input, answer)
}

// facts asks every page what it exports and settles its kind.
func (c *collector) facts(ctx context.Context) error {
	var app *page
	for _, p := range c.pages {
		if p.Route == "/_app" {
			app = p
		}
	}
	err := each(c.pages, c.limit, func(_ int, p *page) error {
		if err := c.job(ctx, "collect", render.CollectJob{Route: p.Route}, &p.facts); err != nil {
			return c.moduleFailed(p, err)
		}
		return violations(&p.Page, &p.facts)
	})
	if err != nil {
		return err
	}
	appGip := app != nil && app.facts.CustomGip
	for _, p := range c.pages {
		p.kind = kindOf(&p.Page, &p.facts, appGip, p.edge)
	}
	return nil
}

// moduleFailed explains a page whose code threw while it was loaded.
func (c *collector) moduleFailed(p *page, err error) error {
	var failed *engine.Error
	if !errors.As(err, &failed) {
		return err
	}
	m := diag.Errorf("page-data", "Failed to collect page data for %s: %s", p.Route, failed.Error()).
		WithHint("the module is loaded during the build; code at its top level must not need a request")
	return c.blame(m, p.File, failed.Stack)
}

// staticPaths runs getStaticPaths of every dynamic SSG page.
func (c *collector) staticPaths(ctx context.Context) error {
	var dynamic []*page
	for _, p := range c.pages {
		if p.kind == manifest.SSG && p.dynamic() {
			dynamic = append(dynamic, p)
		}
	}
	return each(dynamic, c.limit, func(_ int, p *page) error {
		if !p.facts.StaticPaths {
			m := diag.Errorf("no-static-paths", "getStaticPaths is required for dynamic SSG pages and is missing for '%s'", p.Route).
				WithHint("export getStaticPaths from the page: it returns {paths, fallback}")
			m.File = p.File
			return m
		}
		var answer render.PathsReply
		job := render.PathsJob{Route: p.Route}
		if c.i18n != nil {
			job.Locales, job.DefaultLocale = c.i18n.Locales, c.i18n.DefaultLocale
		}
		if err := c.job(ctx, "paths", job, &answer); err != nil {
			var failed *engine.Error
			if !errors.As(err, &failed) {
				return err
			}
			m := diag.Errorf("static-paths", "getStaticPaths of %s failed: %s", p.Route, failed.Message).
				WithHint("it must return {paths: [...], fallback: false | true | 'blocking'}")
			return c.blame(m, p.File, failed.Stack)
		}
		p.paths = answer.Paths
		switch string(answer.Fallback) {
		case "true":
			p.fallback = manifest.FallbackTrue
		case `"blocking"`:
			p.fallback = manifest.FallbackBlocking
		case "false":
			p.fallback = manifest.FallbackFalse
		default:
			return fmt.Errorf("build: unknown fallback %s of %s", answer.Fallback, p.Route)
		}
		return nil
	})
}
