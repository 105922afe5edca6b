/**
 * Updates of running modules. A changed module runs again where it accepts
 * itself (by `module.hot.accept()`, or because React can take over all that it
 * exports); else its importers run again, and so on up to the pages. Where
 * nobody accepts, the document has to be loaded again.
 */
import { isBoundary, signatureOf } from "./refresh";
import type { Module, Registry } from "./registry";

export type Status = "idle" | "prepare" | "dispose" | "apply" | "fail";
type Dispose = (data: Record<string, unknown>) => void;
type Failed = (err: unknown, context: { moduleId: string; dependencyId?: string }) => void;

/** `module.hot`, as users of webpack know it. */
export interface Hot {
  /** What dispose handlers of the last run left; undefined at the first run. */
  readonly data: Record<string, unknown> | undefined;
  readonly active: boolean;
  accept(dependencies?: string | string[] | Failed, callback?: (ids: string[]) => void, failed?: Failed): void;
  decline(dependencies?: string | string[]): void;
  dispose(handler: Dispose): void;
  addDisposeHandler(handler: Dispose): void;
  removeDisposeHandler(handler: Dispose): void;
  invalidate(): void;
  status(): Status;
  addStatusHandler(handler: (status: Status) => void): void;
  removeStatusHandler(handler: (status: Status) => void): void;
}

/** What one run of a module said to its `module.hot`. */
interface Terms {
  /** Accepts itself; a function is told of errors. */
  self?: true | Failed;
  declined?: true;
  /** Modules it accepts for itself, by id. */
  accepted: Map<string, { callback?: (ids: string[]) => void; failed?: Failed }>;
  declinedDependencies: Set<string>;
  disposers: Dispose[];
  active: boolean;
}

export interface Outcome {
  /** Why the document must be loaded again. */
  reload?: string;
  /** What modules threw. */
  errors: unknown[];
  /** Modules that ran again. */
  ran: string[];
  /** Modules whose newest code threw, now or before: the page goes on with what they were. */
  stale: string[];
}

export interface HotOptions {
  registry: Registry;
  /** Whether a module is that of a page (or of _app), which the router can take anew. */
  isPage(id: string): boolean;
  /** Whether that page is on the screen. */
  isShown(id: string): boolean;
  /** A module asked to be run again while nothing else goes on. */
  invalidated(id: string): void;
}

export interface HotModules {
  /** Gives a module its `hot`, before it runs. */
  equip(module: Module): void;
  /** Runs again what the new definitions of these modules concern. */
  update(ids: string[]): Outcome;
  /** Runs again a module that asked for it, and its importers. */
  rerun(id: string): Outcome;
}

/** Rounds of invalidation in one update, after which modules invalidate each other for ever. */
const maxRounds = 100;

