package route

import (
	"testing"
	"testing/fstest"
)

func TestFindInstrumentation(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []string
		want  string
	}{
		{"none", []string{"pages/index.js"}, ""},
		{"root", []string{"pages/index.js", "instrumentation.ts"}, "instrumentation.ts"},
		{"src", []string{"src/pages/index.js", "src/instrumentation.js"}, "src/instrumentation.js"},
		{"not beside pages", []string{"src/pages/index.js", "instrumentation.js"}, ""},
		{"inside pages it is a page", []string{"pages/index.js", "pages/instrumentation.js"}, ""},
		{"the browser's is another", []string{"pages/index.js", "instrumentation-client.js"}, ""},
	} {
		project := fstest.MapFS{}
		for _, f := range tt.files {
			project[f] = &fstest.MapFile{Data: []byte("x")}
		}
		if got, err := FindInstrumentation(project, []string{"tsx", "ts", "jsx", "js"}); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}
