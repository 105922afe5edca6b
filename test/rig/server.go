package rig

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is a running app.
type Server struct {
	// URL without a trailing slash: "http://127.0.0.1:40123".
	URL string
	// Ready is how long it took from exec to the first answer with status 200 or
	// 404, when Start was given a path to ask for.
	Ready time.Duration

	cmd    *exec.Cmd
	log    logBuffer
	exited chan struct{}
	cancel context.CancelFunc
}

// FreePort is a loopback port that nobody listens on now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("rig: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Start runs the built app and waits until path answers. The server ends with
// Close, or with ctx.
func (a *App) Start(ctx context.Context, f Framework, path string) (*Server, error) {
	return a.StartOn(ctx, f, path, nil)
}

// StartOn is Start with the command put behind a wrapper such as
// {"taskset", "-c", "0"}.
func (a *App) StartOn(ctx context.Context, f Framework, path string, wrapper []string) (*Server, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	f.Command = append(append([]string{}, wrapper...), f.Command...)
	ctx, cancel := context.WithCancel(ctx)
	s := &Server{URL: "http://127.0.0.1:" + strconv.Itoa(port), exited: make(chan struct{}), cancel: cancel}
	s.cmd = a.command(ctx, f, "start", "-p", strconv.Itoa(port), "-H", "127.0.0.1")
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("rig: %s start: %w", f.Name, err)
	}
	go func() {
		s.cmd.Wait()
		close(s.exited)
	}()
	if err := s.await(path); err != nil {
		s.Close()
		return nil, fmt.Errorf("rig: %s start: %w\n%s", f.Name, err, s.Log())
	}
	s.Ready = time.Since(begin)
	return s, nil
}

// await polls until path answers, for at most 30 seconds.
func (s *Server) await(path string) error {
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		select {
		case <-s.exited:
			return fmt.Errorf("it ended early: %v", s.cmd.ProcessState)
		default:
		}
		r, err := client.Get(s.URL + path)
		if err != nil {
			continue
		}
		r.Body.Close()
		return nil
	}
	return fmt.Errorf("no answer at %s%s within 30 s", s.URL, path)
}

// Log is all that the server has printed so far.
func (s *Server) Log() string { return s.log.String() }

// PID is the server's process id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Exited is closed when the process has ended.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Close stops the server and everything that it started.
func (s *Server) Close() error {
	defer s.cancel()
	if s.cmd.Process == nil {
		return nil
	}
	group := -s.cmd.Process.Pid
	syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(3 * time.Second):
		syscall.Kill(group, syscall.SIGKILL)
		<-s.exited
	}
	return nil
}

// RSS is the resident memory in bytes of the server's processes now.
func (s *Server) RSS() (int64, error) { return groupRSS(s.cmd.Process.Pid) }

// groupRSS sums the resident memory of a process group.
func groupRSS(group int) (int64, error) {
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return 0, fmt.Errorf("rig: %w", err)
	}
	var total int64
	for _, p := range processes {
		pid, err := strconv.Atoi(p.Name())
		if err != nil {
			continue
		}
		if g, err := syscall.Getpgid(pid); err != nil || g != group {
			continue
		}
		statm, err := os.ReadFile("/proc/" + p.Name() + "/statm")
		if err != nil {
			continue
		}
		if fields := strings.Fields(string(statm)); len(fields) > 1 {
			pages, _ := strconv.ParseInt(fields[1], 10, 64)
			total += pages * int64(os.Getpagesize())
		}
	}
	if total == 0 {
		return 0, fmt.Errorf("rig: process group %d is gone", group)
	}
	return total, nil
}

// logBuffer keeps the first megabyte of what a server prints.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if room := 1<<20 - l.buf.Len(); room > 0 {
		l.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
