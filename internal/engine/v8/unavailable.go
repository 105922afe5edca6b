//go:build !cgo || onward_nov8

package v8

import (
	"errors"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
)

// Available reports whether this program was built with V8.
const Available = false

var errUnavailable = errors.New("v8: this program was built without V8 (cgo was off, or the tag onward_nov8 was set); build it with CGO_ENABLED=1")

// New always fails in a program without V8.
func New(engine.Options, *host.Table) (engine.Engine, error) { return nil, errUnavailable }

// BuildSnapshot always fails in a program without V8.
func BuildSnapshot([]byte, string) ([]byte, error) { return nil, errUnavailable }

// ID is empty in a program without V8.
func ID() string { return "" }
