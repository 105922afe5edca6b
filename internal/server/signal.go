package server

import (
	"context"

	"github.com/onwardjs/onward/internal/render"
)

// Signal hands a signal to the app's own handlers; see render.Signal. An app that
// runs no JavaScript has none.
func (s *Server) Signal(ctx context.Context, name string, number int) (code int, handled bool, err error) {
	if !s.NeedsEngine() {
		return 0, false, nil
	}
	e, err := s.Engine()
	if err != nil {
		return 0, false, err
	}
	return render.Signal(ctx, e, name, number)
}
