package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/internal/diag"
)

// startFlags are the options of `onward start`.
type startFlags struct {
	port      int
	host      string
	keepAlive time.Duration
	dir       string
	cache     string
	engine    string
	// cpuProfile: write one until the server ends.
	cpuProfile bool
	// inspect is where debuggers connect; empty: they do not.
	inspect   string
	inherited bool // this is the serving child: the listener is file 3
}

func runStart(t *terminal, args []string) (int, error) {
	began := time.Now()
	o, err := parseStart(t, args, os.Getenv)
	if err != nil {
		return exitFailure, err
	}
	if o.inherited {
		return serve(t, o)
	}
	listener, err := listen(o)
	if err != nil {
		return exitFailure, err
	}
	return supervise(t, o, args, listener, began)
}

func parseStart(t *terminal, args []string, getenv func(string) string) (startFlags, error) {
	var o startFlags
	f := flagSet(t, "start", "[directory]", "Serves an app that `onward build` has built.")
	port := f.StringP("port", "p", "", "port to listen on (default 3000, or PORT)")
	host := f.StringP("hostname", "H", "", "address to listen on (default all)")
	keep := f.String("keepAliveTimeout", "", "milliseconds an idle connection stays open (default 5000)")
	f.StringVar(&o.cache, "cache", "", "keep pages in a Redis server that several processes share: redis://[user:password@]host[:port][/db] (default ONWARD_CACHE)")
	chosen := engineFlag(f, getenv)
	f.BoolVar(&o.cpuProfile, "experimental-cpu-prof", false, "write a CPU profile to .next-profiles when the server ends")
	inspected := inspectFlag(f)
	f.BoolVar(&o.inherited, "serve-inherited", false, "")
	_ = f.MarkHidden("serve-inherited")
	ignored(f, "turbo", "turbopack", "webpack", "experimental-next-config-strip-types")
	if err := f.Parse(joinInspect(args)); err != nil {
		return o, usageError(err, "start")
	}
	if !o.inherited {
		if err := bundlerFlags(t, f); err != nil {
			return o, err
		}
	}
	if !f.Changed("cache") {
		// Not on the command line, where every user of the machine can read it.
		o.cache = getenv("ONWARD_CACHE")
	}
	given := *port
	if given == "" && !f.Changed("port") {
		given = getenv("PORT")
	}
	o.port = 3000
	if given != "" || f.Changed("port") {
		n, err := strconv.ParseUint(given, 10, 16)
		if err != nil {
			return o, diag.Errorf("usage", "option '-p, --port <port>' argument '%s' is invalid. '%s' is not a port number.", given, given).
				WithHint("use a number from 0 to 65535; 0 picks a free port")
		}
		o.port = int(n)
	}
	if name := reservedPorts[o.port]; name != "" {
		return o, diag.Errorf("reserved-port", "port %d is reserved for %s: browsers refuse to open it", o.port, name).
			WithHint("choose another with -p, for example -p 3000")
	}
	o.keepAlive = 5 * time.Second
	if f.Changed("keepAliveTimeout") {
		n, err := strconv.ParseUint(*keep, 10, 31)
		if err != nil {
			return o, diag.Errorf("usage", "option '--keepAliveTimeout <ms>' argument '%s' is invalid. '%s' is not a non-negative number.", *keep, *keep)
		}
		o.keepAlive = time.Duration(n) * time.Millisecond
	}
	o.host = *host
	var err error
	if o.engine, err = chosen(); err != nil {
		return o, err
	}
	if o.inspect, err = inspected(); err != nil {
		return o, err
	}
	o.dir, err = projectDir(f)
	return o, err
}

func usageError(err error, command string) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	return diag.Errorf("usage", "%s", err.Error()).WithHint("run `onward %s --help` for its options", command)
}

func listen(o startFlags) (*net.TCPListener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(o.host, strconv.Itoa(o.port)))
	switch {
	case err == nil:
		return l.(*net.TCPListener), nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, diag.Errorf("port-in-use", "Failed to start server: port %d is already in use (EADDRINUSE)", o.port).
			WithHint("stop the program that uses it, or choose another port: onward start -p %d", o.port+1)
	case errors.Is(err, syscall.EACCES):
		return nil, diag.Errorf("port-forbidden", "Failed to start server: no permission to listen on port %d", o.port).
			WithHint("ports below 1024 need privileges; use a higher one and a proxy in front")
	}
	return nil, diag.Errorf("listen", "Failed to start server: %v", err)
}

// serve is the serving process: the listener comes from the supervisor, and so
// does the word to end when the supervisor itself is gone.
func serve(t *terminal, o startFlags) (int, error) {
	file := os.NewFile(3, "listener")
	l, err := net.FileListener(file)
	if err != nil {
		return exitFailure, fmt.Errorf("no listener was handed over: %w", err)
	}
	file.Close()

	limits := onward.EngineOptions{Name: o.engine}
	if o.inspect != "" {
		endpoint := newInspector(t, o.inspect, o.dir)
		defer endpoint.Close()
		limits.Debug = endpoint.Debug()
	}
	app, err := onward.New(onward.Options{Dir: o.dir, Cache: o.cache, Hostname: o.host, Port: l.Addr().(*net.TCPAddr).Port, Engine: limits})
	if err != nil {
		return exitFailure, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := app.Prepare(ctx); err != nil {
		return exitFailure, err
	}
	go func() {
		// The write end lives in the supervisor; it never writes.
		_, _ = os.NewFile(4, "lifeline").Read(make([]byte, 1))
		cancel()
	}()
	code := awaitSignals(app, cancel)
	if o.cpuProfile {
		stop, err := profile(o.dir, "start", t.out)
		if err != nil {
			return exitFailure, err
		}
		defer func() {
			if err := stop(); err != nil {
				report(t, err)
			}
		}()
	}
	ready := os.NewFile(5, "ready")
	fmt.Fprintln(ready, "ready")
	ready.Close()
	err = app.Serve(ctx, l, onward.ServeOptions{KeepAlive: o.keepAlive, Warm: settle})
	return int(code.Load()), err
}

// settle gives back the memory that starting took and serving does not need.
func settle() {
	debug.FreeOSMemory()
	releaseProgram()
	// A second after its last work V8 collects its heap, with code that nothing
	// else needs.
	time.AfterFunc(3*time.Second, releaseProgram)
}

// announce prints where the server can be reached.
func announce(t *terminal, o startFlags, addr *net.TCPAddr, began time.Time) {
	fmt.Fprintf(t.out, "%s (Next.js %s)\n", bold(t, "▲ Onward "+onward.Version), onward.NextVersion)
	fmt.Fprintf(t.out, "- Local:    http://%s:%d\n", shownHost(o.host), addr.Port)
	if o.host == "" || o.host == "0.0.0.0" || o.host == "::" {
		if ip := networkAddress(); ip != "" {
			fmt.Fprintf(t.out, "- Network:  http://%s:%d\n", ip, addr.Port)
		}
	}
	fmt.Fprintf(t.out, "%s Ready in %dms\n", green(t, "✓"), time.Since(began).Milliseconds())
}

func networkAddress() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			return n.IP.String()
		}
	}
	return ""
}
