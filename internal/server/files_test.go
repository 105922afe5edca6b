package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var fileExchanges = []struct{ name, request, want string }{
	{"P274 public", "GET /file.txt", "200\nCache-Control: public, max-age=0\nAccept-Ranges: bytes\nContent-Type: text/plain; charset=UTF-8\nLast-Modified: *\nEtag: *\nVary: Accept-Encoding\nX-Powered-By: -\nContent-Length: 14\n\na public file"},
	{"P274 query", "GET /file.txt?x=1", "200\n\na public file"},
	{"P275 asset", "GET /_next/static/chunks/main-1.js", "200\nCache-Control: public, max-age=31536000, immutable\nContent-Type: application/javascript; charset=UTF-8\n\n…console.log(1)"},
	{"P275 css", "GET /_next/static/css/a.css", "200\nContent-Type: text/css; charset=UTF-8\n\nbody{}"},
	{"P275 head", "HEAD /_next/static/css/a.css", "200\nContent-Length: 6\n\n"},
	{"P276 range", "GET /file.txt\nRange: bytes=2-7", "206\nContent-Range: bytes 2-7/14\nContent-Length: 6\n\npublic"},
	{"P276 suffix", "GET /file.txt\nRange: bytes=-5", "206\nContent-Range: bytes 9-13/14\n\nfile"},
	{"P276 suffix too long", "GET /file.txt\nRange: bytes=-99", "206\nContent-Range: bytes 0-13/14\n\na public file"},
	{"P276 open", "GET /file.txt\nRange: bytes=3-", "206\nContent-Range: bytes 3-13/14\n\nublic file"},
	{"P276 past the end", "GET /file.txt\nRange: bytes=9-999", "206\nContent-Range: bytes 9-13/14\n\nfile"},
	{"P276 two", "GET /file.txt\nRange: bytes=0-1,3-4", "200\nContent-Range: -\n\na public file"},
	{"P276 beyond", "GET /file.txt\nRange: bytes=999-", "416\nContent-Range: bytes */14\nContent-Type: text/plain; charset=UTF-8\nCache-Control: " + none + "\nX-Powered-By: Next.js\n\n<p>error 416"},
	{"P276 malformed", "GET /file.txt\nRange: bytes=x-y", "416\nContent-Range: bytes */14"},
	{"P276 overflow", "GET /file.txt\nRange: bytes=99999999999999999999-", "416"},
	{"P276 unit", "GET /file.txt\nRange: lines=1-2", "200\n\na public file"},
	{"P276 if-range", "GET /file.txt\nRange: bytes=0-1\nIf-Range: \"other\"", "200\n\na public file"},
	{"P276 if-range date", "GET /file.txt\nRange: bytes=0-1\nIf-Range: Fri, 01 Jan 2100 00:00:00 GMT", "206"},
	{"P276 head", "HEAD /file.txt\nRange: bytes=0-1", "206\nContent-Length: 2\n\n"},
	{"P276 large", "GET /large.txt\nRange: bytes=15-28", "206\nContent-Range: bytes 15-28/900000\n\na line of text"},
	{"P276 encoded", "GET /notes.txt\nRange: bytes=0-3\nAccept-Encoding: gzip", "206\nContent-Encoding: -\nVary: Accept-Encoding\n\nnote"},
	{"P277 any", "GET /file.txt\nIf-None-Match: *", "304\nContent-Type: -\nContent-Length: -\nVary: -\nCache-Control: public, max-age=0\nAccept-Ranges: bytes\nEtag: *"},
	{"P277 other", "GET /file.txt\nIf-None-Match: \"other\"\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", "200"},
	{"P277 since past", "GET /file.txt\nIf-Modified-Since: Mon, 01 Jan 1990 00:00:00 GMT", "200"},
	{"P277 since future", "GET /file.txt\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", "304"},
	{"P277 since nonsense", "GET /file.txt\nIf-Modified-Since: yesterday", "200"},
	{"P277 if-match", "GET /file.txt\nIf-Match: \"other\"", "412\nContent-Type: text/plain; charset=UTF-8\nCache-Control: " + none + "\n\n<p>error 412"},
	{"P277 if-match any", "GET /file.txt\nIf-Match: *", "200"},
	{"P277 unmodified", "GET /file.txt\nIf-Unmodified-Since: Mon, 01 Jan 1990 00:00:00 GMT", "412"},
	{"P277 no-cache", "GET /file.txt\nIf-None-Match: *\nCache-Control: no-cache", "200"},
	{"P278 svg", "GET /icon.svg", "200\nContent-Type: image/svg+xml"},
	{"P278 png", "GET /photo.png", "200\nContent-Type: image/png\nVary: -"},
	{"P278 html beats no page", "GET /about.html", "200\nContent-Type: text/html; charset=UTF-8\n\n<p>public about"},
	{"P279 space", "GET /b%20c.txt", "200\n\nspaces"},
	{"P279 space in asset", "GET /_next/static/media/with%20space.woff2", "200\nContent-Type: font/woff2"},
	{"P279 case", "GET /FILE.TXT", "404"},
	{"P280 listing", "GET /_next/static/", "308\nLocation: /_next/static"},
	{"H016 file gzip", "GET /notes.txt\nAccept-Encoding: gzip", "200\nContent-Encoding: gzip\nEtag: *"},
	{"H016 file small", "GET /file.txt\nAccept-Encoding: gzip", "200\nContent-Encoding: -\nVary: Accept-Encoding"},
	{"H016 large", "GET /large.txt\nAccept-Encoding: gzip", "200\nContent-Encoding: gzip\nContent-Length: -"},
	{"large plain", "GET /large.txt", "200\nContent-Encoding: -\nContent-Length: 900000"},
	{"large head", "HEAD /large.txt\nAccept-Encoding: gzip", "200\nContent-Encoding: -\nContent-Length: 900000\n\n"},

	{"I002", "GET /_next/image", "400\nContent-Type: -\nCache-Control: -\n\n\"url\" parameter is required"},
	{"I003", "GET /_next/image?url=a&url=b", "400\n\n\"url\" parameter cannot be an array"},
	{"I004", "GET /_next/image?url=/" + strings.Repeat("a", 3072), "400\n\n\"url\" parameter is too long"},
	{"I005", "GET /_next/image?url=%2F%2Fx", "400\n\n\"url\" parameter cannot be a protocol-relative URL (//)"},
	{"I006", "GET /_next/image?url=%2F_next%2Fimage%3Furl%3Dx&w=640&q=75", "400\n\n\"url\" parameter cannot be recursive"},
	{"I006 encoded", "GET /_next/image?url=%2F_next%2Fi%256dage&w=640&q=75", "400\n\n\"url\" parameter cannot be recursive"},
	{"I007", "GET /_next/image?url=%2Fphoto.png%3Fv%3D1&w=640&q=75", "400\n\n\"url\" parameter is not allowed"},
	{"I008 word", "GET /_next/image?url=foo&w=640&q=75", "400\n\n\"url\" parameter is invalid"},
	{"I008 ftp", "GET /_next/image?url=ftp%3A%2F%2Fx&w=640&q=75", "400\n\n\"url\" parameter is invalid"},
	{"I008 data", "GET /_next/image?url=data%3Aimage%2Fpng%3Bbase64%2Cx&w=640&q=75", "400\n\n\"url\" parameter is invalid"},
	{"I009", "GET /_next/image?url=https%3A%2F%2Fother.example%2Fa.png&w=640&q=75", "400\n\n\"url\" parameter is not allowed"},
	{"I010", "GET /_next/image?url=%2Fphoto.png", "400\n\n\"w\" parameter (width) is required"},
	{"I011", "GET /_next/image?url=%2Fphoto.png&w=1&w=2", "400\n\n\"w\" parameter (width) cannot be an array"},
	{"I012", "GET /_next/image?url=%2Fphoto.png&w=-1&q=75", "400\n\n\"w\" parameter (width) must be an integer greater than 0"},
	{"I012 zero", "GET /_next/image?url=%2Fphoto.png&w=0&q=75", "400\n\n\"w\" parameter (width) must be an integer greater than 0"},
	{"I013", "GET /_next/image?url=%2Fphoto.png&w=640", "400\n\n\"q\" parameter (quality) is required"},
	{"I014", "GET /_next/image?url=%2Fphoto.png&w=640&q=1&q=2", "400\n\n\"q\" parameter (quality) cannot be an array"},
	{"I015", "GET /_next/image?url=%2Fphoto.png&w=640&q=x", "400\n\n\"q\" parameter (quality) must be an integer between 1 and 100"},
	{"I015 range", "GET /_next/image?url=%2Fphoto.png&w=640&q=101", "400\n\n\"q\" parameter (quality) must be an integer between 1 and 100"},
	{"I016", "GET /_next/image?url=%2Fphoto.png&w=641&q=75", "400\n\n\"w\" parameter (width) of 641 is not allowed"},
	{"I016 before q range", "GET /_next/image?url=%2Fphoto.png&w=641&q=101", "400\n\n\"w\" parameter (width) of 641 is not allowed"},
	{"I017", "GET /_next/image?url=%2Fphoto.png&w=640&q=74", "400\n\n\"q\" parameter (quality) of 74 is not allowed"},
	{"I018", "GET /_next/image?url=%2Fphoto.png&w=640&q=75&dpl=x", "200"},
	{"I030", "GET /_next/image?url=%2Fnope.png&w=640&q=75", "404\n\n\"url\" parameter is valid but internal response is invalid"},
	{"I030 outside", "GET /_next/image?url=%2F..%2F..%2Fsecret.txt&w=640&q=75", "404"},
	{"I030 output", "GET /_next/image?url=%2F_next%2Fstatic%2F..%2F..%2FBUILD_ID&w=640&q=75", "404"},
	{"I043", "GET /_next/image?url=%2Ffile.txt&w=640&q=75", "400\n\nThe requested resource isn't a valid image."},
	{"I044", "GET /_next/image?url=%2Ficon.svg&w=640&q=75", "400\n\n\"url\" parameter is valid but image type is not allowed"},
	{"I057", "GET /_next/image?url=%2Fphoto.png&w=640&q=75", "200\nContent-Type: image/png\nCache-Control: public, max-age=14400, must-revalidate\nVary: Accept\nX-Nextjs-Cache: HIT\nContent-Disposition: attachment; filename=\"photo.png\"\nContent-Security-Policy: script-src 'none'; frame-src 'none'; sandbox;\nX-Content-Type-Options: nosniff\nX-Powered-By: -\nContent-Encoding: -\nEtag: *"},
	{"I058", "GET /_next/image?url=%2F_next%2Fstatic%2Fmedia%2Fdot.png&w=640&q=75", "200\nCache-Control: public, max-age=315360000, immutable"},
	{"I061", "GET /_next/image?url=%2Fphoto.png&w=640&q=75\nIf-None-Match: *", "304\nVary: Accept\nCache-Control: *\nContent-Disposition: -"},
	{"images by API", "GET /_next/image?url=%2Fapi%2Fecho&w=640&q=75", "501\n\n…made by an API route"},
}

