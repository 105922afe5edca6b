package compile

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// aliased marks a look-up that followed an alias already.
type aliased struct{}

// mdxSource are the names under which compiled MDX asks for the app's components.
var mdxSource = []string{"next-mdx-import-source-file", "@vercel/turbopack-next/mdx-import-source"}

// aliasPlugin follows turbopack.resolveAlias: "from" is that import alone,
// "from/*" what lies below it, with the rest put for the * of the target. An
// empty target is an empty module.
func (b *build) aliasPlugin(browser bool) api.Plugin {
	aliases := maps.Clone(b.opt.Config.ResolveAlias)
	if browser && len(b.opt.Config.BrowserAlias) > 0 {
		if aliases == nil {
			aliases = map[string]string{}
		}
		maps.Copy(aliases, b.opt.Config.BrowserAlias)
	}
	return api.Plugin{Name: "alias", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^(` + regexp.QuoteMeta(mdxSource[0]) + `|` + regexp.QuoteMeta(mdxSource[1]) + `)$`},
			func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				return b.mdxComponents(pb, args), nil
			})
		var names []string
		for from := range aliases {
			if !slices.Contains(mdxSource, from) {
				name, _, wild := strings.Cut(from, "*")
				if name = regexp.QuoteMeta(name); wild {
					name += `.*`
				}
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			return
		}
		pb.OnResolve(api.OnResolveOptions{Filter: `^(` + strings.Join(names, "|") + `)$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if _, again := args.PluginData.(aliased); again || args.Namespace == runtimeNamespace {
				return api.OnResolveResult{}, nil
			}
			target, ok := followAlias(aliases, args.Path)
			if !ok {
				return api.OnResolveResult{}, nil
			}
			if target == "" {
				return api.OnResolveResult{Path: args.Path, Namespace: "empty"}, nil
			}
			return follow(pb, args, b.dir, target), nil
		})
	}}
}

// followAlias finds what an import stands for: the exact alias, else the longest
// with a *.
func followAlias(aliases map[string]string, specifier string) (target string, ok bool) {
	if target, ok = aliases[specifier]; ok {
		return target, true
	}
	best := -1
	for from, to := range aliases {
		before, after, wild := strings.Cut(from, "*")
		if !wild || len(before) <= best || len(specifier) < len(before)+len(after) ||
			!strings.HasPrefix(specifier, before) || !strings.HasSuffix(specifier, after) {
			continue
		}
		best, ok = len(before), true
		target = strings.Replace(to, "*", specifier[len(before):len(specifier)-len(after)], 1)
	}
	return target, ok
}

// follow resolves target, a package or a path in the project dir, in place of
// what was imported.
func follow(pb api.PluginBuild, args api.OnResolveArgs, dir, target string) api.OnResolveResult {
	if strings.HasPrefix(target, ".") {
		target = filepath.Join(dir, filepath.FromSlash(target))
	}
	r := pb.Resolve(filepath.ToSlash(target), api.ResolveOptions{ResolveDir: dir, Importer: args.Importer, Kind: args.Kind, PluginData: aliased{}})
	if len(r.Errors) > 0 {
		return api.OnResolveResult{Errors: r.Errors}
	}
	sideEffects := api.SideEffectsTrue
	if !r.SideEffects {
		sideEffects = api.SideEffectsFalse
	}
	return api.OnResolveResult{Path: r.Path, Namespace: r.Namespace, External: r.External, Suffix: r.Suffix, PluginData: r.PluginData, SideEffects: sideEffects}
}

// mdxComponents is the app's file mdx-components, which holds the components of
// MDX pages; without one it is what the MDX packages bring.
func (b *build) mdxComponents(pb api.PluginBuild, args api.OnResolveArgs) api.OnResolveResult {
	for _, target := range []string{"./src/mdx-components", "./mdx-components", "@mdx-js/react", "@next/mdx/mdx-components.js"} {
		if r := follow(pb, args, b.dir, target); len(r.Errors) == 0 {
			return r
		}
	}
	return api.OnResolveResult{Path: args.Path, Namespace: "empty"}
}
