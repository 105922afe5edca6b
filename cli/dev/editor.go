package dev

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// Editor opens files of the project in the developer's editor when the overlay is
// clicked. Only files that exist inside the project are opened, and the editor is
// started without a shell.
type Editor struct {
	// Dir is the project, an absolute path.
	Dir string

	// mu holds one start at a time.
	mu sync.Mutex

	outsideMu sync.Mutex
	// outside are the folders out of the project whose files may be opened too.
	outside map[string]bool

	// environ and running are replaced by tests.
	environ func(name string) string
	running func(context.Context) []process
}

// process is a running program.
type process struct {
	// path is the program's file; it may be a name only.
	path string
}

// Allow lets the files that lie in folders outside the project be opened as well:
// packages of the same repository that the app is made of.
func (e *Editor) Allow(dirs []string) {
	e.outsideMu.Lock()
	defer e.outsideMu.Unlock()
	if e.outside == nil {
		e.outside = map[string]bool{}
	}
	for _, d := range dirs {
		e.outside[d] = true
	}
}

func (e *Editor) allowed(dir string) bool {
	e.outsideMu.Lock()
	defer e.outsideMu.Unlock()
	return e.outside[dir]
}

// settle is how long a started editor may take to say that it failed.
const settle = 700 * time.Millisecond

// ServeHTTP answers GET /__nextjs_launch-editor?file=&line1=&column1=: 204 when an
// editor was started, else text for the overlay.
func (e *Editor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	query := r.URL.Query()
	file, err := e.file(query.Get("file"))
	if err != nil {
		http.Error(w, sentence(err), http.StatusBadRequest)
		return
	}
	if !e.mu.TryLock() {
		http.Error(w, "An editor is being started already.", http.StatusTooManyRequests)
		return
	}
	defer e.mu.Unlock()
	// The editor stays when the browser leaves.
	if err := e.open(context.WithoutCancel(r.Context()), file, number(query.Get("line1")), number(query.Get("column1"))); err != nil {
		http.Error(w, sentence(err), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// sentence is an error as the overlay shows it.
func sentence(err error) string {
	var m *diag.Message
	if errors.As(err, &m) && m.Hint != "" {
		return m.Text + "\n" + m.Hint
	}
	return err.Error()
}

// number reads a line or a column, 1 when it is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 10_000_000 {
		return 1
	}
	return n
}

// file answers the absolute path of a file that may be opened.
func (e *Editor) file(name string) (string, error) {
	if name == "" {
		return "", diag.Errorf("editor-file", "The request names no file.")
	}
	if len(name) > 4096 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", diag.Errorf("editor-file", "The name of the file is not one that editors can open.")
	}
	full := filepath.FromSlash(name)
	if !filepath.IsAbs(full) {
		full = filepath.Join(e.Dir, full)
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		return "", diag.Errorf("editor-file", "%s does not exist.", strconv.Quote(name))
	}
	dir, err := filepath.EvalSymlinks(e.Dir)
	if err != nil {
		return "", diag.Errorf("editor-file", "The project folder cannot be read: %v", err)
	}
	if !within(dir, real) && !e.allowed(filepath.Dir(real)) {
		return "", diag.Errorf("editor-file", "%s lies outside of the project and is not opened.", strconv.Quote(name))
	}
	if info, err := os.Stat(real); err != nil || !info.Mode().IsRegular() {
		return "", diag.Errorf("editor-file", "%s is not a file.", strconv.Quote(name))
	}
	return real, nil
}

func within(dir, file string) bool {
	relative, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(relative)
}

