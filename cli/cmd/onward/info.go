package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/cli/build"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine/v8"
	"github.com/onwardjs/onward/internal/manifest"
)

// runInfo prints what a bug report needs to know of the machine and the app.
func runInfo(t *terminal, args []string) (int, error) {
	f := flagSet(t, "info", "[directory]", "Prints what to put into a bug report.")
	verbose := f.Bool("verbose", false, "also print environment variables that change what Onward does")
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "info")
	}
	dir, err := projectDir(f)
	if err != nil {
		return exitFailure, err
	}
	cfg, _, err := build.Config(context.Background(), dir, os.Environ(), "phase-info", io.Discard)
	output, file, lastBuild := "N/A", "N/A", "N/A"
	var experiments []string
	if err != nil {
		output = "next.config cannot be read: " + err.Error()
	} else {
		output, file = cmp.Or(cfg.Output, output), cmp.Or(cfg.File, file)
		for _, e := range cfg.Experiments {
			experiments = append(experiments, e.Name)
		}
		if m, err := manifest.Read(filepath.Join(dir, filepath.FromSlash(cfg.DistDir))); err == nil {
			lastBuild = strings.TrimSpace(m.Runtime.Engine + " " + m.Runtime.Reason)
		}
	}
	w := t.out
	fmt.Fprintf(w, "\nOperating System:\n  Platform: %s\n  Arch: %s\n  Version: %s\n  Available memory (MB): %s\n  Available CPU cores: %d\n",
		runtime.GOOS, arch(), kernelVersion(), memory(), runtime.NumCPU())
	fmt.Fprintf(w, "Binaries:\n  Onward: %s\n", onward.Version)
	for _, b := range []struct{ name, command string }{{"Node", "node"}, {"npm", "npm"}, {"Yarn", "yarn"}, {"pnpm", "pnpm"}} {
		fmt.Fprintf(w, "  %s: %s\n", b.name, versionOf(b.command))
	}
	fmt.Fprintf(w, "Engine:\n  V8: %s\n  Go: %s\n  Last build: %s\n", v8Version(), strings.TrimPrefix(runtime.Version(), "go"), lastBuild)
	fmt.Fprintln(w, "Relevant Packages:")
	for _, name := range []string{"next", "eslint-config-next", "react", "react-dom", "typescript"} {
		fmt.Fprintf(w, "  %s: %s\n", name, packageVersion(dir, name))
	}
	fmt.Fprintf(w, "Compatible with:\n  Next.js: %s\nNext.js Config:\n  output: %s\n  file: %s\n", onward.NextVersion, output, file)
	if len(experiments) > 0 {
		fmt.Fprintf(w, "  experimental: %s\n", strings.Join(experiments, ", "))
	}
	if *verbose {
		fmt.Fprintln(w, "Environment:")
		for _, name := range []string{"NODE_ENV", "PORT", "HOSTNAME", "CI", "NO_COLOR", "FORCE_COLOR", "GOMAXPROCS", "GOMEMLIMIT", "GOGC",
			"NEXT_DEPLOYMENT_ID", "NEXT_MANUAL_SIG_HANDLE", "NEXT_PRIVATE_STANDALONE", "HTTP_PROXY", "HTTPS_PROXY", "NODE_EXTRA_CA_CERTS"} {
			if v, set := os.LookupEnv(name); set {
				if u, err := url.Parse(v); err == nil && u.User != nil {
					v = u.Redacted()
				}
				fmt.Fprintf(w, "  %s: %s\n", name, v)
			}
		}
	}
	return exitOK, nil
}

// v8Version is that of the V8 in this program.
func v8Version() string {
	if parts := strings.SplitN(v8.ID(), "-", 3); v8.Available && len(parts) == 3 {
		return parts[1]
	}
	return "N/A"
}

// arch is the processor's name as Node.js gives it.
func arch() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x64"
	case "386":
		return "ia32"
	}
	return runtime.GOARCH
}

func kernelVersion() string {
	b, err := os.ReadFile("/proc/sys/kernel/version")
	if err != nil {
		return "N/A"
	}
	return strings.TrimSpace(string(b))
}

// memory is what the machine has, in MB.
func memory() string {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return "N/A"
	}
	var kb int
	if _, err := fmt.Sscanf(string(b), "MemTotal: %d kB", &kb); err != nil {
		return "N/A"
	}
	return fmt.Sprint(kb >> 10)
}

// versionOf asks a program for its version; one that does not answer soon is as
// good as absent.
func versionOf(command string) string {
	path, err := exec.LookPath(command)
	if err != nil {
		return "N/A"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "N/A"
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return strings.TrimPrefix(line, "v")
}

// packageVersion looks for a package in the node_modules of dir and the folders
// above it.
func packageVersion(dir, name string) string {
	for at := dir; ; at = filepath.Dir(at) {
		b, err := os.ReadFile(filepath.Join(at, "node_modules", filepath.FromSlash(name), "package.json"))
		var pkg struct {
			Version string `json:"version"`
		}
		if err == nil && json.Unmarshal(b, &pkg) == nil && pkg.Version != "" {
			return pkg.Version
		}
		if at == filepath.Dir(at) {
			return "N/A"
		}
	}
}

// runTelemetry is there for scripts: Onward sends nothing to anybody.
func runTelemetry(t *terminal, args []string) (int, error) {
	f := flagSet(t, "telemetry", "[enable|disable|status]", "Tells that Onward collects nothing. Accepted so that scripts go on working.")
	enable := f.Bool("enable", false, "accepted, changes nothing")
	disable := f.Bool("disable", false, "accepted, changes nothing")
	if err := f.Parse(args); err != nil {
		return exitFailure, usageError(err, "telemetry")
	}
	if *enable && *disable {
		return exitFailure, diag.Errorf("usage", "option '--enable' cannot be used with option '--disable'").
			WithHint("neither has an effect: Onward has no telemetry")
	}
	for _, arg := range f.Args() {
		if arg != "enable" && arg != "disable" && arg != "status" || f.NArg() > 1 {
			return exitFailure, diag.Errorf("usage", "command-argument value '%s' is invalid for argument 'arg'. Allowed choices are disable, enable, status.", arg).
				WithHint("run `onward telemetry` to see the status")
		}
	}
	fmt.Fprint(t.out, "Onward Telemetry\n\nStatus: Disabled\n\nOnward has no telemetry: no data leaves your machine, and there is nothing to enable.\n")
	return exitOK, nil
}
