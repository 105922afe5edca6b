package host

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// encodingOps:
//
//	encoding.name    text: label, trimmed and lower-cased → canonical name, or "" when unknown
//	encoding.decode  text: [name, fatal], body: bytes → text
//	idna.ascii       text: domain → its ASCII form (UTS #46, non-transitional); fails when not valid
//	idna.unicode     text: domain → its Unicode form; the input where it has none
func encodingOps() map[string]SyncFunc {
	return map[string]SyncFunc{
		"encoding.name":   encodingName,
		"encoding.decode": encodingDecode,
		"idna.ascii": func(_ *Env, text string, _ []byte) (Value, error) {
			ascii, err := urlProfile.ToASCII(text)
			if err != nil {
				return Value{}, failf("ERR_INVALID_URL", "%v", err)
			}
			return Value{Text: ascii}, nil
		},
		"idna.unicode": func(_ *Env, text string, _ []byte) (Value, error) {
			u, err := urlProfile.ToUnicode(text)
			if err != nil {
				return Value{Text: text}, nil
			}
			return Value{Text: u}, nil
		},
	}
}

// urlProfile is domain to ASCII of the URL Standard with beStrict false.
var urlProfile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
	idna.VerifyDNSLength(false),
)

func encodingName(_ *Env, label string, _ []byte) (Value, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return Value{}, nil
	}
	name, err := htmlindex.Name(e)
	if err != nil || name == "replacement" {
		return Value{}, nil
	}
	return Value{Text: name}, nil
}

func encodingDecode(_ *Env, text string, body []byte) (Value, error) {
	var args [2]any
	if err := read(text, &args); err != nil {
		return Value{}, err
	}
	name, _ := args[0].(string)
	fatal, _ := args[1].(bool)
	var e encoding.Encoding
	switch name {
	case "utf-16le":
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	default:
		var err error
		if e, err = htmlindex.Get(name); err != nil {
			return Value{}, failf("ERR_ENCODING_NOT_SUPPORTED", "The %q encoding is not supported", name)
		}
	}
	if table, ok := e.(*charmap.Charmap); ok {
		return decodeTable(table, body, fatal)
	}
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return Value{}, failf("ERR_ENCODING_INVALID_ENCODED_DATA", "%v", err)
	}
	s := string(out)
	if fatal && (strings.ContainsRune(s, utf8.RuneError) || (strings.HasPrefix(name, "utf-16") && len(body)%2 != 0)) {
		return Value{}, errInvalidData
	}
	return Value{Text: s}, nil
}

// decodeTable: bytes of the C1 range without a letter are control characters
// to the web, and errors to x/text.
func decodeTable(table *charmap.Charmap, body []byte, fatal bool) (Value, error) {
	var out strings.Builder
	out.Grow(len(body))
	for _, b := range body {
		r := table.DecodeByte(b)
		if r == utf8.RuneError && b >= 0x80 && b < 0xa0 {
			r = rune(b)
		}
		if r == utf8.RuneError && fatal {
			return Value{}, errInvalidData
		}
		out.WriteRune(r)
	}
	return Value{Text: out.String()}, nil
}

var errInvalidData = errors.New("the encoded data was not valid")
