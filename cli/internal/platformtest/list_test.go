package platformtest

import (
	"encoding/json"
	"os"
	"testing"
)

const listFile = "../../../runtime/platform/builtins.json"

// TestBuiltinsList: the list that the compiler reads names exactly what the
// platform registers. ONWARD_UPDATE=1 writes it anew.
func TestBuiltinsList(t *testing.T) {
	r := start(t, nil)
	lines := r.run(t, `
		const modules = {};
		for (const name of require("module").builtinModules) {
			const m = require(name);
			const keys = new Set();
			for (const k of Object.getOwnPropertyNames(m)) {
				if (typeof m === "function" && ["length", "name", "prototype", "arguments", "caller"].includes(k)) continue;
				if (/^[A-Za-z_$][\w$]*$/.test(k)) keys.add(k);
			}
			// Methods that lie on a prototype (process, console) are exports too.
			if (name === "process") for (const k of ["on", "once", "off", "emit", "addListener", "removeListener", "removeAllListeners", "listeners", "listenerCount", "prependListener"]) keys.add(k);
			modules[name] = [...keys].sort();
		}
		print(JSON.stringify({ modules }, null, 1));
	`, nil)
	if len(lines) != 1 {
		t.Fatalf("a module did not load: %v", lines)
	}
	got := lines[0] + "\n"
	if os.Getenv("ONWARD_UPDATE") != "" {
		if err := os.WriteFile(listFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(listFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("runtime/platform/builtins.json is not what the platform has; run the test with ONWARD_UPDATE=1")
	}
	var list struct{ Modules map[string][]string }
	if err := json.Unmarshal([]byte(got), &list); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"fs", "path", "crypto", "stream", "http", "zlib", "util", "events", "buffer", "url", "os"} {
		if len(list.Modules[name]) < 5 {
			t.Errorf("%s has only %v", name, list.Modules[name])
		}
	}
}
