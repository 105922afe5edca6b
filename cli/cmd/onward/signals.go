package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/onwardjs/onward"
)

// manualSignals: NEXT_MANUAL_SIG_HANDLE leaves it to the app what SIGTERM and SIGINT
// do. It counts in the real environment only, not in .env files.
func manualSignals() bool { return os.Getenv("NEXT_MANUAL_SIG_HANDLE") != "" }

// exitCode is that of a process which a signal ends.
func exitCode(s os.Signal) int {
	if s == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupted
}

// awaitSignals calls drain on the first signal; code is then that of the process.
// With manualSignals each signal goes to the app, which ends the process with
// process.exit; one that the app does not listen to ends it at once.
func awaitSignals(app *onward.App, drain func()) (code *atomic.Int32) {
	code = new(atomic.Int32)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !manualSignals() {
		go func() {
			code.Store(int32(exitCode(<-signals)))
			drain()
		}()
		return code
	}
	go func() {
		for s := range signals {
			go func() {
				given, handled, err := app.Signal(context.Background(), s.(syscall.Signal))
				if err != nil || !handled {
					given = exitCode(s)
				}
				os.Exit(given)
			}()
		}
	}()
	return code
}
