package main

import (
	"slices"
	"strings"
	"testing"
)

func TestStandaloneArgs(t *testing.T) {
	for _, c := range []struct {
		executable string
		args       []string
		env        map[string]string
		want       string // "": not a standalone server
	}{
		{"/srv/app/server", nil, nil, "start -H 0.0.0.0 -p 3000 /srv/app"},
		{"/srv/app/server", nil, map[string]string{"HOSTNAME": "::1", "PORT": "80", "KEEP_ALIVE_TIMEOUT": "61000"},
			"start -H ::1 -p 80 --keepAliveTimeout 61000 /srv/app"},
		{"/srv/app/server", nil, map[string]string{"PORT": "x", "KEEP_ALIVE_TIMEOUT": "-5"}, "start -H 0.0.0.0 -p 3000 /srv/app"},
		{"/srv/app/server", []string{"start"}, nil, ""},
		{"/usr/bin/onward", nil, nil, ""},
	} {
		got, ok := standaloneArgs(c.executable, c.args, func(k string) string { return c.env[k] })
		if ok != (c.want != "") || !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s %q, %v: got %q, want %q", c.executable, c.args, c.env, got, c.want)
		}
	}
}
