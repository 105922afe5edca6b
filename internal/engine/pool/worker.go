package pool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
)

// State is where a worker is in its life.
type State uint8

const (
	Starting State = iota // its machine boots; Jobs may already wait in it
	Ready                 // turns Jobs
	Draining              // finishes the Jobs inside and takes no new ones
	Lost                  // its machine is unusable
	Dead                  // gone
)

func (s State) String() string {
	return [...]string{"starting", "ready", "draining", "lost", "dead"}[s]
}

// Machine runs the JavaScript of one worker.
type Machine interface {
	// Run is the machine's life, on a goroutine of its own: it boots, brings the
	// messages of the worker's inbox to JavaScript until the worker is finished,
	// and ends with Worker.Settle and Worker.End.
	Run()
	// Stop ends what JavaScript does now, because the pool closes. The worker is
	// Lost already.
	Stop()
	// HeapUsed is its JavaScript heap in bytes, as far as that is known.
	HeapUsed() uint64
}

// Worker holds the Jobs inside one machine and the messages on their way to it.
type Worker struct {
	Pool *Pool
	// Context ends with the worker.
	Context context.Context
	// Born is when it was made.
	Born time.Time
	// StoppedAt is the stack of the script that was stopped, as errors have it, if
	// that is known. It is set before Settle.
	StoppedAt string

	machine Machine
	solo    bool // it takes one Job at a time, of those that run alone
	cancel  context.CancelFunc

	// Mu guards what follows up to the next blank line; Cond is signalled when a
	// machine that waits for something to do has to look.
	Mu    sync.Mutex
	Cond  sync.Cond
	Inbox []byte // messages that JavaScript has not been given
	Held  []byte // Jobs taken out of Inbox that the machine keeps back
	State State
	// Turning: JavaScript runs, so a Job would not begin at once.
	Turning bool
	BootErr error
	calls   map[uint32]*call
	ops     map[uint32]*operation
	lastID  uint32
	booted  bool
	settled bool // its Jobs are decided on

	up      chan struct{} // closed when State leaves Starting
	gone    chan struct{} // closed when the worker is dead
	waiting atomic.Int32  // Jobs inside that have not begun
	stuck   atomic.Bool   // its turn does not end: it gets no Jobs
}

func newWorker(p *Pool) *Worker {
	w := &Worker{
		Pool:  p,
		Born:  time.Now(),
		calls: map[uint32]*call{},
		ops:   map[uint32]*operation{},
		up:    make(chan struct{}),
		gone:  make(chan struct{}),
	}
	w.Cond.L = &w.Mu
	w.Context, w.cancel = context.WithCancel(context.Background())
	return w
}

// Gone is closed when the worker has ended.
func (w *Worker) Gone() <-chan struct{} { return w.gone }

// Machine is what runs the worker's JavaScript.
func (w *Worker) Machine() Machine { return w.machine }

// Send queues one message for JavaScript. Text and body are copied.
func (w *Worker) Send(kind byte, id uint32, n float64, text, body []byte) {
	w.Mu.Lock()
	if w.State < Lost {
		w.Inbox = AppendMessage(w.Inbox, kind, id, n, text, nil, body)
		w.Cond.Signal()
	}
	w.Mu.Unlock()
}

// Boot puts the boot document in front of the Jobs that may already wait.
func (w *Worker) Boot() {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	boot := w.Pool.Opts.Boot
	if boot == nil {
		boot = []byte("{}")
	}
	w.Inbox = append(AppendMessage(nil, InBoot, 0, 0, boot, nil, nil), w.Inbox...)
}

// load tells how many Jobs wait in w, whether it takes one more, and whether
// it would begin it at once.
func (w *Worker) load() (waiting int32, room, idle bool) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	waiting = w.waiting.Load()
	room = w.State <= Ready && len(w.calls) < maxInside && !w.stuck.Load() && !w.solo
	idle = room && w.State == Ready && !w.Turning && len(w.Inbox) == 0
	return waiting, room, idle
}

// enter hands a Job over; false when the worker takes none.
func (w *Worker) enter(c *call) bool {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if w.State > Ready || w.solo && len(w.calls) > 0 {
		return false
	}
	w.lastID++
	c.mu.Lock()
	c.id, c.w = w.lastID, w
	var streams float64
	if c.job.Stream != nil {
		streams = 1
		if c.body == nil {
			c.body = newBodySource()
		}
	}
	over := c.over
	c.mu.Unlock()
	if over {
		w.Pool.begun(1)
		return true
	}
	w.calls[c.id] = c
	w.waiting.Add(1)
	w.Inbox = AppendMessage(w.Inbox, InJob, c.id, streams, []byte(c.job.Name+"\n"), c.job.Input, c.job.Body)
	w.Cond.Signal()
	return true
}

