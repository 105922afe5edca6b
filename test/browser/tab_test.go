// Package browser drives real Chromium through the fixture apps. The same
// tests run against the reference, to see that they ask for what Next.js does:
//
//	go test ./browser -framework next
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/onwardjs/onward/test/rig"
)

var frameworkName = flag.String("framework", "onward", "what serves the apps: onward or next")

var (
	framework rig.Framework
	// browser is the context of the running Chromium.
	browser context.Context
	// contract is a server of the fixture app that most tests use.
	contract *rig.Server
	// pageTimeout bounds each wait.
	pageTimeout = 10 * time.Second
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if *frameworkName == "next" {
		framework = rig.Next()
	} else {
		var err error
		if framework, err = rig.Onward(); err != nil {
			return 1, err
		}
	}
	stop, err := startBrowser(ctx)
	if err != nil {
		return 1, err
	}
	defer stop()
	app, server, err := serve(ctx, filepath.Join(rig.Apps(), "contract"))
	if err != nil {
		return 1, err
	}
	defer app.Remove()
	defer server.Close()
	contract = server
	defer stopVariants()
	return m.Run(), nil
}

func serve(ctx context.Context, source string) (*rig.App, *rig.Server, error) {
	app, err := rig.New(ctx, source, framework)
	if err != nil {
		return nil, nil, err
	}
	if _, err := app.Build(ctx, framework); err != nil {
		app.Remove()
		return nil, nil, err
	}
	server, err := app.Start(ctx, framework, "/")
	if err != nil {
		app.Remove()
		return nil, nil, err
	}
	return app, server, nil
}

func startBrowser(ctx context.Context) (stop func(), err error) {
	path, err := findChromium()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WindowSize(1000, 700)}
	for _, name := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-extensions", "disable-dev-shm-usage", "mute-audio", "hide-scrollbars",
	} {
		options = append(options, chromedp.Flag(name, true))
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	var stopBrowser context.CancelFunc
	browser, stopBrowser = chromedp.NewContext(allocator)
	stop = func() {
		stopBrowser()
		stopAllocator()
		os.RemoveAll(profile)
	}
	if err := chromedp.Do(browser); err != nil {
		stop()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return stop, nil
}

func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("chromium is missing; install it: apt-get install chromium")
}

// request is one that the page made.
type request struct {
	Method string
	// Path with query; the build id in it reads BUILD.
	Path string
	// Kind is Document, Fetch, Script, ...
	Kind    string
	Purpose string
	// Middleware is the header x-middleware-prefetch.
	Middleware string
}

func (r request) String() string { return r.Kind + " " + r.Method + " " + r.Path }

// tab is a page in a browser profile of its own.
type tab struct {
	*testing.T
	ctx  context.Context
	base string

	mu       sync.Mutex
	requests []request
	// open are the requests that are under way.
	open map[network.RequestID]bool
	// complaints are warnings, errors and exceptions of the console.
	complaints []string
}

// open shows a page of the contract app, hydrated.
func open(t *testing.T, path string) *tab {
	t.Helper()
	p := blank(t, contract.URL)
	p.visit(path)
	return p
}

// blank is a tab that shows nothing yet.
func blank(t *testing.T, base string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &tab{T: t, base: base, open: map[network.RequestID]bool{}}
	// The first action may have no timeout: it would bound the whole browser.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	p.ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Listen(p.ctx, p.event); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(p.ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Logf("requests: %v\nconsole: %q", p.requests, p.complaints)
		}
	})
	return p
}

func (p *tab) event(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Scheme == "data" {
			return
		}
		path := u.RequestURI()
		if before, rest, ok := strings.Cut(path, "/_next/data/"); ok {
			_, rest, _ = strings.Cut(rest, "/")
			path = before + "/_next/data/BUILD/" + rest
		}
		purpose, _ := e.Request.Headers["purpose"].(string)
		middleware, _ := e.Request.Headers["x-middleware-prefetch"].(string)
		p.requests = append(p.requests, request{e.Request.Method, path, string(e.Type), purpose, middleware})
		p.open[e.RequestID] = true
	case *network.EventLoadingFinished:
		delete(p.open, e.RequestID)
	case *network.EventLoadingFailed:
		delete(p.open, e.RequestID)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeError {
			var words []string
			for _, arg := range e.Args {
				words = append(words, description(arg))
			}
			p.complaints = append(p.complaints, string(e.Type)+": "+strings.Join(words, " "))
		}
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, "exception: "+e.ExceptionDetails.Text+" "+description(e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceNetwork && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			p.complaints = append(p.complaints, string(e.Entry.Level)+": "+e.Entry.Text)
		}
	}
}

