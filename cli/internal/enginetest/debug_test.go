package enginetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
)

// debugger speaks the Chrome DevTools Protocol with a worker.
type debugger struct {
	t      *testing.T
	send   func([]byte) error
	detach func()

	mu     sync.Mutex
	cond   sync.Cond
	heard  []heard
	number int
}

type heard struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func attach(t *testing.T, d engine.Debuggee) *debugger {
	c := &debugger{t: t}
	c.cond.L = &c.mu
	c.send, c.detach = d.Attach(func(message []byte) {
		var h heard
		if err := json.Unmarshal(message, &h); err != nil {
			t.Errorf("%s: %v", message, err)
		}
		c.mu.Lock()
		c.heard = append(c.heard, h)
		c.cond.Broadcast()
		c.mu.Unlock()
	})
	return c
}

// wait finds a message of the worker, and waits for it.
func (c *debugger) wait(what string, match func(heard) bool) heard {
	c.t.Helper()
	late := false
	timer := time.AfterFunc(10*time.Second, func() {
		c.mu.Lock()
		late = true
		c.cond.Broadcast()
		c.mu.Unlock()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for _, h := range c.heard {
			if match(h) {
				return h
			}
		}
		if late {
			c.t.Fatalf("no %s among %d messages", what, len(c.heard))
		}
		c.cond.Wait()
	}
}

// call asks for a method and returns its result.
func (c *debugger) call(method string, params any) string {
	c.t.Helper()
	c.mu.Lock()
	c.number++
	id := c.number
	c.mu.Unlock()
	message, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.send(message); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
	answer := c.wait("answer to "+method, func(h heard) bool { return h.ID == id })
	if answer.Error != nil {
		c.t.Fatalf("%s: %s", method, answer.Error)
	}
	return string(answer.Result)
}

func (c *debugger) event(method string) json.RawMessage {
	c.t.Helper()
	return c.wait(method, func(h heard) bool { return h.Method == method }).Params
}

func (c *debugger) forget() {
	c.mu.Lock()
	c.heard = nil
	c.mu.Unlock()
}

const debugged = `
import { handle, require } from "onward";
handle("add", async (job) => {
	const { a, b } = JSON.parse(job.input);
	job.reply(JSON.stringify(require("/app/[sum] of.js").sum(a, b)));
});
const printed = [];
globalThis.console = { log: (...args) => printed.push(args.join(" ")) };
handle("printed", (job) => job.reply(JSON.stringify(printed)));
handle("loop", (job) => {
	globalThis.turns = 0;
	while (!globalThis.enough) globalThis.turns++;
	job.reply("true");
});
`

// summing is a module; its breakpoint is on line.
const (
	summing = `exports.sum = function (a, b) {
	const sum = a + b;
	console.log("the sum is", sum);
	return sum;
};`
	summingURL = "file:///app/%5Bsum%5D%20of.js"
	line       = 2
)

// TestDebugger sets a breakpoint, comes to it, looks around and goes on.
func TestDebugger(t *testing.T) {
	if underTest != "v8" {
		return // the debugger is Node.js's own
	}
	workers := make(chan engine.Debuggee, 4)
	ended := make(chan bool, 4)
	r := start(t, debugged, engine.Options{TurnLimit: 300 * time.Millisecond, Debug: &engine.Debug{Worker: func(d engine.Debuggee) func() {
		workers <- d
		return func() { ended <- true }
	}}}, nil, map[string]string{"/app/[sum] of.js": summing})
	if got := r.must("add", map[string]int{"a": 1, "b": 2}); got != "3" {
		t.Fatal("without a debugger:", got)
	}
	worker := <-workers
	c := attach(t, worker)
	c.call("Runtime.enable", nil)
	if said := string(c.event("Runtime.consoleAPICalled")); !strings.Contains(said, "the sum is") {
		t.Error("what was printed before it attached:", said)
	}
	c.call("Debugger.enable", nil)
	if parsed := string(c.event("Debugger.scriptParsed")); !strings.Contains(parsed, `"url":"`+summingURL+`"`) {
		t.Error("the module:", parsed)
	}
	breakpoint := map[string]any{"url": summingURL, "lineNumber": line}
	if set := c.call("Debugger.setBreakpointByUrl", breakpoint); !strings.Contains(set, "scriptId") {
		t.Error("nothing to stop at:", set)
	}
	c.forget()

	answer := make(chan string, 1)
	go func() {
		got, err := r.do("add", map[string]int{"a": 20, "b": 22})
		answer <- fmt.Sprint(got, err)
	}()
	var paused struct {
		CallFrames []struct {
			CallFrameID  string `json:"callFrameId"`
			FunctionName string `json:"functionName"`
		} `json:"callFrames"`
	}
	if err := json.Unmarshal(c.event("Debugger.paused"), &paused); err != nil || len(paused.CallFrames) == 0 {
		t.Fatal("paused", err)
	}
	time.Sleep(700 * time.Millisecond) // longer than a turn may take
	if got := c.call("Debugger.evaluateOnCallFrame", map[string]any{"callFrameId": paused.CallFrames[0].CallFrameID, "expression": "`ü ${a} ${b}`"}); !strings.Contains(got, `"\u00fc 20 22"`) {
		t.Error(got)
	}
	select {
	case got := <-answer:
		t.Fatal("the answer came while it was paused:", got)
	default:
	}
	c.call("Debugger.resume", nil)
	if got := <-answer; got != "42<nil>" {
		t.Error(got)
	}
	said := string(c.event("Runtime.consoleAPICalled"))
	if !strings.Contains(said, "42") || !strings.Contains(said, fmt.Sprintf(`"lineNumber":%d`, line)) {
		t.Error("printed:", said)
	}
	if got := r.must("printed", nil); got != `["the sum is 3","the sum is 42"]` {
		t.Error("the app's own console:", got)
	}

	// Code that runs in vain is heard, too.
	go func() {
		got, err := r.do("loop", nil)
		answer <- fmt.Sprint(got, err)
	}()
	for !strings.Contains(c.call("Runtime.evaluate", map[string]any{"expression": "globalThis.turns > 0"}), "true") {
	}
	if got := c.call("Runtime.evaluate", map[string]any{"expression": "globalThis.enough = true"}); !strings.Contains(got, "true") {
		t.Error(got)
	}
	if got := <-answer; got != "true<nil>" {
		t.Error(got)
	}

	// A debugger that goes away lets the script go on, and so does one that comes
	// after it.
	for _, leave := range []func(){c.detach, func() {}} {
		c.forget()
		go func() {
			got, err := r.do("add", map[string]int{"a": 1, "b": 1})
			answer <- fmt.Sprint(got, err)
		}()
		c.event("Debugger.paused")
		leave()
		d := attach(t, worker)
		d.call("Runtime.enable", nil)
		if got := <-answer; got != "2<nil>" {
			t.Error(got)
		}
		if err := c.send([]byte("{}")); err == nil {
			t.Error("the session goes on after another has begun")
		}
		d.call("Debugger.enable", nil)
		d.call("Debugger.setBreakpointByUrl", breakpoint)
		c = d
	}

	// The engine ends while the script is stopped.
	go func() { _, _ = r.do("add", map[string]int{"a": 1, "b": 1}) }()
	c.event("Debugger.paused")
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("nobody was told that the worker has ended")
	}
}
