//go:build cgo && !onward_nov8

package v8

// #include <stdlib.h>
// #include "binding.h"
import "C"

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"sync"
	"unsafe"

	"github.com/onwardjs/onward/internal/engine/pool"
)

// bindingVersion changes with everything a snapshot depends on that is ours:
// the list of native functions and their order.
const bindingVersion = "1"

// flags are V8's, for the whole process.
//   - turboshaft's loop unrolling drops the interrupt check of a loop, and an
//     endless loop could not be stopped any more;
//   - memory protection keys are per thread, and Go makes threads before V8
//     starts.
const flags = "--no-turboshaft-loop-unrolling --no-memory-protection-keys --stack-size=984 --wasm-max-mem-pages=4096"

var startOnce sync.Once

// start boots V8 in this process when the first engine is made.
func start() {
	startOnce.Do(func() {
		f := C.CString(flags)
		defer C.free(unsafe.Pointer(f))
		C.ow_start(f, C.int(min(2, max(1, runtime.NumCPU()/2))))
	})
}

// ID identifies the engine for what it stores: snapshots and code caches of
// one ID are never shown to another.
func ID() string {
	return "v8-" + C.GoString(C.ow_version()) + "-" + runtime.GOOS + "-" + runtime.GOARCH + "-" + bindingVersion + "-" + flags
}

// Stored artefacts start with a seal: magic, a hash of the engine's ID, a hash
// of the source they were made from, and a checksum of what follows. V8 trusts
// what it is given, and a bad snapshot ends the process.
const (
	snapshotMagic = 0x6f776e73
	cacheMagic    = 0x6f776363
	sealSize      = 4 + 4 + 12 + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var engineHash = sync.OnceValue(func() uint32 { return crc32.ChecksumIEEE([]byte(ID())) })

// fingerprint of a source: its length and two checksums.
func fingerprint(dst []byte, source []byte) {
	binary.LittleEndian.PutUint32(dst, uint32(len(source)))
	binary.LittleEndian.PutUint32(dst[4:], crc32.Checksum(source, castagnoli))
	binary.LittleEndian.PutUint32(dst[8:], crc32.ChecksumIEEE(source))
}

func seal(magic uint32, payload, source []byte) []byte {
	out := make([]byte, sealSize, sealSize+len(payload))
	binary.LittleEndian.PutUint32(out, magic)
	binary.LittleEndian.PutUint32(out[4:], engineHash())
	fingerprint(out[8:], source)
	binary.LittleEndian.PutUint32(out[20:], crc32.Checksum(payload, castagnoli))
	return append(out, payload...)
}

var (
	errForeign = errors.New("it was made by another version of Onward")
	errStale   = errors.New("it was made from another script")
	errCorrupt = errors.New("it is damaged")
)

func unseal(magic uint32, sealed, source []byte) ([]byte, error) {
	if len(sealed) < sealSize || binary.LittleEndian.Uint32(sealed) != magic {
		return nil, errCorrupt
	}
	if binary.LittleEndian.Uint32(sealed[4:]) != engineHash() {
		return nil, errForeign
	}
	if source != nil {
		var want [12]byte
		fingerprint(want[:], source)
		if string(sealed[8:20]) != string(want[:]) {
			return nil, errStale
		}
	}
	payload := sealed[sealSize:]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(sealed[20:]) {
		return nil, errCorrupt
	}
	return payload, nil
}

// openSnapshot checks a snapshot made by BuildSnapshot. runtime may be empty.
func openSnapshot(sealed, script []byte) ([]byte, error) {
	if len(script) == 0 {
		script = nil
	}
	raw, err := unseal(snapshotMagic, sealed, script)
	if err != nil {
		return nil, fmt.Errorf("v8: the start-up snapshot cannot be used: %w", err)
	}
	return raw, nil
}

// openCache returns the code cache if it fits source, else nothing.
func openCache(sealed, source []byte) []byte {
	if len(sealed) == 0 {
		return nil
	}
	raw, err := unseal(cacheMagic, sealed, source)
	if err != nil {
		return nil
	}
	return raw
}

// BuildSnapshot runs script in a fresh isolate and freezes what it leaves, with
// the code it compiled, for engine.Options.Snapshot. name stands in stack
// traces. Host operations and modules are not available to the script.
func BuildSnapshot(script []byte, name string) ([]byte, error) {
	start()
	src := buffer(script)
	defer C.free(unsafe.Pointer(src.data))
	n := C.CString(name)
	defer C.free(unsafe.Pointer(n))
	var problem *C.char
	out := C.ow_snapshot(src.data, src.len, n, &problem)
	if problem != nil {
		defer C.free(unsafe.Pointer(problem))
		return nil, fmt.Errorf("v8: building the start-up snapshot: %s", C.GoString(problem))
	}
	if out.data == nil {
		return nil, errors.New("v8: building the start-up snapshot: out of memory")
	}
	defer C.free(unsafe.Pointer(out.data))
	return seal(snapshotMagic, unsafe.Slice((*byte)(unsafe.Pointer(out.data)), int(out.len)), script), nil
}

// codeCache runs on the worker's own goroutine, between two turns.
func (w *worker) codeCache(ctx context.Context, path string) ([]byte, error) {
	m, err := w.pool.LoadModule(path)
	if err != nil || m == nil || path == "" {
		return nil, err
	}
	done := make(chan []byte, 1)
	w.Mu.Lock()
	if w.State > pool.Ready {
		w.Mu.Unlock()
		return nil, nil
	}
	w.requests = append(w.requests, func(iso *C.ow_isolate) {
		p := []byte(path)
		out := C.ow_code_cache(iso, (*C.uint8_t)(unsafe.Pointer(&p[0])), C.size_t(len(p)))
		if out.data == nil {
			done <- nil
			return
		}
		defer C.free(unsafe.Pointer(out.data))
		done <- seal(cacheMagic, unsafe.Slice((*byte)(unsafe.Pointer(out.data)), int(out.len)), m.Source)
	})
	w.Cond.Signal()
	w.Mu.Unlock()
	select {
	case cache := <-done:
		return cache, nil
	case <-w.Gone():
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
