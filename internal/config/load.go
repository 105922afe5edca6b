package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/diag"
)

// Phases, as a config function gets them.
const (
	PhaseBuild  = "phase-production-build"
	PhaseServer = "phase-production-server"
	PhaseDev    = "phase-development-server"
	PhaseExport = "phase-export"
)

// Evaluate runs a config file and returns what it exports as JSON, after calling
// it if it is a function and awaiting it. redirects, rewrites, headers,
// generateBuildId and exportPathMap are called too and their results stand under
// their names. A regular expression is {"$regexp": source}, a URL {"$url": text},
// any other value that JSON has not is {"$function": true}; undefined is left
// out. A file that does not export an object is its own error to report.
type Evaluate func(file, phase string) ([]byte, error)

var (
	fileNames    = []string{"next.config.js", "next.config.mjs", "next.config.ts", "next.config.mts"}
	foreignNames = []string{"next.config.cjs", "next.config.cts", "next.config.json", "next.config.jsx", "next.config.tsx"}
)

// Find returns the path of the config file of a project: in dir or the nearest
// folder above it, next.config.js before .mjs, .ts and .mts. It is empty when
// there is none. A config file with an extension Next.js does not read is an
// error if no other is found.
func Find(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("config: %w", err)
	}
	for at := abs; ; {
		for _, name := range fileNames {
			path := filepath.Join(at, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path, nil
			}
		}
		up := filepath.Dir(at)
		if up == at {
			break
		}
		at = up
	}
	for _, name := range foreignNames {
		if _, err := os.Stat(filepath.Join(abs, name)); err == nil {
			m := diag.Errorf("config-extension", "%s is not read: a config file ends in .js, .mjs, .ts or .mts", name).
				WithHint("Rename it to next.config%s.", map[string]string{".cjs": ".js", ".cts": ".ts", ".json": ".js", ".jsx": ".js", ".tsx": ".ts"}[filepath.Ext(name)])
			m.File = name
			return "", m
		}
	}
	return "", nil
}

// Load reads the configuration of the project in dir. Without a config file it is
// Default. The messages are warnings; the error is a diag.Errors for options that
// no build can go on with, or what evaluate returned.
//
// Options in set, which come from flags, count instead of the file's.
// NEXT_DEPLOYMENT_ID of the environment stands for deploymentId, and
// NEXT_PRIVATE_STANDALONE for output: "standalone".
func Load(dir, phase string, set map[string]any, evaluate Evaluate) (*Config, []*diag.Message, error) {
	file, err := Find(dir)
	if err != nil {
		return nil, nil, err
	}
	raw := []byte("{}")
	shown := "next.config.js"
	if file != "" {
		if raw, err = evaluate(file, phase); err != nil {
			return nil, nil, err
		}
		shown = showPath(dir, file)
	}
	if len(set) > 0 {
		if raw, err = override(raw, set); err != nil {
			return nil, nil, err
		}
	}
	c, warnings, err := Parse(dir, shown, raw)
	if c != nil && file != "" {
		c.File = shown
	}
	return c, warnings, err
}

// override puts options over those of an evaluated config.
func override(raw []byte, set map[string]any) ([]byte, error) {
	user := map[string]any{}
	if err := json.Unmarshal(raw, &user); err != nil {
		return nil, fmt.Errorf("config: the evaluated config is no JSON object: %w", err)
	}
	maps.Copy(user, set)
	return json.Marshal(user)
}

func showPath(dir, file string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		if rel, err := filepath.Rel(abs, file); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	return file
}

// Parse makes a Config of the JSON that Evaluate returns. file is the name that
// messages give the config file. dir is the project, for files that options name.
func Parse(dir, file string, raw []byte) (*Config, []*diag.Message, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, nil, fmt.Errorf("config: the evaluated config is no JSON: %w", err)
	}
	user, ok := v.(map[string]any)
	if !ok {
		m := diag.Errorf("config-shape", "the config must be an object, not %s", describe(v)).
			WithHint("Export an object, or a function that returns one.")
		m.File = file
		return nil, nil, diag.Errors{m}
	}
	r := &reader{dir: dir, file: file, user: prune(user).(map[string]any)}
	r.retire()
	r.check()
	c := Default()
	r.fill(c)
	if len(r.errors) > 0 {
		return nil, r.warnings, r.errors
	}
	return c, r.warnings, nil
}

// prune drops nulls from objects: an option that is null is not set.
func prune(v any) any {
	if m, ok := v.(map[string]any); ok {
		for k, item := range m {
			if item == nil {
				delete(m, k)
			} else {
				m[k] = prune(item)
			}
		}
	}
	return v
}

// reader turns one user config into a Config.
type reader struct {
	dir, file string
	user      map[string]any
	warnings  []*diag.Message
	errors    diag.Errors
}

func (r *reader) warn(code, text, hint string) *diag.Message {
	m := &diag.Message{Severity: diag.Warning, Code: code, File: r.file, Text: text, Hint: hint}
	r.warnings = append(r.warnings, m)
	return m
}

// fatal reports an option that stops the build.
func (r *reader) fatal(hint, format string, args ...any) {
	m := diag.Errorf("config-value", format, args...)
	m.File, m.Hint = r.file, hint
	r.errors = append(r.errors, m)
}

