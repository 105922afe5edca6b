package host

import (
	"errors"
	"io/fs"
	"syscall"
)

// posixErrors are the codes programs test for, with libuv's words. The number
// is Linux's, which is what Node shows as -errno there.
var posixErrors = []struct {
	errno  syscall.Errno
	number int
	code   string
	text   string
}{
	{syscall.EPERM, 1, "EPERM", "operation not permitted"},
	{syscall.ENOENT, 2, "ENOENT", "no such file or directory"},
	{syscall.EIO, 5, "EIO", "i/o error"},
	{syscall.EBADF, 9, "EBADF", "bad file descriptor"},
	{syscall.ENOMEM, 12, "ENOMEM", "not enough memory"},
	{syscall.EACCES, 13, "EACCES", "permission denied"},
	{syscall.EBUSY, 16, "EBUSY", "resource busy or locked"},
	{syscall.EEXIST, 17, "EEXIST", "file already exists"},
	{syscall.EXDEV, 18, "EXDEV", "cross-device link not permitted"},
	{syscall.ENOTDIR, 20, "ENOTDIR", "not a directory"},
	{syscall.EISDIR, 21, "EISDIR", "illegal operation on a directory"},
	{syscall.EINVAL, 22, "EINVAL", "invalid argument"},
	{syscall.EMFILE, 24, "EMFILE", "too many open files"},
	{syscall.EFBIG, 27, "EFBIG", "file too large"},
	{syscall.ENOSPC, 28, "ENOSPC", "no space left on device"},
	{syscall.EROFS, 30, "EROFS", "read-only file system"},
	{syscall.EPIPE, 32, "EPIPE", "broken pipe"},
	{syscall.ENAMETOOLONG, 36, "ENAMETOOLONG", "name too long"},
	{syscall.ENOTEMPTY, 39, "ENOTEMPTY", "directory not empty"},
	{syscall.ELOOP, 40, "ELOOP", "too many symbolic links encountered"},
	{syscall.ECONNRESET, 104, "ECONNRESET", "connection reset by peer"},
	{syscall.ETIMEDOUT, 110, "ETIMEDOUT", "connection timed out"},
	{syscall.ECONNREFUSED, 111, "ECONNREFUSED", "connection refused"},
	{syscall.EHOSTUNREACH, 113, "EHOSTUNREACH", "host is unreachable"},
	{syscall.ENETUNREACH, 101, "ENETUNREACH", "network is unreachable"},
	{syscall.EADDRNOTAVAIL, 99, "EADDRNOTAVAIL", "address not available"},
}

// posixError says what err is called in Node.
func posixError(err error) (code, text string, number int) {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		for _, e := range posixErrors {
			if e.errno == errno {
				return e.code, e.text, e.number
			}
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return posixError(syscall.ENOENT)
	case errors.Is(err, fs.ErrExist):
		return posixError(syscall.EEXIST)
	case errors.Is(err, fs.ErrPermission):
		return posixError(syscall.EACCES)
	case errors.Is(err, fs.ErrClosed):
		return posixError(syscall.EBADF)
	}
	return "EIO", err.Error(), 5
}

// posixMode adds the POSIX type bits to the permission bits.
func posixMode(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	switch {
	case m.IsDir():
		mode |= 0o040000
	case m&fs.ModeSymlink != 0:
		mode |= 0o120000
	case m&fs.ModeNamedPipe != 0:
		mode |= 0o010000
	case m&fs.ModeSocket != 0:
		mode |= 0o140000
	case m&fs.ModeCharDevice != 0:
		mode |= 0o020000
	case m&fs.ModeDevice != 0:
		mode |= 0o060000
	default:
		mode |= 0o100000
	}
	if m&fs.ModeSetuid != 0 {
		mode |= 0o4000
	}
	if m&fs.ModeSetgid != 0 {
		mode |= 0o2000
	}
	if m&fs.ModeSticky != 0 {
		mode |= 0o1000
	}
	return mode
}
