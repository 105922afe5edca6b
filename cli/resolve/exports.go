package resolve

import (
	"net/url"
	"path"
	"sort"
	"strings"
)

// status is how a look-up in "exports" or "imports" ended.
type status uint8

const (
	missed   status = iota // no key fits
	noneHold               // keys are conditions, and none of them holds
	disabled               // null
	exact                  // path is a file of the package
	inexact                // path may lack its ending
	bare                   // path is another package, for "imports"
	badSpecifier
	badTarget
	badManifest
	isFolder
)

// outcome of a look-up. path begins with a slash, which stands for the package.
type outcome struct {
	status status
	path   string
	at     int      // place in the package.json
	why    string   // for badSpecifier and badTarget
	keys   []string // for noneHold: the conditions that there are
}

func (o outcome) undefined() bool { return o.status == missed || o.status == noneHold }

// invalidMap says whether v is nothing that exports or imports may hold.
func invalidMap(v *value) bool {
	if v.kind == '{' {
		for i := range v.members {
			if strings.HasPrefix(v.members[i].key, ".") != strings.HasPrefix(v.members[0].key, ".") {
				return true
			}
		}
		return false
	}
	return v.kind != '"' && v.kind != '[' && v.kind != 'n'
}

func keysAreSubpaths(v *value) bool {
	return len(v.members) > 0 && strings.HasPrefix(v.members[0].key, ".")
}

// exported looks subpath, "." or "./x", up in "exports".
func exported(exports *value, subpath string, conditions map[string]bool) outcome {
	if invalidMap(exports) {
		return outcome{status: badManifest, at: exports.at}
	}
	failed := outcome{status: missed, at: exports.at}
	if subpath == "." {
		main := exports
		if exports.kind == '{' && keysAreSubpaths(exports) {
			main = exports.get(".")
		}
		if main.kind != 0 && main.kind != 'n' {
			o := target(main, "", false, false, conditions)
			if o.status != missed && o.status != disabled {
				return afterwards(o)
			}
			failed = o
		}
	} else if exports.kind == '{' && keysAreSubpaths(exports) {
		o := inMap(exports, subpath, false, conditions)
		if o.status != missed && o.status != disabled {
			return afterwards(o)
		}
		failed = o
	}
	return failed
}

// imported looks a specifier that begins with # up in "imports".
func imported(imports *value, specifier string, conditions map[string]bool) outcome {
	if imports.kind != '{' || invalidMap(imports) {
		return outcome{status: badManifest, at: imports.at}
	}
	o := inMap(imports, specifier, true, conditions)
	if o.status == missed || o.status == disabled {
		return outcome{status: missed, at: imports.at}
	}
	return afterwards(o)
}

