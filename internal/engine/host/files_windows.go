package host

import (
	"io/fs"
	"os"
	"syscall"
)

func statOf(info fs.FileInfo) fileStat {
	s := fileStat{Mode: posixMode(info.Mode()), Size: info.Size(), Mtime: milliseconds(info.ModTime()), Nlink: 1}
	s.Atime, s.Ctime = s.Mtime, s.Mtime
	return s
}

// access: Windows knows only whether a file can be written (bit 2).
func access(path string, mode uint32) error {
	info, err := os.Stat(path)
	if err == nil && mode&2 != 0 && info.Mode()&0o200 == 0 {
		return syscall.EACCES
	}
	return err
}

func rmdir(path string) error {
	info, err := os.Lstat(path)
	if err == nil && !info.IsDir() {
		return syscall.ENOTDIR
	}
	if err != nil {
		return err
	}
	return os.Remove(path)
}

func unlink(path string) error {
	info, err := os.Lstat(path)
	if err == nil && info.IsDir() {
		return syscall.EPERM
	}
	if err != nil {
		return err
	}
	return os.Remove(path)
}
