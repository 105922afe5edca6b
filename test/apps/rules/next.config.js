// The rules of routing. VARIANT chooses other settings around them.
const upstream = process.env.UPSTREAM || "http://127.0.0.1:9";

const variants = {
  based: { basePath: "/docs" },
  slash: { trailingSlash: true },
  skip: { skipTrailingSlashRedirect: true },
  prefix: { assetPrefix: "/cdn" },
  origin: { assetPrefix: "https://cdn.example.com/assets" },
  bare: { poweredByHeader: false, generateEtags: false, compress: false, crossOrigin: "anonymous" },
  exact: { experimental: { caseSensitiveRoutes: true } },
  hidden: { useFileSystemPublicRoutes: false },
  hasty: { experimental: { proxyTimeout: 300 } },
};
const based = process.env.VARIANT === "based";

const has = (type, key, value) => ({ has: [{ type, key, value }] });

module.exports = {
  generateBuildId: () => "fixed-id",
  ...variants[process.env.VARIANT],

  async redirects() {
    return [
      { source: "/old", destination: "/about", permanent: true },
      { source: "/old/:slug", destination: "/dyn/:slug", permanent: false },
      { source: "/r301", destination: "/about", statusCode: 301 },
      { source: "/r302", destination: "/about", statusCode: 302 },
      { source: "/r303", destination: "https://example.com/x?y=1#z", statusCode: 303 },
      { source: "/t/:path*", destination: "/ssr?p=:path*", permanent: false },
      { source: "/hash", destination: "/about#frag", permanent: false },
      { source: "/qs", destination: "/ssr?a=fixed", permanent: false },
      { source: "/num/:id(\\d+)", destination: "/dyn/:id", permanent: false },
      { source: "/opt/:a?", destination: "/ssr?a=:a", permanent: false },
      { source: "/plus/:p+", destination: "/cat/:p+", permanent: false },
      { source: "/un/(.*)", destination: "/about", permanent: false },
      { source: "/h", has: [{ type: "header", key: "x-go" }], destination: "/dyn/header", permanent: false },
      { source: "/h", ...has("header", "x-val", "(?<v>.*)-end"), destination: "/dyn/:v", permanent: false },
      { source: "/h", ...has("cookie", "c", "yes"), destination: "/dyn/cookie", permanent: false },
      { source: "/h", ...has("query", "q", "(?<qv>[a-z]+)"), destination: "/dyn/:qv", permanent: false },
      { source: "/h", has: [{ type: "host", value: "(?<sub>.*)\\.example\\.com" }], destination: "/dyn/:sub", permanent: false },
      { source: "/h", has: [{ type: "query", key: "any-key" }], destination: "/ssr?v=:anykey", permanent: false },
      { source: "/h", missing: [{ type: "header", key: "x-keep" }], destination: "/dyn/missing", permanent: false },
      { source: "/to-host/:h", destination: "https://:h.example.com/x", permanent: false },
      { source: "/ext/:path*", destination: "https://example.com/:path*", permanent: false },
      { source: "/any/:path*", destination: "/:path*", permanent: false },
      { source: "/_next/:path*", destination: "/about", permanent: false },
      { source: "/pre/:a-:b.html", destination: "/cat/:a/:b", permanent: false },
      { source: "/esc\\(x\\)", destination: "/about", permanent: false },
      { source: "/neg/((?!keep|api/).*)", destination: "/about", permanent: false },
      ...(based
        ? [
            { source: "/", destination: "/docs", basePath: false, permanent: false },
            { source: "/plain/:x", destination: "/docs/dyn/:x", basePath: false, permanent: false },
            { source: "/out", destination: "https://example.com/out", permanent: false },
          ]
        : []),
    ];
  },

  async rewrites() {
    return {
      beforeFiles: [
        { source: "/before", destination: "/ssr?from=before" },
        { source: "/about", has: [{ type: "query", key: "over" }], destination: "/ssr?over=1" },
        { source: "/file.txt", has: [{ type: "query", key: "over" }], destination: "/dir/deep.txt" },
        { source: "/chain1", destination: "/chain2" },
        { source: "/chain2", destination: "/ssr?chain=2" },
        { source: "/before-miss", destination: "/nowhere" },
        { source: "/before-dyn/:x", destination: "/dyn/:x" },
        { source: "/first-up/:path*", destination: `${upstream}/first/:path*` },
      ],
      afterFiles: [
        { source: "/about", destination: "/ssr?never=1" },
        { source: "/rw/:id", destination: "/ssr?z=1" },
        { source: "/rwq/:id", destination: "/ssr?id2=:id" },
        { source: "/rwp/:id", destination: "/dyn/:id" },
        { source: "/rwp2/:a/:b", destination: "/dyn/:a" },
        { source: "/rwall/:path*", destination: "/cat/:path*" },
        { source: "/rwstatic", destination: "/about" },
        { source: "/rwindex", destination: "/" },
        { source: "/rwgip", destination: "/gip?x=1" },
        { source: "/rwgsp/:s", destination: "/gsp/:s" },
        { source: "/rwapi/:path*", destination: "/api/:path*" },
        { source: "/rwfile", destination: "/file.txt" },
        { source: "/rwmiss", destination: "/nowhere" },
        { source: "/rwchain", destination: "/rwchain2" },
        { source: "/rwchain2", destination: "/ssr?c=2" },
        { source: "/dyn/shadow", destination: "/ssr?shadow=1" },
        { source: "/rwslash", destination: "/about/" },
        { source: "/rwhas", ...has("header", "x-id", "(?<id>\\d+)-(?<rest>.*)"), destination: "/ssr?rest=:rest" },
        { source: "/rwhas", ...has("cookie", "who"), destination: "/ssr?by=cookie" },
        { source: "/rwhost", has: [{ type: "host", value: "(?<tenant>.*)\\.tenant\\.test" }], destination: "/dyn/:tenant" },
        { source: "/rwlist/:p*", destination: "/ssr?p=:p" },
        { source: "/rwnext/:path*", destination: "/_next/static/:path*" },
        { source: "/up/:path*", destination: `${upstream}/:path*` },
        { source: "/upq", destination: `${upstream}/q?fixed=1` },
        { source: "/down/:path*", destination: "http://127.0.0.1:9/:path*" },
        { source: "/zone/:host", destination: "http://:host.invalid/x" },
      ],
      fallback: [
        { source: "/fb/:path*", destination: "/ssr?fb=1" },
        { source: "/dyn/:id", destination: "/ssr?neverfb=1" },
        { source: "/legacy/:path*", destination: `${upstream}/legacy/:path*` },
        ...(based ? [{ source: "/other/:path*", destination: `${upstream}/other/:path*`, basePath: false }] : []),
      ],
    };
  },

  async headers() {
    return [
      { source: "/:path*", headers: [{ key: "x-all", value: "1" }] },
      {
        source: "/about",
        headers: [
          { key: "x-about", value: "a" },
          { key: "Cache-Control", value: "public, max-age=5" },
        ],
      },
      {
        source: "/dyn/:id",
        headers: [
          { key: "x-id-:id", value: "v-:id" },
          { key: "x-all", value: "dyn" },
        ],
      },
      {
        source: "/ssr",
        headers: [
          { key: "x-over", value: "one" },
          { key: "set-cookie", value: "a=1" },
          { key: "set-cookie", value: "aa=1" },
          { key: "Cache-Control", value: "public, max-age=7" },
          { key: "content-type", value: "text/x-own" },
        ],
      },
      {
        source: "/ssr",
        headers: [
          { key: "X-Over", value: "two" },
          { key: "set-cookie", value: "b=2" },
        ],
      },
      { source: "/ssr-sets", headers: [{ key: "set-cookie", value: "rule=1" }, { key: "x-sets", value: "rule" }, { key: "etag", value: "rule" }, { key: "x-powered-by", value: "rule" }] },
      { source: "/file.txt", headers: [{ key: "cache-control", value: "public, max-age=60" }, { key: "content-type", value: "text/x-file" }, { key: "etag", value: '"mine"' }] },
      { source: "/_next/static/:path*", headers: [{ key: "x-static", value: "1" }] },
      { source: "/_next/static/fixed-id/_ssgManifest.js", headers: [{ key: "cache-control", value: "public, max-age=3" }] },
      {
        source: "/api/:path*",
        headers: [
          { key: "Access-Control-Allow-Origin", value: "*" },
          { key: "x-csp", value: "default-src 'self' https://a.example:443; img-src :nothing" },
          { key: "x-rest", value: ":path*" },
        ],
      },
      { source: "/nothing-here", headers: [{ key: "cache-control", value: "public, max-age=9" }] },
      { source: "/old", headers: [{ key: "x-redirect", value: "never" }] },
      { source: "/up/:path*", headers: [{ key: "x-rule", value: "never" }] },
      { source: "/gsp/:slug", headers: [{ key: "cache-control", value: "public, max-age=11" }] },
      { source: "/has", ...has("header", "x-h", "(?<w>.*)"), headers: [{ key: "x-w", value: ":w" }] },
      { source: "/has", missing: [{ type: "query", key: "no" }], headers: [{ key: "x-missing", value: "1" }] },
    ];
  },
};