func TestFiles(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	for _, c := range fileExchanges {
		t.Run(c.name, func(t *testing.T) {
			check(t, strings.ReplaceAll(c.request, "\n", " ⏎ "), a.ask(c.request), c.want)
		})
	}
}

// TestChangedFile: a public file that changes is served as it is now, with a new tag.
func TestChangedFile(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	before := a.ask("GET /file.txt")
	old := before.Header.Get("Etag")
	name := filepath.Join(a.dir, "public", "file.txt")
	if err := os.WriteFile(name, []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(name, later, later); err != nil {
		t.Fatal(err)
	}
	a.age("file.txt")
	after := a.ask("GET /file.txt\nIf-None-Match: " + old)
	check(t, "changed", after, "200\n\nchanged")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	a.age("file.txt")
	check(t, "removed", a.ask("GET /file.txt"), "404\n\n<p>not here")
}

// TestLateFile: the names of public files are those of the build (P019).
func TestLateFile(t *testing.T) {
	a := start(t, sample(), sampleFiles, pages)
	if err := os.WriteFile(filepath.Join(a.dir, "public", "late.txt"), []byte("late"), 0o644); err != nil {
		t.Fatal(err)
	}
	check(t, "late", a.ask("GET /late.txt"), "404\n\n<p>not here")
}

// age makes a kept file's last look at the disk long ago.
func (a *app) age(name string) {
	a.publicFiles.mu.Lock()
	defer a.publicFiles.mu.Unlock()
	a.publicFiles.kept[name].Value.(*asset).checked.Store(0)
}

// TestLinksStayInside: a link in public/ that leads out of it is no file.
func TestLinksStayInside(t *testing.T) {
	m := sample()
	m.Public = append(m.Public, "/link.txt")
	a := start(t, m, sampleFiles, pages)
	if err := os.Symlink(filepath.Join(a.dir, "secret.txt"), filepath.Join(a.dir, "public", "link.txt")); err != nil {
		t.Fatal("symbolic links are needed")
	}
	res := a.ask("GET /link.txt")
	check(t, "link", res, "404\n\n<p>not here")
}

func TestKeptFilesAreBounded(t *testing.T) {
	m, files := sample(), cloneFiles()
	for i := range 45 {
		files[fmt.Sprintf("public/%d.bin", i)] = strings.Repeat("x", 400<<10)
		m.Public = append(m.Public, fmt.Sprintf("/%d.bin", i))
	}
	a := start(t, m, files, pages)
	for i := range 45 {
		check(t, "file", a.ask(fmt.Sprintf("GET /%d.bin", i)), "200\nContent-Length: 409600")
	}
	if f := a.publicFiles; f.used > keepFiles || f.order.Len() != len(f.kept) || len(f.kept) < 10 {
		t.Errorf("%d bytes in %d files", f.used, len(f.kept))
	}
}

func TestTypes(t *testing.T) {
	for name, want := range map[string]string{
		"a.js": "application/javascript; charset=UTF-8", "a.JSON": "application/json; charset=UTF-8", "a.svg": "image/svg+xml",
		"a.avif": "image/avif", "LICENSE": "application/octet-stream", "a.map": "application/json; charset=UTF-8",
		"b.woff2": "font/woff2", "x.unknown": "application/octet-stream",
	} {
		if got := typeOf(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"**", "/any/thing", true},
		{"/img/**", "/img/a/b.png", true},
		{"/img/**", "/img", true},
		{"/img/**", "/imgs/a", false},
		{"/img/*", "/img/a", true},
		{"/img/*", "/img/a/b", false},
		{"/**/x.png", "/a/b/x.png", true},
		{"*.ex.com", "a.ex.com", true},
		{"*.ex.com", "a.b.ex.com", true},
		{"*.ex.com", "ex.com", false},
		{"**.ex.com", "a.b.ex.com", true},
		{"ex.com", "exAcom", false},
	} {
		if got := glob(c.pattern).MatchString(c.text); got != c.want {
			t.Errorf("%s on %s: %t", c.pattern, c.text, got)
		}
	}
}
