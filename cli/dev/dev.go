// Package dev is the flow of `onward dev`: configuration, routes, a server whose
// pages are compiled when they are asked for, and from each change of a file to
// the browser.
package dev

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/cli/watch"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/server"
)

// Options of a development server. Dir, Listener, Out and Err are required.
type Options struct {
	// Dir is the project, an absolute path.
	Dir string
	// Listener accepts connections; TLS, when not nil, makes them HTTPS.
	Listener net.Listener
	TLS      *tls.Config
	// Hostname is where to listen, as the user said it; empty: everywhere. Port and
	// URL are what the app is reached at.
	Hostname string
	Port     int
	URL      string
	// Engine is one of the Engine constants of compile; empty: EngineAuto.
	Engine string
	// NoSourceMaps leaves stacks of server code as they are.
	NoSourceMaps bool
	// Environ is the process environment ("KEY=value").
	Environ  []string
	Out, Err io.Writer
	Style    diag.Style
	// Debug lets debuggers attach to the code of the server; nil: they cannot.
	Debug *engine.Debug
	// Ready is called once, when requests are answered. envFiles are the .env files
	// that were read.
	Ready func(envFiles []string)
}

// app is a project that is being developed: what lives as long as the command.
type app struct {
	options Options
	journal *journal
	// reporter writes to standard error, printer to standard output.
	reporter, printer *Reporter
	log               *slog.Logger
	hub               *hub
	problems          problems
	editor            *Editor
	watcher           *watch.Watcher
	lock              *lock

	// site is nil while the configuration cannot be used.
	site atomic.Pointer[site]
	// ready is closed when it is known whether there is a site.
	ready chan struct{}
	// warned are the warnings of the last reading of the project.
	warned map[string]bool
	// settings are the files that a site was made with, beside its code.
	settings settings
	// ended waits for sites that are being closed.
	ended sync.WaitGroup

	busyMu  sync.Mutex
	working int
	shown   *time.Timer
}

// Run serves the app until ctx ends. Mistakes in the app are shown and waited out;
// the error says why there can be no server at all.
func Run(ctx context.Context, o Options) error {
	dir, err := filepath.EvalSymlinks(o.Dir)
	if err != nil {
		return err
	}
	o.Dir = dir
	a := &app{options: o, ready: make(chan struct{})}
	a.journal = &journal{out: o.Out, err: o.Err, style: o.Style}
	a.reporter, a.printer = NewReporter(a.journal.errors(), o.Style), NewReporter(a.journal, o.Style)
	a.log = slog.New(&logHandler{a.journal})
	a.editor = &Editor{Dir: dir}
	a.hub = newHub(a.browserLog, a.problemsOf)
	a.problems.tell = func(list []Problem) {
		a.hub.problemsChanged()
		a.reporter.Standing(list)
	}
	defer a.journal.close()
	frugal()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	web := server.NewHTTP(http.HandlerFunc(a.ServeHTTP), a.log)
	serving := make(chan error, 1)
	go func() { serving <- web.Serve(a.listener()) }()
	// Connections are cut, not waited for: a browser would keep them for ever.
	defer web.Close()
	defer a.hub.close()

	if err := a.start(ctx); err != nil {
		return err
	}
	defer a.close()
	close(a.ready)
	o.Ready(a.envFiles())

	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-serving:
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return err
		case batch := <-a.watcher.Batches():
			a.update(ctx, batch)
		}
	}
}

func (a *app) listener() net.Listener {
	if a.options.TLS != nil {
		return tls.NewListener(a.options.Listener, a.options.TLS)
	}
	return server.Listener(a.options.Listener)
}

// start reads the project and makes the first site of it.
func (a *app) start(ctx context.Context) error {
	watching := make(chan error, 1)
	go func() {
		var err error
		a.watcher, err = watch.New(watch.Options{Dir: a.options.Dir, Warn: a.journal.report})
		watching <- err
	}()
	for _, m := range config.CheckProject(a.options.Dir, a.options.Environ, true) {
		a.journal.report(m)
	}
	p, err := a.read(ctx)
	if watchErr := <-watching; watchErr != nil {
		return watchErr
	}
	if withoutPages(err) {
		// The command was started in the wrong folder.
		return errors.Join(err, a.watcher.Close())
	}
	if err == nil || p.Config != nil {
		if lockErr := a.takeLock(p.Config); lockErr != nil {
			return errors.Join(lockErr, a.watcher.Close())
		}
		a.journal.open(a.out(p.Config))
	}
	if err == nil {
		err = a.open(p)
	}
	if err != nil {
		a.problems.setSetup(Problems(err, nil))
	}
	return nil
}

// read reads the project and tells its warnings.
func (a *app) read(ctx context.Context) (*build.Project, error) {
	p, warnings, err := build.ReadProject(ctx, build.ProjectOptions{
		Dir: a.options.Dir, Environ: a.options.Environ, Phase: config.PhaseDev, Console: func(level, text string) { a.console(level, text, nil) },
	})
	before := a.warned
	a.warned = map[string]bool{}
	a.warn(warnings, before)
	if err == nil {
		a.prepareTypeScript(p)
	}
	a.settings.read(a.options.Dir, p)
	return p, err
}

// warn tells warnings of the project that were not among those before, so that reading
// it once more repeats none.
func (a *app) warn(list []*diag.Message, before map[string]bool) {
	for _, m := range list {
		text := diag.Format(m, diag.Style{})
		if !before[text] {
			a.journal.report(m)
		}
		a.warned[text] = true
	}
}

