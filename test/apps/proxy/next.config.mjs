/** VARIANT chooses what the suites of this app differ in. */
const i18n = { locales: ["en", "de", "nl-NL"], defaultLocale: "en", localeDetection: false };
const variants = {
  plain: {},
  based: { basePath: "/base" },
  i18n: { i18n: { ...i18n, domains: [{ domain: "example.nl", defaultLocale: "nl-NL" }] } },
  slash: { trailingSlash: true },
  raw: { skipProxyUrlNormalize: true, skipTrailingSlashRedirect: true },
};

export default variants[process.env.VARIANT ?? "plain"];
