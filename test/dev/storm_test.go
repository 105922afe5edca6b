package dev

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

var seed = flag.Uint64("seed", 8, "of the storm; others may find what this one does not")

// part is a component of the storm's app.
func part(i int, text string) string {
	return fmt.Sprintf("import { mark } from \"./mark%d\";\n\nexport function Part%[1]d() {\n  return <p id=\"part%[1]d\">{%q + mark}</p>;\n}\n", i, text)
}

func mark(text string) string { return fmt.Sprintf("export const mark = %q;\n", text) }

const parts = 8

// stormFiles is an app whose page shows all parts.
func stormFiles() map[string]string {
	files := map[string]string{}
	var imports, uses strings.Builder
	for i := range parts {
		files[fmt.Sprintf("components/part%d.js", i)] = part(i, "calm")
		files[fmt.Sprintf("components/mark%d.js", i)] = mark("-0")
		fmt.Fprintf(&imports, "import { Part%d } from \"../components/part%[1]d\";\n", i)
		fmt.Fprintf(&uses, "<Part%d />", i)
	}
	files["pages/index.js"] = imports.String() + "\nexport async function getServerSideProps() {\n  return { props: {} };\n}\n\nexport default function Home() {\n  return <main>" + uses.String() + "</main>;\n}\n"
	return files
}

// Files change, break, vanish and come back faster than anybody can follow. When the
// storm is over, browser and server show what the files say.
func TestStorm(t *testing.T) {
	files := stormFiles()
	s, err := newStage("", files)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	tab, err := browser.Tab(s.network.URL, overlayScript)
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	if err := tab.Visit("/", 3*patience); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(4, *seed))
	for step := range 240 {
		i := random.IntN(parts)
		name := fmt.Sprintf("components/part%d.js", i)
		switch random.IntN(8) {
		case 0:
			err = s.app.Write(name, part(i, "broken")+"<")
		case 1:
			err = s.app.Write(name, "")
		case 2:
			if err = s.app.Delete(name); err != nil {
				err = nil // it is gone already
			}
		case 3:
			err = errors.Join(s.app.Write(name+"~", part(i, fmt.Sprintf("beside %d", step))), s.app.Rename(name+"~", name))
		case 4:
			err = s.app.Write(fmt.Sprintf("components/mark%d.js", i), mark(fmt.Sprintf("-%d", step)))
		case 5:
			err = s.app.Write(name, strings.Replace(part(i, "throws"), "return", "throw new Error(\"storm\");\n  return", 1))
		default:
			err = s.app.Write(name, part(i, fmt.Sprintf("text %d", step)))
		}
		if err != nil {
			t.Fatal(err)
		}
		if step%40 == 20 {
			// Somebody asks for the page in the middle of it, whatever it is now.
			if _, _, err := s.server.Get("/"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Duration(random.IntN(12)) * time.Millisecond)
	}
	for i := range parts {
		err = errors.Join(err, s.app.Write(fmt.Sprintf("components/mark%d.js", i), mark("-end")), s.app.Write(fmt.Sprintf("components/part%d.js", i), part(i, "calm again")))
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range parts {
		if err := tab.Until(fmt.Sprintf(`document.getElementById("part%d")?.textContent === "calm again-end"`, i), patience); err != nil {
			t.Fatalf("%v\nterminal:\n%s", err, lastLines(s.server.Log(), 30))
		}
	}
	if err := tab.Until(`__overlay() === ""`, patience); err != nil {
		t.Fatal(err)
	}
	r, body, err := s.server.Get("/")
	if err != nil || r.StatusCode != 200 || strings.Count(string(body), "calm again-end") != parts {
		t.Errorf("the server answers %v %v %s", err, r.Status, body)
	}
}

func lastLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Many ask for a page that was never asked for: all get it, and it is compiled once.
func TestManyFirstVisitors(t *testing.T) {
	files := stormFiles()
	files["pages/once.js"] = "console.log(\"evaluated the page\");\n\nexport async function getServerSideProps({ query }) {\n  return { props: { n: query.n } };\n}\n\nexport default function Once({ n }) {\n  return <p>{`visitor ${n}.`}</p>;\n}\n"
	s, err := newStage("", files)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var wait sync.WaitGroup
	for n := range 40 {
		wait.Go(func() {
			r, body, err := s.server.Get(fmt.Sprintf("/once?n=%d", n))
			if err != nil || r.StatusCode != 200 || !strings.Contains(string(body), fmt.Sprintf("visitor %d.", n)) {
				t.Errorf("visitor %d: %v\n%s", n, err, body)
			}
		})
	}
	wait.Wait()
	if n := strings.Count(s.server.Log(), "evaluated the page"); n < 1 || n > 4 {
		t.Errorf("the page was evaluated %d times\n%s", n, s.server.Log())
	}
}
