package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// outputExport is the value of the option output for a static export.
const outputExport = "export"

// export is the folder of plain files that output: "export" makes beside the
// build: HTML of every page, data for client navigation, static and public files.
type export struct {
	*build
	folder *output
	root   *os.Root
	// generated are the paths that getStaticProps has made, with their routes.
	generated map[string]string
}

// newExport prepares the folder, beside its final place.
func (b *build) newExport() (*export, error) {
	final := filepath.FromSlash(b.Config.ExportDir)
	if !filepath.IsAbs(final) {
		final = filepath.Join(b.Dir, final)
	}
	if err := checkExportDir(b.Dir, final); err != nil {
		return nil, err
	}
	folder, err := stage(final)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder.staging)
	if err != nil {
		folder.discard()
		return nil, cannotWrite(err)
	}
	return &export{build: b, folder: folder, root: root, generated: map[string]string{}}, nil
}

// checkExportDir refuses folders whose content an export must not replace.
func checkExportDir(project, final string) error {
	refuse := func(why string) error {
		return diag.Errorf("export-dir", "the export cannot go to %s: %s", final, why).
			WithHint("an export replaces its folder; name one of its own, such as out")
	}
	if rel, err := filepath.Rel(final, project); err == nil && (rel == "." || filepath.IsLocal(rel)) {
		return refuse("the project itself lies there")
	}
	if rel, err := filepath.Rel(project, final); err == nil {
		first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		if slices.Contains([]string{"public", "pages", "app", "src", "node_modules", ".next", ".git"}, first) {
			return refuse("that folder belongs to the project")
		}
	}
	if _, err := os.Lstat(filepath.Join(final, "package.json")); err == nil {
		return refuse("it holds a package.json, so it is no earlier export")
	}
	return nil
}

func (e *export) discard() {
	e.root.Close()
	e.folder.discard()
}

// checkExportable refuses what cannot be a file, all of it at once, and warns of
// what an export leaves out.
func (b *build) checkExportable(pages []*page) error {
	var errs diag.Errors
	add := func(p *page, hint, format string, args ...any) {
		m := diag.Errorf("export-page", format, args...).WithHint("%s", hint)
		m.File = p.File
		errs = append(errs, m)
	}
	var api, partial []string
	for _, p := range pages {
		switch {
		case p.API:
			api = append(api, p.Route)
		case p.facts.Gssp:
			add(p, "Use getStaticProps, or fetch in the browser; or take output: \"export\" out to have a server.",
				"%s has getServerSideProps, which needs a server: it cannot be exported", p.Route)
		case p.kind == manifest.SSG && p.dynamic() && p.fallback != manifest.FallbackFalse:
			partial = append(partial, p.Route)
		}
	}
	if len(errs) > 0 {
		return errs
	}
	if len(api) > 0 {
		b.warn([]*diag.Message{{Severity: diag.Warning, Code: "export-api",
			Text: fmt.Sprintf("an export has no server, so its API routes are left out: %s", listed(api)),
			Hint: "Call an API that is served elsewhere, or take output: \"export\" out."}})
	}
	if len(partial) > 0 {
		b.warn([]*diag.Message{{Severity: diag.Warning, Code: "export-fallback",
			Text: fmt.Sprintf("only the paths that getStaticPaths lists are exported of %s", listed(partial)),
			Hint: "Other paths will not be found. Say `fallback: false` to mean that."}})
	}
	return nil
}

// listed is a list for a sentence, cut when it is long.
func listed(names []string) string {
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" and %d more", len(names)-5)
	}
	return strings.Join(names, ", ")
}

// checkImages refuses an export whose images need the server's optimizer.
func (b *build) checkImages() error {
	im := b.Config.Images
	if b.Config.Output != outputExport || !b.compiled.NextImage || im.Unoptimized || im.Loader != "default" {
		return nil
	}
	m := diag.Errorf("export-images", `next/image needs a server to make images smaller, which output: "export" does not have`).
		WithHint("Set images: { unoptimized: true } to export images as they are, or images.loaderFile to use an image service.")
	m.File = b.Config.File
	return m
}

