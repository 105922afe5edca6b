package compile

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func TestImageSize(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black, color.White})
	encode := func(write func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	pngFile := encode(func(b *bytes.Buffer) error { return png.Encode(b, picture) })
	jpegFile := encode(func(b *bytes.Buffer) error { return jpeg.Encode(b, picture, nil) })
	gifFile := encode(func(b *bytes.Buffer) error { return gif.Encode(b, picture, nil) })
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"), 0, 0, 0, 0)
	rotated := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, append(exif, jpegFile[2:]...)...)
	bmp := append([]byte("BM"), make([]byte, 24)...)
	binary.LittleEndian.PutUint32(bmp[18:], 30)
	binary.LittleEndian.PutUint32(bmp[22:], ^uint32(20)+1)
	avif := []byte("\x00\x00\x00\x0cftypavif....ispe\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x00\x05....ispe\x00\x00\x00\x00\x00\x00\x00\x1e\x00\x00\x00\x14")
	cases := []struct {
		name, ext string
		data      []byte
		w, h      int
	}{
		{"png", ".png", pngFile, 30, 20},
		{"jpeg", ".jpg", jpegFile, 30, 20},
		{"jpeg on its side", ".jpeg", rotated, 20, 30},
		{"gif", ".gif", gifFile, 30, 20},
		{"png called jpg", ".jpg", pngFile, 30, 20},
		{"icon", ".ico", append([]byte{0, 0, 1, 0, 1, 0, 16, 0}, make([]byte, 14)...), 16, 256},
		{"bmp, top-down", ".bmp", bmp, 30, 20},
		{"avif, thumbnail first", ".avif", avif, 30, 20},
		{"svg in pixels", ".svg", []byte(`<?xml version="1.0"?><!-- c --><svg width="30px" height="20"/>`), 30, 20},
		{"svg by viewBox", ".svg", []byte(`<svg viewBox="0 0 30 20"/>`), 30, 20},
		{"svg, one side", ".svg", []byte(`<svg viewBox="0,0,60,40" width="30"/>`), 30, 20},
		{"svg in percent", ".svg", []byte(`<svg viewBox="0 0 30 20" width="100%" height="100%"/>`), 30, 20},
		{"empty", ".png", nil, 0, 0},
		{"cut png", ".png", pngFile[:20], 0, 0},
		{"cut avif", ".avif", avif[:20], 0, 0},
		{"svg without size", ".svg", []byte(`<svg/>`), 0, 0},
		{"not svg", ".svg", []byte(`<html/>`), 0, 0},
	}
	for _, c := range cases {
		w, h, err := imageSize(c.ext, c.data)
		if w != c.w || h != c.h || (err != nil) != (c.w == 0) {
			t.Errorf("%s: %d×%d, %v; want %d×%d", c.name, w, h, err, c.w, c.h)
		}
	}
	for ext, data := range map[string][]byte{".png": pngFile, ".jpg": jpegFile} {
		url, w, h := blurImage(ext, data, 30, 20)
		if !strings.HasPrefix(url, "data:image/") || w != 8 || h != 5 {
			t.Errorf("%s: placeholder %.30s %d×%d", ext, url, w, h)
		}
	}
	if url, _, _ := blurImage(".gif", gifFile, 30, 20); url != "" {
		t.Error("an animated image has a placeholder")
	}
}
