package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
)

const (
	// maxHeader is the most that request line and headers may take; more gets 431.
	// net/http reads 4 KB above it.
	maxHeader = 28 << 10
	// headTime is how long a client may take to send them.
	headTime = time.Minute
	// warmModules is how many pages are loaded ahead of the first request.
	warmModules = 16
)

// ListenOptions configure Serve.
type ListenOptions struct {
	// KeepAlive is how long an idle connection stays open; 0: five seconds,
	// negative: connections close after each answer.
	KeepAlive time.Duration
	// Warm is called when what is done ahead of the first request is done.
	Warm func()
}

// Serve accepts connections from l until ctx ends, then stops accepting and
// returns when all requests under way have their answers, and the pages being made
// anew are stored. There is no limit on how long that takes: whoever asked the
// process to end may lose patience, not we.
func (s *Server) Serve(ctx context.Context, l net.Listener, o ListenOptions) error {
	keep := o.KeepAlive
	if keep == 0 {
		keep = 5 * time.Second
	}
	srv := NewHTTP(s, s.log)
	srv.IdleTimeout = keep
	if keep < 0 {
		srv.SetKeepAlivesEnabled(false)
	} else {
		value := []string{"timeout=" + strconv.FormatInt(int64(max(keep/time.Second, 1)), 10)}
		s.keepAlive.Store(&value)
		defer s.keepAlive.Store(nil)
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(Listener(l)) }()
	warming, stopWarming := context.WithCancel(ctx)
	warmed := make(chan struct{})
	go func() {
		defer close(warmed)
		if s.warmUp(warming) && o.Warm != nil {
			o.Warm()
		}
	}()
	defer func() {
		stopWarming()
		<-warmed
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("server: %w", err)
	case <-ctx.Done():
	}
	err := srv.Shutdown(context.WithoutCancel(ctx))
	s.cache.Wait(context.WithoutCancel(ctx))
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// NewHTTP makes the http.Server that a Server is reached through. Handlers in between
// must pass what is written on at once (conn relies on it). Its listener is to be one
// of Listener.
func NewHTTP(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		MaxHeaderBytes:    maxHeader,
		ReadHeaderTimeout: headTime,
		IdleTimeout:       5 * time.Second,
		ConnContext:       withConn,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Listener makes connections such that answers can have status texts of their own.
func Listener(l net.Listener) net.Listener { return connListener{l} }

// warmUp starts a worker and loads pages, so that the first request finds both.
// What fails here will fail, and be told, with a request.
func (s *Server) warmUp(ctx context.Context) bool {
	if err := s.Warm(ctx); err != nil {
		s.log.Debug("starting a worker ahead failed: " + err.Error())
		return false
	}
	if !s.NeedsEngine() {
		return true
	}
	var routes []string
	for _, special := range []string{"/_app", "/_document", "/_error"} {
		if p := s.pages[special]; p != nil && p.Module != "" {
			routes = append(routes, special)
		}
	}
	for i := range s.manifest.Pages {
		p := &s.manifest.Pages[i]
		if len(routes) < warmModules && p.Module != "" && (p.Kind == manifest.SSR || p.Kind == manifest.API) {
			routes = append(routes, p.Route)
		}
	}
	e, err := s.Engine()
	if err != nil {
		return false
	}
	err = render.Warm(ctx, e, routes)
	if err == nil && s.guard != nil {
		err = render.WarmMiddleware(ctx, e)
	}
	if err != nil && ctx.Err() == nil {
		if kind, ok := engine.KindOf(err); ok && kind != engine.Aborted {
			s.log.Debug("loading pages ahead failed: " + err.Error())
		}
	}
	return ctx.Err() == nil
}
