package resolve

import (
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Error says that an import could not be resolved.
type Error struct {
	Specifier string
	From      string // folder of the importer
	Kind      Kind
	// Notes tell what a package.json has to do with it.
	Notes []Note
	// Hint says what may have been meant; empty when nothing is near.
	Hint string
}

// Note is one remark about a package.json.
type Note struct {
	Text string
	File string // absolute
	Line int    // 1-based; 0: the file as a whole
}

// Error is the sentence that esbuild has for it.
func (e *Error) Error() string { return "Could not resolve " + strconv.Quote(e.Specifier) }

// note adds a remark about a place of a package.json, at the offset at.
func (q *query) note(m *manifest, at int, text string) {
	n := Note{Text: text, File: m.file}
	if at >= 0 && at <= len(m.source) && m.source != "" {
		n.Line = strings.Count(m.source[:at], "\n") + 1
	}
	q.notes = append(q.notes, n)
}

// explain tells why a package does not have what was asked for.
func (q *query) explain(d *folder, list *value, o outcome, name, subpath, full string) {
	text := ""
	switch o.status {
	case missed:
		text = "the package " + name + " does not export " + subpath
		if strings.HasPrefix(subpath, "#") {
			text = subpath + " is not defined in \"imports\""
		}
	case disabled:
		text = "the package " + name + " forbids to import " + subpath
	case noneHold:
		text = "the package " + name + " exports " + subpath + " only for " + quoted(o.keys) + "; here hold " + quoted(slices.Sorted(maps.Keys(q.conditions(q.kind))))
	case exact, inexact:
		text = "it stands for ." + o.path + ", which is missing in the package"
	case isFolder:
		text = "it stands for ." + o.path + ", which is a folder; the package allows files only"
	case badManifest:
		text = "the package " + name + " has something here that nobody can use"
	case badSpecifier:
		text = o.path + " cannot be used here: " + o.why
	case badTarget:
		text = "the package " + name + " has a path here that cannot be used"
		if o.why != "" {
			text += ": " + o.why
		}
	}
	q.notes = q.notes[:0]
	q.note(d.own, o.at, text)
}

func quoted(list []string) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(s))
	}
	return b.String()
}

// hint says what an import that leads nowhere may have meant.
func (r *Resolver) hint(specifier, fromDir string) string {
	if !strings.HasPrefix(specifier, ".") || fromDir == "" {
		return ""
	}
	d := r.folder(filepath.Dir(filepath.Join(fromDir, filepath.FromSlash(specifier))))
	if d == nil || d.names == nil {
		return ""
	}
	return near(specifier, maps.Keys(d.names))
}

// Near says what an import of a path that leads nowhere may have meant: a file whose
// name has other letter case, or is nearly the same. Empty: nothing is near.
func Near(specifier, fromDir string) string {
	if !strings.HasPrefix(specifier, ".") {
		return ""
	}
	entries, err := os.ReadDir(filepath.Dir(filepath.Join(fromDir, filepath.FromSlash(specifier))))
	if err != nil {
		return ""
	}
	return near(specifier, func(yield func(string) bool) {
		for _, e := range entries {
			if !yield(e.Name()) {
				return
			}
		}
	})
}

// near finds among the names in a folder the one that the end of a specifier may have
// meant.
func near(specifier string, names iter.Seq[string]) string {
	path, _, _ := strings.Cut(specifier, "?")
	base := path[strings.LastIndexByte(path, '/')+1:]
	if base == "" || base == "." || base == ".." {
		return ""
	}
	best, least := "", min(3, len(base)/2+1)
	for name := range names {
		for _, c := range []string{strings.TrimSuffix(name, filepath.Ext(name)), name} {
			if strings.EqualFold(c, base) && c != base {
				return "the name is " + name + ": letter case matters"
			}
			if d := Distance(c, base); c != "" && d > 0 && (d < least || d == least && best != "" && c < best) {
				best, least = c, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + strconv.Quote(strings.TrimSuffix(path, base)+best) + "?"
}

// Distance is the Levenshtein distance of two short names, for hints: how many letters
// were added, left out or mistaken.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
