package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/onwardjs/onward/test/rig"
)

var record = flag.Bool("record", false, "with -framework next: write the screenshots that Onward is compared with")

// share of pixels that may differ, and by how much a colour may.
const (
	maxDiffering = 0.001
	maxDistance  = 24
)

// The templates of create-next-app build and run unchanged and look the same as
// under Next.js. Web fonts are blocked, since a build without the Internet has none.
func TestTemplates(t *testing.T) {
	for _, name := range []string{"default/ts", "default/js"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shot, fonts := templateShot(t, framework, name)
			base := filepath.Join(rig.Repository(), "test", "browser", "testdata", strings.ReplaceAll(name, "/", "-"))
			if *record {
				if framework.Name != "next" {
					t.Fatal("-record needs -framework next")
				}
				if err := os.WriteFile(base+".png", shot, 0o644); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(base+".fonts", []byte(fonts+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			recordedFonts, err := os.ReadFile(base + ".fonts")
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			if strings.TrimSpace(string(recordedFonts)) == fonts {
				want, err = os.ReadFile(base + ".png")
				if err != nil {
					t.Fatal(err)
				}
			} else {
				t.Logf("this machine's fonts are not those of the recording, so Next.js is asked now")
				want, _ = templateShot(t, rig.Next(), name)
			}
			compareShots(t, name, want, shot)
		})
	}
}

// templateShot builds and shows a template. fonts tells this machine's fonts
// by how wide some words are.
func templateShot(t *testing.T, f rig.Framework, name string) (shot []byte, fonts string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	source, err := rig.Template(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(source) })
	app, err := rig.New(ctx, source, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Remove() })
	app.Env = append(app.Env, "NEXT_FONT_GOOGLE_MOCKED_RESPONSES="+mockedFonts(t))
	if _, err := app.Build(ctx, f); err != nil {
		t.Fatal(err)
	}
	server, err := app.Start(ctx, f, "/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	p := blank(t, server.URL)
	block := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/_next/static/media/*", Block: true}}}
	if _, err := chromedp.Call(p.ctx, network.SetBlockedURLs, block); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(p.ctx, chromedp.EmulateViewport(1000, 700)); err != nil {
		t.Fatal(err)
	}
	p.visit("/")
	p.want("document.title", "Create Next App")
	p.until(`[...document.images].every((i) => i.complete && i.naturalWidth > 0)`)
	var api map[string]string
	p.eval(`fetch("/api/hello").then((r) => r.json())`, &api)
	if api["name"] != "John Doe" {
		t.Errorf("/api/hello answered %v", api)
	}
	p.eval(`(() => { const c = document.createElement("canvas").getContext("2d");
	  return ["serif", "sans-serif", "monospace", "Arial"].map((f) => { c.font = "100px " + f; return f + " " + c.measureText("Hamburgefonstiv").width.toFixed(1); }).join(", "); })()`, &fonts)
	p.eval("document.fonts.ready.then(() => 1)", nil)
	p.quiet()
	shot, err = chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	return shot, fonts
}

// mockedFonts answers for Google Fonts in the reference's build, which would
// fail without the Internet.
func mockedFonts(t *testing.T) string {
	t.Helper()
	responses := map[string]string{}
	for _, family := range []string{"Geist", "Geist Mono"} {
		address := "https://fonts.googleapis.com/css2?family=" + strings.ReplaceAll(family, " ", "+") + ":wght@100..900&display=swap"
		responses[address] = fmt.Sprintf("/* latin */\n@font-face { font-family: '%s'; font-style: normal; font-weight: 100 900; font-display: swap; src: local('no such font'); }\n", family)
	}
	text, err := json.Marshal(responses)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "fonts.js")
	if err := os.WriteFile(file, []byte("module.exports = "+string(text)+";\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func compareShots(t *testing.T, name string, want, got []byte) {
	t.Helper()
	a, err := png.Decode(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	b, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	share := differing(a, b)
	if share > maxDiffering {
		file := filepath.Join(os.TempDir(), "onward-"+strings.ReplaceAll(name, "/", "-")+".png")
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Error(err)
		}
		t.Errorf("%.2f%% of the pixels differ from Next.js's screenshot; this one is in %s", share*100, file)
	}
}

// differing is the share of pixels whose colours are apart.
func differing(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	count := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				count++
			}
		}
	}
	return float64(count) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}

func apart(a, b uint32) bool {
	d := int(a>>8) - int(b>>8)
	return d > maxDistance || d < -maxDistance
}
