package dev

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/regex"
)

// logFile is where all that the terminal gets is kept, in the output folder.
const logFile = "logs/next-development.log"

// maxLog is where the log file begins anew.
const maxLog = 16 << 20

// journal is the terminal and the log file, line by line.
type journal struct {
	out, err io.Writer
	style    diag.Style

	mu     sync.Mutex
	name   string
	file   *os.File
	size   int64
	failed bool
}

// open begins the log file of an output folder.
func (j *journal) open(out string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.name = filepath.Join(out, filepath.FromSlash(logFile))
	j.begin()
}

func (j *journal) begin() {
	if j.file != nil {
		j.file.Close()
		j.file = nil
	}
	err := os.MkdirAll(filepath.Dir(j.name), 0o755)
	if err == nil {
		j.file, err = os.Create(j.name)
	}
	j.size = 0
	j.fail(err)
}

// fail tells once that the file cannot be written. The terminal goes on.
func (j *journal) fail(err error) {
	if err == nil || j.failed {
		return
	}
	j.failed = true
	fmt.Fprint(j.err, diag.Format(&diag.Message{Severity: diag.Warning, Code: "log-unwritable",
		Text: fmt.Sprintf("the log file cannot be written: %v", err), Hint: "The terminal shows everything all the same."}, j.style))
}

// close ends the log file.
func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		j.file.Close()
		j.file = nil
	}
}

// Write prints text, which ends in a line end, for what is no failure.
func (j *journal) Write(text []byte) (int, error) {
	j.print(j.out, text)
	return len(text), nil
}

// errors is the writer for failures and warnings.
func (j *journal) errors() io.Writer { return journalErrors{j} }

type journalErrors struct{ *journal }

func (j journalErrors) Write(text []byte) (int, error) {
	j.print(j.err, text)
	return len(text), nil
}

func (j *journal) print(w io.Writer, text []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, _ = w.Write(text) // a terminal that is gone does not end the server
	if j.file == nil {
		return
	}
	if j.size > maxLog {
		j.begin()
		if j.file == nil {
			return
		}
	}
	plain := withoutColors(text)
	line := make([]byte, 0, len(plain)+24)
	line = time.Now().AppendFormat(line, "2006-01-02T15:04:05.000Z07:00 ")
	line = append(line, plain...)
	n, err := j.file.Write(line)
	j.size += int64(n)
	j.fail(err)
}

// withoutColors takes out the escape sequences that colour terminals.
func withoutColors(text []byte) []byte {
	if !bytes.Contains(text, []byte("\x1b[")) {
		return text
	}
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		i := bytes.Index(text, []byte("\x1b["))
		if i < 0 {
			return append(out, text...)
		}
		out = append(out, text[:i]...)
		text = text[i+2:]
		end := bytes.IndexFunc(text, func(r rune) bool { return r >= '@' && r <= '~' })
		text = text[end+1:]
	}
	return out
}

// report prints a message about the project or the server.
func (j *journal) report(m *diag.Message) {
	fmt.Fprint(j.errors(), diag.Format(m, j.style))
}

func (j *journal) paint(code, text string) string {
	if !j.style.Color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// requestLog prints a line for each request of a page, its data or an API route.
type requestLog struct {
	*journal
	off    bool
	ignore []*regex.Regexp
}

func newRequestLog(j *journal, c *config.Dev) *requestLog {
	l := &requestLog{journal: j, off: c.NoRequests}
	for _, source := range c.IgnoreRequests {
		plain, ignoreCase := strings.CutPrefix(source, "(?i)")
		re, err := regex.Compile(plain, regex.Options{IgnoreCase: ignoreCase})
		if err != nil {
			j.report(&diag.Message{Severity: diag.Warning, Code: "config-value",
				Text: fmt.Sprintf("logging.incomingRequests.ignore: %v", err), Hint: "The expression is left out: requests that it was to hide are logged."})
			continue
		}
		l.ignore = append(l.ignore, re)
	}
	return l
}

// timing adds up where the time of a request goes. Several goroutines may add.
type timing struct {
	compile, code atomic.Int64 // nanoseconds
	// generation of the app that the request has found.
	generation uint64
	// logged: the request is one of a page or an API route.
	logged atomic.Bool
}

type timingKey struct{}

// withTiming is a request that is measured.
func withTiming(r *http.Request, generation uint64) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), timingKey{}, &timing{generation: generation}))
}

// timingOf is that of the request under way; never nil.
func timingOf(ctx context.Context) *timing {
	if t, ok := ctx.Value(timingKey{}).(*timing); ok {
		return t
	}
	return new(timing)
}

// serve lets h answer a request and prints its line, when it is one of a page or an
// API route, or was not found.
func (l *requestLog) serve(w http.ResponseWriter, r *http.Request, h http.Handler) {
	if l.off {
		h.ServeHTTP(w, r)
		return
	}
	t := timingOf(r.Context())
	began := time.Now()
	uri, method := r.RequestURI, r.Method
	watched := &statusWriter{ResponseWriter: w, ctx: r.Context()}
	h.ServeHTTP(watched, r)
	status := watched.status
	if status == 0 {
		status = http.StatusOK
	}
	if !t.logged.Load() || l.ignored(uri) || watched.unheard || watched.status == 0 && r.Context().Err() != nil {
		return
	}
	total := time.Since(began)
	compile, code := time.Duration(t.compile.Load()), time.Duration(t.code.Load())
	parts := "onward: " + spell(max(total-compile-code, 0))
	if compile >= time.Millisecond {
		parts += ", compile: " + spell(compile)
	}
	parts += ", application-code: " + spell(code)
	color := "32"
	switch {
	case status >= 500:
		color = "31"
	case status >= 400:
		color = "33"
	case status >= 300:
		color = "34"
	}
	fmt.Fprintf(l, " %s %s %s in %s %s\n", method, printable(uri), l.paint(color, fmt.Sprint(status)), spell(total), l.paint("2", "("+parts+")"))
}

func (l *requestLog) ignored(uri string) bool {
	for _, re := range l.ignore {
		if re.Test(uri) {
			return true
		}
	}
	return false
}

// spell is a duration as people read it.
func spell(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%dµs", d.Microseconds())
	case d < 2*time.Second:
		return fmt.Sprintf("%dms", (d+time.Millisecond/2)/time.Millisecond)
	case d < 2*time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%.1fmin", d.Minutes())
}

// statusWriter remembers the status of an answer. It keeps nothing back.
type statusWriter struct {
	http.ResponseWriter
	ctx    context.Context // of the request
	status int
	// unheard: the client had left before the answer began.
	unheard bool
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 || w.status < 200 {
		w.status = status
		w.unheard = w.ctx.Err() != nil
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach what the connection can do.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logHandler prints what the server logs beside failed requests.
type logHandler struct{ *journal }

func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	m := &diag.Message{Text: r.Message}
	switch {
	case r.Level < slog.LevelWarn:
		m.Severity = diag.Note
	case r.Level < slog.LevelError:
		m.Severity = diag.Warning
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "stack" {
			m.Detail = a.Value.String()
		}
		return true
	})
	h.report(m)
	return nil
}

func (h *logHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *logHandler) WithGroup(string) slog.Handler      { return h }
