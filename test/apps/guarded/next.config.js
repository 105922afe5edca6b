// VARIANT chooses what the class under attack needs. UPSTREAM is the one server
// that rewrites may reach.
const variant = process.env.VARIANT;
const upstream = process.env.UPSTREAM;

/** @type {import("next").NextConfig} */
module.exports = {
  i18n:
    variant === "locales"
      ? { locales: ["en", "fr"], defaultLocale: "en" }
      : variant === "one-locale"
        ? { locales: ["en"], defaultLocale: "en" }
        : undefined,
  basePath: variant === "based" ? "/base" : undefined,
  async redirects() {
    return [
      { source: "/gone/:path*", destination: "/public/:path*", permanent: false },
      { source: "/out/:name", destination: "https://example.test/:name", permanent: false },
    ];
  },
  async rewrites() {
    if (!upstream) return [];
    return [
      { source: "/upstream/:path*", destination: `http://${upstream}/:path*` },
      {
        source: "/tenant/:path*",
        has: [{ type: "header", key: "x-tenant", value: "(?<tenant>.*)" }],
        destination: `http://:tenant.${upstream}/:path*`,
      },
      { source: "/host/:host*", destination: `http://:host.${upstream}/` },
    ];
  },
};
