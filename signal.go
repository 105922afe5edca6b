package onward

import (
	"context"
	"errors"
	"syscall"
)

// Signal hands a signal that this process has received to the handlers that the
// app's code has registered with process.on("SIGTERM", ...). handled is false when
// there are none for it. Otherwise Signal returns once the app calls process.exit,
// with that code; to end the process is left to the caller.
//
// It is for programs that leave their end to the app, as `onward start` does with
// NEXT_MANUAL_SIG_HANDLE in its environment.
func (a *App) Signal(ctx context.Context, s syscall.Signal) (code int, handled bool, err error) {
	srv := a.server.Load()
	if srv == nil {
		return 0, false, errors.New("onward: App.Prepare must succeed before App.Signal")
	}
	name, known := map[syscall.Signal]string{syscall.SIGTERM: "SIGTERM", syscall.SIGINT: "SIGINT", syscall.SIGHUP: "SIGHUP"}[s]
	if !known {
		return 0, false, nil
	}
	return srv.Signal(ctx, name, int(s))
}
