// Package next holds the types of next, next/link and all other modules that
// Onward has, for editors and type checks of apps that do not have the package next
// installed. One file declares one import. The npm package onward ships the same
// files.
package next

import "embed"

// Types are the declaration files; index.d.ts refers to all of them but images.d.ts,
// which is for apps that import pictures.
//
//go:embed *.d.ts compat font legacy
var Types embed.FS
