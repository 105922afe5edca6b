package conformance

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// The development server answers as that of Next.js does.
func TestDev(t *testing.T) {
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	suites, err := DevSuites()
	if err != nil {
		t.Fatal(err)
	}
	known, err := Known("known-dev.txt")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, s := range suites {
		for _, step := range s.Steps {
			ids[step.ID] = true
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			compare(t, s, Dev, replayDev(t, s, onward), known)
		})
	}
	for id := range known {
		if !ids[id] {
			t.Errorf("known-dev.txt: no request has the id %s", id)
		}
	}
}

func replayDev(t *testing.T, s *Suite, f rig.Framework) []Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), s.App), f)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Remove()
	stop, err := s.Prepare(app)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	answers, log, err := s.ReplayDev(ctx, app, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server printed:\n%s", lastLines(rig.Plain(log), 40))
		}
	})
	return answers
}
