package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestUntouchedMappings(t *testing.T) {
	const smaps = `00400000-0040e000 r--p 00000000 fd:00 42                                 /usr/bin/onward
Size:                 56 kB
Anonymous:             0 kB
VmFlags: rd mr mw me sd
0040e000-02731000 r-xp 0000e000 fd:00 42                                 /usr/bin/onward
Rss:               25164 kB
Anonymous:             0 kB
04022000-0409c000 r--p 03c22000 fd:00 42                                 /usr/bin/onward
Anonymous:           168 kB
0409c000-04278000 rw-p 03c9c000 fd:00 42                                 /usr/bin/onward
Anonymous:             0 kB
c000000000-c000400000 r--p 00000000 00:00 0
Anonymous:             0 kB
7ffd0000-7ffd2000 r-xp 00000000 00:00 0                                  [vdso]
Anonymous:             0 kB
`
	want := []mapping{{0x400000, 0x40e000}, {0x40e000, 0x2731000}}
	if got := untouchedMappings(strings.NewReader(smaps)); !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// The program goes on after its code was taken away, with less of it in memory.
func TestReleaseProgram(t *testing.T) {
	before := resident(t)
	releaseProgram()
	if after := resident(t); after >= before {
		t.Errorf("resident pages of files: %d kB before, %d kB after", before, after)
	}
}

// resident is how much of files this process has in memory, in kB.
func resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "RssFile:"); ok {
			kb, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return kb
		}
	}
	t.Fatal("this kernel does not tell RssFile")
	return 0
}
