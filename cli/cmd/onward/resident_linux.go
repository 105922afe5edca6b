package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strconv"
	"syscall"
)

// releaseProgram takes the code and constants that starting has read out of this
// process's memory; they stay in the system's file cache, and what is needed again
// comes from there. Starting V8 reads half of a large program, of which serving
// uses little.
func releaseProgram() {
	// Without /proc there is nothing to be saved safely.
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer f.Close()
	for _, m := range untouchedMappings(f) {
		// A mapping that cannot be released stays where it is.
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.start, m.end-m.start, syscall.MADV_DONTNEED)
	}
}

// mapping is a range of addresses.
type mapping struct{ start, end uintptr }

// untouchedMappings reads /proc/self/smaps for the mappings whose pages are those
// of a file and nothing else: not writable, and without a page of their own, as
// the tables that the dynamic linker has filled in would be.
func untouchedMappings(smaps io.Reader) []mapping {
	var found []mapping
	var last mapping
	candidate := false
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		fields := bytes.Fields(lines.Bytes())
		if m, ok := parseRange(fields); ok {
			// "start-end permissions offset device inode path"
			mode := string(fields[1])
			last, candidate = m, (mode == "r-xp" || mode == "r--p") && len(fields) == 6 && fields[5][0] == '/'
			continue
		}
		if candidate && len(fields) >= 2 && string(fields[0]) == "Anonymous:" && string(fields[1]) == "0" {
			found = append(found, last)
		}
	}
	return found
}

func parseRange(fields [][]byte) (mapping, bool) {
	if len(fields) < 5 {
		return mapping{}, false
	}
	from, to, ok := bytes.Cut(fields[0], []byte("-"))
	if !ok {
		return mapping{}, false
	}
	start, errStart := strconv.ParseUint(string(from), 16, strconv.IntSize)
	end, errEnd := strconv.ParseUint(string(to), 16, strconv.IntSize)
	return mapping{uintptr(start), uintptr(end)}, errStart == nil && errEnd == nil && start < end
}
