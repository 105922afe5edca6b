package compile

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/andybalholm/brotli"
)

// testFont makes a font of 1000 units whose letters and space are all as wide as
// told.
func testFont(width uint16) []byte {
	be := binary.BigEndian
	head, hhea, hmtx := make([]byte, 54), make([]byte, 36), make([]byte, 4*2)
	be.PutUint16(head[18:], 1000)
	be.PutUint16(hhea[4:], 900)
	be.PutUint16(hhea[6:], 0x10000-200)
	be.PutUint16(hhea[34:], 2)
	be.PutUint16(hmtx[4:], width)
	// Format 12 with one group from space to z, glyphs 1 and up.
	cmap := make([]byte, 12+28)
	be.PutUint16(cmap[2:], 1)
	be.PutUint16(cmap[4:], 3)
	be.PutUint32(cmap[8:], 12)
	be.PutUint16(cmap[12:], 12)
	be.PutUint32(cmap[24:], 1)
	be.PutUint32(cmap[28:], ' ')
	be.PutUint32(cmap[32:], 'z')
	be.PutUint32(cmap[36:], 1)
	tables := []struct {
		tag  string
		data []byte
	}{{"cmap", cmap}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}}
	font := make([]byte, 12+16*len(tables))
	copy(font, "\x00\x01\x00\x00")
	be.PutUint16(font[4:], uint16(len(tables)))
	for i, t := range tables {
		entry := font[12+16*i:]
		copy(entry, t.tag)
		be.PutUint32(entry[8:], uint32(len(font)))
		be.PutUint32(entry[12:], uint32(len(t.data)))
		font = append(font, t.data...)
	}
	return font
}

// asWOFF2 packs the tables of a font that the format does not transform.
func asWOFF2(t *testing.T, font []byte) []byte {
	t.Helper()
	tables, err := fontTables(font)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 48)
	copy(out, "wOF2")
	binary.BigEndian.PutUint16(out[12:], uint16(len(tables)))
	var stream []byte
	for n, tag := range map[byte]string{0: "cmap", 1: "head", 2: "hhea", 3: "hmtx"} {
		out = append(out, n, byte(len(tables[tag])))
		stream = append(stream, tables[tag]...)
	}
	var packed bytes.Buffer
	w := brotli.NewWriter(&packed)
	if _, err := w.Write(stream); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(out[20:], uint32(packed.Len()))
	return append(append(out, packed.Bytes()...), 0, 0, 0)
}

func TestFontMetrics(t *testing.T) {
	font := testFont(500)
	for name, data := range map[string][]byte{"ttf": font, "woff2": asWOFF2(t, font)} {
		m, err := readFontMetrics(data)
		if err != nil {
			t.Fatal(name, err)
		}
		want := ";ascent-override:82.13%;descent-override:18.25%;line-gap-override:0.00%;size-adjust:109.58%"
		if got := m.fallbackDescriptors(arialWidth); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// A font file is input: no cut of one may bring the build down.
func TestBrokenFonts(t *testing.T) {
	for _, font := range [][]byte{testFont(500), asWOFF2(t, testFont(500))} {
		for n := range len(font) {
			if m, err := readFontMetrics(font[:n]); err == nil && m.unitsPerEm != 1000 {
				t.Errorf("cut at %d: %+v", n, m)
			}
		}
		for i := range font {
			broken := bytes.Clone(font)
			broken[i] ^= 0xff
			readFontMetrics(broken)
		}
	}
}
