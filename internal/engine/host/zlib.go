package host

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
)

type zlibArgs struct {
	// Kind is gzip, gunzip, deflate, inflate, deflateRaw, inflateRaw, unzip,
	// brotliCompress or brotliDecompress.
	Kind string `json:"kind"`
	// Level is the zlib level (-1 default) or the brotli quality.
	Level *int `json:"level"`
	// Window is log2 of the brotli window, 0 for the default.
	Window int `json:"window"`
	// Max is the most bytes of output; 0 means the engine's limit.
	Max int64 `json:"max"`
	// Dictionary is how many bytes of the body are a preset dictionary.
	Dictionary int `json:"dictionary"`
	// Unframed streams have no flush marks: every chunk is data.
	Unframed bool `json:"unframed"`
}

// zlibOps:
//
//	zlib.run  text: zlibArgs, body: dictionary then input → output
func zlibOps(o *Options) map[string]SyncFunc {
	return map[string]SyncFunc{
		"zlib.run": func(_ *Env, text string, body []byte) (Value, error) {
			var a zlibArgs
			if err := read(text, &a); err != nil {
				return Value{}, err
			}
			if a.Dictionary < 0 || a.Dictionary > len(body) {
				return Value{}, failf("ERR_OUT_OF_RANGE", "malformed arguments of zlib")
			}
			dictionary, input := body[:a.Dictionary], body[a.Dictionary:]
			most := o.MaxInflate
			if a.Max > 0 && a.Max < most {
				most = a.Max
			}
			var out bytes.Buffer
			limited := &limitWriter{w: &out, left: most, most: most}
			if w, err := compressor(&a, limited, dictionary); err != nil {
				return Value{}, err
			} else if w != nil {
				if _, err := w.Write(input); err != nil {
					return Value{}, zlibError(&a, err)
				}
				if err := w.Close(); err != nil {
					return Value{}, zlibError(&a, err)
				}
				return bytesValue(out.Bytes()), nil
			}
			r, err := decompressor(&a, bytes.NewReader(input), dictionary)
			if err != nil {
				return Value{}, zlibError(&a, err)
			}
			if _, err := io.Copy(limited, r); err != nil {
				return Value{}, zlibError(&a, err)
			}
			return bytesValue(out.Bytes()), nil
		},
	}
}

// limitWriter fails when more than most bytes come.
type limitWriter struct {
	w          io.Writer
	left, most int64
}

func (l *limitWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > l.left {
		return 0, failf("ERR_BUFFER_TOO_LARGE", "Cannot create a Buffer larger than %d bytes", l.most)
	}
	l.left -= int64(len(p))
	return l.w.Write(p)
}

type flushWriter interface {
	io.WriteCloser
	Flush() error
}

// compressor returns nil without an error for the kinds that decompress.
func compressor(a *zlibArgs, w io.Writer, dictionary []byte) (flushWriter, error) {
	level := flate.DefaultCompression
	if a.Level != nil {
		level = *a.Level
	}
	if a.Kind == "brotliCompress" {
		if a.Level == nil {
			level = brotli.BestCompression
		}
		if level < 0 || level > 11 {
			return nil, failf("ERR_OUT_OF_RANGE", "brotli quality must be >= 0 and <= 11. Received %d", level)
		}
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: level, LGWin: a.Window}), nil
	}
	if level < -1 || level > 9 {
		return nil, failf("ERR_OUT_OF_RANGE", `The value of "options.level" is out of range. It must be >= -1 and <= 9. Received %d`, level)
	}
	switch a.Kind {
	case "gzip":
		z, err := gzip.NewWriterLevel(w, level)
		if err == nil {
			// zlib writes the Unix mark, or 255 never: Go's default is "unknown".
			z.OS = 3
		}
		return z, err
	case "deflate":
		return zlib.NewWriterLevelDict(w, level, dictionary)
	case "deflateRaw":
		return flate.NewWriterDict(w, level, dictionary)
	case "gunzip", "inflate", "inflateRaw", "unzip", "brotliDecompress":
		return nil, nil
	}
	return nil, failf("ERR_INVALID_ARG_VALUE", "zlib: unknown kind %q", a.Kind)
}

