/**
 * CommonJS for the app's bundles. Builtins and the runtime's own packages are
 * registered by name; everything else is an absolute or relative path that the
 * engine's Load knows. There is no search in node_modules: the compiler has
 * bundled what comes from there, and what it left out setOutside finds.
 */

const { compile, source } = __native;

export interface Module {
  id: string;
  filename: string;
  path: string;
  exports: unknown;
  loaded: boolean;
  parent: Module | null;
  children: Module[];
  paths: string[];
  require: Require;
}

export interface Require {
  (id: string): unknown;
  resolve(id: string): string;
  cache: Record<string, Module>;
  main: Module | undefined;
}

type Body = (exports: unknown, require: Require, module: Module, filename: string, dirname: string) => void;

interface Registered {
  load: () => unknown;
  value: unknown;
  done: boolean;
}

const registered = new Map<string, Registered>();
const cache: Record<string, Module> = Object.create(null);
const suffixes = ["", ".js", ".cjs", ".json", "/index.js", "/index.cjs", "/index.json"];

/** Makes `require(name)` answer what load returns; load runs once, at first use. */
export function registerModule(name: string, load: () => unknown): void {
  registered.set(name, { load, value: undefined, done: false });
}

/** Names that were registered, for node:module's builtinModules. */
export function registeredModules(): string[] {
  return [...registered.keys()];
}

/** What was registered under a name, with or without "node:". */
function findRegistered(id: string): Registered | undefined {
  return registered.get(id) ?? (id.startsWith("node:") ? registered.get(id.slice(5)) : undefined);
}

/** Whether require(id) answers what was registered. */
export function isRegistered(id: string): boolean {
  return findRegistered(id) !== undefined;
}

let outside: ((id: string) => { exports: unknown } | undefined) | undefined;

/** Sets what require() asks for a bare name that is not registered. */
export function setOutside(look: (id: string) => { exports: unknown } | undefined): void {
  outside = look;
}

/** Text under an absolute path, whether a module or not; undefined when the engine's Load knows none. */
export function moduleText(path: string): string | undefined {
  return source(path);
}

/** Takes modules out of the cache, so that the next require() runs them anew; without a list, all. */
export function forgetModules(paths: readonly string[] = Object.keys(cache)): void {
  for (const path of paths) delete cache[path];
}

/** Whether the module at an absolute path has run, or is about to. */
export function isLoaded(path: string): boolean {
  return path in cache;
}

function notFound(id: string, from: Module | null): Error {
  const stack: string[] = [];
  for (let m = from; m && !stack.includes(m.filename); m = m.parent) stack.push(m.filename);
  const trail = stack.length ? `\nRequire stack:\n- ${stack.join("\n- ")}` : "";
  return Object.assign(new Error(`Cannot find module '${id}'${trail}`), { code: "MODULE_NOT_FOUND", requireStack: stack });
}

function directory(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Joins and cleans "." and ".." of an absolute slash path ("/a" or "C:/a"). */
function join(base: string, id: string): string {
  const absolute = id.startsWith("/") || /^[A-Za-z]:[\\/]/.test(id);
  const parts: string[] = [];
  const path = (absolute ? id : `${base}/${id}`).replaceAll("\\", "/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}

function isPath(id: string): boolean {
  return id.startsWith("/") || id.startsWith("./") || id.startsWith("../") || id === "." || id === ".." || /^[A-Za-z]:[\\/]/.test(id);
}

function requireFrom(id: string, from: Module | null, base: string): unknown {
  if (typeof id !== "string" || id === "") {
    throw Object.assign(new TypeError(`The "id" argument must be a non-empty string`), { code: "ERR_INVALID_ARG_VALUE" });
  }
  const builtin = findRegistered(id);
  if (builtin) {
    if (!builtin.done) {
      builtin.value = builtin.load();
      builtin.done = true;
    }
    return builtin.value;
  }
  if (!isPath(id)) {
    const found = outside?.(id);
    if (found) return found.exports;
    throw notFound(id, from);
  }
  const path = join(base, id);
  for (const suffix of suffixes) {
    const known = cache[path + suffix];
    if (known) return known.exports;
  }
  for (const suffix of suffixes) {
    const module = load(path + suffix, from);
    if (module) return module.exports;
  }
  throw notFound(id, from);
}

function load(filename: string, from: Module | null): Module | undefined {
  if (filename.endsWith(".json")) return loadJSON(filename, from);
  const body = compile(filename) as Body | undefined;
  if (!body) return undefined;
  const module = newModule(filename, from);
  cache[filename] = module;
  let ok = false;
  try {
    Reflect.apply(body, module.exports, [module.exports, module.require, module, filename, module.path]);
    ok = true;
  } finally {
    if (!ok) delete cache[filename];
  }
  module.loaded = true;
  return module;
}

function loadJSON(filename: string, from: Module | null): Module | undefined {
  const text = source(filename);
  if (text === undefined) return undefined;
  const module = newModule(filename, from);
  try {
    module.exports = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    if (error instanceof SyntaxError) error.message = `${filename}: ${error.message}`;
    throw error;
  }
  module.loaded = true;
  cache[filename] = module;
  return module;
}

function newModule(filename: string, parent: Module | null): Module {
  const path = directory(filename);
  const module = { id: filename, filename, path, exports: {}, loaded: false, parent, children: [], paths: [] } as unknown as Module;
  module.require = requirer(module, path);
  parent?.children.push(module);
  return module;
}

function requirer(from: Module | null, base: string): Require {
  const require = ((id: string) => requireFrom(id, from, base)) as Require;
  require.resolve = (id) => resolve(id, from, base);
  require.cache = cache;
  require.main = undefined;
  return require;
}

function resolve(id: string, from: Module | null, base: string): string {
  if (findRegistered(id)) return id;
  if (!isPath(id)) throw notFound(id, from);
  const path = join(base, id);
  for (const suffix of suffixes) {
    if (cache[path + suffix] || source(path + suffix) !== undefined) return path + suffix;
  }
  throw notFound(id, from);
}

/** `require` as a file at this absolute path would have it. */
export function createRequire(filename: string): Require {
  return requirer(null, directory(join("/", filename)));
}

/** `require` of the runtime itself: registered names and absolute paths. */
export const require: Require = requirer(null, "/");
