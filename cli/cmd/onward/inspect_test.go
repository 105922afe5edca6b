package main

import (
	"strings"
	"testing"
)

func TestInspectFlag(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ args, inspect, err string }{
		{"", "", ""},
		{"--inspect", "127.0.0.1:9229", ""},
		{"--inspect=9230", "127.0.0.1:9230", ""},
		{"--inspect 9230", "127.0.0.1:9230", ""},
		{"--inspect localhost:9230", "127.0.0.1:9230", ""},
		{"--inspect -p 4000", "127.0.0.1:9229", ""},
		{"-p 4000 --inspect", "127.0.0.1:9229", ""},
		{"--inspect=0.0.0.0:9229", "", "only connect from this machine"},
		{"--inspect 70000", "", "70000 is no port"},
	} {
		args := append(strings.Fields(c.args), dir)
		none := func(string) string { return "" }
		term, _, _ := captured()
		d, devErr := parseDev(term, args, none)
		s, startErr := parseStart(term, args, none)
		for _, got := range []struct {
			inspect, dir string
			err          error
		}{{d.inspect, d.dir, devErr}, {s.inspect, s.dir, startErr}} {
			if c.err != "" {
				if got.err == nil || !strings.Contains(got.err.Error(), c.err) {
					t.Errorf("%q: %v, want %q", c.args, got.err, c.err)
				}
				continue
			}
			if got.err != nil || got.inspect != c.inspect || got.dir == "" {
				t.Errorf("%q: %+v", c.args, got)
			}
		}
	}
}
