/** @type {import('next').NextConfig} */
module.exports = {
  basePath: "/base",
  trailingSlash: true,
  i18n: {
    locales: ["en", "fr", "nl-NL"],
    defaultLocale: "en",
    domains: [{ domain: "nl.localhost", defaultLocale: "nl-NL", http: true }],
  },
  async rewrites() {
    return [
      { source: "/re/:slug", destination: "/ssg/:slug" },
      { source: "/fr/seulement", destination: "/fr/ssp", locale: false },
    ];
  },
};
