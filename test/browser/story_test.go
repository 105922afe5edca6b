package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/onwardjs/onward/test/rig"
)

// A story is a list of things done in a tab. What each of them led to (events of
// the router, requests, the address, the router's state, what is shown) is written
// down and must be what Next.js led to:
//
//	go test ./browser -framework next -run Stories -record
//
// writes testdata/stories/*.golden from the *.txt beside them. Lines of a story:
//
//	app client locales     the fixture app and the variants that are laid over it
//	# text                 a comment
//	open /path             a new tab shows this
//	do expression          evaluated; a promise is awaited
//	click id, hover id     with the mouse
//	go back, go forward    the buttons of the browser
//	host name              the next tabs ask for another host
func TestStories(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "stories", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal("no stories: ", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(text))
			golden := strings.TrimSuffix(file, ".txt") + ".golden"
			if *record {
				if framework.Name != "next" {
					t.Fatal("-record needs -framework next")
				}
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compareStories(t, string(want), got)
		})
	}
}

// compareStories reports each step that led to something else.
func compareStories(t *testing.T, want, got string) {
	t.Helper()
	wanted, steps := strings.Split(want, "\n\n"), strings.Split(got, "\n\n")
	if len(wanted) != len(steps) {
		t.Errorf("the story has %d steps, its recording %d: record it again", len(steps), len(wanted))
		return
	}
	for i := range steps {
		if steps[i] != wanted[i] {
			t.Errorf("step %d: %s", i+1, difference(strings.Split(wanted[i], "\n"), strings.Split(steps[i], "\n")))
		}
	}
}

// difference shows the first line of both and those that only one has: "-" for Next.js.
func difference(want, got []string) string {
	out := want[0]
	for _, line := range want {
		if !slices.Contains(got, line) {
			out += "\n-" + line
		}
	}
	for i, line := range got {
		if !slices.Contains(want, line) {
			out += "\n+" + line
		} else if len(want) == len(got) && want[i] != line {
			out += "\n~" + line + " (in another place)"
		}
	}
	return out
}

// story is one being told.
type story struct {
	t      *testing.T
	server *rig.Server
	host   string
	tab    *tab
	out    strings.Builder
	// documents counts the documents that the tab loaded.
	documents int
}

// tell runs a story and answers what happened, a paragraph for each step.
func tell(t *testing.T, text string) string {
	t.Helper()
	s := &story{t: t, host: "localhost"}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		switch verb {
		case "", "#":
			continue
		case "app":
			s.server = appOf(t, strings.Fields(rest))
			continue
		case "host":
			s.host = rest
			continue
		case "open":
			s.open(rest)
		default:
			if s.tab == nil {
				t.Fatalf("%q comes before a page is open", line)
			}
			s.step(verb, rest)
		}
		if s.out.Len() > 0 {
			s.out.WriteString("\n")
		}
		fmt.Fprintf(&s.out, "%s\n", line)
		s.outcome()
	}
	return s.out.String()
}

var variants struct {
	sync.Mutex
	servers map[string]func() (*rig.Server, error)
	stop    []func()
}

