package transform

import (
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	tsgo "github.com/microsoft/typescript-go/onward"
	"golang.org/x/tools/txtar"
)

// refreshed is what a table in testdata/refresh says of one module: what Babel's
// plugin of react-refresh registers and signs. A target is the name of a variable,
// or a node with the offset at which it begins.
type refreshed struct {
	Registrations []refreshedName      `json:"registrations"`
	Signatures    []refreshedSignature `json:"signatures"`
}

type refreshedName struct {
	Name   string `json:"name"`
	Target string `json:"target"`
}

type refreshedSignature struct {
	Target string   `json:"target"`
	Key    string   `json:"key"`
	Reset  bool     `json:"reset"`
	Hooks  []string `json:"hooks"`
}

func refreshOf(name, source string) (refreshed, string, bool) {
	m := Parse(name, source)
	if !m.Valid {
		return refreshed{}, "", false
	}
	var e Edits
	m.bind()
	r := newRefresher(m, &e)
	r.collect()
	anchor := func(n *tsgo.Node) string {
		kind := map[tsgo.Kind]string{tsgo.KindArrowFunction: "ArrowFunction", tsgo.KindFunctionExpression: "Function", tsgo.KindCallExpression: "Call"}[n.Kind]
		return kind + "@" + strconv.Itoa(utf16Length(source[:m.start(n)]))
	}
	got := refreshed{}
	for _, x := range r.registrations {
		target := x.variable
		if x.target != nil {
			target = anchor(x.target)
		}
		got.Registrations = append(got.Registrations, refreshedName{x.name, target})
	}
	for _, s := range r.signatures {
		hooks := append([]string{}, s.hooks...)
		if s.variable != "" {
			got.Signatures = append(got.Signatures, refreshedSignature{s.variable, s.key, s.reset, hooks})
		}
		for _, n := range s.targets {
			got.Signatures = append(got.Signatures, refreshedSignature{anchor(n), s.key, s.reset, hooks})
		}
	}
	r.edit()
	sortSignatures(got.Signatures)
	return got, e.Apply(source, ""), true
}

func sortSignatures(list []refreshedSignature) {
	slices.SortFunc(list, func(a, b refreshedSignature) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Key, b.Key))
	})
}

// TestRefreshTable compares with what was recorded of Babel's plugin.
func TestRefreshTable(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/refresh.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, recorded := archive.Files[i], archive.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			var want refreshed
			if err := json.Unmarshal(recorded.Data, &want); err != nil {
				t.Fatal(err)
			}
			sortSignatures(want.Signatures)
			got, out, valid := refreshOf(in.Name, string(in.Data))
			if !valid {
				t.Fatal("not valid")
			}
			compareRefreshed(t, got, want)
			if !Parse(in.Name, out).Valid {
				t.Errorf("the result is not valid:\n%s", out)
			}
			if a, b := strings.Count(string(in.Data), "\n"), strings.Count(strings.Split(out, "\n;$RefreshReg$(")[0], "\n"); a != b {
				t.Errorf("%d lines became %d", a, b)
			}
		})
	}
}

func compareRefreshed(t *testing.T, got, want refreshed) {
	t.Helper()
	// Babel enters a statement of exports before those in it, so only names count.
	for _, x := range want.Registrations {
		if !slices.Contains(got.Registrations, x) {
			t.Errorf("%+v is not registered", x)
		}
	}
	for _, x := range got.Registrations {
		if !slices.Contains(want.Registrations, x) {
			t.Errorf("%+v is registered", x)
		}
	}
	find := func(list []refreshedSignature, x refreshedSignature) bool {
		return slices.ContainsFunc(list, func(y refreshedSignature) bool { return reflect.DeepEqual(x, y) })
	}
	for _, x := range want.Signatures {
		if !find(got.Signatures, x) {
			t.Errorf("no signature %+v", x)
		}
	}
	for _, x := range got.Signatures {
		if !find(want.Signatures, x) {
			t.Errorf("signature %+v", x)
		}
	}
}

var refreshList = flag.String("refresh", "", "file of lines of JSON, each with a file and what Babel finds in it")

// TestRefreshFiles compares with Babel's plugin on any files.
func TestRefreshFiles(t *testing.T) {
	if *refreshList == "" {
		return
	}
	data, err := os.ReadFile(*refreshList)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var want struct {
			refreshed
			File  string `json:"file"`
			Error string `json:"error"`
		}
		if err := json.Unmarshal([]byte(line), &want); err != nil {
			t.Fatal(err)
		}
		if want.Error != "" {
			continue
		}
		t.Run(want.File, func(t *testing.T) {
			source, err := os.ReadFile(want.File)
			if err != nil {
				t.Fatal(err)
			}
			got, out, valid := refreshOf(want.File, string(source))
			if !valid {
				return
			}
			compareRefreshed(t, got, want.refreshed)
			if !Parse(want.File, out).Valid {
				t.Error("the result is not valid")
			}
		})
	}
}
