//go:build !unix

package dev

import (
	"context"
	"os/exec"
)

func detach(*exec.Cmd) {}

// processes knows of no running programs here: REACT_EDITOR names the editor.
func processes(context.Context) []process { return nil }
