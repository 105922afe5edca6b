package build

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// outside lists the files of packages that are required from node_modules at run
// time, and of all that they depend on, relative to the project. places are their
// folders; a file stands for itself.
func (b *build) outside(places []string) []string {
	var list []string
	seen := map[string]bool{}
	for len(places) > 0 {
		place := places[0]
		places = places[1:]
		if place == "" || seen[place] {
			continue
		}
		seen[place] = true
		// What cannot be read is missing at run time, too, and told then.
		_ = filepath.WalkDir(place, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || d.IsDir() && name != place && d.Name() == "node_modules":
				return fs.SkipDir
			case d.Type().IsRegular() && needed(name):
				if rel, err := filepath.Rel(b.Dir, name); err == nil {
					list = append(list, rel)
				}
			}
			return nil
		})
		places = append(places, dependencies(place)...)
	}
	return list
}

// needed leaves out what no program reads.
func needed(name string) bool {
	return !strings.HasSuffix(name, ".map") && !strings.HasSuffix(name, ".d.ts") && !strings.HasSuffix(name, ".md")
}

// dependencies are the folders of the packages that one depends on, as Node.js finds
// them.
func dependencies(folder string) []string {
	data, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return nil
	}
	var p struct{ Dependencies, OptionalDependencies, PeerDependencies map[string]string }
	if json.Unmarshal(data, &p) != nil {
		return nil
	}
	var list []string
	for _, names := range []map[string]string{p.Dependencies, p.OptionalDependencies, p.PeerDependencies} {
		for name := range names {
			if found := installed(folder, name); found != "" {
				list = append(list, found)
			}
		}
	}
	return list
}

// installed finds a package from a folder upwards; empty when it is not there.
func installed(from, name string) string {
	for dir := from; ; dir = filepath.Dir(dir) {
		found := filepath.Join(dir, "node_modules", filepath.FromSlash(name))
		if _, err := os.Stat(filepath.Join(found, "package.json")); err == nil {
			return found
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}