// evict takes out the Jobs that JavaScript has not been given. They stay counted
// as waiting.
func (w *Worker) evict() []*call {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if w.settled {
		return nil
	}
	var out []*call
	for _, batch := range [][]byte{w.Held, w.Inbox} {
		EachJob(batch, func(id uint32, at int) bool {
			if c := w.calls[id]; c != nil {
				delete(w.calls, id)
				out = append(out, c)
				batch[at] = InNothing
				w.waiting.Add(-1)
			}
			return true
		})
	}
	return out
}

// TakeBack removes a Job whose caller has gone before it began from the batch
// that starts with its message.
func (w *Worker) TakeBack(id uint32, batch []byte) bool {
	c := w.find(id)
	if c != nil {
		c.mu.Lock()
		over := c.over
		c.mu.Unlock()
		if !over {
			return false
		}
		w.take(id)
	}
	batch[0] = InNothing
	w.Begun(1)
	return true
}

// Forget removes a Job whose caller has gone before it began. Mu is held.
func (w *Worker) Forget(id uint32) {
	delete(w.calls, id)
	w.waiting.Add(-1)
	w.Pool.begun(1)
}

// Begun counts n Jobs that no longer wait.
func (w *Worker) Begun(n int) {
	if n > 0 {
		w.waiting.Add(int32(-n))
		w.Pool.begun(n)
	}
}

// Inside is how many Jobs the worker holds.
func (w *Worker) Inside() int {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return len(w.calls)
}

// Finished: a draining worker without Jobs has nothing left to do. Mu is held.
func (w *Worker) Finished() bool {
	return w.State == Lost || w.State == Draining && len(w.calls) == 0
}

// Deliver works off one message that JavaScript posted and keeps its bytes. It
// reports false for those that are the machine's own business.
func (w *Worker) Deliver(m Message) bool {
	switch m.Kind {
	case OutReady:
		w.ready(string(m.Text))
	case OutReply:
		if c := w.take(m.ID); c != nil {
			c.answer(m.Text, m.Body)
		}
	case OutHead:
		if c := w.find(m.ID); c != nil {
			c.begin(m.Text)
		}
	case OutChunk:
		if c := w.find(m.ID); c != nil {
			c.chunk(m.Body, w.Pool.Opts.BufferLimit)
		}
	case OutEnd:
		if c := w.take(m.ID); c != nil {
			c.end()
		}
	case OutFail:
		if c := w.take(m.ID); c != nil {
			c.fail(thrown(m.Text))
		}
	case OutPull:
		if c := w.find(m.ID); c != nil && c.body != nil {
			c.body.pull(w, m.ID, c.job.Stream, int(m.N))
		}
	case OutOp:
		w.startOperation(m.ID, m.Text, m.Body, m.N != 0)
	case OutOpData:
		if o := w.operation(m.ID); o != nil {
			o.feed(m.Body, false)
		}
	case OutOpEnd:
		if o := w.operation(m.ID); o != nil {
			o.feed(nil, true)
		}
	case OutOpCancel:
		if o := w.operation(m.ID); o != nil {
			o.cancel()
		}
	case OutOpPull:
		if o := w.operation(m.ID); o != nil {
			o.taken(int(m.N))
		}
	case OutConsole:
		w.Pool.Console(int(m.N), string(m.Text))
	default:
		return false
	}
	return true
}

// FailAs fails the Job id with what the JSON of Out.Fail says, as kind.
func (w *Worker) FailAs(kind engine.Kind, id uint32, text []byte) {
	if c := w.take(id); c != nil {
		e := thrown(text)
		e.Kind = kind
		c.fail(e)
	}
}

func (w *Worker) find(id uint32) *call {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return w.calls[id]
}

// take removes a call that is done from the worker.
func (w *Worker) take(id uint32) *call {
	w.Mu.Lock()
	c := w.calls[id]
	delete(w.calls, id)
	w.Mu.Unlock()
	if c != nil {
		w.Pool.Left()
	}
	return c
}

func (w *Worker) operation(id uint32) *operation {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return w.ops[id]
}

// ready is called when the runtime answered Boot.
func (w *Worker) ready(problem string) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if w.booted {
		return
	}
	w.booted = true
	if problem != "" {
		w.BootErr = errors.New(problem)
		w.State = Lost
		w.Cond.Signal()
		return
	}
	if w.State == Starting {
		w.State = Ready
		w.isUp()
	}
	go w.Pool.started()
}

// Drain lets the worker finish what it has and end.
func (w *Worker) Drain() {
	w.Mu.Lock()
	first := w.State == Ready
	if first {
		w.State = Draining
		w.Cond.Signal()
	}
	w.Mu.Unlock()
	if first {
		w.Pool.retire(w)
	}
}

// Stuck tells whether the worker's turn does not end.
func (w *Worker) Stuck() bool { return w.stuck.Load() }

