package main

import "os"

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// wantColor follows NO_COLOR and FORCE_COLOR before looking at the terminal.
func wantColor(tty bool, getenv func(string) string) bool {
	if getenv("NO_COLOR") != "" {
		return false
	}
	if v := getenv("FORCE_COLOR"); v != "" {
		return v != "0" && v != "false"
	}
	return tty && getenv("TERM") != "dumb"
}
