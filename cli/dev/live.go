package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
	"github.com/onwardjs/onward/internal/server"
)

var _ server.Live = (*site)(nil)

// Page compiles what a route needs and finds out what it is.
func (s *site) Page(ctx context.Context, pattern string) (manifest.Page, error) {
	p, ok := s.page(pattern)
	if !ok {
		return manifest.Page{}, diag.Errors{diag.Errorf("page-gone", "the page %s is gone", pattern)}
	}
	generation := s.changes.now()
	if known, ok := s.facts.known(pattern, generation); ok {
		return known, nil
	}
	t := timingOf(ctx)
	t.logged.Store(true)
	began := time.Now()
	err := s.compile(ctx, compile.Server, with(p)...)
	t.compile.Add(int64(time.Since(began)))
	if err != nil {
		return manifest.Page{}, err
	}
	made, err := s.describe(ctx, p, generation)
	if err != nil {
		return manifest.Page{}, err
	}
	s.facts.set(pattern, generation, made)
	if !p.API && pattern != "/_document" {
		// The browser asks for it next.
		s.background.run(func() { _ = s.compile(s.ending, compile.Browser, "/_app", pattern) })
	}
	return made, nil
}

// with are the routes whose modules run for a page.
func with(p route.Page) []string {
	if p.API || p.Special() {
		return []string{p.Route}
	}
	return []string{"/_document", "/_app", p.Route}
}

