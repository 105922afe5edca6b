const { HANDLED, YEAR, ZONES } = process.env;

module.exports = {
  ...(YEAR ? {} : { expireTime: 6 }),
  ...(HANDLED ? { cacheHandler: require.resolve("./handler.js"), cacheMaxMemorySize: 0 } : {}),
  ...(ZONES ? { experimental: { multiZoneDraftMode: true } } : {}),
};