func decompressor(a *zlibArgs, from io.Reader, dictionary []byte) (io.Reader, error) {
	r := bufio.NewReader(from)
	kind := a.Kind
	if kind == "unzip" {
		kind = "inflate"
		if first, err := r.Peek(2); err == nil && first[0] == 0x1f && first[1] == 0x8b {
			kind = "gunzip"
		}
	}
	switch kind {
	case "gunzip":
		return gzip.NewReader(r)
	case "inflate":
		return zlib.NewReaderDict(r, dictionary)
	case "inflateRaw":
		return flate.NewReaderDict(r, dictionary), nil
	default:
		return brotli.NewReader(r), nil
	}
}

// zlibError words a failure as zlib does, with its code and errno.
func zlibError(a *zlibArgs, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	code, errno, message := "Z_DATA_ERROR", -3, err.Error()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		code, errno, message = "Z_BUF_ERROR", -5, "unexpected end of file"
	case a.Kind == "brotliDecompress":
		code, errno, message = "ERR__ERROR_FORMAT_PADDING_1", -5, "Decompression failed"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, zlib.ErrHeader):
		message = "incorrect header check"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zlib.ErrChecksum):
		message = "incorrect data check"
	case errors.Is(err, zlib.ErrDictionary):
		code, errno, message = "Z_NEED_DICT", 2, "Missing dictionary"
	}
	detail, _ := answer(map[string]int{"errno": errno})
	return &Error{Code: code, Message: message, Detail: []byte(detail.Text)}
}

// Marks before each chunk that JavaScript streams in.
const (
	frameData  = 0
	frameFlush = 1
	mostFrame  = 64 << 20
)

// zlibStream: text is zlibArgs. JavaScript streams frames in, each a mark byte,
// a length (4 bytes, big endian) and as many bytes; what comes out is streamed
// back as it is ready. A flush frame brings out all input so far.
func zlibStream(o *Options) AsyncFunc {
	return func(ctx context.Context, _ *Env, call *Call) (Value, error) {
		var a zlibArgs
		if err := read(call.Text, &a); err != nil {
			return Value{}, err
		}
		most := o.MaxInflate * 16
		if a.Max > 0 && a.Max < most {
			most = a.Max
		}
		out := &limitWriter{w: sendWriter{call}, left: most, most: most}
		w, err := compressor(&a, out, call.Body)
		if err != nil {
			return Value{}, err
		}
		if w != nil {
			if err := compressStream(&a, w, call.Recv); err != nil {
				return Value{}, zlibError(&a, err)
			}
			return Value{}, nil
		}
		from := call.Recv
		if !a.Unframed {
			from = &unframe{from: call.Recv}
		}
		r, err := decompressor(&a, from, call.Body)
		if err == nil {
			_, err = io.CopyBuffer(out, onlyReader{r}, make([]byte, 32<<10))
		}
		if err != nil {
			return Value{}, zlibError(&a, err)
		}
		return Value{}, nil
	}
}

type onlyReader struct{ io.Reader }

type sendWriter struct{ call *Call }

func (s sendWriter) Write(p []byte) (int, error) {
	if err := s.call.Send("", bytes.Clone(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func compressStream(a *zlibArgs, w flushWriter, from io.Reader) error {
	if a.Unframed {
		if _, err := io.Copy(w, from); err != nil {
			return err
		}
		return w.Close()
	}
	for {
		mark, size, err := readFrame(from)
		if errors.Is(err, io.EOF) {
			return w.Close()
		}
		if err != nil {
			return err
		}
		if _, err := io.CopyN(w, from, size); err != nil {
			return err
		}
		if mark == frameFlush {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
}

func readFrame(from io.Reader) (mark byte, size int64, err error) {
	var head [5]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, 0, err
	}
	size = int64(binary.BigEndian.Uint32(head[1:]))
	if size > mostFrame {
		return 0, 0, failf("ERR_OUT_OF_RANGE", "zlib: a chunk may have at most %d bytes", mostFrame)
	}
	return head[0], size, nil
}

// unframe reads the data of frames as one stream.
type unframe struct {
	from io.Reader
	left int64
}

func (u *unframe) Read(p []byte) (int, error) {
	for u.left == 0 {
		_, size, err := readFrame(u.from)
		if err != nil {
			return 0, err
		}
		u.left = size
	}
	n, err := u.from.Read(p[:min(int64(len(p)), u.left)])
	u.left -= int64(n)
	if errors.Is(err, io.EOF) && u.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
