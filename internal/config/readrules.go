package config

import (
	"fmt"
	"slices"
	"strings"
)

// rawRule is a rule as users write it.
type rawRule struct {
	Source      string         `json:"source"`
	Destination *string        `json:"destination"`
	Permanent   *bool          `json:"permanent"`
	StatusCode  *float64       `json:"statusCode"`
	BasePath    *bool          `json:"basePath"`
	Locale      *bool          `json:"locale"`
	Has         []rawCondition `json:"has"`
	Missing     []rawCondition `json:"missing"`
	Headers     []rawHeader    `json:"headers"`
}

type rawCondition struct {
	Type  string `json:"type"`
	Key   string `json:"key"`
	Value any    `json:"value"`
}

type rawHeader struct {
	Key   *string `json:"key"`
	Value *string `json:"value"`
}

const ruleHint = "See the routing options: https://nextjs.org/docs/pages/api-reference/config/next-config-js"

// rules reads redirects, rewrites and headers. A rule of a wrong shape is fatal; a
// function in their place was not called, which is Evaluate's business.
func (r *reader) rules(c *Config) {
	before := len(r.errors)
	for i, raw := range r.ruleList("redirects", r.get("redirects")) {
		where := fmt.Sprintf("redirects[%d]", i)
		m, ok := r.match(where, raw)
		status := r.redirectStatus(where, raw)
		if to := r.destination(where, raw); ok && status != 0 && to != "" {
			c.Redirects = append(c.Redirects, Redirect{m, to, status})
		}
	}
	before = r.invalidRules("redirect", before)
	read := func(name string, v any) (out []Rewrite) {
		for i, raw := range r.ruleList(name, v) {
			where := fmt.Sprintf("%s[%d]", name, i)
			m, ok := r.match(where, raw)
			if to := r.destination(where, raw); ok && to != "" {
				out = append(out, Rewrite{m, to})
			}
		}
		return out
	}
	switch v := r.get("rewrites").(type) {
	case map[string]any:
		if !function.ok(v) {
			c.Rewrites = Rewrites{read("rewrites.beforeFiles", v["beforeFiles"]), read("rewrites.afterFiles", v["afterFiles"]), read("rewrites.fallback", v["fallback"])}
		}
	default:
		c.Rewrites.AfterFiles = read("rewrites", v)
	}
	before = r.invalidRules("rewrite", before)
	for i, raw := range r.ruleList("headers", r.get("headers")) {
		where := fmt.Sprintf("headers[%d]", i)
		m, ok := r.match(where, raw)
		rule := HeaderRule{Match: m}
		if len(raw.Headers) == 0 {
			r.fatal(ruleHint, "%s has no headers", where)
		}
		for _, h := range raw.Headers {
			if h.Key == nil || *h.Key == "" || h.Value == nil {
				r.fatal(ruleHint, "%s has a header without key or value", where)
				ok = false
				continue
			}
			rule.Headers = append(rule.Headers, Header{*h.Key, *h.Value})
		}
		if ok {
			c.Headers = append(c.Headers, rule)
		}
	}
	r.invalidRules("header", before)
}

// invalidRules ends what has been said about rules of a kind since there were before
// errors. It returns how many there are now.
func (r *reader) invalidRules(kind string, before int) int {
	switch n := len(r.errors) - before; {
	case n == 1:
		r.fatal(ruleHint, "Invalid %s found", kind)
	case n > 1:
		r.fatal(ruleHint, "Invalid %ss found", kind)
	}
	return len(r.errors)
}

// proxyTimeout reads experimental.proxyTimeout. null turns the limit off, 0 is the
// default.
func (r *reader) proxyTimeout(c *Config) {
	experimental, _ := r.get("experimental").(map[string]any)
	v, set := experimental["proxyTimeout"]
	if n, ok := v.(float64); ok && n > 0 {
		c.ProxyTimeout = int(n)
	} else if set && v == nil {
		c.ProxyTimeout = 0
	}
}

func (r *reader) ruleList(name string, v any) []rawRule {
	if v == nil || function.ok(v) {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.fatal(ruleHint, "%s must return an array, not %s", name, describe(v))
		return nil
	}
	out := make([]rawRule, len(list))
	for i, item := range list {
		if err := decode(item, &out[i]); err != nil {
			r.fatal(ruleHint, "%s[%d] is not valid: %v", name, i, err)
			out[i].Source = "" // match reports nothing more about it
			return nil
		}
	}
	return out
}

func (r *reader) match(where string, raw rawRule) (Match, bool) {
	m := Match{Source: raw.Source}
	if !strings.HasPrefix(raw.Source, "/") {
		r.fatal(ruleHint, "%s: source must start with a slash, not %q", where, raw.Source)
		return m, false
	}
	for _, set := range []struct {
		name string
		v    *bool
		into *bool
	}{{"basePath", raw.BasePath, &m.NoBasePath}, {"locale", raw.Locale, &m.NoLocale}} {
		if set.v == nil {
			continue
		}
		if *set.v {
			r.fatal("Remove it.", "%s: %s can only be false", where, set.name)
			return m, false
		}
		*set.into = true
	}
	var ok1, ok2 bool
	m.Has, ok1 = r.conditions(where+".has", raw.Has)
	m.Missing, ok2 = r.conditions(where+".missing", raw.Missing)
	return m, ok1 && ok2
}

func (r *reader) conditions(where string, raw []rawCondition) ([]Condition, bool) {
	var out []Condition
	for i, c := range raw {
		value, isText := c.Value.(string)
		switch {
		case !slices.Contains([]string{"header", "cookie", "query", "host"}, c.Type):
			r.fatal(ruleHint, "%s[%d]: type must be header, cookie, query or host, not %q", where, i, c.Type)
			return nil, false
		case c.Key == "" && c.Type != "host":
			r.fatal(ruleHint, "%s[%d] needs a key", where, i)
			return nil, false
		case c.Value != nil && !isText:
			r.fatal(ruleHint, "%s[%d]: value must be a string, not %s", where, i, describe(c.Value))
			return nil, false
		}
		out = append(out, Condition{c.Type, c.Key, value})
	}
	return out, true
}

func (r *reader) destination(where string, raw rawRule) string {
	if raw.Destination == nil || *raw.Destination == "" {
		r.fatal(ruleHint, "%s has no destination", where)
		return ""
	}
	to := *raw.Destination
	if !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "http://") && !strings.HasPrefix(to, "https://") && !strings.HasPrefix(where, "redirects") {
		r.fatal(ruleHint, "%s: destination must start with /, http:// or https://, not %q", where, to)
		return ""
	}
	return to
}

func (r *reader) redirectStatus(where string, raw rawRule) int {
	switch {
	case raw.StatusCode != nil && raw.Permanent != nil:
		r.fatal("Keep one of the two.", "%s has both permanent and statusCode", where)
	case raw.StatusCode != nil:
		if s := int(*raw.StatusCode); slices.Contains([]int{301, 302, 303, 307, 308}, s) {
			return s
		}
		r.fatal(ruleHint, "%s: statusCode must be 301, 302, 303, 307 or 308, not %v", where, *raw.StatusCode)
	case raw.Permanent == nil:
		r.fatal(ruleHint, "%s needs permanent: true or false (or a statusCode)", where)
	case *raw.Permanent:
		return 308
	default:
		return 307
	}
	return 0
}
