// Package conformance holds Onward to the answers that Next.js gives. A suite
// is a file of requests (requests/*.txt) to one fixture app; its recording
// (recordings/*.txtar) holds what next@16.4.6 answered, made by the command in
// record. The test replays the requests against Onward and compares the normal
// forms of the answers.
package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// Suite is one file of requests.
//
// A file begins with directives and goes on with steps:
//
//	@app contract            the folder below test/apps
//	@home /docs              the home page, if it is not /
//	@host localhost          what the server listens on, if it is not 127.0.0.1
//	@env VARIANT=based       added to the environment of build and server
//	@upstream                another server runs, whose URL is in UPSTREAM
//	@wait 3s                 a pause
//	P172.empty POST /api/x   a request: id, method, target
//	  Content-Type: a/b      its headers, indented
//	  | text                 its body, line by line, joined with \n; one chunk
//	                         if a header says Transfer-Encoding: chunked
//	  |* 1000 ab             a body of text repeated
//	P152.one 8x GET /y       the same request 8 times at once
//
// {build} in a target is the build id, {script} and {style} the first script
// and style sheet of the home page. In headers {preview} is the build's preview
// id and {jar} the cookies that answers have set so far. Lines that begin with # are comments.
type Suite struct {
	Name  string
	App   string
	Home  string
	Host  string
	Env   []string
	Steps []Step
	// Upstream: the app rewrites to another server (rig.Upstream).
	Upstream bool

	upstream string // its URL
}

// Prepare gives an app what the suite asks for; stop ends it.
func (s *Suite) Prepare(app *rig.App) (stop func(), err error) {
	app.Env, app.Host = append(app.Env, s.Env...), s.Host
	if !s.Upstream {
		return func() {}, nil
	}
	up, err := rig.StartUpstream()
	if err != nil {
		return nil, err
	}
	s.upstream = up.URL
	app.Env = append(app.Env, "UPSTREAM="+up.URL)
	return func() { up.Close() }, nil
}

// Step is a pause or a request.
type Step struct {
	Wait time.Duration

	ID      string
	Method  string
	Target  string
	Headers []string
	Body    string
	// Times more than 1 sends it so often at once.
	Times int
}

// Folder is where this package's data lies.
func Folder() string { return filepath.Join(rig.Repository(), "test", "conformance") }

// Suites reads all suites, by name.
func Suites() ([]*Suite, error) {
	files, err := filepath.Glob(filepath.Join(Folder(), "requests", "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	seen := map[string]string{}
	var suites []*Suite
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("conformance: %w", err)
		}
		s, err := parse(strings.TrimSuffix(filepath.Base(file), ".txt"), string(text))
		if err != nil {
			return nil, fmt.Errorf("conformance: %s: %w", file, err)
		}
		for _, step := range s.Steps {
			if other := seen[step.ID]; step.ID != "" && other != "" {
				return nil, fmt.Errorf("conformance: %s: id %s is used in %s too", file, step.ID, other)
			}
			seen[step.ID] = file
		}
		suites = append(suites, s)
	}
	return suites, nil
}

func parse(name, text string) (*Suite, error) {
	s := &Suite{Name: name, Home: "/"}
	for i, line := range strings.Split(text, "\n") {
		if err := s.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if s.App == "" {
		return nil, fmt.Errorf("no @app")
	}
	return s, nil
}

func (s *Suite) line(line string) error {
	trimmed := strings.TrimSpace(line)
	switch {
	case trimmed == "" || strings.HasPrefix(line, "#"):
		return nil
	case strings.HasPrefix(line, "@"):
		return s.directive(strings.Fields(line))
	case line[0] == ' ':
		if len(s.Steps) == 0 || s.Steps[len(s.Steps)-1].ID == "" {
			return fmt.Errorf("%q belongs to no request", trimmed)
		}
		return s.Steps[len(s.Steps)-1].detail(trimmed)
	}
	fields := strings.Fields(line)
	step := Step{ID: fields[0], Times: 1}
	if len(fields) == 4 && strings.HasSuffix(fields[1], "x") {
		n, err := strconv.Atoi(strings.TrimSuffix(fields[1], "x"))
		if err != nil || n < 1 || n > 64 {
			return fmt.Errorf("bad count %q", fields[1])
		}
		step.Times = n
		fields = append(fields[:1], fields[2:]...)
	}
	if len(fields) != 3 {
		return fmt.Errorf("%q is not `id method target`", line)
	}
	step.Method, step.Target = fields[1], fields[2]
	s.Steps = append(s.Steps, step)
	return nil
}

func (s *Suite) directive(fields []string) error {
	switch {
	case fields[0] == "@app" && len(fields) == 2:
		s.App = fields[1]
	case fields[0] == "@home" && len(fields) == 2:
		s.Home = fields[1]
	case fields[0] == "@host" && len(fields) == 2:
		s.Host = fields[1]
	case fields[0] == "@upstream" && len(fields) == 1:
		s.Upstream = true
	case fields[0] == "@env" && len(fields) == 2 && strings.IndexByte(fields[1], '=') > 0:
		s.Env = append(s.Env, fields[1])
	case fields[0] == "@wait" && len(fields) == 2:
		d, err := time.ParseDuration(fields[1])
		if err != nil || d > 10*time.Second {
			return fmt.Errorf("bad pause %q", fields[1])
		}
		s.Steps = append(s.Steps, Step{Wait: d})
	default:
		return fmt.Errorf("unknown directive %q", strings.Join(fields, " "))
	}
	return nil
}

func (st *Step) detail(text string) error {
	if rest, ok := strings.CutPrefix(text, "|*"); ok {
		count, unit, ok := strings.Cut(strings.TrimSpace(rest), " ")
		n, err := strconv.Atoi(count)
		if !ok || err != nil || n*len(unit) > 8<<20 {
			return fmt.Errorf("bad repeated body %q", text)
		}
		st.Body += strings.Repeat(unit, n)
		return nil
	}
	if rest, ok := strings.CutPrefix(text, "|"); ok {
		if st.Body != "" {
			st.Body += "\n"
		}
		st.Body += strings.TrimPrefix(rest, " ")
		return nil
	}
	if !strings.Contains(text, ":") {
		return fmt.Errorf("%q is neither a header nor a body", text)
	}
	st.Headers = append(st.Headers, text)
	return nil
}
