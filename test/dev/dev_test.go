// Package dev edits apps while a development server runs and Chromium shows them. The
// scenarios (scenarios/*.txtar, see scenario_test.go) run on the reference too, which
// shows that what they expect is what users of Next.js are used to:
//
//	go test ./dev -framework next
//
// At the end it prints how long each edit took to reach the screen.
package dev

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/chrome"
	"github.com/onwardjs/onward/test/rig"
)

var frameworkName = flag.String("framework", "onward", "what serves the apps: onward or next")

var (
	framework rig.Framework
	browser   *chrome.Browser
	// patience bounds each wait.
	patience = 10 * time.Second
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	var err error
	if *frameworkName == "next" {
		framework, patience = rig.Next(), 30*time.Second
	} else if framework, err = rig.Onward(); err != nil {
		return 1, err
	}
	if browser, err = chrome.Start(ctx); err != nil {
		return 1, err
	}
	defer browser.Close()
	code := m.Run()
	if spare != nil {
		spare.Remove()
	}
	times.print()
	return code, nil
}

// timing is how long it took from an edit to what it led to on the screen.
type timing struct {
	name, step string
	took       time.Duration
}

type timings struct {
	mu   sync.Mutex
	list []timing
}

var times timings

func (t *timings) add(name, step string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, timing{name, step, took})
}

func (t *timings) print() {
	if len(t.list) == 0 || !testing.Verbose() {
		return
	}
	var b strings.Builder
	var all []time.Duration
	for _, one := range t.list {
		fmt.Fprintf(&b, "%9.1f ms  %-28s %s\n", float64(one.took.Microseconds())/1000, one.name, one.step)
		all = append(all, one.took)
	}
	slices.Sort(all)
	fmt.Printf("From edit to screen, %s:\n%smedian %s of %d\n", framework.Name, b.String(), all[len(all)/2].Round(100*time.Microsecond), len(all))
}

// base is what the app of a scenario with its own server has besides.
func (s *scenario) base() map[string]string {
	for name := range s.files {
		if strings.HasPrefix(name, "src/") {
			return nil
		}
	}
	return map[string]string{"pages/index.js": home}
}

const home = "export default function Home() {\n  return <h1 id=\"home\">home</h1>;\n}\n"

func TestScenarios(t *testing.T) {
	list, err := readScenarios()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"pages/index.js": home}
	for _, s := range list {
		if !s.own {
			maps.Copy(files, s.files)
		}
	}
	// The stages that scenarios share, by the fixture app that they show.
	stages := map[string]*stage{}
	t.Cleanup(func() {
		for _, s := range stages {
			s.close()
		}
	})
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) {
			if s.only != "" && s.only != framework.Name {
				t.Logf("for %s only: %s", s.only, s.reason)
				return
			}
			if s.own {
				own, err := newStage("", s.base(), s.files)
				if err != nil {
					t.Fatal(err)
				}
				defer own.close()
				own.play(t, s)
				return
			}
			if stages[s.app] == nil {
				begin := files
				if s.app != "" {
					begin = nil
				}
				if stages[s.app], err = newStage(s.app, begin); err != nil {
					delete(stages, s.app)
					t.Fatal(err)
				}
			}
			stages[s.app].play(t, s)
		})
	}
}
