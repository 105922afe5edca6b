// Package script tells stories about the onward command, in testdata/*.txtar:
// files of an app, steps, and what the command must say. Besides testscript's
// own commands there are
//
//	serve [NAME=value ...] [flag ...]
//	                      starts `onward start` on a free port and waits for it
//	develop [NAME=value ...] [flag ...]
//	                      the same with `onward dev`
//	logged regexp         waits until what the server has printed matches
//	get status path       asks it for a path; the body is stdout
//	shutdown signal code  signals it and wants that exit code
//	standalone folder     the same for the server that a build with output: "standalone" has put there
//	sleep duration        waits
//	blockport             listens on a port, whose number is $BLOCKED from then on
package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/onwardjs/onward/test/rig"
)

func TestScripts(t *testing.T) {
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	modules, err := rig.Packages(context.Background(), rig.Apps(), false)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(onward.Command[0])+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("ONWARD_DIR", filepath.Dir(onward.Command[0]))
			env.Setenv("NO_COLOR", "1")
			env.Setenv("MODULES", modules)
			env.Values[serverKey{}] = &holder{}
			return os.Symlink(modules, filepath.Join(env.WorkDir, "node_modules"))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"serve": serve, "develop": develop, "logged": logged, "get": get, "shutdown": shutdown, "blockport": blockPort, "standalone": standalone, "sleep": sleep,
		},
		RequireExplicitExec: true,
	})
}

// server is what serve has started in a script.
type server struct {
	url    string
	cmd    *exec.Cmd
	exited chan struct{}
}

// running is the script's server, the last one that serve started.
func running(ts *testscript.TestScript) *server {
	s, ok := ts.Value(serverKey{}).(*holder)
	if !ok || s.server == nil {
		ts.Fatalf("no server: use serve first")
	}
	return s.server
}

// holder is the value of a script; scripts run side by side.
type holder struct{ server *server }

type serverKey struct{}

func serve(ts *testscript.TestScript, neg bool, args []string) { launch(ts, neg, "start", args) }

func develop(ts *testscript.TestScript, neg bool, args []string) { launch(ts, neg, "dev", args) }

func launch(ts *testscript.TestScript, neg bool, command string, args []string) {
	if neg {
		ts.Fatalf("this cannot be negated: use `! exec onward %s`", command)
	}
	path, err := exec.LookPath(filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], "onward"))
	ts.Check(err)
	port, err := rig.FreePort()
	ts.Check(err)
	environ := append(os.Environ(), "NO_COLOR=1")
	for len(args) > 0 && strings.Contains(args[0], "=") && !strings.HasPrefix(args[0], "-") {
		environ, args = append(environ, args[0]), args[1:]
	}
	cmd := exec.Command(path, append([]string{command, "-p", strconv.Itoa(port), "-H", "127.0.0.1"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = environ
	await(ts, cmd, port)
}

// standalone runs a standalone server in a folder that is not its own.
func standalone(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: standalone folder")
	}
	port, err := rig.FreePort()
	ts.Check(err)
	cmd := exec.Command(ts.MkAbs(filepath.Join(args[0], "server")))
	cmd.Dir = ts.MkAbs("/")
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "HOSTNAME=127.0.0.1", "PORT="+strconv.Itoa(port))
	await(ts, cmd, port)
}

func logged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: logged regexp")
	}
	re, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		text := ts.ReadFile("server.log")
		if re.MatchString(text) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("no %s in:\n%s", re, text)
		}
	}
}

func sleep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sleep duration")
	}
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	time.Sleep(d)
}

// await starts a server, makes it the script's, and waits for its first answer.
func await(ts *testscript.TestScript, cmd *exec.Cmd, port int) {
	log, err := os.Create(ts.MkAbs("server.log"))
	ts.Check(err)
	cmd.Stdout, cmd.Stderr = log, log
	ts.Check(cmd.Start())
	s := &server{url: fmt.Sprintf("http://127.0.0.1:%d", port), cmd: cmd, exited: make(chan struct{})}
	go func() {
		cmd.Wait()
		log.Close()
		close(s.exited)
	}()
	ts.Defer(func() {
		cmd.Process.Kill()
		<-s.exited
	})
	ts.Value(serverKey{}).(*holder).server = s
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if r, err := http.Get(s.url + "/"); err == nil {
			r.Body.Close()
			return
		}
		select {
		case <-s.exited:
			ts.Fatalf("the server ended: %s", ts.ReadFile("server.log"))
		default:
		}
		if time.Now().After(end) {
			ts.Fatalf("no answer within 20 s: %s", ts.ReadFile("server.log"))
		}
	}
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get status path")
	}
	client := &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	r, err := client.Get(running(ts).url + args[1])
	ts.Check(err)
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s", body)
	if strconv.Itoa(r.StatusCode) != args[0] {
		ts.Fatalf("%s answered %s", args[1], r.Status)
	}
}

func shutdown(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT}
	if neg || len(args) != 2 || signals[args[0]] == 0 {
		ts.Fatalf("usage: shutdown TERM|INT code")
	}
	s := running(ts)
	ts.Check(s.cmd.Process.Signal(signals[args[0]]))
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		ts.Fatalf("the server did not end within 10 s of SIG%s", args[0])
	}
	if got := strconv.Itoa(s.cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("exit code %s, want %s", got, args[1])
	}
}

func blockPort(ts *testscript.TestScript, neg bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			ts.Fatalf("%v", err)
		}
	})
	ts.Setenv("BLOCKED", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}
