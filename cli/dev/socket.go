package dev

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/onwardjs/onward/cli/compile"
	"github.com/onwardjs/onward/internal/config"
)

const (
	// mostClients is how many browsers may be connected at once.
	mostClients = 256
	// waiting is how many messages wait for a client. One that is further behind
	// is dropped: it comes back and hears what it has missed.
	waiting = 128
	// maxMessage bounds what a browser sends in one message.
	maxMessage = 64 << 10
	// writeTime is how long a client may take to accept a message.
	writeTime = 10 * time.Second
)

// hub is the WebSocket that tells browsers of changes.
type hub struct {
	// log hears what browsers print to their console.
	log func(browserLog)
	// about is what is wrong with the page of a route; "": with any page.
	about func(route string) []Problem

	mu         sync.Mutex
	session    string
	generation uint64
	// versions and styles are of all that changed in this session, by id.
	versions map[string]int
	styles   map[string]string
	settings settingsMessage
	busy     bool
	clients  map[*client]bool
	closed   bool
	ended    sync.WaitGroup
}

// client is one connected document.
type client struct {
	out chan []byte
	// leave ends the connection.
	leave context.CancelFunc
	// route is the page that it shows, as far as it has said; problems are those that
	// it was told of. Guarded by hub.mu.
	route    string
	problems []Problem
}

// browserLog is what a browser printed.
type browserLog struct {
	Level string `json:"level"`
	Text  string `json:"text"`
	Stack string `json:"stack"`
}

func newHub(log func(browserLog), about func(route string) []Problem) *hub {
	return &hub{log: log, about: about, session: newSession(), versions: map[string]int{}, styles: map[string]string{}, clients: map[*client]bool{}, settings: settingsMessage{"bottom-left", "warn"}}
}

func newSession() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Messages to browsers; runtime/browser/dev/protocol.ts has the other half.
type (
	helloMessage struct {
		Type       string    `json:"type"`
		Session    string    `json:"session"`
		Generation uint64    `json:"generation"`
		Problems   []Problem `json:"problems"`
		// Versions and Styles are of all that changed since the session began, so
		// that a browser which slept knows what it has missed.
		Versions map[string]int `json:"versions,omitempty"`
		Styles   []styleMessage `json:"styles,omitempty"`
		// Settings is what next.config says of indicators and logs.
		Settings settingsMessage `json:"settings"`
	}
	settingsMessage struct {
		// Indicator is a corner, or false: no mark.
		Indicator any `json:"indicator"`
		// Forward says which lines of the console come here: "all", "warn", "error"
		// or false.
		Forward any `json:"forward"`
	}
	updateMessage struct {
		Type       string          `json:"type"`
		Generation uint64          `json:"generation"`
		Modules    []moduleMessage `json:"modules"`
		Styles     []styleMessage  `json:"styles"`
		Gone       []string        `json:"gone"`
	}
	moduleMessage struct {
		ID      string   `json:"id"`
		Version int      `json:"version"`
		Imports []string `json:"imports"`
		Code    string   `json:"code"`
	}
	styleMessage struct {
		ID   string `json:"id"`
		Href string `json:"href"`
	}
	dataMessage struct {
		Type   string   `json:"type"`
		Routes []string `json:"routes"`
	}
	reloadMessage struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	}
	pagesMessage struct {
		Type     string          `json:"type"`
		Manifest json.RawMessage `json:"manifest"`
	}
	problemsMessage struct {
		Type     string    `json:"type"`
		Problems []Problem `json:"problems"`
	}
	busyMessage struct {
		Type string `json:"type"`
		Busy bool   `json:"busy"`
	}
)

// serve is a client's connection, from beginning to end.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	full := h.closed || len(h.clients) >= mostClients
	if !full {
		h.ended.Add(1)
	}
	h.mu.Unlock()
	if full {
		http.Error(w, "too many browsers are connected", http.StatusServiceUnavailable)
		return
	}
	defer h.ended.Done()
	// Where the request comes from was looked at before (origins.go).
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // it has been answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessage)
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	c := &client{out: make(chan []byte, waiting), leave: leave}

	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return
	}
	c.problems = h.about("")
	c.out <- encode(h.hello(c.problems))
	if h.busy {
		c.out <- encode(busyMessage{"busy", true})
	}
	h.clients[c] = true
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.clients, c)
		h.mu.Unlock()
	}()

	h.ended.Add(1)
	go func() {
		defer h.ended.Done()
		defer leave()
		h.listen(ctx, conn, c)
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case text := <-c.out:
			write, cancel := context.WithTimeout(ctx, writeTime)
			err := conn.Write(write, websocket.MessageText, text)
			cancel()
			if err != nil {
				return
			}
		}
	}
}

