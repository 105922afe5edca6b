package cache

import (
	"bytes"
	"compress/zlib"
	"hash/crc32"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// Encoding is a content coding.
type Encoding uint8

const (
	Identity Encoding = iota
	Gzip
	Brotli
	Deflate
	encodings
)

// Names of the codings as Content-Encoding has them.
var names = [encodings]string{"", "gzip", "br", "deflate"}

func (e Encoding) String() string { return names[e] }

// Threshold is the size below which nothing is compressed.
const Threshold = 1024

// Body is bytes that are sent many times: its tag and lengths are ready as header
// values, its compressed forms are made when first asked for. The header slices
// are shared by all responses and must not be changed.
type Body struct {
	// ETag is a strong, quoted tag of Bytes.
	ETag []string
	// Plain is Bytes as they are.
	Plain    Variant
	packing  sync.Mutex
	variants [encodings]atomic.Pointer[Variant]
}

// Variant is one form of a Body.
type Variant struct {
	Bytes []byte
	// Length is the Content-Length value; Encoding the Content-Encoding value,
	// nil for none.
	Length, Encoding []string
}

// NewBody makes a Body of b, which must not change afterwards.
func NewBody(b []byte) *Body {
	return &Body{ETag: []string{Tag(b)}, Plain: Variant{Bytes: b, Length: []string{strconv.Itoa(len(b))}}}
}

// Tag is the strong entity tag of b: two CRCs of different polynomials, which
// processors compute at memory speed, and the length.
func Tag(b []byte) string {
	sum := uint64(crc32.Checksum(b, castagnoli))<<32 | uint64(crc32.ChecksumIEEE(b))
	tag := make([]byte, 0, 32)
	tag = append(tag, '"')
	tag = strconv.AppendUint(tag, sum, 36)
	tag = append(tag, '-')
	tag = strconv.AppendInt(tag, int64(len(b)), 36)
	return string(append(tag, '"'))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Variant returns the body in an encoding. A coding that would not make it
// smaller gives the plain form.
func (b *Body) Variant(e Encoding) *Variant {
	if e == Identity || len(b.Plain.Bytes) < Threshold {
		return &b.Plain
	}
	if v := b.variants[e].Load(); v != nil {
		return v
	}
	// One packs; those who come meanwhile would only do the same.
	b.packing.Lock()
	defer b.packing.Unlock()
	if v := b.variants[e].Load(); v != nil {
		return v
	}
	v := &b.Plain
	if packed := Compress(e, b.Plain.Bytes); len(packed) < len(b.Plain.Bytes) {
		v = &Variant{Bytes: packed, Length: []string{strconv.Itoa(len(packed))}, Encoding: []string{e.String()}}
	}
	b.variants[e].Store(v)
	return v
}

// Compress packs b once and for good: it spends more time than a compressor of
// passing responses would.
func Compress(e Encoding, b []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(b)/3 + 64)
	// Writing to a Buffer does not fail.
	switch e {
	case Gzip:
		w, _ := gzip.NewWriterLevel(&out, 6)
		_, _ = w.Write(b)
		_ = w.Close()
	case Brotli:
		w := brotli.NewWriterV2(&out, 5)
		_, _ = w.Write(b)
		_ = w.Close()
	case Deflate:
		w, _ := zlib.NewWriterLevel(&out, 6)
		_, _ = w.Write(b)
		_ = w.Close()
	default:
		return b
	}
	return bytes.Clone(out.Bytes())
}

// cost estimates the memory of a body with two compressed forms.
func (b *Body) cost() int64 {
	if b == nil {
		return 0
	}
	n := int64(len(b.Plain.Bytes))
	if n >= Threshold {
		n += n / 2
	}
	return n + 256
}