// render writes the pages of the export: those that the build has prerendered,
// and those with getInitialProps, which an export runs once.
func (e *export) render(ctx context.Context, c *collector, tasks []task, results []made) error {
	began := time.Now()
	static := map[string]string{} // route → HTML file of the build
	for i, t := range tasks {
		entry := results[i].entry
		switch {
		case t.shell || entry.HTML == "":
		case t.page.kind == manifest.SSG:
			if err := e.copyGenerated(t.job.Path, entry); err != nil {
				return err
			}
		case t.special && t.job.StatusCode != 404:
		case t.special:
			static["/404"] = entry.HTML
		default:
			static[t.page.Route] = entry.HTML
		}
	}
	entries, err := e.entries(c)
	if err != nil {
		return err
	}
	var live []task
	for _, at := range slices.Sorted(maps.Keys(entries)) {
		t, err := e.plan(c, at, entries[at], static)
		if err != nil {
			return err
		}
		if t != nil {
			live = append(live, *t)
		}
	}
	r := &prerenderer{collector: c, root: e.root, progress: e.progress, timeout: time.Duration(e.Config.StaticPageGenerationTimeout) * time.Second, config: e.Config}
	if _, err := r.run(ctx, live); err != nil {
		return err
	}
	if len(live) > 0 {
		e.timing(fmt.Sprintf("%d pages with getInitialProps", len(live)), began)
	}
	if file, ok := static["/404"]; ok {
		return e.copyNotFound(file)
	}
	return e.copyNotFound("")
}

// mapped is one entry of the export map: which page a path shows.
type mapped struct {
	Page  string         `json:"page"`
	Query map[string]any `json:"query,omitempty"`
}

// entries is the export map: every page that is not made by getStaticProps at its
// own path, after exportPathMap of the config.
func (e *export) entries(c *collector) (map[string]mapped, error) {
	usual := map[string]mapped{}
	for _, p := range c.pages {
		if p.API || p.Special() || p.kind == manifest.SSG {
			continue
		}
		usual[p.Route] = mapped{Page: p.Route}
	}
	usual["/404"] = mapped{Page: "/404"}
	if !e.Config.ExportPathMap {
		return usual, nil
	}
	return e.exportPathMap(usual, exportContext{
		Dir: e.Dir, OutDir: &e.folder.final, DistDir: e.output.final, BuildID: e.id,
	})
}

// plan copies the page of one entry when the build has made it, or says how to
// make it.
func (e *export) plan(c *collector, at string, entry mapped, static map[string]string) (*task, error) {
	refuse := func(hint, format string, args ...any) error {
		m := diag.Errorf("export-map", format, args...).WithHint("%s", hint)
		m.File = e.Config.File
		return m
	}
	if !strings.HasPrefix(at, "/") {
		return nil, refuse("Begin it with a slash.", "exportPathMap: %q is not a path", at)
	}
	if entry.Page == "/404" || at == "/404" || at == "/404.html" {
		return nil, nil // written in any case
	}
	i := slices.IndexFunc(c.pages, func(p *page) bool { return p.Route == entry.Page })
	switch {
	case i < 0 || c.pages[i].Special():
		return nil, refuse("Name a page by its route, as in { page: \"/about\" }.", "exportPathMap: %s shows %q, which is no page", at, entry.Page)
	case c.pages[i].API:
		return nil, nil // checkExportable has told
	}
	p := c.pages[i]
	var params json.RawMessage
	if p.dynamic() && at != p.Route {
		matched, ok := matchPage(p.Route, at)
		if !ok {
			return nil, refuse("Let the path fill the page's parameters.", "exportPathMap: the path %s does not match its page %s", at, p.Route)
		}
		params = matched
	}
	if p.kind == manifest.SSG {
		if e.generated[at] == p.Route {
			return nil, nil // copied
		}
		return nil, refuse("Return it from getStaticPaths.", "exportPathMap: %s is not among the paths that %s has at build", at, p.Route)
	}
	name := e.htmlName(at)
	if file := static[p.Route]; file != "" && at == p.Route && len(entry.Query) == 0 {
		return nil, e.copyFile(file, name)
	}
	query, err := mergeQuery(entry.Query, params)
	if err != nil {
		return nil, err
	}
	if p.facts.Gip {
		m := &diag.Message{Severity: diag.Warning, Code: "export-initial-props", File: p.File,
			Text: fmt.Sprintf("getInitialProps of %s runs once, for the export; %s shows what it returned then", p.Route, at),
			Hint: "getStaticProps says so plainly, and its data is exported for client navigation, too."}
		e.warn([]*diag.Message{m})
	}
	return &task{page: p, file: strings.TrimSuffix(name, ".html"), whole: path.Ext(name) != ".html", job: render.PageJob{
		Route: p.Route, Mode: render.ModeAuto, Form: "html", Path: at, AsPath: at, Query: query,
	}}, nil
}

