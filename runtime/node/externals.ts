/**
 * Packages that are not bundled: Node.js loads them from the project's
 * node_modules. What they ask for of React and next/* is the runtime's own copy.
 */
import Module from "node:module";
import process from "node:process";
import { isRegistered, require as registry, setOutside } from "../platform/module";

const marker = "onward-external:";

const isBuiltin = Module.isBuiltin ?? ((id: string) => Module.builtinModules.includes(id.replace(/^node:/, "")));

/** Leads require() of compiled modules to Node.js where the registry ends, and back again. */
export function linkExternals(): void {
  const project = Module.createRequire(`${process.cwd()}/package.json`);
  setOutside((id) => {
    // A package at another place than the project's own copy has its path.
    const name = id.startsWith(marker) ? `./${id.slice(marker.length)}` : id;
    try {
      return { exports: project(name) };
    } catch (error) {
      const { code, requireStack } = error as { code?: string; requireStack?: string[] };
      // Missing itself, not something that it requires: the registry says so.
      if (code === "MODULE_NOT_FOUND" && requireStack?.length === 1) return undefined;
      throw error;
    }
  });
  const load = Module._load;
  Module._load = function (id, parent, isMain) {
    if (typeof id === "string" && isRegistered(id) && !isBuiltin(id)) return registry(id);
    return Reflect.apply(load, this, [id, parent, isMain]) as unknown;
  };
}
