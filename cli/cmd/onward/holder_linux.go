package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// portHolder is the process that listens on a TCP port of this machine; 0 when it
// cannot be found out, as for those of other users.
func portHolder(port int) int {
	inodes := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(f)
		suffix := fmt.Sprintf(":%04X", port)
		for lines.Scan() {
			// local address is the second field, state the fourth (0A: listening),
			// the socket's inode the tenth.
			fields := strings.Fields(lines.Text())
			if len(fields) > 9 && strings.HasSuffix(fields[1], suffix) && fields[3] == "0A" {
				inodes["socket:["+fields[9]+"]"] = true
			}
		}
		f.Close()
	}
	if len(inodes) == 0 {
		return 0
	}
	descriptors, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0
	}
	for _, name := range descriptors {
		if link, err := os.Readlink(name); err == nil && inodes[link] {
			pid, err := strconv.Atoi(strings.Split(name, "/")[2])
			if err == nil {
				return pid
			}
		}
	}
	return 0
}
