package host

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
)

// Options configure the standard operations. The zero value means the defaults.
type Options struct {
	// Transport carries fetch and http.request; nil makes one from the
	// process environment (proxies, NODE_EXTRA_CA_CERTS) with its own pool.
	Transport http.RoundTripper
	// MaxFetches is how many requests may be under way at once; more wait.
	// Default 512.
	MaxFetches int
	// MaxOpenFiles bounds the file handles JavaScript holds open. Default 1024.
	MaxOpenFiles int
	// MaxReadFile is the largest file read in one piece, in bytes. Default 512 MB.
	MaxReadFile int64
	// MaxInflate is the most that one decompression may produce. Default 256 MB.
	MaxInflate int64
	// MaxHashMemory bounds one scrypt call, in bytes. Default 128 MB.
	MaxHashMemory int64
}

func (o *Options) fill() {
	orInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	orInt64 := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	orInt(&o.MaxFetches, 512)
	orInt(&o.MaxOpenFiles, 1024)
	orInt64(&o.MaxReadFile, 512<<20)
	orInt64(&o.MaxInflate, 256<<20)
	orInt64(&o.MaxHashMemory, 128<<20)
}

// Default returns the table of all standard operations. One table serves all
// workers of an engine; callers may add operations of their own to it before
// the engine starts.
func Default(o Options) *Table {
	o.fill()
	t := &Table{Sync: map[string]SyncFunc{}, Async: map[string]AsyncFunc{}}
	maps.Copy(t.Sync, encodingOps())
	maps.Copy(t.Sync, osOps())
	addBoth(t, fileOps(&o))
	addBoth(t, hashOps(&o))
	addBoth(t, cipherOps())
	addBoth(t, keyOps())
	addBoth(t, zlibOps(&o))
	t.Async["zlib.stream"] = zlibStream(&o)
	maps.Copy(t.Async, lookupOps())
	t.Async["fetch"] = newFetcher(&o).run
	return t
}

// addBoth registers operations that may be called either way: the
// synchronous form on the worker's thread, the other on a goroutine.
func addBoth(t *Table, ops map[string]SyncFunc) {
	for name, f := range ops {
		t.Sync[name] = f
		t.Async[name] = func(_ context.Context, env *Env, call *Call) (Value, error) {
			return f(env, call.Text, call.Body)
		}
	}
}

// read parses the JSON arguments of an operation.
func read(text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return &Error{Code: "ERR_INVALID_ARG_VALUE", Message: "malformed arguments of a host operation: " + err.Error()}
	}
	return nil
}

// answer makes a JSON text of v.
func answer(v any) (Value, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return Value{}, fmt.Errorf("host: %w", err)
	}
	return Value{Text: string(b)}, nil
}

// bytesValue is an answer of bytes; it is never nil, so that JavaScript sees
// an empty Uint8Array and not a string.
func bytesValue(b []byte) Value {
	if b == nil {
		b = []byte{}
	}
	return Value{Body: b}
}

func failf(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
