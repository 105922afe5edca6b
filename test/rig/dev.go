package rig

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// readyText is what both frameworks print when their development server listens.
const readyText = "Ready in"

// Dev starts the app's development server on a free port and waits until it says
// that it is ready. The server ends with Close, or with ctx.
func (a *App) Dev(ctx context.Context, f Framework) (*Server, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	return a.DevOn(ctx, f, port)
}

// DevOn is Dev on a given port, with more flags.
func (a *App) DevOn(ctx context.Context, f Framework, port int, flags ...string) (*Server, error) {
	args := append([]string{"dev", "-p", strconv.Itoa(port), "-H", a.host()}, flags...)
	s, begin, err := a.launch(ctx, f, port, args)
	if err != nil {
		return nil, err
	}
	if err := s.Printed(0, readyText, 60*time.Second); err != nil {
		s.Close()
		return nil, fmt.Errorf("rig: %s dev: %w", f.Name, err)
	}
	s.Ready = time.Since(begin)
	return s, nil
}

// Printed waits until the server has printed text, beginning at an offset of its
// log; escape sequences of terminals do not count.
func (s *Server) Printed(from int, text string, limit time.Duration) error {
	for end := time.Now().Add(limit); ; time.Sleep(time.Millisecond) {
		log := s.Log()
		if strings.Contains(Plain(log[min(from, len(log)):]), text) {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("it ended (%v) and never printed %q:\n%s", s.cmd.ProcessState, text, Plain(s.Log()))
		default:
		}
		if time.Now().After(end) {
			return fmt.Errorf("it has not printed %q within %s:\n%s", text, limit, Plain(log[min(from, len(log)):]))
		}
	}
}

// Plain is terminal output without escape sequences.
func Plain(text string) string {
	if !strings.Contains(text, "\x1b[") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r >= '@' && r <= '~' })
		if end < 0 {
			return b.String()
		}
		text = rest[end+1:]
	}
}

// CPU is the processor time that the server's processes have used so far. Ticks
// are a hundredth of a second.
func (s *Server) CPU() (time.Duration, error) {
	var ticks int64
	err := walkTree(s.cmd.Process.Pid, func(p process) { ticks += p.ticks })
	return time.Duration(ticks) * 10 * time.Millisecond, err
}

// Read is the text of one of the app's files.
func (a *App) Read(name string) (string, error) {
	text, err := os.ReadFile(a.Path(filepath.FromSlash(name)))
	return string(text), err
}

// Write writes one of the app's files, as an editor does that keeps the inode. Files
// of installed packages get a new one, since theirs are shared between apps.
func (a *App) Write(name, text string) error {
	path := a.Path(filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if strings.HasPrefix(name, "node_modules/") {
		if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// Edit replaces text in one of the app's files; it must be there, once.
func (a *App) Edit(name, old, text string) error {
	was, err := a.Read(name)
	if err != nil {
		return err
	}
	if n := strings.Count(was, old); n != 1 {
		return fmt.Errorf("rig: %s contains %q %d times:\n%s", name, old, n, was)
	}
	return a.Write(name, strings.Replace(was, old, text, 1))
}

// Delete removes one of the app's files or folders.
func (a *App) Delete(name string) error {
	path := a.Path(filepath.FromSlash(name))
	if _, err := os.Lstat(path); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// Rename moves one of the app's files or folders.
func (a *App) Rename(from, to string) error {
	target := a.Path(filepath.FromSlash(to))
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.Rename(a.Path(filepath.FromSlash(from)), target)
}

// Get asks for a path until the server answers at all, for at most 30 seconds; an
// answer may take three minutes, as large apps do on a busy machine.
func (s *Server) Get(path string) (*http.Response, []byte, error) {
	client := &http.Client{
		Timeout: 3 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		r, err := client.Get(s.URL + path)
		if err == nil {
			defer r.Body.Close()
			var body bytes.Buffer
			_, err = body.ReadFrom(r.Body)
			if err == nil {
				return r, body.Bytes(), nil
			}
		}
		if time.Now().After(end) {
			return nil, nil, fmt.Errorf("rig: %s: %w", path, err)
		}
	}
}

// Port is the port that the server listens on.
func (s *Server) Port() int {
	_, text, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	port, _ := strconv.Atoi(text)
	return port
}
