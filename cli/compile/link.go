package compile

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"path"
	"slices"
	"strings"
)

// linked is the browser graph after bundling: its files, which may still be
// merged, and then get the names that their content and everything they import
// decide.
//
// esbuild's own hashes do not do: a script that loads a style sheet, or that was
// merged with others, must change its name when those change.
type linked struct {
	// prefix of every import path ("/_next/").
	prefix string
	files  map[string]*linkedFile // by the path esbuild gave
}

type linkedFile struct {
	path    string
	code    []byte
	imports []fileImport
	inputs  []string // modules in it, as the metafile names them
	entry   string   // input that this file is the entry of, "" for shared chunks
	// css is the style sheet of an entry, by its final path.
	css string
	// final is the path to write, set by name.
	final string
}

type fileImport struct {
	path    string
	dynamic bool
}

// tokenLength is the length of esbuild's hashes and of ours.
const tokenLength = 8

// token is the hash in a file name that esbuild gave: "main-4TN56HQL.js".
func token(p string) string {
	p = strings.TrimSuffix(p, path.Ext(p))
	if len(p) < tokenLength {
		return p
	}
	return p[len(p)-tokenLength:]
}

// static lists the files that load with file, in the order in which they are
// reached.
func (l *linked) static(file string) []string {
	seen := map[string]bool{file: true}
	var list []string
	var visit func(p string)
	visit = func(p string) {
		f := l.files[p]
		if f == nil {
			return
		}
		for _, i := range f.imports {
			if !i.dynamic && !seen[i.path] {
				seen[i.path] = true
				visit(i.path)
				list = append(list, i.path)
			}
		}
	}
	visit(file)
	return list
}

// all lists file and every file it can come to load.
func (l *linked) all(file string) []string {
	seen := map[string]bool{file: true}
	list := []string{file}
	for i := 0; i < len(list); i++ {
		if f := l.files[list[i]]; f != nil {
			for _, n := range f.imports {
				if !seen[n.path] {
					seen[n.path] = true
					list = append(list, n.path)
				}
			}
		}
	}
	return list
}

// loadStyles makes dynamic imports wait for the style sheets of what they load.
func (l *linked) loadStyles() {
	for _, f := range l.files {
		for _, i := range f.imports {
			if !i.dynamic {
				continue
			}
			var sheets []string
			for _, p := range append(l.static(i.path), i.path) {
				if t := l.files[p]; t != nil && t.css != "" && !slices.Contains(sheets, t.css) {
					sheets = append(sheets, t.css)
				}
			}
			if len(sheets) == 0 {
				continue
			}
			var hrefs []string
			for _, s := range sheets {
				hrefs = append(hrefs, quoteJS(l.prefix+s))
			}
			call := "import(" + quoteJS(l.prefix+i.path) + ")"
			f.code = bytes.ReplaceAll(f.code, []byte(call),
				[]byte("Promise.all(["+call+","+"["+strings.Join(hrefs, ",")+"].map("+loadStyle+")]).then(m=>m[0])"))
		}
	}
}

// loadStyle adds a style sheet to the document once. A sheet that fails to load
// does not keep the component from rendering.
const loadStyle = `h=>new Promise(r=>{var d=document,l=d.querySelector('link[rel=stylesheet][href="'+h+'"]');if(l)return r();` +
	`l=d.createElement("link");l.rel="stylesheet";l.href=h;l.onload=l.onerror=r;d.head.append(l)})`

// name computes the final path of every file. References are blanked before a
// file is hashed, because imports may form circles; what a file refers to counts
// through the hashes of all files it reaches.
func (l *linked) name() {
	base := map[string][]byte{}
	for p, f := range l.files {
		h := sha256.New()
		h.Write(l.replaceTokens(f, func(string) string { return "" }))
		base[p] = h.Sum(nil)
	}
	for p, f := range l.files {
		reached := l.all(p)[1:]
		sums := make([]string, len(reached))
		for i, r := range reached {
			sums[i] = string(base[r])
		}
		slices.Sort(sums)
		h := sha256.New()
		h.Write(base[p])
		for _, s := range sums {
			h.Write([]byte(s))
		}
		name := base32.StdEncoding.EncodeToString(h.Sum(nil))[:tokenLength]
		f.final = strings.TrimSuffix(f.path, token(f.path)+".js") + strings.ToLower(name) + ".js"
	}
	for _, f := range l.files {
		f.code = l.replaceTokens(f, func(p string) string { return token(l.files[p].final) })
	}
}

// replaceTokens rewrites the hash in every import path of a file.
func (l *linked) replaceTokens(f *linkedFile, with func(p string) string) []byte {
	if len(f.imports) == 0 {
		return f.code
	}
	prefix := []byte(`"` + l.prefix)
	out := make([]byte, 0, len(f.code))
	for rest := f.code; ; {
		i := bytes.Index(rest, prefix)
		if i < 0 {
			return append(out, rest...)
		}
		i += len(prefix)
		out = append(out, rest[:i]...)
		rest = rest[i:]
		n := bytes.IndexByte(rest, '"')
		if n < 0 {
			continue
		}
		p := string(rest[:n])
		if l.files[p] == nil || !slices.ContainsFunc(f.imports, func(x fileImport) bool { return x.path == p }) {
			continue
		}
		stem := strings.TrimSuffix(p, token(p)+".js")
		out = append(append(append(out, stem...), with(p)...), ".js"...)
		rest = rest[n:]
	}
}
