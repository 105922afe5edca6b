package rules

import (
	"strings"
	"testing"

	"github.com/onwardjs/onward/internal/config"
)

// Whatever a client asks for, a redirect within the app stays there, one to a named
// host stays below it, and no Location ends early.
func FuzzLocation(f *testing.F) {
	c := config.Default()
	c.Redirects = []config.Redirect{
		redirect("/any/:path*", "/:path*"), redirect("/query", "/x?v=:v&w=:v#:v", config.Condition{Type: "query", Key: "v", Value: "(?<v>.*)"}),
		redirect("/host/:h", "https://:h.example.com/:h"), redirect("/header", "/:v", config.Condition{Type: "header", Key: "x", Value: "(?<v>[^]*)"}),
	}
	set, problems := Compile(c)
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	for _, seed := range [][3]string{
		{"/any//evil.com", "", ""}, {"/any/\\evil.com", "v=//x", ""}, {"/host/a@evil.com:80#", "", ""}, {"/header", "", "//evil.com\r\nx: y"},
		{"/query", "v=%0d%0aa&v=%2F%2F", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, path, query, header string) {
		to, status, err := set.Redirects.Find(request(path, query, "X", header))
		if err != nil || status == 0 {
			return
		}
		for i := 0; i < len(to); i++ {
			if to[i] <= ' ' || to[i] >= 0x7F || to[i] == '\\' {
				t.Fatalf("%q has a byte that it must not have", to)
			}
		}
		host, outside := strings.CutPrefix(to, "https://")
		switch {
		case !outside && (to == "" || to[0] != '/' || strings.HasPrefix(to, "//")):
			t.Fatalf("%q leads away", to)
		case outside:
			host, _, _ = strings.Cut(host, "/")
			if !strings.HasSuffix(host, ".example.com") || strings.ContainsAny(host, "@:?#") {
				t.Fatalf("%q is another host", to)
			}
		}
	})
}

// Any text is a source or is refused.
func FuzzSource(f *testing.F) {
	for _, seed := range []string{"/:a*/b{-:c}?", `/\(x\)(\d+)`, "/(.*)", "/:a(x|y)+"} {
		f.Add(seed, "/x/y")
	}
	f.Fuzz(func(t *testing.T, source, path string) {
		if len(source) > 200 || len(path) > 500 {
			return
		}
		s, err := CompileSource(source, SourceOptions{OptionalSlash: true})
		if err != nil {
			return
		}
		params, ok := s.Match(path)
		if !ok {
			return
		}
		for depth := range 3 {
			if want, sure := s.segment(depth); sure && !strings.EqualFold(want, segment(path, depth)) {
				t.Fatalf("%q matches %q, whose segment %d is not %q (params %v)", source, path, depth, want, params)
			}
		}
	})
}
