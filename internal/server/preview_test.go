package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/manifest"
)

var draftKeys = manifest.Preview{
	ID: strings.Repeat("1d", 16), Signing: strings.Repeat("5a", 32), Encryption: strings.Repeat("e7", 32),
}

// sealed is text as runtime/server/preview.ts seals it.
func sealed(t *testing.T, key, text string) string {
	t.Helper()
	raw, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := []byte("twelve bytes")
	out := gcm.Seal(nil, nonce, []byte(text), nil)
	tag := out[len(out)-16:]
	return base64.RawURLEncoding.EncodeToString(append(append(append([]byte{}, nonce...), tag...), out[:len(out)-16]...))
}

func signed(key, head, body string) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(head)) + "." + encode([]byte(body))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil))
}

func TestPreviewCookies(t *testing.T) {
	const usual = `{"alg":"HS256","typ":"JWT"}`
	k := draftKeys
	now := time.Unix(1_000_000, 0)
	data := sealed(t, k.Encryption, `{"user":"ada"}`)
	good := signed(k.Signing, usual, `{"data":"`+data+`","iat":1}`)
	id := bypassCookie + "=" + k.ID
	token := func(s string) string { return id + "; " + previewCookie + "=" + s }
	flip := func(s string, i int) string {
		b := []byte(s)
		if b[i]++; b[i] == 'Z'+1 || b[i] == 'z'+1 || b[i] == '9'+1 {
			b[i] = 'A'
		}
		return string(b)
	}
	for _, c := range []struct {
		name, cookie string
		on, clear    bool
		data         string
	}{
		{"none", "", false, false, ""},
		{"others", "a=b; c=d", false, false, ""},
		{"draft mode", id, true, false, "{}"},
		{"draft mode among others", "a=b; " + id + "; c=d", true, false, "{}"},
		{"another id", bypassCookie + "=" + strings.Repeat("0", 32), false, true, ""},
		{"a part of the id", bypassCookie + "=" + k.ID[:31], false, true, ""},
		{"no id", bypassCookie + "=", false, false, ""},
		{"data alone", previewCookie + "=" + good, false, true, ""},
		{"data", token(good), true, false, `{"user":"ada"}`},
		{"encoded", id + "; " + previewCookie + "=" + strings.ReplaceAll(good, ".", "%2E"), true, false, `{"user":"ada"}`},
		{"until later", token(signed(k.Signing, usual, `{"data":"`+data+`","exp":1000001}`)), true, false, `{"user":"ada"}`},
		{"expired", token(signed(k.Signing, usual, `{"data":"`+data+`","exp":1000000}`)), false, true, ""},
		{"no algorithm", token(signed(k.Signing, `{"alg":"none"}`, `{"data":"`+data+`"}`)), false, true, ""},
		{"another algorithm", token(signed(k.Signing, `{"alg":"HS512"}`, `{"data":"`+data+`"}`)), false, true, ""},
		{"unsigned", token(good[:strings.LastIndexByte(good, '.')+1]), false, true, ""},
		{"another key", token(signed("x", usual, `{"data":"`+data+`"}`)), false, true, ""},
		{"an empty key", token(signed("", usual, `{"data":"`+data+`"}`)), false, true, ""},
		{"changed head", token(flip(good, 3)), false, true, ""},
		{"changed body", token(flip(good, len(usual)*4/3+10)), false, true, ""},
		{"one part", token("abc"), false, true, ""},
		{"two parts", token("abc.def"), false, true, ""},
		{"not base64", token("a!.b!.c!"), false, true, ""},
		{"too long", token(strings.Repeat("a", 10_000) + ".b.c"), false, true, ""},
		{"signed, but sealed with another key", token(signed(k.Signing, usual, `{"data":"`+sealed(t, strings.Repeat("00", 32), `{}`)+`"}`)), false, false, ""},
		{"signed, but cut", token(signed(k.Signing, usual, `{"data":"abcd"}`)), false, false, ""},
		{"signed, but not JSON inside", token(signed(k.Signing, usual, `{"data":"`+sealed(t, k.Encryption, `{`)+`"}`)), false, false, ""},
		{"signed, data of another type", token(signed(k.Signing, usual, `{"data":1}`)), false, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{Header: http.Header{}}
			if c.cookie != "" {
				r.Header.Set("Cookie", c.cookie)
			}
			got := newPreviewer(k, false).read(r, now)
			if got.on != c.on || got.clear != c.clear || string(got.data) != c.data {
				t.Errorf("%+v", got)
			}
			// With multiZoneDraftMode cookies that may be another zone's stay.
			if kept := newPreviewer(k, true).read(r, now); kept.on != c.on || kept.clear && !strings.Contains(c.cookie, id) {
				t.Errorf("several zones: %+v", kept)
			}
			// A build without keys has no preview mode.
			if none := newPreviewer(manifest.Preview{}, false).read(r, now); none.on {
				t.Errorf("no keys: %+v", none)
			}
		})
	}
}

// FuzzPreviewToken: no token that is not signed by us opens anything.
func FuzzPreviewToken(f *testing.F) {
	p := newPreviewer(draftKeys, false)
	f.Add(`{"alg":"HS256"}`, `{"data":"x"}`)
	f.Add(`{`, ``)
	f.Fuzz(func(t *testing.T, head, body string) {
		if _, ok := p.open(signed("not the key", head, body), time.Unix(0, 0)); ok {
			t.Errorf("%s %s is taken for ours", head, body)
		}
		// Signed by us, it must not panic.
		p.open(signed(draftKeys.Signing, head, body), time.Unix(0, 0))
	})
}
