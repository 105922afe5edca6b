package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/onwardjs/onward/cli/inspect"
)

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
