package compile

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// privateModule of the runtime holds what packages take from next/dist.
const privateModule = "next/private"

// privateNext maps the paths below next/dist that packages import to the module
// that has the same exports here. Paths are written without .js and without the
// endings .shared-runtime and .external, which came and went.
var privateNext = map[string]string{
	"next/dist/api/app":                              "next/app",
	"next/dist/api/document":                         "next/document",
	"next/dist/api/dynamic":                          "next/dynamic",
	"next/dist/api/error":                            "next/error",
	"next/dist/api/form":                             "next/form",
	"next/dist/api/head":                             "next/head",
	"next/dist/api/headers":                          "next/headers",
	"next/dist/api/image":                            "next/image",
	"next/dist/api/link":                             "next/link",
	"next/dist/api/navigation":                       "next/navigation",
	"next/dist/api/router":                           "next/router",
	"next/dist/api/script":                           "next/script",
	"next/dist/api/server":                           "next/server",
	"next/dist/client/add-base-path":                 privateModule,
	"next/dist/client/compat/router":                 "next/compat/router",
	"next/dist/client/components/navigation":         "next/navigation",
	"next/dist/client/form":                          "next/form",
	"next/dist/client/image":                         "next/image",
	"next/dist/client/image-component":               "next/image",
	"next/dist/client/legacy/image":                  "next/legacy/image",
	"next/dist/client/link":                          "next/link",
	"next/dist/client/request-idle-callback":         privateModule,
	"next/dist/client/router":                        "next/router",
	"next/dist/client/script":                        "next/script",
	"next/dist/pages/_app":                           "next/app",
	"next/dist/pages/_document":                      "next/document",
	"next/dist/pages/_error":                         "next/error",
	"next/dist/server/api-utils":                     privateModule,
	"next/dist/shared/lib/constants":                 "next/constants",
	"next/dist/shared/lib/dynamic":                   "next/dynamic",
	"next/dist/shared/lib/head":                      "next/head",
	"next/dist/shared/lib/head-manager-context":      privateModule,
	"next/dist/shared/lib/image-config-context":      privateModule,
	"next/dist/shared/lib/image-external":            "next/image",
	"next/dist/shared/lib/router-context":            privateModule,
	"next/dist/shared/lib/router/utils":              privateModule,
	"next/dist/shared/lib/router/utils/format-url":   privateModule,
	"next/dist/shared/lib/router/utils/is-dynamic":   privateModule,
	"next/dist/shared/lib/router/utils/is-local-url": privateModule,
	"next/dist/shared/lib/utils":                     privateModule,
}

// privateTypes are paths below next/dist that are imported for their types; the
// import may survive in packages that were compiled file by file.
func privateTypes(name string) bool {
	switch name {
	case "next/dist/shared/lib/router/router", "next/dist/lib/metadata/types/metadata-interface", "next/dist/server/config-shared":
		return true
	}
	return strings.HasSuffix(name, "/types")
}

// nextImport is what an import of next/... stands for: the name of a module of the
// runtime, or nothing when the installed package is to answer (package.json and
// what is private to it), or a refusal.
func (n *nextModules) nextImport(args api.OnResolveArgs) (name string, result *api.OnResolveResult) {
	name = canonical(args.Path)
	if typesOnly(name) {
		return "", &api.OnResolveResult{Path: name, Namespace: "empty"}
	}
	if strings.HasPrefix(name, "next/dist/") {
		plain := strings.TrimSuffix(strings.TrimSuffix(name, ".shared-runtime"), ".external")
		if to := privateNext[plain]; n.has(to) {
			return to, nil
		}
		if privateTypes(plain) {
			return "", &api.OnResolveResult{Path: name, Namespace: "empty"}
		}
	}
	if n.has(name) && name != privateModule {
		return name, nil
	}
	if name == "next/package.json" || strings.HasPrefix(name, "next/dist/") {
		if found := findPackage(args.ResolveDir, "next"); found != "" && nextFile(found, args.Path) {
			if n.private != nil && name != "next/package.json" && !inNodeModules(args.Importer) {
				n.private(args.Path)
			}
			return "", &api.OnResolveResult{}
		}
	}
	refused := refuse(n.unknown(args.Path))
	return "", &refused
}

// has tells whether the runtime has the module name, public or not.
func (n *nextModules) has(name string) bool { return n.byImport[name] != "" }

// nextFile tells whether the installed package has what an import of next/...
// names.
func nextFile(folder, specifier string) bool {
	base := filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(specifier, "next/")))
	for _, ending := range []string{"", ".js", "/index.js"} {
		if info, err := os.Stat(base + ending); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

// reportPrivate warns about code of the app that imports what is private to
// Next.js.
func (r *report) reportPrivate(specifier string) {
	m := diag.Errorf("next-private", "'%s' is private to Next.js; the installed package answers the import", specifier).
		WithHint("import the public module instead: what the package holds knows nothing of the running app")
	m.Severity = diag.Warning
	r.add(m)
}
