package compile

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
)

// babelConfigs are the places where Next.js looks for a Babel configuration.
var babelConfigs = []string{
	".babelrc", ".babelrc.json", ".babelrc.js", ".babelrc.mjs", ".babelrc.cjs",
	"babel.config.js", "babel.config.json", "babel.config.mjs", "babel.config.cjs",
}

// needless are presets and plugins of Babel that do what the compiler does anyway,
// or only make the output smaller or faster.
var needless = []string{
	"next/babel", "styled-jsx/babel", "react-optimize", "lodash", "macros", "babel-plugin-macros", "transform-imports", "import",
	"babel-plugin-import", "babel-plugin-lodash", "babel-plugin-react-compiler", "react-compiler", "transform-react-remove-prop-types",
	"@babel/preset-env", "@babel/preset-react", "@babel/preset-typescript", "@babel/env", "@babel/react", "@babel/typescript",
}

// readBabel takes from the app's Babel configuration what the compiler does as
// well, and names the rest in a warning. It returns c itself when there is no such
// file.
func readBabel(dir string, c *config.Config, r *report) *config.Config {
	i := slices.IndexFunc(babelConfigs, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && !info.IsDir()
	})
	if i < 0 {
		return c
	}
	file := babelConfigs[i]
	left := []string{"what it computes"}
	taken := *c
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err == nil && (file == ".babelrc" || path.Ext(file) == ".json") {
		value, _ := transform.LooseJSON(string(data))
		object, _ := value.(map[string]any)
		left = takeBabel(object, &taken)
	}
	if len(left) > 0 {
		m := diag.Errorf("babel", "the Babel configuration has no effect: %s", strings.Join(left, ", ")).
			WithHint("Onward compiles without Babel. JSX, TypeScript, styled-jsx, styled-components, Emotion, decorators and the aliases of module-resolver need none.")
		m.Severity, m.File = diag.Warning, file
		r.add(m)
	}
	return &taken
}

// takeBabel sets in c what presets and plugins stand for, and returns the names of
// the others.
func takeBabel(object map[string]any, c *config.Config) (left []string) {
	presets, _ := object["presets"].([]any)
	plugins, _ := object["plugins"].([]any)
	for _, item := range slices.Concat(presets, plugins) {
		name, options := "", map[string]any(nil)
		if pair, ok := item.([]any); ok && len(pair) > 0 {
			name, _ = pair[0].(string)
			if len(pair) > 1 {
				options, _ = pair[1].(map[string]any)
			}
		} else {
			name, _ = item.(string)
		}
		switch short := strings.TrimPrefix(name, "babel-plugin-"); {
		case slices.Contains(needless, name), strings.HasPrefix(name, "@babel/plugin-"), strings.HasPrefix(short, "transform-class-prop"):
		case short == "styled-components":
			c.Compiler.StyledComponents = true
		case short == "emotion", short == "@emotion", name == "@emotion/babel-plugin", name == "@emotion/babel-preset-css-prop":
			c.Compiler.Emotion = true
		case short == "module-resolver":
			c.ResolveAlias = resolverAliases(c.ResolveAlias, options)
		default:
			left = append(left, name)
		}
	}
	return left
}

// resolverAliases adds the aliases of babel-plugin-module-resolver, which hold for
// a name and all below it.
func resolverAliases(have map[string]string, options map[string]any) map[string]string {
	aliases, _ := options["alias"].(map[string]any)
	all := map[string]string{}
	for from, to := range aliases {
		target, ok := to.(string)
		if !ok || strings.HasPrefix(from, "^") {
			continue
		}
		all[from] = target
		all[from+"/*"] = strings.TrimSuffix(target, "/") + "/*"
	}
	maps.Copy(all, have)
	return all
}
