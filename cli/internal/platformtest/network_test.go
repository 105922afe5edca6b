package platformtest

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// backend answers what the fetch tests ask for.
func backend(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Method", r.Method)
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		fmt.Fprintf(w, "%s|%s|%d|%v|%s", r.Header.Get("Content-Type"), body, r.ContentLength, r.TransferEncoding, r.Header.Get("X-Q"))
	})
	mux.HandleFunc("/gzip", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, "unpacked ", r.Header.Get("Accept-Encoding"))
		z.Close()
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/echo", http.StatusFound) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	mux.HandleFunc("/empty", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "first")
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) {
		chunk := strings.Repeat("x", 1<<16)
		for range 64 {
			io.WriteString(w, chunk)
		}
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "part")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestFetch(t *testing.T) {
	server := backend(t)
	r := start(t, nil)
	cases := []struct{ name, code, want string }{
		{"get", `const r = await fetch(arg + "/echo", { headers: { "X-Q": "q" } }); print(r.status, r.ok, r.statusText, r.url === arg + "/echo", r.redirected, r.headers.getSetCookie().join(";"), await r.text());`,
			"200 true OK true false a=1;b=2 ||0|[]|q"},
		{"post", `print(await (await fetch(arg + "/echo", { method: "POST", body: JSON.stringify({ a: "é" }), headers: { "content-type": "application/json" } })).text());`,
			`application/json|{"a":"é"}|10|[]|`},
		{"form", `print(await (await fetch(arg + "/echo", { method: "PUT", body: new URLSearchParams({ a: "1 2" }) })).text());`,
			"application/x-www-form-urlencoded;charset=UTF-8|a=1+2|5|[]|"},
		{"stream up", `const body = new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("ab")); c.enqueue(new TextEncoder().encode("cd")); c.close(); } });
			print(await (await fetch(arg + "/echo", { method: "POST", body, duplex: "half" })).text());`, "|abcd|-1|[chunked]|"},
		{"gzip", `print(await (await fetch(arg + "/gzip")).text());`, "unpacked gzip, deflate, br"},
		{"redirect", `const r = await fetch(arg + "/redirect"); print(r.redirected, r.url === arg + "/echo", r.headers.get("x-method"));`, "true true GET"},
		{"redirect manual", `const r = await fetch(arg + "/redirect", { redirect: "manual" }); print(r.status, r.headers.get("location"));`, "302 /echo"},
		{"redirect error", `try { await fetch(arg + "/redirect", { redirect: "error" }); } catch (e) { print(e.name, e.message, e.cause.message); }`, "TypeError fetch failed unexpected redirect"},
		{"redirect loop", `try { await fetch(arg + "/loop"); } catch (e) { print(e.message, e.cause.message); }`, "fetch failed redirect count exceeded"},
		{"status", `const r = await fetch(arg + "/status"); print(r.status, r.statusText, r.ok);`, "418 I'm a teapot false"},
		{"empty", `const r = await fetch(arg + "/empty"); print(r.status, r.body, JSON.stringify(await r.text()));`, `204 null ""`},
		{"head", `const r = await fetch(arg + "/echo", { method: "HEAD" }); print(r.status, await r.text());`, "200 "},
		{"abort head", `const c = new AbortController(); c.abort(); try { await fetch(arg + "/echo", { signal: c.signal }); } catch (e) { print(e.name, e.code); }`, "AbortError 20"},
		{"abort body", `const c = new AbortController(); const r = await fetch(arg + "/slow", { signal: c.signal }); const rd = r.body.getReader();
			print(Buffer.from((await rd.read()).value).toString()); c.abort(); try { await rd.read(); } catch (e) { print(e.name); }`, "first\nAbortError"},
		{"timeout", `try { const r = await fetch(arg + "/slow", { signal: AbortSignal.timeout(50) }); await r.text(); } catch (e) { print(e.name); }`, "TimeoutError"},
		{"big", `print((await (await fetch(arg + "/big")).arrayBuffer()).byteLength);`, "4194304"},
		{"big, read slowly", `let n = 0; for await (const c of (await fetch(arg + "/big")).body) { n += c.length; if (n % 7 === 0) await null; } print(n);`, "4194304"},
		{"refused", `try { await fetch("http://127.0.0.1:1/"); } catch (e) { print(e.message, e.cause.code, e.cause.message, e.cause.port, e.cause.syscall); }`, "fetch failed ECONNREFUSED connect ECONNREFUSED 127.0.0.1:1 1 connect"},
		{"broken", `try { await (await fetch(arg + "/broken")).text(); } catch (e) { print(e.name, e.message); }`, "TypeError terminated"},
		{"clone", `const r = await fetch(arg + "/echo"); const c = r.clone(); print(await r.text() === await c.text());`, "true"},
		{"interleaved", `const all = await Promise.all(Array.from({ length: 50 }, (_, i) => fetch(arg + "/echo", { headers: { "x-q": String(i) } }).then((r) => r.text()))); print(all.every((s, i) => s.endsWith("|" + i)));`, "true"},
		{"http.get", `const http = require("http"); print(await new Promise((go, no) => http.get(arg + "/echo", (res) => { let s = ""; res.setEncoding("utf8"); res.on("data", (c) => (s += c)).on("end", () => go([res.statusCode, res.statusMessage, res.headers["set-cookie"].length, res.complete, s].join())); }).on("error", no)));`,
			"200,OK,2,true,||0|[]|"},
		{"http.request", `const http = require("http"); const u = new URL(arg); print(await new Promise((go, no) => { const req = http.request({ hostname: u.hostname, port: u.port, path: "/echo", method: "POST", headers: { "Content-Type": "text/x" } }, async (res) => { let s = ""; for await (const c of res) s += c; go(s); }); req.on("error", no); req.write("ab"); req.end("cd"); }));`,
			"text/x|abcd|4|[]|"},
		{"http error", `const http = require("http"); print(await new Promise((go) => http.get("http://127.0.0.1:1/", () => go("?")).on("error", (e) => go(e.code + " " + e.message))));`, "ECONNREFUSED connect ECONNREFUSED 127.0.0.1:1"},
		{"http big upload", `const http = require("http"); print(await new Promise((go, no) => { const req = http.request(arg + "/echo", { method: "POST" }, async (res) => { let n = 0; for await (const c of res) n += c.length; go(n); }); req.on("error", no); for (let i = 0; i < 20; i++) req.write(Buffer.alloc(10000, 97)); req.end(); }));`, "200015"},
		{"http abort", `const http = require("http"); print(await new Promise((go) => { const req = http.get(arg + "/slow", (res) => { res.on("data", () => req.destroy()); res.on("error", (e) => go(e.code)); res.on("close", () => go("closed")); }); }));`, "ECONNRESET"},
		{"createServer", `try { require("http").createServer(); } catch (e) { print(e.code); }`, "ERR_ONWARD_UNSUPPORTED"},
		{"blob url", `const u = URL.createObjectURL(new Blob(["hi"])); print(await (await fetch(u)).text()); URL.revokeObjectURL(u); try { await fetch(u); } catch (e) { print(e.message); }`, "hi\nfetch failed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(r.run(t, c.code, server.URL), "\n"); got != c.want {
				t.Errorf("got:  %s\nwant: %s", got, c.want)
			}
		})
	}
}

