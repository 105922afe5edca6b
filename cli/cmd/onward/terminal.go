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

func bold(t *terminal, text string) string { return paint(t, "1", text) }

func green(t *terminal, text string) string { return paint(t, "32", text) }

func paint(t *terminal, code, text string) string {
	if !t.style.Color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
