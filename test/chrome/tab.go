package chrome

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab is a page in a browser profile of its own.
type Tab struct {
	// Base is what paths are relative to: "http://127.0.0.1:40123".
	Base string

	ctx   context.Context
	close []context.CancelFunc

	mu      sync.Mutex
	console []string
}

// Tab opens a tab that shows nothing yet. The scripts run first in each of its documents.
func (b *Browser) Tab(base string, scripts ...string) (*Tab, error) {
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t := &Tab{Base: base, ctx: ctx, close: []context.CancelFunc{cancel}}
	if err := t.prepare(append(scripts, stopwatch)); err != nil {
		t.Close()
		return nil, fmt.Errorf("chrome: opening a tab: %w", err)
	}
	return t, nil
}

func (t *Tab) prepare(scripts []string) error {
	if err := chromedp.Do(t.ctx, chromedp.Navigate("about:blank")); err != nil {
		return err
	}
	if err := chromedp.Listen(t.ctx, t.event); err != nil {
		return err
	}
	if _, err := chromedp.Call(t.ctx, log.Enable, cdp.Empty{}); err != nil {
		return err
	}
	for _, source := range scripts {
		if _, err := chromedp.Call(t.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source}); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the tab.
func (t *Tab) Close() {
	for _, stop := range t.close {
		stop()
	}
}

// stopwatch notes when an expression became true, in this document or in one that
// came after it. Mutations are seen at once; what changes without them, such as a
// style sheet that has loaded, at the next frame.
const stopwatch = `(() => {
  if (location.protocol === "about:") return;
  let watched = sessionStorage.getItem("watched");
  const check = () => {
    if (!watched) return;
    let holds = false;
    try { holds = Boolean((0, eval)(watched)); } catch {}
    if (!holds) return;
    watched = null;
    sessionStorage.removeItem("watched");
    sessionStorage.setItem("seen", performance.timeOrigin + performance.now());
  };
  let mutations = 0;
  new MutationObserver((list) => { mutations += list.length; check(); })
    .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  addEventListener("load", check, true);
  const frame = () => { check(); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  globalThis.__watch = (expression) => {
    sessionStorage.removeItem("seen");
    sessionStorage.setItem("watched", expression);
    watched = expression;
    check();
  };
  globalThis.__mutations = () => mutations;
})()`

func (t *Tab) event(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		words := []string{string(e.Type) + ":"}
		for _, arg := range e.Args {
			words = append(words, description(arg))
		}
		t.keep(strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		t.keep("exception: " + e.ExceptionDetails.Text + " " + description(e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		t.keep(string(e.Entry.Level) + ": " + e.Entry.Text)
	}
}

// keep holds the first lines of the console, which a page could fill without end.
func (t *Tab) keep(line string) {
	if len(t.console) < 2000 {
		t.console = append(t.console, line[:min(len(line), 4000)])
	}
}

func description(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return string(o.Value) + o.Description
}

// Console is what the tab's console has shown so far: "error: text".
func (t *Tab) Console() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.console)
}

// Visit loads a path as a new document and waits until React has taken it over. A
// server that is away for a moment is asked again.
func (t *Tab) Visit(path string, limit time.Duration) error {
	end := time.Now().Add(limit)
	if err := t.Load(path, limit); err != nil {
		return err
	}
	return t.Hydrated(time.Until(end))
}

// Load is Visit for documents without React.
func (t *Tab) Load(path string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(t.ctx, limit)
	defer cancel()
	for {
		err := chromedp.Do(ctx, chromedp.Navigate(t.Base+path))
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("chrome: %s: %w", path, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

const hydrated = `(() => {
  const inside = document.querySelector("#__next *");
  return !!inside && document.readyState === "complete" && Object.keys(inside).some((key) => key.startsWith("__reactProps"));
})()`

// Hydrated waits until React has taken over the document and effects have run.
func (t *Tab) Hydrated(limit time.Duration) error {
	end := time.Now().Add(limit)
	if err := t.Until(hydrated, limit); err != nil {
		return err
	}
	for {
		// The document may be loaded anew while its effects are waited for.
		err := t.Eval(`new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(1), 0)))`, nil)
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

// Eval evaluates an expression, awaiting it if it is a promise.
func (t *Tab) Eval(expression string, into any) error {
	ctx, cancel := context.WithTimeout(t.ctx, 20*time.Second)
	defer cancel()
	result, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		return fmt.Errorf("chrome: %s: %w", expression, err)
	}
	return nil
}

// Until waits for an expression to be true; documents may change meanwhile.
func (t *Tab) Until(expression string, limit time.Duration) error {
	var last error
	for end := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		var ok bool
		if last = t.Eval("Boolean("+expression+")", &ok); last == nil && ok {
			return nil
		}
		if time.Now().After(end) {
			break
		}
	}
	var shown string
	t.Eval(`location.href + "\n" + document.documentElement.innerText.slice(0, 1500)`, &shown) // for the message only
	return fmt.Errorf("chrome: it did not become true within %s: %s (%v)\nat %s\nconsole: %s",
		limit, expression, last, shown, strings.Join(tail(t.Console(), 12), "\n  "))
}

func tail(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// Watch begins to look for an expression to become true; Seen tells when it did.
func (t *Tab) Watch(expression string) error {
	quoted, err := json.Marshal(expression)
	if err != nil {
		return err
	}
	return t.Eval("__watch("+string(quoted)+")", nil)
}

// Seen waits until the watched expression has become true and tells when.
func (t *Tab) Seen(limit time.Duration) (time.Time, error) {
	if err := t.Until(`sessionStorage.getItem("seen")`, limit); err != nil {
		return time.Time{}, err
	}
	var ms float64
	if err := t.Eval(`Number(sessionStorage.getItem("seen"))`, &ms); err != nil {
		return time.Time{}, err
	}
	return time.UnixMicro(int64(ms * 1000)), nil
}

// Mutations counts the changes of the document's tree since it was loaded.
func (t *Tab) Mutations() (int, error) {
	var n int
	err := t.Eval("__mutations()", &n)
	return n, err
}
