package rig

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Upstream is another server that apps rewrite to. It tells what it was asked.
//
//	/status/418     answers with a status
//	/moved          redirects
//	/text           text that is worth packing
//	/slow           waits until the request is given up, 90 seconds at most
//	/cut            ends in the middle of its body
//	anything else   the request as JSON
//
// A request that asks for the protocol "echo" gets everything back that it sends.
type Upstream struct {
	// URL without a trailing slash.
	URL    string
	server *http.Server
}

// StartUpstream starts an Upstream on a free loopback port.
func StartUpstream() (*Upstream, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	u := &Upstream{URL: "http://" + l.Addr().String()}
	u.server = &http.Server{Handler: http.HandlerFunc(upstream), ReadHeaderTimeout: 10 * time.Second}
	go u.server.Serve(l)
	return u, nil
}

// Close stops it.
func (u *Upstream) Close() error { return u.server.Close() }

func upstream(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "" {
		echo(w, r)
		return
	}
	h := w.Header()
	h.Set("X-Upstream", "1")
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/status/"):
		var status int
		if _, err := fmt.Sscanf(path, "/status/%d", &status); err != nil || status < 200 || status > 599 {
			status = http.StatusBadRequest
		}
		h.Set("Content-Type", "text/plain")
		w.WriteHeader(status)
		io.WriteString(w, "status\n")
	case path == "/moved":
		h.Set("Location", "/elsewhere")
		h["Set-Cookie"] = []string{"a=1", "b=2; Path=/"}
		w.WriteHeader(http.StatusFound)
	case path == "/text":
		h.Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, strings.Repeat("text that is worth packing\n", 50))
	case path == "/slow":
		select {
		case <-r.Context().Done():
		case <-time.After(90 * time.Second):
		}
	case path == "/cut":
		h.Set("Content-Length", "100")
		io.WriteString(w, "ten bytes.")
	default:
		tell(w, r)
	}
}

// tell answers with what was asked, headers in order of their names. Those that
// concern the connection or a port alone are left out, as is the length of an empty body.
func tell(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	var headers []string
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name == "Connection" || name == "Te" || name == "X-Forwarded-Port" || name == "Content-Length" && r.ContentLength == 0 {
			continue
		}
		for _, value := range r.Header[name] {
			headers = append(headers, strings.ToLower(name)+": "+value)
		}
	}
	for _, coding := range r.TransferEncoding {
		headers = append(headers, "transfer-encoding: "+coding)
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{
		"method": r.Method, "target": r.RequestURI, "host": r.Host, "headers": headers, "body": string(body),
		"length": r.ContentLength,
	})
}

func echo(w http.ResponseWriter, r *http.Request) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\nX-Target: %s\r\nX-Host: %s\r\n\r\n",
		r.Header.Get("Upgrade"), r.RequestURI, r.Host)
	lines := bufio.NewReader(buffered)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if _, err := io.WriteString(conn, "echo "+line); err != nil {
			return
		}
	}
}
