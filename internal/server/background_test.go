package server

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestBackground: a server that closes waits for what goes on after answers, but not
// for ever, and counts a bounded number of it.
func TestBackground(t *testing.T) {
	t.Run("ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var b background
			b.end() // nothing runs: at once
			ctx, cancel := context.WithCancel(t.Context())
			go func() { _, _ = b.operation(ctx, nil, nil) }()
			synctest.Wait()
			begin := time.Now()
			time.AfterFunc(2*time.Second, cancel)
			b.end()
			if waited := time.Since(begin); waited != 2*time.Second {
				t.Errorf("waited %v", waited)
			}
		})
	})
	t.Run("does not end", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var b background
			go func() { _, _ = b.operation(t.Context(), nil, nil) }()
			synctest.Wait()
			begin := time.Now()
			b.end()
			if waited := time.Since(begin); waited != backgroundGrace {
				t.Errorf("waited %v", waited)
			}
			time.Sleep(backgroundTime)
			synctest.Wait()
			if b.running != 0 {
				t.Errorf("%d pieces of work are counted still", b.running)
			}
		})
	})
	t.Run("too much", func(t *testing.T) {
		b := background{running: backgroundMost}
		if b.begin() {
			t.Error("more was counted than is allowed")
		}
	})
}
