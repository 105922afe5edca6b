package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// Kinds of a PageReply.
const (
	KindPage     = "page"
	KindNotFound = "notFound"
	KindRedirect = "redirect"
	KindEnded    = "ended"
)

// PageReply is the Meta of the answer to Job "page".
type PageReply struct {
	// Kind is one of the Kind constants.
	Kind   string `json:"kind"`
	Status int    `json:"status"`
	// Headers is flat: name, value, name, value ...
	Headers []string `json:"headers"`
	// Revalidate is JSON, a number or false; nil unless the mode is ModeSSG.
	Revalidate json.RawMessage `json:"revalidate"`
	// Data is the data JSON of the same run (ModeSSG, form html).
	Data     string    `json:"data"`
	Redirect *Redirect `json:"redirect"`
}

// Redirect is what a data function asked for.
type Redirect struct {
	Destination string `json:"destination"`
	StatusCode  int    `json:"statusCode"`
	// BasePath is false when the destination must not get the base path; nil
	// otherwise.
	BasePath *bool `json:"basePath"`
}

// RevalidateSeconds is Revalidate as a number; ok is false when the page never
// grows old.
func (p *PageReply) RevalidateSeconds() (seconds int, ok bool) {
	if len(p.Revalidate) == 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(string(p.Revalidate), 64)
	if err != nil || n < 1 {
		return 0, false
	}
	return int(min(n, 1<<31-1)), true
}

// apiHead is the Meta of the answer to Job "api".
type apiHead struct {
	status     int
	statusText string
	headers    []string
}

var errMeta = errors.New("render: the runtime answered with a malformed head")

// parsePageReply reads Meta without reflection: an SSR page has one per request.
func parsePageReply(meta []byte) (*PageReply, error) {
	p := &PageReply{Status: 200}
	err := members(meta, func(name string, value []byte) (err error) {
		switch name {
		case "kind":
			p.Kind, err = text(value)
		case "status":
			p.Status, err = number(value)
		case "headers":
			p.Headers, err = texts(value)
		case "revalidate":
			p.Revalidate = value
		case "data":
			p.Data, err = text(value)
		case "redirect":
			if string(value) != "null" {
				p.Redirect = &Redirect{}
				err = json.Unmarshal(value, p.Redirect)
			}
		}
		return err
	})
	return p, err
}

func parseAPIHead(meta []byte) (apiHead, error) {
	h := apiHead{status: 200}
	err := members(meta, func(name string, value []byte) (err error) {
		switch name {
		case "status":
			h.status, err = number(value)
		case "statusText":
			h.statusText, err = text(value)
		case "headers":
			h.headers, err = texts(value)
		}
		return err
	})
	return h, err
}

// members calls fn for each member of a JSON object.
func members(doc []byte, fn func(name string, value []byte) error) error {
	s := scanner{doc: doc}
	if !s.take('{') {
		return errMeta
	}
	if s.take('}') {
		return nil
	}
	for {
		s.space()
		raw := s.value()
		if len(raw) < 2 || raw[0] != '"' || !s.take(':') {
			return errMeta
		}
		name, err := text(raw)
		if err != nil {
			return err
		}
		s.space()
		value := s.value()
		if value == nil {
			return errMeta
		}
		if err := fn(name, value); err != nil {
			return err
		}
		if s.take(',') {
			continue
		}
		if s.take('}') {
			return nil
		}
		return errMeta
	}
}

// scanner cuts JSON into its values. It trusts the inside of numbers and names.
type scanner struct {
	doc []byte
	at  int
}

func (s *scanner) space() {
	for s.at < len(s.doc) {
		switch s.doc[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.doc) && s.doc[s.at] == c {
		s.at++
		return true
	}
	return false
}

// value returns the text of the value that begins here; nil when there is none.
func (s *scanner) value() []byte {
	from, depth := s.at, 0
	for s.at < len(s.doc) {
		switch s.doc[s.at] {
		case '"':
			if !s.skipString() {
				return nil
			}
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			if depth == 0 {
				return nil
			}
			depth--
			s.at++
		case ',', ':':
			if depth == 0 {
				return nil
			}
			s.at++
			continue
		case ' ', '\t', '\n', '\r':
			s.at++
			continue
		default:
			for s.at < len(s.doc) && bytes.IndexByte([]byte("{}[],:\" \t\n\r"), s.doc[s.at]) < 0 {
				s.at++
			}
		}
		if depth == 0 {
			return s.doc[from:s.at]
		}
	}
	return nil
}

func (s *scanner) skipString() bool {
	for s.at++; s.at < len(s.doc); s.at++ {
		switch s.doc[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return true
		}
	}
	return false
}

func text(raw []byte) (string, error) {
	if len(raw) >= 2 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil
	}
	var out string
	if err := json.Unmarshal(raw, &out); err != nil {
		return "", errMeta
	}
	return out, nil
}

func number(raw []byte) (int, error) {
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		return 0, errMeta
	}
	return n, nil
}

func texts(raw []byte) ([]string, error) {
	s := scanner{doc: raw}
	if !s.take('[') {
		return nil, errMeta
	}
	if s.take(']') {
		return nil, nil
	}
	var out []string
	for {
		s.space()
		one, err := text(s.value())
		if err != nil {
			return nil, err
		}
		out = append(out, one)
		if s.take(',') {
			continue
		}
		if s.take(']') {
			return out, nil
		}
		return nil, errMeta
	}
}
