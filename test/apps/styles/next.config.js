/** @type {import("next").NextConfig} */
module.exports = {
  images: { loaderFile: "./images/loader.js" },
  compiler: { removeConsole: { exclude: ["error"] }, reactRemoveProperties: true, define: { GREETING: "hello" } },
};
