//go:build cgo && !onward_nov8

package v8

// The prebuilt V8 of this platform.
import _ "github.com/tommie/v8go/deps/darwin_arm64"
