package dev

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
)

// bootEngine starts an engine.
func (s *site) bootEngine(ctx context.Context) (engine.Engine, error) {
	made := build.Compiled{
		BuildID:     manifest.DevelopmentID,
		MainScripts: []string{"static/chunks/main.js"},
		Middleware:  s.live.Middleware(),
	}
	if s.routes.Load().hooks != "" {
		if err := s.live.Need(ctx, compile.Server, instrumentation); err != nil {
			return nil, err
		}
		made.Instrumentation = s.live.Instrumentation()
	}
	path, script, err := s.live.RuntimeScript(ctx)
	if err != nil {
		return nil, err
	}
	name := s.live.Engine()
	document, err := s.project.Boot(made)
	if err != nil {
		return nil, err
	}
	whole, err := render.Boot(document, s.project.Dir, s.out)
	if err != nil {
		return nil, err
	}
	d := build.DevelopmentEngine{
		Project: s.project, Name: name, Runtime: script, CacheDir: s.cacheDir(), Boot: whole,
		Load: s.load, Console: s.console, Port: s.app.options.Port,
		Operations: map[string]host.AsyncFunc{},
	}
	if d.Debug = s.app.options.Debug; d.Debug != nil {
		d.Load = s.loadForDebugger
	}
	for _, name := range []string{"onward.revalidate", "onward.background"} {
		d.Operations[name] = func(ctx context.Context, env *host.Env, call *host.Call) (host.Value, error) {
			return (*s.operations.Load())[name](ctx, env, call)
		}
	}
	if name == compile.EngineV8 {
		d.Snapshot = build.KeptSnapshot(s.cacheDir(), script)
		if d.Snapshot == nil {
			s.engine.mu.Lock()
			s.engine.freeze = func() { s.freeze(path, script) }
			s.engine.mu.Unlock()
		}
	}
	return build.StartDevelopment(ctx, d)
}

// changeEngine goes on with another engine: code of the app needs it.
func (s *site) changeEngine(_, reason string) {
	fmt.Fprintf(s.app.journal, "- Node engine: %s\n", reason)
	// All server code is compiled again when it is asked for, and nothing of it mended.
	s.app.reporter.Forget(s.app.problems.inFiles())
	s.app.problems.setCompiled(nil)
	s.engine.replace(s)
}

func (s *site) cacheDir() string { return filepath.Join(filepath.FromSlash(s.out), "cache") }

// freeze makes the snapshot that the next start takes its engine from.
func (s *site) freeze(path string, script []byte) {
	if _, err := build.MakeSnapshot(s.cacheDir(), path, script); err != nil {
		s.app.log.Debug("no start-up snapshot: " + err.Error())
	}
}

// engineSlot holds the engine that all servers of a site share.
type engineSlot struct {
	mu      sync.Mutex
	present *startedEngine
	closed  bool
	// freeze makes a snapshot of what the present engine started from; nil when there
	// is one. Set while an engine starts.
	freeze func()
}

// startedEngine is an engine that is started once; all that want it wait for that.
type startedEngine struct {
	once sync.Once
	made engine.Engine
	err  error
	// jobs are under way.
	jobs sync.WaitGroup
}

// get returns the present engine, starting it when that has not been done. One that
// could not be started is tried again by the next caller.
func (l *engineSlot) get(s *site) (*startedEngine, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, &engine.Error{Kind: engine.Aborted, Message: "the server is ending"}
	}
	e := l.present
	if e == nil {
		e = new(startedEngine)
		l.present = e
	}
	l.mu.Unlock()
	e.once.Do(func() { e.made, e.err = s.bootEngine(s.ending) })
	l.mu.Lock()
	if e.err == nil && l.present == e {
		e.jobs.Add(1)
		l.mu.Unlock()
		return e, nil
	}
	replaced := l.present != e
	if !replaced {
		l.present = nil
	}
	l.mu.Unlock()
	if replaced {
		return l.get(s)
	}
	return nil, e.err
}

// replace lets go of the present engine; the next Job starts another one.
func (l *engineSlot) replace(s *site) {
	l.mu.Lock()
	old := l.present
	l.present = nil
	l.mu.Unlock()
	if old != nil {
		s.background.run(func() { old.close() })
	}
}

func (e *startedEngine) close() {
	e.once.Do(func() { e.err = errors.New("dev: the engine is not needed any more") })
	e.jobs.Wait()
	if e.made != nil {
		_ = e.made.Close()
	}
}

func (l *engineSlot) close() {
	l.mu.Lock()
	old := l.present
	l.present, l.closed = nil, true
	l.mu.Unlock()
	if old != nil && old.made != nil {
		_ = old.made.Close()
	}
}

// shared is the engine as servers see it: the present one, whichever that is.
func (l *engineSlot) shared(s *site) engine.Engine { return &sharedEngine{s} }

type sharedEngine struct{ site *site }

// Do runs a Job in the present engine and adds what it takes to the timing of the
// request.
func (e *sharedEngine) Do(ctx context.Context, job *engine.Job) (*engine.Reply, error) {
	present, err := e.site.engine.get(e.site)
	if err != nil {
		return nil, err
	}
	defer present.jobs.Done()
	t := timingOf(ctx)
	t.logged.Store(true)
	began := time.Now()
	reply, err := present.made.Do(ctx, job)
	t.code.Add(int64(time.Since(began)))
	return reply, err
}

func (e *sharedEngine) Warm(ctx context.Context, n int) error {
	present, err := e.site.engine.get(e.site)
	if err != nil {
		return err
	}
	defer present.jobs.Done()
	return present.made.Warm(ctx, n)
}

func (e *sharedEngine) Stats() engine.Stats {
	e.site.engine.mu.Lock()
	defer e.site.engine.mu.Unlock()
	if p := e.site.engine.present; p != nil && p.made != nil {
		return p.made.Stats()
	}
	return engine.Stats{}
}

// Close does nothing: the engine belongs to the site.
func (e *sharedEngine) Close() error { return nil }
