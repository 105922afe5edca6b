package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// LoaderRule is a rule of turbopack.rules: files that go through loaders before
// they are compiled.
type LoaderRule struct {
	// Glob matches the file's name, or its path in the project when it has a
	// slash: "*.svg", "content/**/*.md".
	Glob string `json:"glob"`
	// Path and Content are patterns that the file's path and text must fit too;
	// empty: any.
	Path    string `json:"path,omitempty"`
	Content string `json:"content,omitempty"`
	// Loaders in the order of the config: the last runs first.
	Loaders []Loader `json:"loaders"`
	// As names the kind of what comes out: "*.js", "*.tsx", "*.json". Empty: that
	// of the file itself.
	As string `json:"as,omitempty"`
}

// Loader is a loader as webpack knows it.
type Loader struct {
	// Name is a package, a path in the project or an absolute path.
	Name    string          `json:"loader"`
	Options json.RawMessage `json:"options,omitempty"`
}

// loaderRules reads turbopack.rules. What cannot be kept is a warning: the
// files are then compiled without loaders.
func (r *reader) loaderRules(c *Config) {
	rules, _ := r.get("turbopack.rules").(map[string]any)
	for _, glob := range slices.Sorted(maps.Keys(rules)) {
		list := []any{rules[glob]}
		if all, ok := rules[glob].([]any); ok {
			list = all
			if len(all) > 0 && slices.ContainsFunc(all, isLoader) {
				list = []any{map[string]any{"loaders": all}}
			}
		}
		for _, item := range list {
			rule, problem := loaderRule(glob, item)
			if problem != "" {
				r.warn("config-loaders", fmt.Sprintf("turbopack.rules[%q] %s; the rule is left out", glob, problem), "Files that it is for are compiled without its loaders.")
			} else {
				c.LoaderRules = append(c.LoaderRules, rule)
			}
		}
	}
}

// isLoader tells a loader of the short form from a rule.
func isLoader(v any) bool {
	if m, ok := v.(map[string]any); ok {
		return m["loader"] != nil
	}
	_, ok := v.(string)
	return ok
}

func loaderRule(glob string, v any) (LoaderRule, string) {
	rule := LoaderRule{Glob: glob}
	m, ok := v.(map[string]any)
	if !ok {
		return rule, "must be a list of loaders or an object with `loaders`, not " + describe(v)
	}
	for name := range m {
		if !slices.Contains([]string{"loaders", "as", "condition"}, name) {
			return rule, "has the option " + name + ", which is not supported"
		}
	}
	rule.As, _ = m["as"].(string)
	if m["condition"] != nil {
		if problem := rule.condition(m["condition"]); problem != "" {
			return rule, problem
		}
	}
	list, _ := m["loaders"].([]any)
	for _, item := range list {
		if name, ok := item.(string); ok {
			rule.Loaders = append(rule.Loaders, Loader{Name: name})
			continue
		}
		l, _ := item.(map[string]any)
		name, _ := l["loader"].(string)
		if name == "" {
			return rule, "has a loader without a name"
		}
		options, err := json.Marshal(l["options"])
		if err != nil || strings.Contains(string(options), `{"$function":true}`) {
			return rule, fmt.Sprintf("gives %q a function as an option; loaders run in another process, so their options must be data", name)
		}
		rule.Loaders = append(rule.Loaders, Loader{Name: name, Options: options})
	}
	if len(rule.Loaders) == 0 {
		return rule, "has no loaders"
	}
	return rule, ""
}

// condition takes what can be decided by looking at a file.
func (rule *LoaderRule) condition(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprintf("has the condition %v, which is not supported", v)
	}
	for name, value := range m {
		if list, ok := value.([]any); ok && name == "all" {
			for _, item := range list {
				if problem := rule.condition(item); problem != "" {
					return problem
				}
			}
			continue
		}
		source := ""
		if pattern, ok := value.(map[string]any); ok {
			source, _ = pattern["$regexp"].(string)
		}
		if source == "" && name == "path" {
			if text, ok := value.(string); ok {
				source = globPattern(text)
			}
		}
		if _, err := regexp.Compile(source); source == "" || err != nil {
			return fmt.Sprintf("has a condition on %s that is not supported", name)
		}
		switch {
		case name == "path" && rule.Path == "":
			rule.Path = source
		case name == "content" && rule.Content == "":
			rule.Content = source
		default:
			return fmt.Sprintf("has a condition on %s that is not supported", name)
		}
	}
	return ""
}

// Pattern is the regular expression of the rule's glob, for slash paths.
func (rule *LoaderRule) Pattern() string { return globPattern(rule.Glob) }

// aliases reads turbopack.resolveAlias. A list gives its first entry; false is an
// empty module (""). The condition "browser" makes an alias of browser code,
// "default" one of all code; others do not hold here.
func (r *reader) aliases(c *Config) {
	m, _ := r.get("turbopack.resolveAlias").(map[string]any)
	put := func(into *map[string]string, from string, to any) {
		if list, ok := to.([]any); ok && len(list) > 0 {
			to = list[0]
		}
		target, ok := to.(string)
		if !ok && to != false {
			r.warn("config-alias", fmt.Sprintf("turbopack.resolveAlias[%q] must be a string, not %s; it is ignored", from, describe(to)), "Name a package or a path that starts with \"./\".")
			return
		}
		if *into == nil {
			*into = map[string]string{}
		}
		(*into)[from] = target
	}
	for _, from := range slices.Sorted(maps.Keys(m)) {
		conditions, ok := m[from].(map[string]any)
		if !ok {
			put(&c.ResolveAlias, from, m[from])
			continue
		}
		if to := conditions["default"]; to != nil {
			put(&c.ResolveAlias, from, to)
		}
		if to := conditions["browser"]; to != nil {
			put(&c.BrowserAlias, from, to)
		}
	}
}

// globPattern turns a glob into a regular expression: *, **, ? and {a,b}. Without a
// slash it is about the last part of a path.
func globPattern(glob string) string {
	var out strings.Builder
	out.WriteString("^")
	if !strings.Contains(glob, "/") {
		out.WriteString("(?:.*/)?")
	}
	depth := 0
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case strings.HasPrefix(glob[i:], "**/"):
			out.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(glob[i:], "**"):
			out.WriteString(".*")
			i++
		case c == '*':
			out.WriteString("[^/]*")
		case c == '?':
			out.WriteString("[^/]")
		case c == '{':
			out.WriteString("(?:")
			depth++
		case c == '}' && depth > 0:
			out.WriteString(")")
			depth--
		case c == ',' && depth > 0:
			out.WriteString("|")
		default:
			out.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	out.WriteString("$")
	return out.String()
}
