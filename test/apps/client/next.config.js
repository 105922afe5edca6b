/** @type {import('next').NextConfig} */
module.exports = {
  experimental: { scrollRestoration: true },
  async rewrites() {
    return {
      beforeFiles: [
        { source: "/over-static", destination: "/ssp?from=over" },
        { source: "/when-query", has: [{ type: "query", key: "to", value: "(?<page>gip|ssp)" }], destination: "/:page" },
        { source: "/when-cookie", has: [{ type: "cookie", key: "side", value: "b" }], destination: "/ssg/b" },
        { source: "/unless-cookie", missing: [{ type: "cookie", key: "side" }], destination: "/ssg/c" },
      ],
      afterFiles: [
        { source: "/re/static", destination: "/static" },
        { source: "/re/:slug", destination: "/ssg/:slug" },
        { source: "/re-post/:id(\\d+)/:rest*", destination: "/posts/:id" },
        { source: "/re-query/:a/:b?", destination: "/ssp?x=:a" },
        { source: "/re-docs/:path*", destination: "/docs/:path*" },
        { source: "/re-api", destination: "/api/hello" },
        { source: "/outside/:path*", destination: "https://example.com/:path*" },
        { source: "/chain-a", destination: "/chain-b" },
        { source: "/chain-b", destination: "/ssg/chained" },
        { source: "/static", destination: "/ssp?never=1" },
      ],
      fallback: [{ source: "/old/:path*", destination: "/ssp?old=:path*" }],
    };
  },
};
