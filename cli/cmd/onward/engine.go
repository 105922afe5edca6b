package main

import (
	"github.com/spf13/pflag"

	"github.com/onwardjs/onward/internal/diag"
)

// engineFlag adds --engine to a command. The function it returns gives what was
// chosen, by the flag or by ONWARD_ENGINE, once the flags are parsed.
func engineFlag(f *pflag.FlagSet, getenv func(string) string) func() (string, error) {
	flag := f.String("engine", "", "what runs the app's code: auto, v8, or node for apps that need Node.js itself (default auto, or ONWARD_ENGINE)")
	return func() (string, error) {
		name, from := *flag, "option '--engine <name>'"
		if !f.Changed("engine") {
			name, from = getenv("ONWARD_ENGINE"), "the variable ONWARD_ENGINE"
			if name == "" {
				return "auto", nil
			}
		}
		switch name {
		case "auto", "v8", "node":
			return name, nil
		}
		return "", diag.Errorf("usage", "%s: there is no engine '%s'", from, name).WithHint("choose auto, v8 or node")
	}
}
