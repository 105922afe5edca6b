package build

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/route"
	"github.com/onwardjs/onward/npm/onward/next"
)

// Types writes the types of the app's routes into <distDir>/types, and what
// TypeScript needs to find them, without building. Warnings go to warn.
func Types(ctx context.Context, dir string, environ []string, warn io.Writer) error {
	b := &build{Options: Options{Dir: dir, Environ: environ, Out: io.Discard, Err: warn}}
	b.progress = &progress{out: io.Discard}
	if err := b.load(ctx); err != nil {
		return err
	}
	if err := b.scan(); err != nil {
		return err
	}
	if err := b.writeTypeScriptFiles(); err != nil {
		return err
	}
	return b.writeTypes(filepath.Join(dir, filepath.FromSlash(b.Config.DistDir)))
}

// setUpTypeScript does for a TypeScript app what a build does before its types are
// checked: it writes next-env.d.ts, and a tsconfig.json where there is none. An
// existing one is not changed: that is for `onward dev`.
func (b *build) setUpTypeScript() error {
	if !b.typescript() {
		return nil
	}
	return b.writeTypeScriptFiles()
}

func (b *build) writeTypeScriptFiles() error {
	created, err := b.createTsconfig()
	if err != nil {
		return err
	}
	if created {
		b.progress.line("  %s is new: the app has TypeScript and had none", filepath.ToSlash(b.tsconfigPath()))
	}
	return b.writeNextEnv()
}

// writeIfChanged leaves a file alone that has the content already, so that
// watching tools stay calm.
func writeIfChanged(file string, data []byte) error {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return cannotWrite(err)
	}
	return nil
}

// writeTypes writes the types folder below an output folder.
func (p *Project) writeTypes(output string) error {
	dir := filepath.Join(output, "types")
	if !p.ownTypes() {
		// They would hide those of the package next.
		if err := os.RemoveAll(filepath.Join(dir, nextTypes)); err != nil {
			return cannotWrite(err)
		}
	}
	for name, text := range p.typeFiles() {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return cannotWrite(err)
		}
		if err := writeIfChanged(file, []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// nextTypes is the folder below <distDir>/types with the types of next and next/*.
const nextTypes = "next"

// imageTypes is the file in it for imports of pictures.
const imageTypes = nextTypes + "/images.d.ts"

// ownTypes says whether the app takes the types of next/* from Onward: it does not
// have the package next.
func (p *Project) ownTypes() bool { return installed(p.Dir, "next") == "" }

// typeFiles are the files of <distDir>/types: path in it → text.
func (p *Project) typeFiles() map[string]string {
	final := filepath.Join(p.Dir, filepath.FromSlash(p.Config.DistDir), "types")
	files := map[string]string{
		"routes.d.ts":  routeTypes(p.Pages, p.Config),
		"validator.ts": pageChecks(p.Pages, final, p.Dir),
	}
	if !p.ownTypes() {
		return files
	}
	_ = fs.WalkDir(next.Types, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := fs.ReadFile(next.Types, name) // an embedded file can be read
			files[path.Join(nextTypes, name)] = string(text)
		}
		return err
	})
	if p.Config.Images.DisableStaticImages {
		delete(files, imageTypes)
	}
	return files
}

const generatedTypes = "// Written by onward build and onward typegen. Changes are lost.\n\n"

// routeTypes declares which routes there are and what parameters they have.
func routeTypes(pages []route.Page, c *config.Config) string {
	var routes []string
	var params strings.Builder
	for _, p := range pages {
		if p.Special() || p.API || p.Route == "/404" || p.Route == "/500" {
			continue
		}
		routes = append(routes, p.Route)
	}
	slices.Sort(routes)
	for _, r := range routes {
		fmt.Fprintf(&params, "  %s: %s;\n", quote(r), paramType(r))
	}
	redirects := make([]string, 0, len(c.Redirects))
	for _, r := range c.Redirects {
		redirects = append(redirects, r.Source)
	}
	var rewrites []string
	for _, list := range [][]config.Rewrite{c.Rewrites.BeforeFiles, c.Rewrites.AfterFiles, c.Rewrites.Fallback} {
		for _, r := range list {
			rewrites = append(rewrites, r.Source)
		}
	}
	return generatedTypes +
		"type AppRoutes = never;\n" +
		"type PageRoutes = " + union(routes) + ";\n" +
		"type LayoutRoutes = never;\n" +
		"type RedirectRoutes = " + union(redirects) + ";\n" +
		"type RewriteRoutes = " + union(rewrites) + ";\n" +
		"type Routes = AppRoutes | PageRoutes | LayoutRoutes | RedirectRoutes | RewriteRoutes;\n\n" +
		"interface ParamMap {\n" + params.String() + "}\n\n" +
		"export type ParamsOf<Route extends keyof ParamMap> = ParamMap[Route];\n" +
		"export type { AppRoutes, PageRoutes, LayoutRoutes, RedirectRoutes, RewriteRoutes, Routes, ParamMap };\n"
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always marshals
	return string(b)
}

// union is the type of any of some strings.
func union(names []string) string {
	if len(names) == 0 {
		return "never"
	}
	quoted := make([]string, 0, len(names))
	for _, n := range names {
		if q := quote(n); !slices.Contains(quoted, q) {
			quoted = append(quoted, q)
		}
	}
	return strings.Join(quoted, " | ")
}

// paramType is the type of a route's parameters.
func paramType(r string) string {
	var members []string
	for segment := range strings.SplitSeq(r, "/") {
		name, isParam := strings.CutPrefix(segment, "[")
		if !isParam {
			continue
		}
		name = strings.TrimSuffix(name, "]")
		optional := strings.HasPrefix(name, "[")
		name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
		all, isAll := strings.CutPrefix(name, "...")
		switch {
		case optional:
			members = append(members, quote(all)+"?: string[]")
		case isAll:
			members = append(members, quote(all)+": string[]")
		default:
			members = append(members, quote(name)+": string")
		}
	}
	if len(members) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(members, "; ") + " }"
}

// pageChecks is a module that fails the type check when a page or API route
// exports something of a wrong shape. dir is where it lies.
func pageChecks(pages []route.Page, dir, project string) string {
	var b strings.Builder
	b.WriteString(generatedTypes + `import type { ComponentType } from "react";
import type { NextApiHandler } from "next";

type Page = {
  default: ComponentType<any> | ((props: any) => unknown);
  getStaticProps?: (context: any) => unknown;
  getStaticPaths?: (context: any) => unknown;
  getServerSideProps?: (context: any) => unknown;
  config?: object;
};

type Api = {
  default: NextApiHandler<any> | ((request: any, response: any) => unknown);
  config?: object;
};

function check<Shape>(module: Shape): void {
  void module;
}

`)
	for _, p := range pages {
		if p.File == "" || p.Special() {
			continue
		}
		shape := "Page"
		if p.API {
			shape = "Api"
		}
		rel, err := filepath.Rel(dir, filepath.Join(project, filepath.FromSlash(p.File)))
		if err != nil {
			continue // another drive: there is no relative import
		}
		module := filepath.ToSlash(rel)
		switch path.Ext(module) {
		case ".ts", ".tsx", ".jsx":
			module = strings.TrimSuffix(module, path.Ext(module)) + ".js"
		}
		fmt.Fprintf(&b, "check<%s>({} as typeof import(%s));\n", shape, quote(module))
	}
	return b.String()
}
