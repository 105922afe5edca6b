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

/** A module that accepted itself and whose newest code throws: it stays the place where updates end. */
interface Broken {
  terms: Terms | undefined;
  boundary: boolean;
  signature: unknown[];
}

export interface Outcome {
  /** Why the document must be loaded again. */
  reload?: string;
  /** What modules threw. */
  errors: unknown[];
  /** Modules that ran again. */
  ran: string[];
}

export interface HotOptions {
  registry: Registry;
  /** Whether a module is that of a page (or of _app), which the router can take anew. */
  isPage(id: string): boolean;
  /** A module asked to be run again while nothing else goes on. */
  invalidated(id: string): void;
}

export interface HotModules {
  /** Gives a module its `hot`, before it runs. */
  equip(module: Module): void;
  /** Runs again what the new definitions of these modules concern. */
  update(ids: string[]): Outcome;
}

/** Rounds of invalidation in one update, after which modules invalidate each other for ever. */
const maxRounds = 100;

export function createHot({ registry, isPage, invalidated }: HotOptions): HotModules {
  const terms = new Map<string, Terms>();
  /** What dispose handlers leave to the next run. */
  const kept = new Map<string, Record<string, unknown>>();
  const broken = new Map<string, Broken>();
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
    const last = broken.get(id);
    if (last) return !!last.terms?.self || last.boundary;
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

  /** Walks from a module up to those that accept; answers why the document must be loaded again. */
  function walk(start: string, plan: Plan, bubble: boolean): string | undefined {
    const queue: { id: string; from?: string }[] = [{ id: start }];
    for (let next; (next = queue.pop()); ) {
      const { id } = next;
      plan.outdated.add(id);
      if (terms.get(id)?.declined) return `${id} declines updates`;
      if (!(bubble && id === start) && acceptsItself(id)) {
        plan.roots.add(id);
        continue;
      }
      const importers = registry.importersOf(id);
      if (isPage(id)) return `${id} exports more than components`;
      if (!importers.length) return id === start ? `nothing accepts ${id}` : `nothing accepts ${start} (through ${id})`;
      for (const importer of importers) {
        const its = terms.get(importer);
        if (its?.declinedDependencies.has(id)) return `${importer} declines updates of ${id}`;
        if (its?.accepted.has(id) && registry.modules.has(importer)) {
          const set = plan.accepted.get(importer) ?? new Set();
          plan.accepted.set(importer, set.add(id));
        } else if (!plan.outdated.has(importer)) queue.push({ id: importer });
      }
    }
    return undefined;
  }

  function dispose(id: string, before: Map<string, Broken>): void {
    const module = registry.modules.get(id);
    if (!module) return;
    const its = terms.get(id);
    before.set(id, {
      terms: its,
      boundary: isBoundary(module.exports, isPage(id)),
      signature: signatureOf(module.exports),
    });
    const data: Record<string, unknown> = {};
    for (const handler of its?.disposers ?? []) {
      try {
        handler(data);
      } catch (err) {
        reportError(err);
      }
    }
    if (its) its.active = false;
    kept.set(id, data);
    registry.forget(id);
  }

  /** Runs one round; answers the modules whose importers have to follow. */
  function round(plan: Plan, outcome: Outcome): string[] {
    const before = new Map<string, Broken>();
    setStatus("dispose");
    for (const id of plan.outdated) dispose(id, before);
    setStatus("apply");
    const told = (failed: Failed | undefined, err: unknown, moduleId: string, dependencyId?: string) => {
      if (!failed) return outcome.errors.push(err);
      try {
        return failed(err, { moduleId, dependencyId });
      } catch (other) {
        return outcome.errors.push(other);
      }
    };
    for (const [importer, dependencies] of plan.accepted) {
      if (plan.outdated.has(importer)) continue;
      const its = terms.get(importer)!;
      const callbacks = new Map<(ids: string[]) => void, { ids: string[]; failed?: Failed }>();
      for (const id of dependencies) {
        const { callback, failed } = its.accepted.get(id)!;
        try {
          registry.require(id, importer);
        } catch (err) {
          told(failed, err, importer, id);
          continue;
        }
        if (!callback) continue;
        const known = callbacks.get(callback);
        if (known) known.ids.push(id);
        else callbacks.set(callback, { ids: [id], failed });
      }
      for (const [callback, { ids, failed }] of callbacks) {
        try {
          callback(ids);
        } catch (err) {
          told(failed, err, importer, ids[0]);
        }
      }
    }
    const followed: string[] = [];
    for (const id of plan.roots) {
      const last = broken.get(id) ?? before.get(id);
      try {
        registry.require(id);
      } catch (err) {
        if (last) broken.set(id, last);
        const self = last?.terms?.self;
        told(typeof self === "function" ? self : undefined, err, id);
        continue;
      }
      broken.delete(id);
      outcome.ran.push(id);
      if (!last || last.terms?.self || terms.get(id)?.self) continue;
      const { exports } = registry.modules.get(id)!;
      if (!isBoundary(exports, isPage(id)) || !isSame(last.signature, signatureOf(exports))) followed.push(id);
    }
    return followed;
  }

  function update(ids: string[]): Outcome {
    const outcome: Outcome = { errors: [], ran: [] };
    pending = new Set();
    try {
      setStatus("prepare");
      let starts = ids.filter((id) => {
        const module = registry.modules.get(id);
        // What has not run, and what nobody waits for, runs when it is needed.
        return module
          ? module.version !== registry.definitions.get(id)?.version
          : broken.has(id) || registry.importersOf(id).length > 0;
      });
      for (let rounds = 0; starts.length; rounds++) {
        if (rounds >= maxRounds) return { ...outcome, reload: `${starts[0]} is invalidated again and again` };
        const plan: Plan = { outdated: new Set(), roots: new Set(), accepted: new Map() };
        for (const id of starts) {
          const bubble = rounds > 0;
          // The router renders a page that exports another component now.
          if (bubble && isPage(id) && isBoundary(registry.modules.get(id)?.exports, true)) continue;
          const reload = walk(id, plan, bubble);
          if (reload) return { ...outcome, reload };
        }
        starts = round(plan, outcome);
        for (const id of pending) if (!starts.includes(id)) starts.push(id);
        pending.clear();
      }
      return outcome;
    } finally {
      pending = undefined;
      setStatus(outcome.errors.length ? "fail" : "idle");
    }
  }

  return { equip, update };
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
