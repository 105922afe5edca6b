package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/engine"
)

// BenchmarkServe asks over a real connection, pipelining nothing, and compares with
// a handler that only writes the same number of bytes: the difference is what the
// request flow costs.
func BenchmarkServe(b *testing.B) {
	html := strings.Repeat("<li>row of a page</li>\n", 120)
	files := cloneFiles()
	files[".next/server/pages/plain.html"] = html
	files[".next/server/pages/isr.html"] = html
	files["public/file.txt"] = html
	files[".next/static/chunks/main-1.js"] = html
	body := []byte(html)
	a := start(b, sample(), files, func(_ context.Context, in *input, _ *engine.Job) (*engine.Reply, error) {
		return &engine.Reply{Meta: []byte(`{"kind":"page","status":200,"headers":[]}`), Body: body}, nil
	})
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = htmlType
		_, _ = w.Write(body)
	})
	for _, c := range []struct {
		name, path string
		handler    http.Handler
	}{
		{"bare", "/", bare},
		{"ssg", "/plain", a},
		{"isr", "/isr", a},
		{"public", "/file.txt", a},
		{"asset", "/_next/static/chunks/main-1.js", a},
		{"ssr", "/ssr", a},
		{"api", "/api/echo", a},
	} {
		b.Run(c.name, func(b *testing.B) { overConnection(b, c.handler, c.path) })
	}
}

func overConnection(b *testing.B, h http.Handler, path string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	defer srv.Close()
	go func() { _ = srv.Serve(l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	request := []byte(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n\r\n", path))
	in := bufio.NewReaderSize(conn, 64<<10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
			b.Fatal(res.Status, err)
		}
	}
}

// BenchmarkFlow is the request flow alone, without a connection.
func BenchmarkFlow(b *testing.B) {
	a := start(b, sample(), sampleFiles, pages)
	for _, path := range []string{"/about", "/plain", "/file.txt", "/_next/static/chunks/main-1.js", "/nowhere"} {
		b.Run(path, func(b *testing.B) {
			w := &discard{header: http.Header{}}
			r, err := http.NewRequest("GET", "http://localhost"+path, nil)
			if err != nil {
				b.Fatal(err)
			}
			r.RequestURI = path
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				a.ServeHTTP(w, r)
			}
		})
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
