package onward_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward"
)

// childMode, when set, makes this test program behave like the onward command.
const childMode = "ONWARD_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childMode) {
	case "":
		os.Exit(m.Run())
	case "fails":
		fmt.Fprintln(os.Stderr, "there is no pages folder")
		os.Exit(1)
	}
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		panic(err)
	}
	go func() {
		_, _ = os.NewFile(4, "lifeline").Read(make([]byte, 1))
		os.Exit(0)
	}()
	ready := os.NewFile(5, "ready")
	fmt.Fprintln(ready, "ready")
	ready.Close()
	panic(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			fmt.Fprintln(w, strings.Join(os.Args[1:], " "))
			fmt.Fprintln(w, r.Method, r.RequestURI, r.Host, r.Header.Get("Origin"), r.Header.Get("X-Forwarded-For"))
			return
		}
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
		line, _ := buffered.ReadString('\n')
		fmt.Fprint(conn, "heard ", line)
	})))
}

func developed(t *testing.T, mode string) (*onward.App, error) {
	t.Helper()
	t.Setenv(childMode, mode)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	app, err := onward.New(onward.Options{Dir: t.TempDir(), Dev: true, Command: self, Port: 4000, Hostname: "app.test", Quiet: true,
		Engine: onward.EngineOptions{Name: "v8"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := app.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return app, app.Prepare(t.Context())
}

func TestDevelopment(t *testing.T) {
	app, err := developed(t, "serves")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(app)
	defer web.Close()
	r, err := http.NewRequest("GET", web.URL+"/a%2Fb?x=1;y", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host, r.Header = "app.test:4000", http.Header{"Origin": {"http://app.test:4000"}}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(body), "\n")
	if want := "dev --serve-inherited --port 4000 --hostname app.test --engine v8 "; !strings.HasPrefix(lines[0], want) {
		t.Errorf("started with %s", lines[0])
	}
	if want := "GET /a%2Fb?x=1;y app.test:4000 http://app.test:4000 127.0.0.1"; lines[1] != want {
		t.Errorf("got  %s\nwant %s", lines[1], want)
	}

	// The socket that tells of changes.
	conn, err := net.Dial("tcp", strings.TrimPrefix(web.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET /_next/webpack-hmr HTTP/1.1\r\nHost: app.test\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
	read := bufio.NewReader(conn)
	response, err := http.ReadResponse(read, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", response, err)
	}
	fmt.Fprint(conn, "hello\n")
	if line, _ := read.ReadString('\n'); line != "heard hello\n" {
		t.Errorf("got %q", line)
	}
	if err := app.Revalidate(t.Context(), "/"); err != nil {
		t.Error(err)
	}
}

func TestDevelopmentServesUntilTheEnd(t *testing.T) {
	app, err := developed(t, "serves")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l, onward.ServeOptions{}) }()
	answer, err := http.Get("http://" + l.Addr().String())
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", answer, err)
	}
	answer.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestDevelopmentThatCannotBegin(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	if app, err := developed(t, "fails"); err == nil || !strings.Contains(err.Error(), "ended before it was ready") {
		t.Errorf("%v, %v", app, err)
	}
	project := t.TempDir()
	app := newApp(t, onward.Options{Dir: project, Dev: true, Command: filepath.Join(project, "missing")})
	if err := app.Prepare(t.Context()); err == nil {
		t.Error("a command that is not there was started")
	}
	t.Setenv("PATH", project)
	app = newApp(t, onward.Options{Dir: project, Dev: true})
	if err := app.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "needs the onward command") {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
