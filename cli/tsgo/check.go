package tsgo

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/microsoft/typescript-go/internal/ast"
	"github.com/microsoft/typescript-go/internal/bundled"
	"github.com/microsoft/typescript-go/internal/compiler"
	"github.com/microsoft/typescript-go/internal/core"
	"github.com/microsoft/typescript-go/internal/diagnostics"
	"github.com/microsoft/typescript-go/internal/locale"
	"github.com/microsoft/typescript-go/internal/tsoptions"
	"github.com/microsoft/typescript-go/internal/tspath"
	"github.com/microsoft/typescript-go/internal/vfs/osvfs"
)

// Version of TypeScript whose rules Check follows: "7.0.2".
func Version() string { return core.Version() }

// Project is what Check checks. All paths are absolute.
type Project struct {
	// Tsconfig is the configuration file.
	Tsconfig string `json:"tsconfig"`
	// Files are checked beside those that Tsconfig includes.
	Files []string `json:"files,omitempty"`
	// Skip are files and folders that Tsconfig may include and that are left out.
	// What is imported is read all the same.
	Skip []string `json:"skip,omitempty"`
	// TypesDir is a folder whose content is Types (name → text), whatever lies there
	// on disk.
	TypesDir string            `json:"typesDir"`
	Types    map[string]string `json:"types,omitempty"`
	// Major is the major version of TypeScript that the app has installed, 0 if
	// none. Before 6, every package below @types was visible everywhere, and an
	// import for its side effects only was never looked up.
	Major int `json:"major"`
	// Tests adds the errors in the app's tests, whose types no build needs.
	Tests bool `json:"tests,omitempty"`
	// Most is how many problems to answer; 0: all.
	Most int `json:"most"`
}

// Problem is one type error.
type Problem struct {
	// File is absolute, with slashes; empty for what concerns the project as a whole.
	File string `json:"file,omitempty"`
	// Source is the text of File. Offset and Length count its bytes.
	Source string `json:"source,omitempty"`
	Offset int    `json:"offset,omitempty"`
	Length int    `json:"length,omitempty"`
	// Code is TypeScript's: 2322.
	Code int `json:"code"`
	// Text is the message; Chain are the lines that explain it, indented.
	Text  string `json:"text"`
	Chain string `json:"chain,omitempty"`
}

// Checked is what Check has found.
type Checked struct {
	// Problems are in the order of their files and places. Total counts those that
	// Project.Most has cut off, too.
	Problems []Problem `json:"problems,omitempty"`
	Total    int       `json:"total"`
	// Files that Tsconfig includes, without those of TypesDir, and files that were
	// read for them.
	Roots int `json:"roots"`
	Files int `json:"files"`
}

// Check runs TypeScript's checker. It writes nothing.
func Check(ctx context.Context, p Project) Checked {
	config := tspath.NormalizePath(filepath.ToSlash(p.Tsconfig))
	dir := tspath.GetDirectoryPath(config)
	files := overlay(bundled.WrapFS(osvfs.FS()), tspath.NormalizePath(filepath.ToSlash(p.TypesDir)), p.Types)
	host := compiler.NewCachedFSCompilerHost(dir, files, bundled.LibPath(), nil, nil)

	parsed, failed := tsoptions.GetParsedCommandLineOfConfigFile(config, nil, nil, host, nil)
	if len(failed) > 0 {
		return report(failed, p)
	}
	parsed.Errors = slices.DeleteFunc(parsed.Errors, func(d *ast.Diagnostic) bool { return slices.Contains(otherVersions, d.Code()) })
	if len(parsed.GetConfigFileParsingDiagnostics()) > 0 {
		return report(parsed.GetConfigFileParsingDiagnostics(), p)
	}
	adapt(parsed.CompilerOptions(), dir, p.Major)
	roots := rootFiles(parsed.FileNames(), p)
	if !slices.ContainsFunc(roots, isSource) && !parsed.CompilerOptions().CheckJs.IsTrue() {
		return Checked{}
	}
	parsed.ParsedConfig.FileNames = roots
	// Next.js does not follow references, whose output need not be there.
	parsed.ParsedConfig.ProjectReferences = nil
	if parsed.CompilerOptions().Checkers == nil {
		// Each holds types of its own: a second one costs memory and time that
		// pay off with many files and cores only.
		n := min(max(runtime.GOMAXPROCS(0)/2, 1), mostCheckers)
		parsed.CompilerOptions().Checkers = &n
	}

	program := compiler.NewProgram(compiler.ProgramOptions{Host: host, Config: parsed})
	found := compiler.GetDiagnosticsOfAnyProgram(ctx, program, nil, false, program.GetBindDiagnostics, program.GetSemanticDiagnostics)
	result := report(compiler.SortAndDeduplicateDiagnostics(found), p)
	result.Files = len(program.SourceFiles())
	types := tspath.NormalizePath(filepath.ToSlash(p.TypesDir)) + "/"
	for _, name := range roots {
		if !strings.HasPrefix(name, types) {
			result.Roots++
		}
	}
	return result
}

