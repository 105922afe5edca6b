//go:build unix

package node

import (
	"bufio"
	"net"
	"strings"

	"github.com/onwardjs/onward/internal/engine/pool"
)

// Questions of the process; the numbers are those of runtime/node/border.ts.
const (
	questionCall = 1 // text: operation + "\n" + arguments, body
	questionLoad = 2 // text: path of a module
)

// Answers to it.
const (
	answerNone  = 0
	answerText  = 1
	answerBody  = 2
	answerError = 3
)

// answer serves the synchronous questions of the process, one after the other.
func (m *process) answer(c net.Conn) {
	defer c.Close()
	// The process asks one thing at a time, so nothing waits behind a question.
	go func() {
		<-m.Gone()
		c.Close()
	}()
	in := bufio.NewReader(c)
	for {
		question, err := readMessage(in, m.pool.memoryLimit())
		if err != nil {
			return
		}
		if _, err := c.Write(m.reply(question)); err != nil {
			return
		}
	}
}

func (m *process) reply(question pool.Message) []byte {
	switch question.Kind {
	case questionCall:
		name, args, _ := strings.Cut(string(question.Text), "\n")
		v, err := m.pool.CallSync(name, args, question.Body)
		switch {
		case err != nil:
			return pool.AppendMessage(nil, answerError, 0, 0, pool.Failure(err), nil, nil)
		case v.Body != nil:
			return pool.AppendMessage(nil, answerBody, 0, 0, nil, nil, v.Body)
		}
		return pool.AppendMessage(nil, answerText, 0, 0, []byte(v.Text), []byte{}, nil)
	case questionLoad:
		module, err := m.pool.LoadModule(string(question.Text))
		switch {
		case err != nil:
			return pool.AppendMessage(nil, answerError, 0, 0, pool.Failure(err), nil, nil)
		case module != nil:
			return pool.AppendMessage(nil, answerText, 0, 0, module.Source, []byte{}, nil)
		}
	}
	return pool.AppendMessage(nil, answerNone, 0, 0, nil, nil, nil)
}
