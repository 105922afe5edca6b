package host

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// fileArgs are the arguments of every fs operation; each reads what it needs.
type fileArgs struct {
	Path string `json:"path"`
	Dest string `json:"dest"`
	// Flags are POSIX open flags by name: "r", "w", "a", with "+" and "x".
	Flags string `json:"flags"`
	Mode  uint32 `json:"mode"`
	FD    int    `json:"fd"`
	// Length and Position of a read; Position -1 means where the file is.
	Length    int64 `json:"length"`
	Position  int64 `json:"position"`
	Recursive bool  `json:"recursive"`
	Force     bool  `json:"force"`
	// Follow resolves a final symbolic link (stat), against lstat.
	Follow bool `json:"follow"`
	// Exclusive makes copyFile fail when the destination exists.
	Exclusive bool    `json:"exclusive"`
	Atime     float64 `json:"atime"`
	Mtime     float64 `json:"mtime"`
	UID       int     `json:"uid"`
	GID       int     `json:"gid"`
	// Syscall is the name a failure of realpath shows.
	Syscall string `json:"syscall"`
}

// fileStat is what stat answers; times are milliseconds since 1970.
type fileStat struct {
	Mode   uint32  `json:"mode"` // with POSIX type bits
	Size   int64   `json:"size"`
	Mtime  float64 `json:"mtime"`
	Atime  float64 `json:"atime"`
	Ctime  float64 `json:"ctime"`
	Dev    uint64  `json:"dev"`
	Ino    uint64  `json:"ino"`
	Nlink  uint64  `json:"nlink"`
	UID    uint32  `json:"uid"`
	GID    uint32  `json:"gid"`
	Rdev   uint64  `json:"rdev"`
	Blocks int64   `json:"blocks"`
}

// dirEntry is one name of readdir: kind is f, d, l, or o (anything else).
type dirEntry struct {
	Name string `json:"name"`
	Dir  string `json:"dir"` // folder it lies in, relative to the one read
	Kind string `json:"kind"`
}

// mostEntries bounds one recursive readdir.
const mostEntries = 1_000_000

