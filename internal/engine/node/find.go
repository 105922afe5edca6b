package node

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

// Program is an installed Node.js.
type Program struct {
	Path string
	// Version as it tells it: "20.20.2".
	Version string
}

// oldest is the oldest Node.js that is run.
var oldest = [2]int{18, 18}

// Find looks for Node.js in PATH and asks for its version. Its errors tell the user
// what to do.
func Find(ctx context.Context) (Program, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return Program{}, diag.Errorf("node-missing", "the Node engine needs Node.js, and there is no `node` in PATH").
			WithHint("install Node.js %d.%d or newer from https://nodejs.org or your system's packages", oldest[0], oldest[1])
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return Program{}, diag.Errorf("node-broken", "`%s --version` failed: %v", path, err).
			WithHint("install Node.js %d.%d or newer", oldest[0], oldest[1])
	}
	p := Program{Path: path, Version: strings.TrimPrefix(strings.TrimSpace(string(out)), "v")}
	if !newEnough(p.Version) {
		return p, diag.Errorf("node-too-old", "the Node engine needs Node.js %d.%d or newer; %s is %q", oldest[0], oldest[1], path, p.Version).
			WithHint("install a newer one, or put it first in PATH")
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
