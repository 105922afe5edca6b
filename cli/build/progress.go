package build

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// progress tells the user how far the build is: one line per phase, and while
// pages are generated a counter, redrawn on a terminal and printed at quarters
// elsewhere.
type progress struct {
	out   io.Writer
	live  bool
	style diag.Style

	mu      sync.Mutex
	drawn   bool
	last    time.Time
	quarter int
}

func (p *progress) paint(code, s string) string {
	if !p.style.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// line prints a plain line.
func (p *progress) line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintf(p.out, format+"\n", args...)
}

// done prints a finished phase with its time.
func (p *progress) done(what string, since time.Time) {
	p.line("%s %s in %s", p.paint("32", "✓"), what, elapsed(time.Since(since)))
}

// count shows that n of total are made.
func (p *progress) count(what string, n, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		if n < total && time.Since(p.last) < 50*time.Millisecond {
			return
		}
		p.last = time.Now()
		p.clear()
		const width = 24
		filled := width
		if total > 0 {
			filled = width * n / total
		}
		fmt.Fprintf(p.out, "  %s %s %d/%d", what, p.paint("36", strings.Repeat("━", filled))+p.paint("2", strings.Repeat("─", width-filled)), n, total)
		p.drawn = true
		return
	}
	if q := 4 * n / max(1, total); total >= 8 && q > p.quarter && n < total {
		p.quarter = q
		fmt.Fprintf(p.out, "  %s (%d/%d)\n", what, n, total)
	}
}

// clear removes the counter from the terminal; the caller holds mu.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[2K")
		p.drawn = false
	}
}

// elapsed prints a duration as people read it: 83ms, 1.4s, 2.1min.
func elapsed(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%.1fmin", d.Minutes())
}
