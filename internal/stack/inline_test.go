package stack

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestInline(t *testing.T) {
	const code = "module.exports = 1;"
	out := string(Inline([]byte(code), []byte(`{"version":3,"sourceRoot":"../..","sources":["pages/[id] ü.tsx","../shared/a.ts","/abs/b.js","onward-page:/"],"mappings":"AAAA"}`), "/home/me/app"))
	text, ok := strings.CutPrefix(out, code+"\n//# sourceMappingURL=data:application/json;base64,")
	if !ok {
		t.Fatal(out)
	}
	data, err := base64.StdEncoding.DecodeString(text)
	want := `{"mappings":"AAAA","sources":["file:///home/me/app/pages/%5Bid%5D%20%C3%BC.tsx","file:///home/me/shared/a.ts","file:///abs/b.js","onward-page:/"],"version":3}`
	if err != nil || string(data) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, data, want)
	}
	for _, none := range []string{"", "null", "[]", "{}", `{"sources":1}`, "nonsense"} {
		if out := string(Inline([]byte(code), []byte(none), "/")); out != code {
			t.Errorf("%q: %s", none, out)
		}
	}
}
