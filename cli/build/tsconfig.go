package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
)

// typescript says whether the app is written in it: it has a tsconfig.json, or a
// page in it.
func (p *Project) typescript() bool {
	if _, err := os.Stat(filepath.Join(p.Dir, p.tsconfigPath())); err == nil {
		return true
	}
	return slices.ContainsFunc(p.Pages, func(p route.Page) bool {
		return strings.HasSuffix(p.File, ".ts") || strings.HasSuffix(p.File, ".tsx")
	})
}

func (p *Project) tsconfigPath() string {
	if p := p.Config.TypeScript.TsconfigPath; p != "" {
		return filepath.FromSlash(p)
	}
	return "tsconfig.json"
}

// PrepareTypeScript writes what an editor needs to know of an app that is written
// in TypeScript: next-env.d.ts, the types of the routes, a tsconfig.json where there
// is none, and into an existing one the options that it lacks, as Next.js does. What
// is written already stays untouched, comments included; a tsconfig.json that
// extends another, or refers to others, is left alone. An app without TypeScript gets
// nothing. It is cheap enough to be called whenever a page appears.
//
// The lines tell the user what has changed. An error, a *diag.Message, stops nobody
// from serving the app.
func (p *Project) PrepareTypeScript() ([]string, error) {
	if !p.typescript() {
		return nil, nil
	}
	lines, err := p.prepareTsconfig()
	if err != nil {
		return lines, err
	}
	if err := p.writeNextEnv(); err != nil {
		return lines, err
	}
	return lines, p.writeTypes(filepath.Join(p.Dir, filepath.FromSlash(p.Config.DistDir)))
}

// createTsconfig writes a tsconfig.json where there is none, and tells whether it
// did.
func (p *Project) createTsconfig() (created bool, err error) {
	file := filepath.Join(p.Dir, p.tsconfigPath())
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err := os.WriteFile(file, []byte(newTsconfig(filepath.ToSlash(p.Config.DistDir))), 0o644); err != nil {
		return false, cannotWrite(err)
	}
	return true, nil
}

// missingTypes are the packages of TypeScript that are not installed.
func (p *Project) missingTypes() string {
	var missing []string
	for _, name := range []string{"typescript", "@types/react", "@types/node"} {
		if installed(p.Dir, name) == "" {
			missing = append(missing, name)
		}
	}
	return strings.Join(missing, " ")
}

func (p *Project) prepareTsconfig() ([]string, error) {
	name := filepath.ToSlash(p.tsconfigPath())
	created, err := p.createTsconfig()
	if err != nil {
		return nil, err
	}
	if created {
		lines := []string{name + " is new: the app has TypeScript and had none"}
		if missing := p.missingTypes(); missing != "" {
			lines = append(lines, "  editors need packages for it: npm install --save-dev "+missing)
		}
		return lines, nil
	}
	file := filepath.Join(p.Dir, p.tsconfigPath())
	old, err := os.ReadFile(file)
	if err != nil {
		return nil, diag.Errorf("tsconfig", "%s cannot be read: %v", name, err).WithHint("let it be a file that can be read")
	}
	text := string(old)
	if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed == "{}" {
		text = newTsconfig(filepath.ToSlash(p.Config.DistDir))
		if err := writeIfChanged(file, []byte(text)); err != nil {
			return nil, err
		}
		return []string{name + " was empty: it has the usual options now"}, nil
	}
	text, lines, err := completeTsconfig(text, packageVersion(p.Dir, "typescript"))
	if err != nil {
		return nil, diag.Errorf("tsconfig", "%s %v", name, err).WithHint("mend it: until then, its paths and options count for nothing")
	}
	if len(lines) == 0 {
		return nil, nil
	}
	if err := writeIfChanged(file, []byte(text)); err != nil {
		return nil, err
	}
	return append([]string{name + " was completed:"}, lines...), nil
}

// tsOption is an option of the compiler that a tsconfig.json should have.
type tsOption struct {
	name  string
	value any
	// accepted are the values, in lower case, that an app may have instead. An option
	// without reason may have any.
	accepted []string
	// reason says why the option is required.
	reason string
}

// tsOptions are the options for an app that has set module, with a version of
// TypeScript; empty: not installed.
func tsOptions(module string, verbatim bool, version string) []tsOption {
	module = strings.ToLower(module)
	resolution := tsOption{"moduleResolution", "bundler", []string{"node16", "nodenext"}, "how imports are found"}
	if major, minor := majorMinor(version); version != "" && major < 5 || module == "commonjs" || module == "amd" {
		resolution.value, resolution.accepted = "node", []string{"node12", "node16", "nodenext"}
	} else if module == "preserve" && (version == "" || major > 5 || minor >= 4) {
		resolution.name = "" // preserve implies these options
	}
	list := []tsOption{
		{name: "target", value: "ES2017"},
		{name: "lib", value: []string{"dom", "dom.iterable", "esnext"}},
		{name: "allowJs", value: true},
		{name: "skipLibCheck", value: true},
		{name: "strict", value: false},
		{name: "noEmit", value: true},
		{name: "incremental", value: true},
		{"module", "esnext", []string{"preserve", "es2020", "commonjs", "amd", "nodenext", "node16"}, "import() must be known"},
	}
	if resolution.name != "" {
		list = append(list, tsOption{name: "esModuleInterop", value: true, reason: "how CommonJS is imported"}, resolution,
			tsOption{name: "resolveJsonModule", value: true, reason: "JSON can be imported"})
	}
	if !verbatim {
		list = append(list, tsOption{name: "isolatedModules", value: true, reason: "every file is compiled by itself"})
	}
	return append(list, tsOption{name: "jsx", value: "react-jsx", reason: "JSX needs no import of React"})
}

