package host

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesFailAsNodeSays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	table := Default(Options{MaxOpenFiles: 2, MaxReadFile: 3})
	env := &Env{Dir: dir}
	for _, c := range []struct{ op, args, code, message string }{
		{"fs.readFile", `{"path":"no"}`, "ENOENT", "ENOENT: no such file or directory, open 'no'"},
		{"fs.readFile", `{"path":"f"}`, "EFBIG", "EFBIG: file too large, read"},
		{"fs.readFile", `{"path":"."}`, "EISDIR", "EISDIR: illegal operation on a directory, read"},
		{"fs.readdir", `{"path":"f"}`, "ENOTDIR", "ENOTDIR: not a directory, scandir 'f'"},
		{"fs.mkdir", `{"path":"f"}`, "EEXIST", "EEXIST: file already exists, mkdir 'f'"},
		{"fs.rename", `{"path":"a","dest":"b"}`, "ENOENT", "ENOENT: no such file or directory, rename 'a' -> 'b'"},
		{"fs.open", `{"path":"f","flags":"wx"}`, "EEXIST", "EEXIST: file already exists, open 'f'"},
		{"fs.open", `{"path":"f","flags":"q"}`, "ERR_INVALID_ARG_VALUE", "The argument 'flags' is invalid. Received 'q'"},
		{"fs.read", `{"fd":99,"length":1}`, "EBADF", "EBADF: bad file descriptor, read"},
		{"fs.stat", `not json`, "ERR_INVALID_ARG_VALUE", ""},
	} {
		_, err := table.Sync[c.op](env, c.args, nil)
		var e *Error
		if !errors.As(err, &e) || e.Code != c.code || (c.message != "" && e.Message != c.message) {
			t.Errorf("%s %s: got %v, want %s", c.op, c.args, err, c.message)
		}
	}
}

func TestOpenFilesAreBounded(t *testing.T) {
	dir := t.TempDir()
	table := Default(Options{MaxOpenFiles: 2})
	env := &Env{Dir: dir}
	open := func(name string) error {
		_, err := table.Sync["fs.open"](env, fmt.Sprintf(`{"path":%q,"flags":"w","mode":420}`, name), nil)
		return err
	}
	if err := errors.Join(open("a"), open("b")); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if err := open("c"); !errors.As(err, &e) || e.Code != "EMFILE" {
		t.Errorf("third file: got %v, want EMFILE", err)
	}
	if _, err := table.Sync["fs.close"](env, `{"fd":10}`, nil); err != nil {
		t.Fatal(err)
	}
	if err := open("d"); err != nil {
		t.Errorf("after a close: %v", err)
	}
}

func TestHashesGoOnFromTheirState(t *testing.T) {
	table := Default(Options{})
	for name := range hashes {
		whole, err := table.Sync["hash.digest"](nil, name, []byte("hello world"))
		if err != nil {
			t.Fatal(err)
		}
		state, err := table.Sync["hash.state"](nil, name+"\n0", []byte("hello "))
		if err != nil {
			if name == "ripemd160" {
				continue // x/crypto's has no state to take along
			}
			t.Errorf("%s: %v", name, err)
			continue
		}
		rest, err := table.Sync["hash.finish"](nil, fmt.Sprintf("%s\n%d", name, len(state.Body)), append(state.Body, "world"...))
		if err != nil || string(rest.Body) != string(whole.Body) {
			t.Errorf("%s: in pieces %x, whole %x (%v)", name, rest.Body, whole.Body, err)
		}
	}
	if _, err := table.Sync["hash.finish"](nil, "sha256\n5", []byte("wrongstate")); err == nil {
		t.Error("a made-up state was taken")
	}
}

