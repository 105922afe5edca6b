package route

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
)

// maxDepth bounds how deep folders nest; only a symbolic link to a parent goes
// deeper.
const maxDepth = 32

// Scan finds the pages of a project. project is the project folder (os.DirFS);
// pageExtensions are without leading dot. Pages come sorted by route, special
// ones included, those Onward supplies itself not.
//
// The messages are warnings: two files for one route (the last by name
// counts), and what the project has that this version does not serve. The error
// is a diag.Errors: no pages folder, patterns that are wrong or conflict, public
// files in the way.
func Scan(project fs.FS, pageExtensions []string) ([]Page, []*diag.Message, error) {
	s := scan{project: project, extensions: pageExtensions}
	root, err := s.findPages()
	if err != nil {
		return nil, nil, err
	}
	files, err := s.walk(root, 0)
	if err != nil {
		return nil, s.warnings, diag.Errors{diag.Errorf("pages-unreadable", "cannot read the pages folder: %v", err).
			WithHint("Make %s readable for the user that runs Onward.", root)}
	}
	slices.Sort(files)
	pages := s.pages(root, files)
	s.checkPatterns(pages)
	s.checkPublic(pages)
	s.checkSiblings()
	if len(s.errors) > 0 {
		return nil, s.warnings, s.errors
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.Route, b.Route) })
	return pages, s.warnings, nil
}

type scan struct {
	project    fs.FS
	extensions []string
	warnings   []*diag.Message
	errors     diag.Errors
}

func (s *scan) isDir(name string) bool {
	info, err := fs.Stat(s.project, name)
	return err == nil && info.IsDir()
}

func (s *scan) isFile(name string) bool {
	info, err := fs.Stat(s.project, name)
	return err == nil && !info.IsDir()
}

func (s *scan) warn(m *diag.Message) {
	m.Severity = diag.Warning
	s.warnings = append(s.warnings, m)
}

// findPages returns pages or src/pages.
func (s *scan) findPages() (string, error) {
	for _, dir := range []string{"pages", "src/pages"} {
		if s.isDir(dir) {
			return dir, nil
		}
	}
	if app := s.findApp(); app != "" {
		return "", diag.Errors{diag.Errorf("app-router", "this project has %s/ and no pages/: the App Router is not supported yet", app).
			WithHint("This version of Onward serves the Pages Router. Keep using Next.js for this project until it does both.")}
	}
	return "", diag.Errors{diag.Errorf("no-pages", "there is no pages folder in this project").
		WithHint("Create pages/index.js (or src/pages/index.js), or run the command in the folder that has it.")}
}

func (s *scan) findApp() string {
	for _, dir := range []string{"app", "src/app"} {
		if s.isDir(dir) {
			return dir
		}
	}
	return ""
}

// walk lists the files below dir, following symbolic links.
func (s *scan) walk(dir string, depth int) ([]string, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s: folders nest more than %d deep (a symbolic link to a parent?)", dir, maxDepth)
	}
	entries, err := fs.ReadDir(s.project, dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			info, err := fs.Stat(s.project, name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // a link to nothing
			}
			if err != nil {
				return nil, err
			}
			isDir = info.IsDir()
		}
		if !isDir {
			out = append(out, name)
			continue
		}
		below, err := s.walk(name, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, below...)
	}
	return out, nil
}

// pages turns files into routes, dropping those that are no pages.
func (s *scan) pages(root string, files []string) []Page {
	at := map[string]int{}
	var out []Page
	for _, file := range files {
		stem, ok := s.stem(file)
		if !ok || strings.HasSuffix(file, ".d.ts") {
			continue
		}
		r := strings.TrimPrefix(stem, root)
		if r == "/index" {
			r = "/"
		} else {
			r = strings.TrimSuffix(r, "/index")
		}
		if r == "" {
			r = "/"
		}
		if i, taken := at[r]; taken {
			s.warn(&diag.Message{
				Code: "duplicate-page", File: file,
				Text: fmt.Sprintf("%s and %s are both the page %s; %s is used", out[i].File, file, r, file),
				Hint: "Remove or rename one of them.",
			})
			out[i].File = file
			continue
		}
		at[r] = len(out)
		out = append(out, Page{Route: r, File: file, API: IsAPI(r)})
	}
	return out
}

// stem cuts the longest page extension off a file's name.
func (s *scan) stem(file string) (string, bool) {
	best := ""
	for _, ext := range s.extensions {
		if len(ext) > len(best) && strings.HasSuffix(file, "."+ext) {
			best = ext
		}
	}
	if best == "" {
		return "", false
	}
	stem := strings.TrimSuffix(file, "."+best)
	return stem, !strings.HasSuffix(stem, "/")
}

// level is one level of the tree of patterns, for finding conflicts. The names
// of params are those of the first pattern that had one there.
type level struct {
	literal                    map[string]*level
	below                      *level // of [x]
	single, catchAll, optional string
	file                       [3]string // who named them
	page                       string    // whose pattern ends here
}

