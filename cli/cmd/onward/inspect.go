package main

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/spf13/pflag"

	"github.com/onwardjs/onward/cli/inspect"
)

var debuggerPort = regexp.MustCompile(`^(\S+:)?\d+$`)

// joinInspect makes `--inspect 9230` one argument, as Next.js takes it: the value may
// be left out, so the parser of flags would not look for it there.
func joinInspect(args []string) []string {
	i := slices.Index(args, "--inspect")
	if i < 0 || i+1 == len(args) || !debuggerPort.MatchString(args[i+1]) {
		return args
	}
	return slices.Concat(args[:i], []string{"--inspect=" + args[i+1]}, args[i+2:])
}

// inspectFlag adds --inspect. What it returns reads it: the address where debuggers
// connect, empty when they shall not.
func inspectFlag(f *pflag.FlagSet) func() (string, error) {
	value := f.String("inspect", "", "let debuggers (chrome://inspect, editors) attach to the code of the server, at 127.0.0.1:9229 or [host:]port of this machine")
	f.Lookup("inspect").NoOptDefVal = "9229"
	return func() (string, error) {
		if !f.Changed("inspect") {
			return "", nil
		}
		return inspect.Address(*value)
	}
}

// newInspector makes what debuggers connect to, and prints where that is. Editors
// look for the line.
func newInspector(t *terminal, address, dir string) *inspect.Endpoint {
	return inspect.New(address, dir, func(url string, err error) {
		if err != nil {
			report(t, err)
			return
		}
		fmt.Fprintf(t.err, "Debugger listening on %s\n", url)
	})
}
