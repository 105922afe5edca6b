package compile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/andybalholm/brotli"
)

// fontMetrics are what a fallback font is fitted to, in font units.
type fontMetrics struct {
	unitsPerEm               int
	ascent, descent, lineGap int
	// averageWidth of typical Latin text; 0 when the font does not tell.
	averageWidth float64
	serif        bool
}

// Averages of the fallback fonts, per unit of their size, for the same text.
const (
	arialWidth = 934.5116279069767 / 2048
	timesWidth = 854.3953488372093 / 2048
)

// sampleText has letters as often as Latin text has, roughly.
const sampleText = "aaabcdeeeefghiijklmnnoopqrrssttuvwxyz      "

// fallbackDescriptors are the @font-face descriptors that make a local font take
// as much room as this one. width is the fallback's average width.
func (m *fontMetrics) fallbackDescriptors(width float64) string {
	em := float64(m.unitsPerEm)
	adjust := 1.0
	if m.averageWidth > 0 {
		adjust = m.averageWidth / em / width
	}
	percent := func(v float64) string { return strconv.FormatFloat(max(v, -v)*100, 'f', 2, 64) + "%" }
	return fmt.Sprintf(";ascent-override:%s;descent-override:%s;line-gap-override:%s;size-adjust:%s",
		percent(float64(m.ascent)/(em*adjust)), percent(float64(m.descent)/(em*adjust)), percent(float64(m.lineGap)/(em*adjust)), percent(adjust))
}

// largestTables bounds what a compressed font may unpack to.
const largestTables = 64 << 20

var errFont = errors.New("not a font file that can be read")

// readFontMetrics reads a TrueType, OpenType, WOFF or WOFF2 file.
func readFontMetrics(data []byte) (m *fontMetrics, err error) {
	// Every offset in the file is a claim: reading past the end is caught here.
	defer func() {
		if recover() != nil {
			m, err = nil, errFont
		}
	}()
	tables, err := fontTables(data)
	if err != nil {
		return nil, err
	}
	head, hhea := tables["head"], tables["hhea"]
	if len(head) < 20 || len(hhea) < 36 {
		return nil, errFont
	}
	m = &fontMetrics{
		unitsPerEm: int(binary.BigEndian.Uint16(head[18:])),
		ascent:     int(int16(binary.BigEndian.Uint16(hhea[4:]))),
		descent:    int(int16(binary.BigEndian.Uint16(hhea[6:]))),
		lineGap:    int(int16(binary.BigEndian.Uint16(hhea[8:]))),
	}
	if m.unitsPerEm == 0 {
		return nil, errFont
	}
	if os2 := tables["OS/2"]; len(os2) >= 42 {
		m.serif = os2[32] == 2 && os2[33] >= 2 && os2[33] <= 10
	}
	m.averageWidth = averageWidth(tables["cmap"], tables["hmtx"], int(binary.BigEndian.Uint16(hhea[34:])))
	return m, nil
}

// averageWidth is the mean advance of sampleText's characters.
func averageWidth(cmap, hmtx []byte, metrics int) float64 {
	if len(cmap) < 4 || len(hmtx) < 4*metrics || metrics == 0 {
		return 0
	}
	total := 0
	for _, r := range sampleText {
		glyph := glyphOf(cmap, int(r))
		if glyph == 0 {
			return 0
		}
		total += int(binary.BigEndian.Uint16(hmtx[4*min(glyph, metrics-1):]))
	}
	return float64(total) / float64(len(sampleText))
}

