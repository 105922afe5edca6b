/**
 * The modules of the page, as CommonJS knows them: definitions come in chunks
 * and in updates, a module runs when it is first required. Who required whom is
 * kept, for updates go from a module to its importers.
 */
export interface Definition {
  /** Higher where the code is newer. */
  version: number;
  /** Ids of the modules that the code requires. */
  imports: string[];
  run(this: unknown, module: Module, exports: unknown, require: Require): void;
}

export interface Module {
  readonly id: string;
  exports: any;
  /** Of the definition that ran. */
  readonly version: number;
  /** It ran to its end. */
  loaded: boolean;
  /** For updates; see hot.ts. */
  hot?: unknown;
}

export interface Require {
  (id: string): any;
  /** `import()`: the namespace of a module that may lie in a chunk of its own. */
  load(id: string): Promise<any>;
  /** Something is there to ask whether code runs in a bundle. */
  cache: Record<string, never>;
}

export interface RegistryOptions {
  /** Called around the code of each module; must call `run`. */
  around(module: Module, run: () => void): void;
  /** Fetches the chunk that defines a module, and its styles. */
  fetch(id: string): Promise<void>;
}

export interface Registry {
  readonly definitions: Map<string, Definition>;
  /** Modules that run or ran. */
  readonly modules: Map<string, Module>;
  define(chunk: Record<string, Definition>): void;
  require(id: string, importer?: string): any;
  load(id: string, importer?: string): Promise<any>;
  /** Ids of the modules that have required this one and were not forgotten since. */
  importersOf(id: string): string[];
  /**
   * Forgets that a module ran: it runs again when it is required next. The answer
   * makes it what it was before, should that fail.
   */
  forget(id: string): () => void;
}

export function createRegistry({ around, fetch }: RegistryOptions): Registry {
  const definitions = new Map<string, Definition>();
  const modules = new Map<string, Module>();
  const importers = new Map<string, Set<string>>();
  const imported = new Map<string, Set<string>>();
  const namespaces = new WeakMap<object, object>();

  function connect(id: string, importer: string | undefined): void {
    if (importer === undefined) return;
    add(importers, id, importer);
    add(imported, importer, id);
  }

  function require(id: string, importer?: string): any {
    connect(id, importer);
    const known = modules.get(id);
    if (known) return known.exports;
    const definition = definitions.get(id);
    if (!definition) throw missing(id, importer);
    const module: Module = { id, exports: {}, version: definition.version, loaded: false };
    modules.set(id, module);
    try {
      around(module, () => {
        definition.run.call(module.exports, module, module.exports, requireOf(id));
        module.loaded = true;
      });
    } catch (err) {
      // It is tried again when somebody asks again: the code may have been mended.
      if (modules.get(id) === module) modules.delete(id);
      throw err;
    }
    return module.exports;
  }

  function requireOf(importer: string): Require {
    const own = (id: string) => require(id, importer);
    own.load = (id: string) => load(id, importer);
    own.cache = {};
    return own;
  }

  async function load(id: string, importer?: string): Promise<any> {
    connect(id, importer);
    if (!modules.has(id) && !isComplete(id)) await fetch(id);
    return namespace(require(id, importer));
  }

  /** Whether a module and all that it imports are defined. */
  function isComplete(id: string, seen = new Set<string>()): boolean {
    if (seen.has(id) || modules.has(id)) return true;
    seen.add(id);
    return definitions.get(id)?.imports.every((other) => isComplete(other, seen)) ?? false;
  }

  /** What `import()` of a module gives: an ES module itself, anything else as `default` and by its properties. */
  function namespace(exports: any): unknown {
    if (exports?.__esModule) return exports;
    const isObject = exports !== null && (typeof exports === "object" || typeof exports === "function");
    let made = isObject ? namespaces.get(exports) : undefined;
    if (made) return made;
    made = Object.create(null) as object;
    if (isObject) {
      for (const name of Object.getOwnPropertyNames(exports)) {
        Object.defineProperty(made, name, { get: () => exports[name], enumerable: true, configurable: true });
      }
      namespaces.set(exports, made);
    }
    return Object.defineProperty(made, "default", { value: exports, enumerable: true });
  }

  function missing(id: string, importer: string | undefined): Error {
    const chain: string[] = [];
    for (let at = importer; at !== undefined && !chain.includes(at) && chain.length < 5; ) {
      chain.push(at);
      [at] = importers.get(at) ?? [];
    }
    const err = new Error(`Cannot find module '${id}'` + (chain.length ? `, imported by ${chain.join(" ← ")}` : ""));
    return Object.assign(err, { code: "MODULE_NOT_FOUND" });
  }

  return {
    definitions,
    modules,
    define(chunk) {
      for (const [id, definition] of Object.entries(chunk)) {
        const known = definitions.get(id);
        if (!known || known.version < definition.version) definitions.set(id, definition);
      }
    },
    require,
    load,
    importersOf: (id) => [...(importers.get(id) ?? [])],
    forget(id) {
      const module = modules.get(id);
      const others = imported.get(id) ?? [];
      modules.delete(id);
      for (const other of others) importers.get(other)?.delete(id);
      imported.delete(id);
      return () => {
        if (module) modules.set(id, module);
        // What the failed run required counts too: the mistake may lie there.
        for (const other of others) connect(other, id);
      };
    },
  };
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}