func description(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return string(o.Value) + o.Description
}

// visit loads a path as a new document and waits until React has taken it over.
func (p *tab) visit(path string) {
	p.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Navigate(p.base+path)); err != nil {
		p.Fatal(err)
	}
	p.hydrated()
}

// hydratedCheck: elements get their props while React is still at work; the root says
// when it is done.
const hydratedCheck = `(() => {
  const root = document.querySelector("#__next");
  const inside = root && root.querySelector("*");
  const container = root && Object.keys(root).find((key) => key.startsWith("__reactContainer"));
  return !!inside && !!container && document.readyState === "complete" && Object.keys(inside).some((key) => key.startsWith("__reactProps")) &&
    !root[container].stateNode.current.memoizedState.isDehydrated;
})()`

func (p *tab) hydrated() {
	p.Helper()
	p.until(hydratedCheck)
	// Effects run after the commit that the check has seen.
	p.eval(`new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(1), 0)))`, nil)
}

// eval evaluates an expression, awaiting it if it is a promise.
func (p *tab) eval(expression string, into any) {
	p.Helper()
	result, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
}

// until waits for an expression to be true; documents may change meanwhile.
func (p *tab) until(expression string) {
	p.Helper()
	var ok bool
	var err error
	for end := time.Now().Add(pageTimeout); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if ok, err = chromedp.Run(p.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")")); err == nil && ok {
			return
		}
	}
	page, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.href + "\n" + document.documentElement.innerText.slice(0, 500)`))
	p.Fatalf("it never became true: %s (%v)\nat %s", expression, err, page)
}

// want fails unless an expression is the given value, as JSON sees both.
func (p *tab) want(expression string, value any) {
	p.Helper()
	var got, want any
	p.eval(expression, &got)
	encoded, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(encoded, &want)
	}
	if err != nil {
		p.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		p.Errorf("%s is %v, want %v", expression, got, want)
	}
}

// click clicks the element with an id.
func (p *tab) click(id string) {
	p.Helper()
	p.until(fmt.Sprintf("document.getElementById(%q)", id))
	p.eval(fmt.Sprintf("document.getElementById(%q).click()", id), nil)
}

// hover moves the mouse onto the element with an id.
func (p *tab) hover(id string) {
	p.Helper()
	var at [2]float64
	p.eval(fmt.Sprintf(`(() => { const r = document.getElementById(%q).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`, id), &at)
	if err := chromedp.Do(p.ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1])); err != nil {
		p.Fatal(err)
	}
}

// mark leaves a trace in the window that a new document does not have.
func (p *tab) mark() {
	p.Helper()
	p.eval("window.marked = true", nil)
}

// sameDocument fails when the document was loaded anew since mark.
func (p *tab) sameDocument() {
	p.Helper()
	p.want("window.marked === true", true)
}

// newDocument waits until the document was loaded anew since mark.
func (p *tab) newDocument() {
	p.Helper()
	p.until("window.marked === undefined && document.readyState === 'complete'")
}

// made lists the requests so far that fit.
func (p *tab) made(fits func(request) bool) []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []request
	for _, r := range p.requests {
		if fits(r) {
			list = append(list, r)
		}
	}
	return list
}

// pending counts the requests that are under way.
func (p *tab) pending() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// data fits requests for a page's data with a method.
func data(method, path string) func(request) bool {
	return func(r request) bool { return r.Method == method && r.Path == "/_next/data/BUILD"+path }
}

// requested waits for a request that fits.
func (p *tab) requested(what string, fits func(request) bool) {
	p.Helper()
	for end := time.Now().Add(pageTimeout); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if len(p.made(fits)) > 0 {
			return
		}
	}
	p.Fatalf("no request for %s", what)
}

// forget drops the requests so far.
func (p *tab) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// quiet waits until no request was made for a while.
func (p *tab) quiet() {
	last := -1
	for range 40 {
		now := len(p.made(func(request) bool { return true }))
		if now == last {
			return
		}
		last = now
		time.Sleep(150 * time.Millisecond)
	}
}

// noComplaints fails when the console holds warnings or errors other than
// those that contain one of the allowed texts.
func (p *tab) noComplaints(allowed ...string) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, complaint := range p.complaints {
		if !slices.ContainsFunc(allowed, func(text string) bool { return strings.Contains(complaint, text) }) {
			p.Errorf("console: %s", complaint)
		}
	}
}
