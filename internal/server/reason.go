package server

import (
	"bytes"
	"net/http"
	"strconv"
)

// The text of a status line means nothing to browsers, but user code may set it
// (res.statusMessage), API routes tell there what is wrong with a body, and people
// read it. net/http has no way to choose it, so the connection puts it in place as
// the status line passes.

// withReason returns p with the text in place, when p is the beginning of the answer
// that the text was chosen for.
func (c *conn) withReason(p []byte) []byte {
	const code = len("HTTP/1.1 ")
	end := bytes.Index(p, []byte("\r\n"))
	if end < code+3 || !bytes.HasPrefix(p, []byte("HTTP/1.")) || string(p[code:code+3]) != strconv.Itoa(c.status) {
		return p // an interim answer
	}
	out := make([]byte, 0, len(p)+len(c.reason))
	out = append(append(out, p[:code+3]...), ' ')
	out = append(append(out, c.reason...), p[end:]...)
	c.reason = ""
	return out
}

// reasons are the texts that Node.js has and Go has otherwise.
var reasons = map[int]string{
	413: "Payload Too Large",
	414: "URI Too Long",
	416: "Range Not Satisfiable",
	418: "I'm a Teapot",
	509: "Bandwidth Limit Exceeded",
}

// head starts the answer.
func (q *request) head(status int) {
	q.begun = true
	if status == http.StatusOK && q.status != 0 {
		status = validStatus(q.status)
	}
	reason := q.reason
	if reason == "" && status >= 400 {
		reason = reasons[status]
	}
	if reason != "" && q.r.ProtoMajor == 1 {
		if c := q.connOf(); c != nil {
			c.status, c.reason = status, headerBytes(reason[:min(len(reason), 256)])
		}
	}
	q.w.WriteHeader(status)
}
