package rules

import (
	"net/textproto"
	"strings"

	"github.com/onwardjs/onward/internal/route"
)

// HeaderRules are the rules of headers().
type HeaderRules struct{ list list }

// Redirects are the rules of redirects().
type Redirects struct{ list list }

// Rewrites are the rules of one of the three places of rewrites().
type Rewrites struct{ list list }

// Empty: there are no rules.
func (h *HeaderRules) Empty() bool { return len(h.list.rules) == 0 }

// Empty: there are no rules.
func (r *Redirects) Empty() bool { return len(r.list.rules) == 0 }

// Empty: there are no rules.
func (r *Rewrites) Empty() bool { return len(r.list.rules) == 0 }

// Header is a response header with the lines it stands for.
type Header struct {
	// Name is in canonical form.
	Name  string
	Lines []string
}

// Find returns the headers for a request. All rules that match apply; of those that
// set the same header, the last one counts. Set-Cookie collects the lines of all rules
// that spell it in the same way.
func (h *HeaderRules) Find(r *Request) (headers []Header, err error) {
	h.list.each(r.Path, 0, func(_ int, one *rule) bool {
		params, ok := one.match(r)
		if !ok {
			return true
		}
		for _, text := range one.headers {
			var key, value string
			if key, err = text.key.with(params); err != nil {
				return false
			}
			if value, err = text.value.with(params); err != nil {
				return false
			}
			headers = setHeader(headers, key, value)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	// Spellings of one name are one header: the last one counts.
	out := headers[:0]
	for _, header := range headers {
		header.Name = textproto.CanonicalMIMEHeaderKey(header.Name)
		if !validName(header.Name) {
			continue
		}
		at := 0
		for at < len(out) && out[at].Name != header.Name {
			at++
		}
		if at < len(out) {
			out[at] = header
		} else {
			out = append(out, header)
		}
	}
	return out, nil
}

func setHeader(headers []Header, name, value string) []Header {
	for i := range headers {
		if headers[i].Name != name {
			continue
		}
		if strings.EqualFold(name, "set-cookie") {
			headers[i].Lines = append(headers[i].Lines, value)
		} else {
			headers[i].Lines = []string{value}
		}
		return headers
	}
	return append(headers, Header{name, []string{value}})
}

// validName: the text may be the name of a header. Params could make it something
// else.
func validName(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c <= ' ' || c >= 0x7F || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}

// Find returns where the first redirect that matches leads, and its status; 0 when
// none does.
func (rs *Redirects) Find(r *Request) (location string, status int, err error) {
	rs.list.each(r.Path, 0, func(_ int, one *rule) bool {
		params, ok := one.match(r)
		if !ok {
			return true
		}
		var t Target
		if t, err = one.to.Resolve(r, params, false); err == nil {
			location, status = t.Location(r), one.status
		}
		return false
	})
	return location, status, err
}

// Next returns where the first rewrite that matches leads, of those from the one with
// number from on. next is the number to go on with; it is 0 when none matches.
func (rs *Rewrites) Next(r *Request, from int) (t Target, next int, err error) {
	rs.list.each(r.Path, from, func(i int, one *rule) bool {
		var params route.Values
		var ok bool
		if params, ok = one.match(r); !ok {
			return true
		}
		t, err = one.to.Resolve(r, params, true)
		next = i + 1
		return false
	})
	return t, next, err
}
