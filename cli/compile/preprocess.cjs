// Runs in Node.js during a build. Each line on stdin is a style sheet to turn
// into plain CSS with the app's own Sass and PostCSS, or a file to put through
// webpack loaders (loaders.cjs); each line on stdout is an answer. See
// preprocess.go for the shapes.
// Lists of processes would show the whole script.
process.title = "onward: styles and loaders";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { createRequire } = require("node:module");
const { fileURLToPath, pathToFileURL } = require("node:url");

// Plugins may log; stdout is ours.
const answer = process.stdout.write.bind(process.stdout);
console.log = console.info = console.debug = console.error;

const fromApp = createRequire(path.join(process.cwd(), "package.json"));

class Missing extends Error {
  constructor(name) {
    super(`Cannot find package ${name}`);
    this.missing = name;
  }
}

function load(name, from = fromApp) {
  try {
    return from(name);
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND" && error.message.includes(`'${name}'`)) throw new Missing(name);
    throw error;
  }
}

function sassPackage(implementation) {
  if (implementation) return load(implementation);
  for (const name of ["sass-embedded", "sass"]) {
    try {
      return load(name);
    } catch (error) {
      if (!error.missing) throw error;
    }
  }
  throw new Missing("sass");
}

/** What a request was made of, beside its own file: files, and folders in which any file counts. */
const used = () => ({ files: new Set(), dirs: new Set() });

function compileSass(file, text, uses, { includePaths = [], additionalData, implementation }) {
  const sass = sassPackage(implementation);
  const compiled = sass.compileString(additionalData ? additionalData + "\n" + text : text, {
    url: pathToFileURL(file),
    syntax: file.endsWith(".sass") ? "indented" : "scss",
    loadPaths: [path.dirname(file), ...includePaths.map((dir) => path.resolve(dir)), process.cwd(), path.join(process.cwd(), "node_modules")],
    importers: [
      {
        // "~package/file" is webpack's way to say node_modules.
        findFileUrl: (url) => (url.startsWith("~") ? new URL(url.slice(1), pathToFileURL(path.join(process.cwd(), "node_modules/"))) : null),
      },
    ],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "legacy-js-api"],
  });
  for (const url of compiled.loadedUrls ?? []) if (url.protocol === "file:") uses.files.add(fileURLToPath(url));
  return compiled.css;
}

async function readConfig(file) {
  if (file.endsWith("package.json")) return JSON.parse(fs.readFileSync(file, "utf8")).postcss;
  if (/\.postcssrc$|\.json$/.test(file)) return JSON.parse(fs.readFileSync(file, "utf8"));
  const loaded = await import(pathToFileURL(file).href);
  const config = loaded.default ?? loaded;
  return typeof config === "function" ? config({ env: process.env.NODE_ENV, mode: process.env.NODE_ENV, cwd: process.cwd() }) : config;
}

/** Plugins come as functions, names, [name, options] pairs, or an object from names to options. */
function plugins(config) {
  const list = Array.isArray(config.plugins) ? config.plugins : Object.entries(config.plugins ?? {});
  return list
    .filter((item) => item && !(Array.isArray(item) && item[1] === false))
    .map((item) => {
      const [name, options] = Array.isArray(item) ? item : [item];
      if (typeof name !== "string") return options === undefined ? name : name(options);
      const plugin = load(name);
      return (plugin.default ?? plugin)(options === true ? undefined : options);
    });
}

function postcssPackage(config) {
  try {
    return load("postcss");
  } catch (error) {
    if (!error.missing) throw error;
  }
  // Next.js brings PostCSS itself; here a plugin's own copy serves.
  const names = Array.isArray(config.plugins) ? config.plugins.map((p) => (Array.isArray(p) ? p[0] : p)) : Object.keys(config.plugins ?? {});
  for (const name of [...names.filter((n) => typeof n === "string"), "next"]) {
    try {
      return load("postcss", createRequire(fromApp.resolve(name)));
    } catch {
      continue;
    }
  }
  throw new Missing("postcss");
}

let processor;
function prepare(file) {
  processor ??= readConfig(file).then((config) => {
    const postcss = postcssPackage(config);
    return (postcss.default ?? postcss)(plugins(config));
  });
  return processor;
}

async function run({ file, text, sass, postcss, options }, uses) {
  const css = sass ? compileSass(file, text, uses, options) : text;
  if (!postcss) return css;
  const result = await (await prepare(postcss)).process(css, { from: file, to: file, map: false });
  for (const message of result.messages) {
    if (message.type === "dependency" && typeof message.file === "string") uses.files.add(message.file);
    if (message.type === "dir-dependency" && typeof message.dir === "string") uses.dirs.add(message.dir);
  }
  return result.css;
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const request = JSON.parse(line);
  const uses = used();
  let reply;
  try {
    reply = { css: request.loaders ? await runLoaders(request, uses) : await run(request, uses) };
  } catch (error) {
    // The file with the mistake may be one that this one loads.
    uses.files.clear();
    if (error.span?.url?.protocol === "file:") uses.files.add(fileURLToPath(error.span.url));
    if (typeof error.file === "string") uses.files.add(path.resolve(error.file));
    const [at] = uses.files.size === 1 ? uses.files : [];
    reply = {
      file: error.span || error.file ? at : undefined,
      error: String(error.reason ?? error.sassMessage ?? error.message ?? error),
      missing: error.missing,
      line: error.line ?? (error.span ? error.span.start.line + 1 : 0),
      column: error.column ?? (error.span ? error.span.start.column + 1 : 0),
    };
  }
  answer(JSON.stringify({ id: request.id, files: [...uses.files], dirs: [...uses.dirs], ...reply }) + "\n");
});
