package dev

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/onwardjs/onward/cli/compile"
)

// browser is a client of a hub.
type browser struct {
	t    *testing.T
	conn *websocket.Conn
}

func openBrowser(t *testing.T, h *hub) *browser {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(s.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return &browser{t, conn}
}

// hear returns the next message.
func (b *browser) hear() map[string]any {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	_, text, err := b.conn.Read(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		b.t.Fatal(err)
	}
	return m
}

func (b *browser) say(text string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	if err := b.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		b.t.Fatal(err)
	}
}

func quietHub(about func(string) []Problem) *hub {
	if about == nil {
		about = func(string) []Problem { return nil }
	}
	return newHub(func(browserLog) {}, about)
}

func TestUpdatesReachBrowsers(t *testing.T) {
	h := quietHub(nil)
	first := openBrowser(t, h)
	hello := first.hear()
	if hello["type"] != "hello" || hello["session"] == "" || fmt.Sprint(hello["problems"]) != "[]" {
		t.Fatalf("%v", hello)
	}
	h.update(7, &compile.Change{
		Modules: []compile.LiveUpdate{{ID: "a.js", Version: 3, Code: "(function(){})"}},
		Styles:  []compile.StyleUpdate{{ID: "a.css", Href: "/_next/static/css/a.css?v=2"}},
	})
	m := first.hear()
	if m["type"] != "update" || m["generation"] != 7.0 || !strings.Contains(fmt.Sprint(m["modules"]), "a.js") || fmt.Sprint(m["gone"]) != "[]" {
		t.Errorf("%v", m)
	}
	// A browser that was away learns what it has missed.
	second := openBrowser(t, h).hear()
	if fmt.Sprint(second["versions"]) != "map[a.js:3]" || !strings.Contains(fmt.Sprint(second["styles"]), "a.css?v=2") || second["generation"] != 7.0 {
		t.Errorf("%v", second)
	}
	h.restart(1, "next.config.js changed")
	if m := first.hear(); m["type"] != "reload" || m["reason"] != "next.config.js changed" {
		t.Errorf("%v", m)
	}
	if third := openBrowser(t, h).hear(); third["session"] == hello["session"] || third["versions"] != nil {
		t.Errorf("%v", third)
	}
}

// TestProblemsOfThePage: a browser hears of what is wrong with its page, once, and
// not of other pages.
func TestProblemsOfThePage(t *testing.T) {
	wrong := map[string][]Problem{}
	h := quietHub(func(route string) []Problem { return wrong[route] })
	b := openBrowser(t, h)
	b.hear()
	b.say(`{"type":"page","route":"/a"}`)
	for {
		h.mu.Lock()
		said := false
		for c := range h.clients {
			said = c.route == "/a"
		}
		h.mu.Unlock()
		if said {
			break
		}
		time.Sleep(time.Millisecond)
	}
	h.mu.Lock()
	wrong["/b"] = []Problem{{Kind: "build", Text: "in b"}}
	h.mu.Unlock()
	h.problemsChanged()
	h.mu.Lock()
	wrong["/a"] = []Problem{{Kind: "build", Text: "in a"}}
	h.mu.Unlock()
	h.problemsChanged()
	h.problemsChanged()
	h.reload("end")
	if m := b.hear(); m["type"] != "problems" || !strings.Contains(fmt.Sprint(m["problems"]), "in a") {
		t.Errorf("%v", m)
	}
	if m := b.hear(); m["type"] != "reload" {
		t.Errorf("told twice, or of another page: %v", m)
	}
}

// TestSlowBrowserIsDropped: one that does not read neither holds up others nor fills
// memory.
func TestSlowBrowserIsDropped(t *testing.T) {
	h := quietHub(nil)
	openBrowser(t, h)
	for {
		h.mu.Lock()
		n := len(h.clients)
		h.mu.Unlock()
		if n == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	change := &compile.Change{Modules: []compile.LiveUpdate{{ID: "a.js", Code: strings.Repeat("x", 1<<20)}}}
	for i := range uint64(1000) {
		h.update(i, change)
		h.mu.Lock()
		n := len(h.clients)
		h.mu.Unlock()
		if n == 0 {
			return
		}
	}
	t.Error("it is still there")
}

func TestHostileMessages(t *testing.T) {
	logged := 0
	h := newHub(func(browserLog) { logged++ }, func(string) []Problem { return nil })
	for _, text := range []string{"no JSON", `{"type":1}`, strings.Repeat("x", maxMessage+1)} {
		b := openBrowser(t, h)
		b.hear()
		b.say(text)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if _, _, err := b.conn.Read(ctx); err == nil {
			t.Errorf("%.20q: the connection goes on", text)
		}
		cancel()
	}
	b := openBrowser(t, h)
	b.hear()
	for range 1000 {
		b.say(`{"type":"log","level":"error","text":"x"}`)
	}
	b.say("end")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, _, _ = b.conn.Read(ctx)
	h.close()
	if logged == 0 || logged > 200 {
		t.Errorf("%d lines logged", logged)
	}
}

func TestClosedHub(t *testing.T) {
	h := quietHub(nil)
	b := openBrowser(t, h)
	b.hear()
	h.close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, _, err := b.conn.Read(ctx); err == nil {
		t.Error("the connection goes on")
	}
	w := httptest.NewRecorder()
	h.serve(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("answer %d", w.Code)
	}
}
