// Command bundle-runtime bundles the parts of the JavaScript runtime that come
// from npm into runtime/dist, once, when Onward itself is built:
//
//	platform.js  the Web and Node.js platform, an ES module that app builds link
//	node.js      what takes its place where Node.js itself is below
//	evaluate.js  a whole runtime for evaluating next.config files
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
	ok := bundle(dir, "platform/index.ts", "dist/platform.js", api.FormatESModule)
	ok = bundle(dir, "node/index.ts", "dist/node.js", api.FormatESModule, api.Plugin{Name: "node", Setup: compile.StandIns}) && ok
	ok = bundle(dir, "build/evaluate.ts", "dist/evaluate.js", api.FormatIIFE) && ok
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

func bundle(dir, entry, out string, format api.Format, plugins ...api.Plugin) bool {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     dir,
		EntryPoints:       []string{entry},
		Outfile:           out,
		Bundle:            true,
		Write:             true,
		Format:            format,
		Target:            api.ES2023,
		Platform:          api.PlatformNeutral,
		MainFields:        []string{"module", "main"},
		Conditions:        []string{"import", "module", "default"},
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: format == api.FormatIIFE,
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
		LegalComments:     api.LegalCommentsEndOfFile,
		Alias:             npmAliases,
		Plugins:           plugins,
		LogLevel:          api.LogLevelWarning,
		TsconfigRaw:       `{"compilerOptions":{"target":"es2023","verbatimModuleSyntax":true}}`,
	})
	return len(result.Errors) == 0
}
