//go:build unix

package dev

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// detach gives the editor a session of its own, so that it outlives the server and
// an interrupt of the terminal.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// processes lists the running programs of the user, from /proc where there is one.
func processes(ctx context.Context) []process {
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err == nil && len(links) > 0 {
		var out []process
		for _, link := range links {
			// Those of other users cannot be read.
			if target, err := os.Readlink(link); err == nil {
				out = append(out, process{strings.TrimSuffix(target, " (deleted)")})
			}
		}
		return out
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, "ps", "x", "-o", "comm=").Output()
	if err != nil {
		return nil // no list: the variables are left
	}
	var out []process
	for line := range strings.Lines(string(text)) {
		out = append(out, process{strings.TrimSpace(line)})
	}
	return out
}
