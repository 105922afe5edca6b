package compile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// Engines that run an app's server code.
const (
	EngineAuto = "auto"
	EngineV8   = "v8"
	EngineNode = "node"
)

// nodeEngines is the oldest Node.js that runs an app.
var nodeEngines = []api.Engine{{Name: api.EngineNode, Version: "18.18"}}

// needs decides which engine the server code gets. V8 is tried first; what it
// cannot give (modules of Node.js that the platform lacks, native addons) is noted
// while the graph is bundled, and then the graph is bundled anew for Node.js.
type needs struct {
	b *build
	// wanted is one of the Engine constants.
	wanted string
	// node: the code will run in Node.js.
	node bool
	// reason says why, empty when it was the user's wish.
	reason string
	// outside are the packages that are required from node_modules at run time.
	outside map[string]bool

	mu    sync.Mutex
	found []need
}

// need is one thing that V8 cannot give.
type need struct {
	// file imports it; full path.
	file string
	// text ends a sentence that begins with the file.
	text string
	// outside is the package that can only be loaded from its own place.
	outside string
}

func newNeeds(b *build) *needs {
	n := &needs{b: b, wanted: b.opt.Engine, outside: map[string]bool{}}
	if n.wanted == EngineNode {
		n.choose("")
	}
	return n
}

// choose settles on Node.js.
func (n *needs) choose(reason string) {
	n.node, n.reason = true, reason
	for _, list := range [][]string{usuallyOutside, n.b.opt.Config.ServerExternalPackages} {
		for _, name := range list {
			if !slices.Contains(n.b.opt.Config.TranspilePackages, name) {
				n.outside[name] = true
			}
		}
	}
}

// engines is what the server code may be written in.
func (n *needs) engines() []api.Engine {
	if n.node {
		return nodeEngines
	}
	return serverEngines
}

func (n *needs) note(found need) {
	n.mu.Lock()
	n.found = append(n.found, found)
	n.mu.Unlock()
}

// learn takes in what bundling found and reports whether it has to be done again.
func (n *needs) learn(errors []api.Message) bool {
	if n.wanted == EngineV8 {
		return false
	}
	n.noteErrors(errors)
	return n.settle()
}

// noteErrors notes what V8 cannot give, as the bundler's errors show it.
func (n *needs) noteErrors(errors []api.Message) {
	if n.wanted == EngineV8 {
		return
	}
	for _, e := range errors {
		if e.Location == nil {
			continue
		}
		file := e.Location.File
		if !filepath.IsAbs(file) {
			file = filepath.Join(n.b.dir, filepath.FromSlash(file))
		}
		name, ok := unresolved(e.Text)
		switch {
		case ok && isBuiltin(name):
			n.note(need{file: file, text: "imports the Node.js module " + strings.TrimPrefix(name, "node:")})
		case ok && strings.HasSuffix(name, ".node"), e.Detail == addonLoaded:
			n.note(need{file: file, text: "loads a native addon", outside: packageOf(file)})
		}
	}
}

// pending reports whether something was noted that is not settled.
func (n *needs) pending() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.found) > 0
}

// settle decides by what was noted and reports whether what was compiled has to be
// compiled again.
func (n *needs) settle() bool {
	n.mu.Lock()
	found := n.found
	n.found = nil
	n.mu.Unlock()
	if len(found) == 0 {
		return false
	}
	slices.SortFunc(found, func(x, y need) int {
		// The app's own files say more than those of packages.
		return cmp.Or(strings.Compare(packageOf(x.file), packageOf(y.file)), strings.Compare(x.file, y.file), strings.Compare(x.text, y.text))
	})
	again := !n.node
	if !n.node {
		n.choose(n.b.report.show(found[0].file) + " " + found[0].text)
	}
	for _, f := range found {
		if f.outside != "" && !n.outside[f.outside] {
			n.outside[f.outside] = true
			again = true
		}
	}
	return again
}

// addonLoaded marks the error about an addon that a bundle would have to hold.
var addonLoaded = &diag.Message{Code: "native-addon", Text: "a native addon cannot be part of a bundle"}

