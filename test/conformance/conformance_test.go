package conformance

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

func TestConformance(t *testing.T) { answersAgree(t, Suites, Built, "known.txt", replay) }

// answersAgree has Onward answer the requests of suites and compares with what Next.js
// was seen to answer (folder is Built or Dev); the file of known differences must name requests
// that there are.
func answersAgree(t *testing.T, read func() ([]*Suite, error), folder, knownFile string, replay func(*testing.T, *Suite, rig.Framework) []Answer) {
	t.Helper()
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	suites, err := read()
	if err != nil {
		t.Fatal(err)
	}
	known, err := Known(knownFile)
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
			compare(t, s, folder, replay(t, s, onward), known)
		})
	}
	for id := range known {
		if !ids[id] {
			t.Errorf("%s: no request has the id %s", knownFile, id)
		}
	}
}

// replay builds and starts the suite's app and sends the requests.
func replay(t *testing.T, s *Suite, f rig.Framework) []Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), s.App), f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Remove() })
	stop, err := s.Prepare(app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	if _, err := app.Build(ctx, f); err != nil {
		t.Fatal(err)
	}
	server, err := app.Start(ctx, f, s.Home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if t.Failed() {
			t.Logf("the server printed:\n%s", lastLines(server.Log(), 40))
		}
	})
	answers, err := s.Replay(app, server)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

func compare(t *testing.T, s *Suite, folder string, answers []Answer, known map[string]string) {
	t.Helper()
	want, err := s.Recording(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range answers {
		t.Run(got.ID, func(t *testing.T) {
			recorded, ok := want[got.ID]
			reason := known[got.ID]
			switch {
			case !ok:
				t.Fatal("there is no recording of this request: run `make conformance-record`")
			case got.Text == recorded && reason != "":
				t.Fatalf("the answer is the same now: take %s out of the list of known differences (%s)", got.ID, reason)
			case got.Text != recorded && reason == "":
				t.Fatal(difference(recorded, got.Text))
			}
		})
	}
}

// difference shows the lines that only one side has, with one line around them.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	// length[i][j] is the longest common subsequence of w[i:] and g[j:].
	length := make([][]int, len(w)+1)
	for i := range length {
		length[i] = make([]int, len(g)+1)
	}
	for i := len(w) - 1; i >= 0; i-- {
		for j := len(g) - 1; j >= 0; j-- {
			if w[i] == g[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var lines []string
	common := ""
	add := func(side, line string) {
		if common != "" {
			lines, common = append(lines, common), ""
		}
		lines = append(lines, side+line)
	}
	i, j := 0, 0
	for i < len(w) || j < len(g) {
		switch {
		case i < len(w) && j < len(g) && w[i] == g[j]:
			common = "       " + w[i]
			i, j = i+1, j+1
		case j == len(g) || i < len(w) && length[i+1][j] >= length[i][j+1]:
			add("next   ", w[i])
			i++
		default:
			add("onward ", g[j])
			j++
		}
	}
	if len(lines) > 40 {
		lines = append(lines[:40], fmt.Sprintf("... %d more lines", len(lines)-40))
	}
	return "\n" + strings.Join(lines, "\n")
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func TestSuitesAreRecorded(t *testing.T) {
	suites, err := Suites()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range suites {
		recorded, err := s.Recording(Built)
		if err != nil {
			t.Error(err)
			continue
		}
		requests := 0
		for _, step := range s.Steps {
			if step.ID == "" {
				continue
			}
			requests++
			if _, ok := recorded[step.ID]; !ok {
				t.Errorf("%s: %s has no recording", s.Name, step.ID)
			}
		}
		if requests != len(recorded) {
			t.Errorf("%s: %d requests but %d recordings", s.Name, requests, len(recorded))
		}
	}
}

func TestParseSuite(t *testing.T) {
	s, err := parse("x", "@app a\n@wait 2s\nA.one GET /x\n  H: v\nB 3x POST /y\n  | one\n  | two\nC POST /z\n  |* 3 ab\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Step{
		{Wait: 2 * time.Second},
		{ID: "A.one", Method: "GET", Target: "/x", Headers: []string{"H: v"}, Times: 1},
		{ID: "B", Method: "POST", Target: "/y", Body: "one\ntwo", Times: 3},
		{ID: "C", Method: "POST", Target: "/z", Body: "ababab", Times: 1},
	}
	if fmt.Sprint(s.Steps) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", s.Steps, want)
	}
	for _, bad := range []string{"", "@app a\nA GET", "@app a\n  H: v", "@app a\n@nope", "@app a\n@env X", "@app a\n@wait 1h", "@app a\nA 100x GET /", "@app a\nA GET /\n  neither"} {
		if _, err := parse("x", bad); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
}