// open makes a site of a project and lets it take the place of the one before.
func (a *app) open(p *build.Project) error {
	s, err := newSite(a, p)
	if err != nil {
		return err
	}
	a.watcher.Ignore(filepath.Join(p.Dir, filepath.FromSlash(p.Config.DistDir)))
	if p.Config.PollInterval > 0 {
		a.watcher.Poll(time.Duration(p.Config.PollInterval) * time.Millisecond)
	}
	a.hub.set(&p.Config.Dev)
	if before := a.site.Swap(s); before != nil {
		a.retire(before)
	}
	return nil
}

// out is the output folder of development.
func (a *app) out(c *config.Config) string {
	return filepath.Join(a.options.Dir, filepath.FromSlash(c.DistDir), outputDir)
}

func (a *app) takeLock(c *config.Config) (err error) {
	if c.Dev.NoLock {
		return nil
	}
	a.lock, err = takeLock(a.options.Dir, a.out(c), lockInfo{
		PID: os.Getpid(), Port: a.options.Port, Hostname: a.options.Hostname, AppURL: a.options.URL, StartedAt: time.Now().UnixMilli(),
	})
	var m *diag.Message
	if errors.As(err, &m) && m.Code == unwritable {
		// A disk that is full stops nobody from developing.
		warning := *m
		warning.Severity = diag.Warning
		a.journal.report(&warning)
		return nil
	}
	return err
}

// patience is how long requests on a site that is replaced may take still.
const patience = 5 * time.Second

// retire closes a site when its requests have ended.
func (a *app) retire(s *site) {
	s.users.leave()
	a.ended.Go(func() {
		for began := time.Now(); s.users.n.Load() > 0 && time.Since(began) < patience && s.ending.Err() == nil; {
			time.Sleep(20 * time.Millisecond)
		}
		s.close()
	})
}

// close ends everything but the HTTP server.
func (a *app) close() {
	_ = a.watcher.Close()
	if s := a.site.Swap(nil); s != nil {
		s.end()
		a.retire(s)
	}
	a.ended.Wait()
	a.lock.release()
}

// envFiles are the .env files that count.
func (a *app) envFiles() []string {
	if s := a.site.Load(); s != nil {
		return s.project.Env.Files
	}
	return nil
}

// ServeHTTP answers one request.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-a.ready:
	case <-r.Context().Done():
		return
	}
	for {
		s := a.site.Load()
		if s == nil {
			a.serveProblems(w, r)
			return
		}
		if !s.users.enter() {
			continue
		}
		s.answer(w, r)
		return
	}
}

// answer serves a request that has entered the site.
func (s *site) answer(w http.ResponseWriter, r *http.Request) {
	entered := true
	defer func() {
		if entered {
			s.users.leave()
		}
	}()
	if !s.origins.admit(w, r) {
		return
	}
	if s.isSocket(r) {
		// It stays for long, and is none of the site's.
		entered = false
		s.users.leave()
		s.app.hub.serve(w, r)
		return
	}
	s.requests.serve(w, withTiming(r, s.changes.now()), s)
	s.afterFirst.Do(s.settle)
}

// isSocket says whether a request is for the WebSocket of the development client.
func (s *site) isSocket(r *http.Request) bool {
	rest, ok := strings.CutSuffix(r.URL.Path, "/_next/webpack-hmr")
	if !ok || r.Header.Get("Upgrade") == "" {
		return false
	}
	at := prefix(s.project.Config)
	if i := strings.Index(at, "//"); i >= 0 {
		if _, path, found := strings.Cut(at[i+2:], "/"); found {
			at = "/" + path
		} else {
			at = ""
		}
	}
	return rest == "" || rest == s.project.Config.BasePath || rest == at
}

// problemsOf is what is wrong with the page of a route: with the app as a whole, and
// in the code that the page consists of. "" stands for a document that shows an
// error, of a page that it does not know.
func (a *app) problemsOf(pattern string) []Problem {
	s := a.site.Load()
	if pattern == "" || s == nil || !a.problems.inCode() {
		return a.problems.list()
	}
	return distinct(a.problems.general(), s.problems(s.live.Problems("middleware", instrumentation, "/_document", "/_app", pattern)))
}

// busy says that something is being compiled, until the function it returns is
// called. Browsers are told when it takes long enough to be seen.
func (a *app) busy() (release func()) {
	a.busyMu.Lock()
	defer a.busyMu.Unlock()
	if a.working++; a.working == 1 {
		a.shown = time.AfterFunc(150*time.Millisecond, func() {
			a.busyMu.Lock()
			defer a.busyMu.Unlock()
			if a.working > 0 {
				a.hub.setBusy(true)
			}
		})
	}
	return func() {
		a.busyMu.Lock()
		defer a.busyMu.Unlock()
		if a.working--; a.working == 0 {
			a.shown.Stop()
			a.hub.setBusy(false)
		}
	}
}

// watch has folders outside the project watched as well.
func (a *app) watch(dirs []string) {
	a.watcher.Add(dirs)
	a.editor.Allow(dirs)
}

// console prints what code of the app logs on the server.
func (a *app) console(level, text string, find Lookup) {
	to := a.printer
	if level == "error" || level == "warn" {
		to = a.reporter
	}
	// runtime/platform/where.ts adds the stack of the call.
	text, stack, _ := strings.Cut(text, "\x00at\x00")
	to.Console(strings.TrimRight(text, "\n"), stack, find)
}

// browserLog prints what a browser logs, as far as next.config wants it.
func (a *app) browserLog(l browserLog) {
	s := a.site.Load()
	if s == nil {
		return
	}
	switch s.project.Config.Dev.BrowserLogs {
	case "none":
		return
	case "error":
		if l.Level != "error" {
			return
		}
	case "warn":
		if l.Level != "error" && l.Level != "warn" {
			return
		}
	}
	a.reporter.Browser(l.Level, l.Text, l.Stack, s.lookup)
}
