/** @type {import('next').NextConfig} */
module.exports = {
  reactStrictMode: true,
  env: { FROM_CONFIG: "config value" },
  images: { qualities: [50, 75] },
};
