// Package onward serves Next.js applications that `onward build` has built.
//
//	app, err := onward.New(onward.Options{Dir: "web"})
//	if err != nil { ... }
//	if err := app.Prepare(ctx); err != nil { ... }
//	defer app.Close(context.Background())
//	http.ListenAndServe(":3000", app)
//
// While you write the app, Options{Dev: true} shows every edit at once.
//
// An App is an http.Handler: mount it beside your own routes. It runs the app's
// JavaScript in V8 inside this process and needs no Node.js, unless the app itself
// does: then it runs in Node.js processes (EngineOptions.Name).
package onward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
	"github.com/onwardjs/onward/internal/engine/node"
	"github.com/onwardjs/onward/internal/engine/v8"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/server"
	"github.com/onwardjs/onward/internal/stack"
)

// App serves one built app. It is safe for use by many goroutines.
type App struct {
	options Options
	log     *slog.Logger
	prepare sync.Mutex
	server  atomic.Pointer[server.Server]
	dev     atomic.Pointer[development] // in place of server, with Options.Dev
	node    *node.Program               // what runs the app; nil: V8 does. Set by Prepare
	closed  bool
}

// New returns an App that has yet to be prepared. It reads nothing.
func New(o Options) (*App, error) {
	if o.Dir == "" {
		o.Dir = "."
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("onward: %w", err)
	}
	o.Dir = dir
	a := &App{options: o, log: o.Logger}
	switch {
	case o.Quiet:
		a.log = slog.New(slog.DiscardHandler)
	case a.log == nil:
		a.log = slog.New(&lines{out: os.Stderr})
	}
	return a, nil
}

// Prepare opens the build. The error tells what to do when there is none, or when
// it is damaged. JavaScript starts later, when it is first needed.
func (a *App) Prepare(ctx context.Context) error {
	a.prepare.Lock()
	defer a.prepare.Unlock()
	if a.closed {
		return errors.New("onward: the app is closed")
	}
	if a.server.Load() != nil || a.dev.Load() != nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.options.Dev {
		d, err := develop(ctx, a.options)
		if err == nil {
			a.dev.Store(d)
		}
		return err
	}
	dist, err := a.output()
	if err != nil {
		return err
	}
	m, err := manifest.Read(dist)
	if err != nil {
		return err
	}
	if err := a.checkOutput(m, dist); err != nil {
		return err
	}
	if err := a.chooseEngine(ctx, m); err != nil {
		return err
	}
	stacks := stack.New(dist, func(name string) ([]byte, error) {
		return os.ReadFile(filepath.Join(dist, filepath.FromSlash(name)))
	})
	s, err := server.New(server.Options{
		Dir: a.options.Dir, Dist: dist, Manifest: m, Hostname: a.options.Hostname, Port: a.options.Port, Log: a.log, Stacks: stacks,
		NewEngine: func(operations map[string]host.AsyncFunc) (engine.Engine, error) {
			return a.newEngine(m, dist, operations, stacks, a.options.Engine)
		},
		NewCacheEngine: func() (engine.Engine, error) {
			one := a.options.Engine
			one.Workers = 1
			return a.newEngine(m, dist, nil, stacks, one)
		},
		Cache: a.options.Cache,
	})
	if err != nil {
		return err
	}
	a.server.Store(s)
	return nil
}

