// Package runtime carries the JavaScript side of Onward as source: what pages
// import (next), what runs in the browser (browser), what runs in the engine
// (server; platform where V8 is below, node where Node.js is). Only the compiler
// imports it; a build copies what the app needs into its output, so the serving
// side has no JavaScript of its own.
package runtime

import "embed"

// Files is the runtime folder. dist holds the npm parts of the platform, bundled
// by `make runtime`; without that step it has only its README.
//
//go:embed next browser server platform node dist
var Files embed.FS
