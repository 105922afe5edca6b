package tsgo

import (
	"maps"
	"slices"
	"strings"

	"github.com/microsoft/typescript-go/internal/vfs"
	"github.com/microsoft/typescript-go/internal/vfs/wrapvfs"
)

// overlay is a file system in which the folder dir holds files (path in it → text)
// and nothing else: a build must not touch the output of the previous one before it has
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
				children := childrenOf(files, name)
				return name == "" || len(children.Files)+len(children.Directories) > 0
			}
			return strings.HasPrefix(dir, path+"/") || below.DirectoryExists(path)
		},
		GetAccessibleEntries: func(path string) vfs.Entries {
			if name, ok := inside(path); ok {
				return childrenOf(files, name)
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

// childrenOf lists what a folder of the overlay holds.
func childrenOf(files map[string]string, folder string) vfs.Entries {
	var entries vfs.Entries
	if folder != "" {
		folder += "/"
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		rest, ok := strings.CutPrefix(name, folder)
		if !ok {
			continue
		}
		if child, _, below := strings.Cut(rest, "/"); !below {
			entries.Files = append(entries.Files, child)
		} else if !slices.Contains(entries.Directories, child) {
			entries.Directories = append(entries.Directories, child)
		}
	}
	return entries
}
