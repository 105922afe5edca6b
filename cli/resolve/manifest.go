package resolve

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// manifest is what a package.json says about finding files.
type manifest struct {
	file   string // package.json, absolute
	source string
	broken bool // it cannot be read or is no JSON
	name   string
	module bool              // "type": "module"
	fields map[string]string // strings, for main fields
	// tsconfig is the file that other packages extend.
	tsconfig string
	// browser maps imports and files to what browsers get; nil text: nothing.
	browser map[string]*string
	// effects are the files of "sideEffects" and patterns those with wildcards; pure
	// says that all others have none.
	pure     bool
	effects  map[string]bool
	patterns []*regexp.Regexp

	imports, exports *value
}

// readManifest reads a package.json.
func readManifest(name string) *manifest {
	m := &manifest{file: name, fields: map[string]string{}}
	data, err := os.ReadFile(name)
	if err != nil {
		m.broken = true
		return m
	}
	m.source = strings.TrimPrefix(string(data), "\ufeff")
	root, ok := parseJSON(m.source)
	if m.broken = !ok; m.broken {
		return m
	}
	for i := range root.members {
		if p := &root.members[i]; p.kind == '"' && p.text != "" {
			if _, twice := m.fields[p.key]; !twice {
				m.fields[p.key] = p.text
			}
		}
	}
	m.name, m.tsconfig = m.fields["name"], m.fields["tsconfig"]
	m.module = m.fields["type"] == "module"
	if b := root.get("browser"); b.kind == '{' {
		m.browser = map[string]*string{}
		for i := range b.members {
			switch p := &b.members[i]; p.kind {
			case '"':
				m.browser[p.key] = &p.text
			case 'f':
				m.browser[p.key] = nil
			}
		}
	}
	m.readSideEffects(root.get("sideEffects"))
	if v := root.get("imports"); v.kind != 0 && v.kind != 'n' {
		m.imports = v
	}
	if v := root.get("exports"); v.kind != 0 && v.kind != 'n' {
		m.exports = v
	}
	if m.imports == nil && m.exports == nil {
		m.source = "" // only messages about those show it
	}
	return m
}

func (m *manifest) readSideEffects(v *value) {
	switch v.kind {
	case 'f':
		m.pure = true
	case '[':
		m.pure, m.effects = true, map[string]bool{}
		for _, item := range v.list {
			pattern := item.str()
			if item.kind != '"' {
				continue
			}
			if !strings.Contains(pattern, "/") {
				pattern = "**/" + pattern
			}
			full := filepath.ToSlash(filepath.Join(filepath.Dir(m.file), filepath.FromSlash(pattern)))
			if !strings.ContainsAny(full, "*?") {
				m.effects[full] = true
			} else if re, err := regexp.Compile(globPattern(full)); err == nil {
				m.patterns = append(m.patterns, re)
			}
		}
	}
}

// hasSideEffects says whether a file of the package must run even if nobody uses
// its exports.
func (m *manifest) hasSideEffects(path string) bool {
	if !m.pure {
		return true
	}
	path = filepath.ToSlash(path)
	if m.effects[path] {
		return true
	}
	for _, re := range m.patterns {
		if re.MatchString(path) {
			return true
		}
	}
	return false
}

// globPattern turns a glob into a regular expression: ** as a whole segment is any
// number of folders, * anything within one, ? one character.
func globPattern(glob string) string {
	var b strings.Builder
	b.WriteByte('^')
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '?':
			b.WriteByte('.')
		case '*':
			from := i
			for i+1 < len(glob) && glob[i+1] == '*' {
				i++
			}
			whole := i > from && (from == 0 || glob[from-1] == '/') && (i+1 == len(glob) || glob[i+1] == '/')
			if whole {
				b.WriteString(`(?:[^/]*(?:/|$))*`)
				i++
			} else {
				b.WriteString(`[^/]*`)
			}
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	b.WriteByte('$')
	return b.String()
}
