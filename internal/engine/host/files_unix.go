//go:build unix

package host

import (
	"io/fs"
	"path/filepath"
	"syscall"
)

func statOf(info fs.FileInfo) fileStat {
	s := fileStat{Mode: posixMode(info.Mode()), Size: info.Size(), Mtime: milliseconds(info.ModTime()), Nlink: 1}
	s.Atime, s.Ctime = s.Mtime, s.Mtime
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Dev, s.Ino, s.Nlink, s.UID, s.GID = uint64(st.Dev), st.Ino, uint64(st.Nlink), st.Uid, st.Gid
		s.Rdev, s.Blocks = uint64(st.Rdev), st.Blocks
		s.Atime, s.Ctime = statTimes(st)
	}
	return s
}

func access(path string, mode uint32) error { return syscall.Access(path, mode) }

func rmdir(path string) error { return syscall.Rmdir(filepath.Clean(path)) }

func unlink(path string) error { return syscall.Unlink(path) }
