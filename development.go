package onward

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/server"
)

// development is the command that develops an app, a child of this process behind a
// private socket, and the way to it. What serves cannot compile; what compiles is not
// part of programs that serve.
type development struct {
	cmd   *exec.Cmd
	proxy *httputil.ReverseProxy
	// folder holds the socket.
	folder string
	// lifeline is open as long as the child is to live: it ends when this process
	// does, however that comes.
	lifeline *os.File
	// exited is closed when the child has ended, and failure then says how.
	exited  chan struct{}
	failure error
}

// develop starts the command and waits until it answers.
func develop(ctx context.Context, o Options) (*development, error) {
	command, err := developmentCommand(o)
	if err != nil {
		return nil, err
	}
	d := &development{exited: make(chan struct{})}
	if d.folder, err = os.MkdirTemp("", "onward-dev-"); err != nil {
		return nil, fmt.Errorf("onward: %w", err)
	}
	if err := d.start(command, o); err != nil {
		return nil, errors.Join(fmt.Errorf("onward: starting %s: %w", command, err), os.RemoveAll(d.folder))
	}
	return d, nil
}

// developmentCommand finds the command: where Options name it, as a package of the
// project, or in PATH.
func developmentCommand(o Options) (string, error) {
	if o.Command != "" {
		return o.Command, nil
	}
	own := filepath.Join(o.Dir, "node_modules", ".bin", "onward")
	if info, err := os.Stat(own); err == nil && !info.IsDir() {
		return own, nil
	}
	found, err := exec.LookPath("onward")
	if err != nil {
		return "", diag.Errorf("no-command", "development needs the onward command, which is neither a package of %s nor in PATH", o.Dir).
			WithHint("install it, or name the file with Options.Command")
	}
	return found, nil
}

func (d *development) start(command string, o Options) error {
	socket := filepath.Join(d.folder, "socket")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false) // the child goes on listening
	defer l.Close()
	listener, err := l.File()
	if err != nil {
		return err
	}
	defer listener.Close()
	life, lifeline, err := os.Pipe()
	if err != nil {
		return err
	}
	defer life.Close()
	readiness, ready, err := os.Pipe()
	if err != nil {
		return errors.Join(err, lifeline.Close())
	}
	defer readiness.Close()

	args := []string{"dev", "--serve-inherited", "--port", strconv.Itoa(max(o.Port, 0))}
	if o.Port == 0 {
		args[3] = "3000"
	}
	if o.Hostname != "" {
		args = append(args, "--hostname", o.Hostname)
	}
	if o.Engine.Name != "" {
		args = append(args, "--engine", o.Engine.Name)
	}
	d.cmd = exec.Command(command, append(args, o.Dir)...)
	d.cmd.Stdout, d.cmd.Stderr = os.Stdout, os.Stderr
	if o.Quiet {
		d.cmd.Stdout, d.cmd.Stderr = nil, nil
	}
	d.cmd.ExtraFiles = []*os.File{listener, life, ready}
	err = d.cmd.Start()
	ready.Close()
	if err != nil {
		return errors.Join(err, lifeline.Close())
	}
	d.lifeline = lifeline
	go func() {
		d.failure = d.cmd.Wait()
		close(d.exited)
	}()
	if line, err := bufio.NewReader(readiness).ReadString('\n'); line == "" {
		d.close(context.Background())
		return fmt.Errorf("it ended before it was ready (%w); its output says why", errors.Join(err, d.failure))
	}
	d.proxy = newDevelopmentProxy(socket)
	return nil
}

// newDevelopmentProxy passes requests on as they came.
func newDevelopmentProxy(socket string) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", "onward"
			r.Out.URL.RawQuery = r.In.URL.RawQuery
			r.Out.Host = r.In.Host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			r.SetXForwarded()
		},
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", socket)
			},
			Proxy:              func(*http.Request) (*url.URL, error) { return nil, nil },
			DisableCompression: true,
			IdleConnTimeout:    4 * time.Second,
		},
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil {
				http.Error(w, "the development server does not answer: "+err.Error(), http.StatusBadGateway)
			}
		},
	}
}

func (d *development) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-d.exited:
		reason := "it ended"
		if d.failure != nil {
			reason = strings.TrimSpace(d.failure.Error())
		}
		http.Error(w, "the development server is gone ("+reason+"): start this program again", http.StatusBadGateway)
	default:
		d.proxy.ServeHTTP(w, r)
	}
}

// close ends the child, and kills it when ctx ends before it has.
func (d *development) close(ctx context.Context) error {
	err := d.lifeline.Close()
	select {
	case <-d.exited:
	case <-ctx.Done():
		err = errors.Join(ctx.Err(), d.cmd.Process.Kill())
		<-d.exited
	}
	return errors.Join(err, os.RemoveAll(d.folder))
}

// serveDevelopment is App.Serve in development.
func serveDevelopment(ctx context.Context, l net.Listener, d *development, log *slog.Logger) error {
	srv := server.NewHTTP(d, log)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(server.Listener(l)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("onward: %w", err)
	case <-ctx.Done():
		return srv.Close()
	}
}
