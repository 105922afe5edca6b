package resolve

import (
	"os"
	"path/filepath"
	"strings"
)

// tsconfig is what a tsconfig.json or jsconfig.json, and those that it extends,
// say about finding files.
type tsconfig struct {
	// base is baseUrl, absolute; "" when it is not set.
	base  string
	paths map[string][]string
	// from is the folder of the file that has the paths.
	from string
	// reads are all files that were read, or looked for in vain.
	reads map[string]bool
}

// tsconfigOf is the configuration for files in d; nil in node_modules, where files
// are published by accident.
func (r *Resolver) tsconfigOf(d *folder) *tsconfig {
	if d.inModules {
		return nil
	}
	if r.opt.Tsconfig == "" {
		return d.tsconfig
	}
	r.configOnce.Do(func() { r.config = r.readTsconfig(r.opt.Tsconfig) })
	return r.config
}

// readTsconfig reads a configuration with those that it extends. There is always a
// result, so that Forget knows its files.
func (r *Resolver) readTsconfig(name string) *tsconfig {
	reader := &tsconfigReader{Resolver: r, dir: filepath.Dir(name), reads: map[string]bool{}}
	t, ok := reader.read(name, nil)
	if !ok {
		t = &tsconfig{}
	}
	t.reads = reader.reads
	if t.base == "" {
		for pattern, targets := range t.paths {
			t.paths[pattern] = relativeOnly(targets)
		}
	}
	return t
}

// relativeOnly leaves out what only a baseUrl would give a meaning.
func relativeOnly(targets []string) []string {
	var list []string
	for _, t := range targets {
		if !isPackagePath(t) || filepath.IsAbs(t) || strings.HasPrefix(t, `.\`) || strings.HasPrefix(t, `..\`) {
			list = append(list, t)
		}
	}
	return list
}

type tsconfigReader struct {
	*Resolver
	dir   string // what ${configDir} stands for
	reads map[string]bool
}

// read reads one configuration; stack are those that extend it. ok is false when
// there is no such file.
func (t *tsconfigReader) read(name string, stack []string) (*tsconfig, bool) {
	t.reads[name] = true
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
		t.reads[name] = true
	}
	for _, s := range stack {
		if s == name {
			return nil, true
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, false
	}
	config := &tsconfig{}
	root, ok := parseJSON(string(data))
	if !ok {
		return config, true
	}
	stack = append(stack, name)
	extends := root.get("extends")
	list := extends.list
	if extends.kind == '"' {
		list = []value{*extends}
	}
	for i := range list {
		if base := t.extended(name, list[i].str(), stack); base != nil {
			if base.base != "" {
				config.base = base.base
			}
			if base.paths != nil {
				config.paths, config.from = base.paths, base.from
			}
		}
	}
	options := root.get("compilerOptions")
	if base := options.get("baseUrl"); base.kind == '"' {
		config.base = absolute(filepath.Dir(name), t.template(base.text))
	}
	if paths := options.get("paths"); paths.kind == '{' {
		config.paths, config.from = map[string][]string{}, filepath.Dir(name)
		for i := range paths.members {
			m := &paths.members[i]
			if strings.Count(m.key, "*") > 1 {
				continue
			}
			for j := range m.list {
				if text := m.list[j].str(); m.list[j].kind == '"' && strings.Count(text, "*") <= 1 {
					config.paths[m.key] = append(config.paths[m.key], t.template(text))
				}
			}
		}
	}
	return config, true
}

// template puts the folder of the first configuration for ${configDir}.
func (t *tsconfigReader) template(text string) string {
	if rest, ok := strings.CutPrefix(text, "${configDir}"); ok {
		return filepath.Join(t.dir, filepath.FromSlash(rest))
	}
	return text
}

// extended reads the configuration that the file name extends; nil when it is
// missing or extends itself.
func (t *tsconfigReader) extended(name, extends string, stack []string) *tsconfig {
	dir := filepath.Dir(name)
	if extends == "" {
		return nil
	}
	if isPackagePath(extends) && !filepath.IsAbs(extends) {
		for up := ""; dir != up; up, dir = dir, filepath.Dir(dir) {
			if filepath.Base(dir) == "node_modules" {
				continue
			}
			for _, candidate := range t.inPackage(filepath.Join(dir, "node_modules"), extends) {
				if config, ok := t.readFile(candidate, stack); ok {
					return config
				}
			}
		}
		return nil
	}
	if extends == "." || extends == ".." {
		extends += "/tsconfig.json"
	}
	full := absolute(dir, extends)
	config, ok := t.readFile(full, stack)
	if !ok && !strings.HasSuffix(full, ".json") {
		config, _ = t.readFile(full+".json", stack)
	}
	return config
}

// readFile is read for a path that may be a folder, which does not count.
func (t *tsconfigReader) readFile(name string, stack []string) (*tsconfig, bool) {
	if is, _ := stat(name); is != file {
		t.reads[name] = true
		return nil, false
	}
	return t.read(name, stack)
}

// inPackage lists the files that a package in the folder modules may mean.
func (t *tsconfigReader) inPackage(modules, extends string) []string {
	full := filepath.Join(modules, filepath.FromSlash(extends))
	var list []string
	if name, sub, ok := packageParts(extends); ok {
		dir := filepath.Join(modules, filepath.FromSlash(name))
		m := readManifest(filepath.Join(dir, "package.json"))
		if m.tsconfig != "" {
			full = absolute(dir, m.tsconfig)
		}
		if m.exports != nil {
			if out := exported(m.exports, sub, t.active[1]); out.status == exact {
				list = append(list, filepath.Join(dir, filepath.FromSlash(out.path)))
			}
		}
	}
	return append(list, filepath.Join(full, "tsconfig.json"), full, full+".json")
}

func absolute(dir, path string) string {
	if path = filepath.FromSlash(path); filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// paths tries what "paths" make of a specifier: an exact entry, else the pattern
// with the longest beginning.
func (q *query) paths(t *tsconfig, specifier string) *match {
	base := t.base
	if base == "" {
		base = t.from
	}
	try := func(targets []string, rest string) *match {
		for _, target := range targets {
			if target = strings.Replace(target, "*", rest, 1); hasTypesEnding(target) {
				continue
			}
			if m := q.fileOrFolder(absolute(base, target)); m != nil {
				return m
			}
		}
		return nil
	}
	if targets, ok := t.paths[specifier]; ok {
		return try(targets, "*")
	}
	var best, rest string
	found := false
	for pattern := range t.paths {
		before, after, wild := strings.Cut(pattern, "*")
		if !wild || len(specifier) < len(before)+len(after) || !strings.HasPrefix(specifier, before) || !strings.HasSuffix(specifier, after) {
			continue
		}
		if star := strings.IndexByte(best, '*'); !found || len(before) > star || len(before) == star && len(pattern) > len(best) {
			best, found = pattern, true
			rest = specifier[len(before) : len(specifier)-len(after)]
		}
	}
	if !found {
		return nil
	}
	return try(t.paths[best], rest)
}

// hasTypesEnding tells declaration files, which are in paths for the type checker.
func hasTypesEnding(name string) bool {
	const ending = ".d.ts"
	return len(name) >= len(ending) && strings.EqualFold(name[len(name)-len(ending):], ending)
}
