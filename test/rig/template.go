package rig

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// templateVersion is the release of create-next-app whose templates are used.
const templateVersion = "16.4.3"

// Template makes an app in a new folder from a template of create-next-app, as
// the tool itself does: "default/ts" and "default/js" are those of the Pages
// Router. The package comes from the npm registry, once. The folder is the caller's to remove.
func Template(ctx context.Context, name string) (string, error) {
	unpacked, err := install(ctx, "create-next-app-"+templateVersion, func(dir string) error {
		cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", "create-next-app@"+templateVersion)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("npm pack create-next-app@%s: %w", templateVersion, err)
		}
		// The folder's name is what install looks for.
		return untar(filepath.Join(dir, strings.TrimSpace(string(out))), filepath.Join(dir, "node_modules"))
	})
	if err != nil {
		return "", err
	}
	dir, err := TempDir("template-")
	if err != nil {
		return "", err
	}
	err = errors.Join(
		copyTree(filepath.Join(unpacked, "package", "dist", "templates", filepath.FromSlash(name)), dir),
		os.Rename(filepath.Join(dir, "gitignore"), filepath.Join(dir, ".gitignore")),
		os.Rename(filepath.Join(dir, "README-template.md"), filepath.Join(dir, "README.md")),
		writePackage(filepath.Join(dir, "package.json"), strings.HasSuffix(name, "/ts")),
	)
	if err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("rig: template %s: %w", name, err)
	}
	return dir, nil
}

// writePackage writes the package.json of a new app.
func writePackage(file string, typescript bool) error {
	p := map[string]any{
		"name": "my-app", "version": "0.1.0", "private": true,
		"scripts":      map[string]string{"dev": "next dev", "build": "next build", "start": "next start"},
		"dependencies": map[string]string{"next": NextVersion, "react": "19.3.1", "react-dom": "19.3.1"},
	}
	if typescript {
		p["devDependencies"] = map[string]string{"typescript": "^5", "@types/node": "^20", "@types/react": "^19", "@types/react-dom": "^19"}
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// untar unpacks the files of an npm package, at most 64 MB of them.
func untar(archive, into string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	files := tar.NewReader(io.LimitReader(z, 64<<20))
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg || !filepath.IsLocal(header.Name) {
			continue
		}
		target := filepath.Join(into, filepath.FromSlash(path.Clean(header.Name)))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		data, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, data, 0o644); err != nil {
			return err
		}
	}
}
