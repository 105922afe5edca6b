package dev

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// lock is held by the one development server of a folder. The system lets go of it
// when the process ends, however it ends, so that no stale lock can be.
type lock struct {
	file *os.File
}

// lockInfo is what the file tells other programs.
type lockInfo struct {
	PID      int    `json:"pid"`
	Port     int    `json:"port"`
	Hostname string `json:"hostname"`
	AppURL   string `json:"appUrl"`
	// StartedAt is Unix milliseconds.
	StartedAt int64 `json:"startedAt"`
}

// lockPatience is how long a server that is just ending has to do so.
const lockPatience = time.Second

// takeLock takes the lock of an output folder. The error says who has it.
func takeLock(project, out string, info lockInfo) (*lock, error) {
	name := filepath.Join(out, "lock")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, cannotWrite(out, err)
	}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, cannotWrite(name, err)
		}
		switch err := lockFile(f); {
		case err == nil:
			l := &lock{f}
			if err := l.tell(info); err != nil {
				l.release()
				return nil, cannotWrite(name, err)
			}
			return l, nil
		case !errors.Is(err, errLocked):
			f.Close()
			return nil, fmt.Errorf("dev: %s: %w", name, err)
		}
		if time.Since(began) < lockPatience {
			f.Close()
			continue
		}
		var other lockInfo
		text, _ := io.ReadAll(io.LimitReader(f, 4096))
		f.Close()
		m := diag.Errorf("dev-running", "Another onward dev server is already running.")
		if json.Unmarshal(text, &other) != nil || other.PID == 0 {
			return nil, m.WithHint("stop it before you start a new one")
		}
		log, err := filepath.Rel(project, filepath.Join(out, logFile))
		if err != nil {
			log = filepath.Join(out, logFile)
		}
		m.Detail = fmt.Sprintf("- Local:  %s\n- PID:    %d\n- Dir:    %s\n- Log:    %s", other.AppURL, other.PID, project, filepath.ToSlash(log))
		return nil, m.WithHint("open %s, or stop that server with `kill %d` and start again", other.AppURL, other.PID)
	}
}

func (l *lock) tell(info lockInfo) error {
	text, err := json.Marshal(info)
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt(append(text, '\n'), 0)
	return err
}

// release lets go of the lock and removes its file.
func (l *lock) release() {
	if l == nil {
		return
	}
	// Removed first: whoever opens the name from now on makes a file of their own.
	_ = os.Remove(l.file.Name())
	_ = l.file.Close()
}

// unwritable is the code of messages about files that cannot be written.
const unwritable = "output-unwritable"

func cannotWrite(name string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return diag.Errorf(unwritable, "cannot write %s: %v", name, err).
		WithHint("make the folder writable for the user that runs Onward, and see that the disk is not full")
}
