package script

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"github.com/onwardjs/onward/test/rig"
)

// debuggedApp makes its answer in a module of TypeScript.
var debuggedApp = map[string]string{
	"pages/index.jsx": `import { twice } from "../lib/twice";
export async function getServerSideProps({ query }) {
  return { props: { doubled: twice(Number(query.n)) } };
}
export default function Home({ doubled }) {
  return <p>{doubled}</p>;
}
`,
	"lib/twice.ts": `export function twice(n: number): number {
  const result: number = n * 2;
  return result;
}
`,
}

var (
	debuggerURL = regexp.MustCompile(`Debugger listening on (ws://127\.0\.0\.1:\d+/\S+)`)
	doubling    = regexp.MustCompile(`\w+ ?\* ?2\b`)
)

// TestDebugger is about --inspect: a breakpoint in a file of the app stops a request,
// in development and in production, in V8 and in Node.js.
func TestDebugger(t *testing.T) {
	app, onward := builtApp(t, debuggedApp)
	for _, mode := range []struct{ command, engine string }{{"dev", "v8"}, {"dev", "node"}, {"start", "v8"}, {"start", "node"}} {
		t.Run(mode.command+" "+mode.engine, func(t *testing.T) {
			port, err := rig.FreePort()
			if err != nil {
				t.Fatal(err)
			}
			// The endpoint of V8 finds a free port by itself, that of Node.js does too.
			flags := []string{"--inspect=0", "--engine", mode.engine}
			var s *rig.Server
			if mode.command == "dev" {
				s, err = app.DevOn(t.Context(), onward, port, flags...)
			} else {
				f := onward
				f.Command = []string{"/bin/sh", "-c", `exec "$0" "$@" ` + strings.Join(flags, " "), onward.Command[0]}
				s, err = app.Start(t.Context(), f, "/?n=0")
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, body, err := s.Get("/?n=3"); err != nil || !strings.Contains(string(body), "<p>6</p>") {
				t.Fatalf("before: %v\n%s", err, body)
			}
			if err := s.Printed(0, "Debugger listening on ws://", 10*time.Second); err != nil {
				t.Fatal(err)
			}
			d := connect(t, debuggerURL.FindStringSubmatch(rig.Plain(s.Log()))[1])
			d.call("Debugger.enable", nil)
			script := d.scriptOf(filepath.Join(app.Dir, "lib/twice.ts"))
			var text struct {
				ScriptSource string `json:"scriptSource"`
			}
			d.read(d.call("Debugger.getScriptSource", map[string]any{"scriptId": script.ScriptID}), &text)
			at := doubling.FindStringIndex(text.ScriptSource)
			if at == nil {
				t.Fatal("the code of twice is not to be found:\n", text.ScriptSource)
			}
			before := text.ScriptSource[:at[0]]
			d.call("Debugger.setBreakpointByUrl", map[string]any{
				"url": script.URL, "lineNumber": strings.Count(before, "\n"), "columnNumber": len(before) - 1 - strings.LastIndexByte(before, '\n'),
			})
			answer := make(chan string, 1)
			go func() {
				_, body, err := s.Get("/?n=21")
				answer <- fmt.Sprint(string(body), err)
			}()
			var paused struct {
				CallFrames []struct {
					CallFrameID  string `json:"callFrameId"`
					FunctionName string `json:"functionName"`
				} `json:"callFrames"`
			}
			d.read(d.event("Debugger.paused"), &paused)
			if len(paused.CallFrames) == 0 {
				t.Fatal("it stands nowhere")
			}
			expression := strings.TrimRight(text.ScriptSource[at[0]:at[1]], "2") + "100"
			got := d.call("Debugger.evaluateOnCallFrame", map[string]any{"callFrameId": paused.CallFrames[0].CallFrameID, "expression": expression})
			if !strings.Contains(string(got), `"value":2100`) {
				t.Errorf("%s is %s", expression, got)
			}
			d.call("Debugger.resume", nil)
			if got := <-answer; !strings.Contains(got, "<p>42</p>") {
				t.Error(got)
			}
		})
	}
}

// debugger speaks the Chrome DevTools Protocol.
type debugger struct {
	t      *testing.T
	conn   *websocket.Conn
	number int
	events []debugMessage
}

type debugMessage struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func connect(t *testing.T, url string) *debugger {
	t.Helper()
	conn, err := websocket.Dial(url, "", "devtools://devtools")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &debugger{t: t, conn: conn}
}

func (d *debugger) receive() debugMessage {
	d.t.Helper()
	var m debugMessage
	if err := d.conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		d.t.Fatal(err)
	}
	if err := websocket.JSON.Receive(d.conn, &m); err != nil {
		d.t.Fatal(err)
	}
	return m
}

// call asks for a method and returns its result.
func (d *debugger) call(method string, params any) json.RawMessage {
	d.t.Helper()
	d.number++
	if err := websocket.JSON.Send(d.conn, map[string]any{"id": d.number, "method": method, "params": params}); err != nil {
		d.t.Fatal(err)
	}
	for {
		m := d.receive()
		switch {
		case m.ID != d.number:
			d.events = append(d.events, m)
		case m.Error != nil:
			d.t.Fatalf("%s: %s", method, m.Error)
		default:
			return m.Result
		}
	}
}

// event waits for the next event of a name.
func (d *debugger) event(name string) json.RawMessage {
	d.t.Helper()
	for {
		for i, m := range d.events {
			if m.Method == name {
				d.events = append(d.events[:i:i], d.events[i+1:]...)
				return m.Params
			}
		}
		d.events = append(d.events, d.receive())
	}
}

func (d *debugger) read(data json.RawMessage, into any) {
	d.t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		d.t.Fatalf("%v: %s", err, data)
	}
}

// script is one that V8 has loaded.
type script struct {
	ScriptID     string `json:"scriptId"`
	URL          string `json:"url"`
	SourceMapURL string `json:"sourceMapURL"`
}

// scriptOf waits for the script that was made of a file, as its source map says.
func (d *debugger) scriptOf(file string) script {
	d.t.Helper()
	for {
		var s script
		d.read(d.event("Debugger.scriptParsed"), &s)
		_, data, ok := strings.Cut(s.SourceMapURL, ";base64,")
		if !ok || !strings.HasPrefix(s.URL, "file://") {
			continue
		}
		var m struct {
			Sources []string `json:"sources"`
		}
		text, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			d.t.Fatal(err)
		}
		d.read(text, &m)
		for _, source := range m.Sources {
			if source == "file://"+filepath.ToSlash(file) {
				return s
			}
		}
	}
}