// get returns the value at a path such as "images.path", nil if there is none.
func (r *reader) get(path string) any {
	var v any = r.user
	for key := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func (r *reader) set(path string, value any) {
	m := r.user
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		next, ok := m[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[key] = next
		}
		m = next
	}
	if value == nil {
		delete(m, keys[len(keys)-1])
	} else {
		m[keys[len(keys)-1]] = value
	}
}

// retire handles options that moved or are gone.
func (r *reader) retire() {
	for _, o := range removed {
		v := r.get(o.path)
		if v == nil {
			continue
		}
		switch {
		case o.fatal && !active(v): // turned off, which it is anyway
		case o.fatal:
			r.fatal(o.hint, "the option %q is no longer supported", o.path)
		default:
			r.warn("config-removed", fmt.Sprintf("the option %q has no effect any more", o.path), o.hint)
		}
		r.set(o.path, nil)
	}
	for _, o := range moved {
		v := r.get(o.from)
		if v == nil {
			continue
		}
		r.set(o.from, nil)
		if r.get(o.to) != nil {
			r.fatal(fmt.Sprintf("Remove %q.", o.from), "the options %q and %q are the same; both are set", o.from, o.to)
			continue
		}
		r.warn("config-moved", fmt.Sprintf("the option %q is now called %q", o.from, o.to), "Rename it.")
		r.set(o.to, v)
	}
	if r.get("images.domains") != nil {
		r.warn("config-moved", `the option "images.domains" is deprecated`, `Use "images.remotePatterns", which can also fix protocol and path.`)
	}
}

// known maps the path of every option to it.
var known = func() map[string]option {
	m := map[string]option{}
	for _, o := range options {
		m[o.path] = o
	}
	for _, o := range experiments {
		o.path = "experimental." + o.path
		m[o.path] = o
	}
	for _, name := range acceptedExperiments {
		m["experimental."+name] = option{path: "experimental." + name, want: anything, effect: accepted}
	}
	return m
}()

// strict are the objects whose keys are all known.
var strict = func() map[string]bool {
	m := map[string]bool{}
	for path := range known {
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			m[path[:i]] = true
		}
	}
	return m
}()

// check compares the user's keys and types with the table. A value of a wrong
// type is dropped, so that the default counts; options with rules of their own
// (fatalTypes) keep it for fill to refuse.
func (r *reader) check() {
	var bad []string
	var unsupported []option
	var walk func(prefix string, m map[string]any)
	walk = func(prefix string, m map[string]any) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			path, v := prefix+key, m[key]
			o, ok := known[path]
			switch {
			case !ok && strings.HasPrefix(path, "images."):
				r.fatal("Correct its name, or remove it.", "%q is not an option", path)
			case !ok:
				bad = append(bad, fmt.Sprintf("%q is not an option", path))
			case path == "env" && object.ok(v):
				for name, value := range v.(map[string]any) {
					if !is[string](value) {
						bad = append(bad, fmt.Sprintf("%q must be a string, not %s", "env."+name, describe(value)))
					}
				}
			case !o.want.ok(v):
				if strings.HasPrefix(path, "images") {
					r.fatal("Correct it, or remove it to have the default.", "%q must be %s, not %s", path, o.want.text, describe(v))
				} else if !fatalTypes[path] {
					bad = append(bad, fmt.Sprintf("%q must be %s, not %s; it is ignored", path, o.want.text, describe(v)))
					delete(m, key)
				}
			case o.effect >= later && active(v):
				unsupported = append(unsupported, o)
			}
			if below, isObject := m[key].(map[string]any); isObject && strict[path] {
				walk(path+".", below)
			}
		}
	}
	walk("", r.user)
	if len(bad) > 0 {
		m := r.warn("config-options", fmt.Sprintf("%s has options that are not valid", r.file),
			"Check their spelling and place: https://nextjs.org/docs/pages/api-reference/config/next-config-js")
		slices.Sort(bad)
		m.Detail = strings.Join(bad, "\n")
	}
	for _, o := range unsupported {
		what := "is not supported yet"
		if o.effect == never {
			what = "is not supported"
		}
		r.warn("not-supported-yet", fmt.Sprintf("the option %q %s", o.path, what), o.hint)
	}
}

// fatalTypes are the options whose wrong type stops the build.
var fatalTypes = map[string]bool{
	"assetPrefix": true, "basePath": true, "distDir": true, "pageExtensions": true, "env": true,
	"i18n": true, "i18n.locales": true, "i18n.defaultLocale": true, "i18n.domains": true, "i18n.localeDetection": true,
	"output": true, "deploymentId": true, "generateBuildId": true, "redirects": true, "rewrites": true, "headers": true,
}

// describe names a value for messages.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("the string %q", clip(v))
	case bool, float64:
		return fmt.Sprint(v)
	case []any:
		if b, err := json.Marshal(v); err == nil {
			return "the array " + clip(string(b))
		}
		return "an array"
	case map[string]any:
		switch {
		case v["$function"] != nil:
			return "a function"
		case v["$regexp"] != nil:
			return "a regular expression"
		}
		return "an object"
	}
	return fmt.Sprintf("%T", v)
}

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// decode copies a JSON value into a Go one, refusing keys it has not.
func decode(v any, into any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var te *json.UnmarshalTypeError
		if errors.As(err, &te) {
			return fmt.Errorf("%q must be a %s, not a %s", te.Field, te.Type, te.Value)
		}
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
