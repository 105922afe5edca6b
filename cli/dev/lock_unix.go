//go:build unix

package dev

import (
	"errors"
	"os"
	"syscall"
)

var errLocked = errors.New("another process has the lock")

// lockFile locks an open file until it is closed.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return errLocked
	case err != nil:
		return nil // a file system without locks: better no lock than no server
	}
	// The name may have gone from under the file that was just opened.
	named, err := os.Stat(f.Name())
	if err != nil {
		return errLocked
	}
	if opened, err := f.Stat(); err != nil || !os.SameFile(opened, named) {
		return errLocked
	}
	return nil
}
