package rig

import (
	"bytes"
	"cmp"
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
	s, begin, err := a.launch(ctx, f, port, []string{"start", "-p", strconv.Itoa(port), "-H", a.host()})
	if err != nil {
		return nil, err
	}
	if err := s.await(path); err != nil {
		s.Close()
		return nil, fmt.Errorf("rig: %s start: %w\n%s", f.Name, err, s.Log())
	}
	s.Ready = time.Since(begin)
	return s, nil
}

// host is what the app's servers listen on.
func (a *App) host() string { return cmp.Or(a.Host, "127.0.0.1") }

// launch starts a server's process and tells when it did.
func (a *App) launch(ctx context.Context, f Framework, port int, args []string) (*Server, time.Time, error) {
	ctx, cancel := context.WithCancel(ctx)
	s := &Server{URL: "http://" + net.JoinHostPort(a.host(), strconv.Itoa(port)), exited: make(chan struct{}), cancel: cancel}
	s.cmd = a.command(ctx, f, args...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		cancel()
		return nil, begin, fmt.Errorf("rig: %s %s: %w", f.Name, args[0], err)
	}
	go func() {
		s.cmd.Wait()
		close(s.exited)
	}()
	return s, begin, nil
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

// ExitCode is that of the process, once Exited is closed.
func (s *Server) ExitCode() int { return s.cmd.ProcessState.ExitCode() }

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

// Memory is what processes occupy, in bytes.
type Memory struct {
	// RSS is the sum of their resident memory; what two of them share (the
	// program's own code) counts twice.
	RSS int64
	// PSS counts shared pages once. 0 unless asked for.
	PSS int64
}

// Memory measures the server's processes.
func (s *Server) Memory() (Memory, error) {
	return treeMemory(s.cmd.Process.Pid, true)
}

// treeMemory sums the memory of a process and its descendants.
func treeMemory(root int, pss bool) (Memory, error) {
	var m Memory
	err := walkTree(root, func(p process) {
		m.RSS += p.pages * int64(os.Getpagesize())
		if pss {
			m.PSS += proportional(p.pid)
		}
	})
	return m, err
}

// process is a line of /proc/*/stat.
type process struct {
	pid, parent  int
	ticks, pages int64 // processor time, resident memory
}

// walkTree visits a process and its descendants.
func walkTree(root int, visit func(process)) error {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return fmt.Errorf("rig: %w", err)
	}
	parents := map[int]int{}
	var all []process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue
		}
		// The name in brackets may hold anything; fields are counted after it: state,
		// parent, ..., user and system time as the 12th and 13th, pages as the 22nd.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 22 {
			continue
		}
		number := func(i int) int64 {
			n, _ := strconv.ParseInt(fields[i], 10, 64)
			return n
		}
		p := process{pid: pid, parent: int(number(1)), ticks: number(11) + number(12), pages: number(21)}
		parents[pid] = p.parent
		all = append(all, p)
	}
	found := false
	for _, p := range all {
		if descends(p.pid, root, parents) {
			found = true
			visit(p)
		}
	}
	if !found {
		return fmt.Errorf("rig: process %d is gone", root)
	}
	return nil
}

// proportional is a process's share of the pages that it uses.
func proportional(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "Pss:" {
			kb, _ := strconv.ParseInt(fields[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

func descends(pid, root int, parents map[int]int) bool {
	for range 64 {
		if pid == root {
			return true
		}
		if pid = parents[pid]; pid <= 1 {
			return false
		}
	}
	return false
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
