// Package devclient runs the browser side of development (runtime/dist/dev.js) in
// Chromium, without a compiler or a server: the tests write the chunks by hand and
// play the server's part of the socket.
package devclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/chrome"
)

const patience = 10 * time.Second

var (
	browser *chrome.Browser
	// client is dev.js, react the modules of React.
	client, react string
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	data, err := os.ReadFile("../../runtime/dist/dev.js")
	if err != nil {
		return 1, fmt.Errorf("%w (`make runtime` makes it)", err)
	}
	client = string(data)
	if react, err = reactModules("../../runtime/node_modules"); err != nil {
		return 1, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if browser, err = chrome.Start(ctx); err != nil {
		return 1, err
	}
	defer browser.Close()
	return m.Run(), nil
}

// reactModules are React's development builds as the compiler would define them.
func reactModules(packages string) (string, error) {
	var out strings.Builder
	out.WriteString("__onward.define({\n")
	for id, file := range map[string]string{
		"react":            "react/cjs/react.development.js",
		"react-dom":        "react-dom/cjs/react-dom.development.js",
		"react-dom/client": "react-dom/cjs/react-dom-client.development.js",
		"scheduler":        "scheduler/cjs/scheduler.development.js",
	} {
		code, err := os.ReadFile(filepath.Join(packages, filepath.FromSlash(file)))
		if err != nil {
			return "", err
		}
		text := strings.ReplaceAll(string(code), "process.env.NODE_ENV", `"development"`)
		text = strings.ReplaceAll(text, `require("`, `require("node_modules/`)
		fmt.Fprintf(&out, "%s: {version: 1, imports: [], run(module, exports, require) {%s\n}},\n", quote("node_modules/"+id), text)
	}
	out.WriteString("});\n")
	return out.String(), nil
}

func quote(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only strings and maps of strings
	}
	return string(b)
}

// socket takes the place of WebSocket: the test is the server.
const socket = `(() => {
  globalThis.sockets = [];
  globalThis.WebSocket = class {
    static OPEN = 1;
    readyState = 0;
    sent = [];
    constructor(url) {
      this.url = url;
      sockets.push(this);
      setTimeout(() => (globalThis.offline ? this.fail() : this.accept()));
    }
    accept() { this.readyState = 1; this.onopen({}); globalThis.hello && receive(globalThis.hello); }
    fail() { this.readyState = 3; this.onclose({}); }
    close() { this.fail(); }
    send(text) { this.sent.push(JSON.parse(text)); }
  };
  globalThis.receive = (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) });
  let generation = 0, version = 1;
  // Modules are function bodies by id; what they import is found in them.
  globalThis.entries = (bodies, version) => Object.entries(bodies).map(([id, body]) => ({
    id, version, body, imports: [...body.matchAll(/require\("([^"]+)"\)/g)].map((m) => m[1]),
  }));
  globalThis.edit = async (bodies, more = {}) => {
    version++;
    const modules = entries(bodies, version).map(({ body, ...m }) => ({
      ...m, code: "(function(module, exports, require) {" + body + "\n})\n//# sourceURL=onward-hot:///" + m.id + "?v=" + version,
    }));
    receive({ type: "update", generation: ++generation, modules, ...more });
    await settled();
  };
  globalThis.settled = async () => { for (let i = 0; i < 5; i++) await new Promise((r) => setTimeout(r, 2)); };
  globalThis.text = () => document.getElementById("root").innerText;
  globalThis.until = async (condition) => {
    for (let i = 0; i < 500; i++) { if (condition()) return true; await new Promise((r) => setTimeout(r, 5)); }
    throw new Error("it did not become true: " + condition);
  };
})()`

// page serves a document whose modules are function bodies by id; "main" runs first.
type page struct {
	modules map[string]string
	// chunks are other scripts by their names below static/chunks/, with modules and
	// what follows them.
	chunks map[string]string
	// head stands in the head of the document, policy is its Content-Security-Policy.
	head, policy string
	styles       map[string]string
}

func define(modules map[string]string, version int) string {
	var out strings.Builder
	out.WriteString("__onward.define({\n")
	for id, body := range modules {
		fmt.Fprintf(&out, "%s: {version: %d, imports: (%s).match(/require\\(\"[^\"]+\"\\)/g)?.map((s) => s.slice(9, -2)) ?? [], run(module, exports, require) {%s\n}},\n", quote(id), version, quote(body), body)
	}
	out.WriteString("});\n")
	return out.String()
}

func open(t *testing.T, p page) *chrome.Tab {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.policy != "" {
			w.Header().Set("Content-Security-Policy", p.policy)
		}
		name, isChunk := strings.CutPrefix(r.URL.Path, "/_next/static/chunks/")
		css, isStyle := p.styles[r.URL.RequestURI()]
		switch {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			start := "main.js"
			if strings.Contains(p.head, "__ONWARD_PROBLEMS") {
				start = "dev.js"
			}
			fmt.Fprintf(w, `<!doctype html><html><head>%s</head><body><div id="root"></div><script src="/_next/static/chunks/%s" nonce="n"></script></body></html>`, p.head, start)
		case isStyle:
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, css)
		case name == "dev.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			fmt.Fprint(w, client)
		case name == "main.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			fmt.Fprint(w, client, react, define(p.modules, 1), `__onward.start("main");`)
		case isChunk && p.chunks[name] != "":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			fmt.Fprint(w, p.chunks[name])
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	tab, err := browser.Tab(server.URL, socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Load("/", patience); err != nil {
		t.Fatal(err)
	}
	return tab
}

// eval runs the body of an async function and compares what it answers.
func eval(t *testing.T, tab *chrome.Tab, body string, want ...string) {
	t.Helper()
	var got []string
	if err := tab.Eval("(async () => {"+body+"})()", &got); err != nil {
		t.Fatalf("%v\nconsole: %s", err, strings.Join(tab.Console(), "\n"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q\nconsole: %s", got, want, strings.Join(tab.Console(), "\n"))
	}
}

// reloads waits for the document to be loaded again, for a reason.
func reloads(t *testing.T, tab *chrome.Tab, script, reason string) {
	t.Helper()
	if err := tab.Eval("globalThis.before = true; ("+script+", 1)", nil); err != nil {
		t.Fatal(err)
	}
	if err := tab.Until("!globalThis.before && document.readyState === 'complete'", patience); err != nil {
		t.Fatal(err)
	}
	if want := "[Onward] reloading: " + reason; !strings.Contains(strings.Join(tab.Console(), "\n"), want) {
		t.Errorf("the console lacks %q:\n%s", want, strings.Join(tab.Console(), "\n"))
	}
}
