/** @type {import('next').NextConfig} */
module.exports = {
  basePath: "/base",
  deploymentId: "first-1",
  reactStrictMode: true,
  experimental: { manualClientBasePath: true, linkNoTouchStart: true, optimisticClientCache: false, webVitalsAttribution: ["FCP"] },
};
