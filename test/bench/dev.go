package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/onwardjs/onward/test/chrome"
	"github.com/onwardjs/onward/test/rig"
)

// measureDev measures the development server: how soon it is there, how soon an edit
// is on the screen, and what it occupies. Nothing is held on a core, since the
// reference compiles on all of them; one app is measured under every framework before
// the next one is.
func (o *options) measureDev(ctx context.Context, r *report) error {
	template, err := rig.Template(ctx, "default/ts")
	if err != nil {
		return err
	}
	o.leftovers = append(o.leftovers, func() error { return os.RemoveAll(template) })
	apps := []devApp{
		{name: "create-next-app", write: func(dir string) error { return os.CopyFS(dir, os.DirFS(template)) }},
		{name: "100 pages", write: func(dir string) error { return writePages(dir, 100) }, second: "/p1"},
		{name: "10 modules", modules: 10, idle: true},
	}
	for _, n := range o.modules {
		apps = append(apps, devApp{name: fmt.Sprintf("%d modules", n), modules: n})
	}
	browser, err := chrome.Start(ctx)
	if err != nil {
		return err
	}
	defer browser.Close()
	for _, app := range apps {
		for _, f := range o.frameworks {
			if err := o.measureDevApp(ctx, f, app, browser, r); err != nil {
				return fmt.Errorf("%s, %s: %w", f.Name, app.name, err)
			}
		}
	}
	return nil
}

// devApp is an app whose development is measured.
type devApp struct {
	name  string
	write func(dir string) error
	// modules: it is one of rig.Modules, and edited.
	modules int
	// second is a page that is asked for after the first; empty: none.
	second string
	// idle: it is edited a thousand times more and then left alone.
	idle bool
}

func (o *options) measureDevApp(ctx context.Context, f rig.Framework, d devApp, browser *chrome.Browser, r *report) error {
	write := d.write
	if d.modules > 0 {
		write = func(dir string) error { return writeFiles(dir, rig.Modules(d.modules)) }
	}
	app, err := o.newApp(ctx, f, write)
	if err != nil {
		return err
	}
	for _, state := range []string{"cold", "warm"} {
		o.progress("%s: dev of %s, %s", f.Name, d.name, state)
		server, err := app.Dev(ctx, f)
		if err != nil {
			return err
		}
		err = o.measureDevStart(f, d, server, state, r)
		if err == nil && state == "warm" && d.modules > 0 {
			err = o.measureEdits(ctx, f, d, app, server, browser, r)
		}
		server.Close()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, rig.Plain(server.Log()))
		}
	}
	return nil
}

// measureDevStart asks a fresh server for its first pages.
func (o *options) measureDevStart(f rig.Framework, d devApp, server *rig.Server, state string, r *report) error {
	metric := func(name string) string { return fmt.Sprintf("dev, %s: %s, %s", d.name, name, state) }
	r.set(metric("ready"), f.Name, milliseconds(server.Ready))
	began := time.Now()
	first, html, err := timePage(server, "/")
	if err != nil {
		return err
	}
	r.set(metric("first page"), f.Name, milliseconds(first))
	for _, script := range pageScript.FindAllSubmatch(html, -1) {
		if _, _, err := timePage(server, string(script[1])); err != nil {
			return err
		}
	}
	r.set(metric("first page with its scripts"), f.Name, milliseconds(time.Since(began)))
	if err := devMemory(metric("memory after the first page"), f, server, r); err != nil {
		return err
	}
	if d.second != "" {
		second, _, err := timePage(server, d.second)
		if err != nil {
			return err
		}
		r.set(metric("second page"), f.Name, milliseconds(second))
	}
	return nil
}

// devMemory sets the resident memory of a server's processes.
func devMemory(metric string, f rig.Framework, server *rig.Server, r *report) error {
	m, err := server.Memory()
	if err != nil {
		return err
	}
	r.set(metric, f.Name, megabytes(m.RSS))
	return nil
}

// pageScript finds the scripts of a document.
var pageScript = regexp.MustCompile(`<script[^>]* src="(/_next/[^"]+)"`)

