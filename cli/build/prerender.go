package build

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// prerenderer makes the HTML and data files of every page that needs no request.
type prerenderer struct {
	*collector
	root     *os.Root // the staging folder
	timeout  time.Duration
	progress *progress
	config   *config.Config

	total int
	made  atomic.Int64
}

// made is one generated path.
type made struct {
	entry manifest.Prerendered
	took  time.Duration
}

// task is one path to generate.
type task struct {
	page *page
	job  render.PageJob
	file string // output file without extension, relative to the output folder
	// shell: it is a page's fallback shell; special: it is 404 or 500 made from _error.
	shell, special bool
	// whole: file has its extension already.
	whole bool
}

// attempts is how often a path that took too long is tried, unless the config says
// otherwise.
const attempts = 3

func (r *prerenderer) attempts() int { return cmp.Or(r.config.StaticGenerationRetryCount, attempts) }

func (r *prerenderer) tasks() []task {
	var tasks []task
	have := map[string]bool{}
	var errorPage *page
	for _, p := range r.pages {
		have[p.Route] = true
		if p.Route == "/_error" {
			errorPage = p
		}
		switch {
		case p.kind == manifest.Static:
			tasks = append(tasks, r.inEveryLocale(task{page: p, job: render.PageJob{
				Route: p.Route, Mode: render.ModeAuto, Path: p.Route, AsPath: p.Route,
			}})...)
		case p.kind == manifest.SSG && !p.dynamic():
			tasks = append(tasks, r.inEveryLocale(task{page: p, job: render.PageJob{
				Route: p.Route, Mode: render.ModeSSG, Reason: "build", Path: p.Route, AsPath: p.Route,
			}})...)
		case p.kind == manifest.SSG:
			for _, s := range p.paths {
				locale := s.Locale
				if locale == "" && r.i18n != nil {
					locale = r.i18n.DefaultLocale
				}
				tasks = append(tasks, r.inLocale(locale, task{page: p, file: pathFile(locale, s.Path), job: render.PageJob{
					Route: p.Route, Mode: render.ModeSSG, Reason: "build",
					Path: decodePath(s.Path), AsPath: s.Path, Params: s.Params, Query: s.Params,
				}}))
			}
			if p.fallback == manifest.FallbackTrue {
				tasks = append(tasks, r.inEveryLocale(task{page: p, shell: true, job: render.PageJob{
					Route: p.Route, Mode: render.ModeFallback, Path: p.Route, AsPath: p.Route,
				}})...)
			}
		}
	}
	// Without pages/404 and pages/500 these come from _error, unless that one
	// has to see each request.
	if errorPage != nil && !errorPage.facts.CustomGip && !r.appGip() {
		for _, code := range []int{404, 500} {
			route := fmt.Sprintf("/%d", code)
			if !have[route] && (code == 500 || !have["/404"]) {
				tasks = append(tasks, r.inEveryLocale(task{page: errorPage, special: true, job: render.PageJob{
					Route: "/_error", Mode: render.ModeAuto, Path: route, AsPath: route, StatusCode: code,
				}})...)
			}
		}
	}
	return tasks
}

// inEveryLocale makes the task of a route for each locale, with the route's file.
func (r *prerenderer) inEveryLocale(t task) []task {
	var out []task
	for _, locale := range r.locales() {
		t.file = pageFile(locale, t.job.Path)
		out = append(out, r.inLocale(locale, t))
	}
	return out
}

// inLocale fills in what all tasks have in common. A page made at build is for
// every domain, so its default locale is the app's.
func (r *prerenderer) inLocale(locale string, t task) task {
	t.job.Form = "html"
	t.job.AsPath = (&route.Match{RawPath: t.job.AsPath, TrailingSlash: r.trailingSlash}).AsPath()
	if r.i18n != nil {
		t.job.Locale, t.job.DefaultLocale, t.job.OnDomain = locale, r.i18n.DefaultLocale, len(r.i18n.Domains) > 0
	}
	return t
}

func (c *collector) appGip() bool {
	for _, p := range c.pages {
		if p.Route == "/_app" {
			return p.facts.CustomGip
		}
	}
	return false
}

// run generates everything; the answers are in the order of tasks.
func (r *prerenderer) run(ctx context.Context, tasks []task) ([]made, error) {
	r.total = len(tasks)
	results := make([]made, len(tasks))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err := each(tasks, r.limit, func(i int, t task) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m, err := r.one(ctx, &t)
		if ctx.Err() != nil {
			return ctx.Err() // cut short by the failure of another
		}
		if err != nil {
			// The first failure ends the build; what runs already may finish.
			if r.config.PrerenderEarlyExit {
				cancel()
			}
			return err
		}
		results[i] = m
		r.progress.count("Generating static pages", int(r.made.Add(1)), r.total)
		return nil
	})
	return results, err
}

