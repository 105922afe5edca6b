// Bench builds and runs the same apps under next@16.4.6 and under Onward and
// prints the results side by side as Markdown. Both come from one run on one
// machine; the server is held on the first core and the load generator, a
// process of its own, on the second.
//
//	go run ./bench                                   everything (a few minutes)
//	go run ./bench -only load -duration 2s           one part, quickly
//	go run ./bench -only endurance                   memory after 1,000 and after 100,000 requests
//	go run ./bench -only build -pages 100 -runs 3    one size, best of three
//	go run ./bench -only dev                         the development server: start, edits in Chromium, memory
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

type options struct {
	leftovers   []func() error
	only        []string
	pages       []int
	modules     []int
	edits       int
	frameworks  []rig.Framework
	endpoints   []string
	runs        int
	duration    time.Duration
	connections int
	quiet       bool
}

func (o *options) wants(part string) bool { return slices.Contains(o.only, part) }

func main() {
	if len(os.Args) > 1 && os.Args[1] == "generate-load" {
		if err := generateLoad(os.Args[2:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (*options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", "build,start,load", "parts to run; endurance, a hundred thousand requests, and dev are two more")
	pages := flags.String("pages", "10,100,1000", "sizes of the apps that are built")
	modules := flags.String("modules", "1000,5000", "sizes of the apps that are edited")
	names := flags.String("frameworks", "next,onward", "what to measure")
	endpoints := flags.String("endpoints", strings.Join(endpointKeys(), ","), "what to load")
	o := &options{}
	flags.IntVar(&o.runs, "runs", 1, "how often to build each app and five times as often to start it; the best counts")
	flags.DurationVar(&o.duration, "duration", 5*time.Second, "of the load on each endpoint, after a warm-up of a fifth")
	flags.IntVar(&o.connections, "connections", 32, "kept alive by the load generator")
	flags.IntVar(&o.edits, "edits", 60, "of each app that is edited")
	flags.BoolVar(&o.quiet, "quiet", false, "no progress on stderr")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if o.runs < 1 || o.runs > 20 || o.duration <= 0 || o.duration > time.Minute || o.connections < 1 || o.connections > 1024 ||
		o.edits < 1 || o.edits > 10_000 {
		return nil, fmt.Errorf("runs must be 1-20, duration at most 1m, connections 1-1024, edits 1-10000")
	}
	o.only = strings.Split(*only, ",")
	for _, part := range o.only {
		if !slices.Contains([]string{"build", "start", "load", "endurance", "dev"}, part) {
			return nil, fmt.Errorf("unknown part %q: build, start, load, endurance or dev", part)
		}
	}
	var err error
	if o.pages, err = sizes(*pages); err != nil {
		return nil, err
	}
	if o.modules, err = sizes(*modules); err != nil {
		return nil, err
	}
	o.endpoints = strings.Split(*endpoints, ",")
	for _, key := range o.endpoints {
		if !slices.Contains(endpointKeys(), key) {
			return nil, fmt.Errorf("unknown endpoint %q: one of %s", key, strings.Join(endpointKeys(), ", "))
		}
	}
	for _, name := range strings.Split(*names, ",") {
		switch name {
		case "next":
			o.frameworks = append(o.frameworks, rig.Next())
		case "onward":
			f, err := rig.Onward()
			if err != nil {
				return nil, err
			}
			o.frameworks = append(o.frameworks, f)
		default:
			return nil, fmt.Errorf("unknown framework %q: next or onward", name)
		}
	}
	return o, nil
}

// sizes reads a list of numbers.
func sizes(list string) ([]int, error) {
	var out []int
	for _, text := range strings.Split(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 10000 {
			return nil, fmt.Errorf("bad size %q: a number from 1 to 10000", text)
		}
		out = append(out, n)
	}
	return out, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	r := &report{}
	err = errors.Join(o.measure(ctx, r), o.remove())
	// What was measured before an error is worth seeing too.
	_, printing := io.WriteString(out, r.markdown())
	return errors.Join(err, printing)
}

func (o *options) measure(ctx context.Context, r *report) error {
	for _, f := range o.frameworks {
		if o.wants("build") {
			if err := o.measureBuilds(ctx, f, r); err != nil {
				return err
			}
		}
		if o.wants("start") || o.wants("load") || o.wants("endurance") {
			if err := o.measureServer(ctx, f, r); err != nil {
				return err
			}
		}
	}
	if o.wants("dev") {
		return o.measureDev(ctx, r)
	}
	return nil
}

func (o *options) progress(format string, args ...any) {
	if !o.quiet {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

func (o *options) measureBuilds(ctx context.Context, f rig.Framework, r *report) error {
	for _, pages := range o.pages {
		if err := o.measureBuild(ctx, f, pages, r); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) measureBuild(ctx context.Context, f rig.Framework, pages int, r *report) error {
	app, err := o.newApp(ctx, f, func(dir string) error { return writePages(dir, pages) })
	if err != nil {
		return err
	}
	cold := rig.BuildResult{Wall: 1 << 62}
	again := cold
	for range o.runs {
		if err := app.SetAside(".next"); err != nil {
			return err
		}
		o.progress("%s: building %d pages", f.Name, pages)
		for _, best := range []*rig.BuildResult{&cold, &again} {
			result, err := app.Build(ctx, f)
			if err != nil {
				return err
			}
			if result.Wall < best.Wall {
				*best = result
			}
		}
	}
	r.set(fmt.Sprintf("build of %d pages", pages), f.Name, seconds(cold.Wall))
	r.set(fmt.Sprintf("build of %d pages, again", pages), f.Name, seconds(again.Wall))
	r.set(fmt.Sprintf("build of %d pages, peak memory", pages), f.Name, megabytes(cold.PeakRSS))
	return nil
}

func (o *options) measureServer(ctx context.Context, f rig.Framework, r *report) error {
	app, err := o.newApp(ctx, f, writeServed)
	if err != nil {
		return err
	}
	o.progress("%s: building the app that is served", f.Name)
	if _, err := app.Build(ctx, f); err != nil {
		return err
	}
	if o.wants("start") {
		best := time.Duration(1 << 62)
		for range 5 * o.runs {
			server, err := app.StartOn(ctx, f, "/", pinServer)
			if err != nil {
				return err
			}
			best = min(best, server.Ready)
			server.Close()
		}
		r.set("start to first 200", f.Name, milliseconds(best))
	}
	if o.wants("endurance") {
		if err := o.measureEndurance(ctx, f, app, r); err != nil {
			return err
		}
	}
	server, err := app.StartOn(ctx, f, "/", pinServer)
	if err != nil {
		return err
	}
	defer server.Close()
	if o.wants("start") {
		time.Sleep(time.Second)
		if err := r.memory("memory when idle", f, server); err != nil {
			return err
		}
		size, files, err := firstLoad(server.URL, "/")
		if err != nil {
			return err
		}
		r.set("first-load JS of the hello page, gzip", f.Name, value{float64(size) / 1024, fmt.Sprintf("%.1f KB (%d files)", float64(size)/1024, files)})
	}
	if !o.wants("load") {
		return nil
	}
	if err := o.measureLoad(ctx, f, server, false, r); err != nil {
		return err
	}
	if err := r.memory("memory after load", f, server); err != nil {
		return err
	}
	server.Close()
	return o.measureGuarded(ctx, f, r)
}

// measureGuarded loads the pages of the app with middleware.
func (o *options) measureGuarded(ctx context.Context, f rig.Framework, r *report) error {
	if !slices.ContainsFunc(endpoints, func(e endpoint) bool { return e.guarded && slices.Contains(o.endpoints, e.key) }) {
		return nil
	}
	app, err := o.newApp(ctx, f, writeGuarded)
	if err != nil {
		return err
	}
	o.progress("%s: building the app with middleware", f.Name)
	if _, err := app.Build(ctx, f); err != nil {
		return err
	}
	server, err := app.StartOn(ctx, f, "/", pinServer)
	if err != nil {
		return err
	}
	defer server.Close()
	return o.measureLoad(ctx, f, server, true, r)
}

func (o *options) measureLoad(ctx context.Context, f rig.Framework, server *rig.Server, guarded bool, r *report) error {
	asset, err := importedAsset(server.URL)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		if e.guarded != guarded || !slices.Contains(o.endpoints, e.key) {
			continue
		}
		path := e.path
		if path == "" {
			path = asset
		}
		o.progress("%s: %s %s", f.Name, e.name, path)
		l, err := o.load(ctx, server.URL+path)
		if err != nil {
			return fmt.Errorf("%s %s: %w\n%s", f.Name, path, err, server.Log())
		}
		r.set(e.name+", requests/s", f.Name, value{l.PerSecond, strconv.FormatFloat(l.PerSecond, 'f', 0, 64)})
		r.set(e.name+", p99", f.Name, value{l.P99, fmt.Sprintf("%.2f ms", l.P99)})
	}
	return nil
}

// load runs the load generator as a process on the second core.
func (o *options) load(ctx context.Context, url string) (*load, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := append(slices.Clone(pinLoad), self, "generate-load", url, o.duration.String(), strconv.Itoa(o.connections))
	out, err := output(ctx, command)
	if err != nil {
		return nil, err
	}
	var l load
	return &l, json.Unmarshal(out, &l)
}
