package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAnswer(t *testing.T) {
	cases := []struct {
		name, text string
		want       int
		fails      bool
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 5, false},
		{"lower case", "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", 0, false},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n", 15, false},
		{"other status", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 0, true},
		{"no length", "HTTP/1.1 200 OK\r\n\r\n", 0, true},
		{"broken off", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", 0, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := answer(bufio.NewReader(strings.NewReader(c.text)))
			if (err != nil) != c.fails || err == nil && got != c.want {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
}

func TestGenerateLoad(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("hello"))
	}))
	defer server.Close()
	var out bytes.Buffer
	if err := generateLoad([]string{server.URL + "/x", (100 * time.Millisecond).String(), "2"}, &out); err != nil {
		t.Fatal(err)
	}
	var l load
	if err := json.Unmarshal(out.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	if l.PerSecond <= 0 || l.P99 < l.P50 || l.Bytes != 5 {
		t.Errorf("got %+v", l)
	}
}

func TestGenerateLoadFails(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	err := generateLoad([]string{server.URL + "/x", (50 * time.Millisecond).String(), "1"}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v", err)
	}
}

func TestScripts(t *testing.T) {
	html := `<script src="/old.js" noModule=""></script><link rel="modulepreload" href="/shared.js"/><link rel="preload" as="style" href="/a.css"/>` +
		`<script type="module" src="/main.js"></script><script src="/main.js"></script><script>inline()</script>`
	if got := scripts(html); !slices.Equal(got, []string{"/main.js", "/shared.js"}) {
		t.Errorf("got %v", got)
	}
}

func TestReportRatios(t *testing.T) {
	r := &report{}
	r.set("SSG page, requests/s", "next", value{100, "100"})
	r.set("SSG page, requests/s", "onward", value{1500, "1500"})
	r.set("start to first 200", "next", milliseconds(300*time.Millisecond))
	r.set("start to first 200", "onward", milliseconds(50*time.Millisecond))
	got := r.markdown()
	for _, want := range []string{"| SSG page, requests/s | 100 | 1500 | 15.0× | ≥ 10× |", "| start to first 200 | 300 ms | 50 ms | 6.0× | ≤ 60 ms |"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, args := range [][]string{{"-only", "nothing"}, {"-pages", "0"}, {"-runs", "0"}, {"-duration", "1h"}, {"-frameworks", "other"}, {"-endpoints", "ssg,nothing"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("no error for %v", args)
		}
	}
}
