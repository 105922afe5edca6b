package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// The cookies of preview and draft mode. runtime/server/preview.ts writes them and
// tells their format.
const (
	bypassCookie  = "__prerender_bypass"
	previewCookie = "__next_preview_data"
)

// maxPreviewToken bounds what is verified; what the runtime writes is shorter.
const maxPreviewToken = 4096

// preview is what the preview cookies of one request say.
type preview struct {
	// on: pages are made for this request alone, with data.
	on bool
	// data is JSON: {} in draft mode, else what setPreviewData was given.
	data json.RawMessage
	// clear: the cookies are of no use any more, and the answer removes them.
	clear bool
}

// previewer reads preview cookies with the keys of one build.
type previewer struct {
	id      []byte
	signing []byte
	// seal opens the data; nil when the build has no usable key.
	seal cipher.AEAD
	// keep: cookies with another build's id belong to another zone of the site.
	keep bool
}

func newPreviewer(p manifest.Preview, keepForeign bool) *previewer {
	out := &previewer{id: []byte(p.ID), signing: []byte(p.Signing), keep: keepForeign}
	if key, err := hex.DecodeString(p.Encryption); err == nil && len(key) == 32 {
		if block, err := aes.NewCipher(key); err == nil {
			out.seal, _ = cipher.NewGCM(block)
		}
	}
	return out
}

// read tells what the cookies of a request say. The id proves draft mode by itself;
// preview data must be signed and sealed with the build's keys, and not have
// expired.
func (p *previewer) read(r *http.Request, now time.Time) preview {
	id, token := previewCookies(r.Header["Cookie"])
	ours := len(p.id) > 0 && subtle.ConstantTimeCompare([]byte(id), p.id) == 1
	switch {
	case id == "" && token == "":
		return preview{}
	case ours && token == "":
		return preview{on: true, data: json.RawMessage("{}")}
	case !ours || token == "":
		return preview{clear: !p.keep}
	}
	data, signed := p.open(token, now)
	if !signed {
		return preview{clear: true}
	}
	return preview{on: data != nil, data: data}
}

// previewCookies finds the two cookies. The last of a name counts.
func previewCookies(headers []string) (id, token string) {
	for _, header := range headers {
		if !strings.Contains(header, bypassCookie) && !strings.Contains(header, previewCookie) {
			continue // as nearly always
		}
		for part := range strings.SplitSeq(header, ";") {
			name, value, found := strings.Cut(strings.Trim(part, " \t"), "=")
			if !found {
				continue
			}
			value, err := url.PathUnescape(value)
			if err != nil {
				continue
			}
			switch name {
			case bypassCookie:
				id = value
			case previewCookie:
				token = value
			}
		}
	}
	return id, token
}

// open returns the preview data of a token; signed is false when the token is not
// ours or too old. Data that cannot be opened is nil.
func (p *previewer) open(token string, now time.Time) (data json.RawMessage, signed bool) {
	claims, ok := p.verify(token, now)
	if !ok {
		return nil, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(claims.Data)
	const nonce, tag = 12, 16
	if err != nil || p.seal == nil || len(sealed) < nonce+tag {
		return nil, true
	}
	// The tag stands before the text there, and after it here.
	text := append(append([]byte{}, sealed[nonce+tag:]...), sealed[nonce:nonce+tag]...)
	plain, err := p.seal.Open(nil, sealed[:nonce], text, nil)
	if err != nil || !json.Valid(plain) {
		return nil, true
	}
	return plain, true
}

type previewClaims struct {
	Data string `json:"data"`
	// IssuedAt and Expires in Unix seconds.
	IssuedAt int64  `json:"iat"`
	Expires  *int64 `json:"exp"`
}

// verify checks a JWT that must be signed with HMAC-SHA-256, whatever it says.
func (p *previewer) verify(token string, now time.Time) (previewClaims, bool) {
	var claims previewClaims
	if len(token) > maxPreviewToken || len(p.signing) == 0 {
		return claims, false
	}
	end := strings.LastIndexByte(token, '.')
	if end < 0 {
		return claims, false
	}
	head, body, ok := strings.Cut(token[:end], ".")
	signature, err := base64.RawURLEncoding.DecodeString(token[end+1:])
	if !ok || err != nil {
		return claims, false
	}
	mac := hmac.New(sha256.New, p.signing)
	mac.Write([]byte(token[:end]))
	if !hmac.Equal(signature, mac.Sum(nil)) {
		return claims, false
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	if !decodePart(head, &header) || header.Algorithm != "HS256" || !decodePart(body, &claims) {
		return claims, false
	}
	return claims, claims.Expires == nil || now.Unix() < *claims.Expires
}

func decodePart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

// expiredPreview are the cookies that end preview and draft mode.
var expiredPreview = []string{
	bypassCookie + "=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=None",
	previewCookie + "=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=None",
}

// expiredLivePreview are the same in development, where cookies need no HTTPS.
var expiredLivePreview = []string{
	bypassCookie + "=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax",
	previewCookie + "=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax",
}

// readPreview fills q.preview, and removes cookies that mean nothing any more.
func (s *Server) readPreview(q *request) {
	if q.onDemand {
		return // what everybody will see is made without them
	}
	q.preview = s.previewer.read(q.r, s.options.Now())
	if q.preview.clear {
		h := q.w.Header()
		expired := expiredPreview
		if s.live != nil {
			expired = expiredLivePreview
		}
		h["Set-Cookie"] = append(h["Set-Cookie"][:len(h["Set-Cookie"]):len(h["Set-Cookie"])], expired...)
	}
}

// draft answers with a page with getStaticProps made for this request alone. It
// goes past the cache both ways, so that nobody else sees it.
func (s *Server) draft(q *request) error {
	p, m := q.page, &q.match
	key := s.keyOf(p, m)
	job := s.pageJob(key, m)
	job.Mode, job.Reason, job.Request = render.ModeRequest, string(cache.ReasonStale), s.requestOf(q)
	job.Preview, job.PreviewData = true, q.preview.data
	if m.Form == route.Data {
		job.Form = "data"
	}
	e, err := s.Engine()
	if err != nil {
		return err
	}
	made, err := render.RenderPage(q.r.Context(), e, &job, render.Body{})
	if err != nil {
		return err
	}
	entry, err := s.entryOf(key, made)
	if err != nil {
		return err
	}
	if entry.Kind == cache.Page {
		q.w.Header()["Cache-Control"] = noStore
		if m.Form == route.Data {
			entry.Data = entry.HTML
		}
	}
	return s.sendEntry(q, entry, cache.Hit)
}
