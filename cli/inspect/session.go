package inspect

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/onwardjs/onward/internal/engine"
)

const (
	// maxMessage bounds what a debugger sends at once: the text of a script that it
	// has edited.
	maxMessage = 32 << 20
	// mostBehind bounds what waits for a debugger. A picture of the heap comes in many
	// small messages, faster than they can be sent.
	mostBehind = 512 << 20
	// patience is how long a debugger waits for a worker that is being started.
	patience = 10 * time.Second
	// writeTime is how long it may take to accept a message.
	writeTime = 30 * time.Second
)

// session is one debugger.
type session struct {
	worker *engine.Debuggee
	conn   *websocket.Conn

	mu     sync.Mutex
	cond   sync.Cond
	out    [][]byte
	behind int
	over   bool
}

// serveSession connects a debugger with the newest worker. The one that was connected
// before is sent away.
func (e *Endpoint) serveSession(w http.ResponseWriter, r *http.Request) {
	// Who may connect is decided already.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // it has been answered
	}
	conn.SetReadLimit(maxMessage)
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	worker := e.newest(ctx)
	cancel()
	if worker == nil {
		_ = conn.Close(websocket.StatusTryAgainLater, "there is no JavaScript to debug")
		return
	}
	s := &session{worker: worker, conn: conn}
	s.cond.L = &s.mu
	e.mu.Lock()
	before, closed := e.session, e.closed
	e.session = s
	e.mu.Unlock()
	if before != nil {
		before.end("another debugger has connected")
	}
	if closed {
		s.end("the server ends")
	}
	send, detach := worker.Attach(s.receive)
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write()
	}()
	for {
		kind, message, err := conn.Read(context.Background()) // end closes the connection
		if err != nil || kind != websocket.MessageText || send(message) != nil {
			break
		}
	}
	s.end("")
	detach()
	<-written
	e.mu.Lock()
	if e.session == s {
		e.session = nil
	}
	e.mu.Unlock()
}

// receive takes a message of the worker. It does not block.
func (s *session) receive(message []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	if s.behind += len(message); s.behind > mostBehind {
		go s.end("the debugger does not read what it is sent")
		return
	}
	s.out = append(s.out, message)
	s.cond.Signal()
}

// write sends what the worker says until the session ends.
func (s *session) write() {
	for {
		s.mu.Lock()
		for len(s.out) == 0 && !s.over {
			s.cond.Wait()
		}
		if s.over {
			s.mu.Unlock()
			return
		}
		message := s.out[0]
		s.out[0] = nil
		s.out = s.out[1:]
		s.behind -= len(message)
		s.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), writeTime)
		err := s.conn.Write(ctx, websocket.MessageText, message)
		cancel()
		if err != nil {
			s.end("")
			return
		}
	}
}

// end ends the session, once; reason, if any, is told to the debugger.
func (s *session) end(reason string) {
	s.mu.Lock()
	over := s.over
	s.over = true
	s.out = nil
	s.cond.Broadcast()
	s.mu.Unlock()
	switch {
	case over:
	case reason == "":
		_ = s.conn.CloseNow() // it has gone
	default:
		// It waits for the debugger to agree.
		go func() { _ = s.conn.Close(websocket.StatusGoingAway, reason) }()
	}
}
