package host

import (
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// TestFetchFollowsEnvironment: requests go through the proxy that the environment
// names, and trust the certificates that it adds.
func TestFetchFollowsEnvironment(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "asked the proxy for %s", r.RequestURI)
	}))
	defer proxy.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "trusted") }))
	defer secure.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, url string
		vars      map[string]string
		want      string // empty: it fails
	}{
		{"proxy", "http://shop.invalid/a", map[string]string{"HTTP_PROXY": proxy.URL}, "asked the proxy for http://shop.invalid/a"},
		{"lower case", "http://shop.invalid/a", map[string]string{"http_proxy": proxy.URL}, "asked the proxy for http://shop.invalid/a"},
		{"not this host", "http://shop.invalid/a", map[string]string{"HTTP_PROXY": proxy.URL, "NO_PROXY": ".invalid"}, ""},
		{"other scheme", "http://shop.invalid/a", map[string]string{"HTTPS_PROXY": proxy.URL}, ""},
		{"unknown certificate", secure.URL, nil, ""},
		{"added certificate", secure.URL, map[string]string{"NODE_EXTRA_CA_CERTS": file}, "trusted"},
		{"no file", secure.URL, map[string]string{"NODE_EXTRA_CA_CERTS": file + "x"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var body []byte
			_, err := Default(Options{}).Async["fetch"](context.Background(), &Env{Vars: tt.vars}, &Call{
				Text: fmt.Sprintf(`{"url":%q,"method":"GET","redirect":"follow"}`, tt.url),
				Send: func(_ string, chunk []byte) error {
					body = append(body, chunk...)
					return nil
				},
			})
			if string(body) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v; want %q", body, err, tt.want)
			}
		})
	}
}
