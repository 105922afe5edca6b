// Package resolve finds the file that an import means, as esbuild does when it
// bundles: packages with their exports and conditions, browser fields, paths of
// tsconfig.json, files without their endings.
package resolve
