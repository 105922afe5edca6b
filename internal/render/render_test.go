package render

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// TestPageJob: the hand-written JSON is what encoding/json would read back.
func TestPageJob(t *testing.T) {
	r, err := http.NewRequest("POST", "http://localhost/a", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "[::1]:4711"
	r.Header.Add("X-Test", "a\"b\xe9")
	r.Header.Add("X-Test", "2")
	r.Header.Set("X-Forwarded-For", "10.0.0.1")
	job := PageJob{
		Route: "/posts/[slug]", Mode: ModeRequest, Form: "html", Path: "/posts/ä\n", AsPath: "/posts/%C3%A4", ResolvedURL: "/posts/%C3%A4?x=1",
		Query: json.RawMessage(`{"x":"1"}`), Params: json.RawMessage(`{"slug":"ä"}`), StatusCode: 500,
		Locale: "fr", DefaultLocale: "en", OnDomain: true,
		Err:     &PageError{Name: "Error", Message: `<"quoted">`, StatusCode: 500},
		Request: &Request{HTTP: r, URL: "/a?b=1", Host: "localhost", Port: 3000},
	}
	b, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	request, _ := got["req"].(map[string]any)
	delete(got, "req")
	want := map[string]any{
		"route": "/posts/[slug]", "mode": "request", "form": "html", "path": "/posts/ä\n", "asPath": "/posts/%C3%A4",
		"resolvedUrl": "/posts/%C3%A4?x=1", "query": map[string]any{"x": "1"}, "params": map[string]any{"slug": "ä"},
		"locale": "fr", "defaultLocale": "en", "onDomain": true,
		"statusCode": 500.0, "err": map[string]any{"name": "Error", "message": `<"quoted">`, "statusCode": 500.0},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	headers := map[string][]string{}
	flat, _ := request["headers"].([]any)
	for i := 0; i+1 < len(flat); i += 2 {
		headers[flat[i].(string)] = append(headers[flat[i].(string)], flat[i+1].(string))
	}
	wantHeaders := map[string][]string{
		"host": {"localhost"}, "x-test": {"a\"bé", "2"}, "x-forwarded-for": {"10.0.0.1"}, "x-forwarded-host": {"localhost"},
		"x-forwarded-port": {"3000"}, "x-forwarded-proto": {"http"}, "content-length": {"4"},
	}
	if !reflect.DeepEqual(headers, wantHeaders) {
		t.Errorf("headers %v", headers)
	}
	delete(request, "headers")
	if want := map[string]any{"method": "POST", "url": "/a?b=1", "remoteAddress": "::1", "remotePort": 4711.0, "httpVersion": "1.1"}; !reflect.DeepEqual(request, want) {
		t.Errorf("request %v", request)
	}
}

func TestEmptyJob(t *testing.T) {
	b, err := json.Marshal(PageJob{Route: "/", Mode: ModeAuto, Form: "html", Path: "/", AsPath: "/"})
	if want := `{"route":"/","mode":"auto","form":"html","path":"/","asPath":"/","query":{}}`; err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
}

func TestBoot(t *testing.T) {
	for document, want := range map[string]string{
		`{"buildId":"b"}`: `{"dir":"/p","distDir":"/p/.next","buildId":"b"}`,
		` { } `:           `{"dir":"/p","distDir":"/p/.next"}`,
	} {
		b, err := Boot([]byte(document), "/p", "/p/.next")
		if err != nil || string(b) != want {
			t.Errorf("%s: %s %v", document, b, err)
		}
	}
	if _, err := Boot([]byte(`[`), "/p", "/p"); err == nil {
		t.Error("no error for a broken document")
	}
}

func TestRevalidateSeconds(t *testing.T) {
	for raw, want := range map[string]int{"": 0, "false": 0, "0": 0, "-1": 0, "10": 10, "1e3": 1000, "99999999999999": 1<<31 - 1, `"5"`: 0} {
		p := PageReply{Revalidate: json.RawMessage(raw)}
		if got, _ := p.RevalidateSeconds(); got != want {
			t.Errorf("%s: %d, want %d", raw, got, want)
		}
	}
}

// FuzzPageReply: the scanner reads what encoding/json reads, and fails at most where
// that fails too or the document is none of ours.
func FuzzPageReply(f *testing.F) {
	for _, s := range []string{
		`{"kind":"page","status":200,"headers":[]}`,
		`{"kind":"redirect","status":200,"headers":["Set-Cookie","a=1"],"revalidate":false,"redirect":{"destination":"/a\"b","statusCode":307,"basePath":false}}`,
		` { "kind" : "page" , "status" : 404 , "headers" : [ "A" , "é\u00e9\\" ] , "data" : "{\"a\":[1,{}]}" , "other" : [ { "x" : null } ] } `,
		`{}`, `{`, `{"kind"}`, `{"kind":}`, `{"headers":["a",]}`, `[]`, `{"a":1 2}`, `{"kind":"a` + "\x00" + `"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parsePageReply([]byte(s))
		want := PageReply{Status: 200}
		if json.Unmarshal([]byte(s), &want) != nil || err != nil {
			return
		}
		if strings.ContainsAny(s, "\ufffd") || !json.Valid([]byte(s)) || strings.Contains(strings.ToLower(s), "null") {
			return
		}
		// encoding/json matches names without regard to case.
		var exact map[string]json.RawMessage
		if json.Unmarshal([]byte(s), &exact) != nil {
			return
		}
		for name := range exact {
			if lower := strings.ToLower(name); lower != name || strings.Contains(s, `\u`) {
				return
			}
		}
		if got.Kind != want.Kind || got.Status != want.Status || got.Data != want.Data || len(got.Headers) != len(want.Headers) {
			t.Errorf("%s: %+v, want %+v", s, got, want)
		}
	})
}