func majorMinor(version string) (major, minor int) {
	parts := strings.SplitN(version, ".", 3)
	major, _ = strconv.Atoi(parts[0]) // not a number: 0, as an old one
	if len(parts) > 1 {
		minor, _ = strconv.Atoi(parts[1])
	}
	return major, minor
}

// completeTsconfig adds what a tsconfig.json lacks, and tells what that was.
func completeTsconfig(text, version string) (completed string, lines []string, err error) {
	value, ok := transform.LooseJSON(text)
	config, isObject := value.(map[string]any)
	if !ok || !isObject {
		return "", nil, errors.New("is not valid JSON")
	}
	if config["extends"] != nil || config["references"] != nil {
		return text, nil, nil
	}
	options, has := config["compilerOptions"].(map[string]any)
	if !has && config["compilerOptions"] != nil {
		return "", nil, errors.New("has compilerOptions that are no object")
	}
	module, _ := options["module"].(string)
	verbatim, _ := options["verbatimModuleSyntax"].(bool)
	var members []transform.JSONMember
	for _, o := range tsOptions(module, verbatim, version) {
		was, present := options[o.name]
		switch {
		case o.reason == "" && present, o.accepts(was):
			continue
		case o.reason == "":
			lines = append(lines, fmt.Sprintf("  %s is %s, change it as you like", o.name, show(o.value)))
		default:
			lines = append(lines, fmt.Sprintf("  %s is %s, it has to be: %s", o.name, show(o.value), o.reason))
		}
		members = append(members, transform.JSONMember{Name: o.name, Value: o.value})
	}
	if len(members) > 0 {
		path := []string{"compilerOptions"}
		if !has {
			path, members = nil, []transform.JSONMember{{Name: "compilerOptions", Value: members}}
		}
		if text, ok = transform.SetJSON(text, path, members); !ok {
			return "", nil, errors.New("cannot be completed")
		}
	}
	if _, ok := config["include"]; !ok {
		include := []string{"next-env.d.ts", "**/*.mts", "**/*.ts", "**/*.tsx"}
		if text, ok = transform.SetJSON(text, nil, []transform.JSONMember{{Name: "include", Value: include}}); !ok {
			return "", nil, errors.New("cannot be completed")
		}
		lines = append(lines, "  include is "+strings.Join(include, ", ")+", change it as you like")
	}
	return text, lines, nil
}

// accepts reports whether an option that is required has a value that will do.
func (o tsOption) accepts(value any) bool {
	if s, ok := value.(string); ok {
		s = strings.ToLower(s)
		return s == o.value || slices.Contains(o.accepted, s)
	}
	return value != nil && o.reason != "" && value == o.value
}

func show(value any) string {
	if list, ok := value.([]string); ok {
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(value)
}

// writeNextEnv writes next-env.d.ts, unless the one that is there refers to all it
// should.
func (p *Project) writeNextEnv() error {
	file := filepath.Join(p.Dir, "next-env.d.ts")
	types := "./" + path.Join(filepath.ToSlash(p.Config.DistDir), "types")
	needed := []string{`/// <reference types="next" />`, `/// <reference types="next/image-types/global" />`}
	if p.ownTypes() {
		needed = []string{
			`/// <reference path="` + types + "/" + nextTypes + `/index.d.ts" />`,
			`/// <reference path="` + types + "/" + imageTypes + `" />`,
		}
	}
	if p.Config.Images.DisableStaticImages {
		needed = needed[:1]
	}
	needed = append(needed, `import "`+types+`/routes.d.ts";`)
	if old, err := os.ReadFile(file); err == nil && !slices.ContainsFunc(needed, func(line string) bool { return !strings.Contains(string(old), line) }) {
		return nil
	}
	return writeIfChanged(file, []byte(strings.Join(needed, "\n")+"\n\n// Written by onward: changes are lost.\n"))
}

func newTsconfig(distDir string) string {
	return `{
  "compilerOptions": {
    "target": "ES2017",
    "lib": ["dom", "dom.iterable", "esnext"],
    "allowJs": true,
    "skipLibCheck": true,
    "strict": false,
    "noEmit": true,
    "incremental": true,
    "module": "esnext",
    "esModuleInterop": true,
    "moduleResolution": "bundler",
    "resolveJsonModule": true,
    "isolatedModules": true,
    "jsx": "react-jsx"
  },
  "include": ["next-env.d.ts", "` + distDir + `/types/**/*.ts", "**/*.mts", "**/*.ts", "**/*.tsx"],
  "exclude": ["node_modules"]
}
`
}
