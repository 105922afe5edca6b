package ssrtest

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/engine/host"
)

// A thousand requests under way at once in one worker, each with its own value in
// an AsyncLocalStorage across awaits and into the render.
func TestRequestsNeverShare(t *testing.T) {
	a := start(t, "plain", nil, nil)
	const n = 1000
	var wg sync.WaitGroup
	failures := make(chan string, n)
	for i := range n {
		wg.Go(func() {
			input := fill(t, "page", fmt.Sprintf(`{"route":"/store","url":"/store?n=%d","query":{"n":"%d"}}`, i, i))
			reply, err := a.do("page", input, nil)
			if err != nil {
				failures <- err.Error()
				return
			}
			want := fmt.Sprintf("<p>%d<!-- --> <!-- -->%d</p>", i, i)
			if !strings.Contains(string(reply.Body), want) {
				failures <- fmt.Sprintf("request %d got %s", i, reply.Body)
			}
		})
	}
	wg.Wait()
	close(failures)
	for failure := range failures {
		t.Fatal(failure)
	}
}

// Interleaved first requests of a page all wait for its next/dynamic components.
func TestDynamicComponentsLoadOnce(t *testing.T) {
	a := start(t, "plain", nil, nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			reply, err := a.do("page", fill(t, "page", `{"route":"/dynamic","mode":"auto"}`), nil)
			if err != nil {
				t.Error(err)
			} else if !bytes.Contains(reply.Body, []byte("<em>A!</em>")) {
				t.Errorf("rendered before its component was there: %s", reply.Body)
			}
		})
	}
	wg.Wait()
}