// open starts an editor and waits a moment for it to fail.
func (e *Editor) open(ctx context.Context, file string, line, column int) error {
	command, err := e.choose(ctx)
	if err != nil {
		return err
	}
	args := append(slices.Clone(command[1:]), arguments(command[0], file, line, column)...)
	cmd := exec.Command(command[0], args...)
	cmd.Dir = e.Dir
	var said bytes.Buffer
	cmd.Stderr = &limited{&said, 4096}
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return diag.Errorf("editor-start", "The editor %s cannot be started: %v", strconv.Quote(command[0]), err).WithHint("%s", setEditor)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return diag.Errorf("editor-start", "The editor %s failed: %v\n%s", strconv.Quote(command[0]), err, strings.TrimSpace(said.String()))
		}
	case <-timer.C:
		// It runs; Wait goes on in its goroutine. What it says from now on is not read.
	}
	return nil
}

// limited keeps the first bytes that are written.
type limited struct {
	to   *bytes.Buffer
	room int
}

func (l *limited) Write(p []byte) (int, error) {
	take := min(len(p), l.room)
	l.room -= take
	l.to.Write(p[:take])
	return len(p), nil
}

// setEditor is what to do when no editor can be opened.
const setEditor = "Set REACT_EDITOR to the command of an editor with a window, such as REACT_EDITOR=code, where `onward dev` is started."

// choose answers the command of the editor: REACT_EDITOR, VISUAL, EDITOR, one that
// is running; in this order, where terminal editors are passed over.
func (e *Editor) choose(ctx context.Context) ([]string, error) {
	environ, running := e.environ, e.running
	if environ == nil {
		environ = os.Getenv
	}
	if running == nil {
		running = processes
	}
	var refused error
	for _, name := range []string{"REACT_EDITOR", "VISUAL", "EDITOR"} {
		value := strings.TrimSpace(environ(name))
		if value == "" {
			continue
		}
		if value == "none" && name == "REACT_EDITOR" {
			return nil, diag.Errorf("editor-none", "REACT_EDITOR=none keeps editors closed.")
		}
		command := splitCommand(value)
		if !slices.Contains(inTerminal, nameOf(command[0])) {
			return command, nil
		}
		if refused == nil {
			refused = diag.Errorf("editor-terminal", "%s=%s is an editor inside a terminal, which a browser cannot open.", name, value).WithHint("%s", setEditor)
		}
		if name == "REACT_EDITOR" {
			return nil, refused
		}
	}
	for _, p := range running(ctx) {
		if command := commandOf(p); command != "" {
			return []string{command}, nil
		}
	}
	if refused != nil {
		return nil, refused
	}
	return nil, diag.Errorf("editor-missing", "No editor was found.").WithHint("%s", setEditor)
}

// splitCommand takes "editor --flag" apart; a path with spaces may stand in quotes,
// or alone.
func splitCommand(value string) []string {
	if _, err := os.Stat(value); err == nil {
		return []string{value}
	}
	var out []string
	var word strings.Builder
	var quote rune
	started := false
	for _, r := range value {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '"' || r == '\'':
			quote, started = r, true
		case r == ' ' || r == '\t':
			if started || word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(r)
		}
	}
	if started || word.Len() > 0 {
		out = append(out, word.String())
	}
	if len(out) == 0 || out[0] == "" {
		return []string{value}
	}
	return out
}

// inTerminal are editors that need the terminal, where the server writes its log.
var inTerminal = []string{"vi", "vim", "nvim", "nano", "pico", "micro", "hx", "helix", "emacs", "ed", "ex", "joe", "kak", "ne", "mcedit", "amp"}

