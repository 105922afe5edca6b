package compile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// writeTsconfig writes a config that extends own, the app's tsconfig.json or
// jsconfig.json or empty (for paths, baseUrl, decorators, jsxImportSource), and takes the
// settings back that would change what the build puts out: "jsx": "preserve" is
// in every Next.js app. With emotion, JSX comes from @emotion/react unless the
// app says where from.
func writeTsconfig(own, outDir string, emotion bool) (string, error) {
	type compilerOptions struct {
		JSX                    string `json:"jsx"`
		JSXImportSource        string `json:"jsxImportSource,omitempty"`
		VerbatimModuleSyntax   bool   `json:"verbatimModuleSyntax"`
		PreserveValueImports   bool   `json:"preserveValueImports"`
		ImportsNotUsedAsValues string `json:"importsNotUsedAsValues"`
	}
	config := struct {
		Extends         string          `json:"extends,omitempty"`
		CompilerOptions compilerOptions `json:"compilerOptions"`
	}{CompilerOptions: compilerOptions{JSX: "react-jsx", ImportsNotUsedAsValues: "remove"}}
	if text, err := os.ReadFile(own); own != "" && err == nil {
		config.Extends = own
		emotion = emotion && !strings.Contains(string(text), `"jsxImportSource"`)
	}
	if emotion {
		config.CompilerOptions.JSXImportSource = "@emotion/react"
	}
	data, err := json.Marshal(config)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return "", err
	}
	out, err := filepath.Abs(filepath.Join(outDir, "tsconfig.build.json"))
	if err != nil {
		return "", err
	}
	return out, os.WriteFile(out, data, 0o644)
}
