package server

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
)

// locales is the i18n option made ready for requests.
type locales struct {
	config.I18n
	// names of locales and of languages that stand for one, in lower case; at finds
	// them.
	names []localeName
	at    map[string]int
	// hosts are Domains' names without port, in lower case, and options what
	// route.Parse is told for each.
	hosts   []string
	options []*route.Options
}

// localeName is what a client may ask for, what it gets, and how early in the
// list of locales that comes.
type localeName struct {
	name, locale string
	rank         int
}

func newLocales(c *config.I18n) *locales {
	if c == nil {
		return nil
	}
	l := &locales{I18n: *c, at: map[string]int{}}
	rank := 0
	add := func(name, locale string) {
		rank++
		if i, ok := l.at[name]; ok {
			l.names[i].locale, l.names[i].rank = locale, rank
			return
		}
		l.at[name] = len(l.names)
		l.names = append(l.names, localeName{name, locale, rank})
	}
	for _, locale := range c.Locales {
		name := strings.ToLower(locale)
		add(name, locale)
		// "nl" gives nl-NL, when there is no locale of that name.
		for i := strings.LastIndexByte(name, '-'); i > 0; i = strings.LastIndexByte(name, '-') {
			name = name[:i]
			if _, ok := l.at[name]; !ok {
				add(name, locale)
			}
		}
	}
	for _, d := range c.Domains {
		host, _, _ := strings.Cut(strings.ToLower(d.Domain), ":")
		l.hosts = append(l.hosts, host)
	}
	return l
}

// parseOptions adds what route.Parse has to know of locales.
func (l *locales) parseOptions(o *route.Options) {
	if l == nil {
		return
	}
	o.Locales, o.DefaultLocale = l.Locales, l.DefaultLocale
	o.FileLocales = []string{l.DefaultLocale}
	for _, d := range l.Domains {
		o.FileLocales = append(o.FileLocales, d.DefaultLocale)
	}
	l.options = make([]*route.Options, len(l.Domains))
	for i, d := range l.Domains {
		own := *o
		own.DefaultLocale = d.DefaultLocale
		l.options[i] = &own
	}
}

// file is the HTML that the build made of the page, or of its fallback shell.
func (p *page) file(locale string) string {
	switch {
	case p.Localized != nil:
		return p.Localized[locale]
	case p.Kind == manifest.Static:
		return p.HTML
	}
	return p.FallbackHTML
}

// matchedIn is the value of x-nextjs-matched-path.
func (p *page) matchedIn(locale string) []string {
	if locale == "" {
		return p.matched
	}
	return []string{manifest.Key(locale, p.Route)}
}

