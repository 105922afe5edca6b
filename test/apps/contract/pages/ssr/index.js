import Link from "next/link";

const seen = (headers) => Object.fromEntries(["x-test", "x-nextjs-data", "x-invoke-path", "purpose"].map((name) => [name, headers[name] ?? null]));

/** One page for every way that getServerSideProps may end, chosen by ?do=. */
export async function getServerSideProps(context) {
  const { req, res, query, resolvedUrl } = context;
  switch (query.do) {
    case "redirect":
      return { redirect: { destination: "/about", permanent: false } };
    case "redirect-for-good":
      return { redirect: { destination: "/about", permanent: true } };
    case "redirect-301":
      return { redirect: { destination: "/about", statusCode: 301 } };
    case "redirect-away":
      return { redirect: { destination: "https://example.com/a b?é=1", permanent: false } };
    case "redirect-unbased":
      return { redirect: { destination: "/about", permanent: false, basePath: false } };
    case "redirect-418":
      return { redirect: { destination: "/about", statusCode: 418 } };
    case "notfound":
      return { notFound: true };
    case "throw":
      throw new Error("getServerSideProps threw: secret detail");
    case "throw-string":
      throw "a string";
    case "reject":
      return Promise.reject(new Error("rejected"));
    case "nothing":
      return undefined;
    case "extra":
      return { props: {}, more: 1 };
    case "promise":
      return { props: Promise.resolve({ late: true }) };
    case "end":
      res.statusCode = 418;
      res.setHeader("Content-Type", "text/x-ended");
      res.end("ended by user code");
      return { props: {} };
    case "write-head":
      res.writeHead(203, { "X-Written": "yes" });
      res.write("one ");
      res.end("two");
      return { props: {} };
    case "status":
      res.statusCode = 202;
      break;
    case "cookie":
      res.setHeader("Set-Cookie", ["a=1; Path=/", "b=2; HttpOnly"]);
      res.setHeader("X-Custom", "value");
      break;
    case "cache":
      res.setHeader("Cache-Control", "public, max-age=7");
      break;
    case "date":
      return { props: { when: new Date(0), undef: undefined } };
    case "escape":
      return { props: { text: "</script><b>&\u2028\u2029" } };
    case "unicode":
      return { props: { text: "日本語 🌱 \u0000 \ud800" } };
    case "redirect-cookie":
      res.setHeader("Set-Cookie", "moved=1");
      return { redirect: { destination: "/about", permanent: false } };
    case "notfound-cookie":
      res.setHeader("Set-Cookie", "gone=1");
      return { notFound: true };
  }
  return {
    props: {
      keys: Object.keys(context).sort(),
      query,
      resolvedUrl,
      url: req.url.replace(/^\/_next\/data\/[^/]+/, "/_next/data/ID"),
      method: req.method,
      cookies: req.cookies,
      seen: seen(req.headers),
    },
  };
}

export default function Ssr(props) {
  return (
    <main>
      <pre id="props">{JSON.stringify(props)}</pre>
      <Link id="home" href="/">home</Link>
    </main>
  );
}
