package compile

import (
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// StandIns bundles the platform for Node.js (runtime/node): files of runtime/node
// stand in for those of the platform that have their name, and modules of Node.js
// are left to Node.js.
func StandIns(pb api.PluginBuild) {
	pb.OnResolve(api.OnResolveOptions{Filter: `^\./(als|timers)$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		if filepath.Base(args.ResolveDir) != "platform" {
			return api.OnResolveResult{}, nil
		}
		return api.OnResolveResult{Path: filepath.Join(args.ResolveDir, "..", "node", args.Path+".ts")}, nil
	})
	pb.OnResolve(api.OnResolveOptions{Filter: `^node:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: args.Path, External: true}, nil
	})
}
