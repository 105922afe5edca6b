package onward

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/onwardjs/onward/internal/stack"
)

// lines is a slog.Handler that prints as Next.js does: a mark, the message, and a
// stack below it when there is one.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

var _ slog.Handler = (*lines)(nil)

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	mark := " "
	switch {
	case r.Level >= slog.LevelError:
		mark = "⨯"
	case r.Level >= slog.LevelWarn:
		mark = "⚠"
	}
	var b strings.Builder
	b.WriteString(mark + " ")
	stack, place := "", ""
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "stack":
			stack = a.Value.String()
		case "method", "path":
			place += " " + a.Value.String()
		default:
			place += " " + a.String()
		}
		return true
	})
	// A JavaScript stack begins with the message itself.
	if stack != "" && strings.Contains(stack, "\n") && strings.HasPrefix(stack, r.Message) {
		b.WriteString(strings.TrimRight(stack, "\n"))
		stack = ""
	} else {
		b.WriteString(r.Message)
	}
	if place != "" {
		b.WriteString("\n   " + strings.ToValidUTF8(place, "?"))
	}
	if stack != "" {
		b.WriteString("\n" + strings.TrimRight(stack, "\n"))
	}
	b.WriteByte('\n')
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(l.out, b.String())
	return err
}

func (l *lines) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l *lines) WithGroup(string) slog.Handler      { return l }

// console writes what the app logs to standard output, errors and warnings to
// standard error with the stacks in them mapped to the app's source.
func console(stacks *stack.Mapper) func(level, text string) {
	return func(level, text string) {
		out := os.Stdout
		if level == "error" || level == "warn" {
			out = os.Stderr
			text, _, _ = stacks.Map(text)
		}
		// Nobody can be told when this fails.
		_, _ = io.WriteString(out, text+"\n")
	}
}
