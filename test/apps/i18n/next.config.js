// VARIANT chooses what a suite looks at: "domains", "undetected" (localeDetection: false), "based" (basePath and
// trailingSlash), "single" (one locale); otherwise locales are sub-paths.
const variant = process.env.VARIANT;

const domains = [
  { domain: "example.com", defaultLocale: "en" },
  { domain: "example.fr", defaultLocale: "fr", http: true },
  { domain: "example.nl", defaultLocale: "nl-NL", locales: ["nl-BE"] },
];

module.exports = {
  i18n: {
    locales: variant === "single" ? ["en"] : ["en", "fr", "nl-NL", "nl-BE"],
    defaultLocale: "en",
    ...(variant === "domains" && { domains }),
    ...(variant === "undetected" && { localeDetection: false }),
  },
  ...(variant === "based" && { basePath: "/docs", trailingSlash: true }),
  redirects: () => [
    { source: "/r1", destination: "/about", permanent: false },
    { source: "/r2/:slug", destination: "/posts/:slug", permanent: true },
    { source: "/fr/r3", destination: "/fr/about", locale: false, permanent: false },
    { source: "/nl-NL/r4", destination: "/about", locale: false, permanent: false },
    { source: "/:nextInternalLocale(en|fr)/r5", destination: "/:nextInternalLocale/about", locale: false, permanent: false },
  ],
  rewrites: () => ({
    beforeFiles: [
      { source: "/w1", destination: "/about" },
      { source: "/wapi1", destination: "/api/echo" },
    ],
    afterFiles: [
      { source: "/w2", destination: "/gssp?from=w2" },
      { source: "/fr/w3", destination: "/fr/about", locale: false },
      { source: "/fr/w4", destination: "/nl-NL/gssp", locale: false },
      { source: "/w5/:slug", destination: "/posts/:slug" },
      { source: "/wapi2/:slug", destination: "/api/echo?from=:slug" },
      { source: "/en/wapi3", destination: "/fr/api/echo", locale: false },
    ],
    fallback: [
      { source: "/w6", destination: "/gsp" },
      { source: "/wapi4", destination: "/api/echo" },
    ],
  }),
  headers: () => [
    { source: "/about", headers: [{ key: "x-about", value: "1" }] },
    { source: "/fr/about", locale: false, headers: [{ key: "x-french", value: "1" }] },
  ],
};
