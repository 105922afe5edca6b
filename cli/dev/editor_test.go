package dev

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// fakeEditor is a script that writes its arguments, one per line, to a file.
func fakeEditor(t *testing.T, name string) (command string, called func() string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Fatal("the fake editor is a shell script")
	}
	dir := t.TempDir()
	command = filepath.Join(dir, name)
	heard := filepath.Join(dir, "heard")
	script := "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done > '" + heard + ".part'\nmv '" + heard + ".part' '" + heard + "'\n"
	if err := os.WriteFile(command, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return command, func() string {
		data, err := os.ReadFile(heard)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(data), "\n")
	}
}

func launch(e *Editor, query url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/__nextjs_launch-editor?"+query.Encode(), nil))
	return w
}

func project(t *testing.T, files ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		full := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestEditorIsCalled(t *testing.T) {
	hostile := []string{"pages/-x.tsx", "pages/a;touch b.tsx", "pages/$(id).tsx", "pages/a b'\".tsx", "pages/[[...slug]].tsx"}
	dir := project(t, append(hostile, "pages/index.tsx")...)
	tests := []struct {
		editor, file, want string
	}{
		{"code", "pages/index.tsx", "-g\nDIR/pages/index.tsx:12:3"},
		{"zed", "pages/index.tsx", "DIR/pages/index.tsx:12:3"},
		{"webstorm", "pages/index.tsx", "--line\n12\n--column\n3\nDIR/pages/index.tsx"},
		{"subl", filepath.Join(dir, "pages/index.tsx"), "DIR/pages/index.tsx:12:3"},
		{"gvim", "pages/index.tsx", "+call cursor(12,3)\nDIR/pages/index.tsx"},
		{"own-editor", "pages/index.tsx", "DIR/pages/index.tsx"},
	}
	for _, f := range hostile {
		tests = append(tests, struct{ editor, file, want string }{"code", f, "-g\nDIR/" + f + ":12:3"})
	}
	for _, tt := range tests {
		t.Run(tt.editor+" "+tt.file, func(t *testing.T) {
			command, called := fakeEditor(t, tt.editor)
			e := &Editor{Dir: dir, environ: func(name string) string {
				if name == "REACT_EDITOR" {
					return command
				}
				return ""
			}}
			w := launch(e, url.Values{"file": {tt.file}, "line1": {"12"}, "column1": {"3"}})
			if w.Code != http.StatusNoContent {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if got, want := called(), strings.ReplaceAll(tt.want, "DIR", dir); got != want {
				t.Errorf("called with\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestEditorRefusesFiles(t *testing.T) {
	dir := project(t, "app/pages/index.tsx", "secret.txt", "packages/ui/index.tsx")
	app := filepath.Join(dir, "app")
	if err := os.Symlink(filepath.Join(dir, "secret.txt"), filepath.Join(app, "link.tsx")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(app, "up")); err != nil {
		t.Fatal(err)
	}
	command, called := fakeEditor(t, "code")
	e := &Editor{Dir: app, environ: func(string) string { return command }}
	e.Allow([]string{filepath.Join(dir, "packages/ui")})
	for _, name := range []string{
		"", "../secret.txt", "pages/../../secret.txt", filepath.Join(dir, "secret.txt"), "/etc/passwd", "link.tsx", "up/secret.txt",
		"pages", "pages/none.tsx", "pages/index.tsx\x00", "pages/index.tsx\n", strings.Repeat("a/", 5000), "..", "http://x/y",
		`\\host\share\x`, "--version",
	} {
		if w := launch(e, url.Values{"file": {name}}); w.Code != http.StatusBadRequest || w.Body.Len() == 0 {
			t.Errorf("%.40q: %d %s", name, w.Code, w.Body)
		}
	}
	if called() != "" {
		t.Errorf("the editor was called: %s", called())
	}
	if w := launch(e, url.Values{"file": {"../packages/ui/index.tsx"}}); w.Code != http.StatusNoContent {
		t.Errorf("a package of the repository: %d %s", w.Code, w.Body)
	}
}

func TestEditorChoice(t *testing.T) {
	tests := []struct {
		name    string
		environ map[string]string
		running []process
		want    string // the command, or a part of the message
		fails   bool
	}{
		{"REACT_EDITOR first", map[string]string{"REACT_EDITOR": "zed", "EDITOR": "code"}, nil, "zed", false},
		{"with flags", map[string]string{"VISUAL": `"/opt/my editor/code" --reuse-window ''`}, nil, "/opt/my editor/code|--reuse-window|", false},
		{"a running one instead of a terminal one", map[string]string{"EDITOR": "vim"}, []process{{"/usr/bin/bash"}, {"/bin/cursor"}}, "/bin/cursor", false},
		{"on macOS", nil, []process{{"/Applications/Visual Studio Code.app/Contents/MacOS/Electron"}}, "/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code", false},
		{"a terminal one alone", map[string]string{"EDITOR": "/usr/bin/nvim -p"}, nil, "inside a terminal", true},
		{"asked for a terminal one", map[string]string{"REACT_EDITOR": "nano"}, []process{{"/bin/cursor"}}, "inside a terminal", true},
		{"none wanted", map[string]string{"REACT_EDITOR": "none"}, []process{{"/bin/cursor"}}, "keeps editors closed", true},
		{"none there", nil, []process{{"/usr/bin/bash"}}, "No editor was found", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Editor{
				environ: func(name string) string { return tt.environ[name] },
				running: func(context.Context) []process { return tt.running },
			}
			command, err := e.choose(t.Context())
			got := strings.Join(command, "|")
			if err != nil {
				got = err.Error()
			}
			if (err != nil) != tt.fails || !strings.Contains(got, tt.want) || !tt.fails && got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEditorFails(t *testing.T) {
	dir := project(t, "a.tsx")
	command := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(command, []byte("#!/bin/sh\necho no display >&2\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for editor, want := range map[string]string{command: "no display", filepath.Join(dir, "missing"): "cannot be started"} {
		e := &Editor{Dir: dir, environ: func(string) string { return editor }}
		if w := launch(e, url.Values{"file": {"a.tsx"}}); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", editor, w.Code, w.Body)
		}
	}
}

// An editor that stays open keeps neither the browser nor the server waiting.
func TestEditorStays(t *testing.T) {
	dir := project(t, "a.tsx")
	command := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(command, []byte("#!/bin/sh\nexec sleep 20\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	e := &Editor{Dir: dir, environ: func(string) string { return command }}
	begin := time.Now()
	if w := launch(e, url.Values{"file": {"a.tsx"}}); w.Code != http.StatusNoContent || time.Since(begin) > 10*time.Second {
		t.Errorf("%d %s after %v", w.Code, w.Body, time.Since(begin))
	}
}