func TestCostlyWorkIsRefused(t *testing.T) {
	table := Default(Options{MaxHashMemory: 16 << 20, MaxInflate: 1 << 10})
	for _, c := range []struct{ op, args, body string }{
		{"kdf.scrypt", `{"n":1048576,"r":8,"p":1,"maxmem":99999999999,"length":32}`, "pw"},
		{"kdf.scrypt", `{"n":3,"r":8,"p":1,"maxmem":99999999999,"length":32}`, "pw"},
		{"kdf.pbkdf2", `{"hash":"sha1","iterations":2000000000,"length":32}`, "pw"},
		{"kdf.pbkdf2", `{"hash":"sha1","iterations":1,"length":2000000000}`, "pw"},
		{"kdf.hkdf", `{"hash":"sha256","length":32,"salt":9}`, "pw"},
		{"random", `70000`, ""},
		{"key.generate", `{"alg":"rsa","bits":65536}`, ""},
		{"zlib.run", `{"kind":"gzip","level":11}`, "x"},
		{"zlib.run", `{"kind":"brotliCompress","level":12}`, "x"},
		{"zlib.run", `{"kind":"nope"}`, "x"},
		{"zlib.run", `{"kind":"gzip","dictionary":-1}`, "x"},
		{"cipher.run", `{"mode":"cbc","key":-1}`, "x"},
		{"key.verify", `{"signature":50}`, "x"},
	} {
		if v, err := table.Sync[c.op](nil, c.args, []byte(c.body)); err == nil {
			t.Errorf("%s %s: answered %q", c.op, c.args, v.Text)
		}
	}
	packed, err := table.Sync["zlib.run"](nil, `{"kind":"brotliCompress"}`, make([]byte, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Sync["zlib.run"](nil, `{"kind":"brotliDecompress"}`, packed.Body); err == nil {
		t.Error("a decompression bomb went through")
	}
}

func TestKeyWrapOfRFC3394(t *testing.T) {
	key, _ := hex.DecodeString("000102030405060708090A0B0C0D0E0F")
	data, _ := hex.DecodeString("00112233445566778899AABBCCDDEEFF")
	out, err := runCipher(&cipherArgs{Mode: "kw"}, key, nil, nil, data)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.ToUpper(hex.EncodeToString(out)), "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	out[3] ^= 1
	if _, err := runCipher(&cipherArgs{Mode: "kw", Decrypt: true}, key, nil, nil, out); err == nil {
		t.Error("a changed wrapping was taken")
	}
}

func TestShortTags(t *testing.T) {
	key, iv := make([]byte, 16), make([]byte, 12)
	for _, tag := range []int{4, 8, 12, 13, 14, 15, 16} {
		sealed, err := runCipher(&cipherArgs{Mode: "gcm", Tag: tag}, key, iv, []byte("aad"), []byte("plain"))
		if err != nil || len(sealed) != 5+tag {
			t.Fatalf("tag of %d: %d bytes, %v", tag, len(sealed), err)
		}
		plain, err := runCipher(&cipherArgs{Mode: "gcm", Tag: tag, Decrypt: true}, key, iv, []byte("aad"), sealed)
		if err != nil || string(plain) != "plain" {
			t.Errorf("tag of %d: %q, %v", tag, plain, err)
		}
		sealed[0] ^= 1
		if _, err := runCipher(&cipherArgs{Mode: "gcm", Tag: tag, Decrypt: true}, key, iv, []byte("aad"), sealed); err == nil {
			t.Errorf("tag of %d: changed text was taken", tag)
		}
	}
}

func TestKeysThroughEveryForm(t *testing.T) {
	ops := Default(Options{}).Sync
	for _, generate := range []string{`{"alg":"rsa","bits":1024}`, `{"alg":"ec","curve":"P-256"}`, `{"alg":"ec","curve":"P-521"}`, `{"alg":"ed25519"}`, `{"alg":"x25519"}`} {
		made, err := ops["key.generate"](nil, generate, nil)
		if err != nil {
			t.Fatalf("%s: %v", generate, err)
		}
		var info keyInfo
		if err := json.Unmarshal([]byte(made.Text), &info); err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"pem", "der", "jwk"} {
			args, _ := json.Marshal(keyArgs{Key: info.DER, Kind: "private", Format: format, Type: "pkcs8"})
			out, err := ops["key.export"](nil, string(args), nil)
			if err != nil {
				t.Fatalf("%s as %s: %v", generate, format, err)
			}
			body := out.Body
			if body == nil {
				body = []byte(out.Text)
			}
			args, _ = json.Marshal(keyArgs{Kind: "private", Format: format})
			back, err := ops["key.import"](nil, string(args), body)
			if err != nil || back.Text != made.Text {
				t.Errorf("%s as %s: came back as %s (%v)", generate, format, back.Text, err)
			}
		}
	}
	for _, bad := range []string{"", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := ops["key.import"](nil, `{"format":"pem","kind":"private"}`, []byte(bad)); err == nil {
			t.Errorf("%q was taken for a key", bad)
		}
	}
	for _, bad := range []string{`{`, `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, `{"kty":"RSA","n":"","e":"AQAB"}`, `{"kty":"RSA","n":"AQAB","e":"____________"}`} {
		if _, err := ops["key.import"](nil, `{"format":"jwk","kind":"public"}`, []byte(bad)); err == nil {
			t.Errorf("%s was taken for a key", bad)
		}
	}
}

// call runs an asynchronous operation and gathers what it sends.
func call(f AsyncFunc, text string, body []byte, recv io.Reader) (heads []string, data []byte, err error) {
	_, err = f(context.Background(), &Env{}, &Call{Text: text, Body: body, Recv: recv, Send: func(text string, chunk []byte) error {
		if text != "" {
			heads = append(heads, text)
		}
		data = append(data, chunk...)
		return nil
	}})
	return heads, data, err
}

func TestZlibStreams(t *testing.T) {
	f := Default(Options{}).Async["zlib.stream"]
	frame := func(mark byte, text string) string {
		return string([]byte{mark, 0, 0, 0, byte(len(text))}) + text
	}
	for _, pair := range [][2]string{{"gzip", "gunzip"}, {"deflate", "inflate"}, {"deflateRaw", "inflateRaw"}, {"brotliCompress", "brotliDecompress"}} {
		_, packed, err := call(f, `{"kind":"`+pair[0]+`"}`, nil, strings.NewReader(frame(0, "hello ")+frame(1, "")+frame(0, "world")))
		if err != nil {
			t.Fatalf("%s: %v", pair[0], err)
		}
		_, plain, err := call(f, `{"kind":"`+pair[1]+`","unframed":true}`, nil, strings.NewReader(string(packed)))
		if err != nil || string(plain) != "hello world" {
			t.Errorf("%s: %q, %v", pair[1], plain, err)
		}
		_, _, err = call(f, `{"kind":"`+pair[1]+`","unframed":true}`, nil, strings.NewReader(string(packed[:len(packed)/2])))
		if err == nil {
			t.Errorf("%s: half a stream went through", pair[1])
		}
	}
	if _, _, err := call(f, `{"kind":"gzip"}`, nil, strings.NewReader("\x00\xff\xff\xff\xff")); err == nil {
		t.Error("a frame of 4 GB was taken")
	}
}

func TestFetchSendsWhatItIsGiven(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s host=%s te=%v up=%s", r.Method, r.RequestURI, b, r.Host, r.TransferEncoding, r.Header.Get("Upgrade"))
	}))
	defer server.Close()
	f := Default(Options{}).Async["fetch"]
	args := fmt.Sprintf(`{"url":%q,"method":"POST","headers":["host","other.test","upgrade","x"],"body":"whole","redirect":"follow"}`, server.URL+"/a%2Fb?q=%20#f")
	heads, data, err := call(f, args, []byte("body"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(data), "POST /a%2Fb?q=%20 body host=other.test te=[] up="; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var head fetchHead
	if err := json.Unmarshal([]byte(heads[0]), &head); err != nil || head.Status != 200 || !strings.HasSuffix(head.URL, "#f") {
		t.Errorf("head %s (%v)", heads[0], err)
	}
	for _, bad := range []string{`{"url":"file:///etc/passwd","method":"GET"}`, `{"url":"http://","method":"GET"}`, `{"url":"http://x","method":"A B"}`, `[]`} {
		if _, _, err := call(f, bad, nil, nil); err == nil {
			t.Errorf("%s was sent", bad)
		}
	}
}

func TestDomains(t *testing.T) {
	ops := Default(Options{}).Sync
	for _, c := range []struct{ in, want string }{{"español.com", "xn--espaol-zwa.com"}, {"faß.de", "xn--fa-hia.de"}, {"EXAMPLE.com", "example.com"}} {
		got, err := ops["idna.ascii"](nil, c.in, nil)
		if err != nil || got.Text != c.want {
			t.Errorf("%s: %q, %v", c.in, got.Text, err)
		}
	}
}

func TestTableIsWhole(t *testing.T) {
	table := Default(Options{})
	for name := range table.Sync {
		if name == "" {
			t.Error("an operation without a name")
		}
	}
	for _, name := range []string{"fs.readFile", "hash.digest", "kdf.scrypt", "key.sign", "zlib.run", "zlib.stream", "fetch", "dns.lookup", "cipher.run"} {
		if table.Async[name] == nil {
			t.Errorf("no asynchronous %s", name)
		}
	}
}
