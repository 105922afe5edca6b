package dev

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/cli/watch"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
)

// update takes up changed files: from here to the browser.
func (s *site) update(ctx context.Context, batch watch.Batch) {
	began := time.Now()
	moved, forget := s.updateRoutes(batch)
	files := batch.Files
	if batch.All {
		files = nil
	}
	release := s.app.busy()
	change := s.live.Change(ctx, files)
	release()
	wrong := s.problems(change.Problems)
	if !moved && !matters(change) {
		if len(wrong) > 0 || s.app.problems.inCode() {
			// Requests have to find mistakes that others than they have made.
			generation := s.changes.add(nil)
			s.facts.forget(generation, nil, false)
			s.app.hub.count(generation)
		}
		s.app.problems.setCompiled(wrong)
		return
	}
	s.app.reporter.Changed()
	forget = append(forget, change.Forget...)
	generation := s.changes.add(forget)
	s.facts.forget(generation, forget, moved)
	if change.Restart {
		s.engine.replace(s)
	}
	if !moved && !reflect.DeepEqual(s.live.Middleware(), s.middleware) {
		// Its matchers are part of the manifest.
		if s.serveAgain() {
			change.Reload = "the middleware covers other paths"
		}
	}
	hub := s.app.hub
	switch {
	case change.Reload != "":
		hub.update(generation, &compile.Change{})
		hub.reload(change.Reload)
	default:
		hub.update(generation, change)
		if len(change.Routes) > 0 {
			hub.data(change.Routes)
		}
	}
	s.app.problems.setCompiled(wrong)
	s.warn()
	if len(wrong) == 0 && matters(change) {
		fmt.Fprintf(s.app.journal, "%s Compiled in %s\n", s.app.journal.paint("32", "✓"), spell(time.Since(began)))
	}
}

// updateStyles tells browsers of style sheets that were made behind a change.
func (s *site) updateStyles(change *compile.Change) {
	if matters(change) {
		s.app.hub.update(s.changes.add(nil), change)
	}
	s.app.problems.setCompiled(s.problems(change.Problems))
}

// matters says whether a change has changed anything that runs.
func matters(c *compile.Change) bool {
	return len(c.Modules)+len(c.Styles)+len(c.Gone)+len(c.Forget)+len(c.Routes) > 0 || c.Reload != "" || c.Restart
}

// updateRoutes looks for pages that have come, gone or changed their names, when a
// batch may have to do with that. It says whether the routes are others now, and which
// server modules stand for other files than before.
func (s *site) updateRoutes(batch watch.Batch) (moved bool, forget []string) {
	if !batch.All && !slices.ContainsFunc(batch.Files, s.routing) && !s.app.problems.inRoutes() {
		return false, nil
	}
	p := s.project
	pages, guard, hooks := p.Pages, p.Middleware, p.Hooks
	warnings, err := p.Scan()
	gone := withoutPages(err)
	switch {
	case gone:
		// No page is there, which is what visitors are told too.
		p.Pages = nil
		s.app.problems.setRoutes(s.problems(errPagesGone))
	case err != nil:
		s.app.problems.setRoutes(s.problems(err))
		return false, nil
	default:
		s.app.problems.setRoutes(nil)
	}
	if slices.Equal(pages, p.Pages) && hooks == p.Hooks && reflect.DeepEqual(guard, p.Middleware) {
		return false, nil
	}
	s.app.warn(warnings, s.app.warned)
	s.app.prepareTypeScript(p)
	forget = s.modulesOf(pages, p.Pages)
	s.live.SetRoutes(p.Pages, p.Middleware, p.Hooks)
	forget = append(forget, s.modulesOf(p.Pages, pages)...)
	if !s.serveAgain() {
		return false, nil
	}
	if hooks != p.Hooks {
		s.engine.replace(s)
	}
	return true, forget
}

// modulesOf are the server modules of the pages in list that are no more, or not the
// same, in another list, and of those that take the place of pages in the other.
func (s *site) modulesOf(list, other []route.Page) []string {
	var modules []string
	for _, pages := range [][2][]route.Page{{list, other}, {other, list}} {
		for _, p := range pages[0] {
			if slices.Contains(pages[1], p) {
				continue
			}
			if c := s.live.Page(p.Route); c != nil {
				modules = append(modules, c.Module)
			}
		}
	}
	return modules
}

// serveAgain makes a server of the present routes and tells browsers of them. What
// prevents it is shown, and the server before goes on.
func (s *site) serveAgain() bool {
	if err := s.serve(); err != nil {
		s.app.problems.setRoutes(s.problems(err))
		return false
	}
	if m, err := s.manifest(); err == nil {
		s.app.hub.pages(manifest.DevelopmentPages(m))
	}
	return true
}

// withoutPages says whether the project has no pages folder.
func withoutPages(err error) bool {
	var list diag.Errors
	return errors.As(err, &list) && len(list) > 0 && (list[0].Code == "no-pages" || list[0].Code == "app-router")
}

// errPagesGone explains an app whose pages folder has vanished while it ran.
var errPagesGone = diag.Errorf("pages-gone", "the pages folder is gone: there was pages/ or src/pages/ when the server started").
	WithHint("put the folder back; the server goes on by itself")

// routing says whether a file may add, remove or rename a route.
func (s *site) routing(file string) bool {
	name, err := filepath.Rel(s.project.Dir, file)
	if err != nil {
		return false
	}
	name = strings.TrimPrefix(filepath.ToSlash(name), "src/")
	if strings.HasPrefix(name, "public/") {
		return true // a file there may be in the way of a page
	}
	ext := strings.TrimPrefix(filepath.Ext(name), ".")
	known := slices.ContainsFunc(s.project.Config.PageExtensions, func(e string) bool { return strings.HasSuffix(name, "."+e) })
	if !known {
		return ext == ""
	}
	base, _, _ := strings.Cut(name, ".")
	switch base {
	case "middleware", "proxy", "instrumentation":
		return true
	}
	if !strings.HasPrefix(name, "pages/") {
		return false
	}
	_, statErr := os.Stat(file)
	there := statErr == nil
	was := slices.ContainsFunc(s.project.Pages, func(p route.Page) bool {
		return p.File != "" && strings.TrimPrefix(p.File, "src/") == name
	})
	return there != was
}
