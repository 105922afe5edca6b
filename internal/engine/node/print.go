package node

import (
	"bytes"
	"strings"
	"sync"
)

// lines hands on what a process writes to a stream, line by line. console.* does
// not come this way, but native code and process.stdout do.
type lines struct {
	console func(text string)
	rest    []byte
}

// longestLine is when a line without an end is handed on.
const longestLine = 64 << 10

func (l *lines) Write(p []byte) (int, error) {
	n := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			break
		}
		l.console(string(l.rest) + strings.TrimSuffix(string(p[:i]), "\r"))
		l.rest = l.rest[:0]
		p = p[i+1:]
	}
	l.rest = append(l.rest, p...)
	if len(l.rest) > longestLine {
		l.console(string(l.rest))
		l.rest = l.rest[:0]
	}
	return n, nil
}

// tail is lines for a stream on which the last words of Node.js come: they are kept
// to find out why it died, and not handed on.
type tail struct {
	lines
	mu    sync.Mutex
	last  []byte
	dying bool
}

// keep is how much of the last words is remembered.
const keep = 16 << 10

// lastWords begin what Node.js writes before it ends itself.
var lastWords = [][]byte{[]byte("<--- Last few GCs --->"), []byte("FATAL ERROR: "), []byte("# Fatal error in"), []byte("# Fatal JavaScript")}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.last = append(t.last, p...)
	if over := len(t.last) - keep; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	for _, words := range lastWords {
		t.dying = t.dying || bytes.Contains(p, words)
	}
	dying := t.dying
	t.mu.Unlock()
	if dying {
		return len(p), nil
	}
	return t.lines.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.last)
}
