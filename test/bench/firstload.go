package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// The server runs on the first core and the load generator on the second.
var (
	pinServer = []string{"taskset", "-c", "0"}
	pinLoad   = []string{"taskset", "-c", "1"}
)

func output(ctx context.Context, command []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	return cmd.Output()
}

var (
	scriptTag = regexp.MustCompile(`<script\b[^>]*\bsrc="([^"]+)"[^>]*>`)
	linkTag   = regexp.MustCompile(`<link\b[^>]*>`)
	hrefOf    = regexp.MustCompile(`\bhref="([^"]+)"`)
)

func get(url string) ([]byte, error) {
	client := &http.Client{Timeout: 10 * time.Second}
	r, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, r.Status)
	}
	return io.ReadAll(io.LimitReader(r.Body, 32<<20))
}

// scripts lists what a modern browser loads before the page is interactive:
// script tags but those for old browsers, and preloaded modules.
func scripts(html string) []string {
	seen := map[string]bool{}
	var list []string
	add := func(src string) {
		if !seen[src] {
			seen[src] = true
			list = append(list, src)
		}
	}
	for _, m := range scriptTag.FindAllStringSubmatch(html, -1) {
		if !strings.Contains(strings.ToLower(m[0]), "nomodule") {
			add(m[1])
		}
	}
	for _, tag := range linkTag.FindAllString(html, -1) {
		if strings.Contains(tag, `rel="modulepreload"`) {
			if m := hrefOf.FindStringSubmatch(tag); m != nil {
				add(m[1])
			}
		}
	}
	return list
}

// firstLoad sums the gzipped size of a page's scripts.
func firstLoad(base, path string) (size int64, files int, err error) {
	html, err := get(base + path)
	if err != nil {
		return 0, 0, err
	}
	for _, src := range scripts(string(html)) {
		body, err := get(base + src)
		if err != nil {
			return 0, 0, err
		}
		var n counter
		z := gzip.NewWriter(&n)
		z.Write(body)
		z.Close()
		size += int64(n)
		files++
	}
	return size, files, nil
}

var mediaURL = regexp.MustCompile(`"(/_next/static/media/[^"]+)"`)

// importedAsset is the path of the picture on /asset, a file whose content is
// the same whoever builds it.
func importedAsset(base string) (string, error) {
	html, err := get(base + "/asset")
	if err != nil {
		return "", err
	}
	m := mediaURL.FindSubmatch(html)
	if m == nil {
		return "", fmt.Errorf("%s/asset shows no imported picture", base)
	}
	return string(m[1]), nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
