// Package overlay drives the overlay of the development client in Chromium, with a
// server made by hand that says what is wrong.
//
//	go test ./overlay -shots DIR
//
// writes a picture of each case, to be looked at.
package overlay

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/runtime"
	"github.com/onwardjs/onward/test/chrome"
)

var shots = flag.String("shots", "", "folder for pictures of the cases")

var browser *chrome.Browser

// patience bounds each wait.
const patience = 10 * time.Second

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if browser, err = chrome.Start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	browser.Close()
	os.Exit(code)
}

// inside makes the overlay's closed root visible to tests, and replaces the socket by
// one that __serve speaks through; what the client says is in __said.
const inside = `
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, { ...options, mode: "open" });
  if (this.localName === "onward-overlay") globalThis.__root = root;
  return root;
};
globalThis.__said = [];
globalThis.WebSocket = class {
  static OPEN = 1;
  readyState = 1;
  constructor() {
    globalThis.__serve = (message) => this.onmessage({ data: JSON.stringify(message) });
    setTimeout(() => {
      this.onopen?.();
      __serve({ type: "hello", session: "s", generation: 1, problems: globalThis.__problems ?? [] });
      globalThis.__ready = true;
    });
  }
  send(text) { __said.push(JSON.parse(text)); }
};
globalThis.__shown = () => __root?.host.isConnected ? [...__root.querySelectorAll("dialog[open] .kind, dialog[open] .notice, dialog[open] .body")].map((e) => e.innerText).filter(Boolean).join("\n") : "";
globalThis.__badge = () => __root?.host.isConnected && !__root.querySelector(".badge").hidden ? __root.querySelector(".badge").innerText.trim() : "";
globalThis.__press = (key) => (__root.activeElement ?? __root.querySelector("dialog")).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
var __root;
`

// site is a server made by hand.
type site struct {
	*httptest.Server
	// document is what is inside of body, before the client.
	document string
	// head are headers of the document.
	head map[string]string

	mu sync.Mutex
	// opened are the queries of the editor's address.
	opened []string
	// editor is what it answers; empty: 204.
	editor string
}

const frame = "  3 | export default function Cart({ items }) {\n  4 |   // the price is a string in old orders\n> 5 |   const total = items.reduce((sum, item) => sum + item.price.amount, 0);\n    |                                                              ^\n  6 |   return <p className=\"total\">{total}</p>;\n  7 | }\n"

func newSite(t *testing.T) *site {
	t.Helper()
	client, err := runtime.Files.ReadFile("dist/dev.js")
	if err != nil {
		t.Fatalf("%v (run make runtime)", err)
	}
	s := &site{document: "<main><h1>Shop</h1><button id=b>Buy</button><input id=i></main>", head: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for k, v := range s.head {
			w.Header().Set(k, v)
		}
		fmt.Fprintf(w, `<!DOCTYPE html><html><head><style>*{color:rgb(1,2,3)!important;font-size:31px!important;display:block!important}</style></head><body>%s<script src="/_next/static/chunks/dev.js"></script><script src="/app.js"></script></body></html>`, s.document)
	})
	mux.HandleFunc("GET /_next/static/chunks/dev.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(client)
	})
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write([]byte(app))
	})
	mux.HandleFunc("POST /__nextjs_original-stack-frames", func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Stack string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Write([]byte(frames(asked.Stack)))
	})
	mux.HandleFunc("GET /__nextjs_launch-editor", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.opened = append(s.opened, r.URL.RawQuery)
		if s.editor != "" {
			http.Error(w, s.editor, http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// app is the script of the page; its functions are known to frames.
const app = `function addUp(items) { return items[0].price.amount; }
function checkout() { return addUp([{}]); }
document.getElementById("b")?.addEventListener("click", () => checkout());
`

// frames answers as the development server does: what is called addUp and checkout is
// in the app's source.
func frames(stack string) string {
	type one struct {
		Function string `json:"function"`
		File     string `json:"file"`
		Line     int    `json:"line"`
		Column   int    `json:"column"`
		Own      bool   `json:"own"`
		Frame    string `json:"frame,omitempty"`
	}
	list := []one{}
	for line := range strings.Lines(stack) {
		switch {
		case strings.Contains(line, "addUp"):
			list = append(list, one{"addUp", "components/cart.tsx", 5, 62, true, frame})
		case strings.Contains(line, "checkout"):
			list = append(list, one{"checkout", "pages/[[...shop]].tsx", 12, 3, true, "> 12 |   checkout();\n     |   ^\n"})
		case strings.Contains(line, "Cart ("):
			list = append(list, one{"Cart", "components/cart.tsx", 3, 25, true, frame})
		case strings.Contains(line, "at div"):
			list = append(list, one{"div", "<anonymous>", 0, 0, false, ""})
		case strings.Contains(line, "    at "):
			list = append(list, one{"run", "node_modules/react-dom/index.js", 99, 7, false, ""})
		}
	}
	text, err := json.Marshal(map[string]any{"frames": list})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// visit opens the page; before runs in it first.
func (s *site) visit(t *testing.T, before string) *chrome.Tab {
	t.Helper()
	tab, err := browser.Tab(s.URL, inside+before)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Load("/", patience); err != nil {
		t.Fatal(err)
	}
	until(t, tab, "globalThis.__ready")
	return tab
}

func until(t *testing.T, tab *chrome.Tab, expression string) {
	t.Helper()
	if err := tab.Until(expression, patience); err != nil {
		var shown string
		if tab.Eval("__shown() + ' | ' + __badge()", &shown) == nil {
			t.Logf("the overlay shows: %s", shown)
		}
		t.Fatal(err)
	}
}

func eval(t *testing.T, tab *chrome.Tab, expression string) {
	t.Helper()
	if err := tab.Eval("(() => {"+expression+"; return 0 })()", nil); err != nil {
		t.Fatal(err)
	}
}

func quote(text string) string {
	q, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(q)
}

// shot writes a picture when they are asked for.
func shot(t *testing.T, tab *chrome.Tab, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	time.Sleep(150 * time.Millisecond) // the picture is for people: let fonts and layout settle
	data, err := tab.Shot()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), data, 0o644); err != nil {
		t.Fatal(err)
	}
}
