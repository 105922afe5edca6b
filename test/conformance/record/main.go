// Record makes the recordings: it builds each fixture app with the reference,
// sends the suites' requests and writes down the answers; with -dev, those of its
// development server. Node.js and npm are needed.
//
//	go run ./conformance/record [-dev] [suite ...]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/onwardjs/onward/test/conformance"
	"github.com/onwardjs/onward/test/rig"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names []string) error {
	read, record := conformance.Suites, record
	if len(names) > 0 && names[0] == "-dev" {
		read, record, names = conformance.DevSuites, recordDev, names[1:]
	}
	suites, err := read()
	if err != nil {
		return err
	}
	for _, s := range suites {
		if len(names) > 0 && !slices.Contains(names, s.Name) {
			continue
		}
		if err := record(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

func record(ctx context.Context, s *conformance.Suite) error {
	next := rig.Next()
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), s.App), next)
	if err != nil {
		return err
	}
	defer app.Remove()
	stop, err := s.Prepare(app)
	if err != nil {
		return err
	}
	defer stop()
	if _, err := app.Build(ctx, next); err != nil {
		return err
	}
	server, err := app.Start(ctx, next, s.Home)
	if err != nil {
		return err
	}
	defer server.Close()
	answers, err := s.Replay(app, server)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d answers\n", s.Name, len(answers))
	return s.Save(conformance.Built, answers, "next@"+rig.NextVersion)
}

func recordDev(ctx context.Context, s *conformance.Suite) error {
	next := rig.Next()
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), s.App), next)
	if err != nil {
		return err
	}
	defer app.Remove()
	stop, err := s.Prepare(app)
	if err != nil {
		return err
	}
	defer stop()
	answers, log, err := s.ReplayDev(ctx, app, next)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, log)
	}
	fmt.Printf("%s: %d answers\n", s.Name, len(answers))
	return s.Save(conformance.Dev, answers, "next@"+rig.NextVersion+" dev")
}
