package compile

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// loadedByPath are files at the root of a project, without ending, that packages
// require by their path when they run. Nothing but the build runs in the engine,
// so they are compiled into it; the server finds them there (modules.load).
var loadedByPath = []string{"next-i18next.config"}

// byPathFolder of the build holds them: "server/project/next-i18next.config.js".
const byPathFolder = "server/project/"

// modulesByPath writes each file that packages load by path and the app has, with
// what it imports, as one CommonJS module: it runs as the file that it was, so it
// could not find chunks of the build.
func (b *build) modulesByPath() {
	for _, name := range b.loadedByPath() {
		for _, ext := range []string{".js", ".cjs", ".mjs", ".ts"} {
			file := filepath.Join(b.dir, filepath.FromSlash(name+ext))
			if _, err := os.Stat(file); err == nil {
				b.moduleByPath(file, byPathFolder+name+".js")
				break
			}
		}
	}
}

// loadedByPath are such files of the app, there or not.
func (b *build) loadedByPath() []string {
	names := slices.Clone(loadedByPath)
	// next-i18next lets the environment name the file.
	if p := b.opt.Env["I18NEXT_DEFAULT_CONFIG_PATH"]; p != "" && filepath.IsLocal(p) {
		names = append(names, strings.TrimSuffix(path.Clean(filepath.ToSlash(p)), path.Ext(p)))
	}
	return names
}

// isLoadedByPath says whether a file, an absolute path, is one of them.
func (b *build) isLoadedByPath(file string) bool {
	name, err := filepath.Rel(b.dir, filepath.FromSlash(file))
	if err != nil {
		return false
	}
	return slices.Contains(b.loadedByPath(), strings.TrimSuffix(filepath.ToSlash(name), filepath.Ext(name)))
}

func (b *build) moduleByPath(file, name string) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     b.dir,
		EntryPoints:       []string{file},
		Bundle:            true,
		Format:            api.FormatCommonJS,
		Platform:          api.PlatformNeutral,
		Conditions:        []string{"node"},
		MainFields:        []string{"main", "module"},
		Outfile:           filepath.Join(b.opt.OutDir, filepath.FromSlash(name)),
		Engines:           serverEngines,
		Supported:         map[string]bool{"dynamic-import": false},
		Tsconfig:          b.tsconfig,
		Define:            b.defines(false),
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
		LogLimit:          0,
		ResolveExtensions: resolveExtensions,
		Plugins:           []api.Plugin{b.next.server(), b.source.plugin(false)},
	})
	b.report.addAll(result, false)
	for _, f := range result.OutputFiles {
		b.out.write(b.outName(f.Path), f.Contents)
	}
}
