/** VARIANT chooses what the suites of this app differ in. */
const variants = {
  plain: {},
  strict: { experimental: { proxyClientMaxBodySize: "2kb" } },
};

export default {
  ...variants[process.env.VARIANT ?? "plain"],
  headers: () => [{ source: "/:path*", headers: [{ key: "x-rule", value: "config" }, { key: "x-both", value: "config" }] }],
  redirects: () => [{ source: "/moved", destination: "/about?from=moved", permanent: false }],
  rewrites: () => ({
    beforeFiles: [{ source: "/before", destination: "/ssr?rule=before" }],
    afterFiles: [{ source: "/after", destination: "/ssr?rule=after" }],
    fallback: [],
  }),
};
