package rules

import (
	"fmt"

	"github.com/onwardjs/onward/internal/config"
)

// Matcher is one entry of a middleware's config.matcher.
type Matcher struct {
	source     *Source
	conditions Conditions
}

// MatcherOptions are what of next.config a matcher depends on.
type MatcherOptions struct {
	BasePath string
	// Locales: the app has i18n.
	Locales bool
}

// Other spellings under which one path can be asked for: by data requests and, in the
// App Router, by its client. A matcher covers all of them.
const (
	matcherData   = `/:nextData(_next/data/[^/]{1,})?`
	matcherLocale = `/:nextInternalLocale((?!_next/)[^/.]{1,})`
	matcherFlight = `\.rsc|\.segments/.+\.segment\.rsc`
)

// CompileMatcher compiles an entry.
func CompileMatcher(m config.Match, o MatcherOptions) (*Matcher, error) {
	text, root := m.Source, m.Source == "/"
	if o.Locales && !m.NoLocale {
		text = matcherLocale
		if !root {
			text += m.Source
		}
	}
	switch {
	case !root:
		text += `{(\.json|` + matcherFlight + `)}?`
	case o.Locales:
		text += `(|\.json|/?index|/?index\.json|/?index(?:` + matcherFlight + `))?`
	default:
		text += `(/?index|/?index\.json|/?index(?:` + matcherFlight + `))?`
	}
	source, err := CompileSource(o.BasePath+matcherData+text, SourceOptions{CaseSensitive: true, OptionalSlash: true})
	if err != nil {
		return nil, fmt.Errorf("the source %q: %w", m.Source, err)
	}
	conditions, err := CompileConditions(m.Has, m.Missing)
	if err != nil {
		return nil, fmt.Errorf("the matcher of %q: %w", m.Source, err)
	}
	return &Matcher{source: source, conditions: conditions}, nil
}

// Regex is the regular expression that a path must match.
func (m *Matcher) Regex() string { return m.source.Regex() }

// Conditional: what is covered depends on more than the path.
func (m *Matcher) Conditional() bool { return !m.conditions.Empty() }

// Covers tells whether the matcher covers a path as it stands in the URL, as far as
// the path decides that.
func (m *Matcher) Covers(path string) bool { return m.source.expr.Test(path) }

// Meets tells whether a request meets the matcher's conditions.
func (m *Matcher) Meets(r *Request) bool {
	_, ok := m.conditions.Match(r, nil)
	return ok
}
