// Rules of routing beside a middleware, which makes them see data requests as pages.
const upstream = process.env.UPSTREAM || "http://127.0.0.1:9";

module.exports = {
  generateBuildId: () => "fixed-id",
  redirects: async () => [
    { source: "/old/:slug", destination: "/dyn/:slug", permanent: false },
    { source: "/gone", destination: "/about", permanent: true },
  ],
  rewrites: async () => ({
    beforeFiles: [{ source: "/before", destination: "/ssr?from=before" }],
    afterFiles: [
      { source: "/rw/:id", destination: "/ssr?z=1" },
      { source: "/dyn/shadow", destination: "/ssr?shadow=1" },
      { source: "/rwstatic", destination: "/about" },
      { source: "/rwfile", destination: "/file.txt" },
      { source: "/up/:path*", destination: `${upstream}/:path*` },
    ],
    fallback: [{ source: "/fb/:path*", destination: "/ssr?fb=1" }],
  }),
  headers: async () => [
    { source: "/:path*", headers: [{ key: "x-all", value: "1" }, { key: "x-both", value: "rule" }, { key: "set-cookie", value: "rule=1" }] },
    { source: "/about", headers: [{ key: "x-about", value: "1" }, { key: "cache-control", value: "public, max-age=5" }] },
  ],
};
