package pool

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Messages into JavaScript. The numbers are those of runtime/platform/messages.ts.
const (
	InNothing  = 0 // a message that was taken back
	InBoot     = 1
	InJob      = 2
	InBody     = 3
	InBodyEnd  = 4
	InAbort    = 5
	InCredit   = 6
	InResult   = 7
	InFailure  = 8
	InData     = 9
	InWake     = 10
	InOpCredit = 12
	InPing     = 13 // Out.Pong is to follow at once
	InCollect  = 14 // a good moment to collect the heap
)

// Messages out of JavaScript.
const (
	OutReady    = 1
	OutReply    = 2
	OutHead     = 3
	OutChunk    = 4
	OutEnd      = 5
	OutFail     = 6
	OutPull     = 7
	OutOp       = 8
	OutOpData   = 9
	OutOpEnd    = 10
	OutOpCancel = 11
	OutOpPull   = 12
	OutWake     = 13
	OutConsole  = 14
	OutPong     = 15
	OutBegun    = 16
)

// A message is a header (ow_header of binding.h), its text, its body, and
// padding to 8 bytes.
const (
	HeaderSize = 24
	hasText    = 1
	hasBody    = 2
)

// Message is one decoded message; Text and Body lie in the batch it was read
// from and are nil when absent.
type Message struct {
	Kind       byte
	ID         uint32
	N          float64
	Text, Body []byte
}

// Clone is a copy that outlives the batch.
func (m Message) Clone() Message {
	m.Text, m.Body = bytes.Clone(m.Text), bytes.Clone(m.Body)
	return m
}

// AppendMessage encodes one message. The text is a then b.
func AppendMessage(dst []byte, kind byte, id uint32, n float64, a, b, body []byte) []byte {
	var h [HeaderSize]byte
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

// NextMessage decodes the first message of batch and returns what follows it.
// Batches are made by the binding, so a malformed one is a bug: it ends the
// reading rather than the process.
func NextMessage(batch []byte) (m Message, rest []byte, ok bool) {
	if len(batch) < HeaderSize {
		return m, nil, false
	}
	m.Kind = batch[0]
	flags := batch[1]
	m.ID = binary.NativeEndian.Uint32(batch[4:])
	m.N = math.Float64frombits(binary.NativeEndian.Uint64(batch[8:]))
	text := int(binary.NativeEndian.Uint32(batch[16:]))
	body := int(binary.NativeEndian.Uint32(batch[20:]))
	end := HeaderSize + text + body
	padded := (end + 7) &^ 7
	if padded > len(batch) {
		return m, nil, false
	}
	if flags&hasText != 0 {
		m.Text = batch[HeaderSize : HeaderSize+text : HeaderSize+text]
	}
	if flags&hasBody != 0 {
		m.Body = batch[HeaderSize+text : end : end]
	}
	return m, batch[padded:], true
}

// EachJob calls yield with each Job that batch begins; at is where its message
// lies in batch. It stops when yield returns false.
func EachJob(batch []byte, yield func(id uint32, at int) bool) {
	at := 0
	for {
		m, rest, ok := NextMessage(batch[at:])
		if !ok || m.Kind == InJob && !yield(m.ID, at) {
			return
		}
		at = len(batch) - len(rest)
	}
}

// CountJobs is how many Jobs batch begins.
func CountJobs(batch []byte) (n int) {
	EachJob(batch, func(uint32, int) bool { n++; return true })
	return n
}
