package onward_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
)

// writeBuild makes the output of a build with one static page.
func writeBuild(t *testing.T, dist string) {
	t.Helper()
	m := manifest.Manifest{
		Version: manifest.Version, BuildID: "B1", Config: config.Default(),
		Pages:   []manifest.Page{{Route: "/", Kind: manifest.Static, Module: "server/pages/index.js", HTML: "server/pages/index.html"}},
		Runtime: manifest.Runtime{Script: "server/runtime.js"},
		Boot:    json.RawMessage(`{}`),
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		manifest.File: string(text), "server/runtime.js": "throw new Error('broken runtime')", "server/pages/index.html": "<p>home",
	} {
		full := filepath.Join(dist, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func newApp(t *testing.T, o onward.Options) *onward.App {
	t.Helper()
	app, err := onward.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return app
}

func TestPrepareWithoutBuild(t *testing.T) {
	dir := t.TempDir()
	app := newApp(t, onward.Options{Dir: dir})
	var m *diag.Message
	if err := app.Prepare(t.Context()); !errors.As(err, &m) || m.Code != "no-build" || m.Hint == "" {
		t.Errorf("got %v", err)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "Prepare") {
		t.Errorf("before Prepare: %d %s", w.Code, w.Body)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Serve(t.Context(), l, onward.ServeOptions{}); err == nil {
		t.Error("Serve before Prepare: no error")
	}
}

func TestPrepareDamagedBuild(t *testing.T) {
	dir := t.TempDir()
	writeBuild(t, filepath.Join(dir, ".next"))
	if err := os.WriteFile(filepath.Join(dir, ".next", manifest.File), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	var m *diag.Message
	if err := newApp(t, onward.Options{Dir: dir}).Prepare(t.Context()); !errors.As(err, &m) || m.Hint == "" {
		t.Errorf("got %v", err)
	}
}

// TestOutputFolder: the build is found in .next, in the folder that distDir named,
// or where Options say; two candidates are not guessed between.
func TestOutputFolder(t *testing.T) {
	for _, c := range []struct {
		name    string
		folders []string
		dist    string
		code    string
	}{
		{"usual", []string{".next"}, "", ""},
		{"usual first", []string{".next", "build"}, "", ""},
		{"distDir", []string{"build"}, "", ""},
		{"hidden distDir", []string{".out"}, "", ""},
		{"nested distDir", []string{"build/next"}, "", ""},
		{"named", []string{"a", "b"}, "b", ""},
		{"two", []string{"a", "b"}, "", "many-builds"},
		{"unfinished", []string{".next-building-123"}, "", "no-build"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range c.folders {
				writeBuild(t, filepath.Join(dir, filepath.FromSlash(f)))
			}
			err := newApp(t, onward.Options{Dir: dir, DistDir: c.dist}).Prepare(t.Context())
			code := ""
			var m *diag.Message
			if errors.As(err, &m) {
				code = m.Code
			}
			if code != c.code || (err != nil) != (c.code != "") {
				t.Errorf("got %v, want code %q", err, c.code)
			}
		})
	}
}

func TestServe(t *testing.T) {
	dir := t.TempDir()
	writeBuild(t, filepath.Join(dir, ".next"))
	var log bytes.Buffer
	app := newApp(t, onward.Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err := app.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- app.Serve(ctx, l, onward.ServeOptions{}) }()
	res, err := http.Get("http://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || string(body) != "<p>home" || res.Header.Get("Keep-Alive") != "timeout=5" {
		t.Errorf("%s %v %v", body, res.Header, err)
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := app.Revalidate(t.Context(), "/nowhere"); err == nil {
		t.Error("Revalidate of a path without a page: no error")
	}
	if err := app.Revalidate(t.Context(), "blog"); err == nil || !strings.Contains(err.Error(), "slash") {
		t.Errorf("Revalidate of no path: %v", err)
	}
	if log.Len() > 0 {
		t.Errorf("log: %s", log.String())
	}
}
