//go:build unix

package node

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/pool"
)

// ahead is how many Jobs are on their way to a process that has not begun them:
// enough that it never waits for Go between two, and few, because what is under
// way cannot be given to another worker.
const ahead = 2

// process is a Machine: one Node.js process. Its goroutine writes to it; others
// read what it posts, answer its questions and keep what it prints.
type process struct {
	*pool.Worker
	pool *Pool

	cmd      *exec.Cmd
	messages net.Conn
	slate    *os.File
	printed  tail
	early    bool          // it ended before it was ready; guarded by Mu
	reading  chan struct{} // closed when everything it posted is delivered

	// under is how many Jobs are on their way.
	under atomic.Int32

	pid      atomic.Int32
	heap     atomic.Uint64 // bytes, as of the last pong
	pinged   atomic.Int64  // when the ping without an answer was sent, Unix nanoseconds; 0: none
	verdict  atomic.Int32  // why Go killed it: an engine.Kind plus 1
	stopping atomic.Bool
	sight    sight
}

var _ pool.Machine = (*process)(nil)

func newProcess(p *Pool, w *pool.Worker) *process {
	return &process{Worker: w, pool: p, reading: make(chan struct{})}
}

// Run implements pool.Machine.
func (m *process) Run() {
	if err := m.start(); err != nil {
		m.Mu.Lock()
		m.BootErr = err
		m.Mu.Unlock()
		m.Settle(engine.Crashed, err.Error(), nil)
		m.End()
		return
	}
	boot := time.AfterFunc(bootLimit, func() {
		m.Mu.Lock()
		late := m.State == pool.Starting
		m.Mu.Unlock()
		if late {
			m.kill(engine.Timeout)
		}
	})
	m.Boot()
	m.write()
	boot.Stop()
	m.finish()
}

// start runs the process and the goroutines that listen to it.
func (m *process) start() error {
	ours, theirs, err := socketPair()
	if err != nil {
		return err
	}
	defer theirs.Close()
	asked, asking, err := socketPair()
	if err != nil {
		ours.Close()
		return err
	}
	defer asking.Close()
	m.slate, err = newSlate()
	if err != nil {
		ours.Close()
		asked.Close()
		return err
	}
	p := m.pool
	flags := []string{fmt.Sprintf("--max-old-space-size=%d", max(16, p.Opts.HeapLimit>>20)), "--no-warnings"}
	if d := p.Opts.Debug; d != nil && d.Address != "" {
		flags = append(flags, "--inspect="+d.Address)
	}
	m.cmd = exec.Command(p.program.Path, append(flags, p.script)...)
	m.cmd.Dir = p.Opts.Dir
	m.cmd.Env = environment(p.Opts.Env)
	m.cmd.ExtraFiles = []*os.File{theirs, asking, m.slate}
	m.cmd.SysProcAttr = attributes()
	m.cmd.Stdout = &lines{console: func(text string) { p.Console(2, text) }}
	m.cmd.Stderr = &m.printed
	m.printed.console = func(text string) { p.Console(4, text) }
	// A child of it that keeps its output open does not keep us waiting.
	m.cmd.WaitDelay = unwind
	if err := m.cmd.Start(); err != nil {
		ours.Close()
		asked.Close()
		m.slate.Close()
		return fmt.Errorf("starting %s: %w", p.program.Path, err)
	}
	m.messages = ours
	m.pid.Store(int32(m.cmd.Process.Pid))
	go m.read()
	go m.answer(asked)
	return nil
}

