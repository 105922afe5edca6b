package cache

import (
	"bytes"
	"fmt"
	"testing"
)

// TestNames: no two keys share a file or a place in Redis, however their parts are
// put together.
func TestNames(t *testing.T) {
	parts := []string{"", "/", "/a", "/a/b", "a", "1:/", "/[id]", "/[...id]", "en", "/en", "0:", "/a%2Fb", "/a\x00b", "\n", "3:/a/"}
	seen := map[string]Key{}
	for _, route := range parts {
		for _, path := range parts {
			for _, locale := range parts {
				key := Key{Route: route, Path: path, Locale: locale}
				if other, taken := seen[name(key)]; taken {
					t.Fatalf("%+v and %+v share a name", key, other)
				}
				seen[name(key)] = key
			}
		}
	}
}

// FuzzDecode: what was not encoded for the key is no entry, and no bytes make it
// panic.
func FuzzDecode(f *testing.F) {
	good, err := encode(key, page("text", 3))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(bytes.Replace(good, []byte(`"html":4`), []byte(`"html":-4`), 1))
	f.Add(bytes.Replace(good, []byte(`"data":6`), []byte(`"data":9223372036854775807`), 1))
	f.Add([]byte("{}\n"))
	f.Add([]byte(fmt.Sprintf(`{"key":{"Route":%q,"Path":%q},"kind":7,"html":-1,"data":-1}`+"\n", key.Route, key.Path)))
	f.Fuzz(func(t *testing.T, b []byte) {
		e := decode(key, b)
		if e == nil {
			return
		}
		again, err := encode(key, e)
		if err != nil {
			t.Fatal(err)
		}
		if second := decode(key, again); second == nil || second.Kind != e.Kind || second.GeneratedAt != e.GeneratedAt {
			t.Errorf("%q is read differently the second time", b)
		}
		if decode(Key{Route: key.Route, Path: key.Path, Locale: "x"}, b) != nil {
			t.Errorf("%q is taken for another key's", b)
		}
	})
}
