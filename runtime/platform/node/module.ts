/** node:module. */
import { builtinNames } from "../builtins";
import { missing } from "../errors";
import { createRequire, require as requireModule } from "../module";
import { fileURLToPath } from "./url";

const bare = (name: string): string => (name.startsWith("node:") ? name.slice(5) : name);
export const isBuiltin = (name: unknown): boolean => typeof name === "string" && builtinNames.includes(bare(name));

function Module(this: { id: string; exports: object }, id = ""): void {
  this.id = id;
  this.exports = {};
}

export const moduleModule = Object.assign(Module, {
  Module,
  builtinModules: builtinNames,
  isBuiltin,
  createRequire: (from: string | URL): unknown => createRequire(typeof from === "string" && !from.startsWith("file:") ? from : fileURLToPath(from)),
  _load: (id: string): unknown => requireModule(id),
  _resolveFilename: (id: string): string => requireModule.resolve(id),
  _extensions: Object.create(null) as object,
  _cache: requireModule.cache,
  _nodeModulePaths: (): string[] => [],
  globalPaths: [] as string[],
  syncBuiltinESMExports: (): void => {},
  findSourceMap: (): undefined => undefined,
  enableCompileCache: (): object => ({ status: 3 }),
  register: missing("module.register"),
  SourceMap: missing("module.SourceMap"),
});