func (s *scan) checkPatterns(pages []Page) {
	var root level
	for _, p := range pages {
		if p.Special() {
			continue
		}
		segs, err := parse(p.Route)
		if err != nil {
			s.fail(p.File, "bad-route", "the page %s %s", p.Route, err)
			continue
		}
		if Dynamic(p.Route) {
			s.place(&root, segs, p)
		}
	}
	for _, p := range pages {
		if segs, err := parse(p.Route); err == nil && !p.Special() && !Dynamic(p.Route) {
			if n := root.find(segs); n != nil && n.optional != "" {
				s.fail(p.File, "route-conflict", "the pages %s and %s answer to the same path: an optional catch-all matches %s too",
					p.Route, path.Join(p.Route, "[[..."+n.optional+"]]"), p.Route)
			}
		}
	}
}

func (s *scan) place(n *level, segs []segment, p Page) {
	for _, seg := range segs {
		switch seg.kind {
		case literal:
			next := n.literal[seg.text]
			if next == nil {
				if n.literal == nil {
					n.literal = map[string]*level{}
				}
				next = &level{}
				n.literal[seg.text] = next
			}
			n = next
		case single:
			if n.below == nil {
				n.below = &level{}
			}
			s.name(&n.single, &n.file[0], seg.text, p)
			n = n.below
		case catchAll:
			if n.optional != "" {
				s.failBoth(n.file[2], p, n.optional)
			}
			s.name(&n.catchAll, &n.file[1], seg.text, p)
			return
		case optional:
			if n.catchAll != "" {
				s.failBoth(n.file[1], p, seg.text)
			}
			s.name(&n.optional, &n.file[2], seg.text, p)
			if n.page != "" {
				s.fail(p.File, "route-conflict", "%s and %s answer to the same path: an optional catch-all matches the path without it too", n.page, p.File)
			}
			return
		}
	}
	if n.optional != "" {
		s.fail(p.File, "route-conflict", "%s and %s answer to the same path: an optional catch-all matches the path without it too", n.file[2], p.File)
	}
	n.page = p.File
}

// name records the name of a param, or complains that it has another one.
func (s *scan) name(known, file *string, name string, p Page) {
	if *known == "" {
		*known, *file = name, p.File
		return
	}
	if *known != name {
		s.fail(p.File, "param-name-conflict", "%s calls a param %q that %s calls %q: at one place in the path it must have one name", p.File, name, *file, *known)
	}
}

func (s *scan) failBoth(file string, p Page, optional string) {
	s.fail(p.File, "route-conflict", "%s and %s are a required and an optional catch-all at the same place; the optional one, [[...%s]], is enough", file, p.File, optional)
}

func (n *level) find(segs []segment) *level {
	for _, seg := range segs {
		if n = n.literal[seg.text]; n == nil {
			return nil
		}
	}
	return n
}

func (s *scan) fail(file, code, format string, args ...any) {
	m := diag.Errorf(code, format, args...).WithHint("Rename or remove one of the files. Page files and routes: https://nextjs.org/docs/pages/building-your-application/routing/dynamic-routes")
	if code == "bad-route" {
		m.Hint = "Rename the file. [id] takes one segment, [...id] one or more, [[...id]] any number."
	}
	m.File = file
	s.errors = append(s.errors, m)
}

// checkPublic finds files of public/ that would hide a page, and the folder
// that is reserved.
func (s *scan) checkPublic(pages []Page) {
	if !s.isDir("public") {
		return
	}
	if _, err := fs.Stat(s.project, "public/_next"); err == nil {
		m := diag.Errorf("public-next", "public/_next is reserved: its URLs are those of the build's own files").
			WithHint("Rename the folder.")
		m.File = "public/_next"
		s.errors = append(s.errors, m)
	}
	for _, p := range pages {
		file := "public" + p.Route
		if p.Route == "/" {
			file = "public/index"
		}
		if fs.ValidPath(file) && s.isFile(file) {
			m := diag.Errorf("public-conflict", "%s and %s have the same URL, %s", file, p.File, p.Route).
				WithHint("Rename or remove one of them.")
			m.File = file
			s.errors = append(s.errors, m)
		}
	}
}

// checkSiblings warns about what lies beside pages/ and has no effect yet.
func (s *scan) checkSiblings() {
	if app := s.findApp(); app != "" {
		s.warn(notYet(app+"/", "the App Router", "Its routes are left out of this build."))
	}
}

func (s *scan) rootFile(stem string) string {
	for _, dir := range []string{"", "src/"} {
		for _, ext := range s.extensions {
			if file := dir + stem + "." + ext; fs.ValidPath(file) && s.isFile(file) {
				return file
			}
		}
	}
	return ""
}

func notYet(file, what, hint string) *diag.Message {
	return &diag.Message{Code: "not-supported-yet", File: file, Text: what + " is not supported yet", Hint: hint}
}

// PublicFiles lists the files of public/ as URL paths, decoded and sorted
// ("/favicon.ico"). A project without the folder has none.
func PublicFiles(project fs.FS) ([]string, error) {
	s := scan{project: project}
	if !s.isDir("public") {
		return nil, nil
	}
	files, err := s.walk("public", 0)
	if err != nil {
		return nil, fmt.Errorf("route: public folder: %w", err)
	}
	for i := range files {
		files[i] = strings.TrimPrefix(files[i], "public")
	}
	slices.Sort(files)
	return files, nil
}