// afterwards decodes the path that was found.
func afterwards(o outcome) outcome {
	if o.status != exact && o.status != inexact {
		return o
	}
	decoded, err := url.PathUnescape(o.path)
	if err != nil {
		o.status, o.why = badSpecifier, "it has an invalid escape"
		return o
	}
	if lower := strings.ToLower(o.path); strings.Contains(lower, "%2f") || strings.Contains(lower, "%5c") {
		o.status, o.why = badSpecifier, "it has an escaped slash"
		return o
	}
	if strings.HasSuffix(decoded, "/") || strings.HasSuffix(decoded, `\`) {
		o.status = isFolder
		return o
	}
	o.path = decoded
	return o
}

// inMap finds the key of an object that fits: itself, else the most specific
// pattern.
func inMap(object *value, key string, internal bool, conditions map[string]bool) outcome {
	if !strings.HasSuffix(key, "/") && !strings.Contains(key, "*") {
		for i := range object.members {
			if m := &object.members[i]; m.key == key {
				return target(&m.value, "", false, internal, conditions)
			}
		}
	}
	for _, m := range patternsOf(object) {
		before, after, wild := strings.Cut(m.key, "*")
		if !strings.HasPrefix(key, before) {
			continue
		}
		if !wild {
			o := target(&m.value, key[len(before):], false, internal, conditions)
			if o.status == exact {
				o.status = inexact
			}
			return o
		}
		if after == "" || strings.HasSuffix(key, after) && len(key) >= len(m.key) {
			return target(&m.value, key[len(before):len(key)-len(after)], true, internal, conditions)
		}
	}
	return outcome{status: missed, at: object.at}
}

// patternsOf lists the keys of an object that have a * or end in a slash, the most
// specific first.
func patternsOf(object *value) []*member {
	var list []*member
	for i := range object.members {
		if key := object.members[i].key; strings.HasSuffix(key, "/") || strings.Contains(key, "*") {
			list = append(list, &object.members[i])
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i].key, list[j].key
		starA, starB := strings.IndexByte(a, '*'), strings.IndexByte(b, '*')
		baseA, baseB := starA, starB
		if starA < 0 {
			baseA = len(a)
		}
		if starB < 0 {
			baseB = len(b)
		}
		if baseA != baseB {
			return baseA > baseB
		}
		if starA < 0 || starB < 0 {
			return starA >= 0 && starB < 0
		}
		return len(a) > len(b)
	})
	return list
}

// target follows the value of a key. rest is what the pattern or folder left over;
// internal says that the value may name another package, as in "imports".
func target(v *value, rest string, pattern, internal bool, conditions map[string]bool) outcome {
	switch v.kind {
	case '"':
		return textTarget(v, rest, pattern, internal)
	case '{':
		if invalidMap(v) {
			return outcome{status: badTarget, at: v.at}
		}
		var inner *value
		for i := range v.members {
			m := &v.members[i]
			if m.key != "default" && !conditions[m.key] {
				continue
			}
			if o := target(&m.value, rest, pattern, internal, conditions); !o.undefined() {
				return o
			}
			inner = &m.value
		}
		if len(v.members) == 0 || keysAreSubpaths(v) {
			return outcome{status: missed, at: v.at}
		}
		if inner != nil && inner.kind == '{' && len(inner.members) > 0 && !keysAreSubpaths(inner) {
			v = inner // what is missing lies deeper
		}
		o := outcome{status: noneHold, at: v.at}
		for i := range v.members {
			o.keys = append(o.keys, v.members[i].key)
		}
		return o
	case '[':
		if len(v.list) == 0 {
			return outcome{status: disabled, at: v.at}
		}
		last := outcome{status: missed, at: v.at}
		for i := range v.list {
			o := target(&v.list[i], rest, pattern, internal, conditions)
			if o.status == badTarget || o.status == disabled {
				last = o
			} else if !o.undefined() {
				return o
			}
		}
		return last
	case 'n':
		return outcome{status: disabled, at: v.at}
	}
	return outcome{status: badTarget, at: v.at}
}

func textTarget(v *value, rest string, pattern, internal bool) outcome {
	text := v.text
	if !pattern && rest != "" && !strings.HasSuffix(text, "/") {
		return outcome{status: badSpecifier, path: text, at: v.at, why: "it does not end in a slash"}
	}
	if !strings.HasPrefix(text, "./") {
		if !internal || strings.HasPrefix(text, "../") || strings.HasPrefix(text, "/") {
			return outcome{status: badTarget, path: text, at: v.at, why: "it does not begin with ./"}
		}
		if pattern {
			text = strings.ReplaceAll(text, "*", rest)
		} else {
			text += rest
		}
		return outcome{status: bare, path: text, at: v.at}
	}
	if s := forbiddenSegment(text); s != "" {
		return outcome{status: badTarget, path: text, at: v.at, why: "it has the segment " + s}
	}
	if s := forbiddenSegment(rest); s != "" {
		return outcome{status: badSpecifier, path: rest, at: v.at, why: "it has the segment " + s}
	}
	full := path.Join("/", text)
	if pattern {
		full = strings.ReplaceAll(full, "*", rest)
	} else {
		full = path.Join(full, rest)
	}
	return outcome{status: exact, path: full, at: v.at}
}

// forbiddenSegment is the first ".", ".." or "node_modules" after the first
// segment, or "".
func forbiddenSegment(p string) string {
	slash := func(c rune) bool { return c == '/' || c == '\\' }
	at := strings.IndexFunc(p, slash)
	if at < 0 {
		return ""
	}
	for _, s := range strings.FieldsFunc(p[at+1:], slash) {
		if s == "." || s == ".." || s == "node_modules" {
			return s
		}
	}
	return ""
}

// packageParts takes "name/sub" or "@scope/name/sub" apart: the name and "./sub".
func packageParts(specifier string) (name, subpath string, ok bool) {
	name = specifier
	if slash := strings.IndexByte(specifier, '/'); slash >= 0 {
		name = specifier[:slash]
		if strings.HasPrefix(specifier, "@") {
			name = specifier
			if second := strings.IndexByte(specifier[slash+1:], '/'); second >= 0 {
				name = specifier[:slash+1+second]
			}
		}
	} else if strings.HasPrefix(specifier, "@") {
		return "", "", false
	}
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, `\%`) {
		return "", "", false
	}
	return name, "." + specifier[len(name):], true
}
