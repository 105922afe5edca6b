// VARIANT chooses how pictures get their URLs.
const variant = process.env.VARIANT;

/** @type {import("next").NextConfig} */
module.exports = {
  env: { variant: variant ?? "" },
  basePath: variant === "loader-file" ? "/shop" : undefined,
  crossOrigin: variant === "loader-file" ? "use-credentials" : "anonymous",
  images:
    variant === "loader-file"
      ? { loader: "custom", loaderFile: "./loader.js" }
      : variant === "unoptimized"
        ? { unoptimized: true }
        : ["imgix", "akamai", "cloudinary"].includes(variant)
          ? { loader: variant, path: "https://pictures.example.com/" }
          : {
              deviceSizes: [500, 1000],
              imageSizes: [20, 40],
              qualities: [30, 60, 90],
              path: "/pictures",
              remotePatterns: [{ protocol: "https", hostname: "**.example.com" }],
            },
  ...(variant === "loader-file" ? { reactStrictMode: true, poweredByHeader: false, generateEtags: false } : {}),
};