func TestStreamingBody(t *testing.T) {
	a := start(t, "plain", nil, nil)
	post := func(route string, body io.Reader) (*engine.Reply, error) {
		return a.Do(context.Background(), &engine.Job{
			Name: "api", Stream: body,
			Input: []byte(fill(t, "api", `{"route":"`+route+`","url":"/","method":"PUT","headers":["Content-Type","text/plain"]}`)),
		})
	}
	large := strings.Repeat("0123456789", 100_000)
	for _, c := range []struct {
		name, route, body, want string
	}{
		{"async iterator", "/api/raw", large, `"` + large + `"`},
		{"parsed", "/api/pipe", "small", "small"},
		{"over the limit", "/api/pipe", large, "Body exceeded 1kb limit"},
		{"events", "/api/events", large, "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply, err := post(c.route, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(reply.Body), c.want) {
				t.Errorf("got %.200s", reply.Body)
			}
		})
	}
	t.Run("broken off", func(t *testing.T) {
		reply, err := post("/api/pipe", io.MultiReader(strings.NewReader("ab"), failingReader{}))
		if err != nil {
			t.Fatal(err)
		}
		if string(reply.Body) != "Invalid body" || !strings.Contains(string(reply.Meta), `"status":400`) {
			t.Errorf("got %s %s", reply.Meta, reply.Body)
		}
	})
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// A caller that goes away ends the streams of its request; the worker serves on.
// A source that is piped into an answer which nobody reads has to stop.
func TestPipeWaitsForItsReader(t *testing.T) {
	a := start(t, "plain", nil, nil)
	reply, err := a.do("api", fill(t, "api", `{"route":"/api/flood","url":"/api/flood"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	made := 0
	got := a.answer(t, "api", fill(t, "api", `{"route":"/api/flood","url":"/","query":{"log":"1"}}`), nil)
	if _, err := fmt.Sscan(got[strings.LastIndex(got, "\n")+1:], &made); err != nil || made == 0 || made > 50_000 {
		t.Errorf("%d of 200000 rows were made for a reader that took none (%v): %s", made, err, got)
	}
	if n, err := io.Copy(io.Discard, reply.Stream); err != nil || n != 200_000*37 {
		t.Errorf("got %d bytes, %v", n, err)
	}
}

func TestAbort(t *testing.T) {
	a := start(t, "plain", nil, nil)
	log := func() string {
		reply, err := a.do("api", fill(t, "api", `{"route":"/api/hang","url":"/","query":{"log":"1"}}`), nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(reply.Body)
	}
	log() // a worker runs: the next Job begins before it is aborted
	for _, c := range []struct{ query, want string }{
		{`{}`, "req aborted,req close,res close false,write after: false"},
		{`{"listen":"1"}`, "req aborted,req ECONNRESET,req close,res close false,write after: false"},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(100*time.Millisecond, cancel)
		_, err := a.Do(ctx, &engine.Job{Name: "api", Input: []byte(fill(t, "api", `{"route":"/api/hang","url":"/api/hang","query":`+c.query+`}`))})
		if kind, _ := engine.KindOf(err); kind != engine.Aborted {
			t.Fatalf("got %v", err)
		}
		got := log()
		for deadline := time.Now().Add(5 * time.Second); got == "" && time.Now().Before(deadline); got = log() {
			time.Sleep(10 * time.Millisecond)
		}
		if got != c.want {
			t.Errorf("%s: the route saw %q, want %q", c.query, got, c.want)
		}
		if printed := a.takeLog(); len(printed) > 0 {
			t.Errorf("%s: console %q", c.query, printed)
		}
	}
}

func TestRevalidate(t *testing.T) {
	table := host.Default(host.Options{})
	var asked []string
	table.Async["onward.revalidate"] = func(_ context.Context, _ *host.Env, call *host.Call) (host.Value, error) {
		asked = append(asked, call.Text)
		if len(asked) > 1 {
			return host.Value{}, &host.Error{Message: "Invalid response 500"}
		}
		return host.Value{}, nil
	}
	a := start(t, "plain", table, nil)
	job := fill(t, "api", `{"route":"/api/echo","url":"/","query":{"do":"revalidate"}}`)
	if got := a.answer(t, "api", job, nil); !strings.Contains(got, `{"revalidated":true}`) {
		t.Error(got)
	}
	if got := a.answer(t, "api", job, nil); !strings.Contains(got, "Failed to revalidate /posts/a: Invalid response 500") {
		t.Error(got)
	}
	if asked[0] != `{"path":"/posts/a","onlyGenerated":false}` {
		t.Errorf("asked for %s", asked[0])
	}
}

// The cookie of setPreviewData opens with the build's keys, as the server will
// open it.
func TestPreviewData(t *testing.T) {
	a := start(t, "plain", nil, nil)
	reply, err := a.do("api", fill(t, "api", `{"route":"/api/echo","url":"/","query":{"do":"preview"}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(reply.Meta), "__next_preview_data=")
	token, _, _ := strings.Cut(rest, ";")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a token: %q", token)
	}
	mac := hmac.New(sha256.New, []byte(strings.Repeat("2", 64)))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) != parts[2] {
		t.Error("the signature does not fit")
	}
	var claims struct {
		Iat, Exp int64
		Sealed   string `json:"data"`
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Exp != claims.Iat+60 {
		t.Errorf("expires %d after issue, want 60", claims.Exp-claims.Iat)
	}
	sealed, err := base64.RawURLEncoding.DecodeString(claims.Sealed)
	if err != nil || len(sealed) < 28 {
		t.Fatalf("sealed data %q: %v", claims.Sealed, err)
	}
	key, err := hex.DecodeString(strings.Repeat("3", 64))
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce, tag, text := sealed[:12], sealed[12:28], sealed[28:]
	plain, err := gcm.Open(nil, nonce, append(text, tag...), nil)
	if err != nil || string(plain) != `{"a":1}` {
		t.Errorf("opened %q: %v", plain, err)
	}
}

func TestLargeDataIsWarnedOf(t *testing.T) {
	a := start(t, "plain", nil, map[string]any{"largePageDataBytes": 2000})
	for range 2 {
		if _, err := a.do("page", fill(t, "page", `{"route":"/bench","url":"/bench?n=50","query":{"n":"50"}}`), nil); err != nil {
			t.Fatal(err)
		}
	}
	log := a.takeLog()
	want := `warn Warning: data for page "/bench" (path "/bench?n=50") is 3.11 kB, more than 2 kB; so much data makes the page slow.`
	if len(log) != 1 || log[0] != want {
		t.Errorf("log: %q", log)
	}
}

// With a base path and locales the data says so, and assets lie below it.
func TestBasePathAndLocales(t *testing.T) {
	a := start(t, "plain", nil, map[string]any{
		"basePath": "/base",
		"i18n":     map[string]any{"locales": []string{"en", "fr"}, "defaultLocale": "en"},
	})
	reply, err := a.do("page", fill(t, "page", `{"route":"/[auto]","mode":"auto","locale":"fr","defaultLocale":"en"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<html lang="fr">`,
		`src="/base/_next/static/chunks/main.js"`,
		`"buildId":"build","assetPrefix":"/base","nextExport":true,"autoExport":true,"isFallback":false,"locale":"fr","locales":["en","fr"],"defaultLocale":"en","scriptLoader":[]`,
	} {
		if !strings.Contains(string(reply.Body), want) {
			t.Errorf("no %s in %s", want, reply.Body)
		}
	}
}

// A page may do without the preloads of its scripts (unstable_JsPreload).
func TestScriptPreloads(t *testing.T) {
	pages := map[string]any{}
	for _, route := range []string{"/_app", "/_document", "/_error", "/ssr", "/nopreload"} {
		file := "/app/.next/server/pages" + route + "/page.js"
		if route == "/_error" {
			file = ""
		}
		pages[route] = map[string]any{"file": file, "scripts": []string{"static/page.js"}, "preload": []string{"static/shared.js"}, "styles": []string{}}
	}
	a := start(t, "custom", nil, map[string]any{"pages": pages})
	for route, want := range map[string]bool{"/ssr": true, "/nopreload": false} {
		reply, err := a.do("page", fill(t, "page", `{"route":"`+route+`","url":"`+route+`"}`), nil)
		if err != nil {
			t.Fatal(err)
		}
		preload := strings.Contains(string(reply.Body), `<link rel="modulepreload" href="/_next/static/shared.js"/>`)
		if script := strings.Contains(string(reply.Body), `src="/_next/static/page.js"`); preload != want || !script {
			t.Errorf("%s: preload %t, want %t; script %t in %s", route, preload, want, script, reply.Body)
		}
	}
}
