package compile

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
)

// preprocessor turns Sass into CSS, runs PostCSS plugins and runs loaders, all
// with the packages that the app has installed. They are written for Node.js, so one node
// process is started for all files of a build, when the first needs it. Serving
// the app never needs it.
type preprocessor struct {
	dir string
	// mode is NODE_ENV of the process.
	mode string
	// postcss is the app's PostCSS configuration; "" when it has none.
	postcss string
	sass    config.Sass

	start   sync.Once
	failed  *diag.Message
	cmd     *exec.Cmd
	in      io.WriteCloser
	writing sync.Mutex

	mu      sync.Mutex
	next    int
	waiting map[int]chan preprocessed
	over    bool // the process has ended
	// uses is what files were last made of, beside themselves.
	uses map[string]uses
}

// uses are files, and folders of which any file counts, as absolute paths.
type uses struct{ files, dirs []string }

// preprocessRequest is one line to the node process.
type preprocessRequest struct {
	ID      int    `json:"id"`
	File    string `json:"file"`
	Text    string `json:"text"`
	Sass    bool   `json:"sass"`
	PostCSS string `json:"postcss,omitempty"`
	// Options are sassOptions.
	Options config.Sass `json:"options"`
	// Loaders, when there are some, run on Bytes; the rest but for File then does
	// not count.
	Loaders []config.Loader `json:"loaders,omitempty"`
	Bytes   []byte          `json:"bytes,omitempty"`
}