// timePage asks for a page, or a script, and tells how long it took.
func timePage(server *rig.Server, path string) (took time.Duration, body []byte, err error) {
	begin := time.Now()
	response, body, err := server.Get(path)
	if err == nil && response.StatusCode != 200 {
		err = fmt.Errorf("%s: %s", path, response.Status)
	}
	return time.Since(begin), body, err
}

// measureEdits edits a component that Chromium shows, again and again.
func (o *options) measureEdits(ctx context.Context, f rig.Framework, d devApp, app *rig.App, server *rig.Server, browser *chrome.Browser, r *report) error {
	tab, err := browser.Tab(server.URL)
	if err != nil {
		return err
	}
	defer tab.Close()
	if err := tab.Visit("/", 3*time.Minute); err != nil {
		return err
	}
	e := &editor{app: app, tab: tab}
	// The first edits wake what has slept since the start.
	if _, err := e.edits(ctx, 10, 100*time.Millisecond); err != nil {
		return err
	}
	if d.idle {
		if err := o.settle(ctx, f, server, "dev: memory after 10 edits", r); err != nil {
			return err
		}
	}
	times, err := e.edits(ctx, o.edits, 100*time.Millisecond)
	if err != nil {
		return err
	}
	slices.Sort(times)
	at := func(q float64) time.Duration { return times[int(q*float64(len(times)-1))] }
	r.set(fmt.Sprintf("dev, %s: edit to DOM, median", d.name), f.Name, tenths(at(0.5)))
	r.set(fmt.Sprintf("dev, %s: edit to DOM, p95", d.name), f.Name, tenths(at(0.95)))
	if !d.idle {
		return nil
	}
	o.progress("%s: a thousand edits", f.Name)
	if _, err := e.edits(ctx, 990, 0); err != nil {
		return err
	}
	if err := o.settle(ctx, f, server, "dev: memory after 1,000 edits", r); err != nil {
		return err
	}
	before, err := server.CPU()
	if err != nil {
		return err
	}
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	after, err := server.CPU()
	if err != nil {
		return err
	}
	used := after - before
	r.set("dev: processor time in 10 idle seconds", f.Name, value{used.Seconds() * 1000, fmt.Sprintf("%.0f ms", used.Seconds()*1000)})
	return nil
}

// settle sets what the server occupies once it has come to rest.
func (o *options) settle(ctx context.Context, f rig.Framework, server *rig.Server, metric string, r *report) error {
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	return devMemory(metric, f, server, r)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func tenths(d time.Duration) value {
	ms := float64(d.Microseconds()) / 1000
	return value{ms, fmt.Sprintf("%.1f ms", ms)}
}

// editor changes the text of one component, the leaf of rig.Modules.
type editor struct {
	app *rig.App
	tab *chrome.Tab
	n   int
}

// edits makes n edits, each when the one before it is on the screen and a pause has
// passed. It tells how long each took, from the call that writes the file to the
// change of the document; both clocks are this machine's.
func (e *editor) edits(ctx context.Context, n int, rest time.Duration) ([]time.Duration, error) {
	component0 := rig.Modules(1)[rig.ModulesLeaf]
	var times []time.Duration
	for range n {
		if err := pause(ctx, rest); err != nil {
			return nil, err
		}
		e.n++
		if err := e.tab.Watch(fmt.Sprintf("document.getElementById('edited').textContent === 'edit %d'", e.n)); err != nil {
			return nil, err
		}
		text := strings.ReplaceAll(component0, "edit 0", fmt.Sprintf("edit %d", e.n))
		begin := time.Now()
		if err := os.WriteFile(e.app.Path(filepath.FromSlash(rig.ModulesLeaf)), []byte(text), 0o644); err != nil {
			return nil, err
		}
		seen, err := e.tab.Seen(20 * time.Second)
		if err != nil {
			return nil, fmt.Errorf("edit %d: %w", e.n, err)
		}
		times = append(times, seen.Sub(begin))
	}
	return times, nil
}
