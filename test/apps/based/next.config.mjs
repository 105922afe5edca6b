export default {
  basePath: "/docs",
  trailingSlash: true,
  poweredByHeader: false,
  generateEtags: false,
  generateBuildId: () => "  fixed-id ",
};
