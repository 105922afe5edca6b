package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestProjectNames(t *testing.T) {
	cases := []struct{ name, problem, suggested string }{
		{"my-app", "", "my-app"},
		{"app2.0_x~y", "", "app2-0-x-y"},
		{"MyApp", "capital letters", "myapp"},
		{".app", "begins with .", "app"},
		{"_app", "begins with _", "app"},
		{"my app", "npm allows", "my-app"},
		{"käse", "npm allows", "k-se"},
		{"日本", "npm allows", "my-app"},
		{"react", "something else", "my-app"},
		{"node_modules", "something else", "node-modules"},
		{"/", "it is empty", "my-app"},
		{strings.Repeat("a", 215), "longer", strings.Repeat("a", 60)},
		{"a;rm -rf", "npm allows", "a-rm-rf"},
		{"-x", "", "x"},
	}
	for _, c := range cases {
		problem := nameProblem(c.name)
		if (problem == "") != (c.problem == "") || !strings.Contains(problem, c.problem) {
			t.Errorf("%q: got %q, want %q", c.name, problem, c.problem)
		}
		if got := suggestedName(c.name); got != c.suggested || nameProblem(got) != "" {
			t.Errorf("%q: got %q, want %q", c.name, got, c.suggested)
		}
	}
}

func TestPackageManager(t *testing.T) {
	cases := []struct {
		flags     []string
		userAgent string
		want      string
	}{
		{nil, "", "npm"},
		{nil, "npm/11.19.1 node/v20.20.2 linux x64 workspaces/false", "npm"},
		{nil, "pnpm/9.1.0 npm/? node/v20.0.0 linux x64", "pnpm"},
		{nil, "yarn/1.22.22 npm/? node/v20.0.0 linux x64", "yarn"},
		{nil, "bun/1.2.0 npm/? node/v22.0.0", "bun"},
		{nil, "sh -c evil/1", "npm"},
		{[]string{"--use-npm"}, "bun/1.2.0", "npm"},
		{[]string{"--use-npm", "--use-yarn"}, "", ""},
	}
	for _, c := range cases {
		f := pflag.NewFlagSet("new", pflag.ContinueOnError)
		chosen := managerFlags(f)
		if err := f.Parse(c.flags); err != nil {
			t.Fatal(err)
		}
		got, err := chosen(c.userAgent)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%v %q: got %q, %v", c.flags, c.userAgent, got, err)
		}
	}
}