// checkOutput refuses builds that are not to be served, and tells when there is a
// better way.
func (a *App) checkOutput(m *manifest.Manifest, dist string) error {
	switch m.Config.Output {
	case "export":
		return diag.Errorf("export-build", "the app was built with output: \"export\": there are files in %s and nothing to run", m.Config.ExportDir).
			WithHint("serve them with any file server, for example `npx serve@latest %s`; or build without that option", m.Config.ExportDir)
	case "standalone":
		if own := filepath.Join(dist, "standalone"); isFolder(own) {
			a.log.Warn(fmt.Sprintf("the app was built with output: \"standalone\"; %s is its server", filepath.Join(own, "server")))
		}
	}
	return nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// relief is how many requests in endless loops leave the others a worker to go
// on in.
const relief = 3

// output finds the output folder.
func (a *App) output() (string, error) {
	if a.options.DistDir != "" {
		return filepath.Join(a.options.Dir, filepath.FromSlash(a.options.DistDir)), nil
	}
	usual := filepath.Join(a.options.Dir, ".next")
	if _, err := os.Stat(filepath.Join(usual, manifest.File)); err == nil {
		return usual, nil
	}
	var found []string
	for _, pattern := range []string{"*", "*/*"} {
		names, err := filepath.Glob(filepath.Join(a.options.Dir, pattern, manifest.File))
		if err != nil {
			continue // only a bad pattern fails
		}
		for _, name := range names {
			if dir := filepath.Dir(name); !strings.Contains(dir, "-building-") && !strings.Contains(dir, "node_modules") {
				found = append(found, dir)
			}
		}
	}
	switch len(found) {
	case 0:
		return usual, nil // reading it says what is missing
	case 1:
		return found[0], nil
	}
	return "", diag.Errorf("many-builds", "there is no build in .next, and more than one elsewhere: %s", strings.Join(found, ", ")).
		WithHint("remove the old ones, or name the one to serve (Options.DistDir)")
}

func (a *App) newEngine(m *manifest.Manifest, dist string, operations map[string]host.AsyncFunc, stacks *stack.Mapper, limits EngineOptions) (engine.Engine, error) {
	env, err := config.LoadEnv(a.options.Dir, "production", os.Environ())
	if err != nil {
		return nil, err
	}
	if env.Vars["NODE_ENV"] == "" {
		env.Vars["NODE_ENV"] = "production"
	}
	if a.options.Port > 0 {
		env.Vars["PORT"] = strconv.Itoa(a.options.Port)
	}
	boot, err := render.Boot(m.Boot, a.options.Dir, dist)
	if err != nil {
		return nil, damaged(dist, err)
	}
	root, err := os.OpenRoot(dist)
	if err != nil {
		return nil, fmt.Errorf("onward: %w", err)
	}
	load := &modules{root: root, dist: dist, project: a.options.Dir, debug: limits.Debug != nil}
	o := engine.Options{
		Boot:    boot,
		Load:    load.load,
		Workers: limits.Workers, Relief: relief, Queue: limits.Queue, HeapLimit: limits.HeapLimit, BufferLimit: limits.BufferLimit,
		TurnLimit: limits.TurnLimit, JobTimeout: limits.RequestTimeout,
		Env: env.Vars, Dir: a.options.Dir, Console: console(stacks), Debug: limits.Debug,
	}
	var e engine.Engine
	if a.node != nil {
		e, err = a.nodeEngine(m, dist, o, operations)
	} else {
		// What another engine has made is of no use to this one.
		load.cached = m.Runtime.EngineID == v8.ID()
		e, err = a.v8Engine(m, root, o, load.cached, operations)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &ownedEngine{e, root}, nil
}

// Names of engines.
const (
	engineAuto = "auto"
	engineV8   = "v8"
	engineNode = "node"
)

// chooseEngine decides what runs the build, and looks for Node.js when it is that.
func (a *App) chooseEngine(ctx context.Context, m *manifest.Manifest) error {
	name, err := a.engineName(m)
	if err != nil || name != engineNode {
		return err
	}
	program, err := node.Find(ctx)
	if err != nil {
		return err
	}
	a.node = &program
	return nil
}

// engineName is the name of what runs the build.
func (a *App) engineName(m *manifest.Manifest) (string, error) {
	built := cmp.Or(m.Runtime.Engine, engineV8)
	switch name := cmp.Or(a.options.Engine.Name, engineAuto); name {
	case engineAuto:
		if built == engineV8 && !v8.Available {
			return engineNode, nil
		}
		return built, nil
	case engineNode:
		return name, nil
	case engineV8:
		if built != engineV8 {
			return "", diag.Errorf("engine", "this build was made for the Node engine and does not run in V8%s", because(m.Runtime.Reason)).
				WithHint("leave the engine to the build, or build with `onward build --engine v8`, which tells what is in the way")
		}
		return name, nil
	default:
		return "", diag.Errorf("engine", "there is no engine %q", name).WithHint("choose auto, v8 or node")
	}
}

// because adds a reason to a sentence.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func (a *App) v8Engine(m *manifest.Manifest, root *os.Root, o engine.Options, cached bool, operations map[string]host.AsyncFunc) (engine.Engine, error) {
	var err error
	if o.Runtime, err = root.ReadFile(m.Runtime.Script); err != nil {
		return nil, damaged(root.Name(), err)
	}
	if m.Runtime.Snapshot != "" && cached {
		if o.Snapshot, err = root.ReadFile(m.Runtime.Snapshot); err != nil {
			a.log.Warn(fmt.Sprintf("the start-up snapshot cannot be read, so JavaScript starts slower: %v", err))
		}
	}
	table := host.Default(host.Options{})
	maps.Copy(table.Async, operations)
	return v8.New(o, table)
}

func (a *App) nodeEngine(m *manifest.Manifest, dist string, o engine.Options, operations map[string]host.AsyncFunc) (engine.Engine, error) {
	if m.Runtime.NodeScript == "" {
		return nil, damaged(dist, errors.New("it has no script for Node.js"))
	}
	o.Script = filepath.Join(dist, filepath.FromSlash(m.Runtime.NodeScript))
	if _, err := os.Stat(o.Script); err != nil {
		return nil, damaged(dist, err)
	}
	return node.New(o, &host.Table{Async: operations}, *a.node)
}

func damaged(dist string, err error) error {
	return diag.Errorf("damaged-build", "the build in %s is damaged: %v", dist, err).WithHint("Run `onward build` again.")
}

// ownedEngine closes the folder that its modules come from.
type ownedEngine struct {
	engine.Engine
	root *os.Root
}

func (e *ownedEngine) Close() error { return errors.Join(e.Engine.Close(), e.root.Close()) }

// modules gives the engine the compiled modules of a build, and nothing else.
type modules struct {
	root    *os.Root
	dist    string
	project string
	cached  bool
	// debug: modules carry their source maps.
	debug bool
}

func (m *modules) load(path string) (*engine.Module, error) {
	path = filepath.FromSlash(path)
	name, err := filepath.Rel(m.dist, path)
	if err != nil || !filepath.IsLocal(name) || !strings.HasPrefix(filepath.ToSlash(name), "server/") {
		var ok bool
		if name, ok = manifest.ProjectModule(m.project, path); !ok {
			return nil, fs.ErrNotExist
		}
	}
	source, err := m.root.ReadFile(name)
	if err != nil {
		return nil, err
	}
	out := &engine.Module{Source: source}
	if m.debug {
		if data, err := m.root.ReadFile(name + ".map"); err == nil {
			out.Source = stack.Inline(source, data, m.project)
		}
		return out, nil
	}
	if m.cached {
		if cache, err := m.root.ReadFile(name + ".cache"); err == nil {
			out.Cache = cache
		}
	}
	return out, nil
}

// ServeHTTP answers a request. Before Prepare has succeeded it answers 500.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d := a.dev.Load(); d != nil {
		d.ServeHTTP(w, r)
		return
	}
	s := a.server.Load()
	if s == nil {
		http.Error(w, "onward: App.Prepare must succeed before the app can serve", http.StatusInternalServerError)
		return
	}
	s.ServeHTTP(w, r)
}

