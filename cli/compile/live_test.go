package compile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
	"golang.org/x/tools/txtar"
)

// TestLive plays every story of testdata/live. The files of an archive are an app;
// "name@2" is a later text of the file "name". Two files are not: `steps` is what
// happens, a command a line, and `want` what came of it:
//
//	need <target> <route>     compile, and list what is wrong
//	edit <file>@<n> ...       files get their later texts
//	remove <file> ...
//	rename <file> <file>
//	damage <file>             a byte that is no UTF-8 is put into it
//	touch <file>              it is told of, and is as it was
//	look                      Change is told nothing
//	code <target> <id>        the code of a module
//	chunk <name>              the modules of a script, and what it does with them
//	css <name>                a style sheet
//	page <route>              what the server is told of a page
//	at <target> <id> <text>   where the place of a text in compiled code comes from
//
// ONWARD_UPDATE=1 rewrites `want`.
func TestLive(t *testing.T) {
	files, err := filepath.Glob("testdata/live/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := newStory(t, archive)
			got := s.play(t)
			if os.Getenv("ONWARD_UPDATE") == "" {
				if got != s.want {
					t.Errorf("outcome differs; got:\n%s\nwant:\n%s", got, s.want)
				}
				return
			}
			for i := range archive.Files {
				if archive.Files[i].Name == "want" {
					archive.Files[i].Data = []byte(got)
				}
			}
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// story is an app on disk that is being edited.
type story struct {
	edits       int
	f           *fixture
	l           *Live
	steps, want string
	later       map[string]string // "name@2" → text
	out         strings.Builder
}

func newStory(t testing.TB, archive *txtar.Archive) *story {
	t.Helper()
	s := &story{later: map[string]string{}}
	app := &txtar.Archive{}
	for _, file := range archive.Files {
		switch {
		case file.Name == "steps":
			s.steps = string(file.Data)
		case file.Name == "want":
			s.want = string(file.Data)
		case regexp.MustCompile(`@\d$`).MatchString(file.Name):
			s.later[file.Name] = string(file.Data)
		default:
			app.Files = append(app.Files, file)
		}
	}
	s.f, s.l = newLiveFixture(t, app)
	s.l.Watched(func(dirs []string) {
		for _, dir := range dirs {
			fmt.Fprintf(&s.out, "  watch: %s\n", s.shown(dir))
		}
	})
	return s
}

func (s *story) shown(file string) string {
	rel, err := filepath.Rel(s.l.b.dir, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

func (s *story) play(t testing.TB) string {
	t.Helper()
	for line := range strings.Lines(s.steps) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		fmt.Fprintf(&s.out, "> %s\n", line)
		command, rest, _ := strings.Cut(line, " ")
		s.step(t, command, rest)
	}
	return s.out.String()
}

func (s *story) step(t testing.TB, command, rest string) {
	t.Helper()
	ctx := context.Background()
	args := strings.Fields(rest)
	full := func(name string) string { return filepath.Join(s.l.b.dir, filepath.FromSlash(name)) }
	switch command {
	case "need":
		s.problems(s.l.Need(ctx, target(t, args[0]), args[1]))
	case "edit":
		var files []string
		for _, a := range args {
			name, _, _ := strings.Cut(a, "@")
			text, ok := s.later[a]
			if !ok {
				t.Fatalf("no text %s", a)
			}
			writeFiles(t, s.l.b.dir, map[string]string{name: text})
			// The clock jumps with every edit, far back and far ahead: times of files
			// mean nothing.
			s.edits++
			at := time.Unix(1e9, 0)
			if s.edits%2 == 0 {
				at = time.Unix(4e9, 0)
			}
			if err := os.Chtimes(full(name), at, at); err != nil {
				t.Fatal(err)
			}
			files = append(files, full(name))
		}
		s.change(t, files)
	case "remove":
		var files []string
		for _, a := range args {
			if err := os.Remove(full(a)); err != nil {
				t.Fatal(err)
			}
			files = append(files, full(a))
		}
		s.change(t, files)
	case "rename":
		if err := os.MkdirAll(filepath.Dir(full(args[1])), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(full(args[0]), full(args[1])); err != nil {
			t.Fatal(err)
		}
		s.change(t, []string{full(args[0]), full(args[1])})
	case "damage":
		text, err := os.ReadFile(full(args[0]))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full(args[0]), append([]byte("// caf\xe9\n"), text...), 0o644); err != nil {
			t.Fatal(err)
		}
		s.change(t, []string{full(args[0])})
	case "touch":
		s.change(t, []string{full(args[0])})
	case "look":
		s.change(t, nil)
	case "code":
		m := s.l.graphs[target(t, args[0])].known(args[1])
		if m == nil || m.get() == nil {
			fmt.Fprintln(&s.out, "  none")
			return
		}
		s.indent(s.anonymous(m.get().code))
	case "chunk":
		s.chunk(t, args[0])
	case "css":
		f, err := s.l.File(ctx, "static/css/"+args[0]+".css")
		s.problems(err)
		if f != nil {
			s.indent(s.anonymous(string(f.Data)))
		}
	case "page":
		s.page(args[0])
	case "at":
		s.place(t, target(t, args[0]), args[1], strings.Join(args[2:], " "))
	default:
		t.Fatalf("unknown step %s", command)
	}
}

func target(t testing.TB, name string) Target {
	t.Helper()
	i := slices.Index([]string{"browser", "server", "edge"}, name)
	if i < 0 {
		t.Fatalf("no target %s", name)
	}
	return Target(i)
}

// anonymous leaves out where the app lies.
func (s *story) anonymous(text string) string {
	return strings.ReplaceAll(text, filepath.ToSlash(s.l.b.dir), "/app")
}

func (s *story) indent(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(&s.out, "  %s\n", strings.TrimRight(line, "\n"))
	}
}

func (s *story) problems(err error) {
	list, ok := err.(diag.Errors)
	if err != nil && !ok {
		fmt.Fprintf(&s.out, "  error: %v\n", err)
	}
	for _, m := range list {
		fmt.Fprintf(&s.out, "  problem: %s\n", s.anonymous(m.Error()))
	}
}

func (s *story) change(t testing.TB, files []string) {
	t.Helper()
	pages, _, err := route.Scan(os.DirFS(s.f.dir), []string{"tsx", "ts", "jsx", "js"})
	if err != nil {
		t.Fatal(err)
	}
	guard, _, err := route.FindMiddleware(os.DirFS(s.f.dir), []string{"tsx", "ts", "jsx", "js"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(pages, s.l.b.opt.Pages) || (guard == nil) != (s.l.b.opt.Middleware == nil) {
		s.l.SetRoutes(pages, guard, "")
	}
	c := s.l.Change(context.Background(), files)
	for _, m := range c.Modules {
		fmt.Fprintf(&s.out, "  module: %s\n", m.ID)
	}
	for _, x := range c.Styles {
		fmt.Fprintf(&s.out, "  style: %s\n", x.ID)
	}
	for _, id := range c.Gone {
		fmt.Fprintf(&s.out, "  gone: %s\n", id)
	}
	for _, p := range c.Forget {
		g, m := s.l.at(p)
		fmt.Fprintf(&s.out, "  forget: %s %s\n", []string{"browser", "server", "edge"}[g.target], m.id)
	}
	for _, r := range c.Routes {
		fmt.Fprintf(&s.out, "  data: %s\n", r)
	}
	if c.Reload != "" {
		fmt.Fprintf(&s.out, "  reload: %s\n", c.Reload)
	}
	if c.Restart {
		fmt.Fprintln(&s.out, "  restart")
	}
	s.problems(c.Problems)
}

func (s *story) chunk(t testing.TB, name string) {
	t.Helper()
	f, err := s.l.File(context.Background(), name)
	s.problems(err)
	if f == nil {
		fmt.Fprintln(&s.out, "  none")
		return
	}
	for _, id := range regexp.MustCompile(`(?m)^"([^"]+)": \{version: \d+, imports: (.*), run: function`).FindAllStringSubmatch(string(f.Data), -1) {
		fmt.Fprintf(&s.out, "  define: %s %s\n", id[1], id[2])
	}
	for _, call := range regexp.MustCompile(`(?m)^__onward\.(start|page|lazy)\(.*$`).FindAllString(string(f.Data), -1) {
		fmt.Fprintf(&s.out, "  %s\n", call)
	}
}

func (s *story) page(pattern string) {
	p := s.l.Page(pattern)
	if p == nil {
		fmt.Fprintln(&s.out, "  none")
		return
	}
	fmt.Fprintf(&s.out, "  module: %s\n  scripts: %v\n  styles: %v\n", s.anonymous(p.Module), p.Scripts, p.Styles)
	for _, id := range sortedKeys(p.Dynamic) {
		fmt.Fprintf(&s.out, "  dynamic: %s: %v %v\n", id, p.Dynamic[id].Scripts, p.Dynamic[id].Styles)
	}
	fmt.Fprintf(&s.out, "  exports: %v\n", p.Facts.Exports)
	if p.Runtime != "" {
		fmt.Fprintf(&s.out, "  runtime: %s\n", p.Runtime)
	}
}

// place looks a text up in compiled code, and where Original says that it was written.
func (s *story) place(t testing.TB, target Target, id, text string) {
	t.Helper()
	g := s.l.graphs[target]
	m := g.known(id)
	if m == nil || m.get() == nil {
		fmt.Fprintln(&s.out, "  none")
		return
	}
	before, _, ok := strings.Cut(m.get().code, text)
	if !ok {
		fmt.Fprintf(&s.out, "  no such text\n")
		return
	}
	line, column := strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n')
	url := g.place(id)
	if target == Browser {
		url, line = sourceURL(id, m.get().version), line+1
	}
	o, ok := s.l.Original(url, line+1, column)
	if !ok {
		fmt.Fprintln(&s.out, "  unknown")
		return
	}
	source := ""
	if lines := strings.Split(o.Text, "\n"); o.Line > 0 && o.Line <= len(lines) {
		source = strings.TrimSpace(lines[o.Line-1])
	}
	fmt.Fprintf(&s.out, "  %s:%d:%d %s\n", o.File, o.Line, o.Column, strconv.Quote(source))
}

// Names of modules survive the way to a path and back.
func TestEscape(t *testing.T) {
	for _, id := range []string{"pages/index.tsx", "../shared/a.ts", "pages/[...slug].tsx", "onward:next/link.tsx", "a b/ü~é.ts", "x//y", "a..b", "onward-page:/"} {
		name := escape(id)
		if got := unescape(name); got != id {
			t.Errorf("%q became %q and then %q", id, name, got)
		}
		if strings.ContainsAny(name, " :[]") || strings.Contains(name, "..") || strings.Contains(name, "//") {
			t.Errorf("%q is not safe as a path", name)
		}
	}
}
