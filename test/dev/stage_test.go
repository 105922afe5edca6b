package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/chrome"
	"github.com/onwardjs/onward/test/rig"
)

// spare is the app of a stage that is closed, without its files: packages are many, and
// the next stage takes over the folder. nil: there is none.
var spare *rig.App

// stage is an app, its development server and a network before it.
type stage struct {
	fixture string
	ctx     context.Context
	cancel  context.CancelFunc
	app     *rig.App
	server  *rig.Server
	network *network
}

// newStage starts the server of a fixture app, or of an empty one, that has the given
// files too.
func newStage(fixture string, files ...map[string]string) (*stage, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	s := &stage{fixture: fixture, ctx: ctx, cancel: cancel}
	var err error
	if s.app, err = newApp(ctx, fixture); err != nil {
		cancel()
		return nil, err
	}
	for _, set := range files {
		for name, text := range set {
			err = errors.Join(err, s.app.Write(name, text))
		}
	}
	if err == nil {
		s.server, err = s.app.Dev(ctx, framework)
	}
	if err == nil {
		s.network, err = startNetwork(strings.TrimPrefix(s.server.URL, "http://"))
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// newApp is a fixture app, or an empty one that has packages.
func newApp(ctx context.Context, fixture string) (*rig.App, error) {
	if fixture != "" {
		return rig.New(ctx, filepath.Join(rig.Apps(), fixture), framework)
	}
	if app := spare; app != nil {
		spare = nil
		return app, nil
	}
	source, err := rig.TempDir("dev-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(source)
	return rig.New(ctx, source, framework)
}

func (s *stage) close() {
	if s.network != nil {
		s.network.close()
	}
	if s.server != nil {
		s.server.Close()
	}
	s.cancel()
	if s.fixture == "" && spare == nil && s.empty() == nil {
		spare = s.app
		return
	}
	s.app.Remove()
}

// empty removes what is in the app's folder besides its packages.
func (s *stage) empty() error {
	entries, err := os.ReadDir(s.app.Dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		switch entry.Name() {
		case "node_modules", "package.json", ".counts":
		default:
			if err := os.RemoveAll(s.app.Path(entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// actor plays one scenario on a stage.
type actor struct {
	*stage
	tabs map[string]*chrome.Tab
	tab  *chrome.Tab
	// mark is the name that the present document was given, in each tab.
	marks map[*chrome.Tab]int
	// said is the length of the terminal's text when the scenario began.
	said int
	// changed is when the last change of a file began.
	changed time.Time
	watched bool
}

// play plays a scenario and puts the app's files back.
func (s *stage) play(t *testing.T, sc *scenario) {
	before, err := s.snapshot()
	if err != nil {
		t.Fatal(err)
	}
	a := &actor{stage: s, tabs: map[string]*chrome.Tab{}, marks: map[*chrome.Tab]int{}, said: len(s.server.Log())}
	defer func() {
		for _, tab := range a.tabs {
			tab.Close()
		}
		s.network.set(false)
		if err := s.restore(before); err != nil {
			t.Error(err)
		}
	}()
	if a.tab, err = a.open("1"); err != nil {
		t.Fatal(err)
	}
	for i, st := range sc.steps {
		if err := a.do(sc, i); err != nil {
			log := s.server.Log()
			t.Fatalf("scenarios/%s.txtar:%d: %s\n%v\nconsole:\n  %s\nterminal:\n%s", sc.name, st.line, st, err,
				strings.Join(a.tab.Console(), "\n  "), rig.Plain(log[min(a.said, len(log)):]))
		}
	}
}

// open is the tab with a number, opened when there is none.
func (a *actor) open(number string) (*chrome.Tab, error) {
	if tab := a.tabs[number]; tab != nil {
		return tab, nil
	}
	tab, err := browser.Tab(a.network.URL, overlayScript)
	if err == nil {
		a.tabs[number] = tab
	}
	return tab, err
}

// overlayScript gives __overlay(), the text that a framework's overlay shows: that of
// the dialogs in its shadow root, which need not be an open one. The reference folds
// some errors into a mark, which is opened.
const overlayScript = `(() => {
  const roots = [];
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    roots.push(root);
    return root;
  };
  globalThis.__overlay = () => {
    let text = "";
    for (const root of roots) {
      if (!root.host.isConnected) continue;
      root.querySelector("[data-issues-open]")?.click();
      for (const dialog of root.querySelectorAll("[role=dialog],[data-nextjs-dialog]")) {
        if (!dialog.checkVisibility()) continue;
        const copy = dialog.cloneNode(true);
        for (const style of copy.querySelectorAll("style")) style.remove();
        text += copy.textContent + "\n";
      }
    }
    return text;
  };
})()`

func (a *actor) do(sc *scenario, i int) error {
	st := sc.steps[i]
	if slices.Contains(changes, st.verb) {
		a.watched = false
		if condition := sc.next(i); condition != "" {
			a.watched = a.tab.Watch(condition) == nil
		}
		a.changed = time.Now()
		return a.change(st)
	}
	if condition := st.condition(); condition != "" {
		if err := a.tab.Until(condition, patience); err != nil {
			return err
		}
		if a.watched {
			a.watched = false
			if at, err := a.tab.Seen(time.Second); err == nil && at.After(a.changed) {
				times.add(sc.name, st.String(), at.Sub(a.changed))
			}
		}
		return nil
	}
	return a.see(st)
}

// change does what changes the app or its surroundings.
func (a *actor) change(st step) (err error) {
	arg := func(i int) string { return st.args[i] }
	switch st.verb {
	case "edit":
		return a.app.Edit(arg(0), arg(1), arg(2))
	case "write":
		return a.app.Write(arg(0), arg(1))
	case "remove":
		return a.app.Delete(arg(0))
	case "rename":
		return a.app.Rename(arg(0), arg(1))
	case "save":
		text, err := a.app.Read(arg(0))
		if err != nil {
			return err
		}
		return a.app.Write(arg(0), text)
	case "flood":
		n, err := strconv.Atoi(arg(0))
		if err != nil {
			return err
		}
		for i := range n {
			err = errors.Join(err, a.app.Write(fmt.Sprintf("flood/%d/file%d.js", i/200, i), fmt.Sprintf("export const n = %d;\n", i)))
		}
		return err
	case "heal":
		a.network.set(false)
	case "start":
		a.server, err = a.app.DevOn(a.ctx, framework, a.server.Port())
		a.stage.server = a.server
		a.said = 0
	}
	return err
}

// see does what leaves the app as it is.
func (a *actor) see(st step) (err error) {
	arg := func(i int) string { return st.args[i] }
	switch st.verb {
	case "visit":
		if err := a.tab.Visit(arg(0), 3*patience); err != nil {
			return err
		}
		return a.mark()
	case "load":
		if err := a.tab.Load(arg(0), 3*patience); err != nil {
			return err
		}
		return a.mark()
	case "click":
		if err := a.tab.Until(fmt.Sprintf("document.getElementById(%q)", arg(0)), patience); err != nil {
			return err
		}
		return a.tab.Eval(fmt.Sprintf("document.getElementById(%q).click()", arg(0)), nil)
	case "js":
		return a.tab.Eval(arg(0), nil)
	case "tab":
		a.tab, err = a.open(arg(0))
	case "stop":
		return a.server.Close()
	case "cut":
		a.network.set(true)
	case "has":
		var text string
		if err := a.tab.Eval(fmt.Sprintf("document.getElementById(%q)?.textContent ?? '(no such element)'", arg(0)), &text); err != nil {
			return err
		}
		if text != arg(1) {
			return fmt.Errorf("it has %q", text)
		}
	case "same":
		var ok bool
		if err := a.tab.Eval(fmt.Sprintf("window.marked === %d", a.marks[a.tab]), &ok); err != nil {
			return err
		}
		if !ok {
			return errors.New("the document was loaded anew")
		}
	case "reloaded":
		if err := a.tab.Until(fmt.Sprintf("window.marked !== %d && document.readyState === 'complete'", a.marks[a.tab]), patience); err != nil {
			return err
		}
		return a.mark()
	case "still":
		return a.still()
	case "console":
		return a.poll(func() (bool, error) {
			return slices.ContainsFunc(a.tab.Console(), func(line string) bool { return strings.Contains(line, arg(0)) }), nil
		})
	case "terminal":
		return a.server.Printed(a.said, arg(0), patience)
	case "once":
		return a.once(arg(0))
	case "answers":
		return a.answers(arg(0), arg(1), arg(2))
	}
	return err
}

// mark gives the document a name that a new one will not have.
func (a *actor) mark() error {
	a.marks[a.tab]++
	return a.tab.Eval(fmt.Sprintf("window.marked = %d", a.marks[a.tab]), nil)
}

// still fails when the document's tree or the document itself changes within a moment.
func (a *actor) still() error {
	before, err := a.tab.Mutations()
	if err != nil {
		return err
	}
	time.Sleep(400 * time.Millisecond)
	after, err := a.tab.Mutations()
	if err == nil && before != after {
		err = fmt.Errorf("%d changes of the document", after-before)
	}
	return errors.Join(err, a.see(step{verb: "same"}))
}

// once waits for a text in the terminal, and for a second one that must not come.
func (a *actor) once(text string) error {
	if err := a.server.Printed(a.said, text, patience); err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond)
	if n := strings.Count(rig.Plain(a.server.Log()[a.said:]), text); n != 1 {
		return fmt.Errorf("the terminal says so %d times", n)
	}
	return nil
}

func (a *actor) answers(path, status, text string) error {
	last := ""
	err := a.poll(func() (bool, error) {
		r, body, err := a.server.Get(path)
		if err != nil {
			return false, err
		}
		last = fmt.Sprintf("%d %s\n%s", r.StatusCode, r.Header.Get("Location"), body[:min(len(body), 2000)])
		return strconv.Itoa(r.StatusCode) == status && (bytes.Contains(body, []byte(text)) || strings.Contains(r.Header.Get("Location"), text)), nil
	})
	if err != nil {
		return fmt.Errorf("%w; the last answer was %s", err, last)
	}
	return nil
}

// poll waits for a condition.
func (a *actor) poll(holds func() (bool, error)) error {
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if ok, err := holds(); ok || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("not within %s", patience)
		}
	}
}

// snapshot reads the files of the app, without packages and output.
func (s *stage) snapshot() (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(s.app.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.app.Dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case "node_modules", ".next", ".counts", ".git":
				return filepath.SkipDir
			}
			return nil
		}
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	return files, err
}

// restore makes the app's files what they were.
func (s *stage) restore(before map[string]string) error {
	now, err := s.snapshot()
	if err != nil {
		return err
	}
	for name, text := range before {
		if now[name] != text {
			err = errors.Join(err, s.app.Write(name, text))
		}
	}
	for name := range maps.Keys(now) {
		if _, was := before[name]; !was {
			err = errors.Join(err, s.app.Delete(name))
		}
	}
	return err
}
