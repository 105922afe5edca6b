package main

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// A serving process that dies is started again, at first at once, then after
// pauses that double up to maxPause; one that served for settled is forgiven.
const (
	firstPause = 50 * time.Millisecond
	maxPause   = 5 * time.Second
	settled    = 30 * time.Second
)

// supervise holds the listening socket and keeps one serving process on it. V8
// ends its process on internal faults that no handler can catch; clients that
// connect meanwhile wait in the socket's backlog until the next process serves.
func supervise(t *terminal, o startFlags, args []string, l *net.TCPListener, began time.Time) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return exitFailure, err
	}
	socket, err := l.File()
	if err != nil {
		return exitFailure, err
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close() // socket keeps it open

	lifeRead, lifeWrite, err := os.Pipe()
	if err != nil {
		return exitFailure, err
	}
	defer lifeWrite.Close()

	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	var stop atomic.Int32 // the exit code, once a signal asked to end
	var asked atomic.Bool // a signal went to the app
	var child atomic.Pointer[os.Process]
	go func() {
		for s := range signals {
			code := exitCode(s)
			if p := child.Load(); p != nil && manualSignals() {
				asked.Store(true)
				_ = p.Signal(s)
				continue
			}
			if !stop.CompareAndSwap(0, int32(code)) {
				continue // already draining
			}
			if p := child.Load(); p != nil {
				_ = p.Signal(syscall.SIGTERM)
			} else {
				os.Exit(code)
			}
			// Who connects from now on is refused, and does not wait in vain.
			socket.Close()
		}
	}()

	pause := firstPause
	for first := true; ; first = false {
		started := time.Now()
		readyRead, readyWrite, err := os.Pipe()
		if err != nil {
			return exitFailure, err
		}
		cmd := exec.Command(self, append([]string{"start", "--serve-inherited"}, args...)...)
		cmd.Stdout, cmd.Stderr = t.out, t.err
		cmd.ExtraFiles = []*os.File{socket, lifeRead, readyWrite}
		// A group of its own: Ctrl-C reaches the supervisor, which passes it on once.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			if code := stop.Load(); code != 0 {
				return int(code), nil
			}
			return exitFailure, err
		}
		readyWrite.Close()
		child.Store(cmd.Process)
		if stop.Load() != 0 {
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
		line, _ := bufio.NewReader(readyRead).ReadString('\n')
		readyRead.Close()
		if line != "" {
			if first {
				announce(t, o, addr, began)
			}
			releaseProgram()
		}
		err = cmd.Wait()
		child.Store(nil)
		var exit *exec.ExitError
		switch {
		case stop.Load() != 0:
			return int(stop.Load()), nil
		case asked.Load(), line == "" && first, err == nil:
			// It never served (its own message says why), or ended by itself.
			if errors.As(err, &exit) {
				return max(exitFailure, exit.ExitCode()), nil
			}
			if asked.Load() {
				return exitOK, nil
			}
			return exitFailure, err
		}
		if time.Since(started) > settled {
			pause = firstPause
		}
		report(t, diag.Errorf("serving-process-died", "the serving process ended unexpectedly (%v)", err).
			WithHint("it is started again in %v; please report how it came to this", pause))
		time.Sleep(pause)
		pause = min(2*pause, maxPause)
	}
}

// reservedPorts are those that browsers block, with the protocol they belong to
// (the list of the Fetch standard's "bad port").
var reservedPorts = map[int]string{
	1: "tcpmux", 7: "echo", 9: "discard", 11: "systat", 13: "daytime", 15: "netstat", 17: "qotd", 19: "chargen",
	20: "ftp-data", 21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 37: "time", 42: "name", 43: "nicname",
	53: "domain", 69: "tftp", 77: "priv-rjs", 79: "finger", 87: "link", 95: "supdup", 101: "hostname",
	102: "iso-tsap", 103: "gppitnp", 104: "acr-nema", 109: "pop2", 110: "pop3", 111: "sunrpc", 113: "auth",
	115: "sftp", 117: "uucp-path", 119: "nntp", 123: "ntp", 135: "epmap", 137: "netbios-ns", 139: "netbios-ssn",
	143: "imap", 161: "snmp", 179: "bgp", 389: "ldap", 427: "svrloc", 465: "submissions", 512: "exec",
	513: "login", 514: "shell", 515: "printer", 526: "tempo", 530: "courier", 531: "chat", 532: "netnews",
	540: "uucp", 548: "afp", 554: "rtsp", 556: "remotefs", 563: "nntps", 587: "submission", 601: "syslog-conn",
	636: "ldaps", 989: "ftps-data", 990: "ftps", 993: "imaps", 995: "pop3s", 1719: "h323gatestat",
	1720: "h323hostcall", 1723: "pptp", 2049: "nfs", 3659: "apple-sasl", 4045: "npp", 4190: "sieve", 5060: "sip",
	5061: "sips", 6000: "x11", 6566: "sane-port", 6665: "ircu", 6666: "ircu", 6667: "ircu", 6668: "ircu",
	6669: "ircu", 6679: "osaut", 6697: "ircs-u", 10080: "amanda",
}
