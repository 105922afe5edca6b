//go:build cgo && !onward_nov8

package v8

import (
	"context"
	"testing"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
)

// prelude is the least a runtime must do: answer Boot and Jobs by name.
const prelude = `
const n = __native, handlers = {
  echo: (id, input) => n.post(2, id, "{}", input),
};
globalThis.__dispatch = (kind, id, text, body, num) => {
  if (kind === 1) return n.post(1, 0);
  if (kind === 2) {
    const at = text.indexOf("\n");
    handlers[text.slice(0, at)](id, text.slice(at + 1), body);
  }
};
`

func TestEcho(t *testing.T) {
	e, err := New(engine.Options{Runtime: []byte(prelude)}, &host.Table{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := e.Do(context.Background(), &engine.Job{Name: "echo", Input: []byte(`"héllo 👍"`)})
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Body) != `"héllo 👍"` || string(r.Meta) != "{}" {
		t.Errorf("got %q %q", r.Meta, r.Body)
	}
}

func BenchmarkJob(b *testing.B) {
	e, err := New(engine.Options{Runtime: []byte(prelude)}, &host.Table{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	job := &engine.Job{Name: "echo", Input: []byte(`{"a":1}`)}
	for b.Loop() {
		if _, err := e.Do(context.Background(), job); err != nil {
			b.Fatal(err)
		}
	}
}