// fileOps are the fs.* operations. Arguments are a fileArgs in JSON; paths are
// taken relative to Env.Dir. Failures carry Node's code, errno, syscall and
// path, and its message form.
func fileOps(o *Options) map[string]SyncFunc {
	h := &handles{most: o.MaxOpenFiles, open: map[int]*os.File{}}
	ops := map[string]func(env *Env, a *fileArgs, body []byte) (Value, error){
		"readFile": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			f, err := os.Open(a.Path)
			if err != nil {
				return Value{}, fsError(err, "open", a)
			}
			defer f.Close()
			b, err := readWhole(f, o.MaxReadFile)
			if err != nil {
				return Value{}, fsError(err, "read", &fileArgs{})
			}
			return bytesValue(b), nil
		},
		"writeFile": func(_ *Env, a *fileArgs, body []byte) (Value, error) {
			flags, err := openFlags(a.Flags)
			if err != nil {
				return Value{}, err
			}
			f, err := os.OpenFile(a.Path, flags, fs.FileMode(a.Mode))
			if err != nil {
				return Value{}, fsError(err, "open", a)
			}
			_, err = f.Write(body)
			if cerr := f.Close(); err == nil {
				err = cerr
			}
			return done(err, "write", a)
		},
		"stat": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			call, stat := "lstat", os.Lstat
			if a.Follow {
				call, stat = "stat", os.Stat
			}
			info, err := stat(a.Path)
			if err != nil {
				return Value{}, fsError(err, call, a)
			}
			return answer(statOf(info))
		},
		"readdir": readdir,
		"mkdir":   mkdir,
		"mkdtemp": mkdtemp,
		"rm":      remove,
		"rmdir":   func(_ *Env, a *fileArgs, _ []byte) (Value, error) { return done(rmdir(a.Path), "rmdir", a) },
		"unlink":  func(_ *Env, a *fileArgs, _ []byte) (Value, error) { return done(unlink(a.Path), "unlink", a) },
		"rename": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			return done(os.Rename(a.Path, a.Dest), "rename", a)
		},
		"link":     func(_ *Env, a *fileArgs, _ []byte) (Value, error) { return done(os.Link(a.Path, a.Dest), "link", a) },
		"copyFile": copyFile,
		"symlink": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			return done(os.Symlink(a.Path, a.Dest), "symlink", a)
		},
		"readlink": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			to, err := os.Readlink(a.Path)
			if err != nil {
				return Value{}, fsError(err, "readlink", a)
			}
			return Value{Text: to}, nil
		},
		"realpath": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			to, err := filepath.EvalSymlinks(a.Path)
			if err == nil {
				to, err = filepath.Abs(to)
			}
			if err != nil {
				return Value{}, fsError(err, cmp.Or(a.Syscall, "realpath"), a)
			}
			return Value{Text: to}, nil
		},
		"access": func(_ *Env, a *fileArgs, _ []byte) (Value, error) { return done(access(a.Path, a.Mode), "access", a) },
		"chmod": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			return done(os.Chmod(a.Path, fs.FileMode(a.Mode&0o777)), "chmod", a)
		},
		"chown": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			return done(os.Chown(a.Path, a.UID, a.GID), "chown", a)
		},
		"utimes": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			return done(os.Chtimes(a.Path, fromSeconds(a.Atime), fromSeconds(a.Mtime)), "utime", a)
		},
		"truncate": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			return done(os.Truncate(a.Path, a.Length), "open", a)
		},
		"open": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			flags, err := openFlags(a.Flags)
			if err != nil {
				return Value{}, err
			}
			f, err := os.OpenFile(a.Path, flags, fs.FileMode(a.Mode))
			if err != nil {
				return Value{}, fsError(err, "open", a)
			}
			fd, err := h.add(f)
			if err != nil {
				f.Close()
				return Value{}, fsError(err, "open", a)
			}
			return answer(fd)
		},
		"close": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			f, err := h.take(a.FD)
			if err == nil {
				err = f.Close()
			}
			return done(err, "close", &fileArgs{})
		},
		"read": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			f, err := h.get(a.FD)
			if err != nil {
				return Value{}, fsError(err, "read", &fileArgs{})
			}
			b := make([]byte, min(max(a.Length, 0), 16<<20))
			var n int
			if a.Position >= 0 {
				n, err = f.ReadAt(b, a.Position)
			} else {
				n, err = f.Read(b)
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return Value{}, fsError(err, "read", &fileArgs{})
			}
			return bytesValue(b[:n]), nil
		},
		"write": func(_ *Env, a *fileArgs, body []byte) (Value, error) {
			f, err := h.get(a.FD)
			if err != nil {
				return Value{}, fsError(err, "write", &fileArgs{})
			}
			var n int
			if a.Position >= 0 {
				n, err = f.WriteAt(body, a.Position)
			} else {
				n, err = f.Write(body)
			}
			if err != nil {
				return Value{}, fsError(err, "write", &fileArgs{})
			}
			return answer(n)
		},
		"fstat": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			f, err := h.get(a.FD)
			if err != nil {
				return Value{}, fsError(err, "fstat", &fileArgs{})
			}
			info, err := f.Stat()
			if err != nil {
				return Value{}, fsError(err, "fstat", &fileArgs{})
			}
			return answer(statOf(info))
		},
		"ftruncate": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			f, err := h.get(a.FD)
			if err == nil {
				err = f.Truncate(a.Length)
			}
			return done(err, "ftruncate", &fileArgs{})
		},
		"fsync": func(_ *Env, a *fileArgs, _ []byte) (Value, error) {
			f, err := h.get(a.FD)
			if err == nil {
				err = f.Sync()
			}
			return done(err, "fsync", &fileArgs{})
		},
	}
	out := make(map[string]SyncFunc, len(ops))
	for name, op := range ops {
		out["fs."+name] = func(env *Env, text string, body []byte) (Value, error) {
			a := fileArgs{Position: -1}
			if err := read(text, &a); err != nil {
				return Value{}, err
			}
			shown := a
			if a.Path != "" && name != "symlink" && !filepath.IsAbs(a.Path) {
				a.Path = filepath.Join(env.Dir, a.Path)
			}
			if a.Dest != "" && !filepath.IsAbs(a.Dest) {
				a.Dest = filepath.Join(env.Dir, a.Dest)
			}
			v, err := op(env, &a, body)
			var e *pathError
			if errors.As(err, &e) {
				return Value{}, e.show(&shown, &a)
			}
			return v, err
		}
	}
	return out
}

