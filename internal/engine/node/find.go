package node

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Program is an installed Node.js.
type Program struct {
	Path string
	// Version as it tells it: "20.20.2".
	Version string
}

// oldest is the oldest Node.js that is run.
var oldest = [2]int{18, 18}

// Errors of Find, to tell apart what the user can do.
var (
	ErrMissing = errors.New("Node.js is not installed, or not in PATH")
	ErrTooOld  = errors.New("Node.js is too old")
)

// Find looks for Node.js in PATH and asks for its version.
func Find(ctx context.Context) (Program, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return Program{}, ErrMissing
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return Program{}, fmt.Errorf("%s --version: %w", path, err)
	}
	version := strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
	p := Program{Path: path, Version: version}
	if !newEnough(version) {
		return p, fmt.Errorf("%w: %s is version %q, and %d.%d or newer is needed", ErrTooOld, path, version, oldest[0], oldest[1])
	}
	return p, nil
}

func newEnough(version string) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return false
	}
	minor, err := strconv.Atoi(second)
	if err != nil {
		return false
	}
	return major > oldest[0] || major == oldest[0] && minor >= oldest[1]
}

// ID identifies the engine in what it stores.
func (p Program) ID() string { return "node-" + p.Version }
