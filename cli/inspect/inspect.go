// Package inspect is where debuggers connect. Out of it go the addresses that Chrome
// and editors look for; what a debugger sends there is handed to a worker of the
// engine, and what the worker says is handed back.
//
// Who may connect may run anything in the server's process. So the endpoint listens
// on this machine only, under a path that cannot be guessed, and answers neither
// requests for another host, which a page could make by changing what its name
// stands for, nor pages that try to connect.
package inspect

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
)

// defaultPort is the one that debuggers try.
const defaultPort = "9229"

// Address reads the value of --inspect, [host:]port, and returns where to listen.
// The host must be this machine. Empty is the default.
func Address(value string) (string, error) {
	host, port := "127.0.0.1", value
	if i := strings.LastIndexByte(value, ':'); i >= 0 {
		host, port = strings.Trim(value[:i], "[]"), value[i+1:]
	} else if value != "" && !isNumber(value) {
		host, port = value, defaultPort
	}
	if port == "" {
		port = defaultPort
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", diag.Errorf("inspect", "--inspect=%s: %s is no port", value, port).WithHint("give a number up to 65535, as in --inspect=9230")
	}
	if host == "" || host == "localhost" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return "", diag.Errorf("inspect", "--inspect=%s: debuggers can only connect from this machine", value).
			WithHint("who connects can run anything in the server: leave the host out, and reach it from elsewhere through a tunnel, as `ssh -L 9229:localhost:9229 host`")
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

func isNumber(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// Endpoint lets debuggers connect to the workers of one engine after the other. It
// listens when the first of them begins: where the engine runs processes that have
// debuggers of their own, those need the address.
type Endpoint struct {
	address, id, dir string
	told             func(url string, err error)
	server           *http.Server
	open             sync.Once

	mu      sync.Mutex
	workers []*engine.Debuggee // those that live, the newest last
	arrived chan struct{}      // closed, and made anew, when one begins
	session *session           // nil: no debugger is connected
	closed  bool
}

// New makes an endpoint at an address that Address gave. dir is the project, which
// debuggers show. told is called once, when the endpoint listens or cannot: url is
// where editors connect.
func New(address, dir string, told func(url string, err error)) *Endpoint {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	e := &Endpoint{address: address, id: hex.EncodeToString(id[:]), dir: dir, told: told, arrived: make(chan struct{})}
	e.server = &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	return e
}

// Debug lets debuggers attach to an engine.
func (e *Endpoint) Debug() *engine.Debug { return &engine.Debug{Worker: e.worker, Address: e.address} }

func (e *Endpoint) listen() {
	listener, err := net.Listen("tcp", e.address)
	if err != nil {
		e.told("", diag.Errorf("inspect", "debuggers cannot connect at %s: %v", e.address, errors.Unwrap(err)).
			WithHint("choose another port: --inspect=9230"))
		return
	}
	e.address = listener.Addr().String()
	go func() { _ = e.server.Serve(listener) }() // ends with Close
	e.told(e.url(), nil)
}

func (e *Endpoint) url() string { return "ws://" + e.address + "/" + e.id }

// Close ends the session and the endpoint.
func (e *Endpoint) Close() error {
	e.mu.Lock()
	e.closed = true
	s := e.session
	e.mu.Unlock()
	if s != nil {
		s.end("the server ends")
	}
	return e.server.Close()
}

// worker is engine.Debug.Worker.
func (e *Endpoint) worker(d engine.Debuggee) (ended func()) {
	e.open.Do(e.listen)
	w := &d
	e.mu.Lock()
	defer e.mu.Unlock()
	e.workers = append(e.workers, w)
	close(e.arrived)
	e.arrived = make(chan struct{})
	return func() {
		e.mu.Lock()
		e.workers = slices.DeleteFunc(e.workers, func(x *engine.Debuggee) bool { return x == w })
		s := e.session
		e.mu.Unlock()
		if s != nil && s.worker == w {
			s.end("the JavaScript of the server has begun anew")
		}
	}
}

// newest waits for a worker.
func (e *Endpoint) newest(ctx context.Context) *engine.Debuggee {
	for {
		e.mu.Lock()
		arrived := e.arrived
		var w *engine.Debuggee
		if len(e.workers) > 0 {
			w = e.workers[len(e.workers)-1]
		}
		e.mu.Unlock()
		if w != nil {
			return w
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return nil
		}
	}
}

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !local(r.Host):
		http.Error(w, "only localhost may connect", http.StatusForbidden)
	case r.Method != http.MethodGet:
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
	case r.URL.Path == "/json" || r.URL.Path == "/json/list":
		e.write(w, []any{e.target()})
	case r.URL.Path == "/json/version":
		e.write(w, map[string]string{"Browser": "onward", "Protocol-Version": "1.3"})
	case subtle.ConstantTimeCompare([]byte(strings.TrimPrefix(r.URL.Path, "/")), []byte(e.id)) == 1:
		if origin := r.Header.Get("Origin"); strings.HasPrefix(origin, "http:") || strings.HasPrefix(origin, "https:") || origin == "null" {
			http.Error(w, "pages may not connect", http.StatusForbidden)
			return
		}
		e.serveSession(w, r)
	default:
		http.NotFound(w, r)
	}
}

// local reports whether a Host header names this machine.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}

// target describes what can be debugged, as Chrome and editors expect it.
func (e *Endpoint) target() map[string]string {
	dir := (&url.URL{Scheme: "file", Path: filepath.ToSlash(e.dir)}).String()
	return map[string]string{
		"id":                   e.id,
		"type":                 "node",
		"title":                "onward: " + filepath.Base(e.dir),
		"description":          "JavaScript of the server",
		"url":                  dir,
		"webSocketDebuggerUrl": e.url(),
		"devtoolsFrontendUrl":  "devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=" + e.address + "/" + e.id,
	}
}

func (e *Endpoint) write(w http.ResponseWriter, value any) {
	data, _ := json.MarshalIndent(value, "", "  ") // of strings, which always marshal
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(data) // the debugger has gone
}
