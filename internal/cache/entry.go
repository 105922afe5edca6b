// Package cache keeps what getStaticProps made: pages with their data, and the
// notFound and redirect answers, each until its time is over. In comes a Key and a
// function that makes the Entry anew; out comes an Entry and how it was found.
//
// Memory lies over a Store on disk, and both over the build's own output, which
// is only read. One Key is made by one call at a time, whoever asks.
package cache

import (
	"time"
)

// Key names an Entry within one build. Keys are compared by their fields, never by
// a joined string, so no two of them are the same by accident.
type Key struct {
	// Route is the pattern ("/posts/[slug]"), Path the concrete path as in
	// route.Match.Path, Locale empty without i18n.
	Route, Path, Locale string
}

// Kind of an Entry.
type Kind uint8

const (
	// Page has HTML and Data.
	Page Kind = iota
	// NotFound: the data function returned notFound.
	NotFound
	// Redirect: it returned a redirect.
	Redirect
)

// Entry is one generation of a page. It never changes once it is stored.
type Entry struct {
	Kind Kind
	// HTML and Data of a Page come from the same run. Data of a Redirect is
	// what a data request gets.
	HTML, Data *Body
	// Headers that user code set: name, value, name, value ...
	Headers []string
	// Status of a Page; 0 means 200.
	Status int
	// Destination, RedirectStatus and NoBasePath of a Redirect.
	Destination    string
	RedirectStatus int
	NoBasePath     bool
	// Revalidate in seconds; 0 means never.
	Revalidate int
	// Expire is the age in seconds past which nobody is shown the entry any
	// more; 0 means never.
	Expire int
	// GeneratedAt in Unix milliseconds.
	GeneratedAt int64
	// order of the turn it was made in; 0 when no shared store gave one.
	order int64
}

// newer tells whether e was made after other. Turns decide where both have one, as
// clocks of machines differ.
func (e *Entry) newer(other *Entry) bool {
	if e.order != 0 && other.order != 0 {
		return e.order > other.order
	}
	return e.GeneratedAt > other.GeneratedAt
}

// stales is when the entry is no longer fresh, in Unix milliseconds; 0: never.
func (e *Entry) stales() int64 {
	if e.Revalidate <= 0 {
		return 0
	}
	return e.GeneratedAt + int64(e.Revalidate)*1000
}

// expired tells whether the entry is too old to be shown. now is in Unix
// milliseconds.
func (e *Entry) expired(now int64) bool {
	return e.Expire > 0 && now > e.GeneratedAt+int64(e.Expire)*1000
}

// postponed is the entry as it stays when making it anew has failed: it counts as
// made now, and the next attempt comes after its revalidation time, held between 3
// and 30 seconds.
func (e *Entry) postponed(now time.Time) *Entry {
	kept := *e
	kept.GeneratedAt = now.UnixMilli()
	kept.Revalidate = min(max(e.Revalidate, 3), 30)
	if e.Expire > 0 {
		kept.Expire = max(kept.Revalidate+3, e.Expire)
	}
	return &kept
}

// size is what the entry may cost in memory: bodies count with the compressed
// forms that they may grow.
func (e *Entry) size() int64 {
	n := int64(512)
	for _, h := range e.Headers {
		n += int64(len(h)) + 16
	}
	return n + e.HTML.cost() + e.Data.cost()
}
