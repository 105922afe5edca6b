package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// standaloneName is what a build with output: "standalone" calls its copy of this
// program.
const standaloneName = "server"

// standaloneArgs are the arguments of `onward start` that a program called
// "server" runs with when it is called without any: it serves the folder it lies
// in. ok is false for any other program.
func standaloneArgs(executable string, args []string, getenv func(string) string) (start []string, ok bool) {
	if len(args) > 0 || strings.TrimSuffix(filepath.Base(executable), ".exe") != standaloneName {
		return nil, false
	}
	host := getenv("HOSTNAME")
	if host == "" {
		host = "0.0.0.0"
	}
	start = []string{"start", "-H", host}
	// As in Next.js, what is no number counts as not set.
	if port, err := strconv.ParseUint(getenv("PORT"), 10, 16); err == nil {
		start = append(start, "-p", strconv.FormatUint(port, 10))
	} else {
		start = append(start, "-p", "3000")
	}
	if keep, err := strconv.ParseUint(getenv("KEEP_ALIVE_TIMEOUT"), 10, 31); err == nil {
		start = append(start, "--keepAliveTimeout", strconv.FormatUint(keep, 10))
	}
	return append(start, filepath.Dir(executable)), true
}

// enterStandalone makes the folder of a standalone server the working directory,
// which is where apps look for their files, and the environment that of production.
func enterStandalone(args []string) ([]string, error) {
	executable, err := os.Executable()
	if err != nil {
		return args, nil // then it is not known what this program is
	}
	start, ok := standaloneArgs(executable, args, os.Getenv)
	if !ok {
		return args, nil
	}
	if err := os.Chdir(filepath.Dir(executable)); err != nil {
		return nil, err
	}
	return start, os.Setenv("NODE_ENV", "production")
}