// hello is the first message. h.mu is held.
func (h *hub) hello(problems []Problem) helloMessage {
	m := helloMessage{Type: "hello", Session: h.session, Generation: h.generation, Problems: list(problems), Versions: h.versions, Settings: h.settings}
	for id, href := range h.styles {
		m.Styles = append(m.Styles, styleMessage{id, href})
	}
	return m
}

// set takes what next.config says to browsers, those that connect from now on.
func (h *hub) set(c *config.Dev) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settings = settingsMessage{false, false}
	if c.Indicator != "" {
		h.settings.Indicator = c.Indicator
	}
	if c.BrowserLogs != "none" {
		h.settings.Forward = c.BrowserLogs
	}
}

// listen takes what the browser says until the connection ends.
func (h *hub) listen(ctx context.Context, conn *websocket.Conn, c *client) {
	budget := newBudget(20, 100)
	for {
		kind, text, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			continue
		}
		var m struct {
			Type  string `json:"type"`
			Route string `json:"route"`
			browserLog
		}
		if json.Unmarshal(text, &m) != nil {
			return // no browser of ours
		}
		switch m.Type {
		case "page":
			h.mu.Lock()
			c.route = m.Route
			h.tellProblems(c)
			h.mu.Unlock()
		case "log":
			if budget.take() {
				h.log(m.browserLog)
			}
		}
	}
}

// encode makes a message; what it is made of always marshals.
func encode(message any) []byte {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	return text
}

// list makes nil an empty JSON array.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// send puts a message into the queue of every client. h.mu is held.
func (h *hub) send(message any) {
	if len(h.clients) == 0 {
		return
	}
	text := encode(message)
	for c := range h.clients {
		h.sendTo(c, text)
	}
}

// sendTo puts a message into the queue of a client. h.mu is held.
func (h *hub) sendTo(c *client, text []byte) {
	select {
	case c.out <- text:
	default:
		c.leave()
		delete(h.clients, c)
	}
}

// update tells of changed modules and styles; generation is that of the change.
func (h *hub) update(generation uint64, change *compile.Change) {
	m := updateMessage{Type: "update", Generation: generation, Modules: []moduleMessage{}, Styles: []styleMessage{}, Gone: list(change.Gone)}
	for _, u := range change.Modules {
		m.Modules = append(m.Modules, moduleMessage{u.ID, u.Version, list(u.Imports), u.Code})
	}
	for _, s := range change.Styles {
		m.Styles = append(m.Styles, styleMessage{s.ID, s.Href})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.generation = generation
	for _, u := range m.Modules {
		h.versions[u.ID] = u.Version
	}
	for _, s := range m.Styles {
		h.styles[s.ID] = s.Href
	}
	for _, id := range m.Gone {
		delete(h.versions, id)
		delete(h.styles, id)
	}
	h.send(m)
}

// count takes up a change that browsers have nothing to do for.
func (h *hub) count(generation uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.generation = generation
}

// data tells that these routes' data must be fetched again.
func (h *hub) data(routes []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.send(dataMessage{"data", list(routes)})
}

// reload makes every document load anew.
func (h *hub) reload(reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.send(reloadMessage{"reload", reason})
}

// restart is reload after which nothing that a document knows counts any more, even of
// those that are not connected at the moment.
func (h *hub) restart(generation uint64, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.session, h.generation = newSession(), generation
	clear(h.versions)
	clear(h.styles)
	h.send(reloadMessage{"reload", reason})
}

// pages tells which pages there are now.
func (h *hub) pages(manifest []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.send(pagesMessage{"pages", manifest})
}

// problemsChanged tells every client what is wrong with its page now.
func (h *hub) problemsChanged() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		h.tellProblems(c)
	}
}

// tellProblems tells a client what is wrong with its page, when that is something
// else than it knows. h.mu is held.
func (h *hub) tellProblems(c *client) {
	now := h.about(c.route)
	if slices.EqualFunc(now, c.problems, func(a, b Problem) bool { return a.key() == b.key() }) {
		return
	}
	c.problems = now
	h.sendTo(c, encode(problemsMessage{"problems", list(now)}))
}

// setBusy tells whether something is being compiled.
func (h *hub) setBusy(busy bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy != busy {
		h.busy = busy
		h.send(busyMessage{"busy", busy})
	}
}

// close ends all connections.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	for c := range h.clients {
		c.leave()
	}
	h.mu.Unlock()
	h.ended.Wait()
}

// budget allows so many events a second, and more at once after silence.
type budget struct {
	rate, most, left float64
	last             time.Time
}

func newBudget(rate, most float64) *budget {
	return &budget{rate: rate, most: most, left: most, last: time.Now()}
}

func (b *budget) take() bool {
	now := time.Now()
	b.left = min(b.most, b.left+b.rate*now.Sub(b.last).Seconds())
	b.last = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
