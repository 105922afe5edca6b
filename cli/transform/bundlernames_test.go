package transform

import "testing"

func TestProvideBuffer(t *testing.T) {
	cases := []struct{ in, want string }{
		{`Buffer.from(a); new Buffer(1); f({ Buffer });`, `require("buffer").Buffer.from(a); new (require("buffer").Buffer)(1); f({ Buffer:require("buffer").Buffer });`},
		{`import { Buffer } from "buffer"; Buffer.from(1)`, `import { Buffer } from "buffer"; Buffer.from(1)`},
		{`function f(Buffer) { return Buffer }; a.Buffer; let x: Buffer; class ArrayBuffer {}`, `function f(Buffer) { return Buffer }; a.Buffer; let x: Buffer; class ArrayBuffer {}`},
		{`typeof Buffer !== "undefined" && Buffer.isBuffer(a)`, `typeof Buffer !== "undefined" && Buffer.isBuffer(a)`},
	}
	for _, c := range cases {
		var e Edits
		Parse("a.ts", c.in).ProvideBuffer(&e)
		if got := e.Apply(c.in, ""); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestFileURLs(t *testing.T) {
	module := func(s string, worker bool) string {
		if worker {
			return "worker:" + s
		}
		if s == "./script.js" {
			return ""
		}
		return "file:" + s
	}
	cases := []struct{ in, want string }{
		{`"use client";
a(new URL("./a.txt", import.meta.url).href, new URL(` + "`./b.bin`" + `, import.meta.url));`,
			`"use client";
import __onward_file_ from "file:./a.txt";import __onward_file__ from "file:./b.bin";a(new URL(__onward_file_,BASE).href, new URL(__onward_file__,BASE));`},
		{`new URL("./script.js", import.meta.url); new URL("./x", base); new URL(x, import.meta.url);`,
			`new URL("./script.js", import.meta.url); new URL("./x", base); new URL(x, import.meta.url);`},
		{`new Worker(new URL("./w.js", import.meta.url), { name: "w" }); function f(Worker) { new Worker(new URL("./x", import.meta.url)) }`,
			`import __onward_file_ from "worker:./w.js";import __onward_file__ from "file:./x";new Worker(new URL(__onward_file_,BASE), { name: "w" }); function f(Worker) { new Worker(new URL(__onward_file__,BASE)) }`},
	}
	for _, c := range cases {
		var e Edits
		Parse("a.ts", c.in).FileURLs(&e, "BASE", module)
		if got := e.Apply(c.in, ""); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