// byHost is the index of the domain that a request was sent to, or -1.
func (l *locales) byHost(host string) int {
	if len(l.hosts) == 0 {
		return -1
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		host = host[:i]
	}
	return slices.IndexFunc(l.hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// owner is the domain that a locale lives on, or nil.
func (l *locales) owner(locale string) *config.Domain {
	if locale == "" {
		return nil
	}
	for i := range l.Domains {
		d := &l.Domains[i]
		if strings.EqualFold(d.DefaultLocale, locale) || slices.ContainsFunc(d.Locales, func(s string) bool { return strings.EqualFold(s, locale) }) {
			return d
		}
	}
	return nil
}

// tongue is what a request's host says about locales.
type tongue struct {
	// domain that the request was sent to; nil when none has its host.
	domain *config.Domain
	// preset is the default locale: the domain's, or the app's; empty without i18n.
	preset string
}

// urlOptions is how to parse the URL of a request: with i18n its host chooses the
// default locale.
func (s *Server) urlOptions(q *request) *route.Options {
	l := s.locales
	if l == nil {
		return &s.parse
	}
	if i := l.byHost(q.r.Host); i >= 0 {
		q.tongue = tongue{&l.Domains[i], l.Domains[i].DefaultLocale}
		return l.options[i]
	}
	q.tongue.preset = l.DefaultLocale
	return &s.parse
}

// onDomain: the request was sent to a domain of i18n, or for a locale that has one.
func (s *Server) onDomain(q *request) bool {
	return s.locales != nil && (q.tongue.domain != nil || q.asked.LocaleNamed && s.locales.owner(q.asked.Locale) != nil)
}

// locale sends a visitor of the root to the locale, or the domain, that suits
// cookie and browser. No other path is looked at.
func (s *Server) locale(q *request) (bool, error) {
	l := s.locales
	if l == nil || l.NoDetection || q.match.LocaleNamed || q.match.Form != route.HTML ||
		q.match.RawPath != "/" && q.match.RawPath != "/index" {
		return false, nil
	}
	if to := s.elsewhere(q); to != "" {
		s.redirect(q, http.StatusTemporaryRedirect, to)
		return true, nil
	}
	return false, nil
}

// elsewhere is where a visitor of the root should be; empty: here.
func (s *Server) elsewhere(q *request) string {
	l, t := s.locales, &q.tongue
	preferred := l.preferred(strings.Join(q.r.Header["Accept-Language"], ","))
	if t.domain != nil {
		if better := l.owner(preferred); better != nil && (better.Domain != t.domain.Domain || better.DefaultLocale != preferred) {
			to := "https://"
			if better.HTTP {
				to = "http://"
			}
			to += better.Domain + "/"
			if better.DefaultLocale != preferred {
				to += preferred
			}
			return to
		}
		return "" // a domain's default locale goes before cookie and browser
	}
	locale := l.cookie(q.r.Header["Cookie"])
	if locale == "" {
		locale = preferred
	}
	if locale == "" || strings.EqualFold(locale, t.preset) {
		return ""
	}
	to := s.parse.BasePath + "/" + locale
	if s.parse.TrailingSlash {
		to += "/"
	}
	if q.match.RawQuery != "" {
		to += "?" + quoteQuery.Replace(q.match.RawQuery)
	}
	return to
}

// quoteQuery encodes what browsers encode in a query; blanks and control characters
// have not come through the door.
var quoteQuery = strings.NewReplacer(`"`, "%22", "'", "%27", "<", "%3C", ">", "%3E")

// cookie is the locale that NEXT_LOCALE names; empty when it names none.
func (l *locales) cookie(headers []string) string {
	for _, header := range headers {
		for pair := range strings.SplitSeq(header, ";") {
			name, value, ok := strings.Cut(pair, "=")
			if !ok || strings.Trim(name, " \t") != "NEXT_LOCALE" {
				continue
			}
			value = strings.Trim(value, " \t")
			if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain
			}
			for _, locale := range l.Locales {
				if strings.EqualFold(locale, value) {
					return locale
				}
			}
			return "" // only the first cookie of a name counts
		}
	}
	return ""
}

// preferred is the locale that an Accept-Language header likes best; empty when it
// likes none, or is malformed.
func (l *locales) preferred(header string) string {
	if header == "" {
		return ""
	}
	type choice struct {
		name    string
		quality float64
		known   *localeName
		rank    int
		place   int
	}
	var choices []choice
	named := map[string]bool{}
	place := 0
	for part := range strings.SplitSeq(header, ",") {
		part = dropBlanks.Replace(part)
		if place++; part == "" {
			continue
		}
		name, rest, hasQuality := strings.Cut(part, ";")
		if name == "" || strings.IndexByte(rest, ';') >= 0 {
			return ""
		}
		c := choice{name: strings.ToLower(name), quality: 1, rank: math.MaxInt, place: place}
		named[c.name] = true
		if i, ok := l.at[c.name]; ok {
			c.known, c.rank = &l.names[i], l.names[i].rank
		}
		if hasQuality {
			key, value, _ := strings.Cut(rest, "=")
			value, _, _ = strings.Cut(value, "=")
			if key != "q" && key != "Q" || value == "" {
				return ""
			}
			q := leadingNumber(value)
			if q == 0 {
				continue
			}
			if q <= 1 && q >= 0.001 {
				c.quality = q
			}
		}
		choices = append(choices, c)
	}
	slices.SortFunc(choices, func(a, b choice) int {
		switch {
		case a.quality > b.quality:
			return -1
		case a.quality < b.quality:
			return 1
		case a.rank != b.rank:
			return cmp.Compare(a.rank, b.rank)
		}
		return a.place - b.place
	})
	for _, c := range choices {
		if c.known != nil {
			return c.known.locale
		}
		if c.name != "*" {
			continue
		}
		for _, n := range l.names {
			if !named[n.name] {
				return n.locale
			}
		}
	}
	return ""
}

var dropBlanks = strings.NewReplacer(" ", "", "\t", "")

// leadingNumber reads the decimal number that s begins with; NaN when it begins
// with none.
func leadingNumber(s string) float64 {
	end, dots := 0, 0
	for ; end < len(s); end++ {
		c := s[end]
		if c == '.' {
			dots++
		}
		if dots > 1 || (c < '0' || c > '9') && c != '.' && (end > 0 || c != '-' && c != '+') {
			break
		}
	}
	if f, err := strconv.ParseFloat(s[:end], 64); err == nil {
		return f
	}
	return math.NaN()
}