// Unstick gives the worker Jobs again: its turn came to an end after all.
func (w *Worker) Unstick() {
	if w.stuck.Swap(false) {
		w.Pool.Left()
	}
}

// Fate is what the loss of a worker means for one of its Jobs.
type Fate uint8

const (
	Guilty    Fate = iota // its code ran: it gets the kind of the loss
	Bystander             // it was inside: it is lost too, as Crashed
	Untouched             // it had not begun: another worker takes it
	// Suspect: it was inside, and nobody knows whose code ran. A single one is
	// guilty; of several each runs again by itself, where it may.
	Suspect
)

// Settle takes the worker out of the pool and decides on its Jobs, once. kind and
// reason say why the worker ends; judge nil means that all Jobs are guilty.
func (w *Worker) Settle(kind engine.Kind, reason string, judge func(id uint32) Fate) {
	w.Mu.Lock()
	if w.settled {
		w.Mu.Unlock()
		return
	}
	w.settled = true
	w.State = max(w.State, Lost)
	calls, ops, inbox, held, bootErr := w.calls, w.ops, w.Inbox, w.Held, w.BootErr
	w.calls, w.ops, w.Inbox, w.Held = map[uint32]*call{}, map[uint32]*operation{}, nil, nil
	w.isUp()
	w.Mu.Unlock()
	w.cancel()
	for _, o := range ops {
		o.cancel()
	}
	if bootErr != nil {
		reason = bootErr.Error()
	}
	w.Pool.begun(int(w.waiting.Swap(0)))
	fates := make(map[*call]Fate, len(calls))
	suspects := 0
	for _, c := range calls {
		f := Guilty
		if judge != nil {
			f = judge(c.id)
		}
		if f != Guilty && (Unreached(c.id, inbox) || Unreached(c.id, held)) {
			f = Untouched
		}
		if f == Suspect {
			suspects++
		}
		fates[c] = f
	}
	var again []*call
	for c, f := range fates {
		if f == Suspect {
			f = Bystander
			if suspects == 1 {
				f = Guilty
			}
			c.alone = true
		}
		switch {
		case kind == engine.Aborted:
			c.fail(&engine.Error{Kind: kind, Message: "the engine was closed"})
		case (f == Untouched || f == Bystander && c.mayRepeat()) && !c.retried:
			c.retried = true
			again = append(again, c)
		case f == Guilty:
			c.fail(&engine.Error{Kind: kind, Message: reason, Stack: w.StoppedAt})
		default:
			c.fail(&engine.Error{Kind: engine.Crashed, Message: "the worker was lost to another Job: " + reason})
		}
	}
	w.Pool.lost(w, kind, bootErr)
	for _, c := range again {
		w.Pool.waiting.Add(1)
		w.Pool.submit(c)
	}
}

// Unreached tells whether batch still holds the message that begins the Job id.
func Unreached(id uint32, batch []byte) (found bool) {
	EachJob(batch, func(j uint32, _ int) bool { found = j == id; return !found })
	return found
}

// End marks the worker as gone; it may be called twice.
func (w *Worker) End() {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if w.State != Dead {
		w.State = Dead
		close(w.gone)
	}
}

// isUp ends the wait of Warm. The lock is held.
func (w *Worker) isUp() {
	select {
	case <-w.up:
	default:
		close(w.up)
	}
}

// Reason says in words why a worker was lost.
func (p *Pool) Reason(kind engine.Kind) string {
	switch kind {
	case engine.Timeout:
		return fmt.Sprintf("JavaScript ran longer than %v without a pause", p.Opts.TurnLimit)
	case engine.OutOfMemory:
		return fmt.Sprintf("JavaScript used more than its %d MB of heap or %d MB of buffers",
			p.Opts.HeapLimit>>20, p.Opts.BufferLimit>>20)
	}
	return "the worker was lost"
}

// CallSync runs a synchronous host operation.
func (p *Pool) CallSync(op, text string, body []byte) (v host.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("host operation %q panicked: %v", op, r)
		}
	}()
	fn := p.Table.Sync[op]
	if fn == nil {
		return v, &host.Error{Code: "ERR_UNKNOWN_OPERATION", Message: fmt.Sprintf("host operation %q does not exist", op)}
	}
	return fn(&p.Env, text, body)
}

// Failure is the JSON object that becomes a JavaScript Error.
func Failure(err error) []byte {
	var he *host.Error
	fields := map[string]any{}
	if errors.As(err, &he) {
		if len(he.Detail) > 0 {
			_ = json.Unmarshal(he.Detail, &fields) // properties that cannot be read are left out
		}
		if he.Code != "" {
			fields["code"] = he.Code
		}
	}
	fields["message"] = err.Error()
	b, _ := json.Marshal(fields)
	return b
}
