package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
)

// localeParam is the param that stands for the locale in sources that match any.
const localeParam = "nextInternalLocale"

// Set is all rules of an app. The zero value has none.
type Set struct {
	Headers                           HeaderRules
	Redirects                         Redirects
	BeforeFiles, AfterFiles, Fallback Rewrites
}

// Problem is a rule that cannot be used.
type Problem struct {
	// Kind is "redirect", "rewrite" or "header"; Index counts the rules of the kind as
	// Compile got them, rewrites in the order beforeFiles, afterFiles, fallback.
	Kind   string
	Index  int
	Reason string
}

func (p *Problem) Error() string { return fmt.Sprintf("%s %d: %s", p.Kind, p.Index+1, p.Reason) }

// Compile compiles the rules of a config. Rules that cannot be used are left out and
// told as problems.
func Compile(c *config.Config) (*Set, []Problem) {
	b := builder{config: c, locales: localePattern(c.I18n)}
	set := &Set{}
	for i, r := range c.Redirects {
		for _, one := range b.redirects(r) {
			b.add(&set.Redirects.list, "redirect", i, one)
		}
	}
	index := 0
	for _, part := range []struct {
		from []config.Rewrite
		into *Rewrites
	}{{c.Rewrites.BeforeFiles, &set.BeforeFiles}, {c.Rewrites.AfterFiles, &set.AfterFiles}, {c.Rewrites.Fallback, &set.Fallback}} {
		for _, r := range part.from {
			b.add(&part.into.list, "rewrite", index, b.rewrite(r))
			index++
		}
		part.into.list.index(b.depth())
	}
	for i, r := range c.Headers {
		b.add(&set.Headers.list, "header", i, b.header(r))
	}
	set.Redirects.list.index(b.depth())
	set.Headers.list.index(b.depth())
	return set, b.problems
}

// rule is one compiled rule.
type rule struct {
	source     *Source
	conditions Conditions
	to         *Destination
	status     int
	headers    []headerText
}

type headerText struct{ key, value text }

// written is a rule in the form that matches whole paths: with base path and locale.
type written struct {
	config.Match
	// plain is the source as the user wrote it, which is what errors are about.
	plain       string
	destination string
	status      int
	headers     []config.Header
}

type builder struct {
	config   *config.Config
	locales  string // pattern of all locales; empty without i18n
	problems []Problem
}

func localePattern(i *config.I18n) string {
	if i == nil {
		return ""
	}
	quoted := make([]string, len(i.Locales))
	for n, l := range i.Locales {
		quoted[n] = route.EscapeRegex(l)
	}
	return strings.Join(quoted, "|")
}

// depth is the number of segments that all sources begin with: base path and locale.
func (b *builder) depth() int {
	n := strings.Count(b.config.BasePath, "/")
	if b.locales != "" {
		n++
	}
	return n
}

// below puts a prefix before a path of a rule.
func (b *builder) below(prefix, path string) string {
	if path == "/" && prefix != "" && !b.config.TrailingSlash {
		return prefix
	}
	return prefix + path
}

// place puts base path and locale before source and destination.
func (b *builder) place(w written) written {
	inner := strings.HasPrefix(w.destination, "/")
	if b.locales != "" && !w.NoLocale {
		w.Source = b.below("/:"+localeParam+"("+b.locales+")", w.Source)
		if inner {
			w.destination = b.below("/:"+localeParam, w.destination)
		}
	}
	if base := b.config.BasePath; base != "" && !w.NoBasePath {
		w.Source = b.below(base, w.Source)
		if inner {
			w.destination = b.below(base, w.destination)
		}
	}
	return w
}

// redirects gives the rules that a redirect stands for. With i18n domains, each
// domain's default locale has one of its own that leads to the domain.
func (b *builder) redirects(r config.Redirect) []written {
	w := written{Match: r.Match, plain: r.Source, destination: r.Destination, status: r.StatusCode}
	i18n := b.config.I18n
	if i18n == nil || r.NoLocale {
		return []written{b.place(w)}
	}
	base := b.config.BasePath
	if r.NoBasePath {
		base = ""
	}
	var out []written
	add := func(locale, origin string) {
		own := w
		own.Source = base + b.below("/"+locale, r.Source)
		if strings.HasPrefix(r.Destination, "/") {
			own.destination = origin + b.below(base, r.Destination)
		}
		out = append(out, own)
	}
	for _, d := range i18n.Domains {
		scheme := "https://"
		if d.HTTP {
			scheme = "http://"
		}
		add(d.DefaultLocale, scheme+d.Domain)
	}
	add(i18n.DefaultLocale, "")
	return append(out, b.place(w))
}

func (b *builder) rewrite(r config.Rewrite) written {
	return b.place(written{Match: r.Match, plain: r.Source, destination: r.Destination})
}

func (b *builder) header(r config.HeaderRule) written {
	return b.place(written{Match: r.Match, plain: r.Source, headers: r.Headers})
}

func (b *builder) add(into *list, kind string, index int, w written) {
	if reason := b.compile(into, kind, w); reason != "" {
		for _, p := range b.problems {
			if p.Kind == kind && p.Index == index {
				return
			}
		}
		b.problems = append(b.problems, Problem{kind, index, reason})
	}
}

func (b *builder) compile(into *list, kind string, w written) (reason string) {
	o := SourceOptions{CaseSensitive: b.config.CaseSensitiveRoutes, OptionalSlash: true, NotNext: kind == "redirect", Base: b.config.BasePath}
	source, err := CompileSource(w.plain, SourceOptions{})
	if err == nil {
		source, err = CompileSource(w.Source, o)
	}
	if err != nil {
		return fmt.Sprintf("`source` cannot be used: %v", err)
	}
	r := rule{source: source, status: w.status}
	if r.conditions, err = CompileConditions(w.Has, w.Missing); err != nil {
		return err.Error()
	}
	if w.destination != "" {
		if r.to, err = CompileDestination(w.destination); err != nil {
			return fmt.Sprintf("`destination` cannot be used: %v", err)
		}
		if reason := r.strays(); reason != "" {
			return reason
		}
		if kind == "rewrite" && w.NoBasePath && !r.to.External() && b.config.BasePath != "" {
			return "with `basePath: false`, `destination` must start with http:// or https://, as there is no page outside of the base path"
		}
	}
	for _, h := range w.headers {
		r.headers = append(r.headers, headerText{newText(h.Key), newText(h.Value)})
	}
	into.rules = append(into.rules, r)
	return ""
}

// strays tells of params of the destination that nothing gives a value.
func (r *rule) strays() string {
	given := map[string]bool{}
	for _, name := range r.source.Names() {
		given[name] = true
	}
	for _, name := range r.conditions.Names() {
		given[name] = true
	}
	var unknown []string
	for _, name := range r.to.Names() {
		switch {
		case name[0] >= '0' && name[0] <= '9':
			return "`destination` has params without a name; give them one in `source`, as in /:name(.*)"
		case !given[name] && !slices.Contains(unknown, name):
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return ""
	}
	return "`destination` has segments not in `source` or `has` (" + strings.Join(unknown, ", ") + ")"
}

// match tries one rule.
func (r *rule) match(q *Request) (route.Values, bool) {
	params, ok := r.source.Match(q.Path)
	if !ok {
		return nil, false
	}
	return r.conditions.Match(q, params)
}
