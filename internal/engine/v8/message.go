//go:build cgo && !onward_nov8

package v8

import (
	"encoding/binary"
	"math"
)

// Messages into JavaScript. The numbers are those of runtime/platform/messages.ts.
const (
	inNothing  = 0 // a message that was taken back
	inBoot     = 1
	inJob      = 2
	inBody     = 3
	inBodyEnd  = 4
	inAbort    = 5
	inCredit   = 6
	inResult   = 7
	inFailure  = 8
	inData     = 9
	inWake     = 10
	inOpCredit = 12
)

// Messages out of JavaScript.
const (
	outReady    = 1
	outReply    = 2
	outHead     = 3
	outChunk    = 4
	outEnd      = 5
	outFail     = 6
	outPull     = 7
	outOp       = 8
	outOpData   = 9
	outOpEnd    = 10
	outOpCancel = 11
	outOpPull   = 12
	outWake     = 13
	outConsole  = 14
)

// A message is a header (ow_header of binding.h), its text, its body, and
// padding to 8 bytes.
const (
	headerSize = 24
	hasText    = 1
	hasBody    = 2
)

// message is one decoded message; text and body lie in the batch.
type message struct {
	kind       byte
	id         uint32
	n          float64
	text, body []byte // nil when absent
}

// appendMessage encodes one message. The text is a then b.
func appendMessage(dst []byte, kind byte, id uint32, n float64, a, b, body []byte) []byte {
	var h [headerSize]byte
	h[0] = kind
	if a != nil || b != nil {
		h[1] |= hasText
	}
	if body != nil {
		h[1] |= hasBody
	}
	binary.NativeEndian.PutUint32(h[4:], id)
	binary.NativeEndian.PutUint64(h[8:], math.Float64bits(n))
	binary.NativeEndian.PutUint32(h[16:], uint32(len(a)+len(b)))
	binary.NativeEndian.PutUint32(h[20:], uint32(len(body)))
	dst = append(dst, h[:]...)
	dst = append(dst, a...)
	dst = append(dst, b...)
	dst = append(dst, body...)
	var zero [8]byte
	return append(dst, zero[:-len(dst)&7]...)
}

// nextMessage decodes the first message of batch and returns what follows it.
// Batches are made by the binding, so a malformed one is a bug: it ends the
// reading rather than the process.
func nextMessage(batch []byte) (m message, rest []byte, ok bool) {
	if len(batch) < headerSize {
		return m, nil, false
	}
	m.kind = batch[0]
	flags := batch[1]
	m.id = binary.NativeEndian.Uint32(batch[4:])
	m.n = math.Float64frombits(binary.NativeEndian.Uint64(batch[8:]))
	text := int(binary.NativeEndian.Uint32(batch[16:]))
	body := int(binary.NativeEndian.Uint32(batch[20:]))
	end := headerSize + text + body
	padded := (end + 7) &^ 7
	if padded > len(batch) {
		return m, nil, false
	}
	if flags&hasText != 0 {
		m.text = batch[headerSize : headerSize+text : headerSize+text]
	}
	if flags&hasBody != 0 {
		m.body = batch[headerSize+text : end : end]
	}
	return m, batch[padded:], true
}

// jobs calls yield with each Job that batch begins; at is where its message
// lies in batch. It stops when yield returns false.
func jobs(batch []byte, yield func(id uint32, at int) bool) {
	at := 0
	for {
		m, rest, ok := nextMessage(batch[at:])
		if !ok || m.kind == inJob && !yield(m.id, at) {
			return
		}
		at = len(batch) - len(rest)
	}
}

// countJobs is how many Jobs batch begins.
func countJobs(batch []byte) (n int) {
	jobs(batch, func(uint32, int) bool { n++; return true })
	return n
}
