package rules

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/regex"
	"github.com/onwardjs/onward/internal/route"
)

// Request is what rules look at.
type Request struct {
	// Path as it stands in the URL: percent-encoded, with the base path, with a locale
	// in front where the app has i18n (the default one when the client named none), and
	// with its trailing slash.
	Path string
	// Query is the URL's, or what rewrites have made of it.
	Query route.Values
	// HTTP gives host and headers. Rules never change it.
	HTTP *http.Request
}

// Conditions are the has and missing of a rule.
type Conditions struct {
	has, missing []condition
}

type condition struct {
	config.Condition
	// param is the name that the whole value gets when there is no pattern.
	param string
	value *regex.Regexp
}

// CompileConditions compiles has and missing. The error names the condition
// ("has[1]: ...").
func CompileConditions(has, missing []config.Condition) (Conditions, error) {
	var c Conditions
	for _, list := range []struct {
		name string
		from []config.Condition
		into *[]condition
	}{{"has", has, &c.has}, {"missing", missing, &c.missing}} {
		for i, from := range list.from {
			one := condition{Condition: from, param: letters(from.Key)}
			if from.Type == "header" {
				one.Key = http.CanonicalHeaderKey(from.Key)
			}
			if from.Value != "" {
				expr, err := regex.Compile("^"+from.Value+"$", regex.Options{})
				if err != nil {
					return Conditions{}, fmt.Errorf("%s[%d]: %w", list.name, i, err)
				}
				one.value = expr
			}
			*list.into = append(*list.into, one)
		}
	}
	return c, nil
}

// letters is the part of a key that can be the name of a param.
func letters(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, key)
}

// Empty: there are no conditions.
func (c *Conditions) Empty() bool { return len(c.has) == 0 && len(c.missing) == 0 }

// Names are the params that the conditions may give.
func (c *Conditions) Names() []string {
	var names []string
	for i := range c.has {
		one := &c.has[i]
		if one.value == nil {
			names = append(names, one.param)
			continue
		}
		for _, name := range one.value.Names() {
			if name != "" {
				names = append(names, name)
			}
		}
		if one.Type == "host" {
			names = append(names, "host")
		}
	}
	return names
}

// Match tells whether a request meets the conditions, and adds the params that they
// give.
func (c *Conditions) Match(r *Request, params route.Values) (route.Values, bool) {
	for i := range c.has {
		var ok bool
		if params, ok = c.has[i].match(r, params); !ok {
			return nil, false
		}
	}
	for i := range c.missing {
		if _, ok := c.missing[i].match(r, nil); ok {
			return nil, false
		}
	}
	return params, true
}

func (c *condition) match(r *Request, params route.Values) (route.Values, bool) {
	v := c.of(r)
	last := v.Single
	if v.IsList {
		if len(v.List) == 0 {
			return params, false
		}
		last = v.List[len(v.List)-1]
	} else if last == "" {
		return params, false
	}
	if c.value == nil {
		v.Key = c.param
		return set(params, v), true
	}
	m, ok := c.value.Exec(last)
	if !ok {
		return params, false
	}
	named := false
	for i, name := range c.value.Names() {
		if name == "" {
			continue
		}
		named = true
		if text, took := m.Group(i + 1); took {
			params = set(params, route.Value{Key: name, Single: text})
		}
	}
	if !named && c.Type == "host" {
		params = set(params, route.Value{Key: "host", Single: last})
	}
	return params, true
}

// of is the value that a condition is about; an empty one is none.
func (c *condition) of(r *Request) route.Value {
	switch c.Type {
	case "header":
		if c.Key == "Host" {
			return route.Value{Single: r.HTTP.Host}
		}
		return route.Value{Single: headerValue(r.HTTP.Header[c.Key], c.Key)}
	case "cookie":
		return route.Value{Single: cookieValue(r.HTTP.Header["Cookie"], c.Key)}
	case "query":
		v, _ := r.Query.Get(c.Key)
		return v
	case "host":
		host, _, _ := strings.Cut(r.HTTP.Host, ":")
		return route.Value{Single: strings.ToLower(host)}
	}
	return route.Value{}
}

// headerValue joins the lines of a header as Node.js does.
func headerValue(lines []string, name string) string {
	switch {
	case len(lines) == 0:
		return ""
	case len(lines) == 1:
		return lines[0]
	case name == "Cookie":
		return strings.Join(lines, "; ")
	}
	return strings.Join(lines, ", ")
}

// cookieValue is the first cookie of a name, decoded.
func cookieValue(lines []string, name string) string {
	for _, line := range lines {
		for pair := range strings.SplitSeq(line, ";") {
			key, value, ok := strings.Cut(pair, "=")
			if !ok || strings.Trim(key, " \t") != name {
				continue
			}
			value = strings.Trim(value, " \t")
			if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain
			}
			return value
		}
	}
	return ""
}
