package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	atBuild   = "Next.js ends later in the build"
	noBuild   = "no build can be what it asks for"
	negative  = "Next.js goes on with a value that means nothing"
	theirs    = "it is of a part that has no effect here"
	harmless  = "what it means is clear"
	undefined = "null stands for an option that is not set"
)

// stricter are configurations that Onward judges more strictly, and laxer less, each
// with the reason.
var (
	stricter = map[string]string{
		`{"env":"x"}`:                  noBuild,
		`{"env":{"NODE_X":"1"}}`:       atBuild,
		`{"env":{"__x":"1"}}`:          atBuild,
		`{"env":{"NEXT_RUNTIME":"1"}}`: atBuild,
		`{"output":"static"}`:          noBuild,
		`{"output":1}`:                 noBuild,
		`{"pageExtensions":[""]}`:      noBuild,
		`{"deploymentId":1}`:           noBuild,
		`{"deploymentId":"a b"}`:       atBuild,
		`{"i18n":{"locales":["en/us"],"defaultLocale":"en/us"}}`: noBuild,
		`{"expireTime":-1}`:                                             negative,
		`{"cacheMaxMemorySize":-5}`:                                     negative,
		`{"cacheMaxMemorySize":1.5}`:                                    negative,
		`{"serverExternalPackages":["a"],"transpilePackages":["a"]}`:    atBuild,
		`{"compiler":{"define":{"process.env.A":"1"}},"env":{"A":"2"}}`: atBuild,
	}
	laxer = map[string]string{
		`{"i18n":{"locales":["en"],"defaultLocale":"en","localeDetection":true}}`: harmless,
		`{"images":{"remotePatterns":[{"hostname":"a","protocol":"https:"}]}}`:    harmless,
		`{"compiler":{"removeConsole":{"exclude":"error"}}}`:                      harmless,
		`{"expireTime":"60"}`:  harmless,
		`{"experimental":"x"}`: harmless,
		`{"experimental":{"serverActions":{"bodySizeLimit":"x"}}}`: theirs,
		`{"outputFileTracingRoot":1}`:                              harmless,
		`{"devIndicators":{"position":"middle"}}`:                  theirs,
		`{"logging":true}`:                                         theirs,
		`{"adapterPath":1}`:                                        theirs,
		`{"i18n":null,"images":null,"experimental":null,"env":null,"compiler":null}`: undefined,
	}
)

// TestVerdictsOfNext: what Next.js takes, warns of or refuses (testdata/verdicts.txt) is
// taken, warned of or refused here.
func TestVerdictsOfNext(t *testing.T) {
	text, err := os.ReadFile("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "l.js"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	rank := map[string]int{"takes": 0, "warns": 1, "fatal": 2}
	for line := range strings.Lines(string(text)) {
		want, js, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || want == "#" {
			continue
		}
		got := "takes"
		_, warnings, err := Parse(dir, "next.config.js", []byte(js))
		switch {
		case err != nil:
			got = "fatal"
		case len(warnings) > 0:
			got = "warns"
		}
		differs := stricter
		if rank[got] < rank[want] {
			differs = laxer
		}
		if _, known := differs[js]; (got != want) != known {
			t.Errorf("%s: Next.js %s, Onward %s; known to differ: %v", js, want, got, known)
		}
	}
}