func TestConsole(t *testing.T) {
	r := start(t, nil)
	r.run(t, `
		console.log("a", { b: 1 }); console.info("%d%%", 5); console.warn("w"); console.error(new Error("e").message); console.debug("d");
		console.group("g"); console.log("in\nside"); console.groupEnd(); console.log("out");
		console.count(); console.count(); console.assert(false, "why"); console.table([{ a: 1, b: "x" }, { a: 2 }]);
		process.stdout.write("part "); process.stdout.write("line\nrest");
		await new Promise((go) => setTimeout(go, 5));
	`, nil)
	want := strings.Join([]string{
		"log a { b: 1 }", "info 5%", "warn w", "error e", "debug d", "log g", "log   in\n  side", "log out", "log default: 1", "log default: 2",
		"warn Assertion failed: why",
		"log ┌─────────┬───┬─────┐\n│ (index) │ a │  b  │\n├─────────┼───┼─────┤\n│    0    │ 1 │ 'x' │\n│    1    │ 2 │     │\n└─────────┴───┴─────┘",
		"log part line", "log rest",
	}, "\n")
	if got := strings.Join(r.log, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestProcess(t *testing.T) {
	r := start(t, map[string]string{"A": "1"})
	got := strings.Join(r.run(t, `
		print(process.env.A, process.env.NOPE);
		process.on("unhandledRejection", (reason) => print("unhandled", reason.message));
		Promise.reject(new Error("lost")); await new Promise((go) => setTimeout(go, 5));
		process.on("warning", (w) => print("warning", w.name, w.code)); process.emitWarning("careful", { type: "Odd", code: "C" }); await new Promise((go) => setTimeout(go, 5));
		process.exit(3);
	`, nil), "\n")
	want := "1 undefined\nunhandled lost\nwarning Odd C\nthrew ExitError [ERR_ONWARD_EXIT]: process.exit(3) was called; Onward does not end the server for it, but stops this request"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