// environment is what the process gets: the app's, without what would make it
// take us for another parent.
func environment(vars map[string]string) []string {
	env := make([]string, 0, len(vars))
	for name, value := range vars {
		if name != "NODE_CHANNEL_FD" && name != "NODE_UNIQUE_ID" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// write brings the inbox to the process until the worker is finished or the
// process gone.
func (m *process) write() {
	var spare []byte
	for {
		m.Mu.Lock()
		for !m.Finished() && !m.toWrite() {
			m.Cond.Wait()
		}
		if m.Finished() {
			// A worker that was to end has done so.
			m.stopping.CompareAndSwap(false, m.State == pool.Draining)
			m.Mu.Unlock()
			return
		}
		batch := m.batch(spare[:0])
		m.Mu.Unlock()
		m.pool.Left() // Jobs may have been taken out
		if _, err := m.messages.Write(batch); err != nil {
			return
		}
		if spare = batch; cap(spare) > 1<<20 {
			spare = nil
		}
	}
}

// toWrite tells whether there is something that may go out. Mu is held.
func (m *process) toWrite() bool {
	return len(m.Inbox) > 0 || len(m.Held) > 0 && m.under.Load() < ahead
}

// batch takes out of Held and Inbox what may go out now: everything but Jobs
// beyond those that may be under way. Mu is held.
func (m *process) batch(out []byte) []byte {
	held := m.Held
	m.Held = nil
	out = m.sift(out, held)
	inbox := m.Inbox
	m.Inbox = nil
	return m.sift(out, inbox)
}

func (m *process) sift(out, from []byte) []byte {
	for len(from) > 0 {
		message, rest, ok := pool.NextMessage(from)
		if !ok {
			break
		}
		raw := from[:len(from)-len(rest)]
		from = rest
		switch {
		case message.Kind == pool.InNothing:
		case message.Kind == pool.InAbort && m.drop(message.ID):
		case message.Kind != pool.InJob:
			out = append(out, raw...)
		case len(m.Held) > 0 || m.under.Load() >= ahead:
			m.Held = append(m.Held, raw...)
		default:
			m.under.Add(1)
			out = append(out, raw...)
			m.Turning = true
		}
	}
	return out
}

// drop takes out a Job whose caller has gone while it was kept back: its abort
// would reach the process before it did. Mu is held.
func (m *process) drop(id uint32) (found bool) {
	pool.EachJob(m.Held, func(held uint32, at int) bool {
		if found = held == id; found {
			m.Held[at] = pool.InNothing
			m.Forget(id)
		}
		return !found
	})
	return found
}

// read delivers what the process posts, until it is gone.
func (m *process) read() {
	defer close(m.reading)
	in := bufio.NewReaderSize(m.messages, 64<<10)
	for {
		message, err := readMessage(in, m.pool.memoryLimit())
		if err != nil {
			if errors.Is(err, errTooLarge) {
				m.kill(engine.OutOfMemory)
			}
			m.wake()
			return
		}
		switch message.Kind {
		case pool.OutPong:
			m.pinged.Store(0)
			m.heap.Store(uint64(max(0, message.N)))
			m.Unstick()
		case pool.OutBegun:
			m.hasBegun()
		default:
			m.Deliver(message)
		}
	}
}

// hasBegun counts one more Job that has begun, as the process says.
func (m *process) hasBegun() {
	m.Begun(1)
	m.Mu.Lock()
	m.under.Add(-1)
	m.Turning = m.under.Load() > 0 || len(m.Held) > 0
	if len(m.Held) > 0 {
		m.Cond.Signal()
	}
	m.Mu.Unlock()
	m.pool.Left()
}

// wake makes the writing goroutine look: the process is gone.
func (m *process) wake() {
	m.Mu.Lock()
	m.early = m.State == pool.Starting
	m.State = max(m.State, pool.Lost)
	m.Cond.Signal()
	m.Mu.Unlock()
	m.messages.Close()
}

// finish ends the process and settles its Jobs.
func (m *process) finish() {
	m.messages.Close() // it ends by itself when it can
	kill := time.AfterFunc(unwind/4, func() { _ = m.cmd.Process.Kill() })
	<-m.reading
	err := m.cmd.Wait()
	kill.Stop()
	last, running := readSlate(m.slate)
	m.slate.Close()

	kind, reason := m.cause(err)
	m.Mu.Lock()
	if m.early && m.BootErr == nil && kind != engine.Aborted {
		m.BootErr = fmt.Errorf("%s before it was ready: %s", reason, strings.TrimSpace(m.printed.String()))
	}
	m.Mu.Unlock()
	m.Settle(kind, reason, func(id uint32) pool.Fate {
		switch {
		case id > last:
			return pool.Untouched
		case running == id:
			return pool.Guilty
		case running != 0:
			return pool.Bystander
		}
		return pool.Suspect
	})
	m.End()
}

// cause says why the process has ended.
func (m *process) cause(err error) (engine.Kind, string) {
	if m.stopping.Load() {
		return engine.Aborted, ""
	}
	if v := m.verdict.Load(); v != 0 {
		kind := engine.Kind(v - 1)
		return kind, m.pool.Reason(kind)
	}
	text := m.printed.String()
	if strings.Contains(text, "heap out of memory") || strings.Contains(text, "OOM error in V8") {
		return engine.OutOfMemory, m.pool.Reason(engine.OutOfMemory)
	}
	reason := "the Node.js process ended by itself"
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		reason = "the Node.js process ended: " + exit.String()
	}
	return engine.Crashed, reason
}

// kill ends the process at once, for a reason that is not its own.
func (m *process) kill(kind engine.Kind) {
	m.verdict.CompareAndSwap(0, int32(kind)+1)
	_ = m.cmd.Process.Kill()
}

// Stop implements pool.Machine.
func (m *process) Stop() {
	m.stopping.Store(true)
	m.Mu.Lock()
	m.Cond.Signal()
	m.Mu.Unlock()
}

// HeapUsed implements pool.Machine: as the process told it last.
func (m *process) HeapUsed() uint64 { return m.heap.Load() }

var errTooLarge = errors.New("node: a message is larger than the process may be")

// readMessage reads one message; its bytes belong to the caller.
func readMessage(in *bufio.Reader, limit uint64) (pool.Message, error) {
	var head [pool.HeaderSize]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return pool.Message{}, err
	}
	text := uint64(binary.NativeEndian.Uint32(head[16:]))
	body := uint64(binary.NativeEndian.Uint32(head[20:]))
	size := (pool.HeaderSize + text + body + 7) &^ 7
	if size > limit {
		return pool.Message{}, errTooLarge
	}
	whole := make([]byte, size)
	copy(whole, head[:])
	if _, err := io.ReadFull(in, whole[pool.HeaderSize:]); err != nil {
		return pool.Message{}, err
	}
	m, _, ok := pool.NextMessage(whole)
	if !ok {
		return m, errTooLarge
	}
	return m, nil
}

// socketPair makes two connected sockets: ours, and the file for the process.
func socketPair() (ours net.Conn, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	file := os.NewFile(uintptr(fds[0]), "messages")
	ours, err = net.FileConn(file)
	file.Close()
	if err != nil {
		syscall.Close(fds[1])
		return nil, nil, err
	}
	return ours, os.NewFile(uintptr(fds[1]), "messages"), nil
}

// newSlate makes a file that has no name any more.
func newSlate() (*os.File, error) {
	f, err := os.CreateTemp("", "onward-slate-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// readSlate reads what the process noted: the last Job that has begun, and the one
// whose first turn runs, if any.
func readSlate(f *os.File) (begun, running uint32) {
	var b [8]byte
	if n, _ := f.ReadAt(b[:], 0); n < len(b) {
		return 0, 0
	}
	return binary.NativeEndian.Uint32(b[:]), binary.NativeEndian.Uint32(b[4:])
}
