package compile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"strconv"
	"strings"

	_ "image/gif" // registers the decoder for sizes

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // registers the decoder
)

var errNotImage = errors.New("its size cannot be read")

// imageSize reads width and height from the head of an image of the type that
// the file ending names. A file whose content is of another known type is taken
// as that.
func imageSize(ext string, data []byte) (width, height int, err error) {
	switch strings.ToLower(ext) {
	case ".svg":
		return svgSize(data)
	case ".ico":
		if w, h, ok := icoSize(data); ok {
			return w, h, nil
		}
	case ".bmp":
		if w, h, ok := bmpSize(data); ok {
			return w, h, nil
		}
	case ".avif":
		if w, h, ok := avifSize(data); ok {
			return w, h, nil
		}
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return 0, 0, errNotImage
	}
	if o := jpegOrientation(data); o >= 5 {
		return c.Height, c.Width, nil
	}
	return c.Width, c.Height, nil
}

// icoSize is the size of the first picture of an icon.
func icoSize(b []byte) (int, int, bool) {
	if len(b) < 22 || binary.LittleEndian.Uint16(b) != 0 || binary.LittleEndian.Uint16(b[2:]) != 1 {
		return 0, 0, false
	}
	size := func(v byte) int {
		if v == 0 {
			return 256
		}
		return int(v)
	}
	return size(b[6]), size(b[7]), true
}

func bmpSize(b []byte) (int, int, bool) {
	if len(b) < 26 || string(b[:2]) != "BM" {
		return 0, 0, false
	}
	w, h := int32(binary.LittleEndian.Uint32(b[18:])), int32(binary.LittleEndian.Uint32(b[22:]))
	if h < 0 { // stored top-down
		h = -h
	}
	return int(w), int(h), w > 0 && h > 0
}

// avifSize finds the largest spatial extent (ispe box) of the file: thumbnails
// and alpha planes have boxes of their own.
func avifSize(b []byte) (w, h int, ok bool) {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return 0, 0, false
	}
	for {
		i := bytes.Index(b, []byte("ispe"))
		if i < 0 || len(b) < i+16 {
			return w, h, ok
		}
		bw, bh := int(binary.BigEndian.Uint32(b[i+8:])), int(binary.BigEndian.Uint32(b[i+12:]))
		if bw > w && bw < 1<<20 && bh < 1<<20 && bh > 0 {
			w, h, ok = bw, bh, true
		}
		b = b[i+16:]
	}
}

// jpegOrientation reads the EXIF orientation (1 to 8), 0 when there is none:
// 5 and above lie on their side.
func jpegOrientation(b []byte) int {
	if len(b) < 4 || b[0] != 0xFF || b[1] != 0xD8 {
		return 0
	}
	for i := 2; i+4 <= len(b) && b[i] == 0xFF; {
		marker, n := b[i+1], int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || marker == 0xDA || i+2+n > len(b) {
			return 0
		}
		if segment := b[i+4 : i+2+n]; marker == 0xE1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return exifOrientation(segment[6:])
		}
		i += 2 + n
	}
	return 0
}

func exifOrientation(b []byte) int {
	if len(b) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return 0
	}
	for i, n := at+2, int(order.Uint16(b[at:])); n > 0 && i+12 <= len(b); i, n = i+12, n-1 {
		if order.Uint16(b[i:]) == 0x0112 {
			return int(order.Uint16(b[i+8:]))
		}
	}
	return 0
}

// svgSize takes the size from the root element: its width and height, with
// whichever is missing computed from viewBox.
func svgSize(data []byte) (int, int, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.Entity = map[string]string{}
	for {
		t, err := d.Token()
		if err != nil {
			return 0, 0, errNotImage
		}
		root, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if root.Name.Local != "svg" {
			return 0, 0, errNotImage
		}
		var w, h float64
		var box []float64
		for _, a := range root.Attr {
			switch a.Name.Local {
			case "width":
				w = svgLength(a.Value)
			case "height":
				h = svgLength(a.Value)
			case "viewBox":
				for _, f := range strings.FieldsFunc(a.Value, func(r rune) bool { return r == ' ' || r == ',' }) {
					v, err := strconv.ParseFloat(f, 64)
					if err != nil {
						break
					}
					box = append(box, v)
				}
			}
		}
		if len(box) == 4 && box[2] > 0 && box[3] > 0 {
			switch {
			case w == 0 && h == 0:
				w, h = box[2], box[3]
			case w == 0:
				w = h * box[2] / box[3]
			case h == 0:
				h = w * box[3] / box[2]
			}
		}
		if w <= 0 || h <= 0 {
			return 0, 0, errNotImage
		}
		return int(math.Round(w)), int(math.Round(h)), nil
	}
}

// svgUnits are CSS pixels per unit.
var svgUnits = map[string]float64{"": 1, "px": 1, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96. / 72, "pc": 16, "em": 16, "ex": 8}

func svgLength(text string) float64 {
	text = strings.TrimSpace(text)
	n := 0
	for n < len(text) && (text[n] == '.' || text[n] == '-' || text[n] == '+' || text[n] >= '0' && text[n] <= '9') {
		n++
	}
	v, err := strconv.ParseFloat(text[:n], 64)
	unit, known := svgUnits[strings.TrimSpace(text[n:])]
	if err != nil || !known {
		return 0
	}
	return v * unit
}

// blurPixels bounds the pictures that a placeholder is made of.
const blurPixels = 100 << 20

// blurImage makes the placeholder of next/image: the picture at most eight pixels
// wide or high, as a data URL. Animated, vector and AVIF pictures have none.
func blurImage(ext string, data []byte, width, height int) (url string, w, h int) {
	switch strings.ToLower(ext) {
	case ".png", ".jpg", ".jpeg", ".webp":
	default:
		return "", 0, 0
	}
	if width*height > blurPixels {
		return "", 0, 0
	}
	src, format, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return "", 0, 0
	}
	const most = 8
	if width >= height {
		w, h = most, max(1, int(math.Round(float64(height)/float64(width)*most)))
	} else {
		w, h = max(1, int(math.Round(float64(width)/float64(height)*most))), most
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(small, small.Bounds(), src, src.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	kind := "png"
	if format == "jpeg" {
		kind = "jpeg"
		err = jpeg.Encode(&out, small, &jpeg.Options{Quality: 70})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
	}
	if err != nil {
		return "", 0, 0
	}
	return "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(out.Bytes()), w, h
}
