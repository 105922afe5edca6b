// Runs webpack loaders on one file, for preprocess.cjs: as much of webpack's loader
// context as loaders that turn text into text use. See loaders.go.

function loaderModule(name) {
  const file = path.isAbsolute(name) ? name : name.startsWith(".") ? path.resolve(name) : fromApp.resolve(name);
  try {
    return { file, loaded: require(file) };
  } catch (error) {
    if (error.code !== "ERR_REQUIRE_ESM" && error.code !== "ERR_REQUIRE_ASYNC_MODULE") throw error;
    return { file, loaded: undefined };
  }
}

/** Loaders of our own: "onward:text" gives a file's text as the default export. */
const ownLoaders = { "onward:text": (text) => `export default ${JSON.stringify(text)};` };

async function prepareLoader({ loader, options }) {
  if (Object.hasOwn(ownLoaders, loader)) return { path: loader, run: ownLoaders[loader], options: {}, data: {} };
  let module;
  try {
    module = loaderModule(loader);
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND" && error.message.includes(`'${loader}'`)) throw new Missing(loader);
    throw error;
  }
  const loaded = module.loaded ?? (await import(pathToFileURL(module.file).href));
  const run = loaded.default?.default ?? loaded.default ?? loaded;
  return { path: module.file, run, pitch: loaded.pitch ?? run.pitch, raw: loaded.raw ?? run.raw, options: options ?? {}, data: {} };
}

function contextOf(file, chain, index, settle, uses) {
  const context = {
    version: 2,
    mode: process.env.NODE_ENV,
    target: "web",
    webpack: true,
    hot: false,
    sourceMap: false,
    resource: file,
    resourcePath: file,
    resourceQuery: "",
    resourceFragment: "",
    context: path.dirname(file),
    rootContext: process.cwd(),
    loaders: chain,
    loaderIndex: index,
    query: chain[index].options,
    data: chain[index].data,
    environment: { arrowFunction: true, const: true, destructuring: true, dynamicImport: true, module: true },
    fs,
    _module: {},
    _compilation: { outputOptions: {}, options: {}, hooks: {} },
    utils: {
      contextify: (from, request) => path.relative(from, request),
      absolutify: (from, request) => path.resolve(from, request),
    },
    getOptions: () => chain[index].options,
    getLogger: () => console,
    cacheable() {},
    addDependency: (name) => void uses.files.add(name),
    dependency: (name) => void uses.files.add(name),
    addContextDependency: (dir) => void uses.dirs.add(dir),
    addMissingDependency: (name) => void uses.files.add(name),
    addBuildDependency: (name) => void uses.files.add(name),
    clearDependencies() {
      uses.files.clear();
      uses.dirs.clear();
    },
    getDependencies: () => [...uses.files],
    emitWarning: (warning) => console.error(String(warning?.message ?? warning)),
    emitError: (error) => settle.reject(error instanceof Error ? error : new Error(String(error))),
    emitFile() {
      throw new Error(`the loader ${chain[index].path} writes a file of its own, which is not supported`);
    },
    resolve(from, request, callback) {
      try {
        callback(null, createRequire(path.join(from, "file.js")).resolve(request));
      } catch (error) {
        callback(error);
      }
    },
    getResolve: () => (from, request, callback) =>
      callback ? context.resolve(from, request, callback) : Promise.resolve(createRequire(path.join(from, "file.js")).resolve(request)),
  };
  return context;
}

/** Calls a loader or its pitch, in any of the ways in which they answer. */
function callLoader(fn, file, chain, index, args, uses) {
  return new Promise((resolve, reject) => {
    let later = false;
    const context = contextOf(file, chain, index, { resolve, reject }, uses);
    const callback = (error, ...results) => (error ? reject(error) : resolve(results));
    context.callback = (...all) => {
      later = true;
      callback(...all);
    };
    context.async = () => {
      later = true;
      return callback;
    };
    const result = fn.apply(context, args);
    if (typeof result?.then === "function") result.then((value) => (later && value === undefined ? undefined : resolve([value])), reject);
    else if (!later) resolve([result]);
  });
}

async function runLoaders({ file, bytes, loaders }, uses) {
  const chain = await Promise.all(loaders.map(prepareLoader));
  let results = [Buffer.from(bytes, "base64")];
  let index = chain.length - 1;
  for (let i = 0; i < chain.length; i++) {
    if (!chain[i].pitch) continue;
    const rest = chain.slice(i + 1).map((l) => l.path).concat(file).join("!");
    const [early] = await callLoader(chain[i].pitch, file, chain, i, [rest, chain.slice(0, i).map((l) => l.path).join("!"), chain[i].data], uses);
    if (early !== undefined) {
      results = [early];
      index = i - 1;
      break;
    }
  }
  for (; index >= 0; index--) {
    const [content] = results;
    const input = chain[index].raw ? Buffer.from(content) : String(content);
    results = await callLoader(chain[index].run, file, chain, index, [input, ...results.slice(1)], uses);
  }
  return String(results[0]);
}
