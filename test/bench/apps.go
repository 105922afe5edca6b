package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/onwardjs/onward/test/rig"
)

// endpoint is a path of the served app; without a path it is the picture that
// the page /asset imports.
type endpoint struct {
	key, name, path string
	// guarded: of the app with middleware, else of the one without.
	guarded bool
}

var endpoints = []endpoint{
	{"static", "static page", "/", false},
	{"ssg", "SSG page", "/ssg", false},
	{"isr", "ISR page", "/isr", false},
	{"file", "public file", "/file.txt", false},
	{"asset", "hashed asset", "", false},
	{"api", "API route", "/api/json", false},
	{"ssr50", "SSR of 50 rows", "/ssr50", false},
	{"ssr1000", "SSR of 1,000 rows", "/ssr1000", false},
	{"beside", "SSG page that middleware does not match", "/ssg", true},
	{"behind", "SSG page behind middleware", "/behind", true},
}

func endpointKeys() []string {
	var keys []string
	for _, e := range endpoints {
		keys = append(keys, e.key)
	}
	return keys
}

// newApp is an app that write fills, with the packages of the fixture apps. It is
// removed when everything is measured: deleting many files makes file systems slow
// at creating new ones for minutes, which would count against what is measured next.
func (o *options) newApp(ctx context.Context, f rig.Framework, write func(dir string) error) (*rig.App, error) {
	dir, err := rig.TempDir("bench-")
	if err != nil {
		return nil, err
	}
	o.leftovers = append(o.leftovers, func() error { return os.RemoveAll(dir) })
	if err := write(dir); err != nil {
		return nil, err
	}
	app, err := rig.New(ctx, dir, f)
	if err != nil {
		return nil, err
	}
	o.leftovers = append(o.leftovers, app.Remove)
	return app, nil
}

// remove removes all apps.
func (o *options) remove() error {
	var err error
	for _, leftover := range o.leftovers {
		err = errors.Join(err, leftover())
	}
	return err
}

// writePages writes an app of n pages. They share 40 components, five on each
// page, have a CSS module among ten, and every second one has getStaticProps.
func writePages(dir string, n int) error {
	files := map[string]string{
		"pages/_app.js":     "import \"../styles/global.css\";\n\nexport default function App({ Component, pageProps }) {\n  return <Component {...pageProps} />;\n}\n",
		"pages/index.js":    hello,
		"styles/global.css": "body { margin: 0; }\n",
	}
	for i := range 40 {
		files[fmt.Sprintf("components/C%d.js", i)] = fmt.Sprintf(component, i, i, i)
	}
	for i := range 10 {
		files[fmt.Sprintf("styles/s%d.module.css", i)] = fmt.Sprintf(".box { padding: %dpx; }\n.title { color: rgb(%d, 20, 30); }\n", i, i)
	}
	for i := range n - 1 {
		var imports, uses strings.Builder
		for k := range 5 {
			c := (i*7 + k*11) % 40
			fmt.Fprintf(&imports, "import { C%d } from \"../components/C%d\";\n", c, c)
			fmt.Fprintf(&uses, "      <C%d label=\"%d\" />\n", c, k)
		}
		props := ""
		if i%2 == 1 {
			props = fmt.Sprintf("export async function getStaticProps() {\n  return { props: { page: %d } };\n}\n\n", i)
		}
		files[fmt.Sprintf("pages/p%d.js", i)] = fmt.Sprintf(page, imports.String(), i%10, props, i, i, uses.String())
	}
	return writeFiles(dir, files)
}

const hello = `export default function Home() {
  return <h1>Hello</h1>;
}
`

const component = `import { useState } from "react";

export function C%d({ label }) {
  const [on, setOn] = useState(false);
  return (
    <button className="c%d" onClick={() => setOn(!on)}>
      {label} {on ? "on" : "off"} %d
    </button>
  );
}
`

const page = `import Head from "next/head";
import Link from "next/link";
%simport styles from "../styles/s%d.module.css";

%sexport default function Page%d({ page = "static" }) {
  return (
    <main className={styles.box}>
      <Head>
        <title>Page %d</title>
      </Head>
      <h1 className={styles.title}>{page}</h1>
      <Link href="/">home</Link>
%s    </main>
  );
}
`

// writeGuarded is writeServed with middleware, which reads a cookie and a header and
// lets the request pass, before one page.
func writeGuarded(dir string) error {
	if err := writeServed(dir); err != nil {
		return err
	}
	list, err := os.ReadFile(filepath.Join(dir, "pages", "ssg.js"))
	if err != nil {
		return err
	}
	return writeFiles(dir, map[string]string{"pages/behind.js": string(list), "middleware.js": guard})
}

const guard = `import { NextResponse } from "next/server";

export const config = { matcher: ["/behind/:path*", "/private/:path*"] };

export function middleware(request) {
  if (request.nextUrl.pathname.startsWith("/private") && !request.cookies.get("session")) {
    return NextResponse.redirect(new URL("/", request.url));
  }
  const response = NextResponse.next();
  response.headers.set("x-seen", request.headers.get("accept") ?? "nothing");
  return response;
}
`

// writeServed writes the app whose endpoints are loaded.
func writeServed(dir string) error {
	rows := func(n int) string {
		return fmt.Sprintf(`import Link from "next/link";

export async function getServerSideProps() {
  const rows = Array.from({ length: %d }, (_, id) => ({ id, name: "Row " + id, price: id * 3 }));
  return { props: { rows } };
}

function Row({ row }) {
  return (
    <tr className={row.id %% 2 ? "odd" : "even"}>
      <td>{row.id}</td>
      <td>
        <Link href={"/rows/" + row.id} prefetch={false}>
          {row.name}
        </Link>
      </td>
      <td>{row.price}</td>
    </tr>
  );
}

export default function Table({ rows }) {
  return (
    <table>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
}
`, n)
	}
	listed := func(revalidate string) string {
		return `export async function getStaticProps() {
  return { props: { items: Array.from({ length: 30 }, (_, i) => "Item " + i) }` + revalidate + ` };
}

export default function List({ items }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}
`
	}
	return writeFiles(dir, map[string]string{
		"pages/index.js":    hello,
		"pages/ssg.js":      listed(""),
		"pages/isr.js":      listed(", revalidate: 1"),
		"pages/ssr50.js":    rows(50),
		"pages/ssr1000.js":  rows(1000),
		"pages/api/json.js": "export default function handler(req, res) {\n  res.status(200).json({ hello: \"world\", query: req.query });\n}\n",
		"pages/asset.js":    "import picture from \"../picture.png\";\n\nexport default function Asset() {\n  return <img src={picture.src} alt=\"\" />;\n}\n",
		"public/file.txt":   strings.Repeat("a line of a public file\n", 100),
		"picture.png":       picture(),
	})
}

// picture is a PNG of about 20 KB that does not compress further.
func picture() string {
	random := rand.New(rand.NewPCG(1, 2))
	img := image.NewGray(image.Rect(0, 0, 142, 142))
	for i := range img.Pix {
		img.Pix[i] = byte(random.UintN(256))
	}
	var b strings.Builder
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	return b.String()
}

func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