// otherVersions are the codes of complaints about options that this version of
// TypeScript does not know, any more or yet, and about a project without files.
var otherVersions = []int32{
	diagnostics.Unknown_compiler_option_0.Code(),
	diagnostics.Unknown_compiler_option_0_Did_you_mean_1.Code(),
	diagnostics.Argument_for_0_option_must_be_Colon_1.Code(),
	diagnostics.No_inputs_were_found_in_config_file_0_Specified_include_paths_were_1_and_exclude_paths_were_2.Code(),
	diagnostics.The_files_list_in_config_file_0_is_empty.Code(),
}

// rootFiles are the files that the program starts from.
func rootFiles(included []string, p Project) []string {
	var skip []string
	for _, s := range p.Skip {
		skip = append(skip, tspath.NormalizePath(filepath.ToSlash(s)))
	}
	var roots []string
	for _, name := range included {
		if !slices.ContainsFunc(skip, func(s string) bool { return name == s || strings.HasPrefix(name, s+"/") }) {
			roots = append(roots, name)
		}
	}
	for _, f := range p.Files {
		name := tspath.NormalizePath(filepath.ToSlash(f))
		if _, err := os.Stat(f); err == nil && !slices.Contains(roots, name) {
			roots = append(roots, name)
		}
	}
	return roots
}

// mostCheckers is how many parts of a program are checked at once.
const mostCheckers = 4

// isSource tells TypeScript of the app from declarations and JavaScript.
func isSource(name string) bool {
	return tspath.HasTSFileExtension(name) && !tspath.IsDeclarationFileName(name)
}

// tests are files that belong to the app's tests, whose types no build needs.
var tests = regexp.MustCompile(`/__(?:tests|mocks)__/|[/.](?:spec|test)\.[^/]+$`)

// report keeps the errors, as many as p.Most.
func report(found []*ast.Diagnostic, p Project) Checked {
	var result Checked
	for _, d := range found {
		if d.Category() != diagnostics.CategoryError || !p.Tests && d.File() != nil && tests.MatchString(d.File().FileName()) {
			continue
		}
		result.Total++
		if p.Most > 0 && len(result.Problems) >= p.Most {
			continue
		}
		problem := Problem{Code: int(d.Code()), Text: d.Localize(locale.Default), Chain: strings.TrimSuffix(chain(d.MessageChain(), 0), "\n")}
		if file := d.File(); file != nil {
			problem.File, problem.Source = file.FileName(), file.Text()
			problem.Offset, problem.Length = d.Pos(), d.Len()
		}
		result.Problems = append(result.Problems, problem)
	}
	return result
}

func chain(list []*ast.Diagnostic, depth int) string {
	var b strings.Builder
	for _, d := range list {
		b.WriteString(strings.Repeat("  ", depth) + d.Localize(locale.Default) + "\n" + chain(d.MessageChain(), depth+1))
	}
	return b.String()
}
