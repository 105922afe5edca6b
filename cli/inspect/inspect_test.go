package inspect

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/onwardjs/onward/internal/engine"
)

func TestAddress(t *testing.T) {
	for value, want := range map[string]string{
		"": "127.0.0.1:9229", "9230": "127.0.0.1:9230", ":9230": "127.0.0.1:9230", "0": "127.0.0.1:0", "localhost": "127.0.0.1:9229",
		"localhost:1": "127.0.0.1:1", "127.0.0.1:9230": "127.0.0.1:9230", "127.0.0.2": "127.0.0.2:9229", "[::1]:9230": "[::1]:9230",
		"0.0.0.0:9229": "", "192.168.1.2:9229": "", "example.com": "", "[::]:1": "", "65536": "", "9229x": "", "localhost:x": "", "-1": "",
	} {
		got, err := Address(value)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", value, got, err, want)
		}
	}
}

// echo is a worker that answers each message with itself.
type echo struct {
	mu       sync.Mutex
	attached int
	detached int
	receive  func([]byte)
}

func (w *echo) debuggee() engine.Debuggee {
	return engine.Debuggee{Attach: func(receive func([]byte)) (func([]byte) error, func()) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.attached++
		w.receive = receive
		return func(m []byte) error { receive(append([]byte("echo "), m...)); return nil },
			func() {
				w.mu.Lock()
				w.detached++
				w.mu.Unlock()
			}
	}}
}

func listen(t *testing.T) *Endpoint {
	t.Helper()
	e := New("127.0.0.1:0", "/home/me/my app", func(_ string, err error) {
		if err != nil {
			t.Error(err)
		}
	})
	e.open.Do(e.listen)
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func dial(t *testing.T, e *Endpoint) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), e.url(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func ask(t *testing.T, c *websocket.Conn, text string) string {
	t.Helper()
	if err := c.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
	_, answer, err := c.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// lost waits until the connection ends, and returns why.
func lost(c *websocket.Conn) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		if _, _, err := c.Read(ctx); err != nil {
			return err.Error()
		}
	}
}

func TestSessions(t *testing.T) {
	e := listen(t)
	first := &echo{}
	// A debugger may come before there is anything to debug.
	begun := make(chan func(), 1)
	go func() {
		time.Sleep(50 * time.Millisecond)
		begun <- e.worker(first.debuggee())
	}()
	c := dial(t, e)
	if got := ask(t, c, "one"); got != "echo one" {
		t.Error(got)
	}
	firstEnded := <-begun
	// The next one takes its place.
	d := dial(t, e)
	if got := ask(t, d, "two"); got != "echo two" {
		t.Error(got)
	}
	if why := lost(c); !strings.Contains(why, "another debugger") {
		t.Error(why)
	}
	// A worker that begins anew is debugged by who connects anew.
	second := &echo{}
	secondEnded := e.worker(second.debuggee())
	firstEnded()
	if why := lost(d); !strings.Contains(why, "begun anew") {
		t.Error(why)
	}
	c = dial(t, e)
	if got := ask(t, c, "three"); got != "echo three" || second.attached != 1 {
		t.Error(got, second.attached)
	}
	// What is too large, or is not text, ends the session.
	if err := c.Write(t.Context(), websocket.MessageBinary, []byte("four")); err != nil {
		t.Fatal(err)
	}
	lost(c)
	c = dial(t, e)
	ask(t, c, "five")
	_ = e.Close()
	if why := lost(c); !strings.Contains(why, "the server ends") {
		t.Error(why)
	}
	secondEnded()
	for range 1000 {
		first.mu.Lock()
		n := first.detached
		first.mu.Unlock()
		if n == first.attached {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if first.attached != 2 || first.detached != 2 {
		t.Errorf("%d sessions, %d of them over", first.attached, first.detached)
	}
}

func TestTooLarge(t *testing.T) {
	e := listen(t)
	w := &echo{}
	e.worker(w.debuggee())
	c := dial(t, e)
	_ = c.Write(t.Context(), websocket.MessageText, make([]byte, maxMessage+1)) // may fail early
	if why := lost(c); strings.Contains(why, "deadline") {
		t.Error("a message of any size is taken:", why)
	}
}

func TestWhoMayConnect(t *testing.T) {
	e := listen(t)
	w := &echo{}
	e.worker(w.debuggee())
	path := strings.TrimPrefix(e.url(), "ws://"+e.address)
	get := func(path, host, origin, method string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+e.address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			r.Host = host
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if path != "/json" {
			r.Header.Set("Connection", "Upgrade")
			r.Header.Set("Upgrade", "websocket")
			r.Header.Set("Sec-WebSocket-Version", "13")
			r.Header.Set("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode == http.StatusSwitchingProtocols {
			return res.StatusCode, ""
		}
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	for _, c := range []struct {
		path, host, origin, method string
		want                       int
	}{
		{"/json", "", "", "GET", 200},
		{"/json", "localhost:9229", "", "GET", 200},
		{"/json", "[::1]:9229", "", "GET", 200},
		{"/json", "rebound.example:9229", "", "GET", 403},
		{"/json", "127.0.0.1.example", "", "GET", 403},
		{"/json", "localhost.example", "", "GET", 403},
		{"/json", "192.168.1.2:9229", "", "GET", 403},
		{"/json", "", "", "POST", 405},
		{path, "", "", "GET", 101},
		{path, "", "devtools://devtools", "GET", 101},
		{path, "", "http://localhost:3000", "GET", 403},
		{path, "", "https://example.com", "GET", 403},
		{path, "", "null", "GET", 403},
		{path, "rebound.example", "", "GET", 403},
		{"/", "", "", "GET", 404},
		{path[:len(path)-1] + "x", "", "", "GET", 404},
		{path + "0", "", "", "GET", 404},
	} {
		if got, _ := get(c.path, c.host, c.origin, c.method); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	_, body := get("/json", "", "", "GET")
	var targets []map[string]string
	if err := json.Unmarshal([]byte(body), &targets); err != nil || len(targets) != 1 {
		t.Fatal(body, err)
	}
	if x := targets[0]; x["webSocketDebuggerUrl"] != e.url() || x["type"] != "node" || x["url"] != "file:///home/me/my%20app" || x["title"] != "onward: my app" {
		t.Error(body)
	}
	other := New(e.address, "/", func(_ string, err error) {
		if err == nil || !strings.Contains(err.Error(), "in use") {
			t.Error("a port that is taken:", err)
		}
	})
	other.worker(w.debuggee())
	_ = other.Close()
}
