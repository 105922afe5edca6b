package tsgo

//lint:file-ignore SA1019 The deprecated options are what older apps have; they are replaced here.

import (
	"github.com/microsoft/typescript-go/internal/collections"
	"github.com/microsoft/typescript-go/internal/core"
	"github.com/microsoft/typescript-go/internal/tspath"
)

// adapt fills in the options that Next.js writes into a tsconfig.json: what it
// suggests where the file has nothing, what its compiler needs in any case. Options
// that TypeScript has removed are replaced by what they amount to.
func adapt(o *core.CompilerOptions, dir string, major int) {
	unset := func(t *core.Tristate, value core.Tristate) {
		if t.IsUnknown() {
			*t = value
		}
	}
	unset(&o.AllowJs, core.TSTrue)
	unset(&o.SkipLibCheck, core.TSTrue)
	unset(&o.Strict, core.TSFalse)
	if o.Target == core.ScriptTargetNone || o.Target == core.ScriptTargetES5 {
		o.Target = core.ScriptTargetES2017
	}
	if o.Lib == nil && !o.NoLib.IsTrue() {
		o.Lib = []string{"lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.esnext.d.ts"}
	}
	switch o.Module {
	case core.ModuleKindNone, core.ModuleKindAMD, core.ModuleKindUMD, core.ModuleKindSystem:
		o.Module = core.ModuleKindESNext
	}
	switch o.ModuleResolution {
	case core.ModuleResolutionKindUnknown, core.ModuleResolutionKindClassic, core.ModuleResolutionKindNode10:
		o.ModuleResolution = core.ModuleResolutionKindUnknown // follows from module
	}
	o.ResolveJsonModule, o.Jsx = core.TSTrue, core.JsxEmitReactJSX
	if !o.VerbatimModuleSyntax.IsTrue() {
		o.IsolatedModules = core.TSTrue
	}
	if major < 6 {
		if o.Types == nil {
			o.Types = []string{"*"}
		}
		unset(&o.NoUncheckedSideEffectImports, core.TSFalse)
	}

	// Nothing is put out.
	o.NoEmit = core.TSTrue
	o.Incremental, o.Composite, o.TsBuildInfoFile = core.TSUnknown, core.TSUnknown, ""
	o.Declaration, o.DeclarationMap, o.EmitDeclarationOnly, o.DeclarationDir = core.TSUnknown, core.TSUnknown, core.TSUnknown, ""
	o.IsolatedDeclarations = core.TSUnknown

	o.AlwaysStrict, o.ESModuleInterop, o.AllowSyntheticDefaultImports = core.TSUnknown, core.TSUnknown, core.TSUnknown
	o.DownlevelIteration, o.OutFile = core.TSUnknown, ""
	if o.BaseUrl != "" {
		o.Paths = pathsBelow(o.BaseUrl, dir, o.Paths)
		o.BaseUrl = ""
	}
}

// pathsBelow is the option paths that means what baseUrl and paths mean together:
// TypeScript has removed baseUrl, which was where paths started from and where
// every module without a dot was looked for.
func pathsBelow(baseURL, dir string, paths *collections.OrderedMap[string, []string]) *collections.OrderedMap[string, []string] {
	base := tspath.GetNormalizedAbsolutePath(baseURL, dir)
	result := &collections.OrderedMap[string, []string]{}
	for pattern, targets := range paths.Entries() {
		var absolute []string
		for _, t := range targets {
			absolute = append(absolute, tspath.GetNormalizedAbsolutePath(t, base))
		}
		result.Set(pattern, absolute)
	}
	if _, ok := result.Get("*"); !ok {
		result.Set("*", []string{tspath.CombinePaths(base, "*")})
	}
	return result
}
