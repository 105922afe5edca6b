//go:build cgo && !onward_nov8

package v8

// The headers lie in the module cache. From a checkout `make setup` links them
// to ./include; as a dependency, or vendored, this package finds them beside
// itself. The last import makes Go fetch the module that carries them.

// #cgo CXXFLAGS: -std=c++20 -fno-rtti -fno-exceptions -O2 -Wall -Wno-attributes
// #cgo CXXFLAGS: -DV8_COMPRESS_POINTERS -DV8_31BIT_SMIS_ON_64BIT_ARCH -DV8_ENABLE_SANDBOX
// #cgo CXXFLAGS: -I${SRCDIR}/include -I${SRCDIR}/../../../../../tommie/v8go@v0.34.0/deps/include -I${SRCDIR}/../../../../../tommie/v8go/deps/include
// #cgo LDFLAGS: -lstdc++
// #cgo linux LDFLAGS: -lm
import "C"

import _ "github.com/tommie/v8go/deps/include"
