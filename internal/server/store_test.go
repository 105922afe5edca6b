package server

import (
	"encoding/json"
	"testing"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/render"
)

// TestHandlerKeys: keys are those of Next.js, and no two pages share one.
func TestHandlerKeys(t *testing.T) {
	const plain = "/route-cache/PAGES/9131cfbdac9dd60792168e403dd9f4e841567ab2a8247a8aaad684eee171c2ca/$/plain"
	if got := handlerKey(cache.Key{Route: "/plain", Path: "/plain"}); got != plain {
		t.Errorf("%s", got)
	}
	seen := map[string]cache.Key{}
	for _, route := range []string{"/", "/[[...all]]", "/[id]", "/a/[id]", "/a", "/index", "/b/$", "/fr"} {
		for _, locale := range []string{"", "en", "fr", "fr-CA"} {
			for _, path := range []string{"/", "/a", "/index", "/index/index", "/index/a", "/a/b", "/a%2Fb", "/a%252Fb", "/$/a", "/fr", "/fr/a", "/fr-CA", "/A"} {
				if locale == "" && (path == "/fr" || path == "/fr/a" || path == "/fr-CA") {
					continue // an app has locales or has none
				}
				key := cache.Key{Route: route, Path: path, Locale: locale}
				name := handlerKey(key)
				if other, taken := seen[name]; taken {
					t.Errorf("%+v and %+v are both %s", key, other, name)
				}
				seen[name] = key
			}
		}
	}
}

// TestHandlerValues: what a handler was given comes back as it was, and what it was
// not given counts as nothing.
func TestHandlerValues(t *testing.T) {
	for _, e := range []*cache.Entry{
		{Kind: cache.Page, HTML: cache.NewBody([]byte("<p>")), Data: cache.NewBody([]byte(`{"pageProps":{}}`)), Headers: []string{"a", "b"}, Status: 404},
		{Kind: cache.NotFound},
		{Kind: cache.Redirect, Destination: "/x", RedirectStatus: 308, NoBasePath: true, Data: cache.NewBody([]byte(
			`{"pageProps":{"__N_REDIRECT":"/x","__N_REDIRECT_STATUS":308,"__N_REDIRECT_BASE_PATH":false}}`))},
	} {
		got, err := entryOfValue(valueOf(e))
		if err != nil {
			t.Fatal(err)
		}
		if got.Kind != e.Kind || got.Status != e.Status || got.Destination != e.Destination || got.RedirectStatus != e.RedirectStatus ||
			got.NoBasePath != e.NoBasePath || len(got.Headers) != len(e.Headers) ||
			e.HTML != nil && string(got.HTML.Plain.Bytes) != string(e.HTML.Plain.Bytes) ||
			e.Data != nil && string(got.Data.Plain.Bytes) != string(e.Data.Plain.Bytes) {
			t.Errorf("%+v, want %+v", got, e)
		}
	}
	for name, v := range map[string]render.CacheValue{
		"another kind":       {Kind: "APP_PAGE", HTML: "x", Data: json.RawMessage(`{}`)},
		"no HTML":            {Kind: render.CachedPage, Data: json.RawMessage(`{}`)},
		"no data":            {Kind: render.CachedPage, HTML: "x"},
		"odd headers":        {Kind: render.CachedPage, HTML: "x", Data: json.RawMessage(`{}`), Headers: []string{"a"}},
		"no such status":     {Kind: render.CachedPage, HTML: "x", Data: json.RawMessage(`{}`), Status: 99},
		"redirect nowhere":   {Kind: render.CachedRedirect, Data: json.RawMessage(`{"pageProps":{}}`)},
		"redirect, not JSON": {Kind: render.CachedRedirect, Data: json.RawMessage(`[`)},
		"redirect with 200":  {Kind: render.CachedRedirect, Data: json.RawMessage(`{"pageProps":{"__N_REDIRECT":"/x","__N_REDIRECT_STATUS":200}}`)},
	} {
		if e, err := entryOfValue(&v); err == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