// preprocessed is one line back.
type preprocessed struct {
	ID int `json:"id"`
	// CSS is what the loaders gave, when they were asked for.
	CSS   string `json:"css"`
	Error string `json:"error"`
	// Missing names a package that is not installed.
	Missing string `json:"missing"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	// File is where the mistake is; empty when that is the file that was asked about.
	File string `json:"file"`
	// Files and Dirs are what CSS was made of, beside the file itself.
	Files []string `json:"files"`
	Dirs  []string `json:"dirs"`
}

//go:embed preprocess.cjs
var preprocessScript string

//go:embed loaders.cjs
var loadersScript string

// postcssConfigs are the places that Next.js looks for a configuration in.
var postcssConfigs = []string{
	".postcssrc", ".postcssrc.json", ".postcssrc.js", ".postcssrc.mjs", ".postcssrc.cjs",
	"postcss.config.json", "postcss.config.js", "postcss.config.mjs", "postcss.config.cjs", "postcss.config.ts", "postcss.config.mts", "postcss.config.cts",
}

func newPreprocessor(dir, mode string, sass config.Sass) *preprocessor {
	p := &preprocessor{dir: dir, mode: mode, sass: sass, waiting: map[int]chan preprocessed{}, uses: map[string]uses{}}
	for _, name := range postcssConfigs {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			p.postcss = filepath.Join(dir, name)
			return p
		}
	}
	var pkg struct {
		PostCSS json.RawMessage `json:"postcss"`
	}
	file := filepath.Join(dir, "package.json")
	if data, err := os.ReadFile(file); err == nil && json.Unmarshal(data, &pkg) == nil && len(pkg.PostCSS) > 0 {
		p.postcss = file
	}
	return p
}

// configures tells whether a file says what PostCSS does.
func (p *preprocessor) configures(file string) bool {
	name := filepath.Base(file)
	if strings.HasPrefix(name, "tailwind.config.") {
		return p.postcss != ""
	}
	return filepath.Dir(file) == p.dir && (slices.Contains(postcssConfigs, name) || p.postcss != "" && name == "package.json")
}

// ended tells whether the process has ended, which it does not do by itself.
func (p *preprocessor) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// needed reports whether a style sheet has to go through the process.
func (p *preprocessor) needed(file string) bool { return isSass(file) || p.postcss != "" }

func isSass(file string) bool {
	return strings.HasSuffix(file, ".scss") || strings.HasSuffix(file, ".sass")
}

// run returns file as plain CSS. shown is its name for messages.
func (p *preprocessor) run(file, shown, text string) (string, *diag.Message) {
	what := "the app's styles use Sass"
	if p.postcss != "" {
		what = "the app's styles use PostCSS (" + filepath.Base(p.postcss) + ")"
	}
	return p.ask(preprocessRequest{File: file, Text: text, Sass: isSass(file), PostCSS: p.postcss, Options: p.sass}, what, shown, text)
}

// load returns what loaders make of file. shown is its name for messages.
func (p *preprocessor) load(file, shown string, raw []byte, loaders []config.Loader) (string, *diag.Message) {
	return p.ask(preprocessRequest{File: file, Bytes: raw, Loaders: loaders}, "next.config has loaders", shown, string(raw))
}

// ask sends a request and waits for its answer. needs says what Node.js is needed
// for.
func (p *preprocessor) ask(request preprocessRequest, needs, shown, text string) (string, *diag.Message) {
	p.start.Do(func() { p.launch(needs) })
	if p.failed != nil {
		return "", p.failed
	}
	answer := make(chan preprocessed, 1)
	p.mu.Lock()
	if p.over {
		p.mu.Unlock()
		return "", diag.Errorf("preprocess", "the process that preprocesses styles has ended")
	}
	p.next++
	request.ID = p.next
	p.waiting[request.ID] = answer
	p.mu.Unlock()
	line, err := json.Marshal(request)
	if err == nil {
		p.writing.Lock()
		_, err = p.in.Write(append(line, '\n'))
		p.writing.Unlock()
	}
	if err != nil {
		return "", diag.Errorf("preprocess", "cannot preprocess %s: %v", shown, err)
	}
	a := <-answer
	p.mu.Lock()
	if len(a.Files)+len(a.Dirs) > 0 {
		p.uses[request.File] = uses{a.Files, a.Dirs}
	} else {
		delete(p.uses, request.File)
	}
	p.mu.Unlock()
	switch {
	case a.Missing != "":
		m := diag.Errorf("preprocess", "%s needs the package '%s', which is not installed", shown, a.Missing).
			WithHint("npm install --save-dev %s", a.Missing)
		m.File = shown
		return "", m
	case a.Error != "":
		m := diag.Errorf("preprocess", "%s", firstLine(a.Error))
		m.File, m.Line, m.Column, m.Source = shown, a.Line, a.Column, text
		if a.File != "" && a.File != request.File {
			if data, err := os.ReadFile(a.File); err == nil {
				m.File, m.Source = a.File, string(data)
				if rel, err := filepath.Rel(p.dir, a.File); err == nil && filepath.IsLocal(rel) {
					m.File = filepath.ToSlash(rel)
				}
			}
		}
		return "", m
	}
	return a.CSS, nil
}

// usesOf is what file was last made of, beside itself.
func (p *preprocessor) usesOf(file string) uses {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.uses[file]
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func (p *preprocessor) launch(needs string) {
	node, err := exec.LookPath("node")
	if err != nil {
		p.failed = diag.Errorf("preprocess", "%s, which needs Node.js at build time, and there is no `node` in PATH", needs).
			WithHint("install Node.js where the app is built (serving does not need it), or do without")
		return
	}
	cmd := exec.Command(node, "-e", loadersScript+preprocessScript)
	cmd.Dir = p.dir
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "NODE_ENV="+p.mode)
	in, err := cmd.StdinPipe()
	if err == nil {
		var out io.ReadCloser
		if out, err = cmd.StdoutPipe(); err == nil {
			if err = cmd.Start(); err == nil {
				p.cmd, p.in = cmd, in
				go p.read(out)
				return
			}
		}
	}
	p.failed = diag.Errorf("preprocess", "cannot start %s: %v", node, err)
}

// read hands answers to who waits for them. When the process ends, nobody is
// left waiting.
func (p *preprocessor) read(out io.Reader) {
	lines := bufio.NewReaderSize(out, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		var a preprocessed
		if json.Unmarshal(line, &a) == nil && a.ID > 0 {
			p.mu.Lock()
			answer := p.waiting[a.ID]
			delete(p.waiting, a.ID)
			p.mu.Unlock()
			if answer != nil {
				answer <- a
			}
		}
		if err != nil {
			p.mu.Lock()
			p.over = true
			for id, answer := range p.waiting {
				answer <- preprocessed{Error: "the process that preprocesses styles ended: " + err.Error()}
				delete(p.waiting, id)
			}
			p.mu.Unlock()
			return
		}
	}
}

// close ends the process.
func (p *preprocessor) close() {
	if p.cmd == nil {
		return
	}
	p.in.Close()
	p.cmd.Process.Kill()
	p.cmd.Wait()
}
