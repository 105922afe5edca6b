package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func captured() (*terminal, *bytes.Buffer, *bytes.Buffer) {
	var out, err bytes.Buffer
	return &terminal{out: &out, err: &err}, &out, &err
}

func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args     []string
		code     int
		out, err string // parts that must appear
	}{
		{[]string{"--version"}, 0, "Onward v", ""},
		{[]string{"-v"}, 0, "Next.js v16.4.6", ""},
		{[]string{"--help"}, 0, "build [directory]", ""},
		{[]string{"-h"}, 0, "Commands:", ""},
		{nil, 1, "", "no pages folder"}, // dev in the current folder
		{[]string{dir}, 1, "", "no pages folder"},
		{[]string{"build", "--help"}, 0, "--debug", ""},
		{[]string{"start", "-h"}, 0, "--hostname", ""},
		{[]string{"bogus"}, 1, "", "no such directory: "},
		{[]string{"experimental-test"}, 1, "", "no test runner"},
		{[]string{"up"}, 1, "", "install the version you want"},
		{[]string{"experimental-analyze"}, 1, "", "no bundle analyzer"},
		{[]string{"--bogus"}, 1, "", "unknown flag: --bogus"},
		{[]string{"dev", "--help"}, 0, "--experimental-https", ""},
		{[]string{"dev", dir, "-p", "x"}, 1, "", "'x' is not a non-negative number"},
		{[]string{"dev", dir, "-p", "6667"}, 1, "", "port 6667 is reserved for ircu"},
		{[]string{"dev", dir, "--turbo", "--turbopack"}, 1, "", "Multiple bundler flags set: --turbo, --turbopack"},
		{[]string{"dev", dir, "--experimental-https-cert", "a.pem"}, 1, "", "belong together"},
		{[]string{"dev", dir, "--engine", "jsc"}, 1, "", "there is no engine 'jsc'"},
		{[]string{"build", "/no/such/folder"}, 1, "", "no such directory: /no/such/folder"},
		{[]string{"build", dir, dir}, 1, "", "takes one directory"},
		{[]string{"start", "--bogus"}, 1, "", "unknown flag: --bogus"},
		{[]string{"start", dir, "-p", "abc"}, 1, "", "'abc' is not a port number"},
		{[]string{"start", dir, "-p", "-1"}, 1, "", "'-1' is not a port number"},
		{[]string{"start", dir, "-p", "70000"}, 1, "", "'70000' is not a port number"},
		{[]string{"start", dir, "-p", ""}, 1, "", "is not a port number"},
		{[]string{"start", dir, "-p", "6000"}, 1, "", "port 6000 is reserved for x11"},
		{[]string{"start", dir, "--turbo", "--webpack"}, 1, "", "Multiple bundler flags set: --turbo, --webpack"},
		{[]string{"start", dir, "--keepAliveTimeout", "x"}, 1, "", "'x' is not a non-negative number"},
	} {
		term, out, err := captured()
		if code := run(term, c.args); code != c.code {
			t.Errorf("onward %q: exit code %d, want %d", c.args, code, c.code)
		}
		if !strings.Contains(out.String(), c.out) {
			t.Errorf("onward %q printed %q, want %q in it", c.args, out, c.out)
		}
		if !strings.Contains(err.String(), c.err) || c.err == "" && err.Len() > 0 {
			t.Errorf("onward %q complained %q, want %q in it", c.args, err, c.err)
		}
	}
}

// TestUsualPortIsTaken: without a port of the user's the next free one is taken.
func TestUsualPortIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	term, _, complaints := captured()
	l, got, err := listenDev(term, devFlags{host: "127.0.0.1", port: port})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := fmt.Sprintf("Port %d is in use by process %d, using available port %d instead.", port, os.Getpid(), got)
	if runtime.GOOS != "linux" {
		want = fmt.Sprintf("Port %d is in use by ", port)
	}
	if got <= port || !strings.Contains(complaints.String(), want) {
		t.Errorf("port %d: %s", got, complaints)
	}
	if _, _, err := listenDev(term, devFlags{host: "127.0.0.1", port: port, given: true}); err == nil || !strings.Contains(err.Error(), "already in use") {
		t.Errorf("a port that the user named: %v", err)
	}
}

func TestStartFlags(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		env  string
		want startFlags
	}{
		{[]string{dir}, "", startFlags{port: 3000, keepAlive: 5 * time.Second}},
		{[]string{dir}, "8080", startFlags{port: 8080, keepAlive: 5 * time.Second}},
		{[]string{"-p", "81", dir, "-H", "127.0.0.1"}, "8080", startFlags{port: 81, host: "127.0.0.1", keepAlive: 5 * time.Second}},
		{[]string{dir, "--port=0", "--keepAliveTimeout", "70000"}, "", startFlags{keepAlive: 70 * time.Second}},
	} {
		term, _, _ := captured()
		got, err := parseStart(term, c.args, func(name string) string {
			if name == "PORT" {
				return c.env
			}
			return ""
		})
		c.want.dir, c.want.engine = dir, "auto"
		if err != nil || got != c.want {
			t.Errorf("start %q: %+v, %v, want %+v", c.args, got, err, c.want)
		}
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = listen(startFlags{host: "127.0.0.1", port: l.Addr().(*net.TCPAddr).Port})
	if err == nil || !strings.Contains(err.Error(), "EADDRINUSE") {
		t.Errorf("got %v, want EADDRINUSE", err)
	}
}

func TestColor(t *testing.T) {
	for _, c := range []struct {
		tty  bool
		env  map[string]string
		want bool
	}{
		{true, nil, true},
		{false, nil, false},
		{true, map[string]string{"NO_COLOR": "1"}, false},
		{false, map[string]string{"FORCE_COLOR": "1"}, true},
		{true, map[string]string{"FORCE_COLOR": "0"}, false},
		{true, map[string]string{"TERM": "dumb"}, false},
	} {
		if got := wantColor(c.tty, func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("tty %v, %v: %v, want %v", c.tty, c.env, got, c.want)
		}
	}
}

func TestAnnounce(t *testing.T) {
	for host, want := range map[string]string{
		"":          "http://localhost:3000",
		"0.0.0.0":   "http://localhost:3000",
		"127.0.0.1": "http://127.0.0.1:3000",
		"::":        "http://[::1]:3000",
		"::1":       "http://[::1]:3000",
	} {
		term, out, _ := captured()
		announce(term, startFlags{host: host}, &net.TCPAddr{Port: 3000}, time.Now())
		if !strings.Contains(out.String(), want+"\n") || !strings.Contains(out.String(), "Ready in ") {
			t.Errorf("host %q: %s", host, out)
		}
	}
}
