package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Client is what the browser graph gives to the files that Write makes. Names of
// files are relative to _next/ ("static/chunks/main-abc.js").
type Client struct {
	// Dir is the project's absolute folder.
	Dir string
	// Main are the scripts that run before a page's own on every page, with
	// what they import.
	Main []string
	// Polyfills are the classic scripts for old browsers.
	Polyfills []string
	// Pages holds the files of each route, /_app and /_error included; API
	// routes have none.
	Pages map[string]ClientPage
	// Rules of next.config in their final form.
	Rules Rules
	// NextImage: some page imports next/image.
	NextImage bool
}

// ClientPage is what a browser loads to show a page, beside Client.Main and the
// files of /_app.
type ClientPage struct {
	Scripts []string // entries, in order
	Preload []string // what they import
	Styles  []string
}

func (p ClientPage) files() []string {
	out := make([]string, 0, len(p.Preload)+len(p.Scripts)+len(p.Styles))
	out = append(append(out, p.Preload...), p.Scripts...)
	return append(out, p.Styles...)
}

// Write writes the manifest and the files that Next.js leaves in an output folder
// beside it. Each file appears whole or not at all, the manifest last.
func Write(dir string, m *Manifest, client Client) error {
	files, err := nextFiles(dir, m, &client)
	if err != nil {
		return err
	}
	own, err := marshal(m)
	if err != nil {
		return err
	}
	files = append(files, file{File, own})
	for _, f := range files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(f.name)), f.data); err != nil {
			return fmt.Errorf("manifest: %w", err)
		}
	}
	return nil
}

// file is one file to write, its name relative to the output folder.
type file struct {
	name string
	data []byte
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".write-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if e := tmp.Chmod(0o644); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// marshal is JSON without the escapes that matter only inside HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func marshalIndent(v any) ([]byte, error) {
	b, err := marshal(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return out.Bytes(), nil
}
