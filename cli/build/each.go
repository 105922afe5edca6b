package build

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/onwardjs/onward/internal/diag"
)

// each runs fn for every item, limit at a time, and waits for all. Messages to
// users are gathered from all items and returned sorted by file; of other errors
// the first is returned, when there is no message.
func each[T any](items []T, limit int, fn func(i int, item T) error) error {
	var (
		mu     sync.Mutex
		errs   diag.Errors
		failed error
		wg     sync.WaitGroup
		slots  = make(chan struct{}, limit)
	)
	for i, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			err := fn(i, item)
			if err == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			var many diag.Errors
			var one *diag.Message
			switch {
			case errors.As(err, &many):
				errs = append(errs, many...)
			case errors.As(err, &one):
				errs = append(errs, one)
			case failed == nil:
				failed = err
			}
		})
	}
	wg.Wait()
	if len(errs) > 0 {
		slices.SortStableFunc(errs, func(a, b *diag.Message) int { return strings.Compare(a.File, b.File) })
		return errs
	}
	return failed
}
