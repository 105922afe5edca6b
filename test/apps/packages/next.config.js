const withBundleAnalyzer = require("@next/bundle-analyzer")({ enabled: process.env.ANALYZE === "true" });
const withMDX = require("@next/mdx")({ extension: /\.mdx?$/ });
const { i18n } = require("./next-i18next.config");

/** A plugin in the fashion of next-pwa: it takes a config and gives one back. */
const withNothing = (options) => (config) => ({ ...config, env: { ...config.env, PLUGIN: options.name } });

/** @type {import("next").NextConfig} */
const config = {
  pageExtensions: ["tsx", "ts", "mdx"],
  reactStrictMode: true,
  compiler: { styledComponents: true },
  typescript: { ignoreBuildErrors: true },
  i18n,
  env: { SITE: "packages" },
};

module.exports = [withBundleAnalyzer, withMDX, withNothing({ name: "nothing" })].reduce((all, plugin) => plugin(all), config);
