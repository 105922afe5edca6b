package node

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// database starts a PostgreSQL server on a free port and returns the environment
// that leads to it.
func database(t *testing.T, schema string) []string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("initdb"); err == nil && len(found) == 0 {
		found = append(found, filepath.Dir(path))
	}
	if len(found) == 0 {
		t.Fatal("PostgreSQL is not installed: run `make packages`, or apt-get install postgresql")
	}
	slices.Sort(found)
	bin := found[len(found)-1]
	dir, err := os.MkdirTemp("", "onward-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// The server refuses to run as root.
	var as *syscall.SysProcAttr
	if os.Getuid() == 0 {
		uid, gid := account(t)
		as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr, cmd.Env = dir, as, []string{"PATH=" + os.Getenv("PATH"), "PGPASSWORD=secret", "LC_ALL=C.UTF-8"}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	data := filepath.Join(dir, "data")
	run("initdb", "-D", data, "-U", "onward", "-A", "scram-sha-256", "--pwfile", password, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
	port, err := rig.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf("-p %d -k %s -c listen_addresses=127.0.0.1 -F", port, dir)
	run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", settings, "start")
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-m", "immediate", "stop") })
	run("psql", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-U", "onward", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", schema)
	return []string{"PGHOST=127.0.0.1", "PGPORT=" + strconv.Itoa(port), "PGUSER=onward", "PGPASSWORD=secret", "PGDATABASE=postgres"}
}

// account is a user without privileges.
func account(t *testing.T) (uid, gid uint32) {
	t.Helper()
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			id, err1 := strconv.ParseUint(u.Uid, 10, 32)
			group, err2 := strconv.ParseUint(u.Gid, 10, 32)
			if err1 == nil && err2 == nil {
				return uint32(id), uint32(group)
			}
		}
	}
	t.Fatal("there is no account without privileges to run PostgreSQL as")
	return 0, 0
}

func TestPostgres(t *testing.T) {
	env := database(t, "CREATE TABLE notes (id serial PRIMARY KEY, text text NOT NULL CHECK (text <> '')); INSERT INTO notes (text) VALUES ('from the build')")
	s, output := serve(t, "postgres", env...)
	if !strings.Contains(output, "Node engine: node_modules/") || !strings.Contains(output, "imports the Node.js module") {
		t.Errorf("the build does not say why it needs Node.js:\n%s", output)
	}
	if status, text := ask(t, "GET", s.URL+"/notes/1", ""); status != 200 || !strings.Contains(text, "from the build") {
		t.Errorf("prerendered: %d %s", status, text)
	}
	if status, _ := ask(t, "GET", s.URL+"/notes/2", ""); status != 404 {
		t.Errorf("a note that is not there: %d", status)
	}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			status, text, err := try("POST", s.URL+"/api/notes", fmt.Sprintf(`{"text":"note %d é"}`, i))
			if err != nil || status != 201 {
				t.Errorf("adding %d: %d %s %v", i, status, text, err)
			}
		})
	}
	wg.Wait()
	if status, text := ask(t, "POST", s.URL+"/api/notes", `{"text":""}`); status != 400 || !strings.Contains(text, `"code":"23514"`) {
		t.Errorf("a refused note: %d %s", status, text)
	}
	_, text := ask(t, "GET", s.URL+"/", "")
	if n := strings.Count(text, "<li>"); n != 41 || !strings.Contains(text, "note 39 é") {
		t.Errorf("%d notes: %s", n, text)
	}
	// What was missing is made a second later.
	for range 40 {
		if status, text := ask(t, "GET", s.URL+"/notes/2", ""); status == 200 && strings.Contains(text, "note ") {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("the new note's page was not made")
}
