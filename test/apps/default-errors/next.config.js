// With LOCALES the error pages come in every locale.
module.exports = process.env.LOCALES ? { i18n: { locales: process.env.LOCALES.split(","), defaultLocale: "en" } } : {};