func (r *prerenderer) one(ctx context.Context, t *task) (made, error) {
	began := time.Now()
	m := made{entry: manifest.Prerendered{Route: t.page.Route}}
	input := t.job.AppendJSON(nil)
	var reply *engine.Reply
	var err error
	for try := 1; ; try++ {
		reply, err = r.engine.Do(ctx, &engine.Job{Name: "page", Input: input, Timeout: r.timeout})
		kind, isEngine := engine.KindOf(err)
		if err == nil || !isEngine || kind != engine.Timeout && kind != engine.Crashed || try >= r.attempts() {
			break
		}
	}
	if ctx.Err() != nil {
		return m, ctx.Err() // another path has failed, or the build is interrupted
	}
	if err != nil {
		return m, r.failed(t, err)
	}
	var answer render.PageReply
	if err := json.Unmarshal(reply.Meta, &answer); err != nil {
		return m, fmt.Errorf("build: the answer for %s is not JSON: %w", t.job.Path, err)
	}
	if seconds, ok := answer.RevalidateSeconds(); ok {
		m.entry.Revalidate = seconds
	}
	if m.entry.Revalidate > 0 && r.config.Output == outputExport {
		return m, r.failed(t, &engine.Error{Message: `ISR cannot be used with output: "export": there is no server to make the page anew. Take "revalidate" out of what getStaticProps returns`})
	}
	switch answer.Kind {
	case render.KindRedirect:
		return m, r.failed(t, &engine.Error{Message: "`redirect` can not be returned from getStaticProps during prerendering"})
	case render.KindNotFound:
		m.entry.NotFound = true
	default:
		m.entry.HTML = t.file
		if !t.whole {
			m.entry.HTML += ".html"
		}
		if err := r.write(m.entry.HTML, reply.Body); err != nil {
			return m, err
		}
		if t.job.Mode == render.ModeSSG {
			m.entry.Data = t.file + ".json"
			if err := r.write(m.entry.Data, []byte(answer.Data)); err != nil {
				return m, err
			}
			meta, err := json.Marshal(m.entry)
			if err != nil {
				return m, err
			}
			if err := r.write(t.file+".meta", meta); err != nil {
				return m, err
			}
		}
	}
	m.took = time.Since(began)
	return m, nil
}

func (r *prerenderer) write(name string, data []byte) error {
	name = filepath.FromSlash(name)
	err := r.root.WriteFile(name, data, 0o644)
	if errors.Is(err, os.ErrNotExist) {
		if err = r.root.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			err = r.root.WriteFile(name, data, 0o644)
		}
	}
	if err != nil {
		return diag.Errorf("output", "cannot write %s: %v", filepath.ToSlash(name), err).
			WithHint("a path from getStaticPaths must make a valid file name, and the disk must have room")
	}
	return nil
}

// failed explains a path that could not be generated.
func (r *prerenderer) failed(t *task, err error) error {
	var failed *engine.Error
	if !errors.As(err, &failed) {
		return err
	}
	path := manifest.Key(t.job.Locale, t.job.Path)
	m := diag.Errorf("prerender", "Error occurred prerendering page %q: %s", path, failed.Error())
	if failed.Kind == engine.Timeout {
		m = diag.Errorf("prerender-timeout", "Prerendering page %q took more than %v, %d times", path, r.timeout, r.attempts()).
			WithHint("make its data function faster, or set staticPageGenerationTimeout in next.config")
	} else if failed.Kind == engine.OutOfMemory {
		m = m.WithHint("rendering this page needed more memory than a worker may use; look for an endless list or loop")
	} else if t.page.facts.Gsp {
		m = m.WithHint("the error comes from rendering or getStaticProps of %s", t.page.Route)
	} else {
		m = m.WithHint("the page is rendered once at build time, without a request; guard what needs the browser with useEffect")
	}
	return r.blame(m, t.page.File, failed.Stack)
}

// pageFile is the output file of a route, without extension: "/" is index, and
// "/index" is index/index. A locale is a folder, whose home page lies beside it.
func pageFile(locale, route string) string {
	switch {
	case locale != "":
		return "server/pages" + manifest.Key(locale, route)
	case route == "/":
		return "server/pages/index"
	case route == "/index" || strings.HasPrefix(route, "/index/"):
		return "server/pages/index" + route
	}
	return "server/pages" + route
}

// pathFile is the same for a concrete path, whose names are as decoded but never
// leave the folder nor grow longer than file systems allow.
func pathFile(locale, p string) string {
	decoded := decodePath(p)
	clean := path.Clean(decoded)
	if clean != decoded && clean+"/" != decoded || longSegment(clean) || strings.ContainsAny(clean, "\x00\\") {
		return "server/pages/" + path.Join("_hashed", hashName(manifest.Key(locale, p)))
	}
	return pageFile(locale, clean)
}

func longSegment(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if len(part) > 200 {
			return true
		}
	}
	return len(p) > 1500
}

func hashName(p string) string {
	sum := sha256.Sum256([]byte(p))
	return hex.EncodeToString(sum[:16])
}

// decodePath gives a path the spelling that requests look pages up by; one that
// is malformed stays as it is.
func decodePath(p string) string {
	path, _ := route.Canonical(p)
	return path
}
