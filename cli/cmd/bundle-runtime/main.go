// Command bundle-runtime bundles the parts of the JavaScript runtime that come
// from npm into runtime/dist, once, when Onward itself is built:
//
//	platform.js  the Web and Node.js platform, an ES module that app builds link
//	node.js      what takes its place where Node.js itself is below
//	evaluate.js  a whole runtime for evaluating next.config files
//	dev.js       the development client, the first script of every page in development
//
// Usage: bundle-runtime RUNTIME_FOLDER
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/onwardjs/onward/cli/compile"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bundle-runtime RUNTIME_FOLDER")
		os.Exit(2)
	}
	dir, err := filepath.Abs(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	nodeOptions := options(dir, "node/index.ts", "dist/node.js")
	nodeOptions.Plugins = []api.Plugin{{Name: "node", Setup: compile.StandIns}}
	evaluate := options(dir, "build/evaluate.ts", "dist/evaluate.js")
	evaluate.Format = api.FormatIIFE
	evaluate.MinifyIdentifiers = true
	ok := true
	for _, o := range []api.BuildOptions{options(dir, "platform/index.ts", "dist/platform.js"), nodeOptions, evaluate, devOptions(dir)} {
		ok = len(api.Build(o).Errors) == 0 && ok
	}
	if !ok {
		os.Exit(1)
	}
}

// npmAliases lead what npm parts import to the platform's own modules.
var npmAliases = map[string]string{
	"abort-controller": "./platform/web/abort.ts",
	"buffer":           "./platform/node/buffer.ts",
	"events":           "./platform/node/events.ts",
	"qs":               "./platform/node/qs.ts",
	"string_decoder":   "./platform/node/string-decoder.ts",
}

// options are those of an ES module with parts of the platform.
func options(dir, entry, out string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:    dir,
		EntryPoints:      []string{entry},
		Outfile:          out,
		Bundle:           true,
		Write:            true,
		Format:           api.FormatESModule,
		Target:           api.ES2023,
		Platform:         api.PlatformNeutral,
		MainFields:       []string{"module", "main"},
		Conditions:       []string{"import", "module", "default"},
		MinifyWhitespace: true,
		MinifySyntax:     true,
		Define:           map[string]string{"process.env.NODE_ENV": `"production"`},
		LegalComments:    api.LegalCommentsEndOfFile,
		Alias:            npmAliases,
		LogLevel:         api.LogLevelWarning,
		TsconfigRaw:      `{"compilerOptions":{"target":"es2023","verbatimModuleSyntax":true}}`,
	}
}

// devOptions are those of the development client: a classic script that people
// meet in their stack traces, so its names and lines stay.
func devOptions(dir string) api.BuildOptions {
	o := options(dir, "browser/dev/index.ts", "dist/dev.js")
	o.Format = api.FormatIIFE
	o.Platform = api.PlatformBrowser
	o.Target = api.ES2022
	o.Alias = nil
	o.MinifyWhitespace = false
	o.MinifySyntax = false
	o.Define = map[string]string{"process.env.NODE_ENV": `"development"`}
	return o
}