// Serve accepts connections from l until ctx ends. Then it stops accepting, lets
// the requests under way finish, however long they take, and returns nil. l is
// closed in any case.
//
// In development connections are cut instead: browsers keep one open for ever.
func (a *App) Serve(ctx context.Context, l net.Listener, o ServeOptions) error {
	if d := a.dev.Load(); d != nil {
		return serveDevelopment(ctx, l, d, a.log)
	}
	s := a.server.Load()
	if s == nil {
		l.Close()
		return errors.New("onward: App.Prepare must succeed before App.Serve")
	}
	return s.Serve(ctx, l, server.ListenOptions{KeepAlive: o.KeepAlive, Warm: o.Warm})
}

// Revalidate makes the page at a path anew now, as res.revalidate does in an API
// route, and processes that share its cache are told. It is an error when no page
// answers to the path, or when making it fails.
func (a *App) Revalidate(ctx context.Context, path string) error {
	if a.dev.Load() != nil {
		return nil // pages are made for each request
	}
	s := a.server.Load()
	if s == nil {
		return errors.New("onward: App.Prepare must succeed before App.Revalidate")
	}
	if !strings.HasPrefix(path, "/") {
		return fmt.Errorf("onward: %q is not a path: it must begin with a slash, as /blog/post-1 does", path)
	}
	if err := s.Revalidate(ctx, path, false); err != nil {
		return fmt.Errorf("onward: revalidating %s: %w", path, err)
	}
	return nil
}

// Close ends the app's JavaScript. Stop the HTTP server that uses the App first:
// requests still under way fail.
func (a *App) Close(ctx context.Context) error {
	a.prepare.Lock()
	defer a.prepare.Unlock()
	a.closed = true
	if d := a.dev.Swap(nil); d != nil {
		return d.close(ctx)
	}
	s := a.server.Swap(nil)
	if s == nil {
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- s.Close() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
