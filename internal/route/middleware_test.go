package route

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestFindMiddleware(t *testing.T) {
	tests := []struct {
		files, extensions, want, warning, err string
	}{
		{files: "pages/index.js", want: ""},
		{files: "pages/index.js middleware.ts", want: "middleware.ts"},
		{files: "pages/index.js proxy.js", want: "proxy.js proxy"},
		{files: "src/pages/index.js src/proxy.tsx", want: "src/proxy.tsx proxy"},
		{files: "src/pages/index.js proxy.ts", warning: "Move it to src/proxy.ts"},
		{files: "pages/index.js src/middleware.ts", warning: "Move it to middleware.ts"},
		{files: "pages/index.js middleware.ts proxy.ts", err: "two names for the same thing"},
		{files: "pages/index.page.js middleware.ts", extensions: "page.js page.ts", want: ""},
		{files: "pages/index.page.js middleware.page.ts", extensions: "page.js page.ts", want: "middleware.page.ts"},
	}
	for _, test := range tests {
		project := fstest.MapFS{}
		for _, f := range strings.Fields(test.files) {
			project[f] = &fstest.MapFile{}
		}
		extensions := strings.Fields(test.extensions)
		if len(extensions) == 0 {
			extensions = []string{"tsx", "ts", "jsx", "js"}
		}
		m, warnings, err := FindMiddleware(project, extensions)
		got := ""
		if m != nil {
			got = m.File
			if m.Proxy {
				got += " proxy"
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.files, got, test.want)
		}
		if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: error %v, want %q", test.files, err, test.err)
		}
		if (len(warnings) > 0) != (test.warning != "") || test.warning != "" && !strings.Contains(warnings[0].Hint, test.warning) {
			t.Errorf("%s: warnings %v, want %q", test.files, warnings, test.warning)
		}
	}
}

func TestDeprecatedMiddleware(t *testing.T) {
	if m := (&Middleware{File: "src/proxy.ts", Proxy: true}).Deprecated(); m != nil {
		t.Errorf("a proxy: %v", m)
	}
	m := (&Middleware{File: "src/middleware.ts"}).Deprecated()
	if m == nil || !strings.Contains(m.Hint, "src/proxy.ts") || m.File != "src/middleware.ts" {
		t.Errorf("got %+v", m)
	}
}
