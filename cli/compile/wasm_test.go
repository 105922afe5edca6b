package compile

import (
	"slices"
	"testing"
)

// addModule exports add(a, b) and imports log from "./env.js":
//
//	(module (import "./env.js" "log" (func (param i32)))
//	  (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const addModule = "\x00asm\x01\x00\x00\x00" +
	"\x01\x0b\x02\x60\x01\x7f\x00\x60\x02\x7f\x7f\x01\x7f" +
	"\x02\x10\x01\x08./env.js\x03log\x00\x00" +
	"\x03\x02\x01\x01" +
	"\x07\x07\x01\x03add\x00\x01" +
	"\x0a\x09\x01\x07\x00\x20\x00\x20\x01\x6a\x0b"

func TestWasmInterface(t *testing.T) {
	imports, exports, err := wasmInterface([]byte(addModule))
	if err != nil || !slices.Equal(imports, []string{"./env.js"}) || !slices.Equal(exports, []string{"add"}) {
		t.Errorf("got %q %q %v", imports, exports, err)
	}
	for n := range len(addModule) {
		wasmInterface([]byte(addModule)[:n]) // must not panic
	}
	for _, bad := range []string{"", "<html>", addModule[:len(addModule)-3]} {
		if _, _, err := wasmInterface([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