export function createHot({ registry, isPage, isShown, invalidated }: HotOptions): HotModules {
  const terms = new Map<string, Terms>();
  /** What dispose handlers leave to the next run. */
  const kept = new Map<string, Record<string, unknown>>();
  /** Modules that were given back what they were. */
  const restored = new Set<string>();
  const statusHandlers = new Set<(status: Status) => void>();
  let status: Status = "idle";
  /** Modules that asked to be run again, while an update is under way. */
  let pending: Set<string> | undefined;

  function setStatus(next: Status): void {
    status = next;
    for (const handler of [...statusHandlers]) handler(next);
  }

  function equip(module: Module): void {
    const { id } = module;
    const own: Terms = { accepted: new Map(), declinedDependencies: new Set(), disposers: [], active: true };
    terms.set(id, own);
    const data = kept.get(id);
    kept.delete(id);
    const idsOf = (dependencies: string | string[]) =>
      [dependencies].flat().map((name) => dependencyId(id, name, registry.definitions.get(id)?.imports ?? []));
    const hot: Hot = {
      data,
      get active() {
        return own.active;
      },
      accept(dependencies, callback, failed) {
        if (dependencies === undefined) own.self = true;
        else if (typeof dependencies === "function") own.self = dependencies;
        else for (const dep of idsOf(dependencies)) own.accepted.set(dep, { callback, failed });
      },
      decline(dependencies) {
        if (dependencies === undefined) own.declined = true;
        else for (const dep of idsOf(dependencies)) own.declinedDependencies.add(dep);
      },
      dispose: (handler) => void own.disposers.push(handler),
      addDisposeHandler: (handler) => void own.disposers.push(handler),
      removeDisposeHandler(handler) {
        own.disposers = own.disposers.filter((other) => other !== handler);
      },
      invalidate() {
        if (pending) pending.add(id);
        else invalidated(id);
      },
      status: () => status,
      addStatusHandler: (handler) => void statusHandlers.add(handler),
      removeStatusHandler: (handler) => void statusHandlers.delete(handler),
    };
    module.hot = hot;
  }

  /** Whether updates of a module end with itself. */
  function acceptsItself(id: string): boolean {
    const module = registry.modules.get(id);
    return !!module && (!!terms.get(id)?.self || isBoundary(module.exports, isPage(id)));
  }

  interface Plan {
    /** Modules to forget. */
    outdated: Set<string>;
    /** Modules to run. */
    roots: Set<string>;
    /** Importer → what it accepts for itself and what has changed. */
    accepted: Map<string, Set<string>>;
  }

  /** Where a walk begins. */
  interface Start {
    id: string;
    /** Its importers have to follow whether or not it accepts itself. */
    bubble?: true;
    /** Its newest code has run already. */
    ran?: true;
  }

  /** Walks from a module up to those that accept; answers why the document must be loaded again. */
  function walk(start: Start, plan: Plan): string | undefined {
    const queue = [start.id];
    for (let id; (id = queue.pop()) !== undefined; ) {
      const first = id === start.id;
      if (!(first && start.ran)) plan.outdated.add(id);
      if (terms.get(id)?.declined) return `${id} declines updates`;
      if (!(first && start.bubble) && acceptsItself(id)) {
        plan.roots.add(id);
        continue;
      }
      if (isPage(id)) {
        // The router renders a page that exports another component now, and takes
        // what it does not show when it does.
        if (first && start.ran && isBoundary(registry.modules.get(id)?.exports, true)) continue;
        if (isShown(id)) return `${id} exports more than components`;
        if (!(first && start.ran)) plan.roots.add(id);
        continue;
      }
      const importers = registry.importersOf(id);
      if (!importers.length) return `nothing accepts ${start.id}` + (first ? "" : ` (through ${id})`);
      for (const importer of importers) {
        const its = terms.get(importer);
        if (its?.declinedDependencies.has(id)) return `${importer} declines updates of ${id}`;
        if (its?.accepted.has(id) && registry.modules.has(importer)) {
          const set = plan.accepted.get(importer) ?? new Set();
          plan.accepted.set(importer, set.add(id));
        } else if (!plan.outdated.has(importer)) queue.push(importer);
      }
    }
    return undefined;
  }

  /** A module that is run again. */
  interface Previous {
    accepted: boolean;
    exports: unknown;
    signature: unknown[];
    /** Makes it what it was. */
    restore(): void;
  }

  function dispose(id: string): Previous | undefined {
    const module = registry.modules.get(id);
    if (!module) return;
    const its = terms.get(id)!;
    const signature = signatureOf(module.exports);
    const data: Record<string, unknown> = {};
    for (const handler of its.disposers) {
      try {
        handler(data);
      } catch (err) {
        reportError(err);
      }
    }
    its.active = false;
    its.disposers = [];
    kept.set(id, data);
    const back = registry.forget(id);
    return {
      accepted: !!its.self,
      exports: module.exports,
      signature,
      restore() {
        terms.set(id, its);
        kept.set(id, data);
        back();
      },
    };
  }

  /** The imports of whoever accepted a module show what it exports now: bindings of ES modules are alive. */
  function follow(old: any, id: string): void {
    const now = registry.modules.get(id)?.exports;
    if (!old?.__esModule || !now?.__esModule) return;
    for (const name of Object.keys(now)) {
      const get = () => registry.modules.get(id)?.exports[name];
      Object.defineProperty(old, name, { get, enumerable: true, configurable: true });
    }
  }

  /** Runs one round; answers the modules whose importers have to follow. */
  function round(plan: Plan, outcome: Outcome): Start[] {
    const before = new Map<string, Previous>();
    setStatus("dispose");
    for (const id of plan.outdated) {
      const previous = dispose(id);
      if (previous) before.set(id, previous);
    }
    setStatus("apply");
    const failed = new Set<string>();
    /** Requires a module and tells whether its code ran to the end. */
    const attempt = (run: () => void, handler: Failed | undefined, moduleId: string, dependencyId?: string) => {
      try {
        run();
        return true;
      } catch (err) {
        failed.add(dependencyId ?? moduleId);
        if (!handler) outcome.errors.push(err);
        else attempt(() => handler(err, { moduleId, dependencyId }), undefined, moduleId);
        return false;
      }
    };
    for (const [importer, dependencies] of plan.accepted) {
      if (plan.outdated.has(importer)) continue;
      const its = terms.get(importer)!;
      const callbacks = new Map<(ids: string[]) => void, { ids: string[]; handler?: Failed }>();
      for (const id of dependencies) {
        const { callback, failed: handler } = its.accepted.get(id)!;
        if (!attempt(() => registry.require(id, importer), handler, importer, id)) continue;
        follow(before.get(id)?.exports, id);
        if (!callback) continue;
        const known = callbacks.get(callback);
        if (known) known.ids.push(id);
        else callbacks.set(callback, { ids: [id], handler });
      }
      for (const [callback, { ids, handler }] of callbacks) attempt(() => callback(ids), handler, importer, ids[0]);
    }
    const followed: Start[] = [];
    for (const id of plan.roots) {
      const self = terms.get(id)?.self;
      const handler = typeof self === "function" ? self : undefined;
      if (!attempt(() => registry.require(id), handler, id)) continue;
      outcome.ran.push(id);
      const previous = before.get(id);
      if (!previous || previous.accepted || terms.get(id)?.self) continue;
      const { exports } = registry.modules.get(id)!;
      if (!isBoundary(exports, isPage(id)) || !isSame(previous.signature, signatureOf(exports))) {
        followed.push({ id, bubble: true, ran: true });
      }
    }
    // The page goes on with what it had until the code is mended.
    if (failed.size) {
      for (const [id, previous] of before) {
        if (registry.modules.has(id)) continue;
        previous.restore();
        restored.add(id);
      }
    }
    return followed;
  }

  function apply(starts: Start[]): Outcome {
    const outcome: Outcome = { errors: [], ran: [], stale: [] };
    pending = new Set();
    try {
      setStatus("prepare");
      for (let rounds = 0; starts.length; rounds++) {
        if (rounds >= maxRounds) return { ...outcome, reload: `${starts[0]!.id} is invalidated again and again` };
        const plan: Plan = { outdated: new Set(), roots: new Set(), accepted: new Map() };
        for (const start of starts) {
          const reload = walk(start, plan);
          if (reload) return { ...outcome, reload };
        }
        starts = round(plan, outcome);
        for (const id of pending) starts.push({ id, bubble: true });
        pending.clear();
      }
      for (const id of restored) {
        if (registry.modules.get(id)?.version === registry.definitions.get(id)?.version) restored.delete(id);
      }
      outcome.stale = [...restored];
      return outcome;
    } finally {
      pending = undefined;
      setStatus(outcome.errors.length ? "fail" : "idle");
    }
  }

  return {
    equip,
    rerun: (id) => apply([{ id, bubble: true }]),
    update(ids) {
      const changed = ids.filter((id) => {
        const module = registry.modules.get(id);
        // What has not run runs when it is needed, unless somebody waits for it.
        if (!module) return registry.importersOf(id).length > 0;
        return module.version !== registry.definitions.get(id)?.version;
      });
      return apply(changed.map((id) => ({ id })));
    },
  };
}

function isSame(a: unknown[], b: unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** The id of what a module names as in an import: "./x" among the ids that it imports. */
function dependencyId(importer: string, name: string, imports: string[]): string {
  if (imports.includes(name)) return name;
  let path = name.replace(/^[@~#]\//, "");
  if (/^\.\.?\//.test(name)) {
    const parts = importer.split("/").slice(0, -1);
    for (const part of name.split("/")) {
      if (part === ".." && parts.length && parts.at(-1) !== "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    path = parts.join("/");
    return imports.find((id) => isFileOf(id, path)) ?? path;
  }
  // A package, or an alias of a folder of the project.
  const named = (id: string) => isFileOf(id.slice(id.lastIndexOf("/" + path) + 1), path);
  return imports.find((id) => id.includes(`node_modules/${path}/`) || named(id)) ?? name;
}

/** Whether an id is that path, perhaps with an extension or as the index of a folder. */
function isFileOf(id: string, path: string): boolean {
  return id === path || (id.startsWith(path) && /^(\/index)?\.\w+$/.test(id.slice(path.length)));
}
