package compile

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/resolve"
)

// chain asks plugins of the bundler what imports mean and what files hold, as the
// bundler does, but for one import or file at a time.
type chain struct {
	resolvers []chainResolver
	loaders   []chainLoader
	files     *resolve.Resolver
}

type chainResolver struct {
	filter    *regexp.Regexp
	namespace string
	run       func(api.OnResolveArgs) (api.OnResolveResult, error)
}

type chainLoader struct {
	filter    *regexp.Regexp
	namespace string
	run       func(api.OnLoadArgs) (api.OnLoadResult, error)
}

// use adds plugins. Those that come first are asked first.
func (c *chain) use(plugins ...api.Plugin) error {
	var failed error
	for _, p := range plugins {
		p.Setup(api.PluginBuild{
			InitialOptions: &api.BuildOptions{},
			Resolve:        c.resolve,
			OnStart:        func(func() (api.OnStartResult, error)) {},
			OnEnd:          func(func(*api.BuildResult) (api.OnEndResult, error)) {},
			OnDispose:      func(func()) {},
			OnResolve: func(o api.OnResolveOptions, run func(api.OnResolveArgs) (api.OnResolveResult, error)) {
				filter, err := regexp.Compile(o.Filter)
				if err != nil {
					failed = err
				}
				c.resolvers = append(c.resolvers, chainResolver{filter, o.Namespace, run})
			},
			OnLoad: func(o api.OnLoadOptions, run func(api.OnLoadArgs) (api.OnLoadResult, error)) {
				filter, err := regexp.Compile(o.Filter)
				if err != nil {
					failed = err
				}
				c.loaders = append(c.loaders, chainLoader{filter, o.Namespace, run})
			},
		})
	}
	return failed
}

// find says what an import means. The result is empty when nobody knows.
func (c *chain) find(args api.OnResolveArgs) (api.OnResolveResult, error) {
	for i := range c.resolvers {
		r := &c.resolvers[i]
		if r.namespace != "" && r.namespace != args.Namespace || !r.filter.MatchString(args.Path) {
			continue
		}
		result, err := r.run(args)
		if err != nil || len(result.Errors) > 0 || result.Path != "" || result.External {
			if result.Namespace == "" {
				result.Namespace = "file"
			}
			return result, err
		}
	}
	if args.ResolveDir == "" {
		return api.OnResolveResult{}, nil
	}
	found, err := c.files.Resolve(args.Path, args.ResolveDir, resolveKind(args.Kind))
	if err != nil {
		if args.Kind == api.ResolveJSImportStatement {
			return api.OnResolveResult{Errors: []api.Message{unresolvedImport(err)}}, nil
		}
		return api.OnResolveResult{}, nil
	}
	result := api.OnResolveResult{Path: found.Path, Namespace: "file", External: found.External, Suffix: found.Suffix}
	if found.Main != "" {
		result.PluginData = mainFile(found.Main)
	}
	if found.Disabled {
		result.Namespace = "empty"
	}
	if !found.SideEffects {
		result.SideEffects = api.SideEffectsFalse
	}
	return result, nil
}

// unresolvedImport is an error of the resolver as esbuild tells it.
func unresolvedImport(err error) api.Message {
	m := api.Message{Text: err.Error()}
	var why *resolve.Error
	if errors.As(err, &why) {
		for _, n := range why.Notes {
			m.Notes = append(m.Notes, api.Note{Text: n.Text, Location: &api.Location{File: n.File, Line: max(n.Line, 1)}})
		}
	}
	return m
}

// resolve is what plugins are given to look something up with.
func (c *chain) resolve(path string, o api.ResolveOptions) api.ResolveResult {
	r, err := c.find(api.OnResolveArgs{Path: path, Importer: o.Importer, Namespace: o.Namespace, ResolveDir: o.ResolveDir, Kind: o.Kind, PluginData: o.PluginData, With: o.With})
	switch {
	case err != nil:
		return api.ResolveResult{Errors: []api.Message{{Text: err.Error()}}}
	case len(r.Errors) > 0:
		return api.ResolveResult{Errors: r.Errors}
	case r.Path == "":
		return api.ResolveResult{Errors: []api.Message{{Text: "Could not resolve " + strconv.Quote(path)}}}
	}
	return api.ResolveResult{Path: r.Path, Namespace: r.Namespace, External: r.External, Suffix: r.Suffix, PluginData: r.PluginData,
		SideEffects: r.SideEffects == api.SideEffectsTrue}
}

// load asks the plugins for what a file holds; false when none of them knows.
func (c *chain) load(args api.OnLoadArgs) (api.OnLoadResult, bool, error) {
	for i := range c.loaders {
		p := &c.loaders[i]
		if p.namespace != "" && p.namespace != args.Namespace || !p.filter.MatchString(args.Path) {
			continue
		}
		result, err := p.run(args)
		if err != nil || len(result.Errors) > 0 || result.Contents != nil {
			return result, true, err
		}
	}
	return api.OnLoadResult{}, false, nil
}

func resolveKind(k api.ResolveKind) resolve.Kind {
	switch k {
	case api.ResolveJSRequireCall, api.ResolveJSRequireResolve:
		return resolve.Require
	case api.ResolveJSDynamicImport:
		return resolve.DynamicImport
	case api.ResolveCSSImportRule, api.ResolveCSSComposesFrom:
		return resolve.CSSImport
	case api.ResolveCSSURLToken:
		return resolve.CSSURL
	}
	return resolve.Import
}
