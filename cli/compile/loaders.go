package compile

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
)

// loaderRules are the app's turbopack.rules, ready to be asked about files. The
// loaders are packages written for webpack; the process that runs Sass and
// PostCSS runs them too.
type loaderRules struct {
	b     *build
	rules []loaderRule
}

type loaderRule struct {
	glob, path, content *regexp.Regexp // path and content may be nil
	loaders             []config.Loader
	// as is the ending of what comes out (".tsx"); empty: the file's own.
	as string
}

func newLoaderRules(b *build) *loaderRules {
	l := &loaderRules{b: b}
	for _, r := range b.opt.Config.LoaderRules {
		rule := loaderRule{loaders: r.Loaders, as: path.Ext(r.As)}
		var err error
		if rule.glob, err = regexp.Compile(r.Pattern()); err == nil && r.Path != "" {
			rule.path, err = regexp.Compile(r.Path)
		}
		if err == nil && r.Content != "" {
			rule.content, err = regexp.Compile(r.Content)
		}
		if err != nil {
			m := diag.Errorf("config-loaders", "turbopack.rules[%q] has a pattern that cannot be used: %v", r.Glob, err).
				WithHint("the build goes on without the rule")
			m.Severity, m.File = diag.Warning, b.opt.Config.File
			b.report.add(m)
			continue
		}
		l.rules = append(l.rules, rule)
	}
	return l
}

// find returns the rule for a file, as far as its path tells; nil: none.
func (l *loaderRules) find(file string) *loaderRule {
	if len(l.rules) == 0 {
		return nil
	}
	shown := l.b.report.show(file)
	for i := range l.rules {
		r := &l.rules[i]
		if !r.glob.MatchString(shown) || r.path != nil && !r.path.MatchString(filepath.ToSlash(file)) {
			continue
		}
		return r
	}
	return nil
}

// ending is how what comes out of the rule is read: the ending of a kind of file.
func (r *loaderRule) ending(file string) string {
	if r.as != "" {
		return r.as
	}
	return filepath.Ext(file)
}

// run puts a file through the rule's loaders. done is false when the rule is not
// for a file of this content.
func (l *loaderRules) run(r *loaderRule, file string, raw []byte) (text string, done bool, problem *diag.Message) {
	if r.content != nil && !r.content.Match(raw) {
		return "", false, nil
	}
	text, problem = l.b.styles.pre.load(file, l.b.report.show(file), raw, r.loaders)
	if problem == nil && !sourcePattern.MatchString("x"+r.ending(file)) && r.ending(file) != ".json" {
		problem = diag.Errorf("loader", "the loaders of turbopack.rules give %q for %s, which is neither a script nor JSON", r.ending(file), l.b.report.show(file)).
			WithHint(`set "as": "*.js" in the rule`)
	}
	if problem == nil && strings.TrimSpace(text) == "" && r.ending(file) == ".json" {
		text = "null"
	}
	return text, true, problem
}
