package main

import (
	"github.com/onwardjs/onward"
	"github.com/onwardjs/onward/internal/diag"
)

// absent are commands of Next.js that Onward does not have, with what to do
// instead. They come before the reading of an unknown word as a folder.
var absent = map[string]struct{ text, hint string }{
	"upgrade":                       {"`onward upgrade` does not exist: version " + onward.Version + " replaces itself with nothing", "install the version you want over this one; packages of the app are npm's business"},
	"analyze":                       {"Onward has no bundle analyzer", "the route table of `onward build` shows what each page loads"},
	"experimental-test":             {"Onward has no test runner", "run the test runner of your project directly"},
	"experimental-request-insights": {"Onward has no request insights", "see the log of `onward start`"},
	"internal":                      {"internal commands of Next.js do not exist here", "run `onward --help` for those that do"},
}

// absentAlias maps other names of those commands to them.
var absentAlias = map[string]string{"update": "upgrade", "up": "upgrade", "experimental-analyze": "analyze"}

func absentCommand(name string) error {
	if alias := absentAlias[name]; alias != "" {
		name = alias
	}
	a, ok := absent[name]
	if !ok {
		return nil
	}
	return diag.Errorf("usage", "%s", a.text).WithHint("%s", a.hint)
}
