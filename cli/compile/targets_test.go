package compile

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestTargets(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want string }{
		{"none", "", "", "baseline"},
		{"list", "package.json", `{"browserslist":["chrome 100","ios_saf >= 15.4"]}`, "[{chrome 100} {ios 15.4}]"},
		{"text", "package.json", `{"browserslist":"firefox 90, safari 14"}`, "[{firefox 90} {safari 14}]"},
		{"production", "package.json", `{"browserslist":{"production":["edge 99"],"development":["chrome 120"]}}`, "[{edge 99}]"},
		{"query", "package.json", `{"browserslist":["chrome 100","> 1%"]}`, "baseline"},
		{"file", ".browserslistrc", "# ours\nchrome 100, safari 15 # old\nedge 99\n", "[{chrome 100} {safari 15} {edge 99}]"},
		{"sections", ".browserslistrc", "chrome 80\n[development]\nchrome 120\n[modern production]\nfirefox 91\n", "[{firefox 91}]"},
		{"other section", ".browserslistrc", "chrome 80\n[development]\nchrome 120\n", "[{chrome 80}]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.file != "" {
				if err := os.WriteFile(filepath.Join(dir, tt.file), []byte(tt.text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := ""
			for _, e := range targets(dir) {
				got += fmt.Sprintf(" {%s %s}", engineText[int(e.Name)], e.Version)
			}
			got = "[" + got[min(1, len(got)):] + "]"
			if fmt.Sprint(targets(dir)) == fmt.Sprint(browserEngines) {
				got = "baseline"
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// engineText names the browsers by esbuild's numbers.
var engineText = func() map[int]string {
	names := map[int]string{}
	for _, name := range []string{"chrome", "edge", "firefox", "safari", "ios"} {
		names[int(engineNames[name])] = name
	}
	return names
}()