// nameOf is the bare name of an editor's command.
func nameOf(command string) string {
	base := path.Base(filepath.ToSlash(command))
	if runtime.GOOS == "windows" {
		base = strings.ReplaceAll(base, `\`, "/")
		base = path.Base(base)
	}
	base = strings.ToLower(base)
	for _, ending := range []string{".exe", ".cmd", ".bat", ".sh", ".app"} {
		base = strings.TrimSuffix(base, ending)
	}
	return base
}

// arguments are what an editor is called with. The file is an absolute path, so it
// is never taken for a flag.
func arguments(command, file string, line, column int) []string {
	row, cell := strconv.Itoa(line), strconv.Itoa(column)
	switch nameOf(command) {
	case "code", "code-insiders", "code-oss", "codium", "vscodium", "cursor", "windsurf", "trae", "positron", "antigravity", "kiro":
		return []string{"-g", file + ":" + row + ":" + cell}
	case "zed", "zeditor", "subl", "sublime_text", "lapce", "pulsar", "atom":
		return []string{file + ":" + row + ":" + cell}
	case "webstorm", "webstorm64", "idea", "idea64", "phpstorm", "phpstorm64", "pycharm", "pycharm64", "goland", "goland64", "rider",
		"rider64", "rubymine", "rubymine64", "clion", "clion64", "rustrover", "rustrover64", "studio", "kate", "kwrite":
		return []string{"--line", row, "--column", cell, file}
	case "fleet":
		return []string{"--goto=" + file + ":" + row + ":" + cell}
	case "emacsclient":
		return []string{"-n", "+" + row + ":" + cell, file}
	case "gedit", "gnome-text-editor":
		return []string{"+" + row + ":" + cell, file}
	case "gvim", "mvim", "neovide":
		return []string{"+call cursor(" + row + "," + cell + ")", file}
	case "mate":
		return []string{"-l", row + ":" + cell, file}
	case "notepad++":
		return []string{"-n" + row, "-c" + cell, file}
	}
	return []string{file}
}

// applications lead from what runs on macOS to the command inside the application.
var applications = []struct{ inside, command string }{
	{"/Visual Studio Code.app/Contents/MacOS/", "Contents/Resources/app/bin/code"},
	{"/Visual Studio Code - Insiders.app/Contents/MacOS/", "Contents/Resources/app/bin/code"},
	{"/VSCodium.app/Contents/MacOS/", "Contents/Resources/app/bin/codium"},
	{"/Cursor.app/Contents/MacOS/", "Contents/Resources/app/bin/cursor"},
	{"/Windsurf.app/Contents/MacOS/", "Contents/Resources/app/bin/windsurf"},
	{"/Zed.app/Contents/MacOS/", "Contents/MacOS/cli"},
	{"/Sublime Text.app/Contents/MacOS/", "Contents/SharedSupport/bin/subl"},
	{"/WebStorm.app/Contents/MacOS/", "Contents/MacOS/webstorm"},
	{"/IntelliJ IDEA.app/Contents/MacOS/", "Contents/MacOS/idea"},
	{"/PhpStorm.app/Contents/MacOS/", "Contents/MacOS/phpstorm"},
	{"/GoLand.app/Contents/MacOS/", "Contents/MacOS/goland"},
}

// programs lead from the file name of a running editor to its command.
var programs = map[string]string{
	"code": "code", "code-insiders": "code-insiders", "code-oss": "code-oss", "codium": "codium", "cursor": "cursor", "windsurf": "windsurf",
	"zed": "zed", "zed-editor": "zed", "zeditor": "zeditor", "sublime_text": "subl", "webstorm": "webstorm", "webstorm64": "webstorm64",
	"idea": "idea", "idea64": "idea64", "phpstorm": "phpstorm", "phpstorm64": "phpstorm64", "pycharm": "pycharm", "goland": "goland",
	"goland64": "goland64", "rider": "rider", "rubymine": "rubymine", "clion": "clion", "rustrover": "rustrover", "gvim": "gvim",
	"neovide": "neovide", "kate": "kate", "gedit": "gedit", "gnome-text-editor": "gnome-text-editor", "notepad++": "notepad++",
}

// commandOf answers how the editor that p is can be called, "" when it is none.
func commandOf(p process) string {
	for _, a := range applications {
		if i := strings.Index(p.path, a.inside); i >= 0 {
			end := i + strings.Index(a.inside, ".app") + len(".app")
			return filepath.Join(p.path[:end], a.command)
		}
	}
	command := programs[nameOf(p.path)]
	if command == "" {
		return ""
	}
	if found, err := exec.LookPath(command); err == nil {
		return found
	}
	if filepath.IsAbs(p.path) && nameOf(p.path) == command {
		return p.path
	}
	return ""
}
