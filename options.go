package onward

import (
	"log/slog"
	"time"

	"github.com/onwardjs/onward/internal/engine"
)

// Options say which app to serve and how. The zero value serves the app in the
// current folder.
type Options struct {
	// Dir is the project: the folder with next.config and .next. Default ".".
	Dir string
	// DistDir is the output folder within Dir. Default: ".next", or, when there
	// is no build in it, the one other folder of the project that holds a build
	// (a project with distDir in its config).
	DistDir string
	// Dev develops the app instead of serving a build: pages are compiled when they
	// are opened, and edits show at once. The `onward` command does it, started by
	// Prepare as a child of this process. Cache and Logger have no effect then, and
	// of Engine only Name has.
	Dev bool
	// Command is the file of that command. Default: node_modules/.bin/onward in Dir,
	// else `onward` in PATH.
	Command string
	// Quiet keeps failures out of the log.
	Quiet bool
	// Hostname and Port are where the app is reached, as far as code of the app
	// may want to know. They do not listen: Serve, or your own http.Server,
	// does. Defaults: "localhost", 3000.
	Hostname string
	Port     int
	// Cache is a Redis or Valkey server where pages that are made anew are kept, so
	// that several processes of one build share them:
	// "redis://user:password@host:6379/0?prefix=shop", with rediss:// for TLS, or
	// "unix:///run/redis.sock". While it cannot be reached, pages come from
	// memory and from the build. Default: the class that cacheHandler of
	// next.config names, else the folder cache of the output.
	Cache string
	// Logger hears of failures. Default: lines on standard error, as Next.js
	// prints them.
	Logger *slog.Logger
	// Engine says what runs the JavaScript of the app, and bounds it.
	Engine EngineOptions
}

// EngineOptions say what runs JavaScript, and bound what it may take. Zero means the
// default.
type EngineOptions struct {
	// Name is "v8" (in this process), "node" (in Node.js processes, for apps that
	// need native addons or modules that V8 alone lacks), or "auto": what the
	// build was made for. Default "auto". A build for Node.js does not run in V8.
	Name string
	// Workers is the greatest number of isolates or processes. Default: one less than there
	// are processors, at least one. They are started as load asks for them.
	Workers int
	// HeapLimit is the JavaScript heap of one worker in bytes; a page that
	// needs more fails, and the worker is replaced. Default 512 MB.
	HeapLimit int64
	// BufferLimit is what its ArrayBuffers may take. Default 256 MB.
	BufferLimit int64
	// TurnLimit is how long JavaScript may run without a pause. Default 10 s.
	TurnLimit time.Duration
	// RequestTimeout is how long one request may run. Default 60 s.
	RequestTimeout time.Duration
	// Queue is how many requests may wait for a worker; more get 503. Default
	// 1024.
	Queue int
	// Debug lets debuggers attach to the code of the app: who does can run anything in
	// this process. There is one worker then, and requests take as long as they take.
	// Default nil: they cannot.
	Debug *Debug
}

// Debug says how debuggers reach the workers of the app: its Worker is called with
// each that begins in this process, and where Node.js runs the app, the debugger of
// that listens at its Address.
type Debug = engine.Debug

// Debuggee is a worker that speaks the Chrome DevTools Protocol.
type Debuggee = engine.Debuggee

// ServeOptions say how App.Serve treats connections.
type ServeOptions struct {
	// KeepAlive is how long a connection stays open without a request. Default
	// five seconds; negative: no longer than one request.
	KeepAlive time.Duration
	// Warm is called once, when what the app does ahead of requests is done: its
	// first worker runs and has loaded pages. Requests are served before that,
	// too. It is not called when no worker could be started.
	Warm func()
}
