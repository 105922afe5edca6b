// Package node runs apps that need Node.js itself: native addons, raw sockets,
// processes.
package node

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// serve builds the app and starts it; output is what the build printed.
func serve(t *testing.T, name string, env ...string) (s *rig.Server, output string) {
	t.Helper()
	onward, err := rig.Onward()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	app, err := rig.New(ctx, filepath.Join(rig.Apps(), name), onward)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Remove() })
	app.Env = append(app.Env, env...)
	built, err := app.Build(ctx, onward)
	if err != nil {
		t.Fatal(err)
	}
	s, err = app.Start(ctx, onward, "/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if t.Failed() {
			t.Logf("the server printed:\n%s", s.Log())
		}
	})
	return s, built.Output
}

// ask sends a request and returns its status and body.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	status, text, err := try(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, text
}

func try(method, url, body string) (int, string, error) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

func TestNativeAddon(t *testing.T) {
	s, output := serve(t, "native")
	if want := "Node engine: pages/api/fault.ts imports the Node.js module child_process"; !strings.Contains(output, want) {
		t.Errorf("the build does not say %q:\n%s", want, output)
	}
	if status, text := ask(t, "GET", s.URL+"/", ""); status != 200 || !strings.Contains(text, "5 rounds, addons") {
		t.Errorf("prerendered: %d %s", status, text)
	}
	if status, text := ask(t, "GET", s.URL+"/now", ""); status != 200 || !strings.Contains(text, `<p id="rounds">4</p>`) || !strings.Contains(text, ">now</title>") {
		t.Errorf("rendered: %d %s", status, text)
	}
	_, text := ask(t, "POST", s.URL+"/api/hash", `{"password":"secret"}`)
	var made struct{ Hash string }
	if err := json.Unmarshal([]byte(text), &made); err != nil || !strings.HasPrefix(made.Hash, "$2b$06$") {
		t.Fatalf("hash: %s", text)
	}
	for password, want := range map[string]string{"secret": `{"same":true}`, "wrong": `{"same":false}`} {
		if _, text := ask(t, "POST", s.URL+"/api/hash", fmt.Sprintf(`{"password":%q,"hash":%q}`, password, made.Hash)); text != want {
			t.Errorf("%s: %s", password, text)
		}
	}
	if _, text := ask(t, "GET", s.URL+"/api/fault?how=spawn", ""); text != `"spawned"` {
		t.Errorf("child_process: %s", text)
	}
	if status, text := ask(t, "GET", s.URL+"/api/express?a=1", ""); status != 201 || text != `{"socket":"object","sent":false,"asked":"GET /api/express?a=1 application/json"}` {
		t.Errorf("prototypes of node:http: %d %s", status, text)
	}
}

// A process that is lost takes the requests inside it and no others; another is in
// its place at once.
func TestLostProcess(t *testing.T) {
	s, _ := serve(t, "native")
	for _, how := range []string{"killed", "exit"} {
		if status, text := ask(t, "GET", s.URL+"/api/fault?how="+how, ""); status != 500 {
			t.Errorf("%s: %d %s", how, status, text)
		}
		if status, text := ask(t, "GET", s.URL+"/now", ""); status != 200 {
			t.Errorf("after %s: %d %s", how, status, text)
		}
	}

	const clients, each, kills = 8, 60, 3
	var failed, served atomic.Int32
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				status, _, err := try("GET", s.URL+"/now", "")
				if err != nil || status != 200 {
					failed.Add(1)
				} else {
					served.Add(1)
				}
			}
		})
	}
	for range kills {
		time.Sleep(100 * time.Millisecond)
		_, text, err := try("GET", s.URL+"/api/fault", "")
		var worker struct{ PID int }
		if err != nil || json.Unmarshal([]byte(text), &worker) != nil || worker.PID <= 1 {
			t.Errorf("no process id: %s %v", text, err)
			continue
		}
		if err := syscall.Kill(worker.PID, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	// GETs run again, unless they are hit twice.
	if failed.Load() > kills*clients/2 || served.Load() < clients*each-kills*clients {
		t.Errorf("%d requests failed, %d were served", failed.Load(), served.Load())
	}
	if status, _ := ask(t, "GET", s.URL+"/now", ""); status != 200 {
		t.Errorf("afterwards: %d", status)
	}
}

// Nothing is left behind when the server is killed, even by a process that runs in
// circles.
func TestProcessesEndWithTheServer(t *testing.T) {
	s, _ := serve(t, "native")
	_, text := ask(t, "GET", s.URL+"/api/fault", "")
	var worker struct{ PID, Parent int }
	if err := json.Unmarshal([]byte(text), &worker); err != nil || worker.Parent <= 1 {
		t.Fatal(text, err)
	}
	go try("POST", s.URL+"/api/fault?how=loop", "") // a GET would be sent again
	time.Sleep(200 * time.Millisecond)
	syscall.Kill(worker.Parent, syscall.SIGKILL)
	for range 100 {
		if syscall.Kill(worker.PID, 0) != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("process %d still runs", worker.PID)
}
