package conformance

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// The development server answers as that of Next.js does.
func TestDev(t *testing.T) { answersAgree(t, DevSuites, Dev, "known-dev.txt", replayDev) }

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
