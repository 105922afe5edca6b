package compile

import (
	"strings"
)

// findValues collects what `@value` defines, also further down in the file:
//
//	@value primary: #06c;
//	@value primary, small as narrow from "./values.css";
//
// A value is exported under its name and may be used in later values,
// declarations and the conditions of at-rules.
func (s *cssScoper) findValues() {
	for at := 0; at < len(s.source) && s.problem == nil; {
		if n := skipSpace(s.source[at:]); n > 0 {
			at += n
			continue
		}
		stop := s.statementEnd(at, len(s.source))
		if text, ok := strings.CutPrefix(s.source[at:stop], "@value"); ok {
			s.value(at, strings.TrimSpace(text))
		}
		if stop < len(s.source) && s.source[stop] == '{' {
			stop = s.closing(stop, len(s.source))
		}
		at = stop + 1
	}
}

// value reads what stands behind @value.
func (s *cssScoper) value(at int, text string) {
	names, from, imported := text, "", false
	if i := strings.LastIndex(text, " from "); i >= 0 {
		names, from, imported = text[:i], strings.TrimSpace(text[i+len(" from "):]), true
	}
	if !imported {
		n := identLength(text)
		name, value := text[:n], strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text[n:]), ":"))
		if n == 0 || value == "" {
			s.fail(at, "@value has no name or no value").Hint = "write @value name: value;"
			return
		}
		s.define(name, s.substitute(value))
		return
	}
	if len(from) < 2 || from[0] != '"' && from[0] != '\'' {
		// The file's name may itself be a value.
		from = s.values[from]
	}
	specifier := strings.Trim(from, `"'`)
	other, problem := s.load(specifier)
	if problem != nil {
		if s.problem == nil {
			s.problem = problem.At(s.file, s.source, at)
		}
		return
	}
	for _, part := range strings.Split(strings.Trim(names, "() "), ",") {
		name, local, renamed := strings.Cut(strings.TrimSpace(part), " as ")
		if name = strings.TrimSpace(name); !renamed {
			local = name
		}
		value, ok := other.lookup(name)
		if !ok {
			s.fail(at, "%s has no value '%s'", specifier, name).Hint = "check the name"
			return
		}
		s.define(strings.TrimSpace(local), value)
	}
}

func (s *cssScoper) define(name, value string) {
	s.values[name] = value
	if _, known := s.index[name]; !known {
		s.index[name] = len(s.module.exports)
		s.module.exports = append(s.module.exports, cssExport{name, value})
	}
}

// substitute puts values in the place of their names. Strings and the insides of
// url() are left alone.
func (s *cssScoper) substitute(text string) string {
	if len(s.values) == 0 {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		n := 1
		switch word := identLength(text[i:]); {
		case word > 0:
			n = word
			if value, ok := s.values[text[i:i+n]]; ok {
				out.WriteString(value)
				i += n
				continue
			}
			if strings.EqualFold(text[i:i+n], "url") && i+n < len(text) && text[i+n] == '(' {
				n += matching(text[i+n:], '(', ')')
			}
		case skipString(text[i:]) > 0:
			n = skipString(text[i:])
		case text[i] >= '0' && text[i] <= '9' || text[i] == '#':
			// A unit or a color is no name of its own.
			for i+n < len(text) && isIdentByte(text[i+n]) {
				n++
			}
		}
		out.WriteString(text[i : i+n])
		i += n
	}
	return out.String()
}
