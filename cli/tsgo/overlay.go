package tsgo

import (
	"maps"
	"slices"
	"strings"

	"github.com/microsoft/typescript-go/internal/vfs"
	"github.com/microsoft/typescript-go/internal/vfs/wrapvfs"
)

// overlay is a file system in which the folder dir holds files (name → text) and
// nothing else: a build must not touch the output of the previous one before it has
// succeeded, but the app's configuration names the place where its types will be.
func overlay(below vfs.FS, dir string, files map[string]string) vfs.FS {
	inside := func(path string) (name string, ok bool) {
		if path == dir {
			return "", true
		}
		return strings.CutPrefix(path, dir+"/")
	}
	return wrapvfs.Wrap(below, wrapvfs.Replacements{
		FileExists: func(path string) bool {
			if name, ok := inside(path); ok {
				_, there := files[name]
				return there
			}
			return below.FileExists(path)
		},
		ReadFile: func(path string) (string, bool) {
			if name, ok := inside(path); ok {
				text, there := files[name]
				return text, there
			}
			return below.ReadFile(path)
		},
		DirectoryExists: func(path string) bool {
			if name, ok := inside(path); ok {
				return name == ""
			}
			return strings.HasPrefix(dir, path+"/") || below.DirectoryExists(path)
		},
		GetAccessibleEntries: func(path string) vfs.Entries {
			if name, ok := inside(path); ok {
				if name != "" {
					return vfs.Entries{}
				}
				return vfs.Entries{Files: slices.Sorted(maps.Keys(files))}
			}
			entries := below.GetAccessibleEntries(path)
			if rest, ok := strings.CutPrefix(dir, strings.TrimSuffix(path, "/")+"/"); ok {
				child, _, _ := strings.Cut(rest, "/")
				if !slices.Contains(entries.Directories, child) {
					entries.Directories = append(slices.Clip(entries.Directories), child)
				}
			}
			return entries
		},
		Realpath: func(path string) string {
			if _, ok := inside(path); ok {
				return path
			}
			return below.Realpath(path)
		},
	})
}
