package enginetest

import (
	"testing"

	"github.com/onwardjs/onward/internal/engine"
)

func TestReply(t *testing.T) {
	r := start(t, `
import { handle } from "onward";
handle("hello", (job) => job.reply(JSON.stringify({ hello: JSON.parse(job.input) })));
`, engine.Options{}, nil, nil)
	if got := r.must("hello", "wörld 👍"); got != `{"hello":"wörld 👍"}` {
		t.Errorf("got %s", got)
	}
}
