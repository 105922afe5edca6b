package server

import (
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"github.com/onwardjs/onward/internal/cache"
)

// accepted chooses the coding of a body that is packed once and sent many times:
// Brotli, gzip, deflate, whichever comes first among those the client takes.
func accepted(header []string) cache.Encoding {
	return choose(header, cache.Brotli, cache.Gzip, cache.Deflate)
}

// acceptedLive chooses the coding of a body that is packed while the client waits:
// gzip first, since it costs least.
func acceptedLive(header []string) cache.Encoding {
	return choose(header, cache.Gzip, cache.Brotli, cache.Deflate)
}

func choose(header []string, order ...cache.Encoding) cache.Encoding {
	if len(header) == 0 {
		return cache.Identity
	}
	var takes, refuses [4]bool
	any := false
	for _, list := range header {
		for part := range strings.SplitSeq(list, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			name = strings.Trim(name, " \t")
			refused := parameters != "" && zeroQuality(parameters)
			if name == "*" {
				any = !refused
				continue
			}
			for _, e := range order {
				if strings.EqualFold(name, e.String()) || e == cache.Gzip && strings.EqualFold(name, "x-gzip") {
					takes[e], refuses[e] = !refused, refused
				}
			}
		}
	}
	for _, e := range order {
		if takes[e] {
			return e
		}
	}
	if any && !refuses[cache.Gzip] {
		return cache.Gzip
	}
	return cache.Identity
}

// zeroQuality: the parameters say q=0, that is, no.
func zeroQuality(parameters string) bool {
	for p := range strings.SplitSeq(parameters, ";") {
		p = strings.Trim(p, " \t")
		if len(p) > 2 && (p[0] == 'q' || p[0] == 'Q') && p[1] == '=' {
			return strings.Trim(p[2:], "0.") == ""
		}
	}
	return false
}

// compressible: the media type is text of some kind, and the answer may be packed.
func compressible(h http.Header) bool {
	kinds := h["Content-Type"]
	if len(kinds) == 0 {
		return false
	}
	kind, _, _ := strings.Cut(kinds[0], ";")
	return compressibleType(strings.ToLower(strings.Trim(kind, " \t"))) && !noTransform(h)
}

func compressibleType(kind string) bool {
	major, minor, _ := strings.Cut(kind, "/")
	if major == "text" || strings.HasSuffix(minor, "+json") || strings.HasSuffix(minor, "+xml") || strings.HasSuffix(minor, "+text") {
		return true
	}
	switch kind {
	case "application/json", "application/javascript", "application/x-javascript", "application/ecmascript",
		"application/xml", "application/xml-dtd", "application/wasm", "application/x-sh", "application/x-tar",
		"application/rtf", "application/graphql", "application/x-httpd-php", "application/postscript",
		"application/vnd.ms-fontobject", "application/json5", "application/manifest", "application/x-www-form-urlencoded",
		"application/vnd.apple.mpegurl", "font/ttf", "font/otf", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
		"image/x-ms-bmp", "image/vnd.adobe.photoshop", "model/gltf-binary", "message/rfc822", "multipart/mixed":
		return true
	}
	return false
}

func noTransform(h http.Header) bool {
	for _, v := range h["Cache-Control"] {
		if strings.Contains(strings.ToLower(v), "no-transform") {
			return true
		}
	}
	return false
}

// longEnough: the length that user code announced is worth packing.
func longEnough(h http.Header) bool {
	length := strings.TrimLeft(h["Content-Length"][0], "0")
	return len(length) > 4 || len(length) == 4 && length >= "1024"
}

// addVary says that the answer depends on Accept-Encoding.
func addVary(h http.Header) {
	have := h["Vary"]
	if len(have) == 0 {
		h["Vary"] = varyCode
		return
	}
	for _, v := range have {
		for part := range strings.SplitSeq(v, ",") {
			part = strings.Trim(part, " \t")
			if part == "*" || strings.EqualFold(part, "Accept-Encoding") {
				return
			}
		}
	}
	h["Vary"] = []string{strings.Join(have, ", ") + ", Accept-Encoding"}
}

// pack compresses a body that is sent once, when the client takes that and it helps.
func (s *Server) pack(q *request, body []byte) []byte {
	coding := acceptedLive(q.r.Header["Accept-Encoding"])
	if coding == cache.Identity {
		return body
	}
	var out buffer
	p := newPacker(coding, &out)
	defer p.release()
	// Writing to memory does not fail.
	_, _ = p.Write(body)
	_ = p.Close()
	if len(out.b) >= len(body) {
		return body
	}
	q.w.Header()["Content-Encoding"] = []string{coding.String()}
	return out.b
}

type buffer struct{ b []byte }

func (b *buffer) Write(p []byte) (int, error) {
	b.b = append(b.b, p...)
	return len(p), nil
}

// packer compresses what passes through it.
type packer struct {
	flushWriter
	pool *sync.Pool
}

type flushWriter interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// Compressors keep large tables, so they are used again. The garbage collector
// empties pools, so none outlives the load that needed it.
var packers = [...]sync.Pool{
	cache.Gzip: {New: func() any {
		w, _ := gzip.NewWriterLevel(nil, 3) // the level is valid
		return w
	}},
	cache.Brotli: {New: func() any { return brotli.NewWriterLevel(nil, 3) }},
	cache.Deflate: {New: func() any {
		w, _ := zlib.NewWriterLevel(nil, 3)
		return w
	}},
}

func newPacker(coding cache.Encoding, out io.Writer) *packer {
	pool := &packers[coding]
	w := pool.Get().(flushWriter)
	w.Reset(out)
	return &packer{w, pool}
}

// release gives the compressor back; nothing may be written after it.
func (p *packer) release() {
	p.Reset(io.Discard)
	p.pool.Put(p.flushWriter)
}