// handles are the files JavaScript holds open, by number.
type handles struct {
	mu   sync.Mutex
	most int
	open map[int]*os.File
}

func (h *handles) add(f *os.File) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.open) >= h.most {
		return 0, syscall.EMFILE
	}
	// Numbers start where no program expects stdin, stdout or stderr.
	fd := 10
	for h.open[fd] != nil {
		fd++
	}
	h.open[fd] = f
	return fd, nil
}

func (h *handles) get(fd int) (*os.File, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.open[fd]; f != nil {
		return f, nil
	}
	return nil, syscall.EBADF
}

func (h *handles) take(fd int) (*os.File, error) {
	f, err := h.get(fd)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, fd)
	return f, nil
}

func done(err error, call string, a *fileArgs) (Value, error) {
	if err != nil {
		return Value{}, fsError(err, call, a)
	}
	return Value{}, nil
}

func readWhole(f *os.File, most int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, syscall.EISDIR
	}
	if info.Size() > most {
		return nil, syscall.EFBIG
	}
	// One byte more than the size tells at once that the end is reached.
	b := make([]byte, 0, info.Size()+1)
	for {
		n, err := f.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
		if int64(len(b)) > most {
			return nil, syscall.EFBIG
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
	}
}

func openFlags(flags string) (int, error) {
	switch flags {
	case "r", "rs", "sr":
		return os.O_RDONLY, nil
	case "r+", "rs+", "sr+":
		return os.O_RDWR, nil
	case "", "w":
		return os.O_WRONLY | os.O_CREATE | os.O_TRUNC, nil
	case "wx", "xw":
		return os.O_WRONLY | os.O_CREATE | os.O_TRUNC | os.O_EXCL, nil
	case "w+":
		return os.O_RDWR | os.O_CREATE | os.O_TRUNC, nil
	case "wx+", "xw+":
		return os.O_RDWR | os.O_CREATE | os.O_TRUNC | os.O_EXCL, nil
	case "a", "as", "sa":
		return os.O_WRONLY | os.O_CREATE | os.O_APPEND, nil
	case "ax", "xa":
		return os.O_WRONLY | os.O_CREATE | os.O_APPEND | os.O_EXCL, nil
	case "a+", "as+", "sa+":
		return os.O_RDWR | os.O_CREATE | os.O_APPEND, nil
	case "ax+", "xa+":
		return os.O_RDWR | os.O_CREATE | os.O_APPEND | os.O_EXCL, nil
	}
	return 0, failf("ERR_INVALID_ARG_VALUE", "The argument 'flags' is invalid. Received '%s'", flags)
}

