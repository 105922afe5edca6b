//go:build unix && !linux

package node

import "syscall"

// attributes: the process ends when its sockets close.
func attributes() *syscall.SysProcAttr { return nil }

// resident is not known without asking other programs: only the heap is limited.
func resident(int) uint64 { return 0 }
