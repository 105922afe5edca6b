package cache

import (
	"bytes"
	"encoding/json"
)

// head is the first line of a stored entry; HTML and data follow it as they are.
type head struct {
	Key            Key      `json:"key"`
	Kind           Kind     `json:"kind"`
	HTML           int      `json:"html"` // length, -1 for none
	Data           int      `json:"data"`
	Headers        []string `json:"headers,omitempty"`
	Status         int      `json:"status,omitempty"`
	Destination    string   `json:"destination,omitempty"`
	RedirectStatus int      `json:"redirectStatus,omitempty"`
	NoBasePath     bool     `json:"noBasePath,omitempty"`
	Revalidate     int      `json:"revalidate,omitempty"`
	Expire         int      `json:"expire,omitempty"`
	GeneratedAt    int64    `json:"generatedAt"`
}

// encodeHead returns the first line of e, its end included, and the size of it all.
func encodeHead(key Key, e *Entry) (line []byte, size int64, err error) {
	h := head{
		Key: key, Kind: e.Kind, HTML: -1, Data: -1, Headers: e.Headers, Status: e.Status, Destination: e.Destination,
		RedirectStatus: e.RedirectStatus, NoBasePath: e.NoBasePath, Revalidate: e.Revalidate, Expire: e.Expire,
		GeneratedAt: e.GeneratedAt,
	}
	if e.HTML != nil {
		h.HTML = len(e.HTML.Plain.Bytes)
	}
	if e.Data != nil {
		h.Data = len(e.Data.Plain.Bytes)
	}
	if line, err = json.Marshal(h); err != nil {
		return nil, 0, err
	}
	return append(line, '\n'), int64(len(line) + 1 + max(h.HTML, 0) + max(h.Data, 0)), nil
}

// encode returns all of e in one piece.
func encode(key Key, e *Entry) ([]byte, error) {
	line, size, err := encodeHead(key, e)
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, size), line...)
	for _, part := range []*Body{e.HTML, e.Data} {
		if part != nil {
			b = append(b, part.Plain.Bytes...)
		}
	}
	return b, nil
}

// decode reads what encode has written; nil when b is damaged or belongs to another
// key. The entry keeps b.
func decode(key Key, b []byte) *Entry {
	line, rest, ok := bytes.Cut(b, []byte("\n"))
	var h head
	if !ok || json.Unmarshal(line, &h) != nil || h.Key != key || h.Kind > Redirect ||
		h.HTML < -1 || h.Data < -1 || h.HTML > len(rest) || h.Data > len(rest) || max(h.HTML, 0)+max(h.Data, 0) != len(rest) {
		return nil
	}
	e := &Entry{
		Kind: h.Kind, Headers: h.Headers, Status: h.Status, Destination: h.Destination, RedirectStatus: h.RedirectStatus,
		NoBasePath: h.NoBasePath, Revalidate: h.Revalidate, Expire: h.Expire, GeneratedAt: h.GeneratedAt,
	}
	if h.HTML >= 0 {
		e.HTML = NewBody(rest[:h.HTML:h.HTML])
		rest = rest[h.HTML:]
	}
	if h.Data >= 0 {
		e.Data = NewBody(rest)
	}
	if h.Kind == Page && (e.HTML == nil || e.Data == nil) || h.Kind == Redirect && e.Data == nil {
		return nil
	}
	return e
}