// appOf serves a fixture app with variants laid over it; each is built once.
func appOf(t *testing.T, names []string) *rig.Server {
	t.Helper()
	key := strings.Join(names, " ")
	variants.Lock()
	if variants.servers == nil {
		variants.servers = map[string]func() (*rig.Server, error){}
	}
	start := variants.servers[key]
	if start == nil {
		start = sync.OnceValues(func() (*rig.Server, error) { return serveVariant(names) })
		variants.servers[key] = start
	}
	variants.Unlock()
	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func serveVariant(names []string) (*rig.Server, error) {
	// The server outlives the test that asked first; stopVariants ends it.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	source := filepath.Join(rig.Apps(), names[0])
	app, err := rig.New(ctx, source, framework)
	if err != nil {
		cancel()
		return nil, err
	}
	app.Host = "localhost"
	var server *rig.Server
	for _, name := range names[1:] {
		if err == nil {
			err = overlay(filepath.Join(source, "variants", name), app.Dir)
		}
	}
	if err == nil {
		_, err = app.Build(ctx, framework)
	}
	if err == nil {
		server, err = app.Start(ctx, framework, "/")
	}
	if err != nil {
		cancel()
		app.Remove()
		return nil, err
	}
	variants.Lock()
	defer variants.Unlock()
	variants.stop = append(variants.stop, func() {
		server.Close()
		cancel()
		app.Remove()
	})
	return server, nil
}

// overlay puts the files of one folder in the same places of another.
func overlay(from, to string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

// stopVariants ends the servers of all stories.
func stopVariants() {
	variants.Lock()
	defer variants.Unlock()
	for _, stop := range variants.stop {
		stop()
	}
}

func (s *story) open(path string) {
	if s.server == nil {
		s.t.Fatal("the story names no app")
	}
	s.tab = blank(s.t, strings.Replace(s.server.URL, "localhost", s.host, 1))
	s.tab.visit(path)
	s.documents = 0
}

// outcomeScript is what a page tells of itself, and forgets.
const outcomeScript = `(() => {
  const { log, renders, next } = window;
  window.log = [];
  window.renders = [];
  const r = next?.router;
  return {
    log: log ?? [],
    renders: renders ?? [],
    at: location.pathname + location.search + location.hash,
    shown: document.querySelector("h1")?.textContent ?? document.body?.innerText.slice(0, 80),
    props: document.getElementById("props")?.textContent ?? "",
    state: r && { route: r.route, pathname: r.pathname, query: r.query, asPath: r.asPath, locale: r.locale },
    lang: document.documentElement.lang,
    title: document.title,
    said: (document.querySelector("next-route-announcer")?.shadowRoot ?? document).querySelector("#__next-route-announcer__")?.textContent ?? "",
    scrolled: scrollY > 2000 ? "far" : scrollY > 100 ? "down" : "top",
  };
})()`

type pageOutcome struct {
	Log, Renders []string
	At, Shown    string
	Props        string
	State        json.RawMessage
	Lang, Title  string
	Said         string
	Scrolled     string
}

// step does one thing. What a "do" answers goes into its paragraph.
func (s *story) step(verb, rest string) {
	s.t.Helper()
	p := s.tab
	p.forget()
	switch verb {
	case "do":
		// A navigation that loads a document never settles, so nothing waits for it.
		p.eval(`void (async () => { try { const r = await (`+rest+`); if (r !== undefined) window.log?.push("answers " + JSON.stringify(r)); } catch (e) { window.log?.push("throws " + (e?.constructor?.name ?? typeof e)); } })()`, nil)
	case "click":
		p.click(rest)
	case "hover":
		p.hover(rest)
	case "go":
		p.eval(map[string]string{"back": "history.back()", "forward": "history.forward()"}[rest], nil)
	default:
		s.t.Fatalf("no such step: %s %s", verb, rest)
	}
}

// settle waits until the page has done nothing for a while.
func (s *story) settle() {
	const pause, quietTimes = 60 * time.Millisecond, 5
	last, quiet := "", 0
	for range 160 {
		time.Sleep(pause)
		now := fmt.Sprint(len(s.tab.made(func(request) bool { return true })), s.tab.pending())
		if state, err := chromedp.Run(s.tab.ctx, chromedp.Evaluate[string](`[document.readyState, location.href, window.log?.length, window.renders?.length, document.querySelector("h1")?.textContent, scrollY].join()`)); err == nil {
			now += state
		} else {
			now = time.Now().String()
		}
		if now != last || s.tab.pending() > 0 {
			last, quiet = now, 0
		} else if quiet++; quiet == quietTimes {
			return
		}
	}
	s.t.Error("the page does not come to rest")
}

func (s *story) outcome() {
	s.t.Helper()
	s.settle()
	var o pageOutcome
	s.tab.eval(outcomeScript, &o)
	w := &s.out
	for _, entry := range o.Log {
		fmt.Fprintf(w, "  %s\n", entry)
	}
	var asked []string
	for _, r := range s.tab.made(func(r request) bool {
		return r.Kind == "Document" || strings.Contains(r.Path, "/_next/data/") && r.Method != "OPTIONS"
	}) {
		kind := "data"
		if r.Kind == "Document" {
			kind = "document"
		}
		line := fmt.Sprintf("  %s %s %s", kind, r.Method, r.Path)
		if r.Purpose != "" {
			line += " purpose=" + r.Purpose
		}
		if r.Middleware != "" {
			line += " x-middleware-prefetch=" + r.Middleware
		}
		asked = append(asked, line+"\n")
	}
	slices.Sort(asked)
	w.WriteString(strings.Join(slices.Compact(asked), ""))
	for _, entry := range o.Renders {
		fmt.Fprintf(w, "  renders %s\n", entry)
	}
	fmt.Fprintf(w, "  at %s\n  shows %s %s\n", o.At, o.Shown, o.Props)
	if o.State != nil {
		fmt.Fprintf(w, "  router %s\n", o.State)
	}
	fmt.Fprintf(w, "  scroll=%s title=%q lang=%q said=%q\n", o.Scrolled, o.Title, o.Lang, o.Said)
}
