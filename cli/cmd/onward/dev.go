package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/cli/dev"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
)

// devFlags are the options of `onward dev`.
type devFlags struct {
	port int
	// given: the port was named, so that no other will do.
	given  bool
	host   string
	dir    string
	engine string
	// https, with the files of a certificate when it is not one of our own.
	https         bool
	key, cert, ca string
	noSourceMaps  bool
	cpuProfile    bool
	// inspect is where debuggers connect; empty: they do not.
	inspect string
	// inherited: a Go program develops the app with this process. File 3 is the
	// listener, 4 ends with that program, 5 is told when requests are answered.
	inherited bool
}

func runDev(t *terminal, args []string) (int, error) {
	began := time.Now()
	o, err := parseDev(t, args, os.Getenv)
	if err != nil {
		return exitFailure, err
	}
	secure, err := certificate(t, o)
	if err != nil {
		return exitFailure, err
	}
	listener, port, err := listenDev(t, o)
	if err != nil {
		return exitFailure, err
	}
	if o.cpuProfile {
		stop, err := profile(o.dir, "dev", t.out)
		if err != nil {
			return exitFailure, err
		}
		defer func() {
			if err := stop(); err != nil {
				report(t, err)
			}
		}()
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	var code atomic.Int32
	go func() {
		code.Store(int32(exitCode(<-signals)))
		cancel()
		// Whatever does not end by itself within a moment ends with the process.
		select {
		case <-signals:
		case <-time.After(3 * time.Second):
		}
		os.Exit(int(code.Load()))
	}()
	ready := func(envFiles []string) { announceDev(t, o, port, envFiles, began) }
	if o.inherited {
		ready = followParent(cancel)
	} else {
		fmt.Fprintf(t.out, "%s (Next.js %s)\n", bold(t, "▲ Onward "+onward.Version), onward.NextVersion)
	}
	var debug *engine.Debug
	if o.inspect != "" {
		endpoint := newInspector(t, o.inspect, o.dir)
		defer endpoint.Close()
		debug = endpoint.Debug()
	}
	err = dev.Run(ctx, dev.Options{
		Dir: o.dir, Listener: listener, TLS: secure, Hostname: o.host, Port: port, URL: devURL(o, port),
		Engine: o.engine, NoSourceMaps: o.noSourceMaps, Environ: os.Environ(), Out: t.out, Err: t.err, Style: t.style, Debug: debug,
		Ready: ready,
	})
	if ctx.Err() != nil {
		return int(code.Load()), nil
	}
	return exitOK, err
}

// followParent ends this process with the one that has started it. The function it
// returns tells that one that requests are answered.
func followParent(end func()) (ready func([]string)) {
	go func() {
		// The write end lives in the parent; it never writes.
		_, _ = os.NewFile(4, "lifeline").Read(make([]byte, 1))
		end()
	}()
	return func([]string) {
		f := os.NewFile(5, "ready")
		fmt.Fprintln(f, "ready")
		f.Close()
	}
}

func parseDev(t *terminal, args []string, getenv func(string) string) (devFlags, error) {
	var o devFlags
	f := flagSet(t, "dev", "[directory]", "Serves the app while it is developed: pages are compiled when they are opened, and edits show at once.")
	port := f.StringP("port", "p", "", "port to listen on (default 3000 or the next free one, or PORT)")
	f.StringVarP(&o.host, "hostname", "H", "", "address to listen on (default all)")
	chosen := engineFlag(f, getenv)
	f.BoolVar(&o.https, "experimental-https", false, "serve over HTTPS, with a certificate made for this machine")
	f.StringVar(&o.key, "experimental-https-key", "", "file of the certificate's key")
	f.StringVar(&o.cert, "experimental-https-cert", "", "file of the certificate")
	f.StringVar(&o.ca, "experimental-https-ca", "", "file of the authority that signed it")
	f.BoolVar(&o.noSourceMaps, "disable-source-maps", false, "leave stacks of the server as they are")
	f.BoolVar(&o.cpuProfile, "experimental-cpu-prof", false, "write a CPU profile to .next-profiles when the server ends")
	f.String("experimental-upload-trace", "", "")
	_ = f.MarkHidden("experimental-upload-trace")
	inspected := inspectFlag(f)
	f.BoolVar(&o.inherited, "serve-inherited", false, "")
	_ = f.MarkHidden("serve-inherited")
	ignored(f, "turbo", "turbopack", "webpack", "server-fast-refresh", "no-server-fast-refresh", "experimental-next-config-strip-types")
	if err := f.Parse(joinInspect(args)); err != nil {
		return o, usageError(err, "dev")
	}
	if err := bundlerFlags(t, f); err != nil {
		return o, err
	}
	if f.Changed("no-server-fast-refresh") {
		report(t, &diag.Message{Severity: diag.Note, Text: "--no-server-fast-refresh has no effect: changed modules of the server are always loaded anew, and no others"})
	}
	if (o.key == "") != (o.cert == "") {
		return o, diag.Errorf("usage", "--experimental-https-key and --experimental-https-cert belong together").
			WithHint("give both, or neither for a certificate that is made for this machine")
	}
	o.https = o.https || o.key != ""
	o.port = 3000
	given := *port
	if given == "" && !f.Changed("port") {
		given = getenv("PORT")
	}
	if given != "" || f.Changed("port") {
		n, err := strconv.ParseUint(given, 10, 16)
		if err != nil {
			return o, diag.Errorf("usage", "option '-p, --port <port>' argument '%s' is invalid. '%s' is not a non-negative number.", given, given).
				WithHint("use a number from 0 to 65535; 0 picks a free port")
		}
		o.port, o.given = int(n), true
	}
	if name := reservedPorts[o.port]; name != "" {
		return o, diag.Errorf("reserved-port", "port %d is reserved for %s: browsers refuse to open it", o.port, name).
			WithHint("choose another with -p, for example -p 3000")
	}
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

// certificate is what HTTPS needs; nil without it.
func certificate(t *terminal, o devFlags) (*tls.Config, error) {
	switch {
	case !o.https:
		return nil, nil
	case o.key != "":
		return dev.Certificate(o.cert, o.key, o.ca)
	}
	config, made, err := dev.OwnCertificate(o.dir, o.host)
	if made {
		report(t, &diag.Message{Severity: diag.Note, Text: "a certificate for HTTPS was made in ./certificates",
			Hint: "browsers warn of it once, because no authority has signed it"})
	}
	return config, err
}

// mostPorts is how many ports after the usual one are tried.
const mostPorts = 10

// listenDev opens the port, or, when the user has not named one, the next free port
// after it, and returns the port as well.
func listenDev(t *terminal, o devFlags) (net.Listener, int, error) {
	if o.inherited {
		file := os.NewFile(3, "listener")
		defer file.Close()
		l, err := net.FileListener(file)
		if err != nil {
			return nil, 0, fmt.Errorf("no listener was handed over: %w", err)
		}
		return l, o.port, nil
	}
	first := o.port
	for tries := 0; ; tries++ {
		l, err := listen(startFlags{host: o.host, port: o.port})
		if err == nil {
			if tries > 0 {
				who := "an unknown process"
				if pid := portHolder(first); pid > 0 {
					who = fmt.Sprintf("process %d", pid)
				}
				report(t, &diag.Message{Severity: diag.Warning, Code: "port-in-use",
					Text: fmt.Sprintf("Port %d is in use by %s, using available port %d instead.", first, who, o.port)})
			}
			return l, l.Addr().(*net.TCPAddr).Port, nil
		}
		var m *diag.Message
		if !errors.As(err, &m) || m.Code != "port-in-use" || o.given || tries == mostPorts || o.port == 65535 {
			if m != nil && m.Code == "port-in-use" {
				m = m.WithHint("stop the program that uses it, or choose another port: onward dev -p %d", min(o.port+1, 65535))
				err = m
			}
			return nil, 0, err
		}
		o.port++
		for reservedPorts[o.port] != "" {
			o.port++
		}
	}
}

// devURL is where the app is reached on this machine.
func devURL(o devFlags, port int) string {
	scheme := "http"
	if o.https {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s:%d", scheme, shownHost(o.host), port)
}

// shownHost is how the address of a server is printed.
func shownHost(host string) string {
	switch {
	case host == "", host == "0.0.0.0":
		return "localhost"
	case host == "::":
		return "[::1]"
	case strings.Contains(host, ":"):
		return "[" + host + "]"
	}
	return host
}

// announceDev prints where the app can be reached.
func announceDev(t *terminal, o devFlags, port int, envFiles []string, began time.Time) {
	url := devURL(o, port)
	fmt.Fprintf(t.out, "- Local:        %s\n", url)
	if o.host == "" || o.host == "0.0.0.0" || o.host == "::" {
		if ip := networkAddress(); ip != "" {
			scheme, _, _ := strings.Cut(url, ":")
			fmt.Fprintf(t.out, "- Network:      %s://%s:%d\n", scheme, ip, port)
		}
	}
	if len(envFiles) > 0 {
		fmt.Fprintf(t.out, "- Environments: %s\n", strings.Join(envFiles, ", "))
	}
	fmt.Fprintf(t.out, "%s Ready in %dms\n\n", green(t, "✓"), time.Since(began).Milliseconds())
}
