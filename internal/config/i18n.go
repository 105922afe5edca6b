package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	i18nHint   = `For example: i18n: { locales: ["en", "fr"], defaultLocale: "en" }.`
	domainHint = `Each is an object such as { domain: "example.fr", defaultLocale: "fr" }.`
	// manyLocales is from where on Next.js advises against more.
	manyLocales = 100
)

// i18n checks and reads the i18n option.
func (r *reader) i18n(c *Config) {
	v := r.get("i18n")
	if v == nil {
		return
	}
	m, ok := v.(map[string]any)
	if !ok {
		r.fatal(i18nHint, "i18n must be an object, not %s", describe(v))
		return
	}
	list, ok := m["locales"].([]any)
	if !ok || len(list) == 0 {
		r.fatal(i18nHint, "i18n.locales must be an array of locale names, not %s", describe(m["locales"]))
		return
	}
	def, ok := m["defaultLocale"].(string)
	if !ok || def == "" {
		r.fatal(i18nHint, "i18n.defaultLocale must be a string, not %s", describe(m["defaultLocale"]))
		return
	}
	out := &I18n{DefaultLocale: def, Locales: []string{def}}
	seen := map[string]bool{}
	for _, item := range list {
		l, ok := item.(string)
		switch {
		case !ok:
			r.fatal(i18nHint, "i18n.locales has %s, which is no locale name", describe(item))
		case !localeName(l):
			r.fatal(i18nHint, "i18n.locales has %q, which is no locale name", l)
		case seen[strings.ToLower(l)]:
			r.fatal("List each locale once; case does not count.", "i18n.locales has %q twice", l)
		case l != def:
			out.Locales = append(out.Locales, l)
		}
		seen[strings.ToLower(l)] = true
	}
	if !slices.Contains(list, any(def)) {
		r.fatal("Add it to i18n.locales.", "i18n.defaultLocale %q is not in i18n.locales", def)
	}
	if len(out.Locales) > manyLocales {
		r.warn("config-locales", fmt.Sprintf("i18n has %d locales; more than %d make every build and every page larger", len(out.Locales), manyLocales), "Build the rarer ones as an app of their own.")
	}
	switch d := m["localeDetection"].(type) {
	case nil:
	case bool:
		out.NoDetection = !d
	default:
		r.fatal("Set it to false to turn detection off, or remove it.", "i18n.localeDetection must be false, not %s", describe(d))
	}
	if d := m["domains"]; d != nil {
		if err := decode(r.domainOptions(d), &out.Domains); err != nil {
			r.fatal(domainHint, "i18n.domains is not valid: %v", err)
		}
		for i := range out.Domains {
			r.domain(out, i)
		}
	}
	c.I18n = out
}

// domainOptions takes keys out of the domains that they do not have, with a warning.
func (r *reader) domainOptions(v any) any {
	list, _ := v.([]any)
	for i, item := range list {
		m, _ := item.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains([]string{"domain", "defaultLocale", "locales", "http"}, key) {
				r.warn("config-options", fmt.Sprintf("%s has options that are not valid", r.file), domainHint).Detail =
					fmt.Sprintf("\"i18n.domains[%d].%s\" is not an option", i, key)
				delete(m, key)
			}
		}
	}
	return v
}

// localeName: the name can be the first segment of a path, and the name of a folder.
func localeName(s string) bool {
	return s != "" && s != "." && s != ".." && s[0] != '_' && !strings.ContainsAny(s, "/\\?#% ")
}

// domain checks the i'th domain, also against those before it.
func (r *reader) domain(c *I18n, i int) {
	d := &c.Domains[i]
	switch {
	case d.Domain == "" || d.DefaultLocale == "":
		r.fatal(domainHint, "i18n.domains[%d] needs domain and defaultLocale", i)
		return
	case strings.ContainsAny(d.Domain, ":/"):
		r.fatal("Write the host only, without protocol and port.", "i18n.domains[%d] has the domain %q", i, d.Domain)
	}
	for _, l := range append([]string{d.DefaultLocale}, d.Locales...) {
		if !slices.Contains(c.Locales, l) {
			r.fatal("Add it to i18n.locales.", "the domain %s has the locale %q, which is not in i18n.locales", d.Domain, l)
		}
	}
	for _, other := range c.Domains[:i] {
		if other.DefaultLocale == d.DefaultLocale && other.Domain != d.Domain {
			r.fatal("Each domain has its own default locale.", "the domains %s and %s have the same defaultLocale", other.Domain, d.Domain)
		}
		for _, l := range d.Locales {
			if slices.Contains(other.Locales, l) {
				r.fatal("Remove it from one of them.", "the domains %s and %s both have the locale %q", other.Domain, d.Domain, l)
			}
		}
	}
}