// matchPage gives the parameters that a path has on a dynamic page, as JSON.
func matchPage(pattern, at string) (json.RawMessage, bool) {
	table, err := route.NewTable([]string{pattern})
	if err != nil {
		return nil, false
	}
	found, params, err := table.Lookup(at)
	if err != nil || found != pattern {
		return nil, false
	}
	return params.AppendJSON(nil), true
}

func mergeQuery(query map[string]any, params json.RawMessage) (json.RawMessage, error) {
	all := map[string]any{}
	if len(params) > 0 {
		if err := json.Unmarshal(params, &all); err != nil {
			return nil, err
		}
	}
	maps.Copy(all, query)
	return json.Marshal(all)
}

// htmlName is the file of a path. With trailingSlash it is the index of a folder.
// A path with an extension of its own keeps it.
func (e *export) htmlName(at string) string {
	at = strings.TrimPrefix(decodePath(at), "/")
	switch ext := path.Ext(at); {
	case at == "":
		return "index.html"
	case ext != "" && ext != ".html" && !strings.ContainsAny(ext, "]["):
		return at
	case e.Config.TrailingSlash:
		return at + "/index.html"
	}
	return at + ".html"
}

// copyGenerated copies what getStaticProps made of a path.
func (e *export) copyGenerated(at string, entry manifest.Prerendered) error {
	e.generated[at] = entry.Route
	if at == "/404" {
		return e.copyNotFound(entry.HTML)
	}
	clean := strings.TrimPrefix(decodePath(at), "/")
	name := clean + ".html"
	switch {
	case clean == "":
		clean, name = "index", "index.html"
	case e.Config.TrailingSlash:
		name = clean + "/index.html"
	}
	if err := e.copyFile(entry.HTML, name); err != nil {
		return err
	}
	return e.copyFile(entry.Data, "_next/data/"+e.id+"/"+clean+".json")
}

// copyNotFound writes the page for unknown URLs where static hosts look for it.
func (e *export) copyNotFound(file string) error {
	if file == "" {
		return nil
	}
	if err := e.copyFile(file, "404.html"); err != nil || !e.Config.TrailingSlash {
		return err
	}
	return e.copyFile(file, "404/index.html")
}

// copyFile copies a file of the build's output.
func (e *export) copyFile(from, to string) error {
	return copyInto(e.root, filepath.Join(e.output.staging, filepath.FromSlash(from)), to)
}

// finish copies what browsers load and puts the export in its place.
func (e *export) finish() error {
	if err := copyTree(e.root, filepath.Join(e.output.staging, "static"), "_next/static"); err != nil {
		return cannotWrite(err)
	}
	if err := copyTree(e.root, filepath.Join(e.Dir, "public"), "."); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(err)
	}
	detail, err := json.Marshal(struct {
		Version      int    `json:"version"`
		OutDirectory string `json:"outDirectory"`
		Success      bool   `json:"success"`
	}{1, e.folder.final, true})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(e.output.staging, "export-detail.json"), detail, 0o644); err != nil {
		return cannotWrite(err)
	}
	return nil
}

// copyTree copies the files below a folder, following the links in it.
func copyTree(root *os.Root, from, to string) error {
	return fs.WalkDir(os.DirFS(from), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		full := filepath.Join(from, filepath.FromSlash(name))
		info, err := os.Stat(full)
		switch {
		case err != nil:
			return err
		case info.IsDir() && d.Type()&fs.ModeSymlink != 0:
			return copyTree(root, full, path.Join(to, name))
		case !info.Mode().IsRegular():
			return nil
		}
		return copyInto(root, full, path.Join(to, name))
	})
}

// copyInto copies one file to a name inside root, making the folders it needs.
func copyInto(root *os.Root, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return cannotWrite(err)
	}
	defer in.Close()
	to = filepath.FromSlash(to)
	out, err := root.Create(to)
	if errors.Is(err, fs.ErrNotExist) {
		if err = root.MkdirAll(filepath.Dir(to), 0o755); err == nil {
			out, err = root.Create(to)
		}
	}
	if err != nil {
		return cannotWrite(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return cannotWrite(err)
	}
	return nil
}