// glyphOf looks a character up in the first Unicode subtable of format 4 or 12; 0
// when it has no glyph.
func glyphOf(cmap []byte, r int) int {
	u16 := func(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	u32 := func(b []byte, at int) int { return int(binary.BigEndian.Uint32(b[at:])) }
	for i := range u16(cmap, 2) {
		record := cmap[4+8*i:]
		if platform := u16(record, 0); platform != 0 && platform != 3 {
			continue
		}
		t := cmap[u32(record, 4):]
		switch u16(t, 0) {
		case 4:
			segments := u16(t, 6) / 2
			for s := range segments {
				if r > u16(t, 14+2*s) {
					continue
				}
				start := u16(t, 16+2*segments+2*s)
				if r < start {
					return 0
				}
				delta, offsetAt := u16(t, 16+4*segments+2*s), 16+6*segments+2*s
				offset := u16(t, offsetAt)
				if offset == 0 {
					return (r + delta) & 0xffff
				}
				if g := u16(t, offsetAt+offset+2*(r-start)); g != 0 {
					return (g + delta) & 0xffff
				}
				return 0
			}
			return 0
		case 12:
			for g := range u32(t, 12) {
				group := t[16+12*g:]
				if first := u32(group, 0); r >= first && r <= u32(group, 4) {
					return u32(group, 8) + r - first
				}
			}
			return 0
		}
	}
	return 0
}

// fontTables unpacks the tables of a font file by tag.
func fontTables(data []byte) (map[string][]byte, error) {
	if len(data) < 12 {
		return nil, errFont
	}
	switch string(data[:4]) {
	case "wOFF":
		return woffTables(data)
	case "wOF2":
		return woff2Tables(data)
	case "\x00\x01\x00\x00", "OTTO", "true":
		tables := map[string][]byte{}
		for i := range int(binary.BigEndian.Uint16(data[4:])) {
			entry := data[12+16*i:]
			at, length := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
			tables[string(entry[:4])] = data[at:][:length]
		}
		return tables, nil
	}
	return nil, errFont
}

func woffTables(data []byte) (map[string][]byte, error) {
	tables, total := map[string][]byte{}, 0
	for i := range int(binary.BigEndian.Uint16(data[12:])) {
		entry := data[44+20*i:]
		at, packed, length := binary.BigEndian.Uint32(entry[4:]), int(binary.BigEndian.Uint32(entry[8:])), int(binary.BigEndian.Uint32(entry[12:]))
		table := data[at:][:packed]
		if total += length; total > largestTables {
			return nil, errFont
		}
		if packed < length {
			z, err := zlib.NewReader(bytes.NewReader(table))
			if err != nil {
				return nil, err
			}
			if table, err = io.ReadAll(io.LimitReader(z, int64(length))); err != nil {
				return nil, err
			}
		}
		tables[string(entry[:4])] = table
	}
	return tables, nil
}

// woff2Tags are the tags that WOFF2 writes as a number.
const woff2Tags = "cmapheadhheahmtxmaxpnameOS/2postcvt fpgmglyflocaprepCFF VORGEBDTEBLCgaspHDMXkernLTSHPCLTVDMXvheavmtxBASEGDEFGPOSGSUB" +
	"EBSCJSTFMATHCBDTCBLCCOLRCPALSVG sbixacntavarbdatblocbslncvarfdscfeatfmtxfvargvarhstyjustlcarmortmorxopbdproptrakZapfSilfGlatGlocFeatSill"

// woff2Tables unpacks a WOFF2 file. Tables that it stores in another form (glyf,
// loca, sometimes hmtx) are left out.
func woff2Tables(data []byte) (map[string][]byte, error) {
	type table struct {
		tag         string
		length      int
		transformed bool
	}
	var list []table
	at := 48
	for range int(binary.BigEndian.Uint16(data[12:])) {
		flags := data[at]
		at++
		tag := ""
		if n := int(flags & 63); n < 63 {
			tag = woff2Tags[4*n:][:4]
		} else {
			tag = string(data[at : at+4])
			at += 4
		}
		number := func() int {
			v := 0
			for range 5 {
				b := data[at]
				at++
				v = v<<7 | int(b&127)
				if b&128 == 0 {
					break
				}
			}
			return v
		}
		t := table{tag: tag, length: number()}
		version := flags >> 6
		if outline := tag == "glyf" || tag == "loca"; outline && version != 3 || !outline && version != 0 {
			t.transformed, t.length = true, number()
		}
		list = append(list, t)
	}
	packed := data[at:][:binary.BigEndian.Uint32(data[20:])]
	stream, err := io.ReadAll(io.LimitReader(brotli.NewReader(bytes.NewReader(packed)), largestTables))
	if err != nil {
		return nil, err
	}
	tables := map[string][]byte{}
	for _, t := range list {
		if !t.transformed {
			tables[t.tag] = stream[:t.length]
		}
		stream = stream[t.length:]
	}
	return tables, nil
}