// packageOf is the npm package that a file belongs to; empty for the app's own.
func packageOf(file string) string {
	file = filepath.ToSlash(file)
	at := strings.LastIndex(file, "/node_modules/")
	if at < 0 {
		return ""
	}
	return packageName(file[at+len("/node_modules/"):])
}

// outsideMark begins the name of what is required from a place of its own; the
// rest is its path in the project (runtime/node/externals.ts).
const outsideMark = "onward-external:"

// plugin notes what V8 cannot give, and leaves to Node.js what is Node.js's.
func (n *needs) plugin() api.Plugin {
	return api.Plugin{Name: "engine", Setup: func(pb api.PluginBuild) {
		if n.wanted != EngineV8 {
			pb.OnResolve(api.OnResolveOptions{Filter: nativePackages.String()}, n.resolveNative)
			pb.OnResolve(api.OnResolveOptions{Filter: `\.node$`, Namespace: "file"}, n.resolveAddon)
			pb.OnLoad(api.OnLoadOptions{Filter: `\.node$`, Namespace: "file"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
				return api.OnLoadResult{Errors: []api.Message{{Text: addonLoaded.Text, Detail: addonLoaded}}}, nil
			})
		}
		// Whether these hold is only known after the plugins were set up.
		pb.OnResolve(api.OnResolveOptions{Filter: builtinFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if !n.node {
				return api.OnResolveResult{}, nil
			}
			return api.OnResolveResult{Path: args.Path, External: true, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: `^[@\w]`, Namespace: "file"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if !n.node || !n.outside[packageName(args.Path)] {
				return api.OnResolveResult{}, nil
			}
			return n.resolveOutside(args)
		})
	}}
}

// resolveNative notes packages that are known to hold native code, and those that
// load it for others.
func (n *needs) resolveNative(args api.OnResolveArgs) (api.OnResolveResult, error) {
	name := packageName(args.Path)
	if n.node && n.outside[name] || findPackage(args.ResolveDir, name) == "" {
		return api.OnResolveResult{}, nil
	}
	if !addonLoaders[name] {
		n.note(need{file: args.Importer, text: "imports " + name + ", a native addon", outside: name})
		return api.OnResolveResult{Path: args.Path, External: true}, nil
	}
	if packageOf(args.Importer) == "" {
		return api.OnResolveResult{}, nil
	}
	n.note(need{file: args.Importer, text: "loads a native addon", outside: packageOf(args.Importer)})
	return api.OnResolveResult{Path: args.Path, External: true}, nil
}

// resolveAddon leaves an addon that exists where it is.
func (n *needs) resolveAddon(args api.OnResolveArgs) (api.OnResolveResult, error) {
	file := filepath.Join(args.ResolveDir, filepath.FromSlash(args.Path))
	if !strings.HasPrefix(args.Path, ".") {
		return api.OnResolveResult{}, nil
	}
	if _, err := os.Stat(file); err != nil {
		return api.OnResolveResult{}, nil
	}
	if !n.node || packageOf(args.Importer) != "" {
		n.note(need{file: args.Importer, text: "loads a native addon", outside: packageOf(args.Importer)})
	}
	return api.OnResolveResult{Path: n.mark(file), External: true}, nil
}

// resolveOutside leaves a package to Node.js: by its name where the project has the
// same copy, else by its place.
func (n *needs) resolveOutside(args api.OnResolveArgs) (api.OnResolveResult, error) {
	name := packageName(args.Path)
	folder := findPackage(args.ResolveDir, name)
	if folder == "" || modulesOnly(folder) {
		return api.OnResolveResult{}, nil
	}
	out := api.OnResolveResult{Path: args.Path, External: true}
	if own := findPackage(n.b.dir, name); own != "" && sameFile(own, folder) {
		return out, nil
	}
	out.Path = n.mark(filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(args.Path, name))))
	return out, nil
}

