// Part of the program that evaluates next.config in Node.js (evaluate.go). It calls
// the webpack option with a configuration of the shape that Next.js would give
// it, and keeps what other bundlers know too: aliases, constants, and loaders for
// files that are neither scripts nor styles. The rest has no effect.
function takeFromWebpack(c, dir) {
  if (typeof c.webpack !== "function") return;
  if (c.turbopack) {
    delete c.webpack; // the app says the same in the other option, which counts in Next.js too
    return;
  }
  const images = {
    test: /\.(png|jpg|jpeg|gif|webp|avif|ico|bmp|svg)$/i,
    loader: "next-image-loader",
    issuer: { not: /\.(css|scss|sass)$/ },
    dependency: { not: ["url"] },
    resourceQuery: { not: [] },
    options: {},
  };
  const own = [images, { oneOf: [] }];
  const constants = {};
  const plugin = (name) =>
    class {
      constructor(options) {
        if (name === "DefinePlugin") Object.assign(constants, options);
      }
      apply() {}
    };
  const classes = new Map();
  const webpack = new Proxy(function webpack() {}, {
    get: (target, name) => {
      if (typeof name === "symbol") return target[name];
      if (!classes.has(name)) classes.set(name, /^[A-Z]/.test(name) ? plugin(name) : webpack);
      return classes.get(name);
    },
  });
  const given = {
    name: "client",
    mode: "production",
    context: dir,
    target: ["web"],
    devtool: false,
    entry: async () => ({}),
    output: { path: dir + "/.next", publicPath: "/_next/" },
    externals: [],
    plugins: [],
    performance: false,
    optimization: { minimizer: [], splitChunks: { cacheGroups: {} } },
    experiments: {},
    resolve: { alias: {}, fallback: {}, modules: ["node_modules"], extensions: [".js", ".mjs", ".tsx", ".ts", ".jsx", ".json", ".wasm"], plugins: [], mainFields: [] },
    resolveLoader: { alias: {}, modules: ["node_modules"], plugins: [] },
    module: { rules: [...own], parser: {}, generator: {} },
    watchOptions: {},
    infrastructureLogging: {},
  };
  const options = {
    buildId: "build",
    dev: false,
    dir,
    isServer: false,
    nextRuntime: undefined,
    config: c,
    totalPages: 1,
    defaultLoaders: { babel: { loader: "next-swc-loader", options: {} } },
    webpack,
  };
  let made;
  try {
    made = c.webpack(given, options) ?? given;
  } catch (error) {
    console.error(`the webpack option of next.config failed, so nothing of it counts: ${error.message}`);
    return;
  }
  const rules = {};
  for (const rule of made.module?.rules ?? []) {
    const taken = own.includes(rule) ? undefined : takeRule(rule);
    if (taken) rules[`{*,webpack-rule-${Object.keys(rules).length}}`] = [taken];
  }
  const aliases = {};
  const take = (list, wrap) => {
    for (const [from, to] of Object.entries(list ?? {})) {
      const target = Array.isArray(to) ? to[0] : to;
      if (typeof target !== "string" && target !== false) continue;
      const exact = from.endsWith("$");
      const name = exact ? from.slice(0, -1) : from;
      aliases[name] = wrap(target);
      if (!exact && target && !/\.[cm]?[jt]sx?$/.test(target)) aliases[name + "/*"] = wrap(target + "/*");
    }
  };
  take(made.resolve?.fallback, (browser) => ({ browser }));
  take(made.resolve?.alias, (target) => target);
  const define = {};
  for (const [name, code] of Object.entries(constants)) {
    try {
      define[name] = typeof code === "string" ? JSON.parse(code) : code;
    } catch {
      continue; // an expression
    }
    if (define[name] === null || typeof define[name] === "object") delete define[name];
  }
  c.turbopack = { rules, resolveAlias: aliases };
  if (Object.keys(define).length) c.compiler = { ...c.compiler, define: { ...define, ...c.compiler?.define } };
}

function takeRule(rule) {
  const test = rule.test;
  if (!(test instanceof RegExp) || rule.resourceQuery instanceof RegExp || rule.enforce) return undefined;
  if (["a.js", "a.mjs", "a.jsx", "a.ts", "a.tsx", "a.css", "a.scss", "a.sass"].some((name) => test.test(name))) return undefined;
  const uses = [rule.use ?? (rule.loader ? { loader: rule.loader, options: rule.options } : [])].flat();
  const loaders = uses
    .map((use) => (typeof use === "string" ? { loader: use } : use))
    .filter((use) => use?.loader !== "next-swc-loader" && use?.loader !== "babel-loader");
  if (rule.type === "asset/source") loaders.push({ loader: "onward:text" });
  if (!loaders.length || loaders.some((use) => typeof use?.loader !== "string")) return undefined;
  return { loaders, as: rule.type === "json" ? "*.json" : "*.jsx", condition: { path: test } };
}
