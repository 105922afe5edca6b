const handled = process.env.HANDLED ? { cacheHandler: require.resolve("./handler.js"), cacheMaxMemorySize: 0 } : {};

module.exports = { expireTime: 6, ...handled };