// compile compiles routes for a target. What is wrong goes to browsers and the
// terminal as well.
func (s *site) compile(ctx context.Context, t compile.Target, patterns ...string) error {
	release := s.app.busy()
	defer release()
	defer s.warn()
	failures := make([]error, len(patterns))
	var wait sync.WaitGroup
	for i, pattern := range patterns {
		wait.Go(func() { failures[i] = s.live.Need(ctx, t, pattern) })
	}
	wait.Wait()
	var mistakes diag.Errors
	for _, err := range failures {
		var list diag.Errors
		switch {
		case err == nil:
		case errors.As(err, &list):
			mistakes = append(mistakes, list...)
		default:
			return err
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	s.app.problems.add(s.problems(mistakes))
	return mistakes
}

// warn prints what the compiler warns of, each once.
func (s *site) warn() {
	for _, m := range s.live.Warnings() {
		s.app.journal.report(m)
	}
}

// describe says what a compiled page is.
func (s *site) describe(ctx context.Context, p route.Page, generation uint64) (manifest.Page, error) {
	edge := func(pattern string) bool {
		c := s.live.Page(pattern)
		return c != nil && c.Runtime != ""
	}
	appGip := false
	if !p.API && !p.Special() {
		// In the order in which they run: the document, the app, the page.
		if _, err := s.collect(ctx, "/_document", generation); err != nil {
			return manifest.Page{}, err
		}
		app, err := s.collect(ctx, "/_app", generation)
		if err != nil {
			return manifest.Page{}, err
		}
		appGip = app.CustomGip
	}
	f, err := s.collect(ctx, p.Route, generation)
	if err != nil {
		return manifest.Page{}, err
	}
	made, err := build.Describe(p, f, appGip, edge(p.Route))
	if err != nil {
		return manifest.Page{}, err
	}
	if c := s.live.Page(p.Route); c != nil {
		made.Module = c.Module
	}
	return made, nil
}

// collect asks what a module exports, unless that is known.
func (s *site) collect(ctx context.Context, pattern string, generation uint64) (*render.PageFacts, error) {
	if f := s.facts.collected(pattern); f != nil {
		return f, nil
	}
	e := s.engine.shared(s)
	f := new(render.PageFacts)
	if err := render.Ask(ctx, e, render.JobCollect, render.CollectJob{Route: pattern}, f); err != nil {
		return nil, err
	}
	module := ""
	if c := s.live.Page(pattern); c != nil {
		module = c.Module
	}
	s.facts.collect(pattern, module, generation, f)
	return f, nil
}

// Middleware compiles the app's middleware.
func (s *site) Middleware(ctx context.Context) error {
	generation := s.changes.now()
	const name = "middleware"
	if _, ok := s.facts.known(name, generation); ok {
		return nil
	}
	if err := s.compile(ctx, compile.Server, name); err != nil {
		return err
	}
	s.facts.set(name, generation, manifest.Page{})
	return nil
}

// Serve answers what only development has.
func (s *site) Serve(w http.ResponseWriter, r *http.Request, path string) bool {
	switch path {
	case "/_next/webpack-hmr":
		s.app.hub.serve(w, r)
		return true
	case "/__nextjs_original-stack-frames":
		serveFrames(w, r, s.lookup)
		return true
	case "/__nextjs_launch-editor":
		s.app.editor.ServeHTTP(w, r)
		return true
	}
	if strings.HasPrefix(path, "/__nextjs") {
		http.Error(w, "Not Found", http.StatusNotFound)
		return true
	}
	name, ok := strings.CutPrefix(path, "/_next/static/")
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	release := s.app.busy()
	defer release()
	file, err := s.live.File(r.Context(), "static/"+name)
	switch {
	case err != nil:
		if r.Context().Err() == nil {
			list := s.problems(err)
			s.app.problems.add(list)
			sendProblems(w, list)
		}
		return true
	case file == nil:
		return false
	}
	h := w.Header()
	h.Set("Content-Type", file.Type)
	h.Set("Cache-Control", "no-cache, must-revalidate")
	h.Set("Etag", `"`+file.Tag+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	if strings.Contains(r.Header.Get("If-None-Match"), `"`+file.Tag+`"`) {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	h.Set("Content-Length", strconv.Itoa(len(file.Data)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(file.Data) // a browser that left needs nothing
	}
	return true
}

// sendProblems answers a request for a script or a style that cannot be made.
func sendProblems(w http.ResponseWriter, list []Problem) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusInternalServerError)
	for i := range list {
		_, _ = fmt.Fprintln(w, list[i].String())
	}
}

// Report tells the terminal of a failed request.
func (s *site) Report(r *http.Request, err error) {
	for _, p := range s.problems(err) {
		s.app.reporter.Happened(p)
	}
}

// Document shows an error in place of a page.
func (s *site) Document(r *http.Request, err error) []byte {
	return Document(s.problems(err), prefix(s.project.Config), timingOf(r.Context()).generation)
}

func (s *site) problems(err error) []Problem { return Problems(err, s.lookup) }

// lookup finds the source of a place in compiled code.
func (s *site) lookup(url string, line, column int) (Source, bool) {
	if s.app.options.NoSourceMaps && strings.HasPrefix(url, s.out) {
		return Source{}, false
	}
	at, ok := s.live.Original(url, line, column)
	if !ok {
		return Source{}, false
	}
	return Source{File: at.File, Line: at.Line, Column: at.Column, Text: at.Text}, true
}

// console prints what code of the app logs.
func (s *site) console(level, text string) {
	s.app.console(level, text, s.lookup)
}

// load gives the engine compiled modules, and answers what has changed.
func (s *site) load(path string) (*engine.Module, error) {
	path = filepath.ToSlash(path)
	if name, query, ok := strings.Cut(path, "?"); ok && strings.HasSuffix(name, "/"+build.LiveFile) {
		return s.liveAnswer(query)
	}
	code, err := s.live.ServerModule(path)
	if err != nil {
		return nil, err
	}
	if code == nil {
		return nil, fs.ErrNotExist
	}
	return &engine.Module{Source: code}, nil
}

func (s *site) liveAnswer(query string) (*engine.Module, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, err
	}
	since, err := strconv.ParseUint(values.Get("since"), 10, 64)
	if err != nil {
		return nil, err
	}
	now, forget := s.changes.since(since)
	answer, err := build.LiveAnswer(int(now), forget, s.live.Page(values.Get("route")), s.live.Middleware())
	if err != nil {
		return nil, err
	}
	return &engine.Module{Source: answer}, nil
}