// mark names a file or folder by its place in the project.
func (n *needs) mark(file string) string {
	rel, err := filepath.Rel(n.b.dir, file)
	if err != nil {
		rel = file
	}
	return outsideMark + filepath.ToSlash(rel)
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// places are the folders or files, absolute, of those imports that Node.js finds in
// node_modules at run time.
func (n *needs) places(imports []string) []string {
	if !n.node {
		return nil
	}
	var list []string
	for _, name := range imports {
		if rel, marked := strings.CutPrefix(name, outsideMark); marked {
			file := filepath.Join(n.b.dir, filepath.FromSlash(rel))
			if owner := packageOf(file); owner != "" {
				file = findPackage(filepath.Dir(file), owner)
			}
			list = append(list, file)
		} else if n.outside[packageName(name)] {
			if folder := findPackage(n.b.dir, packageName(name)); folder != "" {
				list = append(list, folder)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// modulesOnly tells that a package consists of ES modules, which require() does not
// load in every Node.js: it is bundled after all.
func modulesOnly(folder string) bool {
	data, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return false
	}
	var p struct {
		Type    string          `json:"type"`
		Main    string          `json:"main"`
		Exports json.RawMessage `json:"exports"`
	}
	if json.Unmarshal(data, &p) != nil {
		return false
	}
	if bytes.Contains(p.Exports, []byte(`"require"`)) || bytes.Contains(p.Exports, []byte(`.cjs"`)) || path.Ext(p.Main) == ".cjs" {
		return false
	}
	return p.Type == "module" || path.Ext(p.Main) == ".mjs"
}

// addonLoaders are packages by which others load their native code.
var addonLoaders = map[string]bool{
	"bindings": true, "node-gyp-build": true, "node-gyp-build-optional-packages": true, "prebuild-install": true,
	"node-pre-gyp": true, "@mapbox/node-pre-gyp": true, "pkg-prebuilds": true,
}

// nativePackages matches imports of packages that load native code, in ways that
// cannot always be seen in their source, and of addonLoaders.
var nativePackages = regexp.MustCompile(`^(` + strings.Join([]string{
	`bindings`, `node-gyp-build`, `node-gyp-build-optional-packages`, `prebuild-install`, `node-pre-gyp`, `@mapbox/node-pre-gyp`, `pkg-prebuilds`,
	`@img/sharp-.*`, `@libsql/client`, `@node-rs/[\w-]+`, `@prisma/client`, `@sentry/profiling-node`, `@swc/core`, `argon2`, `aws-crt`, `bcrypt`,
	`better-sqlite3`, `canvas`, `cpu-features`, `isolated-vm`, `libsql`, `node-pty`, `onnxruntime-node`, `re2`, `sharp`, `sqlite3`, `zeromq`,
}, `|`) + `)(/.*)?$`)

// usuallyOutside are the packages that Next.js documents as left out of bundles.
var usuallyOutside = []string{
	"@alinea/generated", "@appsignal/nodejs", "@aws-sdk/client-s3", "@aws-sdk/s3-presigned-post", "@blockfrost/blockfrost-js",
	"@highlight-run/node", "@huggingface/transformers", "@jpg-store/lucid-cardano", "@libsql/client", "@mikro-orm/core",
	"@mikro-orm/knex", "@node-rs/argon2", "@node-rs/bcrypt", "@prisma/client", "@react-pdf/renderer", "@sentry/profiling-node",
	"@sparticuz/chromium", "@sparticuz/chromium-min", "@statsig/statsig-node-core", "@swc/core", "@xenova/transformers",
	"@zenstackhq/runtime", "argon2", "autoprefixer", "aws-crt", "bcrypt", "better-sqlite3", "canvas", "chromadb-default-embed",
	"config", "cpu-features", "cypress", "dd-trace", "eslint", "express", "firebase-admin", "htmlrewriter",
	"import-in-the-middle", "isolated-vm", "jest", "jsdom", "keyv", "libsql", "mdx-bundler", "mongodb", "mongoose", "newrelic",
	"next-mdx-remote", "next-seo", "node-cron", "node-pty", "node-web-audio-api", "onnxruntime-node", "oslo", "pg", "pino",
	"pino-pretty", "pino-roll", "playwright", "playwright-core", "postcss", "prettier", "prisma", "puppeteer-core", "puppeteer",
	"ravendb", "require-in-the-middle", "rimraf", "sharp", "shiki", "sqlite3", "thread-stream", "ts-morph", "ts-node",
	"typescript", "vscode-oniguruma", "webpack", "websocket", "zeromq",
}
