import type { NextConfig } from "next";

const config: NextConfig = {
  pageExtensions: ["page.tsx", "page.ts"],
  reactStrictMode: false,
  expireTime: 3600,
  env: { NAMED: "by config" },
};

export default config;