func readdir(_ *Env, a *fileArgs, _ []byte) (Value, error) {
	list := []dirEntry{}
	var walk func(rel string) error
	walk = func(rel string) error {
		entries, err := os.ReadDir(filepath.Join(a.Path, rel))
		if err != nil {
			return err
		}
		for _, e := range entries {
			if len(list) >= mostEntries {
				return syscall.ENOMEM
			}
			list = append(list, dirEntry{Name: e.Name(), Dir: rel, Kind: kindOf(e.Type())})
		}
		if !a.Recursive {
			return nil
		}
		for _, e := range entries {
			if e.IsDir() {
				if err := walk(filepath.Join(rel, e.Name())); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := walk(""); err != nil {
		return Value{}, fsError(err, "scandir", a)
	}
	return answer(list)
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return "f"
	case m.IsDir():
		return "d"
	case m&fs.ModeSymlink != 0:
		return "l"
	}
	return "o"
}

// mkdir answers the first folder it made when recursive.
func mkdir(_ *Env, a *fileArgs, _ []byte) (Value, error) {
	mode := fs.FileMode(a.Mode & 0o777)
	if !a.Recursive {
		return done(os.Mkdir(a.Path, mode), "mkdir", a)
	}
	first := ""
	for p := filepath.Clean(a.Path); ; p = filepath.Dir(p) {
		if _, err := os.Stat(p); err == nil || !errors.Is(err, fs.ErrNotExist) {
			break
		}
		first = p
		if filepath.Dir(p) == p {
			break
		}
	}
	if err := os.MkdirAll(a.Path, mode); err != nil {
		if info, serr := os.Stat(a.Path); serr == nil && !info.IsDir() {
			err = syscall.EEXIST
		}
		return Value{}, fsError(err, "mkdir", a)
	}
	return Value{Text: first}, nil
}

func mkdtemp(_ *Env, a *fileArgs, _ []byte) (Value, error) {
	dir, prefix := filepath.Split(a.Path)
	p, err := os.MkdirTemp(dir, prefix+"*")
	if err != nil {
		return Value{}, fsError(err, "mkdtemp", &fileArgs{Path: a.Path + "XXXXXX"})
	}
	return Value{Text: p}, nil
}

func remove(_ *Env, a *fileArgs, _ []byte) (Value, error) {
	info, err := os.Lstat(a.Path)
	if err != nil {
		if a.Force && errors.Is(err, fs.ErrNotExist) {
			return Value{}, nil
		}
		return Value{}, fsError(err, "lstat", a)
	}
	if info.IsDir() && !a.Recursive {
		return Value{}, failf("ERR_FS_EISDIR", "Path is a directory: rm returned EISDIR (is a directory) %s", a.Path)
	}
	return done(os.RemoveAll(a.Path), "rm", a)
}

func copyFile(_ *Env, a *fileArgs, _ []byte) (Value, error) {
	from, err := os.Open(a.Path)
	if err != nil {
		return Value{}, fsError(err, "copyfile", a)
	}
	defer from.Close()
	info, err := from.Stat()
	if err == nil && info.IsDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		return Value{}, fsError(err, "copyfile", a)
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if a.Exclusive {
		flags |= os.O_EXCL
	}
	to, err := os.OpenFile(a.Dest, flags, info.Mode().Perm())
	if err != nil {
		return Value{}, fsError(err, "copyfile", a)
	}
	_, err = io.Copy(to, from)
	if cerr := to.Close(); err == nil {
		err = cerr
	}
	return done(err, "copyfile", a)
}

func fromSeconds(s float64) time.Time { return time.UnixMicro(int64(s * 1e6)) }

func milliseconds(t time.Time) float64 { return float64(t.UnixNano()) / 1e6 }

// pathError waits for the paths as JavaScript wrote them.
type pathError struct {
	err  error
	call string
	path bool
	dest bool
}

func (e *pathError) Error() string { return e.err.Error() }

func fsError(err error, call string, a *fileArgs) error {
	return &pathError{err: err, call: call, path: a.Path != "", dest: a.Dest != ""}
}

// show is the error as Node words it: "ENOENT: no such file or directory, open 'x'".
func (e *pathError) show(shown, resolved *fileArgs) error {
	code, text, errno := posixError(e.err)
	message := fmt.Sprintf("%s: %s, %s", code, text, e.call)
	detail := map[string]any{"errno": -errno, "syscall": e.call}
	if e.path {
		p := shown.Path
		if e.call == "mkdtemp" {
			p += "XXXXXX"
		}
		message += fmt.Sprintf(" '%s'", p)
		detail["path"] = p
	}
	if e.dest {
		message += fmt.Sprintf(" -> '%s'", shown.Dest)
		detail["dest"] = shown.Dest
	}
	v, _ := answer(detail)
	return &Error{Code: code, Message: message, Detail: []byte(v.Text)}
}
